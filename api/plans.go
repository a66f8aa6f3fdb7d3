package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/plan"
)

// year of the path.
func (c *call) planYear() (int, error) {
	n, err := strconv.Atoi(c.Param("year"))
	if err != nil || n < 2000 || n > 2100 {
		return 0, notFound()
	}
	return n, nil
}

// sightOfPool is the units whose entries the person sees; nil: all of them.
func (c *call) sightOfPool() []string {
	units := []string{}
	for _, p := range c.who.Posts {
		if !slices.Contains(applicants, p.Role) && p.Role != "APPLY_FINANCE" && c.who.mayIn(p.ID, planRead) {
			return nil
		}
		units = append(units, p.DeptID)
	}
	return units
}

func listPlans(c *call) (any, error) {
	all, err := plan.Calls(c.db())
	out := wire.Plans{Items: []wire.Plan{}}
	for _, k := range all {
		out.Items = append(out.Items, c.planOf(k))
	}
	return out, err
}

func (c *call) planOf(k plan.Call) wire.Plan {
	w := wire.Plan{
		FiscalYear: k.FiscalYear, OpensOn: string(k.OpensOn), ClosesOn: string(k.ClosesOn), Contact: k.Contact, State: k.State,
		PublishedOn: k.PublishedOn, Digest: k.Digest,
		MayManage: c.who.may(planWrite) && k.State != plan.Published && k.State != plan.Uncalled,
		MayCheck:  c.who.may(planCheck) && k.State == plan.Closed,
		MayScore: c.who.may(planScore) &&
			(k.State == plan.Closed || k.State == plan.Ranked), MayRecord: c.who.may(planRecord) &&
			(k.State == plan.Ranked || k.State == plan.Decided),
		MayEnter: c.who.may(planEnter),
	}
	if k.Root != 0 {
		w.InstanceKey = keyText(k.Root)
	}
	return w
}

func createPlan(c *call) (any, error) {
	var in wire.PlanInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", in.BusinessDate, "")
	if err != nil {
		return nil, err
	}
	control, err := models.ParseMoney(in.Control)
	if err != nil {
		return nil, invalid().field("/control", "money-format")
	}
	k := plan.Call{
		FiscalYear: in.FiscalYear, OpensOn: models.Date(in.OpensOn), ClosesOn: models.Date(in.ClosesOn), Contact: in.Contact,
		Control: control,
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		units := in.Units
		if len(units) == 0 {
			var err error
			if units, err = plan.Applicants(tx); err != nil {
				return reply{}, err
			}
		}
		k, err := acts.BeginPlan(tx, a, k, units)
		if err != nil {
			return reply{}, err
		}
		page, err := c.planPage(tx, k)
		return reply{
			Status: http.StatusCreated, Header: map[string]string{"Location": "/api/v1/plans/" + strconv.Itoa(k.FiscalYear)}, Body: page,
		}, err
	})
}

func getPlan(c *call) (any, error) {
	year, err := c.planYear()
	if err != nil {
		return nil, err
	}
	k, err := plan.Find(c.db(), year)
	var no *models.Refusal
	if errors.As(err, &no) && no.Code == "not-found" { // urgent entries do not wait for a call
		k, err = plan.Call{FiscalYear: year, State: plan.Uncalled}, nil
	}
	if err != nil {
		return nil, err
	}
	return c.planPage(c.db(), k)
}

// planPage is the year: who answered, what is in the pool in its order, the line, the papers.
func (c *call) planPage(tx *gorm.DB, k plan.Call) (wire.Plan, error) {
	out := c.planOf(k)
	sight := c.sightOfPool()
	all, err := plan.Entries(tx, k.FiscalYear, "")
	if err != nil {
		return out, err
	}
	placed, budget, err := plan.Picture(tx, k, all)
	if err != nil {
		return out, err
	}
	rates, err := plan.TrimRates(tx, models.DateOf(c.now))
	if err != nil {
		return out, err
	}
	names, err := unitNames(tx)
	if err != nil {
		return out, err
	}
	counts := map[string]int{}
	out.Entries = []wire.PoolEntry{}
	for _, p := range placed {
		if p.State != plan.Dropped && !p.Urgent {
			counts[p.Unit]++
		}
		if p.State == plan.Dropped || sight != nil && !slices.Contains(sight, p.Unit) ||
			sight == nil && p.SentOn == "" && !c.holdsUnit(p.Unit) {
			continue // a draft is its unit's
		}
		w := c.poolEntryOf(p, names, sight == nil)
		if r, ok := rates[p.Unit]; ok && sight == nil && r.Declared.Sign() > 0 {
			w.TrimRate = r.Cut.Decimal().Shift(2).DivRound(r.Declared.Decimal(), 2).StringFixed(2)
		}
		out.Entries = append(out.Entries, w)
	}
	units, err := plan.Units(tx, k.FiscalYear)
	if err != nil {
		return out, err
	}
	out.Units = []wire.PlanUnit{}
	for _, u := range units {
		if sight != nil && !slices.Contains(sight, u.Unit) {
			continue
		}
		w := wire.PlanUnit{Unit: u.Unit, Name: names[u.Unit], State: u.State, Entries: counts[u.Unit], SentOn: u.SentOn, Urged: u.Urged}
		if u.Root != 0 {
			w.InstanceKey = keyText(u.Root)
		}
		out.Units = append(out.Units, w)
	}
	if sight == nil && k.State != plan.Uncalled {
		out.Budget = budgetOf(budget)
		if len(k.Meeting) > 0 {
			out.Meeting = &wire.PlanMeeting{}
			if err := json.Unmarshal(k.Meeting, out.Meeting); err != nil {
				return out, err
			}
		}
	}
	out.Documents, err = c.planDocuments(tx, k.FiscalYear, sight == nil)
	return out, err
}

func (c *call) holdsUnit(unit string) bool {
	return slices.ContainsFunc(c.who.Posts, func(p office.Post) bool { return p.DeptID == unit && slices.Contains(applicants, p.Role) })
}

func unitNames(tx *gorm.DB) (map[string]string, error) {
	var rows []office.Dept
	if err := tx.Select("id", "name").Find(&rows).Error; err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, d := range rows {
		out[d.ID] = d.Name
	}
	return out, nil
}

func budgetOf(b plan.Budget) *wire.PlanBudget {
	w := &wire.PlanBudget{
		Control: b.Control.String(), Carried: b.Carried.String(), Available: b.Available.String(), Within: b.Within.String(),
		Beyond: b.Beyond.String(),
		Urgent: b.Urgent.String(), Lines: b.Lines, From: []wire.PlanCarried{},
	}
	for _, p := range b.From {
		w.From = append(w.From, wire.PlanCarried{Project: p.Project, Name: p.Name, Amount: p.Amount.String()})
	}
	return w
}

// poolEntryOf shows an entry; scores and the meeting's word are the house's until the plan is out.
func (c *call) poolEntryOf(p plan.Placed, names map[string]string, house bool) wire.PoolEntry {
	w := wire.PoolEntry{
		ID: p.ID, Unit: p.Unit, UnitName: names[p.Unit], Name: p.Name, Type: p.Type, Estimate: p.EstAmount.String(),
		YearAmount: p.YearAmount.String(),
		Priority:   p.Priority, Form: json.RawMessage(p.Body), State: p.State, Urgent: p.Urgent, Instruction: p.Instruction,
		Revision: p.Revision, Digest: p.Digest,
		SentOn: p.SentOn, Alike: []wire.PoolAlike{}, Decision: p.Decision, Reason: p.Reason, Into: p.MergedInto, CarriedFrom: p.CarriedFrom,
		PlanEntry: p.PlanEntry,
		MayWrite:  c.who.may(planEnter) && c.holdsUnit(p.Unit) && (p.State == plan.Draft || p.State == plan.Returned),
	}
	if p.Root != 0 {
		w.InstanceKey = keyText(p.Root)
	}
	for _, a := range p.AlikeOf() {
		if a.Kind == plan.KindEntry && !house { // other units' wishes are not published yet
			continue
		}
		words := a.Words
		if words == nil {
			words = []string{}
		}
		w.Alike = append(
			w.Alike, wire.PoolAlike{Ref: a.Ref, Kind: a.Kind, Title: a.Title, Unit: names[a.Unit], Score: a.Score, Words: words},
		)
	}
	if !house {
		return w
	}
	if p.Score >= 0 {
		score := p.Score
		w.Score = &score
	}
	w.ScoreNote, w.Verdict, w.VerdictNote, w.Within, w.Rank = p.ScoreNote, p.Verdict, p.VerdictNote, p.Within, p.Rank
	if p.Rank > 0 {
		w.Sum = p.Sum.String()
	}
	return w
}

func patchPlan(c *call) (any, error) {
	var in wire.PlanPatch
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	control, err := models.ParseMoney(in.Control)
	if err != nil {
		return nil, invalid().field("/control", "money-format")
	}
	return c.onPlan(in.Reason, func(tx *gorm.DB, a models.Acting, year int) error {
		_, err := plan.SetControl(tx, a, year, control)
		return err
	})
}

// onPlan runs a register command on the plan of a year, and answers with its page.
func (c *call) onPlan(reason string, do func(tx *gorm.DB, a models.Acting, year int) error) (any, error) {
	year, err := c.planYear()
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", strings.TrimSpace(reason))
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := do(tx, a, year); err != nil {
			return reply{}, err
		}
		k, err := plan.Find(tx, year)
		if err != nil {
			return reply{}, err
		}
		page, err := c.planPage(tx, k)
		return reply{Status: http.StatusOK, Body: page}, err
	})
}

func closePlan(c *call) (any, error) { return c.onPlan("", acts.ClosePlanCall) }

func urgePlan(c *call) (any, error) { return c.onPlan("", acts.UrgePlan) }

func (c *call) poolForm(raw json.RawMessage) (f plan.Form, err error) {
	if err := models.DecodeExact(raw, &f); err != nil {
		return f, invalid().field("/form", "field.format")
	}
	return f, nil
}

// ownUnit is the unit for which the person enters something: the one that he names, or his only one.
func (c *call) ownUnit(a models.Acting, named string) (string, error) {
	units := []string{}
	for _, p := range c.who.Posts {
		if p.Role == "APPLY_CLERK" && !slices.Contains(units, p.DeptID) {
			units = append(units, p.DeptID)
		}
	}
	switch {
	case named == "" && len(units) == 1:
		return units[0], nil
	case slices.Contains(units, named) && a.Holds(office.PostID("APPLY_CLERK", named)):
		return named, nil
	}
	return "", refuse(http.StatusForbidden, "not-your-department")
}

func addPoolEntry(c *call) (any, error) {
	var in wire.PoolEntryInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	form, err := c.poolForm(in.Form)
	if err != nil {
		return nil, err
	}
	return c.onPlanOrYear(in, func(tx *gorm.DB, a models.Acting, year int, unit string) (plan.Entry, error) {
		if in.Urgent {
			return acts.BeginUrgent(tx, a, year, unit, form, in.Instruction)
		}
		return plan.Add(tx, a, year, unit, form, false, "")
	})
}

// onPlanOrYear runs a command on an entry of the person's unit, and answers with the entry.
func (c *call) onPlanOrYear(
	in wire.PoolEntryInput, do func(tx *gorm.DB, a models.Acting, year int, unit string) (plan.Entry, error),
) (any, error) {
	year, err := c.planYear()
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	unit, err := c.ownUnit(a, in.Unit)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		e, err := do(tx, a, year, unit)
		return c.poolReply(tx, e, err)
	})
}

func (c *call) poolReply(tx *gorm.DB, e plan.Entry, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	names, err := unitNames(tx)
	return reply{Status: http.StatusOK, Body: c.poolEntryOf(plan.Placed{Entry: e}, names, c.sightOfPool() == nil)}, err
}

// ownEntry is the entry of the path when it is of the person's unit.
func (c *call) ownEntry() (plan.Entry, error) {
	year, err := c.planYear()
	if err != nil {
		return plan.Entry{}, err
	}
	e, err := plan.FindEntry(c.db(), c.Param("id"))
	if err != nil || e.FiscalYear != year || !c.holdsUnit(e.Unit) {
		return e, notFound()
	}
	return e, nil
}

func putPoolEntry(c *call) (any, error) {
	var in wire.PoolEntryInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	form, err := c.poolForm(in.Form)
	if err != nil {
		return nil, err
	}
	return c.onOwnEntry(func(tx *gorm.DB, a models.Acting, e plan.Entry) (plan.Entry, error) {
		return plan.Put(tx, a, e.ID, in.Revision, form, in.Instruction)
	})
}

func (c *call) onOwnEntry(do func(tx *gorm.DB, a models.Acting, e plan.Entry) (plan.Entry, error)) (any, error) {
	e, err := c.ownEntry()
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		e, err := do(tx, a, e)
		return c.poolReply(tx, e, err)
	})
}

func dropPoolEntry(c *call) (any, error) {
	return c.onOwnEntry(func(tx *gorm.DB, a models.Acting, e plan.Entry) (plan.Entry, error) { return plan.Drop(tx, a, e.ID) })
}

func decidePoolEntry(c *call) (any, error) {
	var in wire.PlanDecision
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id := c.Param("id")
	return c.onPlan("", func(tx *gorm.DB, a models.Acting, year int) error {
		e, err := plan.FindEntry(tx, id)
		if err != nil {
			return err
		}
		if e.FiscalYear != year {
			return models.Refuse("not-found", "what", id)
		}
		must := 0
		if in.Decision == plan.DecidePass {
			if must, err = commands.EntryReason(tx, a, e); err != nil {
				return err
			}
		}
		e, err = acts.DecideEntry(tx, a, id, plan.Decision{Decision: in.Decision, Into: in.Into, Reason: in.Reason, Must: must})
		if err != nil || e.State == plan.Passed {
			return err
		}
		return commands.AnswerEntry(tx, a, e)
	})
}

func putPlanScores(c *call) (any, error) {
	var in wire.PlanScores
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	scores := make([]plan.Score, len(in.Scores))
	for i, s := range in.Scores {
		scores[i] = plan.Score(s)
	}
	return c.onPlan("", func(tx *gorm.DB, a models.Acting, year int) error { return plan.PutScores(tx, a, year, scores) })
}

func putPlanMeeting(c *call) (any, error) {
	var in wire.PlanMeetingInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	verdicts := make([]plan.Verdict, len(in.Verdicts))
	for i, v := range in.Verdicts {
		verdicts[i] = plan.Verdict(v)
	}
	return c.onPlan("", func(tx *gorm.DB, a models.Acting, year int) error {
		return plan.PutMeeting(tx, a, year, plan.Meeting(in.Meeting), verdicts)
	})
}
