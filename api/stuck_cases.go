package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/stuck"
)

// everyCase are the roles that see all reports at the window; the others see
// those that their units have registered, handle, or are consulted about.
var everyCase = slices.Concat(heads, []string{"WINDOW_HEAD", "OFFICE", "ORGANISER", "RECT_VERIFIER", "COUNTY_LEADER", "AUDITOR"})

func (c *call) seesEveryCase() bool {
	return slices.ContainsFunc(c.who.Posts, func(p office.Post) bool { return slices.Contains(everyCase, p.Role) })
}

// caseUnits are the units whose cases the person sees; nil: all.
func (c *call) caseUnits() []string {
	if c.seesEveryCase() {
		return nil
	}
	units := []string{}
	for _, p := range c.who.Posts {
		if slices.Contains(grants[stuckRead], p.Role) && !slices.Contains(units, p.DeptID) {
			units = append(units, p.DeptID)
		}
	}
	return units
}

// knowsCitizen reports whether the person may know who came: that window, its
// head, and the unit that handles the case (domain/access.md §2.4).
func (c *call) knowsCitizen(r stuck.Report) bool {
	_, desk := models.SplitPost(r.Desk)
	return slices.ContainsFunc(c.who.Posts, func(p office.Post) bool {
		switch p.Role {
		case "WINDOW_HEAD":
			return true
		case "WINDOW":
			return p.DeptID == desk
		case "RECT_OWNER", "WALKER", "APPLY_LEADER":
			return p.DeptID == r.Unit
		}
		return false
	})
}

// stuckCase is the report of the address, which the person may see.
func (c *call) stuckCase(tx *gorm.DB) (stuck.Report, error) {
	r, err := stuck.Find(tx, c.Param("no"))
	if err != nil {
		return r, err
	}
	units := c.caseUnits()
	_, desk := models.SplitPost(r.Desk)
	if units != nil && !slices.Contains(units, r.Unit) && !slices.Contains(units, desk) &&
		!slices.ContainsFunc(r.JointUnits(), func(u string) bool { return slices.Contains(units, u) }) {
		return r, notFound()
	}
	return r, nil
}

func (c *call) stuckFilter() (stuck.Filter, error) {
	f := stuck.Filter{
		Units: c.caseUnits(), Open: c.Query("open") == "true", State: c.Query("state"), Kind: c.Query("kind"),
		Query: strings.TrimSpace(c.Query("q")),
		From: models.Date(
			c.Query("from"),
		), To: models.Date(c.Query("to")), DueBy: models.Date(c.Query("dueBy")), Sort: c.Query("sort"), Cursor: c.Query("cursor"),
		Limit: c.limit(),
	}
	if f.From != "" && f.To != "" && f.To < f.From {
		return f, invalid().field("query/to", "end-before-start")
	}
	return f, nil
}

// halfYearOfDay is the half-year that a day lies in.
func halfYearOfDay(on models.Date) (from, to models.Date) {
	year := strconv.Itoa(on.Year())
	if on < models.Date(year+"-07-01") {
		return models.Date(year + "-01-01"), models.Date(year + "-06-30")
	}
	return models.Date(year + "-07-01"), models.Date(year + "-12-31")
}

func listStuckReports(c *call) (any, error) {
	f, err := c.stuckFilter()
	if err != nil {
		return nil, err
	}
	rows, next, err := stuck.List(c.db(), f)
	if err != nil {
		return nil, err
	}
	from, to := f.From, f.To
	if from == "" || to == "" {
		from, to = halfYearOfDay(models.DateOf(c.now))
	}
	n, err := stuck.CountOf(c.db(), stuck.Filter{Units: f.Units}, from, to)
	if err != nil {
		return nil, err
	}
	again, err := stuck.Again(c.db(), stuck.Filter{Units: f.Units}, models.DateOf(c.now).AddDays(-90))
	if err != nil {
		return nil, err
	}
	out := wire.StuckReports{
		Items: []wire.StuckReport{}, Next: next, Again: []wire.StuckFault{}, MayRegister: c.who.may(stuckRegister),
		Counts: wire.StuckCounts{
			From: string(from), To: string(to), Consulted: n.Consulted, Accepted: n.Accepted, Resolved: n.Resolved, Explained: n.Explained,
			OutOf: n.OutOf, Open: n.Open,
		},
	}
	for _, a := range again {
		out.Again = append(out.Again, wire.StuckFault{Item: a.Item, Units: a.Units, N: a.N, Case: a.Newest})
	}
	days, err := calendar.Newest(c.db())
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	waits, err := c.stuckWaits(d, rows)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		w := c.stuckRow(d, r, days)
		w.Waits, w.Task = waits[r.Root].with, waits[r.Root].mine
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// stuckRow is a report as the person may see it.
func (c *call) stuckRow(d *directory, r stuck.Report, days *calendar.Calendar) wire.StuckReport {
	w := wire.StuckReport{
		No: r.No, Kind: r.Kind, Category: r.Category, Item: r.Item, ServiceItem: r.ServiceItem, Unit: r.Unit, Joint: []wire.UnitRef{},
		Visits: r.Visits, Difficulty: r.Difficulty,
		Pseudonym: r.Pseudonym, State: r.State, Outcome: r.Outcome, Callback: r.Callback, Backs: r.Backs, Issue: r.Issue,
		ReceivedOn: string(r.ReceivedOn), DueOn: string(r.DueOn),
		RepliedOn: string(
			r.RepliedOn,
		), ClosedOn: string(r.ClosedOn), Backfilled: r.Backfilled, MayRaise: r.Issue == "" && r.Kind != stuck.Out && c.who.may(stuckRaise),
	}
	if r.Unit != "" {
		w.UnitName = d.dept(r.Unit)
	}
	for _, u := range r.JointUnits() {
		w.Joint = append(w.Joint, wire.UnitRef{ID: u, Name: d.dept(u)})
	}
	if c.knowsCitizen(r) {
		w.Person, w.Phone, w.MayReveal = r.PersonMask, r.PhoneMask, len(r.PersonEnc)+len(r.PhoneEnc) > 0
	}
	if r.Root != 0 {
		w.InstanceKey = keyText(r.Root)
	}
	if r.DueOn != "" && r.State != stuck.Closed && r.State != stuck.Answered {
		today := models.DateOf(c.now)
		left := days.Between(today, r.DueOn)
		w.DaysLeft = &left
	}
	return w
}

// waiting is with whom the open tasks of a case lie, and which of them is the person's.
type waiting struct {
	with []wire.StuckWait
	mine string
}

// stuckWaits reads the open tasks of cases at once.
func (c *call) stuckWaits(d *directory, rows []stuck.Report) (map[int64]waiting, error) {
	out := map[int64]waiting{}
	var roots []int64
	for _, r := range rows {
		if r.State != stuck.Closed && r.Root != 0 {
			roots = append(roots, r.Root)
		}
	}
	if len(roots) == 0 {
		return out, nil
	}
	var tasks []process.Task
	if err := c.db().Where("root IN ? AND state <> ?", roots, process.TaskClosed).Order("key").Find(&tasks).Error; err != nil {
		return nil, err
	}
	v, err := c.taskView(tasks)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		var groups []string
		if err := c.db().Table("task_candidate").Where("key = ?", t.Key).Order("principal").Pluck("principal", &groups).Error; err != nil {
			return nil, err
		}
		w := out[t.Root]
		with := []string{}
		for _, g := range groups {
			if strings.Contains(g, "@") {
				with = append(with, d.post(g))
			} else {
				if err := d.know(g); err != nil {
					return nil, err
				}
				with = append(with, d.ref(g, "").Name)
			}
			if g == c.who.Person.ID || slices.Contains(c.who.postIDs(), g) {
				w.mine = keyText(t.Key)
			}
		}
		w.with = append(w.with, wire.StuckWait{Name: v.name(t), With: strings.Join(with, "、")})
		out[t.Root] = w
	}
	return out, nil
}

// stuckPage is a report with its history. Its words are for those who know who
// came, and for those who have a part in it.
func (c *call) stuckPage(tx *gorm.DB, r stuck.Report) (wire.StuckReport, error) {
	d, err := c.directory()
	if err != nil {
		return wire.StuckReport{}, err
	}
	days, err := calendar.Newest(tx)
	if err != nil {
		return wire.StuckReport{}, err
	}
	out := c.stuckRow(d, r, days)
	waits, err := c.stuckWaits(d, []stuck.Report{r})
	if err != nil {
		return out, err
	}
	out.Waits, out.Task = waits[r.Root].with, waits[r.Root].mine
	reads := c.knowsCitizen(r)
	if !reads {
		if reads, err = process.HasPart(tx, r.Root, c.who.Person.ID, c.who.postIDs()); err != nil {
			return out, err
		}
	}
	if reads {
		out.Reply = r.Reply
		if out.Reason, err = r.Open(c.srv.Cipher, stuck.PartReason); err != nil {
			return out, err
		}
	}
	steps, err := stuck.Steps(tx, r.No)
	if err != nil {
		return out, err
	}
	people := []string{r.Registrar}
	for _, s := range steps {
		people = append(people, s.Actor)
	}
	if err := d.know(people...); err != nil {
		return out, err
	}
	out.Registrar = d.maybe(r.Registrar, r.Desk)
	for _, s := range steps {
		by := d.ref(s.Actor, "")
		if s.Unit != "" {
			by.Post = d.dept(s.Unit)
		}
		if !reads {
			s.Text = ""
		}
		out.Steps = append(
			out.Steps,
			wire.StuckStep{
				Action: s.Action, Name: c.text("stuckStep." + s.Action), State: s.State, Text: s.Text, By: by, At: s.At.In(models.Zone),
				On: string(s.BusinessDate),
			},
		)
	}
	return out, nil
}

func getStuck(c *call) (any, error) {
	r, err := c.stuckCase(c.db())
	if err != nil {
		return nil, err
	}
	return c.stuckPage(c.db(), r)
}

// scopeStuck says what is to be done with a report before it is kept, and by when.
func scopeStuck(c *call) (any, error) {
	a, err := c.actingOn("", c.Query("on"), "")
	if err != nil {
		return nil, err
	}
	visits, err := strconv.Atoi(c.Query("visits"))
	if err != nil {
		visits = 0
	}
	scope, err := commands.StuckScope(c.db(), a, c.Query("category"), visits)
	if err != nil {
		return nil, err
	}
	pack, err := rules.PackOn(c.db(), a.On())
	if err != nil {
		return nil, err
	}
	tree, err := pack.Tree()
	if err != nil {
		return nil, err
	}
	days, err := calendar.Newest(c.db())
	if err != nil {
		return nil, err
	}
	out := wire.StuckScope{Scope: scope, Why: c.text("stuck.scope." + scope), Due: []wire.StuckTerm{}}
	for _, k := range stuck.Difficulties {
		n, err := strconv.Atoi(tree["W06"][k].String())
		if err != nil {
			continue // the pack has no such term
		}
		out.Due = append(out.Due, wire.StuckTerm{Difficulty: k, Workdays: n, On: string(days.After(a.On(), n))})
	}
	return out, nil
}

func registerStuck(c *call) (any, error) {
	var in wire.StuckInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting(in.Post, in.BusinessDate, "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		scope, err := commands.StuckScope(tx, a, in.Category, in.Visits)
		if err != nil {
			return reply{}, err
		}
		r, err := acts.RegisterStuck(tx, a, c.srv.Cipher, stuck.Input{
			Category: in.Category, Person: in.Person, Phone: in.Phone, Item: in.Item, ServiceItem: in.ServiceItem, Unit: in.Unit,
			Joint: in.Joint, Visits: in.Visits, Reason: in.Reason,
			Difficulty: in.Difficulty, Answer: in.Answer,
		}, scope)
		if err != nil {
			return reply{}, err
		}
		page, err := c.stuckPage(tx, r)
		page.Reason = "" // what is kept for an Idempotency-Key is not encrypted
		return reply{Status: http.StatusCreated, Header: map[string]string{"Location": "/api/v1/stuck-cases/" + r.No}, Body: page}, err
	})
}

// revealStuck shows who came to somebody who may know and says why. Each look is in the history and in the audit.
func revealStuck(c *call) (any, error) {
	var in wire.StuckRevealInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	var out wire.StuckCitizen
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { // never kept for an Idempotency-Key
		r, err := c.stuckCase(tx)
		if err != nil {
			return err
		}
		if !c.knowsCitizen(r) {
			return refuse(http.StatusForbidden, "stuck-citizen-hidden")
		}
		if out.Person, out.Phone, err = stuck.Reveal(tx, a, c.srv.Cipher, r.No); err != nil {
			return err
		}
		return audit.CountAccess(
			tx, c.now, audit.AccessTally{Person: a.Person, Action: "stuck.reveal", Subject: "stuck:" + r.No, Remote: a.Remote},
		)
	})
	return out, err
}

func raiseStuck(c *call) (any, error) {
	var in wire.StuckIssueInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if _, err := c.stuckCase(tx); err != nil {
			return reply{}, err
		}
		r, err := acts.RaiseFromStuck(tx, a, c.Param("no"), in.Title, in.Unit)
		if err != nil {
			return reply{}, err
		}
		page, err := c.stuckPage(tx, r)
		page.Reason = ""
		return reply{Status: http.StatusCreated, Body: page}, err
	})
}

// exportStuck is the list as a sheet: without names and phones.
func exportStuck(c *call) (any, error) {
	f, err := c.stuckFilter()
	if err != nil {
		return nil, err
	}
	f.Open, f.Limit = false, 10_000
	rows, _, err := stuck.List(c.db(), f)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	return c.download(c.stuckSheet(d, rows), c.text("stuck.sheet")+".xlsx")
}
