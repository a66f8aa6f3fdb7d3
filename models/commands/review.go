package commands

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"review.pre":       reviewPre,
	"review.statement": reviewStatement,
	"review.opinion":   reviewOpinion,
	"review.tally":     reviewTally,
	"review.conclude":  reviewConclude,
})

// criteria are what experts score, in hundredths; their weights are rule B04's.
var criteria = []string{"necessity", "feasibility", "reuse", "budget", "security"}

// reviewPre is the technical pre-review; it opens a review.
func reviewPre(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Comment  string `json:"comment"`
		Findings []struct {
			LineNo *int   `json:"lineNo"`
			Text   string `json:"text"`
		} `json:"findings"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	declared, err := declaredByLine(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	f.text("/comment", in.Comment)
	for i, x := range in.Findings {
		f.text(at("findings", i, "text"), x.Text)
		if x.LineNo != nil {
			f.line(at("findings", i, "lineNo"), *x.LineNo, declared)
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	cycle, err := currentCycle(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	return Result{"preReviewed": true}, func() error {
		if err := tx.Create(&books.Review{Project: p.Code, Cycle: cycle + 1}).Error; err != nil {
			return fmt.Errorf("review of %s: %w", p.Code, err)
		}
		if err := c.record(tx, p.Code); err != nil {
			return err
		}
		return books.SetStage(tx, c.Acting, &p, books.InReview)
	}, nil
}

// line must be one of the application's.
func (f faults) line(pointer string, no int, declared map[int]models.Money) bool {
	if _, ok := declared[no]; !ok {
		f.Field(pointer, "line-unknown", "line", fmt.Sprint(no))
		return false
	}
	return true
}

func declaredByLine(tx *gorm.DB, project string) (map[int]models.Money, error) {
	lines, err := books.Lines(tx, project)
	if err != nil {
		return nil, err
	}
	m := make(map[int]models.Money, len(lines))
	for _, l := range lines {
		m[l.LineNo] = l.Declared
	}
	return m, nil
}

func currentCycle(tx *gorm.DB, project string) (int, error) {
	var cycle int
	if err := tx.Raw("SELECT COALESCE(MAX(cycle), 0) FROM review WHERE project = ?", project).Scan(&cycle).Error; err != nil {
		return 0, fmt.Errorf("review of %s: %w", project, err)
	}
	return cycle, nil
}

// review is the project of a case, and which of its reviews runs.
func (c Call) review(tx *gorm.DB) (books.Project, int, error) {
	p, err := c.project(tx)
	if err != nil {
		return p, 0, err
	}
	cycle, err := currentCycle(tx, p.Code)
	return p, cycle, err
}

// seat is the acting expert's in the current review.
func seat(tx *gorm.DB, c Call, project string) (books.ExpertSeat, error) {
	cycle, err := currentCycle(tx, project)
	if err != nil {
		return books.ExpertSeat{}, err
	}
	person := c.Acting.Person
	if e := c.text("expert"); e != "" {
		person = e
	}
	var seats []books.ExpertSeat
	if err := tx.Where("project = ? AND cycle = ? AND person_id = ?", project, cycle, person).Find(&seats).Error; err != nil {
		return books.ExpertSeat{}, fmt.Errorf("seat of %s: %w", person, err)
	}
	if len(seats) == 0 || person != c.Acting.Person {
		return books.ExpertSeat{}, models.Refuse("not-your-seat")
	}
	return seats[0], nil
}

// reviewStatement is an expert's statement on avoidance and confidentiality.
func reviewStatement(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Conflict     bool   `json:"conflict"`
		Reason       string `json:"reason"`
		Confidential bool   `json:"confidential"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	s, err := seat(tx, c, c.text("projectCode"))
	if err != nil {
		return nil, nil, err
	}
	f := check()
	if !in.Confidential {
		f.Field("/confidential", "confidentiality-missing")
	}
	if in.Conflict {
		f.text("/reason", in.Reason)
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	s.State = books.SeatAccepted
	if in.Conflict {
		s.State, s.Reason = books.SeatVoid, strings.TrimSpace(in.Reason)
	}
	return Result{"conflict": in.Conflict}, func() error {
		if err := saveSeat(tx, s); err != nil || !in.Conflict {
			return err
		}
		if err := process.EndParty(tx, c.Root, process.PartyExpert, "", s.PersonID, c.Acting.At); err != nil {
			return err
		}
		return c.keepParty(tx, process.PartyAvoided, "", s.PersonID)
	}, nil
}

func saveSeat(tx *gorm.DB, s books.ExpertSeat) error {
	if err := tx.Save(&s).Error; err != nil {
		return fmt.Errorf("seat of %s: %w", s.PersonID, err)
	}
	return nil
}

// reviewOpinion is an expert's own opinion, signed before he sees another's.
func reviewOpinion(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Scores       map[string]amount `json:"scores"`
		LineOpinions []struct {
			LineNo  int    `json:"lineNo"`
			Amount  amount `json:"amount"`
			Reason  string `json:"reason"`
			Comment string `json:"comment"`
		} `json:"lineOpinions"`
		Overall string `json:"overall"`
		Comment string `json:"comment"`
		Dissent string `json:"dissent"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	s, err := seat(tx, c, project)
	if err != nil {
		return nil, nil, err
	}
	if s.State == books.SeatVoid || s.State == books.SeatSigned {
		return nil, nil, models.Refuse("expert-seat-closed")
	}
	declared, err := declaredByLine(tx, project)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	score := decimal.Zero
	for _, criterion := range criteria {
		weight, err := c.intParam("B04", criterion)
		if err != nil {
			return nil, nil, err
		}
		v := f.number("/scores/"+criterion, in.Scores[criterion], 0, 100)
		score = score.Add(v.Mul(decimal.NewFromInt(int64(weight))))
	}
	f.oneOf("/overall", in.Overall, "pass", "revise", "fail")
	f.text("/comment", in.Comment)
	lines, seen := []books.LineOpinion{}, map[int]bool{}
	for i, l := range in.LineOpinions {
		m := f.money(at("lineOpinions", i, "amount"), l.Amount)
		if seen[l.LineNo] {
			f.Field(at("lineOpinions", i, "lineNo"), "twice", "item", fmt.Sprint(l.LineNo))
		}
		seen[l.LineNo] = true
		if f.line(at("lineOpinions", i, "lineNo"), l.LineNo, declared) {
			f.suggestion(i, m, declared[l.LineNo], l.Reason)
		}
		lines = append(lines, books.LineOpinion{LineNo: l.LineNo, Amount: m, Reason: l.Reason, Comment: l.Comment})
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	o := books.ExpertOpinion{
		Project: project, Cycle: s.Cycle, PersonID: s.PersonID, Scores: models.JSONOf(in.Scores), Score: int(score.Round(0).IntPart()),
		Lines: models.JSONOf(lines), Overall: in.Overall, Comment: strings.TrimSpace(in.Comment), Dissent: in.Dissent,
		At: c.Acting.At.UTC(), BusinessDate: c.Acting.On(),
	}
	return Result{"overall": in.Overall}, func() error {
		if err := tx.Create(&o).Error; err != nil {
			return fmt.Errorf("opinion of %s: %w", s.PersonID, err)
		}
		s.State = books.SeatSigned
		return saveSeat(tx, s)
	}, nil
}

func (f faults) suggestion(i int, amount, declared models.Money, reason string) {
	switch {
	case amount.Cmp(declared) > 0:
		f.Field(at("lineOpinions", i, "amount"), "reviewed-above-declared", "declared", declared.String())
	case amount.Cmp(declared) < 0 && reason == "":
		f.Field(at("lineOpinions", i, "reason"), "cut-without-reason")
	}
	if reason != "" {
		f.oneOf(at("lineOpinions", i, "reason"), reason, models.CutReasons...)
	}
}

// reviewTally counts valid opinions against the number of experts that the rules
// ask for. It is not foretold to the last expert, who has not signed yet.
func reviewTally(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable(); err != nil {
		return nil, nil, err
	}
	opinions, err := opinionsOf(tx, c.text("projectCode"))
	if err != nil {
		return nil, nil, err
	}
	var sum int64
	for _, o := range opinions {
		sum += int64(o.Score)
	}
	average := decimal.Zero
	if len(opinions) > 0 {
		average = decimal.New(sum, -2).DivRound(decimal.NewFromInt(int64(len(opinions))), 2)
	}
	return Result{"expertsMissing": max(0, c.number("expertCount")-len(opinions)), "scoreAverage": jsonNumber(average)}, nil, nil
}

// opinionsOf are the valid opinions of the current review.
func opinionsOf(tx *gorm.DB, project string) ([]books.ExpertOpinion, error) {
	cycle, err := currentCycle(tx, project)
	if err != nil {
		return nil, err
	}
	var opinions []books.ExpertOpinion
	err = tx.Raw(`SELECT o.* FROM expert_opinion o JOIN expert_seat s ON s.project = o.project AND s.cycle = o.cycle
		AND s.person_id = o.person_id
		WHERE o.project = ? AND o.cycle = ? AND s.state = ? ORDER BY o.person_id`, project, cycle, books.SeatSigned).
		Scan(&opinions).
		Error
	if err != nil {
		return nil, fmt.Errorf("opinions on %s: %w", project, err)
	}
	return opinions, nil
}

// reviewConclude is the group leader's conclusion: a positive one needs two thirds of the opinions.
func reviewConclude(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Conclusion string `json:"conclusion"`
		Summary    string `json:"summary"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	opinions, err := opinionsOf(tx, project)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/conclusion", in.Conclusion, "pass", "revise", "fail")
	f.text("/summary", in.Summary)
	if slices.Contains([]string{"pass", "revise"}, in.Conclusion) &&
		Point(c.Headers) == "" { // a check point holds B04 by the county's rules
		yes := 0
		for _, o := range opinions {
			if o.Overall != "fail" {
				yes++
			}
		}
		if yes*3 < len(opinions)*2 || len(opinions) == 0 {
			f.Field("/conclusion", "two-thirds-missing", "yes", fmt.Sprint(yes), "all", fmt.Sprint(len(opinions)))
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	cycle, err := currentCycle(tx, project)
	if err != nil {
		return nil, nil, err
	}
	r := books.Review{Project: project, Cycle: cycle, Conclusion: in.Conclusion, Summary: strings.TrimSpace(in.Summary)}
	return Result{"reviewConclusion": in.Conclusion}, func() error {
		if err := tx.Save(&r).Error; err != nil {
			return fmt.Errorf("review of %s: %w", project, err)
		}
		return nil
	}, nil
}
