package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

// The messages that a void seat sends; models of a former release wait for none of them.
const (
	messageSeatVoid = "review.seat_void" // to the open opinion of the expert: project/expert
	messageRecount  = "review.recount"   // to the group leader's task: the experts are counted again
	messageAgain    = "review.again"     // to the trimming or the approval: back to the review
)

// Strike is what somebody asks: that the seat of an expert be void.
type Strike struct {
	Project  string
	Person   string
	Reason   string
	Evidence []string
}

// minStrikeReason is how long a reason is at least, in characters (domain/access.md §5).
const minStrikeReason = 5

// AskStrike asks that the seat of an expert be void, because of a conflict that was found after his statement.
// It says what that changes; a second person decides with DecideStrike.
func AskStrike(tx *gorm.DB, a models.Acting, in Strike) (books.SeatStrike, error) {
	var none books.SeatStrike
	p, err := books.FindProject(tx, in.Project)
	if err != nil {
		return none, err
	}
	cycle, err := currentCycle(tx, p.Code)
	if err != nil {
		return none, err
	}
	f := check()
	reason := strings.TrimSpace(in.Reason)
	if len([]rune(reason)) < minStrikeReason {
		f.Field("/reason", "reason-short", "limit", fmt.Sprint(minStrikeReason))
	}
	if err := f.files(tx, "/evidence", p.Code, in.Evidence); err != nil {
		return none, err
	}
	if err := f.OrNil(); err != nil {
		return none, err
	}
	var seats []books.ExpertSeat
	err = tx.Where("project = ? AND cycle = ? AND person_id = ? AND state IN ?", p.Code, cycle, in.Person,
		[]string{books.SeatAccepted, books.SeatSigned}).
		Find(&seats).
		Error
	if err != nil {
		return none, fmt.Errorf("seat of %s: %w", in.Person, err)
	}
	switch {
	case len(seats) == 0: // who has only been drawn declines by himself
		return none, models.Refuse("seat-not-held", "person", in.Person)
	case !strikable(p.Stage):
		return none, models.Refuse("review-too-late")
	}
	s := books.SeatStrike{
		Project: p.Code, Cycle: cycle, PersonID: in.Person, Reason: reason, Evidence: models.JSONOf(append([]string{}, in.Evidence...)),
		AskedBy: a.Person, AskedAt: models.Stamp(a.At), State: books.VoidWaiting,
	}
	if err := foreseeStrike(tx, a, &s); err != nil {
		return none, err
	}
	var waiting int64
	err = tx.Model(&books.SeatStrike{}).
		Where("project = ? AND person_id = ? AND state = ?", p.Code, in.Person, books.VoidWaiting).
		Count(&waiting).
		Error
	if err != nil {
		return none, fmt.Errorf("void seats of %s: %w", p.Code, err)
	}
	if waiting > 0 {
		return none, models.Refuse("asked-already")
	}
	if err := tx.Create(&s).Error; err != nil {
		return none, fmt.Errorf("void seat of %s: %w", p.Code, err)
	}
	return s, auditStrike(tx, a, s, "seat.void.ask")
}

// strikable reports whether a review can still be mended: what was approved is changed or terminated instead.
func strikable(stage books.Stage) bool {
	return slices.Contains([]books.Stage{books.InReview, books.Trimming, books.Reviewed, books.Approving}, stage)
}

// errForeseen undoes what was tried.
var errForeseen = errors.New("foreseen")

// foreseeStrike says what a void seat changes: the mean of the experts before and after, and whether the
// group's conclusion stands without him by the county's rules. Nothing is written.
func foreseeStrike(tx *gorm.DB, a models.Acting, s *books.SeatStrike) error {
	var r books.Review
	if err := tx.Where("project = ? AND cycle = ?", s.Project, s.Cycle).Take(&r).Error; err != nil {
		return fmt.Errorf("review of %s: %w", s.Project, err)
	}
	s.Conclusion = r.Conclusion
	var err error
	if s.ScoreBefore, err = meanScore(tx, s.Project); err != nil {
		return err
	}
	err = tx.Transaction(func(sp *gorm.DB) error {
		if err := strikeSeat(sp, *s); err != nil {
			return err
		}
		if s.ScoreAfter, err = meanScore(sp, s.Project); err != nil {
			return err
		}
		subject, err := ProjectSubject(sp, s.Project, 0)
		if err != nil {
			return err
		}
		rep, _, err := Checks.Look(sp, a, "review", subject)
		if err != nil {
			return err
		}
		for _, res := range rep.Results {
			if res.Rule == "B04" {
				s.Holds = s.Conclusion != "" && res.State == rules.Pass
			}
		}
		return errForeseen
	})
	if errors.Is(err, errForeseen) {
		return nil
	}
	return err
}

// meanScore of the valid opinions of the present review in points, "" when there is none.
func meanScore(tx *gorm.DB, project string) (string, error) {
	opinions, err := opinionsOf(tx, project)
	if err != nil || len(opinions) == 0 {
		return "", err
	}
	var sum int64
	for _, o := range opinions {
		sum += int64(o.Score)
	}
	return decimal.New(sum, -2).DivRound(decimal.NewFromInt(int64(len(opinions))), 2).StringFixed(2), nil
}

func strikeSeat(tx *gorm.DB, s books.SeatStrike) error {
	err := tx.Model(&books.ExpertSeat{}).
		Where("project = ? AND cycle = ? AND person_id = ?", s.Project, s.Cycle, s.PersonID).
		Updates(map[string]any{"state": books.SeatVoid, "outcome": "conflict", "leader": false, "reason": s.Reason}).
		Error
	if err != nil {
		return fmt.Errorf("seat of %s: %w", s.PersonID, err)
	}
	return nil
}

// Verdict is the second person's word on a request that a seat be void.
type Verdict struct {
	Accept   bool
	Decision string // after the conclusion: keep or again
	Note     string
}

// DecideStrike is the second person's word. Accepted, the seat is void, the opinion stays in the record and
// counts no more; before the conclusion the next in the order is asked, after it the project is reviewed again,
// or the conclusion is kept, which it is only where the rules hold without him.
func DecideStrike(tx *gorm.DB, a models.Acting, id int64, v Verdict) (books.SeatStrike, error) {
	var s books.SeatStrike
	if err := tx.Where("id = ?", id).Limit(1).Find(&s).Error; err != nil {
		return s, fmt.Errorf("void seat %d: %w", id, err)
	}
	switch {
	case s.ID == 0:
		return s, models.Refuse("not-found")
	case s.State != books.VoidWaiting:
		return s, models.Refuse("request-decided")
	case s.AskedBy == a.Person || s.PersonID == a.Person:
		return s, models.Refuse("second-person-needed")
	}
	seen := s
	now := models.Stamp(a.At)
	s.DecidedBy, s.DecidedAt, s.Note = a.Person, &now, strings.TrimSpace(v.Note)
	if !v.Accept {
		if s.Note == "" {
			return s, models.Refuse("invalid-data").Field("/note", "required")
		}
		s.State = books.VoidRefused
		if err := tx.Save(&s).Error; err != nil {
			return s, fmt.Errorf("void seat %d: %w", id, err)
		}
		return s, auditStrike(tx, a, s, "seat.void.refuse")
	}
	p, err := books.FindProject(tx, s.Project)
	if err != nil {
		return s, err
	}
	cycle, err := currentCycle(tx, p.Code)
	if err != nil {
		return s, err
	}
	if err := foreseeStrike(tx, a, &s); err != nil {
		return s, err
	}
	if cycle != s.Cycle || !strikable(p.Stage) || s.Conclusion != seen.Conclusion || s.ScoreAfter != seen.ScoreAfter || s.Holds != seen.Holds {
		return s, models.Refuse("stale-version")
	}
	if s.Decision, err = decisionOn(s, v.Decision); err != nil {
		return s, err
	}
	s.State = books.VoidConfirmed
	return s, strike(tx, a, p, &s)
}

// decisionOn is what follows from a void seat; the second person chooses where there is a choice.
func decisionOn(s books.SeatStrike, asked string) (string, error) {
	f := check()
	switch {
	case s.Conclusion == "" && asked != "" && asked != books.VoidReplace:
		f.Field("/decision", "not-concluded-yet")
	case s.Conclusion == "":
		return books.VoidReplace, nil
	case asked != books.VoidKeep && asked != books.VoidAgain:
		f.oneOf("/decision", asked, books.VoidKeep, books.VoidAgain)
	case asked == books.VoidKeep && !s.Holds:
		f.Field("/decision", "conclusion-falls")
	}
	return asked, f.OrNil()
}

func strike(tx *gorm.DB, a models.Acting, p books.Project, s *books.SeatStrike) error {
	seats, err := numberedSeats(tx, p.Code, s.Cycle)
	if err != nil {
		return err
	}
	no := slices.IndexFunc(seats, func(x books.ExpertSeat) bool { return x.PersonID == s.PersonID })
	signed := no >= 0 && seats[no].State == books.SeatSigned
	if err := strikeSeat(tx, *s); err != nil {
		return err
	}
	roots, err := process.RootsOf(tx, p.Code)
	if err != nil {
		return err
	}
	for _, root := range roots {
		if err := process.EndParty(tx, root, process.PartyExpert, "", s.PersonID, a.At); err != nil {
			return err
		}
	}
	if s.DocNo, err = strikePaper(tx, a, p, *s, no+1); err != nil {
		return err
	}
	if err := tx.Save(s).Error; err != nil {
		return fmt.Errorf("void seat %d: %w", s.ID, err)
	}
	if err := tellStrike(tx, a, p, *s); err != nil {
		return err
	}
	if err := auditStrike(tx, a, *s, "seat.void"); err != nil {
		return err
	}
	message, key := messageSeatVoid, p.Code+"/"+s.PersonID
	switch {
	case s.Decision == books.VoidAgain:
		message, key = messageAgain, p.Code
	case s.Decision == books.VoidKeep:
		return nil
	case signed:
		message, key = messageRecount, p.Code
	}
	return process.SendMessage(tx, a, fmt.Sprintf("seat-void:%d", s.ID), message, key, nil)
}

// strikePaper tells the decision by the number of the seat, never by a name.
func strikePaper(tx *gorm.DB, a models.Acting, p books.Project, s books.SeatStrike, no int) (string, error) {
	asked, err := office.PersonName(tx, s.AskedBy)
	if err != nil {
		return "", err
	}
	second, err := office.PersonName(tx, s.DecidedBy)
	if err != nil {
		return "", err
	}
	c := Call{Name: "seat.void", Acting: a}
	d, err := c.paper(tx, a, "seat_void", p, p.Name+" 专家席位作废决定", map[string]any{"strike": map[string]any{
		"seat": no, "reason": s.Reason, "before": shownScore(s, s.ScoreBefore), "after": shownScore(s, s.ScoreAfter),
		"conclusion": conclusionWords[s.Conclusion],
		"holds":      s.Holds, "decision": strikeWords[s.Decision], "asked": asked, "second": second, "on": string(a.On()),
	}})
	return string(d.DocNo), err
}

// shownScore is a mean as people may read it: nobody does before the conclusion.
func shownScore(s books.SeatStrike, mean string) string {
	if s.Conclusion == "" {
		return "结论前不公开"
	}
	return mean
}

var (
	conclusionWords = map[string]string{"": "尚无", "pass": "通过", "revise": "修改后通过", "fail": "不通过"}
	strikeWords     = map[string]string{
		books.VoidReplace: "按抽取次序递补，补齐后由组长汇总", books.VoidKeep: "其余专家的评分和意见仍支持原结论，维持原结论",
		books.VoidAgain: "原结论撤销，重新评审",
	}
)

// tellStrike tells the expert that his seat has ended, and the heads and reviewers what was decided.
func tellStrike(tx *gorm.DB, a models.Acting, p books.Project, s books.SeatStrike) error {
	args := models.JSONOf(map[string]string{"name": p.Name, "decision": strikeWords[s.Decision]})
	n := office.Notification{
		Cause: fmt.Sprintf("seat-void:%d", s.ID), Kind: "seat-void", Subject: "project:" + p.Code, Args: args, CreatedAt: a.At,
	}
	if err := office.Tell(tx, n, s.PersonID); err != nil {
		return err
	}
	var house []string
	for _, role := range []string{"BUREAU_CHIEF", "BUREAU_REVIEW_A", "DRAW_OPERATOR"} {
		people, err := office.InRole(tx, role)
		if err != nil {
			return err
		}
		house = append(house, people...)
	}
	n.Cause, n.Kind = fmt.Sprintf("seat-void-decided:%d", s.ID), "seat-void-decided"
	return office.Tell(tx, n, slices.DeleteFunc(house, func(id string) bool { return id == s.PersonID })...)
}

func auditStrike(tx *gorm.DB, a models.Acting, s books.SeatStrike, action string) error {
	a.Reason = s.Reason
	return audit.Audit(tx, "r:project", a, audit.AuditEntry{
		Action: action, Subject: fmt.Sprintf("seat-void:%d", s.ID), Project: s.Project, Detail: models.JSONOf(map[string]any{
			"cycle": s.Cycle, "before": s.ScoreBefore, "after": s.ScoreAfter, "holds": s.Holds, "decision": s.Decision, "note": s.Note,
			"docNo": s.DocNo,
		}),
	})
}
