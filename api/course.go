package api

import (
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/texts"
)

// projectCourse is how a project is built and accepted.
func projectCourse(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.Course{}
	for _, read := range []func(*directory, books.Project, *wire.Course) error{c.construction, c.supervision, c.proofs, c.trial, c.sessions,
		c.obstacles} {
		if err := read(d, p.Project, &out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// construction: who is there, and what was reported of each milestone, newest first.
func (c *call) construction(d *directory, p books.Project, out *wire.Course) error {
	persons, err := books.KeyPersons(c.db(), p.Code)
	if err != nil {
		return err
	}
	out.KeyPersons = []wire.KeyPerson{}
	for _, k := range persons {
		out.KeyPersons = append(out.KeyPersons, wire.KeyPerson{Role: k.Role, Name: k.Name, BidName: k.BidName})
	}
	milestones, err := books.Milestones(c.db(), p.Code)
	if err != nil {
		return err
	}
	reports, err := books.ProgressReports(c.db(), p.Code)
	if err != nil {
		return err
	}
	out.Milestones = []wire.CourseMilestone{}
	for _, m := range milestones {
		w := wire.CourseMilestone{
			No: m.No, Name: m.Name, PlanDate: string(m.PlanDate), Percent: m.Percent, PassedOn: string(m.PassedOn),
			Reports: []wire.ProgressReport{},
		}
		for _, r := range slices.Backward(reports) {
			if r.MilestoneNo != m.No {
				continue
			}
			files, err := fileRefs(c.db(), r.Evidence)
			if err != nil {
				return err
			}
			if err := d.know(r.Actor); err != nil {
				return err
			}
			w.Reports = append(
				w.Reports,
				wire.ProgressReport{
					Percent: r.Percent, Period: r.Period, On: string(r.BusinessDate), By: d.ref(r.Actor, ""), Comment: r.Comment,
					Files: files,
				},
			)
		}
		out.Milestones = append(out.Milestones, w)
	}
	return nil
}

// supervision: the months, the supervising engineer's reports, and the spot checks.
func (c *call) supervision(d *directory, p books.Project, out *wire.Course) error {
	months, err := books.ConstructionMonths(c.db(), p.Code)
	if err != nil {
		return err
	}
	out.Months, out.Supervision = []wire.CourseMonth{}, []wire.SupervisionReport{}
	for _, m := range slices.Backward(months) {
		out.Months = append(
			out.Months, wire.CourseMonth{Month: m.Month, Card: m.Card, Stagnant: m.Stagnant, Decision: m.Decision, Comment: m.Comment},
		)
	}
	reports, err := books.SupervisionReports(c.db(), p.Code)
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(reports) {
		files, err := fileRefs(c.db(), r.Documents)
		if err != nil {
			return err
		}
		if err := d.know(r.Actor); err != nil {
			return err
		}
		out.Supervision = append(out.Supervision, wire.SupervisionReport{Month: r.Month, By: d.ref(r.Actor, ""), Files: files})
	}
	rows, err := books.Inspections(c.db(), p.Code)
	if err != nil {
		return err
	}
	out.Inspections, err = c.inspections(c.db(), rows)
	return err
}

// proofs: deliverables, proofs, and papers of the check list.
func (c *call) proofs(_ *directory, p books.Project, out *wire.Course) error {
	promised, err := books.Promised(c.db(), p.Code)
	if err != nil {
		return err
	}
	there, err := books.Deliverables(c.db(), p.Code)
	if err != nil {
		return err
	}
	out.Deliverables, out.Certificates, out.Materials = []wire.Deliverable{}, []wire.Certificate{}, []wire.AcceptancePaper{}
	for _, name := range promised {
		w := wire.Deliverable{Name: name, Files: []wire.FileRef{}}
		if i := slices.IndexFunc(there, func(d books.Deliverable) bool { return d.Name == name }); i >= 0 {
			if w.Files, err = fileRefs(c.db(), there[i].Documents); err != nil {
				return err
			}
		}
		out.Deliverables = append(out.Deliverables, w)
	}
	certs, err := books.Certificates(c.db(), p.Code)
	if err != nil {
		return err
	}
	for _, k := range certs {
		files, err := fileRefs(c.db(), k.Documents)
		if err != nil {
			return err
		}
		out.Certificates = append(
			out.Certificates,
			wire.Certificate{
				Kind: k.Kind, CertNo: k.CertNo, Org: k.Org, Level: k.Level, Dated: string(k.Dated), Result: k.Result, Files: files,
			},
		)
	}
	materials, err := books.Materials(c.db(), p.Code)
	if err != nil {
		return err
	}
	for _, m := range materials {
		files, err := fileRefs(c.db(), m.Documents)
		if err != nil {
			return err
		}
		out.Materials = append(out.Materials, wire.AcceptancePaper{Code: m.Code, Name: c.text("material." + m.Code), Files: files})
	}
	return nil
}

func (c *call) trial(_ *directory, p books.Project, out *wire.Course) error {
	t, ok, err := books.Trial(c.db(), p.Code)
	if err != nil || !ok {
		return err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return err
	}
	ends, _, err := commands.TrialStands(c.db(), a, p.Code)
	if err != nil {
		return err
	}
	w := wire.Trial{
		StartedOn: string(t.StartedOn), Months: t.Months, EndsOn: string(ends), ClosedOn: string(t.ClosedOn),
		Incidents: []wire.TrialIncident{},
	}
	if t.Availability != nil {
		w.Availability = t.Availability.String()
	}
	rows, err := books.Incidents(c.db(), p.Code)
	for _, i := range rows {
		w.Incidents = append(
			w.Incidents,
			wire.TrialIncident{Severity: i.Severity, HappenedOn: string(i.HappenedOn), EndedOn: string(i.EndedOn), Text: i.Text},
		)
	}
	out.Trial = &w
	return err
}

// sessions: who asked, who was drawn, and what the groups concluded.
func (c *call) sessions(d *directory, p books.Project, out *wire.Course) error {
	requests, err := books.AcceptanceRequests(c.db(), p.Code)
	if err != nil {
		return err
	}
	out.Requests, out.Acceptances, out.Extensions = []wire.AcceptanceRequest{}, []wire.Acceptance{}, []wire.Extension{}
	for _, r := range requests {
		if err := d.know(r.Actor); err != nil {
			return err
		}
		out.Requests = append(
			out.Requests, wire.AcceptanceRequest{Kind: r.Kind, Round: r.Round, On: string(r.AppliedOn), By: d.ref(r.Actor, "")},
		)
	}
	draw, persons, ok, err := books.LastAcceptanceDraw(c.db(), p.Code)
	if err != nil {
		return err
	}
	if ok {
		if err := d.know(persons...); err != nil {
			return err
		}
		w := wire.AcceptanceDraw{No: draw.DrawNo, Experts: []wire.PersonRef{}}
		for _, id := range persons {
			w.Experts = append(w.Experts, d.ref(id, ""))
		}
		out.Draw = &w
	}
	extensions, err := books.Extensions(c.db(), p.Code)
	if err != nil {
		return err
	}
	for _, e := range extensions {
		out.Extensions = append(out.Extensions, wire.Extension{To: string(e.ExtendedTo), Reason: e.Reason, GrantedOn: string(e.GrantedOn)})
	}
	return c.held(d, p, out)
}

func (c *call) held(d *directory, p books.Project, out *wire.Course) error {
	rows, err := books.Acceptances(c.db(), p.Code)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(rows) {
		if err := d.know(a.Actor); err != nil {
			return err
		}
		w := wire.Acceptance{
			Kind: a.Kind, Round: a.Round, On: string(a.HeldOn), Conclusion: a.Conclusion, DocNo: a.DocNo, RectifyDue: string(a.RectifyDue),
			Group: []wire.GroupMember{}, Items: []wire.AcceptanceItem{}, By: d.ref(a.Actor, ""),
		}
		if err := a.Members.Into(&w.Group); err != nil {
			return err
		}
		if err := a.Items.Into(&w.Items); err != nil {
			return err
		}
		if w.Files, err = fileRefs(c.db(), a.Documents); err != nil {
			return err
		}
		out.Acceptances = append(out.Acceptances, w)
	}
	return nil
}

// ahead is which acceptance comes next, by stage.
var ahead = map[books.Stage]string{books.Building: books.Prelim, books.PrelimPassed: books.Final, books.TrialRun: books.Final}

// obstacles: what stands between the project and its next acceptance.
func (c *call) obstacles(_ *directory, p books.Project, out *wire.Course) error {
	out.Unmet = []wire.Unmet{}
	kind := ahead[p.Stage]
	if kind == "" {
		return nil
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return err
	}
	return c.srv.DB.Snapshot(c.Request.Context(), func(tx *gorm.DB) error {
		found, err := commands.Obstacles(tx, a, kind, p.Code)
		for _, o := range found {
			out.Unmet = append(out.Unmet, wire.Unmet{Kind: kind, Rule: o.Rule, Text: c.said(o.Why), Way: c.said(o.Way)})
		}
		return err
	})
}

// said is a sentence in the caller's language.
func (c *call) said(s rules.Sentence) string {
	if c.lang == texts.English {
		return s.EN
	}
	return s.ZH
}
