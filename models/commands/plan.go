package commands

import (
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/plan"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

// What moves the reserve pool and the annual plan on (P0).
var _ = foretold(map[string]Plan{
	"plan.call":     planCall,
	"plan.answer":   planAnswer,
	"plan.sent":     planSent,
	"plan.close":    planClose,
	"plan.precheck": planPrecheck,
	"plan.rank":     planRank,
	"plan.meeting":  planMeeting,
	"plan.publish":  planPublish,
	"plan.urgent":   planHanded,
	"plan.revise":   planHanded,
	"plan.resent":   planResent,
	"plan.judge":    planJudge,
	"plan.admit":    planAdmit,
	"plan.deny":     planDeny,
})

func (c Call) year() int { return c.number("fiscalYear") }

// planCall publishes the call: its paper follows from it (papers_due.go).
func planCall(tx *gorm.DB, c Call) (Result, Write, error) {
	_, err := plan.Find(tx, c.year())
	return Result{}, nil, err
}

// planAnswer hands the unit's entries, or that it has none, to its leader. Hard
// rules hold here; soft findings are the officer's.
func planAnswer(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Answer string `json:"answer"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/answer", in.Answer, "entries", "none")
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	res := Result{"unitAnswer": in.Answer}
	return res, func() error {
		_, entries, err := plan.Answer(tx, c.Acting, c.year(), c.text("unit"), in.Answer == "none")
		if err != nil {
			return err
		}
		res["entryCount"] = len(entries)
		for _, e := range entries {
			if err := gateEntry(tx, c.Acting, e); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// gateEntry judges an entry at the point "plan"; what is wrong is said at the entry.
func gateEntry(tx *gorm.DB, a models.Acting, e plan.Entry) error {
	err := Checks.GateOpen(tx, a, plan.Point, e.Subject())
	var no *models.Refusal
	if errors.As(err, &no) {
		for i := range no.Fields {
			no.Fields[i].Pointer = "/" + e.ID + no.Fields[i].Pointer
		}
	}
	return err
}

// EntryReason is how long the reason of a pass has to be: as long as A04 asks where
// the rules find something that has to be answered, else 0.
func EntryReason(tx *gorm.DB, a models.Acting, e plan.Entry) (int, error) {
	rep, _, err := Checks.Look(tx, a, plan.Point, e.Subject())
	if err != nil {
		return 0, err
	}
	must := false
	for _, res := range rep.Results {
		for _, f := range res.Findings {
			must = must || !f.May && (res.State == rules.Remind || res.State == rules.Block)
		}
	}
	if !must {
		return 0, nil
	}
	n, err := rules.Parameter(tx, a.On(), "A04", "reason")
	return int(n.IntPart()), err
}

func planSent(tx *gorm.DB, c Call) (Result, Write, error) {
	return Result{}, func() error {
		entries, err := plan.Send(tx, c.Acting, c.year(), c.text("unit"))
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := entryPaper(tx, c.Acting, "plan_entry_form", e, entryFormPaper); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// planClose ends the call, and the answers that have not come.
func planClose(tx *gorm.DB, c Call) (Result, Write, error) {
	res := Result{}
	return res, func() error {
		silent, err := plan.Close(tx, c.Acting, c.year())
		if err != nil {
			return err
		}
		res["silentUnits"] = len(silent)
		for _, unit := range silent {
			key := plan.UnitKey(c.year(), unit)
			if err := process.SendMessage(tx, c.Acting, "closed:"+key, plan.MessageClosed, key, nil); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func planPrecheck(tx *gorm.DB, c Call) (Result, Write, error) {
	return Result{"planChecked": true}, func() error { return plan.PreChecked(tx, c.Acting, c.year()) }, nil
}

func planRank(tx *gorm.DB, c Call) (Result, Write, error) {
	return Result{"planRanked": true}, func() error { return plan.Rank(tx, c.Acting, c.year()) }, nil
}

// planMeeting takes the meeting as it was recorded, whole, or sends the entries back to be ranked.
func planMeeting(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Outcome string `json:"outcome"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/outcome", in.Outcome, "publish", "again")
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"planOutcome": in.Outcome}, func() error {
		if in.Outcome == "again" {
			return plan.Again(tx, c.Acting, c.year())
		}
		_, err := plan.Held(tx, c.Acting, c.year())
		return err
	}, nil
}

func planPublish(tx *gorm.DB, c Call) (Result, Write, error) {
	res := Result{}
	return res, func() error {
		all, err := plan.Publish(tx, c.Acting, c.year())
		res["planEntries"] = len(all)
		return err
	}, nil
}

// planHanded hands an urgent or returned entry to the unit's leader.
func planHanded(tx *gorm.DB, c Call) (Result, Write, error) {
	return Result{"entrySent": true}, func() error {
		e, err := plan.Handed(tx, c.text("entry"))
		if err != nil {
			return err
		}
		return gateEntry(tx, c.Acting, e)
	}, nil
}

func planResent(tx *gorm.DB, c Call) (Result, Write, error) {
	return Result{}, func() error {
		e, err := plan.Resend(tx, c.Acting, c.text("entry"))
		if err != nil {
			return err
		}
		return entryPaper(tx, c.Acting, "plan_entry_form", e, entryFormPaper)
	}, nil
}

// planJudge is the pre-check of an urgent entry.
func planJudge(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decision string `json:"decision"`
		Into     string `json:"into"`
		Reason   string `json:"reason"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	e, err := plan.FindEntry(tx, c.text("entry"))
	if err != nil {
		return nil, nil, err
	}
	must, err := EntryReason(tx, c.Acting, e)
	if err != nil {
		return nil, nil, err
	}
	return Result{"entryDecision": in.Decision}, func() error {
		e, err := plan.Decide(tx, c.Acting, e.ID, plan.Decision{Decision: in.Decision, Into: in.Into, Reason: in.Reason, Must: must})
		if err != nil {
			return err
		}
		return AnswerEntry(tx, c.Acting, e)
	}, nil
}

func planAdmit(tx *gorm.DB, c Call) (Result, Write, error) {
	res := Result{}
	return res, func() error {
		entry, err := plan.Admit(tx, c.Acting, c.text("entry"))
		res["planEntry"] = entry.ID
		return err
	}, nil
}

func planDeny(tx *gorm.DB, c Call) (Result, Write, error) {
	return Result{}, func() error {
		if err := plan.Deny(tx, c.Acting, c.text("entry")); err != nil {
			return err
		}
		e, err := plan.FindEntry(tx, c.text("entry"))
		if err != nil {
			return err
		}
		e.Reason = "联席会议传签未取得一致意见"
		return AnswerEntry(tx, c.Acting, e)
	}, nil
}

// AnswerEntry tells a unit what became of its entry: a paper where it is not taken, and a notification.
func AnswerEntry(tx *gorm.DB, a models.Acting, e plan.Entry) error {
	if e.State == plan.Merged || e.State == plan.Rejected {
		if err := entryPaper(tx, a, "plan_answer", e, entryAnswerPaper); err != nil {
			return err
		}
	}
	people, err := office.Members(tx, office.PostID("APPLY_CLERK", e.Unit), office.PostID("APPLY_LEADER", e.Unit))
	if err != nil {
		return err
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf(
			"plan:%s:%s:%d:%s", e.ID, e.State, e.Revision, a.Event,
		), Kind: office.NotificationKind("plan-" + strings.ToLower(e.State)), Subject: "plan:" + fmt.Sprint(e.FiscalYear),
		Args: models.JSONOf(map[string]string{"name": e.Name, "reason": e.Reason}), CreatedAt: a.At,
	}, people...)
}
