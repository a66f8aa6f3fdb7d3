package api

import (
	"bytes"
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/running"
)

// importRunning compares a workbook of projects that already run with the books, and
// asks a second person to take them in: 202 with the batch, or with dryRun=true, and
// where there is nothing to take in, 200 with what it says.
func importRunning(c *call) (any, error) {
	name, raw, fields, err := c.listFile()
	if err != nil {
		return nil, err
	}
	book, err := running.Read(raw)
	if err != nil {
		return nil, err
	}
	if fields["dryRun"] == "true" {
		plan, err := running.Make(c.db(), book, models.DateOf(c.now))
		return c.runningPlan(running.Import{FileName: name, State: "dry-run"}, plan), err
	}
	reason := fields["reason"]
	if reason == "" {
		reason = "存量项目移交 " + name
	}
	a, err := c.acting("", "", reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		i, plan, err := running.Ask(tx, a, name, book)
		if err != nil {
			return reply{}, err
		}
		if i.ID == 0 {
			i.State = "nothing"
			return reply{Status: http.StatusOK, Body: c.runningPlan(i, plan)}, nil
		}
		body, err := c.runningImport(tx, i, plan)
		return reply{
			Status: http.StatusAccepted, Header: map[string]string{"Location": "/api/v1/running/imports/" + keyText(i.ID)}, Body: body,
		}, err
	})
}

// listRunning are the batches that were asked for.
func listRunning(c *call) (any, error) {
	all, err := running.Imports(c.db(), most)
	if err != nil {
		return nil, err
	}
	who, err := c.directory()
	if err != nil {
		return nil, err
	}
	var people []string
	for _, i := range all {
		people = append(people, i.AskedBy, string(i.DecidedBy))
	}
	if err := who.know(people...); err != nil {
		return nil, err
	}
	out := wire.RunningImports{Items: []wire.RunningImport{}}
	for _, i := range all {
		out.Items = append(out.Items, wire.RunningImport{
			ID: keyText(i.ID), File: i.FileName, State: i.State, Projects: i.Projects, Refused: i.Refused, AskedBy: who.ref(i.AskedBy, ""),
			AskedAt: i.AskedAt.In(models.Zone), DecidedBy: who.maybe(string(i.DecidedBy), ""), DecidedAt: local(i.DecidedAt),
			MayDecide: c.mayTakeIn(i),
		})
	}
	return out, nil
}

func (c *call) mayTakeIn(i running.Import) bool {
	return c.who.may(runningDecide) && i.State == running.Waiting && i.AskedBy != c.who.Person.ID
}

// getRunning is a batch as it stands: what waits is judged by the books of now.
func getRunning(c *call) (any, error) {
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	i, err := running.Find(c.db(), id)
	if err != nil {
		return nil, err
	}
	book, err := i.Book()
	if err != nil {
		return nil, err
	}
	plan, err := running.Make(c.db(), book, models.DateOf(c.now))
	if err != nil {
		return nil, err
	}
	return c.runningImport(c.db(), i, plan)
}

// decideRunning is the second person's word.
func decideRunning(c *call) (any, error) {
	in, id, a, err := c.secondWord()
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		days, err := calendar.Newest(tx)
		if err != nil {
			return reply{}, err
		}
		i, plan, err := running.Decide(tx, a, days, id, in.Accept, in.Reason)
		if err != nil {
			return reply{}, err
		}
		body, err := c.runningImport(tx, i, plan)
		return reply{Status: http.StatusOK, Body: body}, err
	})
}

// withdrawRunning is the word of who asked for a batch that still waits.
func withdrawRunning(c *call) (any, error) {
	var in wire.Reason
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		i, err := running.Withdraw(tx, a, id, in.Reason)
		if err != nil {
			return reply{}, err
		}
		book, err := i.Book()
		if err != nil {
			return reply{}, err
		}
		plan, err := running.Make(tx, book, models.DateOf(c.now))
		if err != nil {
			return reply{}, err
		}
		body, err := c.runningImport(tx, i, plan)
		return reply{Status: http.StatusOK, Body: body}, err
	})
}

func runningTemplate(c *call) (any, error) {
	var b bytes.Buffer
	if err := running.Template(&b); err != nil {
		return nil, err
	}
	return c.workbook("running-projects.xlsx", b.Bytes())
}

// runningImport is a batch with who asked for it and who decided.
func (c *call) runningImport(tx *gorm.DB, i running.Import, plan running.Plan) (wire.RunningPlan, error) {
	out := c.runningPlan(i, plan)
	who, err := c.directory()
	if err != nil {
		return out, err
	}
	if err := who.know(i.AskedBy, string(i.DecidedBy)); err != nil {
		return out, err
	}
	asked := i.AskedAt.In(models.Zone)
	out.ID, out.Reason, out.Note, out.AskedAt, out.DecidedAt = keyText(i.ID), i.Reason, i.Note, &asked, local(i.DecidedAt)
	out.AskedBy, out.DecidedBy, out.MayDecide = who.maybe(i.AskedBy, ""), who.maybe(string(i.DecidedBy), ""), c.mayTakeIn(i)
	out.MayWithdraw = i.State == running.Waiting && i.AskedBy == c.who.Person.ID && c.who.may(runningImport)
	taken, err := running.Of(tx, i.ID)
	for _, p := range taken {
		out.Taken = append(out.Taken, wire.RunningTaken{Project: p.Project, Ref: p.Ref, Entry: p.Entry})
	}
	return out, err
}

// runningPlan is what a workbook says, in words.
func (c *call) runningPlan(i running.Import, p running.Plan) wire.RunningPlan {
	out := wire.RunningPlan{
		File: i.FileName, State: i.State, StateText: c.text("running.done."+i.State, "id", keyText(i.ID)), Rows: p.Rows,
		OK: p.Count(running.StateOK), Heed: p.Count(running.StateHeed), Same: p.Count(running.StateSame),
		Refused: p.Count(running.StateRefused), Totals: runningAmounts(p.Totals), Projects: []wire.RunningProject{},
		Stray: c.runningWrong(p.Stray),
	}
	for _, x := range p.Projects {
		w := wire.RunningProject{
			Line: x.Line, Ref: x.Ref, Name: x.Name, Unit: x.Unit, UnitName: x.UnitName, Entry: x.Entry, State: x.State, Project: x.Project,
			Amounts: runningAmounts(x.Amounts), Notes: []wire.RunningNote{}, Wrong: c.runningWrong(x.Wrong),
		}
		if x.Entry != "" {
			w.EntryName = c.text("running.entry." + x.Entry)
		}
		for _, n := range x.Notes {
			w.Notes = append(w.Notes, wire.RunningNote{Code: n.Code, Detail: c.textOf(n.Code, n.Args), Heed: n.Heed})
		}
		out.Projects = append(out.Projects, w)
	}
	return out
}

func (c *call) runningWrong(all []running.Wrong) []wire.RunningWrong {
	out := []wire.RunningWrong{}
	for _, w := range all {
		out = append(out, wire.RunningWrong{
			Sheet: running.SheetName(w.Sheet, c.lang == "en"), Line: w.Line, Column: running.ColumnName(w.Sheet, w.Column, c.lang == "en"),
			Code: w.Code, Detail: c.textOf(w.Code, w.Args),
		})
	}
	return out
}

func runningAmounts(a running.Amounts) wire.RunningAmounts {
	return wire.RunningAmounts{
		Declared: a.Declared.String(), Approved: a.Approved.String(), Issued: a.Issued.String(), Contracted: a.Contracted.String(),
		Paid: a.Paid.String(),
	}
}
