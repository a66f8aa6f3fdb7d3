package api

import (
	"net/http"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/process"
)

// remark is an operation that says something about a task and changes nothing
// of it: a command of the register.
type remark struct {
	do  func(*gorm.DB, models.Acting, acts.Remark) error
	may func(*gorm.DB, models.Acting, acts.Remark) error // nil: always
}

func (c *call) remarkOf(t process.Task, in wire.OperationRequest) acts.Remark {
	return acts.Remark{Task: t, Text: in.Opinion, Persons: persons(in), Supervises: c.who.may(taskSupervise)}
}

func (c *call) mayRemark(op operation, t process.Task, a models.Acting) error {
	if op.remark.may == nil {
		return nil
	}
	return op.remark.may(c.db(), a, c.remarkOf(t, wire.OperationRequest{}))
}

// remarkOn does a remark, once for its Idempotency-Key.
func (c *call) remarkOn(op operation, t process.Task, in wire.OperationRequest, a models.Acting) (any, error) {
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := op.remark.do(tx, a, c.remarkOf(t, in)); err != nil {
			return reply{}, err
		}
		if op.People > 0 { // what is wrong with the list itself is said first
			if err := c.mayCopy(t, persons(in), a); err != nil {
				return reply{}, err
			}
		}
		v, err := c.taskView([]process.Task{t})
		if err != nil {
			return reply{}, err
		}
		s := v.summary(t, process.ScopeMine)
		return reply{Status: http.StatusOK, Body: wire.OperationResult{Event: a.Event, Task: &s, NextTasks: []wire.NextTask{}}}, nil
	})
}

// previewRemark tells that nothing moves.
func (c *call) previewRemark(op operation, t process.Task, a models.Acting) (any, error) {
	if err := c.mayRemark(op, t, a); err != nil {
		return nil, err
	}
	return wire.Consequences{
		Opens: []wire.NextTask{}, Ends: []wire.NextTask{}, Voids: []wire.NextTask{}, Notes: []string{c.text("preview." + op.Name)},
	}, nil
}

// receipt notes that a task was opened by somebody whom it waits for, or who
// was given it to read.
func (c *call) receipt(t process.Task) error {
	var first bool
	err := c.db().
		Raw(`SELECT (EXISTS (SELECT 1 FROM task_candidate WHERE key = ? AND principal IN ?) OR EXISTS (SELECT 1 FROM task_copy WHERE task = ?
			AND person = ?))
		AND NOT EXISTS (SELECT 1 FROM task_read WHERE task = ? AND person = ?)`,
			t.Key, append(c.who.postIDs(), c.who.Person.ID), t.Key, c.who.Person.ID, t.Key, c.who.Person.ID).
		Scan(&first).
		Error
	if err != nil || !first {
		return err
	}
	return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		return process.ReadTask(tx, process.TaskRead{Task: t.Key, Person: c.who.Person.ID, At: models.Stamp(c.now)})
	})
}

// fillCopies says who was given the task to read, and who has.
func (c *call) fillCopies(out *wire.TaskDetail, d *directory, t process.Task) error {
	copies, err := process.CopiesOf(c.db(), t.Key)
	if err != nil {
		return err
	}
	for _, k := range copies {
		if err := d.know(k.Person, k.Sender); err != nil {
			return err
		}
		out.Copies = append(
			out.Copies,
			wire.Copy{
				Person: d.ref(k.Person, ""), Sender: d.ref(k.Sender, ""), At: time.UnixMilli(k.At).In(models.Zone), ReadAt: local(k.ReadAt),
			},
		)
	}
	return nil
}
