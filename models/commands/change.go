package commands

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

var _ = foretold(map[string]Plan{
	"change.request":  changeRequest,
	"change.opinion":  changeOpinion,
	"change.classify": changeClassify,
	"change.stop":     changeStop,
})

// leastReason is how many characters the reason of a change has.
const leastReason = 30

// changeRow is a submitted line of a change.
type changeRow struct {
	LineNo amount `json:"lineNo"`
	Name   string `json:"name"`
	Note   string `json:"note"`
	Old    amount `json:"old"`
	New    amount `json:"new"`
}

// changeForm is what the request says.
type changeForm struct {
	Act         string               `json:"act"` // send, withdraw
	Kind        string               `json:"kind"`
	ContractNo  string               `json:"contractNo"`
	Reason      string               `json:"reason"`
	Lines       []changeRow          `json:"lines"`
	Days        amount               `json:"days"`
	SameSubject string               `json:"sameSubject"`
	GoalChanged string               `json:"goalChanged"`
	Persons     []books.ChangePerson `json:"persons"`
	Supplier    struct {
		Name string `json:"name"`
		Uscc string `json:"uscc"`
	} `json:"supplier"`
	BegunOn   string   `json:"begunOn"`
	BegunWhy  string   `json:"begunWhy"`
	Documents []string `json:"documents"`
}

// change of the process, and the project that it is of, locked.
func (c Call) change(tx *gorm.DB) (books.Project, books.ChangeRequest, error) {
	p, err := c.project(tx)
	if err != nil {
		return p, books.ChangeRequest{}, err
	}
	r, err := books.FindChange(tx, c.text("changeNo"))
	return p, r, err
}

// changeRequest asks for a change: what, why, how much, how long. Asked again, it
// replaces what was asked before.
func changeRequest(tx *gorm.DB, c Call) (Result, Write, error) {
	var in changeForm
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/act", in.Act, "send", "withdraw")
	if in.Act == "withdraw" {
		if r.Origin == books.ChangeOfBureau {
			return nil, nil, models.Refuse("change-of-bureau")
		}
		return Result{"changeAct": "withdraw"}, nil, f.OrNil()
	}
	if !p.Stage.Changeable() {
		return nil, nil, models.Refuse("not-changeable")
	}
	if err := f.request(tx, c, in, &r); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	if err := c.classify(tx, &r); err != nil {
		return nil, nil, err
	}
	k, err := changedContract(tx, r)
	if err != nil {
		return nil, nil, err
	}
	r.State, r.AskedBy, r.AskedOn, r.Root = books.ChangeAsked, c.Acting.Person, c.Acting.On(), c.Root
	out := Result{
		"changeAct": "send", "changeClass": r.Class, "changeKind": r.Kind, "changeDelta": Number(r.Delta), "changeDays": r.Days,
		"contractNo": r.ContractNo, "supervisorOrg": k.SupervisorOrg, "workBegun": r.BegunOn != "",
	}
	if k.SupervisorOrg == "" {
		out["supervisorOrg"] = nil
	}
	return out, func() error { return books.SaveChange(tx, c.Acting, &r) }, nil
}

// request checks what is asked for and writes it into the change.
func (f faults) request(tx *gorm.DB, c Call, in changeForm, r *books.ChangeRequest) error {
	f.oneOf("/kind", in.Kind, books.ChangeKinds...)
	r.Kind, r.Reason = in.Kind, f.text("/reason", in.Reason)
	if n := utf8.RuneCountInString(r.Reason); n > 0 && n < leastReason {
		f.Field("/reason", "text-too-short", "limit", fmt.Sprint(leastReason), "have", fmt.Sprint(n))
	}
	if r.Origin == books.ChangeOfUnit {
		r.ContractNo = books.ContractKey(f.text("/contractNo", in.ContractNo))
	}
	if _, err := changedContract(tx, *r); err != nil {
		f.Field("/contractNo", "no-signed-contract")
		return f.OrNil()
	}
	delta, err := f.changeLines(tx, in.Lines, r)
	if err != nil {
		return err
	}
	r.Days = 0
	if in.Days != "" {
		r.Days = int(f.number("/days", in.Days, -3650, 3650).IntPart())
	}
	f.oneOf("/sameSubject", in.SameSubject, "yes", "no")
	f.oneOf("/goalChanged", in.GoalChanged, "yes", "no")
	r.SameSubject, r.GoalChanged = in.SameSubject == "yes", in.GoalChanged == "yes"
	f.whatChanges(in, r, delta)
	f.begun(c, in, r)
	if len(in.Documents) == 0 {
		f.Field("/documents", "evidence-missing")
	}
	r.Documents = models.JSONOf(in.Documents)
	if err := f.documents(tx, "/documents", r.Project, in.Documents); err != nil {
		return err
	}
	return f.affordable(tx, r, delta)
}

// whatChanges holds that a change of a kind changes what its kind says.
func (f faults) whatChanges(in changeForm, r *books.ChangeRequest, delta models.Money) {
	if r.Origin == books.ChangeOfUnit {
		r.Delta = delta
	} else if len(in.Lines) > 0 && delta.Cmp(r.Delta) != 0 { // what the bureau has on record is what it is
		f.Field("/lines", "lines-differ-from-record", "sum", delta.String(), "delta", r.Delta.String())
	}
	switch {
	case (in.Kind == "content" || in.Kind == "amount" || in.Kind == "cancel") && len(in.Lines) == 0 && r.Origin == books.ChangeOfUnit:
		f.Field("/lines", "change-lines-missing")
	case in.Kind == "cancel" && r.Delta.Sign() >= 0:
		f.Field("/lines", "cancel-must-reduce")
	case in.Kind == "schedule" && r.Days == 0:
		f.Field("/days", "days-missing")
	}
	r.Persons, r.Supplier, r.Uscc = models.JSONOf([]books.ChangePerson{}), "", ""
	if in.Kind == "person" && len(in.Persons) == 0 {
		f.Field("/persons", "persons-missing")
	}
	for i, p := range in.Persons {
		f.text(at("persons", i, "role"), p.Role)
		f.text(at("persons", i, "old"), p.Old)
		if f.text(at("persons", i, "new"), p.New) == strings.TrimSpace(p.Old) {
			f.Field(at("persons", i, "new"), "nothing-changes")
		}
	}
	if len(in.Persons) > 0 {
		r.Persons = models.JSONOf(in.Persons)
	}
	if in.Kind == "supplier" {
		r.Supplier, r.Uscc = f.text("/supplier/name", in.Supplier.Name), strings.TrimSpace(in.Supplier.Uscc)
		if !office.USCC(r.Uscc) {
			f.Field("/supplier/uscc", "uscc-invalid")
		}
	}
}

// begun: work that was begun before anybody approved it is said, with the reason.
func (f faults) begun(c Call, in changeForm, r *books.ChangeRequest) {
	r.BegunOn, r.BegunWhy = f.optionalDate("/begunOn", in.BegunOn), strings.TrimSpace(in.BegunWhy)
	if r.BegunOn == "" {
		r.BegunWhy = ""
		return
	}
	if r.BegunOn > models.DateOf(c.Acting.At) {
		f.Field("/begunOn", "date-in-future")
	}
	f.reason("/begunWhy", r.BegunWhy)
}

// changeLines reads the lines and the sum of what they change.
func (f faults) changeLines(tx *gorm.DB, rows []changeRow, r *books.ChangeRequest) (delta models.Money, err error) {
	views, err := books.LineViews(tx, r.Project, false)
	if err != nil {
		return delta, err
	}
	known, err := books.LineAmounts(tx, r.Project, r.ContractNo)
	if err != nil {
		return delta, err
	}
	seen, lines := map[int]bool{}, []books.ChangeLine{}
	for i, row := range rows {
		l := books.ChangeLine{
			Name: f.text(at("lines", i, "name"), row.Name), Note: strings.TrimSpace(row.Note), Old: f.money(at("lines", i, "old"), row.Old),
			New: f.money(at("lines", i, "new"), row.New),
		}
		if row.LineNo != "" {
			l.LineNo = int(f.number(at("lines", i, "lineNo"), row.LineNo, 0, 10000).IntPart())
		}
		f.changeLine(i, l, views, known, seen)
		seen[l.LineNo] = true
		delta, lines = delta.Add(l.New.Sub(l.Old)), append(lines, l)
	}
	r.Lines = models.JSONOf(lines)
	return delta, nil
}

func (f faults) changeLine(i int, l books.ChangeLine, views []books.LineView, known map[int]models.Money, seen map[int]bool) {
	if l.New.Cmp(l.Old) == 0 && l.Note == "" {
		f.Field(at("lines", i, "new"), "nothing-changes")
	}
	if l.LineNo == 0 { // new content has no line yet
		if l.Old.Sign() != 0 {
			f.Field(at("lines", i, "old"), "new-content-has-no-old")
		}
		return
	}
	if seen[l.LineNo] {
		f.Field(at("lines", i, "lineNo"), "twice", "item", fmt.Sprint(l.LineNo))
	}
	j := slices.IndexFunc(views, func(v books.LineView) bool { return v.LineNo == l.LineNo })
	if j < 0 {
		f.Field(at("lines", i, "lineNo"), "line-unknown", "line", fmt.Sprint(l.LineNo))
		return
	}
	if now, ok := known[l.LineNo]; ok {
		if now.Cmp(l.Old) != 0 {
			f.Field(at("lines", i, "old"), "old-differs-from-baseline", "now", now.String())
		}
		return
	}
	if most := views[j].Reviewed; most != nil && l.Old.Cmp(*most) > 0 {
		f.Field(at("lines", i, "old"), "old-above-approved", "approved", most.String())
	}
}

// affordable refuses what no approval can mend: a contract that would bind less
// than nothing, or less than has been asked for; and, of what needs no new approval, more than finance has issued.
func (f faults) affordable(tx *gorm.DB, r *books.ChangeRequest, delta models.Money) error {
	if r.Origin == books.ChangeOfBureau {
		return nil
	}
	v, err := books.PaymentsOf(tx, r.Project, r.ContractNo)
	if err != nil {
		return err
	}
	if least := v.Paid.Add(v.Pending); v.Contract.Add(delta).Cmp(least) < 0 {
		f.Field("/lines", "change-below-paid", "paid", least.String())
		return nil
	}
	now, err := books.CommitmentOf(tx, r.Project)
	if err != nil {
		return err
	}
	bound := now.Bound().Add(delta)
	if delta.Sign() > 0 && bound.Cmp(now.Issued) > 0 && bound.Cmp(now.Approved) <= 0 {
		f.Field("/lines", "change-above-issued", "left", now.Issued.Sub(now.Bound()).String())
	}
	return nil
}

// changedContract is the signed contract that a change is about.
func changedContract(tx *gorm.DB, r books.ChangeRequest) (books.Contract, error) {
	var rows []books.Contract
	err := tx.Where("contract_no = ? AND project = ? AND state = ? AND ended_on IS NULL", r.ContractNo, r.Project, books.ContractSigned).
		Limit(1).
		Find(&rows).
		Error
	if err != nil {
		return books.Contract{}, fmt.Errorf("contract %s: %w", r.ContractNo, err)
	}
	if len(rows) == 0 {
		return books.Contract{}, models.Refuse("no-signed-contract")
	}
	return rows[0], nil
}

// classify lets rule D10 say what class a change is of: all that were adopted before count with it.
func (c Call) classify(tx *gorm.DB, r *books.ChangeRequest) error {
	facts, err := books.ChangeFacts(tx, *r)
	if err != nil {
		return err
	}
	e, err := Checks.Edition(tx, r.Project, c.Acting.On())
	if err != nil {
		return err
	}
	res := rules.JudgeRule("D10", facts, e)
	said, ok := res.Value.(*feel.Context)
	if !ok {
		return models.Refuse("change-unclassified", "why", strings.Join(append(res.Missing, res.Reason), " "))
	}
	class, _ := said.Get("class")
	sum, _ := said.Get("sum")
	r.Class = fmt.Sprint(class)
	if r.Cumulative, err = models.ParseMoney(fmt.Sprint(sum)); err != nil {
		return fmt.Errorf("D10: %w", err)
	}
	now, err := books.CommitmentOf(tx, r.Project)
	if err != nil {
		return err
	}
	if r.Ratio = decimal.Zero; now.Approved.Sign() > 0 {
		r.Ratio = r.Cumulative.Decimal().Mul(whole).DivRound(now.Approved.Decimal(), 4)
	}
	return nil
}

// changeOpinion keeps what the supervising engineer says; whoever decides reads it.
func changeOpinion(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		View    string `json:"view"` // agree, object
		Opinion string `json:"opinion"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	_, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/view", in.View, "agree", "object")
	r.Opinion = f.reason("/opinion", in.Opinion)
	return Result{
		"supervisorView": in.View, "supervisorOpinion": r.Opinion,
	}, func() error { return books.SaveChange(tx, c.Acting, &r) }, f.OrNil()
}

// changeClassify says, once the unit has decided, who decides next: by what was adopted meanwhile too.
func changeClassify(tx *gorm.DB, c Call) (Result, Write, error) {
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	if !p.Stage.Changeable() && r.Origin == books.ChangeOfUnit {
		return nil, nil, models.Refuse("not-changeable")
	}
	if err := c.classify(tx, &r); err != nil {
		return nil, nil, err
	}
	return Result{"changeClass": r.Class}, func() error { return books.SaveChange(tx, c.Acting, &r) }, nil
}

// changeStop ends a change that is not adopted, as its header says. What the bureau
// has on record stays in the books; it is a breach until somebody settles it.
func changeStop(tx *gorm.DB, c Call) (Result, Write, error) {
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	return Result{"changeState": c.Headers["state"]}, func() error {
		return endChange(tx, c, p, r, c.Headers["state"])
	}, nil
}

func endChange(tx *gorm.DB, c Call, p books.Project, r books.ChangeRequest, state string) error {
	approved := r.State == books.ChangeApproved
	r.State, r.DecidedOn = state, c.Acting.On()
	if c.Acting.Reason != "" {
		r.Note = c.Acting.Reason
	}
	if err := books.SaveChange(tx, c.Acting, &r); err != nil {
		return err
	}
	if approved { // what was approved anew is not needed any more
		e := books.LedgerEntry{Kind: books.LedgerApproved, Project: p.Code, Amount: r.Grown.Neg(), NaturalKey: r.No + "/stop", Ref: r.DocNo}
		if r.Grown.Sign() > 0 {
			if err := c.post(tx, e); err != nil {
				return err
			}
		}
		if err := sendOut(tx, c, p, "project.changed"); err != nil {
			return err
		}
	}
	if r.Origin == books.ChangeOfBureau {
		b := books.Breach{Project: p.Code, Rule: "change-unapproved", Subject: r.ContractNo + "/" + r.No, Blocks: books.BlockPayment}
		if err := books.RecordBreach(tx, c.Acting, b, "no", r.ContractNo, "delta", r.Delta.String()); err != nil {
			return err
		}
	}
	return examine(tx, c, p.Code)
}

// stopChanges ends open changes whose case a person has ended.
func stopChanges(tx *gorm.DB, c Call, which *gorm.DB) error {
	var open []books.ChangeRequest
	if err := which.Where("state IN ?", []string{books.ChangeDraft, books.ChangeAsked,
		books.ChangeApproved}).Find(&open).Error; err != nil {
		return fmt.Errorf("open changes: %w", err)
	}
	for _, r := range open {
		p, err := books.FindProject(tx, r.Project)
		if err != nil {
			return err
		}
		c.Vars = map[string]any{"changeNo": r.No, "projectCode": r.Project}
		if err := endChange(tx, c, p, r, books.ChangeWithdrawn); err != nil {
			return err
		}
	}
	return nil
}
