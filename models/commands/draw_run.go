package commands

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

// The draw of models with a second person (rules B02, B03). The list of those who
// may be drawn is made by the rule itself and fixed by its digest; the seed comes of
// the list, the operator's number, a number of the machine and the moment, so that
// nobody chooses it and anybody can compute the draw again (Recompute).
var _ = register(map[string]Func{
	"draw.run":   drawRun,
	"draw.next":  drawNext,
	"draw.lapse": drawLapse,
})

var _ = foretold(map[string]Plan{"draw.reply": drawReply})

// mostRounds of one draw: then the operator draws anew, with wider specialties.
const mostRounds = 3

// Candidate is a person of the list of a draw.
type Candidate struct {
	Code        string   `json:"code"`
	Person      string   `json:"person"`
	Unit        string   `json:"unit"`
	Specialties []string `json:"specialties"`
}

// Candidates are the list of a draw; one of a former release has no codes.
func Candidates(d books.ExpertDraw) ([]Candidate, error) {
	var list []Candidate
	if d.ListDigest != "" {
		if err := d.Pool.Into(&list); err != nil {
			return nil, fmt.Errorf("list of %s: %w", d.DrawNo, err)
		}
		return list, nil
	}
	var people []string
	if err := d.Pool.Into(&people); err != nil {
		return nil, fmt.Errorf("pool of %s: %w", d.DrawNo, err)
	}
	for i, p := range people {
		list = append(list, Candidate{Code: fmt.Sprintf("%03d", i+1), Person: p})
	}
	return list, nil
}

func sm3Hex(text string) string {
	sum := sm3.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// SeedOf is the seed of a draw: SM3 over the list's digest, the operator's number, the machine's and the moment.
func SeedOf(d books.ExpertDraw) string {
	return sm3Hex(d.ListDigest + d.Number + d.Nonce + d.At.UTC().Format(time.RFC3339))
}

// OrderOf is the place of a candidate for a seat of a specialty: the smaller the earlier.
func OrderOf(seed, specialty, code string) string { return sm3Hex(seed + specialty + "-" + code) }

// drawRun makes the list and draws the seats; the model has a second person confirm it first.
func drawRun(tx *gorm.DB, c Call) (Result, error) {
	var in struct {
		Specialties   []string `json:"specialties"`
		ExcludeOrgs   string   `json:"excludeOrgs"`
		ExcludePeople []string `json:"excludePeople"`
		MeetingAt     string   `json:"meetingAt"`
		Number        string   `json:"number"`
		Comment       string   `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	p, cycle, err := c.review(tx)
	if err != nil {
		return nil, err
	}
	before, err := lastDraw(tx, p.Code, cycle)
	if err != nil {
		return nil, err
	}
	f := check()
	if before != nil && before.ListDigest != "" {
		f.reason("/comment", in.Comment) // a further draw says why; the former seed stays in the record
	}
	if err := f.OrNil(); err != nil {
		return nil, err
	}
	orgs := strings.FieldsFunc(in.ExcludeOrgs, func(r rune) bool { return strings.ContainsRune("、，,;；\n", r) })
	list, avoided, err := drawList(tx, c, p, cycle, orgs, in.ExcludePeople)
	if err != nil {
		return nil, err
	}
	seats, err := validSeats(tx, p.Code, cycle)
	if err != nil {
		return nil, err
	}
	plan, err := c.seatPlan(tx, p, in.Specialties, c.number("expertCount")-len(seats))
	if err != nil {
		return nil, err
	}
	raw := models.JSONOf(list)
	d := books.ExpertDraw{
		Project: p.Code, Cycle: cycle, Criteria: models.JSONOf(in), Pool: raw, ListDigest: sm3Hex(string(raw)),
		Number: strings.TrimSpace(in.Number), Nonce: newSeed(),
		At: c.Acting.At.UTC().
			Truncate(time.Second),
		Actor: c.Acting.Person, Plan: models.JSONOf(plan), Avoided: models.JSONOf(avoided), Round: 1,
	}
	if d.Supervisor, err = confirmedBy(tx, c.Task); err != nil {
		return nil, err
	}
	if d.DrawNo, err = models.NextCode(tx, "CQ", c.Acting.On().Year()); err != nil {
		return nil, err
	}
	d.Seed = SeedOf(d)
	if err := tx.Create(&d).Error; err != nil {
		return nil, fmt.Errorf("draw %s: %w", d.DrawNo, err)
	}
	drawn, err := c.seatRound(tx, d)
	if err != nil {
		return nil, err
	}
	if len(drawn) < len(plan) {
		return nil, models.Refuse("pool-too-small", "need", fmt.Sprint(len(plan)), "pool", fmt.Sprint(len(list)))
	}
	return c.drawnResult(tx, d, drawn)
}

// confirmedBy is who confirmed what was submitted to a task.
func confirmedBy(tx *gorm.DB, task int64) (string, error) {
	var who []string
	err := tx.Model(&process.Confirmation{}).
		Where("task = ? AND decided_by <> ''", task).
		Order("id DESC").
		Limit(1).
		Pluck("decided_by", &who).
		Error
	if err != nil || len(who) == 0 {
		return "", err
	}
	return who[0], nil
}

func lastDraw(tx *gorm.DB, project string, cycle int) (*books.ExpertDraw, error) {
	var all []books.ExpertDraw
	if err := tx.Where("project = ? AND cycle = ?", project, cycle).Order("draw_no DESC").Limit(1).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("draws of %s: %w", project, err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return &all[0], nil
}

// drawList is who may be drawn, by rule B03 person by person: a finding keeps him
// out, and so does what is not known. Beside it the number of persons by reason.
func drawList(tx *gorm.DB, c Call, p books.Project, cycle int, orgs, people []string) ([]Candidate, map[string]int, error) {
	posts, err := office.PostsIn(tx, "EXPERT", "experts", c.Acting.At)
	if err != nil {
		return nil, nil, err
	}
	members, err := office.Members(tx, posts...)
	if err != nil {
		return nil, nil, err
	}
	var inside []string
	err = tx.Raw(`SELECT person_id FROM expert_seat WHERE project = ? AND cycle = ? UNION SELECT person_id FROM post_now WHERE dept_id = ?
		UNION SELECT person_id FROM seat_void WHERE project = ? AND state = ?`, p.Code, cycle, p.DeptID, p.Code, books.VoidConfirmed).
		Scan(&inside).
		Error
	if err != nil {
		return nil, nil, fmt.Errorf("avoidance for %s: %w", p.Code, err)
	}
	parties, err := books.Parties(tx, p)
	if err != nil {
		return nil, nil, err
	}
	edition, err := Checks.Edition(tx, p.Code, c.Acting.On())
	if err != nil {
		return nil, nil, err
	}
	list, avoided := []Candidate{}, map[string]int{}
	for _, person := range members {
		if slices.Contains(inside, person) {
			avoided["seated"]++
			continue
		}
		if slices.Contains(people, person) {
			avoided["excluded"]++
			continue
		}
		row, err := books.ExpertRow(tx, person, p.Code, "pending")
		if err != nil {
			return nil, nil, err
		}
		fault, err := c.avoids(row, append(slices.Clone(parties), orgs...), p.DeptID, edition)
		if err != nil {
			return nil, nil, err
		}
		if fault != "" {
			avoided[fault]++
			continue
		}
		e, _, _, err := office.ExpertOf(tx, person)
		if err != nil {
			return nil, nil, err
		}
		var specialties []string
		if err := e.Specialties.Into(&specialties); err != nil {
			return nil, nil, fmt.Errorf("specialties of %s: %w", person, err)
		}
		unit, _ := row["unit"].(string)
		list = append(list, Candidate{Code: fmt.Sprintf("%03d", len(list)+1), Person: person, Unit: unit, Specialties: specialties})
	}
	return list, avoided, nil
}

// avoids is why rule B03 keeps a person out, "" when it does not.
func (c Call) avoids(row map[string]any, parties []string, applicant string, edition rules.Edition) (string, error) {
	facts, err := books.PlainFacts(map[string]any{
		"experts": []any{
			row,
		}, "seatedUnits": []any{}, "parties": parties, "applicant": applicant, "statementDue": false, "on": string(c.Acting.On()),
	})
	if err != nil {
		return "", err
	}
	maps.Copy(facts, rules.MomentFacts(c.Acting))
	res := rules.JudgeRule("B03", facts, edition)
	switch {
	case res.State == rules.Error:
		return "", fmt.Errorf("rule B03: %s", res.Reason)
	case len(res.Findings) > 0:
		fault, _ := res.Findings[0].Values["fault"].(string)
		if fault == "" {
			fault = "tie"
		}
		return fault, nil
	case res.State != rules.Pass:
		return "unknown", nil
	}
	return "", nil
}

// seatPlan is the specialty of each seat that is to be drawn: those that the rules
// ask for and nobody has yet, those that the operator asks for, then any.
func (c Call) seatPlan(tx *gorm.DB, p books.Project, wanted []string, need int) ([]string, error) {
	need = max(need, 0)
	security, err := c.intParam("B02", "security")
	if err != nil {
		return nil, err
	}
	finance, err := c.intParam("B02", "finance")
	if err != nil {
		return nil, err
	}
	seven, err := c.moneyParam("B02", "seven")
	if err != nil {
		return nil, err
	}
	total, err := models.ParseMoney(c.text("declaredTotal"))
	if err != nil {
		total = models.Money{}
	}
	have := map[string]int{}
	var seated []books.ExpertSeat
	if err := tx.Where("project = ? AND state <> ?", p.Code, books.SeatVoid).Find(&seated).Error; err != nil {
		return nil, fmt.Errorf("seats of %s: %w", p.Code, err)
	}
	for _, s := range seated {
		have[s.Specialty]++
	}
	var plan []string
	add := func(specialty string, n int) {
		for range max(n-have[specialty], 0) {
			plan = append(plan, specialty)
		}
	}
	add("security", security)
	if total.Cmp(seven) >= 0 {
		add("finance", finance)
	}
	for _, w := range wanted {
		if !slices.Contains(plan, w) && have[w] == 0 {
			plan = append(plan, w)
		}
	}
	for len(plan) < need {
		plan = append(plan, "")
	}
	return plan[:need], nil
}

// seatRound fills the seats of the plan that nobody holds, by the order of the
// seed; one unit has one seat, and who has given a seat up gets none.
func (c Call) seatRound(tx *gorm.DB, d books.ExpertDraw) ([]string, error) {
	list, err := Candidates(d)
	if err != nil {
		return nil, err
	}
	var plan []string
	if err := d.Plan.Into(&plan); err != nil {
		return nil, fmt.Errorf("plan of %s: %w", d.DrawNo, err)
	}
	var all []books.ExpertSeat
	if err := tx.Where("project = ? AND cycle = ?", d.Project, d.Cycle).Order("person_id").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("seats of %s: %w", d.Project, err)
	}
	used, units, leader := map[string]bool{}, map[string]bool{}, leaderOf(
		slices.DeleteFunc(slices.Clone(all), func(s books.ExpertSeat) bool { return s.State == books.SeatVoid }),
	)
	open := slices.Clone(plan)
	for _, s := range all {
		used[s.PersonID] = true
		if s.State == books.SeatVoid {
			continue
		}
		for _, k := range list {
			if k.Person == s.PersonID {
				units[k.Unit] = true
			}
		}
		if at := slices.Index(open, s.Specialty); s.DrawNo == d.DrawNo && at >= 0 {
			open = slices.Delete(open, at, at+1)
		}
	}
	var drawn []string
	for _, specialty := range open {
		k, hash, ok := firstOf(d.Seed, specialty, list, used, units)
		if !ok {
			continue
		}
		used[k.Person], units[k.Unit] = true, true
		s := books.ExpertSeat{
			Project: d.Project, Cycle: d.Cycle, PersonID: k.Person, DrawNo: d.DrawNo, State: books.SeatDrawn, Leader: leader == "",
			Specialty: specialty, Serial: k.Code, Hash: hash, Round: d.Round,
		}
		if s.Leader {
			leader = k.Person
		}
		if err := tx.Create(&s).Error; err != nil {
			return nil, fmt.Errorf("seat of %s: %w", k.Person, err)
		}
		if err := c.keepParty(tx, process.PartyExpert, "", k.Person); err != nil {
			return nil, err
		}
		drawn = append(drawn, k.Person)
	}
	return drawn, nil
}

// firstOf is the candidate of a specialty whose place is the first.
func firstOf(seed, specialty string, list []Candidate, used, units map[string]bool) (best Candidate, hash string, ok bool) {
	for _, k := range list {
		if used[k.Person] || units[k.Unit] || specialty != "" && !slices.Contains(k.Specialties, specialty) {
			continue
		}
		if h := OrderOf(seed, specialty, k.Code); !ok || h < hash {
			best, hash, ok = k, h, true
		}
	}
	return best, hash, ok
}

func (c Call) drawnResult(tx *gorm.DB, d books.ExpertDraw, drawn []string) (Result, error) {
	seats, err := validSeats(tx, d.Project, d.Cycle)
	if err != nil {
		return nil, err
	}
	if drawn == nil {
		drawn = []string{}
	}
	return Result{
		"experts": drawn, "expertLeader": leaderOf(seats), "drawNo": d.DrawNo, "drawRound": d.Round,
		"expertsDrawn": len(drawn),
	}, nil
}

// Recompute draws again from what the record keeps, and says which seats of the
// first round it gives: person by serial. Anybody may.
func Recompute(d books.ExpertDraw) ([]string, error) {
	list, err := Candidates(d)
	if err != nil {
		return nil, err
	}
	var plan, out []string
	if err := d.Plan.Into(&plan); err != nil {
		return nil, fmt.Errorf("plan of %s: %w", d.DrawNo, err)
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	if sm3Hex(string(raw)) != d.ListDigest || SeedOf(d) != d.Seed {
		return nil, models.Refuse("draw-not-whole", "draw", d.DrawNo)
	}
	used, units := map[string]bool{}, map[string]bool{}
	for _, specialty := range plan {
		k, _, ok := firstOf(d.Seed, specialty, list, used, units)
		if ok {
			used[k.Person], units[k.Unit] = true, true
			out = append(out, k.Code)
		}
	}
	return out, nil
}
