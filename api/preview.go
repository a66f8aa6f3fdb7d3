package api

import (
	"cmp"
	"maps"
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// previewTask tells what an operation would do: it is rehearsed, looked at, and
// taken back. A form that is not filled in yet has no consequences to tell.
func previewTask(c *call) (any, error) {
	var in wire.OperationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	t, err := c.task()
	if err != nil {
		return nil, err
	}
	op, ok := operationNamed(in.Operation)
	if !ok {
		return nil, refuse(http.StatusUnprocessableEntity, "operation-not-allowed", "operation", in.Operation)
	}
	a, err := c.acting(in.Post, in.BusinessDate, in.Reason)
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
	r, err := m.request("preview:"+c.id, c.id)
	if err != nil {
		return nil, err
	}
	before, err := c.standing(t.Root)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	held, err := c.nextTasks(d, before.open) // who holds what ends is known only before it ends
	if err != nil {
		return nil, err
	}
	var seen wire.Consequences
	out, err := c.srv.Rehearsal.Try(c.Request.Context(), r, func(tx *gorm.DB, _ contract.Outcome) error {
		c.tx = tx
		defer func() { c.tx = nil }()
		seen, err = c.consequences(d, t.Root, before, held)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case out.Verdict == contract.Refused && out.Code == "invalid-data" && op.Data:
		return wire.Consequences{Opens: []wire.NextTask{}, Ends: []wire.NextTask{}, Voids: []wire.NextTask{}, Notes: []string{c.text("preview-incomplete")}}, nil
	case out.Verdict == contract.Refused:
		return nil, refusalOf(out.Code, out.Refusal)
	case out.Verdict == contract.Defect:
		return nil, defect()
	}
	return seen, nil
}

// standing is what an operation may change: the open tasks, and which acts count.
type standing struct {
	open  []process.Task
	valid map[int64]process.TaskAct
}

func (c *call) standing(root int64) (standing, error) {
	s := standing{valid: map[int64]process.TaskAct{}}
	var err error
	if s.open, err = process.OpenTasks(c.db(), root); err != nil {
		return s, err
	}
	acts, err := process.ActsOf(c.db(), root)
	for _, a := range acts {
		if !a.Void {
			s.valid[a.ID] = a
		}
	}
	return s, err
}

// consequences compares what stands now, in the rehearsal, with what stood
// before; held are the tasks that were open, with their holders.
func (c *call) consequences(d *directory, root int64, before standing, held []wire.NextTask) (wire.Consequences, error) {
	out := wire.Consequences{Notes: []string{}}
	after, err := c.standing(root)
	if err != nil {
		return out, err
	}
	if out.Opens, err = c.nextTasks(d, without(after.open, before.open)); err != nil {
		return out, err
	}
	out.Ends = slices.DeleteFunc(held, func(n wire.NextTask) bool {
		return slices.ContainsFunc(after.open, func(t process.Task) bool { return keyText(t.Key) == n.Key })
	})
	if out.Voids, err = c.voided(d, before, after); err != nil {
		return out, err
	}
	state, err := process.RootByKey(c.db(), root)
	out.Completes = !state.Open
	out.Waits = len(out.Opens) == 0 && !out.Completes
	return out, err
}

// voided are the tasks whose verdicts do not count any more, each with those who gave them.
func (c *call) voided(d *directory, before, after standing) ([]wire.NextTask, error) {
	var tasks []process.Task
	givers := map[string][]process.TaskAct{}
	for _, id := range slices.Sorted(maps.Keys(before.valid)) {
		if _, counts := after.valid[id]; counts {
			continue
		}
		act := before.valid[id]
		givers[keyText(act.Task)] = append(givers[keyText(act.Task)], act)
		if has(tasks, act.Task) {
			continue
		}
		t, err := process.TaskByKey(c.db(), act.Task)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b process.Task) int { return cmp.Compare(a.Key, b.Key) })
	out, err := c.nextTasks(d, tasks)
	for i, n := range out {
		out[i].Holders = []wire.PersonRef{}
		for _, act := range givers[n.Key] {
			if err := d.know(act.Person); err != nil {
				return nil, err
			}
			out[i].Holders = append(out[i].Holders, d.ref(act.Person, act.Post))
		}
	}
	return out, err
}

func without(all, others []process.Task) []process.Task {
	var out []process.Task
	for _, t := range all {
		if !has(others, t.Key) {
			out = append(out, t)
		}
	}
	return out
}

func has(all []process.Task, key int64) bool {
	return slices.ContainsFunc(all, func(t process.Task) bool { return t.Key == key })
}
