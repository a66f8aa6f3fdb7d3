package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/activities/preview"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// previewTask tells what an operation would do, from a snapshot: nothing is
// written, and nobody waits for it. A form that is not filled in yet has no
// consequences to tell.
func previewTask(c *call) (any, error) {
	var in wire.OperationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	t, err := c.task()
	if err != nil {
		return nil, err
	}
	if err := c.mayPreview(t.Key); err != nil {
		return nil, err
	}
	op, ok := operationNamed(in.Operation)
	if !ok {
		return nil, refuse(http.StatusUnprocessableEntity, "operation-not-allowed", "operation", in.Operation)
	}
	a, err := c.actingAt(t, op, in)
	if err != nil {
		return nil, err
	}
	if op.remark != nil {
		return c.previewRemark(op, t, a)
	}
	m := c.operation(t, op, in, a)
	if op.Reason == engine.Required && m.Event.Reason == "" {
		m.Event.Reason = probeReason // it is asked for when it is done
	}
	if op.Code && m.Event.Code == "" {
		m.Event.Code = rejectCodes[0]
	}
	if op.Data {
		m.Data = in.Data
	}
	var out wire.Consequences
	err = c.srv.DB.Snapshot(c.Request.Context(), func(tx *gorm.DB) (err error) {
		c.tx = tx
		defer func() { c.tx = nil }()
		out, err = c.foresee(t, m)
		return err
	})
	var r *models.Refusal
	if errors.As(err, &r) && r.Code == "invalid-data" && op.Data {
		return nothingYet(c.text("preview-incomplete")), nil
	}
	return out, err
}

func nothingYet(note string) wire.Consequences {
	return wire.Consequences{Opens: []wire.NextTask{}, Ends: []wire.NextTask{}, Voids: []wire.NextTask{}, Notes: []string{note}}
}

// foresee foretells a move of a task, in the call's snapshot.
func (c *call) foresee(t process.Task, m move) (wire.Consequences, error) {
	var none wire.Consequences
	a := m.Acting
	if a.At = models.Stamp(c.now); a.BusinessDate == "" {
		a.BusinessDate = models.DateOf(c.now)
	}
	a.Event = "preview:" + c.id
	m.Event.ID = a.Event
	p, err := c.processOn(t.Root, a.BusinessDate)
	if err != nil {
		return none, err
	}
	act := preview.Act{Event: m.Event, Acting: a, Task: t}
	if m.Data != nil {
		if act.Data, err = json.Marshal(m.Data); err != nil {
			return none, err
		}
	}
	if err := p.bundle.Strands(p.state, m.Event, p.world.Input); err != nil {
		return none, err
	}
	next, err := preview.Of(c.db(), preview.Case{Root: p.root, Bundle: p.bundle, State: p.state, World: p.world}, act)
	if err != nil {
		return none, refusalOfEngine(err)
	}
	return c.consequences(p, next)
}

// consequences says an outlook to the person who asks.
func (c *call) consequences(p *matter, next preview.Outlook) (wire.Consequences, error) {
	out := wire.Consequences{Completes: next.Completes, Notes: []string{}}
	d, err := c.directory()
	if err != nil {
		return out, err
	}
	if out.Opens, err = c.opening(d, p, next.Opens); err != nil {
		return out, err
	}
	if out.Ends, err = c.ending(d, next.Ends); err != nil {
		return out, err
	}
	if out.Voids, err = c.voided(d, next.Voids); err != nil {
		return out, err
	}
	for _, at := range next.Does {
		if name := c.placeName(p, at); name != "" && !slices.Contains(out.Does, name) {
			out.Does = append(out.Does, name)
		}
	}
	for _, at := range next.Possible {
		out.Possible = append(
			out.Possible, wire.NextTask{Name: c.placeName(p, at), Element: at.Element, Process: at.Process, Holders: []wire.PersonRef{}},
		)
	}
	out.Waits = len(out.Opens) == 0 && len(out.Possible) == 0 && !out.Completes
	return out, nil
}

// placeName is the name of an element in the reader's language, "" of one without.
func (c *call) placeName(p *matter, at engine.Place) string {
	if e := p.bundle.Element(at.Process, at.Element); e != nil && c.lang == texts.English && e.Ext.NameEn != "" {
		return e.Ext.NameEn
	}
	return at.Name
}

// opening are tasks that would open, with those whose inboxes they would lie in.
func (c *call) opening(d *directory, p *matter, tasks []engine.Task) ([]wire.NextTask, error) {
	out := []wire.NextTask{}
	for _, t := range tasks {
		principals := bundles.Principals(t, p.world.Input)
		n := wire.NextTask{
			Key: keyText(t.Key), Element: t.Element, Process: t.Process,
			Name: c.placeName(p, engine.Place{Process: t.Process, Element: t.Element, Name: t.Name}),
		}
		due := c.due(nil, t.DueWorkdays)
		if !t.Due.IsZero() {
			at := t.Due.UTC()
			due = c.due(&at, t.DueWorkdays)
		}
		n.Due = &due
		if err := c.heldBy(d, &n, principals); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// ending are the open tasks that would end, with their holders.
func (c *call) ending(d *directory, tasks []engine.Task) ([]wire.NextTask, error) {
	rows := make([]process.Task, 0, len(tasks))
	for _, t := range tasks {
		row, err := process.TaskByKey(c.db(), t.Key)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return c.nextTasks(d, rows)
}

// voided are the tasks whose verdicts would not count any more, each with those who gave them.
func (c *call) voided(d *directory, verdicts []engine.VerdictsVoided) ([]wire.NextTask, error) {
	seats := map[int64][]int{}
	var rows []process.Task
	for _, v := range verdicts {
		if seats[v.Task] == nil {
			row, err := process.TaskByKey(c.db(), v.Task)
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		seats[v.Task] = append(seats[v.Task], v.Seats...)
	}
	slices.SortFunc(rows, func(a, b process.Task) int { return int(a.Key - b.Key) })
	out, err := c.nextTasks(d, rows)
	for i, row := range rows {
		if err != nil {
			return nil, err
		}
		out[i].Holders = []wire.PersonRef{}
		err = c.givers(d, &out[i], row, seats[row.Key])
	}
	return out, err
}

func (c *call) givers(d *directory, n *wire.NextTask, row process.Task, seats []int) error {
	detail, err := row.Details()
	if err != nil {
		return err
	}
	for _, s := range detail.Seats {
		if !slices.Contains(seats, s.No) {
			continue
		}
		if err := d.know(s.Actor); err != nil {
			return err
		}
		n.Holders = append(n.Holders, d.ref(s.Actor, s.Group))
	}
	return nil
}
