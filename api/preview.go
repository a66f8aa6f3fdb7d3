package api

import (
	"net/http"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/texts"
)

// previewTask tells what an operation would do, from the stored state; nothing is written.
func previewTask(c *call) (any, error) {
	var in wire.OperationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	t, err := c.task()
	if err != nil {
		return nil, err
	}
	if _, ok := needs[in.Operation]; !ok {
		return nil, refuse(http.StatusUnprocessableEntity, "operation-not-allowed", "operation", in.Operation)
	}
	a, err := c.acting(in.Post, in.BusinessDate, in.Reason)
	if err != nil {
		return nil, err
	}
	p, err := c.process(t.Root)
	if err != nil {
		return nil, err
	}
	m := c.operation(t, in.Operation, in, a)
	if needs[in.Operation].reason == required && m.Event.Reason == "" {
		m.Event.Reason = c.probe(t, in.Operation, a).Reason // it is asked for when it is done
	}
	found, err := engine.Preview(p.bundle.Program, p.state, m.Event, p.input)
	if err != nil {
		return nil, refusalOfEngine(err)
	}
	return c.consequences(p, found)
}

func (c *call) consequences(p *process, f engine.Consequences) (any, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.Consequences{Completes: f.Completes, Notes: []string{}}
	for _, part := range []struct {
		into  *[]wire.NextTask
		tasks []engine.Task
	}{{&out.Opens, f.Opens}, {&out.Ends, f.Ends}, {&out.Voids, f.Voids}} {
		*part.into = []wire.NextTask{}
		for _, t := range part.tasks {
			n, err := c.foreseen(d, p, t)
			if err != nil {
				return nil, err
			}
			*part.into = append(*part.into, n)
		}
	}
	out.Waits = len(out.Opens) == 0 && !out.Completes
	return out, nil
}

// foreseen is a task that would be there.
func (c *call) foreseen(d *directory, p *process, t engine.Task) (wire.NextTask, error) {
	n := wire.NextTask{Key: keyText(t.Key), Name: t.Name, Element: t.Element, Process: t.Process, Holders: []wire.PersonRef{}}
	if e := p.bundle.Element(t.Process, t.Element); e != nil && c.lang == texts.English {
		n.Name = c.elementName(e)
	}
	holders := append(append([]string{}, t.Users...), t.Groups...)
	if t.Assignee != "" {
		holders = []string{t.Assignee}
	}
	for _, s := range t.Seats {
		who := s.Principal
		if who == "" {
			who = s.Group
		}
		if !contains(holders, who) {
			holders = append(holders, who)
		}
	}
	if err := d.know(holders...); err != nil {
		return n, err
	}
	for _, h := range holders {
		n.Holders = append(n.Holders, d.ref(h, ""))
		n.Mine = n.Mine || h == c.who.Person.ID || contains(c.who.postIDs(), h)
	}
	if !t.Due.IsZero() {
		due := c.due(&t.Due, t.DueWorkdays)
		n.Due = &due
	}
	return n, nil
}
