package books

import (
	"encoding/json"
	"fmt"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// AwardDay is a legal day of a purchase: until when a step of rule C08 or C09 is due, and when it came.
type AwardDay struct {
	Rule, Step string
	Due        models.Date
	Done       models.Date // "": not yet
	Window     bool        // until when others may speak: they are out of time, not late
	Told       bool        // known by what the bureau tells of it alone: silence is no lateness
}

// Late reports whether a step came after its day, or did not come by today.
func (d AwardDay) Late(today models.Date) bool {
	return !d.Window && (d.Done > d.Due || d.Done == "" && !d.Told && today > d.Due)
}

// OutOfTime reports whether somebody spoke after his time was over.
func (d AwardDay) OutOfTime() bool { return d.Window && d.Done > d.Due }

// awardSteps are the steps of the two rules in their order, and the day of the package that ends each.
var awardSteps = []struct {
	AwardDay
	done func(PackageView) models.Date
}{
	{AwardDay{Rule: "C08", Step: "reportBy", Told: true}, func(p PackageView) models.Date { return p.ReportedOn }},
	{AwardDay{Rule: "C08", Step: "decideBy", Told: true}, func(p PackageView) models.Date { return p.DecidedOn }},
	{AwardDay{Rule: "C08", Step: "publishBy"}, func(p PackageView) models.Date { return p.AwardOn }},
	{AwardDay{Rule: "C09", Step: "challengeBy", Window: true}, func(p PackageView) models.Date { return p.ChallengedOn }},
	{AwardDay{Rule: "C09", Step: "answerBy"}, func(p PackageView) models.Date { return p.AnsweredOn }},
	{AwardDay{Rule: "C09", Step: "complainBy", Window: true}, func(p PackageView) models.Date { return p.ComplainedOn }},
	{AwardDay{Rule: "C09", Step: "decideBy"}, func(p PackageView) models.Date { return p.SettledOn }},
	{AwardDay{Rule: "C09", Step: "resumeBy"}, func(p PackageView) models.Date { return p.ResumedOn }},
}

// AwardDays are the legal days of a package that rules C08 and C09 compute; a step that nothing is known of has none.
func AwardDays(rep rules.Report, p PackageView) ([]AwardDay, error) {
	dues := map[string]map[string]models.Date{}
	for _, rule := range []string{"C08", "C09"} {
		res, ok := rep.Result(rule)
		if !ok || res.Value == nil {
			continue
		}
		raw, err := feel.ToJSON(res.Value)
		if err != nil {
			return nil, fmt.Errorf("days of rule %s: %w", rule, err)
		}
		if dues[rule], err = dueDays(raw); err != nil {
			return nil, fmt.Errorf("days of rule %s: %w", rule, err)
		}
	}
	var out []AwardDay
	for _, s := range awardSteps {
		d := s.AwardDay
		if d.Due, d.Done = dues[d.Rule][d.Step], s.done(p); d.Due != "" {
			out = append(out, d)
		}
	}
	return out, nil
}

// dueDays reads a computation of days by name: each is a day, or a list of at most one.
func dueDays(raw []byte) (map[string]models.Date, error) {
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, err
	}
	out := map[string]models.Date{}
	for name, v := range values {
		var one models.Date
		var list []models.Date
		if json.Unmarshal(v, &list) == nil && len(list) > 0 {
			one = list[0]
		} else if len(list) == 0 && json.Unmarshal(v, &one) != nil {
			continue
		}
		if one != "" {
			out[name] = one
		}
	}
	return out, nil
}

// NextAfterFailure is what rule C06 says of a package that failed: retender, negotiate or stop; "" where the
// bureau's reason is not known.
func NextAfterFailure(rep rules.Report) string {
	res, _ := rep.Result("C06")
	next, _ := res.Value.(string)
	return next
}
