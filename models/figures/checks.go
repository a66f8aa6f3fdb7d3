package figures

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/registers"
)

// The levels of checks: a report with a failed check that blocks is not locked
// unless the failure is annotated; the others only say something.
const (
	Block = "block"
	Warn  = "warn"
	Info  = "info"
)

// Check is a cross-foot check (domain/data-model.md §5). Its sentence is the
// text "check.<ID>" with Args, or "check.none" when there was nothing to check.
type Check struct {
	ID    string            `json:"id"`
	Level string            `json:"level"`
	Pass  bool              `json:"pass"`
	None  bool              `json:"none,omitempty"` // the figures that it compares are not there
	Args  map[string]string `json:"args"`
}

// figureID is what may be the id of a figure in the arguments of a check.
var figureID = regexp.MustCompile(`[a-z]+(_[a-z]+)+`)

// Sentence is what the check says to people: figures by their names.
func (c Check) Sentence(words Words) string {
	if c.None {
		return words("check.none", nil)
	}
	args := map[string]string{}
	for name, v := range c.Args {
		args[name] = figureID.ReplaceAllStringFunc(v, func(id string) string {
			if _, err := Find(id); err != nil {
				return id
			}
			return words("figure."+id, nil)
		})
	}
	return words("check."+c.ID, args)
}

// numbers are the figures as numbers; a date, a version and what is not there have none.
type numbers map[string]decimal.Decimal

func (v numbers) has(ids ...string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { _, ok := v[id]; return !ok })
}

// validators are V01 to V15, in their order.
var validators = []struct {
	id, level string
	needs     []string // figures without which there is nothing to check
	check     func(r *reader, v numbers, all []Figure) (bool, map[string]string, error)
}{
	{"V01", Block, []string{"walk_depts", "walk_depts_complete", "plan_urge_depts"}, leftToUrge},
	{"V02", Block, []string{"walk_depts", "plan_units"}, unitsOfThePlan},
	{"V03", Block, nil, rectified},
	{"V04", Block, []string{"licence_types", "licence_national", "licence_other"}, licences},
	{"V05", Block, nil, savings},
	{"V06", Warn, []string{"walk_items", "plan_items"}, feasible},
	{"V07", Info, nil, sameNumber},
	{"V08", Block, nil, rates},
	{"V09", Warn, []string{"stuck_accepted", "stuck_resolved"}, resolved},
	{"V10", Warn, nil, wordings},
	{"V11", Block, nil, linesAndHeaders},
	{"V12", Warn, nil, dates},
	{"V13", Info, []string{"collection_done", "collection_started"}, batches},
	{"V14", Info, []string{"walk_issues", "walk_rectified"}, tension},
	{"V15", Block, nil, byUnit},
}

// crossFoot checks the figures against each other and against the rows of the
// books that they do not come from.
func (r *reader) crossFoot(all []Figure) ([]Check, error) {
	v := numbers{}
	for _, f := range all {
		if d, err := decimal.NewFromString(f.Value); err == nil {
			v[f.ID] = d
		}
	}
	var out []Check
	for _, k := range validators {
		c := Check{ID: k.id, Level: k.level, Pass: true, Args: map[string]string{}}
		if c.None = !v.has(k.needs...); !c.None {
			var err error
			if c.Pass, c.Args, err = k.check(r, v, all); err != nil {
				return nil, fmt.Errorf("check %s: %w", k.id, err)
			}
			c.None = c.Args == nil
		}
		out = append(out, c)
	}
	return out, nil
}

// leftToUrge is V01: units that walk less those that are complete are those to urge.
func leftToUrge(_ *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	if v["plan_urge_depts"].IsZero() {
		return true, nil, nil
	}
	left := v["walk_depts"].Sub(v["walk_depts_complete"])
	return left.Equal(v["plan_urge_depts"]), map[string]string{
		"units": v["walk_depts"].String(), "complete": v["walk_depts_complete"].String(), "left": left.String(),
		"plan": v["plan_urge_depts"].String(),
		"off":  v["plan_urge_depts"].Sub(left).String(),
	}, nil
}

// unitsOfThePlan is V02: the next phase has the units of this one; others have to be named.
func unitsOfThePlan(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	if v["plan_units"].IsZero() {
		return true, nil, nil
	}
	units := decimal.NewFromInt(int64(len(r.walks.Units)))
	return units.Equal(
			v["plan_units"],
		), map[string]string{
			"plan": v["plan_units"].String(), "units": units.String(), "off": v["plan_units"].Sub(units).String(),
		}, nil
}

// rectified is V03: found = rectified + referred + open, of the campaign and of all issues.
func rectified(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	parts := v["rectification_closed"].Add(v["rectification_referred"]).Add(v["rectification_open"])
	pass := parts.Equal(v["rectification_found"])
	if !v.has("walk_issues") {
		return pass, map[string]string{
			"found": v["rectification_found"].String(), "closed": v["rectification_closed"].String(),
			"referred": v["rectification_referred"].String(), "open": v["rectification_open"].String(),
		}, nil
	}
	open := 0
	for _, u := range r.walks.Units {
		open += u.Open
	}
	left := decimal.NewFromInt(int64(open))
	parts = v["walk_rectified"].Add(v["walk_referred"]).Add(left)
	return pass && parts.Equal(v["walk_issues"]), map[string]string{
		"found": v["walk_issues"].String(), "closed": v["walk_rectified"].String(), "referred": v["walk_referred"].String(),
		"open": left.String(),
	}, nil
}

// licences is V04.
func licences(_ *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	return v["licence_national"].Add(v["licence_other"]).Equal(v["licence_types"]), map[string]string{
		"types": v["licence_types"].String(), "national": v["licence_national"].String(), "other": v["licence_other"].String(),
	}, nil
}

// savings is V05: of what was concluded in the period, reviewed = declared −
// savings − deferred, and savings ≤ declared.
func savings(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	var declared models.Money
	err := r.tx.Raw(`SELECT COALESCE(SUM(l.amount), 0) FROM ledger l JOIN project p ON p.code = l.project
		WHERE l.kind = 'declared' AND p.reviewed_on BETWEEN @from AND @to AND l.business_date <= @to AND l.recorded_at <= @as_of
		AND `+latest, r.args()).Scan(&declared).Error
	if err != nil {
		return false, nil, err
	}
	left := declared.Decimal().Sub(v["cut_total"]).Sub(v["deferred_total"])
	return left.Equal(v["reviewed_total"]) && v["cut_total"].LessThanOrEqual(declared.Decimal()), map[string]string{
		"declared": declared.String(), "cut": v["cut_total"].StringFixed(2), "deferred": v["deferred_total"].StringFixed(2),
		"reviewed": v["reviewed_total"].StringFixed(2),
	}, nil
}

// feasible is V06: what is left of the plan, a working day, against the pace so far.
func feasible(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	due, err := r.planDue()
	if err != nil || due <= r.p.To || v["walk_items"].IsZero() {
		return true, nil, err
	}
	days, err := calendar.Newest(r.tx)
	if err != nil {
		return false, nil, err
	}
	gone := decimal.NewFromInt(int64(days.Between(r.walks.Campaign.StartsOn.AddDays(-1), r.p.To)))
	ahead := decimal.NewFromInt(int64(days.Between(r.p.To, due)))
	left := v["plan_items"].Sub(v["walk_items"])
	if gone.IsZero() || ahead.IsZero() || !left.IsPositive() {
		return true, nil, nil
	}
	pace, need := v["walk_items"].DivRound(gone, 4), left.DivRound(ahead, 4)
	return need.LessThanOrEqual(pace), map[string]string{
		"walked": v["walk_items"].String(), "gone": gone.String(), "pace": pace.StringFixed(1), "left": left.String(),
		"ahead": ahead.String(), "need": need.StringFixed(1),
		"times": left.Mul(gone).DivRound(ahead.Mul(v["walk_items"]), 2).StringFixed(2), "due": string(due),
	}, nil
}

// planDue is when the next phase of the walks has to be done.
func (r *reader) planDue() (due models.Date, err error) {
	_, entries, err := registers.FigureRows(r.tx, "plan_items", r.period(), r.asOf)
	for _, e := range entries {
		fields, err := e.Fields()
		if err != nil {
			return "", err
		}
		due = max(due, models.Date(said(fields["due"], "")))
	}
	return due, err
}

// coincidence is the number up to which two figures are alike by chance.
const coincidence = 20

// sameNumber is V07: two figures that have nothing to do with each other, and the same number.
func sameNumber(_ *reader, v numbers, all []Figure) (bool, map[string]string, error) {
	var pairs []string
	for i, a := range all {
		for _, b := range all[i+1:] {
			x, ok := v[a.ID]
			y, both := v[b.ID]
			if ok && both && x.Equal(y) && x.IsInteger() && x.GreaterThan(decimal.NewFromInt(coincidence)) && a.Unit != "元" &&
				a.Unit != "%" && b.Unit != "元" && b.Unit != "%" && group(a.ID) != group(b.ID) {
				pairs = append(pairs, fmt.Sprintf("%s = %s = %s", a.ID, b.ID, x))
			}
		}
	}
	return len(pairs) == 0, map[string]string{"n": fmt.Sprint(len(pairs)), "pairs": strings.Join(pairs, "；")}, nil
}

func group(id string) string {
	d, _ := Find(id)
	return d.Group
}

// rates is V08: each rate has its two numbers and recomputes from them.
func rates(r *reader, _ numbers, all []Figure) (bool, map[string]string, error) {
	n, pass := 0, true
	for _, f := range all {
		if f.Unit != "%" || f.Value == "" {
			continue
		}
		n++
		a, errA := decimal.NewFromString(f.Numerator)
		b, errB := decimal.NewFromString(f.Denominator)
		shown, err := r.rules.Percent(a, b)
		if err != nil {
			return false, nil, err
		}
		pass = pass && errA == nil && errB == nil && shown == f.Value
	}
	return pass, map[string]string{"n": fmt.Sprint(n)}, nil
}

// resolved is V09: no more cases are closed than were accepted; consultations are counted apart.
func resolved(_ *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	return v["stuck_resolved"].LessThanOrEqual(v["stuck_accepted"]), map[string]string{
		"accepted": v["stuck_accepted"].String(), "resolved": v["stuck_resolved"].String(), "consulted": v["stuck_consulted"].String(),
	}, nil
}

// wordings is V10: what is worded is what rule X02 makes of the number.
func wordings(r *reader, v numbers, all []Figure) (bool, map[string]string, error) {
	var said []string
	pass := true
	for _, f := range all {
		if !strings.Contains(f.Wording, "余") {
			continue
		}
		said = append(said, f.Wording+"（"+f.Value+"）")
		should, err := r.rules.Wording(v[f.ID], f.Unit == "元")
		if err != nil {
			return false, nil, err
		}
		pass = pass && f.Wording == should+f.Unit
	}
	if said == nil {
		return true, nil, nil
	}
	return pass, map[string]string{"said": strings.Join(said, "、")}, nil
}

// linesAndHeaders is V11: the lines of the counted applications, as they stand,
// make what the ledger says was declared.
func linesAndHeaders(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	var sums struct {
		N   int64
		Sum models.Money
	}
	err := r.tx.Raw(`SELECT COUNT(DISTINCT p.code) AS n, COALESCE(SUM(b.declared), 0) AS sum FROM project p JOIN budget_line b
		ON b.project = p.code WHERE `+applications, r.args()).
		Scan(&sums).
		Error
	if err != nil {
		return false, nil, err
	}
	pass := decimal.NewFromInt(sums.N).Equal(v["declared_count"]) && sums.Sum.Decimal().Equal(v["declared_total"])
	return pass, map[string]string{
		"count": v["declared_count"].String(), "listed": fmt.Sprint(sums.N), "lines": sums.Sum.String(),
		"headers": v["declared_total"].StringFixed(2),
	}, nil
}

// dates is V12: what has happened lies in the period, and only plans lie ahead.
func dates(r *reader, _ numbers, _ []Figure) (bool, map[string]string, error) {
	var late []string
	if r.walks.Campaign.StartsOn > r.p.To {
		late = append(late, "walk_started "+string(r.walks.Campaign.StartsOn))
	}
	for _, id := range []string{"collection_done", "licence_types"} {
		if r.totals[id] == nil {
			continue
		}
		_, entries, err := registers.FigureRows(r.tx, id, r.period(), r.asOf)
		if err != nil {
			return false, nil, err
		}
		for _, e := range entries {
			fields, err := e.Fields()
			if err != nil {
				return false, nil, err
			}
			if on := said(fields["doneOn"], ""); on > string(r.p.To) {
				late = append(late, fmt.Sprintf("%s/%d %s", e.Register, e.ID, on))
			}
		}
	}
	return len(late) == 0, map[string]string{"n": fmt.Sprint(len(late)), "late": strings.Join(late, "；")}, nil
}

// batches is V13: the batches have no unit twice, and no more units than there are.
func batches(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	units := map[string]bool{}
	for _, id := range []string{"collection_done", "collection_started"} {
		_, entries, err := registers.FigureRows(r.tx, id, r.period(), r.asOf)
		if err != nil {
			return false, nil, err
		}
		for _, e := range entries {
			units[e.Owner] = true
		}
	}
	var known int64
	none := append([]string{"county", "section", "audit", "discipline"}, office.OutsideKinds...) // share no data of their own
	if err := r.tx.Table("dept").Where("kind NOT IN ?", none).Count(&known).Error; err != nil {
		return false, nil, err
	}
	sum := v["collection_done"].Add(v["collection_started"])
	return sum.Equal(decimal.NewFromInt(int64(len(units)))) && sum.LessThanOrEqual(decimal.NewFromInt(known)), map[string]string{
		"done": v["collection_done"].String(), "started": v["collection_started"].String(), "sum": sum.String(),
		"units": fmt.Sprint(len(units)), "known": fmt.Sprint(known),
	}, nil
}

// Where nearly everything is mended within weeks somebody should look again.
const tooGood = 95 // percent

// tension is V14: a share of rectified issues that asks for the result of a recheck.
func tension(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	if v["walk_issues"].IsZero() {
		return true, nil, nil
	}
	share, err := r.rules.Percent(v["walk_rectified"], v["walk_issues"])
	if err != nil {
		return false, nil, err
	}
	d, err := decimal.NewFromString(share)
	return err == nil &&
			d.LessThan(decimal.NewFromInt(tooGood)), map[string]string{
			"share": share, "rectified": v["walk_rectified"].String(), "found": v["walk_issues"].String(),
		}, err
}

// byUnit is V15: the sums over units are the totals, of every column of the
// campaign and of what was declared, also where a project has no department of
// the directory any more.
func byUnit(r *reader, v numbers, _ []Figure) (bool, map[string]string, error) {
	var sums []struct {
		DeptID string
		Sum    models.Money
	}
	err := r.tx.Raw(`SELECT p.dept_id, SUM(l.amount) AS sum FROM project p JOIN ledger l ON l.project = p.code AND l.kind = 'declared'
		AND l.business_date <= @to AND l.recorded_at <= @as_of
		WHERE `+applications+` GROUP BY p.dept_id`, r.args()).
		Scan(&sums).
		Error
	if err != nil {
		return false, nil, err
	}
	var sum models.Money
	for _, s := range sums {
		sum = sum.Add(s.Sum)
	}
	pass := sum.Decimal().Equal(v["declared_total"])
	columns := map[string]int{}
	for _, u := range r.walks.Units {
		columns["walk_items"] += u.Walked
		columns["walk_issues"] += u.Found
		columns["walk_rectified"] += u.Rectified
		columns["walk_referred"] += u.Referred
		columns["walk_materials_cut"] += u.MaterialsCut
		columns["walk_steps_cut"] += u.StepsCut
		columns["walk_days_cut"] += u.DaysCut
	}
	var off []string
	for id, n := range columns {
		d := decimal.NewFromInt(int64(n))
		if id == "walk_days_cut" {
			d = d.Shift(-1)
		}
		if !d.Equal(v[id]) {
			off = append(off, fmt.Sprintf("%s %s ≠ %s", id, d, v[id]))
		}
	}
	slices.Sort(off)
	return pass && len(off) == 0, map[string]string{
		"departments": fmt.Sprint(
			len(sums),
		), "sum": sum.String(), "total": v["declared_total"].StringFixed(2), "units": fmt.Sprint(len(r.walks.Units)),
		"columns": fmt.Sprint(len(columns)), "off": strings.Join(off, "；"),
	}, nil
}
