package commands

import (
	"fmt"
	"maps"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

var _ = foretold(map[string]Plan{
	"rectification.open":     rectificationOpen,
	"rectification.dispatch": onIssue(rectificationDispatch),
	"rectification.analyse":  onIssue(rectificationAnalyse),
	"rectification.plan":     onIssue(rectificationPlan),
	"rectification.evidence": onIssue(rectificationEvidence),
	"rectification.verify":   onIssue(rectificationVerify),
	"rectification.refer":    onIssue(rectificationRefer),
	"rectification.reply":    onIssue(rectificationReply),
})

// rectification is the one of the process, locked for the rest of the transaction.
func (c Call) rectification(tx *gorm.DB) (books.Rectification, error) {
	return books.FindRectification(c.locked(tx), c.text("issueNo"))
}

// save writes the rectification with a line of history.
func (c Call) save(tx *gorm.DB, r *books.Rectification, text string) error {
	action, ok := stepNames[c.Name]
	if action == "evidence" && r.Extension == extensionAsked {
		action = "ask"
	}
	if !ok {
		_, action, _ = strings.Cut(c.Name, ".")
	}
	return books.SaveRectification(tx, c.Acting, r, action, text)
}

// onIssue makes a command of a step of rectification: it reads what was
// submitted and the locked rectification, lets the step change it, and saves it
// unless something was found wrong. A step returns its line of history and the
// variables that the process needs besides the state.
func onIssue[T any](step func(tx *gorm.DB, c Call, in T, r *books.Rectification, f faults) (told string, more Result, err error)) Plan {
	return func(tx *gorm.DB, c Call) (Result, Write, error) {
		var in T
		if err := c.into(&in); err != nil {
			return nil, nil, err
		}
		r, err := c.rectification(tx)
		if err != nil {
			return nil, nil, err
		}
		f := check()
		told, more, err := step(tx, c, in, &r, f)
		if err == nil {
			err = f.OrNil()
		}
		if err != nil {
			return nil, nil, err
		}
		res := Result{"rectState": r.State}
		maps.Copy(res, more)
		return res, func() error {
			if err := c.save(tx, &r, told); err != nil {
				return err
			}
			if err := c.keepEvidence(tx, &r); err != nil {
				return err
			}
			return c.issuePaper(tx, &r)
		}, nil
	}
}

// rectificationOpen opens the issue that was raised by hand, or makes the one
// that a failed acceptance asks for, which waits for it.
func rectificationOpen(tx *gorm.DB, c Call) (Result, Write, error) {
	r := books.Rectification{
		Source: c.text("source"), Title: c.text("title"), Project: models.Optional(c.text("projectCode")), OwnerDept: c.text("ownerDept"),
		Severity: "B", Blocking: true, FoundOn: c.Acting.On(), State: books.RectOpen,
	}
	fresh := c.text("issueNo") == ""
	if !fresh {
		var err error
		if r, err = c.rectification(tx); err != nil {
			return nil, nil, err
		}
	}
	days, err := c.intParam("R01", r.Severity)
	if err != nil {
		return nil, nil, err
	}
	res := Result{"rectState": r.State, "issueNo": r.No, "severity": r.Severity, "rectDays": days, "ownerDept": r.OwnerDept}
	return res, func() error {
		if fresh {
			if err := books.NewRectification(tx, c.Acting, &r); err != nil {
				return err
			}
			res["issueNo"] = r.No
		}
		r.Root = c.Root
		return c.save(tx, &r, r.Title)
	}, nil
}

type dispatched struct {
	OwnerDept string `json:"ownerDept"`
	Impact    string `json:"impact"`
	Scope     string `json:"scope"`
	Severity  string `json:"severity"`
	Comment   string `json:"comment"`
}

// rectificationDispatch gives the issue to the department that must mend it.
func rectificationDispatch(tx *gorm.DB, c Call, in dispatched, r *books.Rectification, f faults) (string, Result, error) {
	owners, err := office.Members(tx, office.PostID("RECT_OWNER", in.OwnerDept))
	if err != nil {
		return "", nil, err
	}
	if len(owners) == 0 {
		f.Field("/ownerDept", "no-rectification-owner", "dept", in.OwnerDept)
	}
	days, err := c.grade(tx, in, r, f)
	if err != nil {
		return "", nil, err
	}
	r.OwnerDept, r.State = in.OwnerDept, books.RectAnalysis
	return strings.TrimSpace(in.Comment), Result{"ownerDept": r.OwnerDept, "severity": r.Severity, "rectDays": days}, nil
}

type analysed struct {
	RootCause string `json:"rootCause"`
	Why       string `json:"why"`
}

// rectificationAnalyse states the root cause.
func rectificationAnalyse(_ *gorm.DB, _ Call, in analysed, r *books.Rectification, f faults) (string, Result, error) {
	f.oneOf("/rootCause", in.RootCause, models.RootCauses...)
	r.Cause, r.Analysis, r.State = in.RootCause, f.text("/why", in.Why), books.RectPlan
	return r.Analysis, nil, nil
}

type planned struct {
	Measures []struct {
		Text  string `json:"text"`
		Owner string `json:"owner"`
		Due   string `json:"due"`
	} `json:"measures"`
}

// rectificationPlan says what will be done, by whom and until when.
func rectificationPlan(_ *gorm.DB, _ Call, in planned, r *books.Rectification, f faults) (string, Result, error) {
	if len(in.Measures) == 0 {
		f.Field("/measures", "measures-missing")
	}
	var measures []books.Measure
	var texts []string
	for i, m := range in.Measures {
		measures = append(
			measures,
			books.Measure{
				Text: f.text(at("measures", i, "text"), m.Text), Owner: f.text(at("measures", i, "owner"), m.Owner),
				Due: f.date(at("measures", i, "due"), m.Due),
			},
		)
		texts = append(texts, strings.TrimSpace(m.Text))
	}
	r.Measures, r.State = models.JSONOf(measures), books.RectRectifying
	return strings.Join(texts, "；"), nil, nil
}

type evidenced struct {
	Comment      string    `json:"comment"`
	Before       documents `json:"before"`
	After        documents `json:"after"`
	MaterialsCut amount    `json:"materialsCut"`
	StepsCut     amount    `json:"stepsCut"`
	DaysCut      amount    `json:"daysCut"`
}

// rectificationEvidence hands in what was done.
func rectificationEvidence(tx *gorm.DB, c Call, in evidenced, r *books.Rectification, f faults) (string, Result, error) {
	r.Evidence = f.text("/comment", in.Comment)
	if err := f.evidenceOf(tx, "/before", *r, in.Before); err != nil {
		return "", nil, err
	}
	if err := f.evidenceOf(tx, "/after", *r, in.After); err != nil {
		return "", nil, err
	}
	r.BeforeDocs, r.AfterDocs = models.JSONOf([]string(in.Before)), models.JSONOf([]string(in.After))
	r.MaterialsCut, r.StepsCut, r.DaysCut = f.count(
		"/materialsCut", in.MaterialsCut, 1,
	), f.count(
		"/stepsCut", in.StepsCut, 1,
	), f.count(
		"/daysCut", in.DaysCut, 10,
	)
	r.Owner, r.State = c.Acting.Person, books.RectVerifying
	return r.Evidence, nil, nil
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

type verified struct {
	Result  string `json:"result"`
	Method  string `json:"method"`
	Comment string `json:"comment"`
}

// rectificationVerify is the independent check (rule R03).
func rectificationVerify(_ *gorm.DB, c Call, in verified, r *books.Rectification, f faults) (string, Result, error) {
	if c.Acting.Person == r.Owner || c.Acting.Person == r.Registrar {
		return "", nil, models.Refuse("verifier-not-independent")
	}
	f.oneOf("/result", in.Result, "pass", "fail", "refer")
	f.oneOf("/method", in.Method, "site", "phone", "system")
	r.Method, r.Verification, r.Verifier = in.Method, f.text("/comment", in.Comment), c.Acting.Person
	switch in.Result {
	case "pass":
		r.State, r.ClosedOn = books.RectClosed, c.Acting.On()
	case "fail":
		r.State, r.Returns = books.RectReturned, r.Returns+1
	}
	return r.Verification, Result{"verifyResult": in.Result, "returnCount": r.Returns}, nil
}

type referred struct {
	ToOrg      string `json:"toOrg"`
	LetterNo   string `json:"letterNo"`
	Contact    string `json:"contact"`
	Workaround string `json:"workaround"`
}

// rectificationRefer hands a problem of the system to the superior; it stays open.
func rectificationRefer(_ *gorm.DB, c Call, in referred, r *books.Rectification, f faults) (string, Result, error) {
	r.ReferredTo, r.LetterNo = f.text("/toOrg", in.ToOrg), f.text("/letterNo", in.LetterNo)
	r.Contact, r.Workaround = f.text("/contact", in.Contact), f.text("/workaround", in.Workaround)
	r.ReferredOn, r.State = c.Acting.On(), books.RectReferredUp
	return fmt.Sprintf("%s（%s）", r.ReferredTo, r.LetterNo), nil, nil
}

type replied struct {
	Reply     string `json:"reply"`
	RepliedOn string `json:"repliedOn"`
}

// rectificationReply registers the superior's answer; the check follows.
func rectificationReply(_ *gorm.DB, c Call, in replied, r *books.Rectification, f faults) (string, Result, error) {
	r.Reply, r.RepliedOn = f.text("/reply", in.Reply), f.date("/repliedOn", in.RepliedOn)
	r.Owner, r.State = c.Acting.Person, books.RectVerifying
	return r.Reply, nil, nil
}
