package api

import (
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
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
	if op.reason == required && m.Event.Reason == "" {
		m.Event.Reason = probeReason // it is asked for when it is done
	}
	if op.codes && m.Event.Code == "" {
		m.Event.Code = rejectCodes[0]
	}
	if op.data {
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
	var seen wire.Consequences
	out, err := c.srv.Rehearsal.Try(c.Request.Context(), r, func(tx *gorm.DB, _ contract.Outcome) error {
		c.tx = tx
		defer func() { c.tx = nil }()
		seen, err = c.consequences(t.Root, before)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case out.Verdict == contract.Refused && out.Code == "invalid-data" && op.data:
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
	open  []models.Task
	valid map[int64]int64 // act → its task
}

func (c *call) standing(root int64) (standing, error) {
	s := standing{valid: map[int64]int64{}}
	var err error
	if s.open, err = models.OpenTasks(c.db(), root); err != nil {
		return s, err
	}
	acts, err := models.ActsOf(c.db(), root)
	for _, a := range acts {
		if !a.Void {
			s.valid[a.ID] = a.Task
		}
	}
	return s, err
}

// consequences compares what stands now, in the rehearsal, with what stood before.
func (c *call) consequences(root int64, before standing) (wire.Consequences, error) {
	out := wire.Consequences{Notes: []string{}}
	after, err := c.standing(root)
	if err != nil {
		return out, err
	}
	d, err := c.directory()
	if err != nil {
		return out, err
	}
	var voided []models.Task
	for act, key := range before.valid {
		if after.valid[act] != 0 || has(voided, key) {
			continue
		}
		t, err := models.TaskByKey(c.db(), key)
		if err != nil {
			return out, err
		}
		voided = append(voided, t)
	}
	slices.SortFunc(voided, func(a, b models.Task) int { return int(a.Key - b.Key) })
	if out.Opens, err = c.nextTasks(d, without(after.open, before.open)); err != nil {
		return out, err
	}
	if out.Ends, err = c.nextTasks(d, without(before.open, after.open)); err != nil {
		return out, err
	}
	if out.Voids, err = c.nextTasks(d, voided); err != nil {
		return out, err
	}
	state, err := models.RootByKey(c.db(), root)
	out.Completes = !state.Open
	out.Waits = len(out.Opens) == 0 && !out.Completes
	return out, err
}

func without(all, others []models.Task) []models.Task {
	var out []models.Task
	for _, t := range all {
		if !has(others, t.Key) {
			out = append(out, t)
		}
	}
	return out
}

func has(all []models.Task, key int64) bool {
	return slices.ContainsFunc(all, func(t models.Task) bool { return t.Key == key })
}
