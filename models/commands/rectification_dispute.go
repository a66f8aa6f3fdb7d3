package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

// Whose a finding is, how much time it takes, and who steps in when it comes back.
var _ = foretold(map[string]Plan{
	"rectification.respond":   onIssue(rectificationRespond),
	"rectification.rule":      onIssue(rectificationRule),
	"rectification.extend":    onIssue(rectificationExtend),
	"rectification.escalate":  onIssue(rectificationEscalate),
	"rectification.interview": onIssue(rectificationInterview),
	"rectification.summon":    onIssue(rectificationSummon),
	"rectification.follow":    onIssue(rectificationFollow),
})

// What became of the question for more time.
const (
	extensionAsked   = "ASKED"
	extensionGranted = "GRANTED"
	extensionRefused = "REFUSED"
)

type responded struct {
	Stance    string `json:"stance"`
	Objection string `json:"objection"`
	RootCause string `json:"rootCause"`
	Why       string `json:"why"`
}

// rectificationRespond is the owner's answer: he analyses the cause, which accepts
// the finding, or says once that it is not his, and the supervisor rules.
func rectificationRespond(tx *gorm.DB, c Call, in responded, r *books.Rectification, f faults) (string, Result, error) {
	if in.Stance != "object" {
		told, more, err := rectificationAnalyse(tx, c, analysed{in.RootCause, in.Why}, r, f)
		if more == nil {
			more = Result{}
		}
		more["ownerAnswer"] = "accept"
		return told, more, err
	}
	var units []string
	if err := r.Objections.Into(&units); err != nil {
		return "", nil, fmt.Errorf("objections to %s: %w", r.No, err)
	}
	if slices.Contains(units, r.OwnerDept) {
		f.Field("/stance", "rectification-objected-already")
	}
	why := f.reason("/objection", in.Objection)
	r.Objections, r.State = models.JSONOf(append(units, r.OwnerDept)), books.RectOpen
	return why, Result{"ownerAnswer": "object"}, nil
}

type ruled struct {
	Verdict   string `json:"verdict"`
	OwnerDept string `json:"ownerDept"`
	Comment   string `json:"comment"`
}

// rectificationRule decides whose a finding is.
func rectificationRule(tx *gorm.DB, c Call, in ruled, r *books.Rectification, f faults) (string, Result, error) {
	f.oneOf("/verdict", in.Verdict, "keep", "move")
	why := f.reason("/comment", in.Comment)
	if in.Verdict == "move" {
		owners, err := office.Members(tx, office.PostID("RECT_OWNER", in.OwnerDept))
		switch {
		case err != nil:
			return "", nil, err
		case in.OwnerDept == r.OwnerDept:
			f.Field("/ownerDept", "rectification-owner-same")
		case len(owners) == 0:
			f.Field("/ownerDept", "no-rectification-owner", "dept", in.OwnerDept)
		}
		r.OwnerDept = in.OwnerDept
		if r.DueOn != "" && f.OrNil() == nil { // the new owner has the whole time
			days, err := c.intParam("R01", r.Severity)
			if err != nil {
				return "", nil, err
			}
			r.DueOn = max(r.DueOn, c.Workday.After(c.Acting.On(), days))
		}
	}
	r.State = books.RectAnalysis
	return why, Result{"ownerDept": r.OwnerDept}, nil
}

type asked struct {
	Act          string `json:"act"`
	ExtendDays   amount `json:"extendDays"`
	ExtendReason string `json:"extendReason"`
}

// askForTime asks for an extension, once and for no more than the time that there was.
func (c Call) askForTime(in asked, r *books.Rectification, f faults) (string, Result, error) {
	if r.Extension != "" {
		f.Field("/act", "extension-asked-already")
	}
	whole, err := c.intParam("R01", r.Severity)
	if err != nil {
		return "", nil, err
	}
	days := f.number("/extendDays", in.ExtendDays, 1, int64(whole))
	if !days.IsInteger() {
		f.Field("/extendDays", "too-precise")
	}
	why := f.reason("/extendReason", in.ExtendReason)
	r.Extension, r.ExtensionDays = extensionAsked, int(days.IntPart())
	return why, Result{"remedyState": "extend"}, nil
}

type extended struct {
	Verdict string `json:"verdict"`
	Comment string `json:"comment"`
}

// rectificationExtend grants more time or refuses it.
func rectificationExtend(_ *gorm.DB, c Call, in extended, r *books.Rectification, f faults) (string, Result, error) {
	f.oneOf("/verdict", in.Verdict, "agree", "refuse")
	why := f.reason("/comment", in.Comment)
	if in.Verdict != "agree" {
		r.Extension = extensionRefused
		return why, Result{"rectDays": 1}, nil
	}
	r.Extension = extensionGranted
	if r.DueOn != "" {
		r.DueOn = c.Workday.After(r.DueOn, r.ExtensionDays)
	}
	return why, Result{"rectDays": r.ExtensionDays}, nil
}

// escalation is who steps in after so many returns: what rule R10 says; a pack without its parameters knows nobody.
func (c Call) escalation(tx *gorm.DB, r *books.Rectification) (string, error) {
	if len(c.Params["R10"]) == 0 {
		return "none", nil
	}
	e, err := Checks.Edition(tx, string(r.Project), c.Acting.On())
	if err != nil {
		return "", err
	}
	n, err := feel.FromJSON([]byte(strconv.Itoa(r.Returns)))
	if err != nil {
		return "", err
	}
	res := rules.JudgeRule("R10", rules.Facts{"returns": n}, e)
	who, ok := res.Value.(string)
	if !ok || !slices.Contains([]string{"none", "deputy", "interview"}, who) {
		return "", models.Refuse("escalation-unknown", "why", res.Reason)
	}
	return who, nil
}

type said struct {
	Comment     string `json:"comment"`
	HeldOn      string `json:"heldOn"`
	With        string `json:"with"`
	ContactedOn string `json:"contactedOn"`
}

// rectificationEscalate is what the deputy director orders at the second return.
func rectificationEscalate(_ *gorm.DB, _ Call, in said, r *books.Rectification, f faults) (string, Result, error) {
	r.State = books.RectReturned
	return f.reason("/comment", in.Comment), nil, nil
}

// rectificationInterview keeps the record of the interview (约谈) from the third return on.
func rectificationInterview(_ *gorm.DB, c Call, in said, r *books.Rectification, f faults) (string, Result, error) {
	held, with := f.pastDate("/heldOn", in.HeldOn, c), f.text("/with", in.With)
	r.State = books.RectReturned
	return fmt.Sprintf("%s 约谈%s：%s", held, with, f.reason("/comment", in.Comment)), nil, nil
}

// rectificationFollow keeps what the superior said when asked again; the finding stays open.
func rectificationFollow(_ *gorm.DB, c Call, in said, r *books.Rectification, f faults) (string, Result, error) {
	on := f.pastDate("/contactedOn", in.ContactedOn, c)
	r.State = books.RectReferredUp
	return strings.TrimSpace(fmt.Sprintf("%s %s", on, f.reason("/comment", in.Comment))), nil, nil
}

// pastDate is a date that is not after the act.
func (f faults) pastDate(pointer, s string, c Call) models.Date {
	d := f.date(pointer, s)
	if d > c.Acting.On() {
		f.Field(pointer, "date-in-future")
	}
	return d
}
