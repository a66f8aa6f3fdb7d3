package api

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// operateTask does an operation on a task.
func operateTask(c *call) (any, error) {
	var in wire.OperationRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	t, err := c.task()
	if err != nil {
		return nil, c.tooLate(t, err)
	}
	in.Operation = c.Param("operation")
	return c.operate(t, in, c.event())
}

// tooLate says to who held a task that somebody else has closed it: he does not
// see it any more, but he shall know why.
func (c *call) tooLate(t process.Task, hidden error) error {
	var p *problem
	if t.State != process.TaskClosed || !errors.As(hidden, &p) || p.Status != http.StatusNotFound {
		return hidden
	}
	d, err := t.Details()
	if err != nil {
		return err
	}
	if t.Assignee == c.who.Person.ID || contains(d.Users, c.who.Person.ID) ||
		slices.ContainsFunc(d.Groups, func(g string) bool { return contains(c.who.postIDs(), g) }) {
		return models.Refuse("task-closed")
	}
	for _, s := range d.Seats {
		if s.Actor == c.who.Person.ID || s.Principal == c.who.Person.ID || s.Actor == "" && contains(c.who.postIDs(), s.Group) {
			return models.Refuse("task-closed")
		}
	}
	return hidden
}

// operate does what a request asks of a task, as the event named.
func (c *call) operate(t process.Task, in wire.OperationRequest, event string) (any, error) {
	op, ok := operationNamed(in.Operation)
	if !ok {
		return nil, refuse(http.StatusUnprocessableEntity, "operation-not-allowed", "operation", in.Operation)
	}
	a, err := c.actingAt(t, op, in)
	if err != nil {
		return nil, err
	}
	a.Event = event
	if err := op.complete(in); err != nil {
		return nil, err
	}
	if op.remark != nil {
		return c.remarkOn(op, t, in, a)
	}
	if may, err := c.mayGovern(t, op, a); err != nil || !may {
		return nil, orElse(err, refuse(http.StatusForbidden, "forbidden"))
	}
	if err := c.notBackdated(t, op, a); err != nil {
		return nil, err
	}
	act, whole := caseActNamed(op.Name)
	whole = whole && act.needs == processGovern
	if t.State == process.TaskClosed && !op.Closed && (!whole || act.moves) {
		if answer, err := c.closed(t, a); answer != nil || err != nil {
			return answer, err
		}
	}
	if err := c.sameContent(t, in.Digest); err != nil {
		return nil, err
	}
	if whole {
		return c.govern(act, t.Root, caseRequestOf(t, act, in), t)
	}
	if err := c.holdsFiles(t, in.Data); err != nil {
		return nil, err
	}
	m := c.operation(t, op, in, a)
	m.Data = in.Data
	if op.Data && in.Data == nil && t.Form != "" {
		m.Data = map[string]any{}
	}
	if op.Name == "withdraw" {
		return c.withdrawTask(t, m)
	}
	if op.Evidence {
		return c.signLate(t, op, in, a)
	}
	if op.Name == appendStep {
		m.Event.Actor.Admin = true
	}
	if roles, err := c.seconds(t); err != nil || op.Data && (len(roles) > 0 || c.backdated(a)) {
		return c.askSubmission(t, m, err)
	}
	if second, err := c.bySecond(t, m); err != nil || second {
		if err != nil {
			return nil, err
		}
		return c.askSeat(t, m)
	}
	if c.backdated(a) && !slices.Contains(decidesSeat, op.Name) {
		return nil, invalid().field("/businessDate", "back-not-here")
	}
	return c.move(m)
}

// caseRequestOf is an act on a case that was asked for on the page of one of its tasks.
func caseRequestOf(t process.Task, act caseAct, in wire.OperationRequest) wire.CaseRequest {
	out := wire.CaseRequest{Reason: in.Reason, Post: in.Post}
	if act.moves {
		out.From, out.Target = keyText(t.Key), in.Target
	}
	return out
}

// closed answers an operation on a closed task: again what the same request led
// to before, else what happened to the task.
func (c *call) closed(t process.Task, a models.Acting) (any, error) {
	_, mine, err := process.OutcomeOf(c.db(), a.Event)
	if err != nil || mine {
		return nil, err
	}
	p := refuse(http.StatusConflict, "task-closed")
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	if err := d.know(t.ClosedBy); err != nil {
		return nil, err
	}
	p.Happened = &wire.Happened{Operation: t.Operation, Actor: d.maybe(t.ClosedBy, ""), At: local(t.ClosedAt), Version: t.Version}
	return nil, p
}

// operation is the event of an operation. What is signed is the content's digest.
func (c *call) operation(t process.Task, op operation, in wire.OperationRequest, a models.Acting) move {
	ev := op.event(t, c.actor(a))
	ev.Opinion, ev.Reason = in.Opinion, in.Reason
	if op.Event == "" {
		ev.Version, ev.To, ev.Persons, ev.Mode, ev.Weight, ev.Seat, ev.Element, ev.Code = in.Version, in.To, in.Persons, in.Mode, in.Weight,
			in.Seat, in.Target, in.Code
	}
	if op.Name == appendStep {
		ev.Code = in.Pause
	}
	if raw, err := json.Marshal(in.Data); err == nil && len(in.Data) > 0 {
		sum := sm3.Sum(raw)
		ev.Digest = hex.EncodeToString(sum[:])
	}
	return move{Root: t.Root, Name: op.Name, Event: ev, Acting: a, task: &t}
}

// actingAt is who acts on a task, with the rights of one post alone: the one that
// he has chosen, else the one in which he has the task, or may do what he asks for.
func (c *call) actingAt(t process.Task, op operation, in wire.OperationRequest) (models.Acting, error) {
	a, err := c.actingOn(in.Post, in.BusinessDate, in.Reason)
	if err != nil || in.Post != "" {
		return a, err
	}
	if a.Post = c.postFor(t); op.needs != "" && !c.who.mayIn(a.Post, op.needs) {
		a.Post = c.who.postWith(op.needs)
	}
	a.Posts = []string{a.Post}
	return a, nil
}

// postFor is the post in which the person acts on a task when he names none.
func (c *call) postFor(t process.Task) string {
	detail, err := t.Details()
	if err == nil {
		if t.Assignee == c.who.Person.ID && contains(c.who.postIDs(), detail.Post) {
			return detail.Post
		}
		for _, active := range []bool{true, false} {
			for _, s := range detail.Seats {
				if s.Principal == c.who.Person.ID && (s.State == "active") == active && contains(c.who.postIDs(), s.Group) {
					return s.Group
				}
			}
		}
		for _, post := range c.who.postIDs() {
			if contains(detail.Groups, post) {
				return post
			}
		}
	}
	if ids := c.who.postIDs(); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// saveTaskDraft keeps what the person typed, for him alone, over the revision
// that his browser has seen. Without words and data the draft is thrown away.
func saveTaskDraft(c *call) (any, error) {
	var in wire.Draft
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	seen, err := c.version()
	if err != nil {
		return nil, err
	}
	t, err := c.task()
	if err != nil {
		return nil, err
	}
	if t.State == process.TaskClosed {
		return nil, refuse(http.StatusConflict, "task-closed")
	}
	holders, err := process.Candidates(c.db(), t.Key)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(append(c.who.postIDs(), c.who.Person.ID), func(p string) bool { return contains(holders, p) }) {
		return nil, refuse(http.StatusForbidden, "not-your-task")
	}
	d := process.TaskDraft{Task: t.Key, Person: c.who.Person.ID, Opinion: in.Opinion, Reason: in.Reason, SavedAt: c.now.UTC()}
	if in.Data != nil {
		d.Data = models.JSONOf(in.Data)
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		d, err = process.SaveTaskDraft(tx, d, seen)
		return err
	})
	if err != nil {
		return nil, err
	}
	w, err := draftOf(d)
	return reply{Status: http.StatusOK, Header: map[string]string{"ETag": etag(d.Revision)}, Body: w}, err
}
