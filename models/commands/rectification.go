package commands

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// rectification is the one of the process, locked for the rest of the transaction.
func (c Call) rectification(tx *gorm.DB) (models.Rectification, error) {
	return models.FindRectification(tx.Clauses(clause.Locking{Strength: "UPDATE"}), c.text("issueNo"))
}

// save writes the rectification with a line of history and returns its state.
func (c Call) save(tx *gorm.DB, r *models.Rectification, text string) (Result, error) {
	_, action, _ := strings.Cut(c.Name, ".")
	return Result{"rectState": r.State}, models.SaveRectification(tx, c.Acting, r, action, text)
}

// rectificationOpen opens the issue that was raised by hand, or makes the one
// that a failed acceptance asks for, which waits for it.
func rectificationOpen(tx *gorm.DB, c Call) (Result, error) {
	var r models.Rectification
	var err error
	if c.text("issueNo") != "" {
		r, err = c.rectification(tx)
	} else {
		r = models.Rectification{
			Source: c.text("source"), Title: c.text("title"), Project: models.Optional(c.text("projectCode")), OwnerDept: c.text("ownerDept"),
			Severity: "B", Blocking: true, FoundOn: c.Acting.On(),
		}
		err = models.NewRectification(tx, c.Acting, &r)
	}
	if err != nil {
		return nil, err
	}
	r.Root = c.Root
	days, err := c.intParam("R01", r.Severity)
	if err != nil {
		return nil, err
	}
	res, err := c.save(tx, &r, r.Title)
	if err != nil {
		return nil, err
	}
	res["issueNo"], res["severity"], res["rectDays"], res["ownerDept"] = r.No, r.Severity, days, r.OwnerDept
	return res, nil
}

// rectificationDispatch gives the issue to the department that must mend it.
func rectificationDispatch(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		OwnerDept string `json:"ownerDept"`
		Severity  string `json:"severity"`
		Comment   string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, err
	}
	f := check()
	f.oneOf("/severity", in.Severity, "A", "B", "C")
	owners, err := models.Members(tx, models.PostID("RECT_OWNER", in.OwnerDept))
	if err != nil {
		return nil, err
	}
	if len(owners) == 0 {
		f.Field("/ownerDept", "no-rectification-owner", "dept", in.OwnerDept)
	}
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	days, err := c.intParam("R01", in.Severity)
	if err != nil {
		return nil, err
	}
	r.OwnerDept, r.Severity, r.State = in.OwnerDept, in.Severity, models.RectAnalysis
	if r.DueOn == "" { // a conditional acceptance has set it
		r.DueOn = c.Workday.After(c.Acting.On(), days)
	}
	res, err := c.save(tx, &r, strings.TrimSpace(in.Comment))
	if err != nil {
		return nil, err
	}
	res["ownerDept"], res["severity"], res["rectDays"] = r.OwnerDept, r.Severity, days
	return res, nil
}

// rectificationAnalyse states the root cause.
func rectificationAnalyse(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		RootCause string `json:"rootCause"`
		Why       string `json:"why"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, err
	}
	f := check()
	f.oneOf("/rootCause", in.RootCause, models.RootCauses...)
	r.Cause, r.Analysis, r.State = in.RootCause, f.text("/why", in.Why), models.RectPlan
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	return c.save(tx, &r, r.Analysis)
}

// rectificationPlan says what will be done, by whom and until when.
func rectificationPlan(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Measures []struct {
			Text  string `json:"text"`
			Owner string `json:"owner"`
			Due   string `json:"due"`
		} `json:"measures"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, err
	}
	f := check()
	if len(in.Measures) == 0 {
		f.Field("/measures", "measures-missing")
	}
	var measures []models.Measure
	var texts []string
	for i, m := range in.Measures {
		measures = append(measures, models.Measure{Text: f.text(at("measures", i, "text"), m.Text), Owner: f.text(at("measures", i, "owner"), m.Owner), Due: f.date(at("measures", i, "due"), m.Due)})
		texts = append(texts, strings.TrimSpace(m.Text))
	}
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	r.Measures, r.State = models.JSONOf(measures), models.RectRectifying
	return c.save(tx, &r, strings.Join(texts, "；"))
}

// rectificationEvidence hands in what was done.
func rectificationEvidence(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Comment      string    `json:"comment"`
		Before       documents `json:"before"`
		After        documents `json:"after"`
		MaterialsCut amount    `json:"materialsCut"`
		StepsCut     amount    `json:"stepsCut"`
		DaysCut      amount    `json:"daysCut"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, err
	}
	f := check()
	r.Evidence = f.text("/comment", in.Comment)
	for pointer, ids := range map[string][]string{"/before": in.Before, "/after": in.After} {
		if err := f.documents(tx, pointer, string(r.Project), ids); err != nil {
			return nil, err
		}
	}
	r.BeforeDocs, r.AfterDocs = models.JSONOf([]string(in.Before)), models.JSONOf([]string(in.After))
	r.MaterialsCut, r.StepsCut, r.DaysCut = f.count("/materialsCut", in.MaterialsCut, 1), f.count("/stepsCut", in.StepsCut, 1), f.count("/daysCut", in.DaysCut, 10)
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	r.Owner, r.State = c.Acting.Person, models.RectVerifying
	return c.save(tx, &r, r.Evidence)
}

// count reads a number of things in units of 1/scale; nothing is zero.
func (f faults) count(pointer string, a amount, scale int64) int {
	if a == "" {
		return 0
	}
	d := f.number(pointer, a, 0, 10_000).Mul(decimal.NewFromInt(scale))
	if !d.IsInteger() {
		f.Field(pointer, "too-precise")
	}
	return int(d.IntPart())
}

// rectificationVerify is the independent check (rule R03).
func rectificationVerify(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Result  string `json:"result"`
		Method  string `json:"method"`
		Comment string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, err
	}
	if c.Acting.Person == r.Owner || c.Acting.Person == r.Registrar {
		return nil, models.Refuse("verifier-not-independent")
	}
	f := check()
	f.oneOf("/result", in.Result, "pass", "fail", "refer")
	f.oneOf("/method", in.Method, "site", "phone", "system")
	r.Method, r.Verification, r.Verifier = in.Method, f.text("/comment", in.Comment), c.Acting.Person
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	switch in.Result {
	case "pass":
		r.State, r.ClosedOn = models.RectClosed, c.Acting.On()
	case "fail":
		r.State, r.Returns = models.RectReturned, r.Returns+1
	}
	res, err := c.save(tx, &r, r.Verification)
	if err != nil {
		return nil, err
	}
	res["verifyResult"], res["returnCount"] = in.Result, r.Returns
	return res, nil
}

// rectificationRefer hands a problem of the system to the superior; it stays open.
func rectificationRefer(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		ToOrg      string `json:"toOrg"`
		LetterNo   string `json:"letterNo"`
		Contact    string `json:"contact"`
		Workaround string `json:"workaround"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, err
	}
	f := check()
	r.ReferredTo, r.LetterNo = f.text("/toOrg", in.ToOrg), f.text("/letterNo", in.LetterNo)
	r.Contact, r.Workaround = f.text("/contact", in.Contact), f.text("/workaround", in.Workaround)
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	r.ReferredOn, r.State = c.Acting.On(), models.RectReferredUp
	return c.save(tx, &r, fmt.Sprintf("%s（%s）", r.ReferredTo, r.LetterNo))
}

// rectificationReply registers the superior's answer; the check follows.
func rectificationReply(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Reply     string `json:"reply"`
		RepliedOn string `json:"repliedOn"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, err
	}
	f := check()
	r.Reply, r.RepliedOn = f.text("/reply", in.Reply), f.date("/repliedOn", in.RepliedOn)
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	r.Owner, r.State = c.Acting.Person, models.RectVerifying
	return c.save(tx, &r, r.Reply)
}
