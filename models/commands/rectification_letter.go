package commands

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// The steps of a rectification that send a paper out, beside those of issuePapers: the call to an
// interview and the letter to the superior carry what the officer has just written.
var _ = foretold(map[string]Plan{
	"rectification.approve":  onIssue(rectificationApprove),
	"rectification.referral": referral,
})

// rectificationApprove lets the plan be in force, which issues it as a paper.
func rectificationApprove(_ *gorm.DB, _ Call, _ struct{}, r *books.Rectification, _ faults) (string, Result, error) {
	r.State = books.RectRectifying
	return "", nil, nil
}

// What became of an interview: the notice has gone out, or it was held.
const (
	interviewCalled = "called"
	interviewHeld   = "held"
)

type summoned struct {
	said
	Act         string `json:"act"`
	InterviewOn string `json:"interviewOn"`
	Place       string `json:"place"`
}

// rectificationSummon calls the unit to an interview by a notice, as often as the day is moved, or keeps its record.
func rectificationSummon(tx *gorm.DB, c Call, in summoned, r *books.Rectification, f faults) (string, Result, error) {
	if in.Act != "call" {
		told, _, err := rectificationInterview(tx, c, in.said, r, f)
		return told, Result{"interviewState": interviewHeld}, err
	}
	on, place := f.date("/interviewOn", in.InterviewOn), f.text("/place", in.Place)
	f.notBefore("/interviewOn", on, c)
	r.State = books.RectReturned
	return fmt.Sprintf("%s 到%s", on, place), Result{"interviewState": interviewCalled}, nil
}

// interviewFacts are what the notice says beside the finding.
func interviewFacts(c Call) (map[string]any, error) {
	var in summoned
	if err := c.into(&in); err != nil || in.Act != "call" {
		return nil, err
	}
	return map[string]any{"interviewOn": in.InterviewOn, "place": strings.TrimSpace(in.Place)}, nil
}

type referredBy struct {
	referred
	System   string `json:"system"`
	Facts    string `json:"facts"`
	Asked    string `json:"asked"`
	ReplyDue string `json:"replyDue"`
}

// referral hands a problem to the superior. Unless a letter or a ticket has gone already, and is named, the letter
// is issued here, and its number is the finding's.
func referral(tx *gorm.DB, c Call) (Result, Write, error) {
	var in referredBy
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	r, err := c.rectification(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	due := f.optionalDate("/replyDue", in.ReplyDue)
	f.notBefore("/replyDue", due, c)
	r.ReferredTo, r.LetterNo = f.text("/toOrg", in.ToOrg), strings.TrimSpace(in.LetterNo)
	r.Contact, r.Workaround = f.text("/contact", in.Contact), f.text("/workaround", in.Workaround)
	r.ReferredOn, r.State = c.Acting.On(), books.RectReferredUp
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"rectState": r.State}, func() error {
		if r.LetterNo == "" {
			d, err := c.paperOfIssue(tx, &r, "referral_letter", "上报函", map[string]any{"referral": in.letter(r, due)})
			if err != nil {
				return err
			}
			r.LetterNo = string(d.DocNo)
		}
		return c.save(tx, &r, fmt.Sprintf("%s（%s）", r.ReferredTo, r.LetterNo))
	}, nil
}

// letter is what the letter says; of what the officer left out it says what the finding does.
func (in referredBy) letter(r books.Rectification, due models.Date) map[string]any {
	or := func(said, otherwise string) string {
		if said = strings.TrimRight(strings.TrimSpace(said), "。；;."); said != "" {
			return said
		}
		return strings.TrimRight(strings.TrimSpace(otherwise), "。；;.")
	}
	facts := map[string]any{
		"toUnit": r.ReferredTo, "system": or(in.System, "上级统建系统或上级规定"), "facts": or(in.Facts, or(r.Description, r.Title)),
		"asked": or(in.Asked, "研究解决并予支持"), "workaround": or(r.Workaround, ""), "replyDue": nil,
	}
	if due != "" {
		facts["replyDue"] = due
	}
	return facts
}
