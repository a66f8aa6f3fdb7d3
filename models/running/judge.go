package running

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

// judging is one project under judgement.
type judging struct {
	world
	Item
	on   models.Date
	seen seen
}

// judge says what can become of a project.
func (w world) judge(tx *gorm.DB, rows sorted, on models.Date, s seen) (Item, error) {
	p := rows.project
	j := judging{w, Item{
		Ref: p.text("ref"), Name: p.text("name"), Unit: p.text("unit"), Entry: p.text("entry"), Line: p.Line, State: StateOK,
		Amounts: rows.amounts(), rows: rows, digest: rows.digestOf(),
	}, on, s}
	rows.each(func(_ string, r Row) { j.Wrong = append(j.Wrong, r.Wrong...) })
	j.unit()
	if j.known() {
		return j.Item, nil
	}
	j.header()
	j.budget()
	j.papers()
	j.contracts()
	j.payments()
	j.milestones()
	j.stage()
	if err := j.code(tx); err != nil {
		return j.Item, err
	}
	slices.SortStableFunc(j.Wrong, func(a, b Wrong) int { return sheetAt(a.Sheet)*10000 + a.Line - sheetAt(b.Sheet)*10000 - b.Line })
	switch {
	case len(j.Wrong) > 0:
		j.State = StateRefused
	case slices.ContainsFunc(j.Notes, func(n Note) bool { return n.Heed }):
		j.State = StateHeed
	}
	return j.Item, nil
}

func sheetAt(key string) int {
	return slices.IndexFunc(sheets, func(s sheet) bool { return s.key == key })
}

// refuse says what is wrong with a cell; a cell that was not read is wrong already.
func (j *judging) object(sheet string, r Row, column, code string, args ...string) {
	if column == "" || !r.wrongAt(column) {
		j.Wrong = append(j.Wrong, Wrong{sheet, r.Line, column, code, models.Pairs(args)})
	}
}

func (j *judging) note(heed bool, code string, args ...string) {
	j.Notes = append(j.Notes, Note{code, models.Pairs(args), heed})
}

// known reports whether the project was taken in before, or is in the books by one
// of its contracts: neither is written again.
func (j *judging) known() bool {
	if project := j.taken[j.digest]; project != "" {
		j.State, j.Project, j.Wrong = StateSame, project, nil
		return true
	}
	for _, r := range j.rows.contracts {
		if project := j.world.contracts[contractNo(r, "no")]; project != "" && !r.wrongAt("no") {
			j.State, j.Project = StateRefused, project
			j.object("contract", r, "no", "running-in-books", "project", project, "no", r.text("no"))
			return true
		}
	}
	return false
}

func (j *judging) unit() {
	u, known := j.units[j.Unit]
	switch {
	case j.Unit == "":
	case !known:
		j.object("project", j.rows.project, "unit", "running-unit-unknown", "value", j.Unit)
	case slices.Contains([]string{"supplier", "supervisor", "tester", "agency", "experts"}, u.Kind):
		j.object("project", j.rows.project, "unit", "running-unit-outside", "value", u.Name)
	default:
		j.Unit, j.UnitName = u.ID, u.Name
		if !j.roles["APPLY_CLERK@"+u.ID] && j.Entry != EntryOperating {
			j.note(true, "running-note-no-clerk", "unit", u.Name)
		}
	}
}

// days of the sheet of projects, in the order in which they must come.
var days = []string{"declaredOn", "acceptedOn", "approvedOn", "issuedOn", "startedOn", "prelimOn", "trialFrom", "trialTo", "finalOn"}

func (j *judging) header() {
	p := j.rows.project
	if n := utf8.RuneCountInString(j.Name); j.Name != "" && (n < 2 || n > 60) {
		j.object("project", p, "name", "length", "low", "2", "high", "60")
	}
	if level := p.int("mlps"); p.text("mlps") != "" && (level < 1 || level > 4) {
		j.object("project", p, "mlps", "number-range", "low", "1", "high", "4")
	}
	before, last := models.Date(""), ""
	for _, column := range days {
		d := p.date(column)
		switch {
		case d == "":
			continue
		case d > j.on:
			j.object("project", p, column, "date-in-future")
		case d < before && column != "issuedOn" && column != "startedOn": // a budget may come before its approval, and is told
			j.object("project", p, column, "running-before", "column", ColumnName("project", last, false), "day", string(before))
		}
		if column != "issuedOn" {
			before, last = max(before, d), column
		}
	}
}

// budget holds lines, approval and issue against each other.
func (j *judging) budget() {
	p := j.rows.project
	if len(j.rows.lines) == 0 {
		j.object("project", p, "", "running-lines-missing")
	}
	var reviewed models.Money
	for _, r := range j.rows.lines {
		asked, left := declared(r), r.money("reviewed")
		reviewed = reviewed.Add(left)
		switch {
		case r.decimal("qty").Sign() == 0:
			j.object("line", r, "qty", "quantity-format")
		case left.Cmp(asked) > 0:
			j.object("line", r, "reviewed", "running-line-above", "reviewed", left.String(), "declared", asked.String())
		case left.Cmp(asked) < 0 && r.text("reason") == "":
			j.object("line", r, "reason", "running-cut-unexplained", "cut", asked.Sub(left).String())
		case left.Cmp(asked) == 0 && r.text("reason") != "":
			j.object("line", r, "reason", "running-nothing-cut")
		}
	}
	a := j.Amounts
	if len(j.rows.lines) > 0 && reviewed.Cmp(a.Approved) != 0 {
		j.object("project", p, "approved", "running-lines-differ", "sum", reviewed.String(), "approved", a.Approved.String())
	}
	if a.Approved.Sign() == 0 {
		j.object("project", p, "approved", "amount-zero")
	}
	if a.Issued.Cmp(a.Approved) > 0 {
		j.object("project", p, "issued", "running-issued-above", "issued", a.Issued.String(), "approved", a.Approved.String())
	}
	if a.Contracted.Cmp(a.Approved) > 0 {
		j.object("project", p, "approved", "running-contract-above", "contract", a.Contracted.String(), "approved", a.Approved.String(),
			"more", a.Contracted.Sub(a.Approved).String())
	} else if a.Issued.Cmp(a.Contracted) < 0 {
		j.note(true, "running-note-issued-short", "issued", a.Issued.String(), "contract", a.Contracted.String())
	}
	if a.Paid.Cmp(a.Issued) > 0 {
		j.object("project", p, "issued", "running-paid-above-issued", "paid", a.Paid.String(), "issued", a.Issued.String())
	}
	if no := p.text("indicator"); no != "" {
		if project := j.bgt[no]; project != "" {
			j.object("project", p, "indicator", "running-number-taken", "value", no, "project", project)
		} else if _, twice := j.seen.twice("indicator", no, p); twice {
			j.object("project", p, "indicator", "running-twice", "value", no)
		}
	}
}

// papers have numbers of their own, and none twice.
func (j *judging) papers() {
	p := j.rows.project
	numbers := []struct {
		sheet, column string
		row           Row
	}{{"project", "approvalNo", p}}
	for _, r := range j.rows.papers {
		if r.text("no") == p.text("approvalNo") {
			continue // the approval, written twice
		}
		numbers = append(numbers, struct {
			sheet, column string
			row           Row
		}{"paper", "no", r})
		if r.date("dated") > j.on {
			j.object("paper", r, "dated", "date-in-future")
		}
	}
	for _, n := range numbers {
		no := n.row.text(n.column)
		if project := j.docs[no]; no != "" && project != "" {
			j.object(n.sheet, n.row, n.column, "running-number-taken", "value", no, "project", project)
		} else if first, twice := j.seen.twice("paper", no, n.row); no != "" && twice {
			j.object(n.sheet, n.row, n.column, "running-twice-at", "value", no, "line", strconv.Itoa(first.Line))
		}
	}
}

var codeForm = regexp.MustCompile(`^XM-(20\d\d)-\d{3,6}$`)

// code is one that the project has already; it never draws from the counter.
func (j *judging) code(tx *gorm.DB) error {
	p := j.rows.project
	code := p.text("code")
	if code == "" {
		return nil
	}
	if !codeForm.MatchString(code) {
		j.object("project", p, "code", "running-code-form", "value", code)
		return nil
	}
	if _, twice := j.seen.twice("code", code, p); twice {
		j.object("project", p, "code", "running-twice", "value", code)
	}
	var n int64
	if err := tx.Model(&books.Project{}).Where("code = ?", code).Count(&n).Error; err != nil {
		return fmt.Errorf("project %s: %w", code, err)
	}
	if n > 0 {
		j.object("project", p, "code", "code-taken", "code", code)
	}
	return nil
}

var whole100 = decimal.NewFromInt(100)

// contracts: who won has signed, the terms make a whole.
func (j *judging) contracts() {
	if len(j.rows.contracts) == 0 {
		j.object("project", j.rows.project, "", "running-contract-missing")
	}
	for _, r := range j.rows.contracts {
		no := contractNo(r, "no")
		if first, twice := j.seen.twice("contract", no, r); no != "" && twice {
			j.object("contract", r, "no", "running-twice-at", "value", no, "line", strconv.Itoa(first.Line))
		}
		if r.money("amount").Sign() == 0 {
			j.object("contract", r, "amount", "amount-zero")
		}
		if r.money("amount").Cmp(r.money("award")) > 0 {
			j.object("contract", r, "amount", "running-above-award", "amount", r.money("amount").String(),
				"award", r.money("award").String())
		}
		if r.date("signedOn") > j.on {
			j.object("contract", r, "signedOn", "date-in-future")
		}
		if s := r.date("signedOn"); s != "" && s < r.date("awardOn") {
			j.object("contract", r, "signedOn", "running-before", "column", "中标日期", "day", string(r.date("awardOn")))
		}
		if r.date("ends") != "" && r.date("ends") < r.date("starts") {
			j.object("contract", r, "ends", "end-before-start")
		}
		j.organisations(r)
		j.terms(r)
	}
}

// organisations that build and supervise are of the directory; none is guessed.
func (j *judging) organisations(r Row) {
	uscc := r.text("uscc")
	if uscc != "" && !office.USCC(uscc) {
		j.object("contract", r, "uscc", "uscc-invalid")
		return
	}
	supplier, known := j.organisation("supplier", uscc)
	if !known {
		supplier, known = j.organisation("supervisor", uscc) // a contract of the supervision
	}
	if !known && j.Entry != EntryOperating && uscc != "" {
		j.object("contract", r, "uscc", "supplier-not-in-directory", "supplier", r.text("supplier"), "uscc", uscc)
	}
	if known && supplier.Kind == "supplier" && !j.roles["SUPPLIER_PM@"+supplier.ID] && j.works() {
		j.note(true, "running-note-no-pm", "unit", supplier.Name)
	}
	named := r.text("supervisor")
	supervisor, known := j.organisation("supervisor", named)
	switch {
	case named == "" && supplier.Kind == "supplier" && j.builds() && j.supervisor() == "":
		j.object("contract", r, "supervisor", "supervisor-missing")
	case named != "" && !known:
		j.object("contract", r, "supervisor", "running-supervisor-unknown", "value", named)
	case named != "" && supervisor.ID == supplier.ID:
		j.object("contract", r, "supervisor", "supervisor-is-supplier")
	case named != "" && !j.roles["SUPERVISOR_PM@"+supervisor.ID] && j.builds():
		j.note(true, "running-note-no-pm", "unit", supervisor.Name)
	}
}

// supervisor is the organisation that is bound by a contract of the project.
func (j *judging) supervisor() string {
	for _, r := range j.rows.contracts {
		if u, known := j.organisation("supervisor", r.text("uscc")); known {
			return u.ID
		}
	}
	return ""
}

// builds reports whether the construction is still to be reported and verified.
func (j *judging) builds() bool { return j.Entry == EntryContract || j.Entry == EntryBuilding }

// works reports whether a case goes on in which the supplier has tasks.
func (j *judging) works() bool { return j.Entry != EntryOperating }

func (j *judging) terms(contract Row) {
	no, ratio, sum, n := contractNo(contract, "no"), decimal.Decimal{}, models.Money{}, 0
	names := map[string]bool{}
	for _, r := range j.rows.terms {
		if contractNo(r, "contract") != no {
			continue
		}
		n++
		ratio, sum = ratio.Add(r.decimal("ratio")), sum.Add(r.money("amount"))
		if names[r.text("name")] {
			j.object("term", r, "name", "running-twice", "value", r.text("name"))
		}
		names[r.text("name")] = true
	}
	switch {
	case n == 0:
		j.object("contract", contract, "no", "running-terms-missing")
	case !ratio.Equal(whole100):
		j.object("contract", contract, "no", "ratios-not-whole", "sum", ratio.String())
	case sum.Cmp(contract.money("amount")) != 0:
		j.object("contract", contract, "amount", "terms-differ", "sum", sum.String(), "amount", contract.money("amount").String())
	}
}
