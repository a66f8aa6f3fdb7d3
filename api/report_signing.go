package api

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/figures"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// signing tells of a snapshot who owns its sections, where it stands on its way
// to be signed, and what the person may do there.
func (c *call) signing(tx *gorm.DB, out *wire.HalfYear, s figures.Taken, sections []figures.Section, all []figures.Figure) error {
	stage, err := figures.StageOf(tx, s)
	if err != nil {
		return err
	}
	draft := s.State == figures.Draft
	out.Stage, out.MayBegin = stage, draft && stage == figures.NotBegun && c.who.may(reportWrite)
	out.MayAnnotate, out.MayApprove = draft && c.who.may(reportWrite), draft && c.who.may(reportApprove)
	if s.Root != 0 {
		out.InstanceKey = keyText(s.Root)
		if out.Task, err = c.mineOf(tx, s.Root); err != nil {
			return err
		}
	}
	bureau, err := office.Serving(tx, "bureau", c.now)
	if err != nil {
		return err
	}
	d, err := c.directory()
	if err != nil {
		return err
	}
	people := []string{s.Actor}
	for _, x := range sections {
		people = append(people, x.Actor, x.DoneBy)
	}
	if err := d.know(people...); err != nil {
		return err
	}
	out.Taker = d.ref(s.Actor, "").Name
	for _, x := range sections {
		w := wire.ReportSection{
			Seq: x.Seq, Title: x.Title, Body: x.Body, Text: figures.Told(x.Body, all), Revision: x.Revision, Owner: x.Owner,
			OwnerName: d.post(office.PostID(x.Owner, bureau)),
			By: d.ref(
				x.Actor, "",
			).Name, Changed: x.DoneRevision != 0 && x.DoneRevision != x.Revision, MayWrite: draft && c.writesSection(stage, x),
		}
		if x.DoneBy != "" {
			w.DoneBy = d.ref(x.DoneBy, "").Name
		}
		out.Sections = append(out.Sections, w)
	}
	return nil
}

func (c *call) writesSection(stage string, x figures.Section) bool {
	a := c.reader()
	switch stage {
	case figures.Writing:
		return c.who.may(reportWrite) && (a.HasRole(x.Owner) || a.HasRole("OFFICE"))
	case figures.Compiling:
		return a.HasRole("OFFICE")
	}
	return stage == figures.NotBegun && c.who.may(reportWrite)
}

// mineOf is the open task of a case that is the person's, "" without one.
func (c *call) mineOf(tx *gorm.DB, root int64) (string, error) {
	var keys []int64
	err := tx.Raw("SELECT t.key FROM task t JOIN task_candidate k ON k.key = t.key WHERE t.root = ? AND t.state <> ? AND k.principal IN ? "+
		"ORDER BY t.key LIMIT 1",
		root, process.TaskClosed, append(c.who.postIDs(), c.who.Person.ID)).
		Scan(&keys).
		Error
	if err != nil {
		return "", fmt.Errorf("task of case %d: %w", root, err)
	}
	if len(keys) == 0 {
		return "", nil
	}
	return keyText(keys[0]), nil
}

// beginReport has a snapshot written and signed.
var beginReport = onReport(func(_ *call, tx *gorm.DB, a models.Acting, s figures.Taken, _ wire.ReportAct) error {
	_, err := figures.Begin(tx, a, s.ID)
	return err
})

// ownSection gives a section to a role of the bureau.
var ownSection = onReport(func(c *call, tx *gorm.DB, a models.Acting, s figures.Taken, in wire.OwnerInput) error {
	seq, err := c.key("section")
	if err != nil {
		return err
	}
	return figures.Own(tx, a, s.ID, int(seq), in.Owner)
})

// compareReport puts the figures of a snapshot beside those of the period before.
func compareReport(c *call) (any, error) {
	s, err := c.taken(c.db())
	if err != nil {
		return nil, err
	}
	p, id, all, err := figures.Comparison(c.db(), s)
	if err != nil {
		return nil, err
	}
	out := wire.Comparison{From: string(p.From), To: string(p.To), Title: p.Title(), Items: []wire.ComparedFigure{}}
	if id != 0 {
		out.Snapshot = keyText(id)
	}
	for _, k := range all {
		out.Items = append(
			out.Items,
			wire.ComparedFigure{
				Figure: k.Figure, Label: c.text("figure." + k.Figure), Unit: k.Unit, Was: k.Was, Is: k.Is, Change: k.Change,
				Redefined: k.Redefined,
			},
		)
	}
	return out, nil
}
