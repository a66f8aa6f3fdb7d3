package acts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// Draft begins a project.
type Draft struct {
	Code      string // given on paper earlier; back-registration only
	Name      string
	Type      string
	Dept      string
	MlpsLevel int // 0: not stated yet
	Form      models.JSON
	Lines     []Line
}

// Line is a budget line as the applicant enters it.
type Line struct {
	Category, Name, Spec, Unit, Qty, UnitPrice, Remark string
}

// Patch edits a draft; what is nil stays.
type Patch struct {
	Name      *string
	Type      *string
	MlpsLevel *int
	Form      models.JSON
}

// Create begins a draft and its life: the code is given now and never changes.
// Only the department's clerk or leader may, and a code of his own choice needs
// a business date in the past.
func Create(tx *gorm.DB, a models.Acting, d Draft) (books.Project, error) {
	if !mayApply(a, d.Dept) {
		return books.Project{}, models.Refuse("not-your-department", "dept", d.Dept)
	}
	f := models.Refuse("invalid-data")
	header(f, d.Name, d.Type, d.MlpsLevel)
	lines := readLines(f, d.Lines)
	if a.On() > models.DateOf(a.At) {
		f.Field("/businessDate", "date-in-future")
	}
	if d.Code != "" && !a.BackRegistered() {
		f.Field("/code", "code-needs-back-registration")
	}
	if err := f.OrNil(); err != nil {
		return books.Project{}, err
	}
	code, err := codeFor(tx, a, d.Code)
	if err != nil {
		return books.Project{}, err
	}
	at := a.At.UTC()
	p := books.Project{
		Code: code, Name: strings.TrimSpace(d.Name), DeptID: d.Dept, Type: d.Type, MlpsLevel: d.MlpsLevel, Form: d.Form,
		DraftedOn: a.On(), Version: 1, CreatedAt: models.Stamp(at), CreatedBy: a.Person, UpdatedAt: models.Stamp(at),
	}
	if len(p.Form) == 0 {
		p.Form = models.JSON("{}")
	}
	if err := tx.Create(&p).Error; err != nil {
		if models.IsUnique(err) {
			return p, models.Refuse("code-taken", "code", code)
		}
		return p, fmt.Errorf("project %s: %w", code, err)
	}
	if err := books.SetStage(tx, a, &p, books.Draft); err != nil {
		return p, err
	}
	if err := writeLines(tx, code, lines); err != nil {
		return p, err
	}
	if err := note(tx, a, "project.create", p, nil); err != nil {
		return p, err
	}
	vars := map[string]any{"projectCode": p.Code, "projectName": p.Name, "deptId": p.DeptID, "initiator": a.Person}
	return p, process.SendStart(tx, a, "qc_lifecycle", p.Code, p.Code, vars)
}

// codeFor is the next code of the year, or the one that was given.
func codeFor(tx *gorm.DB, a models.Acting, given string) (string, error) {
	if given != "" {
		return given, models.KeepCode(tx, given)
	}
	return models.NextCode(tx, "XM", a.On().Year())
}

// Edit changes the header of a draft that is at version.
func Edit(tx *gorm.DB, a models.Acting, code string, version int, patch Patch) (books.Project, error) {
	p, err := editable(tx, a, code, version)
	if err != nil {
		return p, err
	}
	if err := asked(tx, p, patch); err != nil {
		return p, err
	}
	if patch.Name != nil {
		p.Name = strings.TrimSpace(*patch.Name)
	}
	if patch.Type != nil {
		p.Type = *patch.Type
	}
	if patch.MlpsLevel != nil {
		p.MlpsLevel = *patch.MlpsLevel
	}
	if len(patch.Form) > 0 {
		p.Form = patch.Form
	}
	f := models.Refuse("invalid-data")
	header(f, p.Name, p.Type, p.MlpsLevel)
	if err := f.OrNil(); err != nil {
		return p, err
	}
	return p, edited(tx, a, &p, "project.edit")
}

// asked refuses to change what a notice of missing papers has not asked for.
func asked(tx *gorm.DB, p books.Project, patch Patch) error {
	may, err := books.ChangeableIn(tx, p)
	if err != nil || may.All {
		return err
	}
	f := models.Refuse("not-asked-to-change")
	check := func(changed bool, key, pointer string) {
		if changed && !may.May(key) {
			f.Field(pointer, "not-asked-to-change")
		}
	}
	check(patch.Name != nil && strings.TrimSpace(*patch.Name) != p.Name, "name", "/name")
	check(patch.Type != nil && *patch.Type != p.Type, "type", "/type")
	check(patch.MlpsLevel != nil && *patch.MlpsLevel != p.MlpsLevel, "mlpsLevel", "/mlpsLevel")
	if len(patch.Form) > 0 {
		changed, err := books.Changed(p.Form, patch.Form)
		if err != nil {
			return err
		}
		for _, key := range changed {
			check(true, key, "/form/"+key)
		}
	}
	return f.OrNil()
}

// PutLines replaces the lines of a draft that is at version, all at once, and
// the rows that are no lines yet. Lines take the numbers that these leave.
func PutLines(
	tx *gorm.DB, a models.Acting, code string, version int, lines []Line, incomplete []books.IncompleteLine,
) (books.Project, error) {
	p, err := editable(tx, a, code, version)
	if err != nil {
		return p, err
	}
	f := models.Refuse("invalid-data")
	rows := readLines(f, lines)
	incomplete = readIncomplete(f, incomplete, len(rows))
	if err := f.OrNil(); err != nil {
		return p, err
	}
	makeRoom(rows, incomplete)
	if may, err := books.ChangeableIn(tx, p); err != nil || !may.May("lines") {
		if err == nil {
			err = linesAsBefore(tx, code, rows, incomplete)
		}
		if err != nil {
			return p, err
		}
	}
	if err := tx.Where("project = ?", code).Delete(&books.BudgetLine{}).Error; err != nil {
		return p, fmt.Errorf("lines of %s: %w", code, err)
	}
	if err := writeLines(tx, code, rows); err != nil {
		return p, err
	}
	if err := writeIncomplete(tx, code, incomplete); err != nil {
		return p, err
	}
	return p, edited(tx, a, &p, "project.lines")
}

// linesAsBefore refuses lines that differ from what is stored.
func linesAsBefore(tx *gorm.DB, code string, rows []books.BudgetLine, incomplete []books.IncompleteLine) error {
	before, err := books.Lines(tx, code)
	if err != nil {
		return err
	}
	same := len(incomplete) == 0 && slices.EqualFunc(before, rows, func(a, b books.BudgetLine) bool {
		return a.LineNo == b.LineNo && a.Category == b.Category && a.Name == b.Name && a.Spec == b.Spec && a.Unit == b.Unit &&
			a.Qty.Equal(b.Qty) && a.UnitPrice.Cmp(b.UnitPrice) == 0 && a.Remark == b.Remark
	})
	if !same {
		return models.Refuse("not-asked-to-change").Field("/lines", "not-asked-to-change")
	}
	return nil
}

func edited(tx *gorm.DB, a models.Acting, p *books.Project, action string) error {
	p.Version++
	p.UpdatedAt = models.Stamp(a.At)
	if err := books.SaveProject(tx, p); err != nil {
		return err
	}
	if err := models.Notify(tx, models.Notice{Kind: "project", Key: p.Code, Project: p.Code, Dept: p.DeptID}); err != nil {
		return err
	}
	return note(tx, a, action, *p, map[string]any{"version": p.Version})
}

// editable is a draft that the person may edit now, locked; another version
// than he saw is refused as stale.
func editable(tx *gorm.DB, a models.Acting, code string, version int) (books.Project, error) {
	p, err := books.FindProject(tx.Clauses(clause.Locking{Strength: "UPDATE"}), code)
	if err != nil {
		return p, err
	}
	if !mayApply(a, p.DeptID) {
		return p, models.Refuse("not-your-department", "dept", p.DeptID)
	}
	ok, err := WithApplicant(tx, p)
	if err != nil {
		return p, err
	}
	if !ok {
		return p, models.Refuse("not-editable", "stage", string(p.Stage))
	}
	if p.Version != version {
		return p, models.Refuse("stale-version", "version", fmt.Sprint(p.Version))
	}
	return p, nil
}

// WithApplicant reports whether header and lines are with the applicant: a
// draft that was never submitted, or one whose task to fill or to supplement
// is open.
func WithApplicant(tx *gorm.DB, p books.Project) (bool, error) {
	if p.Stage != books.Draft && p.Stage != books.Supplementing {
		return false, nil
	}
	if p.RevisionNo == 0 {
		return true, nil
	}
	return process.EditsOpen(tx, p.Code, "application")
}

// MayEdit reports whether the person may edit header and lines now.
func MayEdit(tx *gorm.DB, a models.Acting, p books.Project) (bool, error) {
	ok, err := WithApplicant(tx, p)
	return ok && mayApply(a, p.DeptID), err
}

// MaySubmit reports whether the clerk may submit the draft now.
func MaySubmit(tx *gorm.DB, a models.Acting, p books.Project) (bool, error) {
	ok, err := WithApplicant(tx, p)
	return ok && p.Stage == books.Draft && a.Holds(office.PostID("APPLY_CLERK", p.DeptID)), err
}

// MayWithdraw reports whether the applicant may take the application back: before it is accepted.
func MayWithdraw(a models.Acting, p books.Project) bool {
	return mayApply(a, p.DeptID) && slices.Contains([]books.Stage{books.Draft, books.Submitted, books.Supplementing}, p.Stage)
}

// Withdraw takes an application back before it is accepted: the process is told
// to close, and closing sets the stage.
func Withdraw(tx *gorm.DB, a models.Acting, code string) (books.Project, error) {
	p, err := books.FindProject(tx.Clauses(clause.Locking{Strength: "UPDATE"}), code)
	if err != nil {
		return p, err
	}
	if !mayApply(a, p.DeptID) {
		return p, models.Refuse("not-your-department", "dept", p.DeptID)
	}
	if !MayWithdraw(a, p) {
		return p, models.Refuse("not-withdrawable", "stage", string(p.Stage))
	}
	if len([]rune(strings.TrimSpace(a.Reason))) < 5 {
		return p, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	if err := note(tx, a, "project.withdraw", p, nil); err != nil {
		return p, err
	}
	vars := map[string]any{"closeStage": string(books.Withdrawn), "closeReason": a.Reason}
	return p, process.SendMessage(tx, a, "withdraw:"+code+":"+a.Event, "project.close", code, vars)
}

func mayApply(a models.Acting, dept string) bool {
	return a.Holds(office.PostID("APPLY_CLERK", dept)) || a.Holds(office.PostID("APPLY_LEADER", dept))
}

func note(tx *gorm.DB, a models.Acting, action string, p books.Project, detail any) error {
	e := audit.AuditEntry{Action: action, Subject: "project:" + p.Code, Project: p.Code}
	if detail != nil {
		e.Detail = models.JSONOf(detail)
	}
	return audit.Audit(tx, "r:project", a, e)
}

func header(f *models.Refusal, name, kind string, level int) {
	if n := len([]rune(strings.TrimSpace(name))); n < 2 || n > 60 {
		f.Field("/name", "length", "low", "2", "high", "60")
	}
	if !slices.Contains(models.ProjectTypes, kind) {
		f.Field("/type", "not-an-option", "options", strings.Join(models.ProjectTypes, ", "))
	}
	if level < 0 || level > 4 {
		f.Field("/mlpsLevel", "number-range", "low", "1", "high", "4")
	}
}

var greatest = decimal.New(1, 10) // one line: a hundred times 亿 is a slip of the unit, and 2,000 lines fit numeric(18,2)

// readLines reads lines; the amount is computed: quantity × price, half up to 分.
func readLines(f *models.Refusal, lines []Line) []books.BudgetLine {
	rows := make([]books.BudgetLine, 0, len(lines))
	for i, l := range lines {
		field := func(name string) string { return fmt.Sprintf("/lines/%d/%s", i, name) }
		if !slices.Contains(models.LineCategories, l.Category) {
			f.Field(field("category"), "not-an-option", "options", strings.Join(models.LineCategories, ", "))
		}
		name := strings.TrimSpace(l.Name)
		if name == "" {
			f.Field(field("name"), "required")
		}
		qty, err := decimal.NewFromString(l.Qty)
		if err != nil || !qty.IsPositive() || !qty.Equal(qty.Round(4)) {
			f.Field(field("qty"), "quantity-format")
		}
		price, err := models.ParseMoney(l.UnitPrice)
		if err != nil || price.Sign() < 0 {
			f.Field(field("unitPrice"), "money-format")
		}
		declared := qty.Mul(price.Decimal())
		if declared.GreaterThanOrEqual(greatest) {
			f.Field(field("qty"), "amount-too-large")
		}
		rows = append(rows, books.BudgetLine{
			LineNo: i + 1, Category: l.Category, Name: name, Spec: strings.TrimSpace(l.Spec), Unit: strings.TrimSpace(l.Unit), Qty: qty,
			UnitPrice: price, Declared: models.Yuan(declared), Remark: strings.TrimSpace(l.Remark),
		})
	}
	return rows
}

func writeLines(tx *gorm.DB, project string, rows []books.BudgetLine) error {
	if len(rows) == 0 {
		return nil
	}
	for i := range rows {
		rows[i].Project = project
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("lines of %s: %w", project, err)
	}
	return nil
}
