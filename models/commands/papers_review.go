package commands

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

// numberedSeats are the seats of a review in the order in which they were drawn:
// their numbers stand on papers in the place of names (专家1).
func numberedSeats(tx *gorm.DB, project string, cycle int) ([]books.ExpertSeat, error) {
	var seats []books.ExpertSeat
	if err := tx.Where("project = ? AND cycle = ?", project, cycle).Order("draw_no, person_id").Find(&seats).Error; err != nil {
		return nil, fmt.Errorf("seats of %s: %w", project, err)
	}
	return seats, nil
}

var seatWords = map[string]string{books.SeatDrawn: "已抽取", books.SeatAccepted: "已承诺", books.SeatVoid: "回避", books.SeatSigned: "已签署"}

// drawPaper tells how a draw went without a name: an expert is his number in the
// pool, and instead of the seed, which with the pool gives the names, stands its digest.
func drawPaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	cycle, err := currentCycle(tx, p.Code)
	if err != nil {
		return err
	}
	var draws []books.ExpertDraw
	if err := tx.Where("project = ? AND cycle = ?", p.Code, cycle).Order("draw_no").Find(&draws).Error; err != nil {
		return fmt.Errorf("draws of %s: %w", p.Code, err)
	}
	seats, err := numberedSeats(tx, p.Code, cycle)
	if err != nil {
		return err
	}
	rounds, out := []any{}, root(all, "draw")
	for n, d := range draws {
		pool, err := Candidates(d)
		if err != nil {
			return err
		}
		for i, s := range seats {
			if s.DrawNo == d.DrawNo {
				rounds = append(
					rounds,
					map[string]any{
						"no": n + 1, "seat": i + 1,
						"serial": fmt.Sprintf("%03d", slices.IndexFunc(pool, func(k Candidate) bool { return k.Person == s.PersonID })+1),
						"state":  seatWords[s.State],
					},
				)
			}
		}
		var criteria struct {
			Specialties []string `json:"specialties"`
		}
		if err := d.Criteria.Into(&criteria); err != nil {
			return fmt.Errorf("criteria of %s: %w", d.DrawNo, err)
		}
		seed, list := sm3.Sum([]byte(d.Seed)), sm3.Sum(d.Pool)
		operator, err := office.PersonName(tx, d.Actor)
		if err != nil {
			return err
		}
		if d.Supervisor != "" {
			if out["supervisor"], err = office.PersonName(tx, d.Supervisor); err != nil {
				return err
			}
		}
		if d.ListDigest != "" {
			copy(list[:], mustHex(d.ListDigest))
		}
		out["no"], out["at"], out["size"], out["specialties"], out["poolCount"] = d.DrawNo, d.At.In(
			models.Zone,
		), c.number(
			"expertCount",
		), criteria.Specialties, len(
			pool,
		)
		out["seedDigest"], out["listDigest"], out["operator"] = hex.EncodeToString(seed[:]), hex.EncodeToString(list[:]), operator
	}
	out["rounds"] = rounds
	return nil
}

// seatPaper is the seat of the acting expert, by number and name: he signs.
func seatPaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	cycle, err := currentCycle(tx, p.Code)
	if err != nil {
		return err
	}
	seats, err := numberedSeats(tx, p.Code, cycle)
	if err != nil {
		return err
	}
	name, err := office.PersonName(tx, c.Acting.Person)
	if err != nil {
		return err
	}
	no := slices.IndexFunc(seats, func(s books.ExpertSeat) bool { return s.PersonID == c.Acting.Person })
	all["seat"] = map[string]any{"no": no + 1, "name": name}
	if no >= 0 {
		root(all, "seat")["state"] = seatWords[seats[no].State]
	}
	return nil
}

// pledgePaper is the expert's statement.
func pledgePaper(c Call, _ *gorm.DB, _ books.Project, all map[string]any) error {
	var in struct {
		Conflict bool   `json:"conflict"`
		Reason   string `json:"reason"`
	}
	all["relation"] = "无"
	if err := c.into(&in); err != nil || !in.Conflict {
		return err
	}
	all["relation"] = "有：" + strings.TrimSpace(in.Reason)
	return nil
}

var criterionWords = map[string]string{"necessity": "必要性", "feasibility": "可行性", "reuse": "能力复用", "budget": "投资概算", "security": "安全"}

var overallWords = map[string]string{"pass": "通过", "revise": "修改后通过", "fail": "不通过"}

// opinionPaper is what an expert has just signed.
func opinionPaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	cycle, err := currentCycle(tx, p.Code)
	if err != nil {
		return err
	}
	var o books.ExpertOpinion
	if err := tx.Where("project = ? AND cycle = ? AND person_id = ?", p.Code, cycle, c.Acting.Person).Take(&o).Error; err != nil {
		return fmt.Errorf("opinion of %s: %w", c.Acting.Person, err)
	}
	var given map[string]amount
	var lines []books.LineOpinion
	if err := o.Scores.Into(&given); err != nil {
		return fmt.Errorf("scores of %s: %w", c.Acting.Person, err)
	}
	if err := o.Lines.Into(&lines); err != nil {
		return fmt.Errorf("lines of %s: %w", c.Acting.Person, err)
	}
	scores, suggested := []any{}, []any{}
	for _, criterion := range criteria {
		weight, err := c.intParam("B04", criterion)
		if err != nil {
			return err
		}
		v, err := decimal.NewFromString(string(given[criterion]))
		if err != nil {
			return fmt.Errorf("score %s: %w", criterion, err)
		}
		scores = append(
			scores,
			map[string]any{
				"name": criterionWords[criterion], "weight": weight, "score": v.String(),
				"weighted": v.Mul(decimal.New(int64(weight), -2)).String(),
			},
		)
	}
	for _, l := range lines {
		suggested = append(
			suggested, map[string]any{"no": l.LineNo, "suggested": l.Amount, "reason": reasonText(l.Reason, ""), "comment": l.Comment},
		)
	}
	all["opinion"] = map[string]any{
		"scores": scores, "total": decimal.New(int64(o.Score), -2).String(), "overall": overallWords[o.Overall], "comment": o.Comment,
		"dissent": o.Dissent, "lines": suggested,
	}
	return nil
}

// groupPaper is what the experts concluded together; dissents stand under the numbers of seats.
func groupPaper(_ Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	cycle, err := currentCycle(tx, p.Code)
	if err != nil {
		return err
	}
	seats, err := numberedSeats(tx, p.Code, cycle)
	if err != nil {
		return err
	}
	opinions, err := opinionsOf(tx, p.Code)
	if err != nil {
		return err
	}
	var r books.Review
	if err := tx.Where("project = ? AND cycle = ?", p.Code, cycle).Take(&r).Error; err != nil {
		return fmt.Errorf("review of %s: %w", p.Code, err)
	}
	yes, sum, dissents := 0, int64(0), []any{}
	for _, o := range opinions {
		sum += int64(o.Score)
		if o.Overall != "fail" {
			yes++
		}
		if strings.TrimSpace(o.Dissent) != "" {
			no := slices.IndexFunc(seats, func(s books.ExpertSeat) bool { return s.PersonID == o.PersonID })
			dissents = append(dissents, map[string]any{"seat": no + 1, "text": o.Dissent})
		}
	}
	average := decimal.Zero
	if len(opinions) > 0 {
		average = decimal.New(sum, -2).DivRound(decimal.NewFromInt(int64(len(opinions))), 2)
	}
	all["group"] = map[string]any{
		"experts": len(
			opinions,
		), "yes": yes, "no": len(opinions) - yes, "average": average.String(), "conclusion": overallWords[r.Conclusion],
		"dissents": dissents,
	}
	all["summary"] = r.Summary
	return nil
}

// consultPaper adds until when the department may answer the draft (rule G06).
func consultPaper(c Call, _ *gorm.DB, _ books.Project, all map[string]any) error {
	days, err := c.intParam("G06", "days")
	if err != nil {
		return err
	}
	out := root(all, "consult")
	out["sentOn"], out["wd"], out["dueOn"] = c.Acting.On(), days, c.Workday.After(c.Acting.On(), days)
	return nil
}

func mustHex(s string) []byte {
	raw, _ := hex.DecodeString(s) // written by the draw
	return raw
}
