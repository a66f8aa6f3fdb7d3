package engine

import (
	"slices"
	"time"

	"github.com/quancheng/quancheng/feel"
)

// userTask is work for a person (BPMN 2.0.2 §10.3.3, "User Task"). It waits in
// inboxes until an operation ends it.
type userTask struct{ passThrough }

// userPlan is a compiled user task.
type userPlan struct {
	assignee, users, groups *expr
	form, command           string
	priority, due           *expr
	workdays                *expr
	amount                  *expr    // what the task decides on, in 元
	edits                   []string // parts of the dossier that it changes
	about                   string   // kind of what is decided
	operations              []string
	receivers               Receivers
	statutory               bool          // its signature can never be missing
	jumped                  string        // "never" or "second"
	recall                  *expr         // nil: as the operations say
	recallOpen              bool          // only while the approval is not decided
	deputy                  string        // "capped", "no", else yes
	returnTo                []string      // tasks of other processes to which it can be returned as well
	late                    string        // one of LateActions; "": remind
	approval                *approvalPlan // nil for a plain task
}

func (c *compiler) userTask(el *element) {
	x := &el.src.Ext
	u := &userPlan{command: x.Command, operations: []string{"complete"}}
	if a := x.Assignment; a != nil {
		u.assignee, u.users, u.groups = c.expr(el.id, a.Pos, a.Assignee), c.expr(el.id, a.Pos, a.Users), c.expr(el.id, a.Pos, a.Groups)
	}
	if f := x.Form; f != nil {
		u.form = orID(f.ID, orID(f.Key, f.External))
		if f.ID != "" && c.r.Forms != nil && !c.r.Forms[f.ID] {
			c.fail("no-such-form", f.Pos, el.id, "the bundle has no form %q", f.ID)
		}
	}
	u.priority, u.due = c.expr(el.id, el.src.Pos, x.Priority), c.expr(el.id, el.src.Pos, x.DueDate)
	if x.SLA != nil {
		u.workdays, u.late = c.expr(el.id, x.SLA.Pos, x.SLA.Workdays), x.SLA.Late
	}
	if v := x.Task; v != nil {
		u.amount, u.edits, u.about = c.expr(el.id, v.Pos, v.Amount), v.Edits, v.About
		u.statutory, u.jumped, u.deputy = v.Statutory, v.Jumped, v.Deputy
	}
	c.authority(el, u)
	if x.Approval != nil {
		c.approval(el, u, x.Approval)
	}
	c.across(el, u)
	el.user = u
}

func (userTask) activate(x *exec, n *node) error {
	t, err := x.newTask(n)
	if err != nil {
		return err
	}
	if n.el.user.approval != nil {
		err = x.seatApprovers(n, t)
	} else {
		err = x.staff(n, t)
	}
	if err != nil {
		return err
	}
	t.Key = x.nextKey()
	t.Round = x.round(n)
	n.Task = t
	x.s.owners[t.Key] = n
	x.emit(TaskOpened{x.public(n)})
	return x.passDecided(n)
}

// newTask evaluates what a task says about itself.
func (x *exec) newTask(n *node) (*Task, error) {
	u := n.el.user
	t := &Task{Version: 1}
	err := x.candidates(n, t)
	if err != nil {
		return nil, err
	}
	if u.priority != nil {
		if t.Priority, err = x.count(n, "the priority", u.priority, 0); err != nil {
			return nil, err
		}
	}
	if t.Amount, err = x.amount(n); err != nil {
		return nil, err
	}
	return t, x.dueTask(n, t)
}

// amount is what the task decides on. What cannot be computed yet is not known.
func (x *exec) amount(n *node) (*feel.Number, error) {
	e := n.el.user.amount
	v, why := x.eval(n, e, nil)
	if text, ok := v.(string); ok && e.program == nil {
		if number, err := feel.ParseNumber(text); err == nil {
			v = number
		}
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case feel.Number:
		return &v, nil
	}
	return nil, wrong("amount", "the amount", e, v, why)
}

// dueTask sets the due time: so many working days from now, or a moment.
func (x *exec) dueTask(n *node, t *Task) (err error) {
	u := n.el.user
	if u.workdays != nil {
		if t.DueWorkdays, err = x.count(n, "the number of working days", u.workdays, 0); err != nil {
			return err
		}
		t.Due = dueAfter(t.DueWorkdays, x.in)
	}
	if u.due != nil {
		v, why := x.eval(n, u.due, nil)
		due, _, ok := (&timer{kind: timerDate}).first(v, x.in)
		if !ok && (v != nil || why != "") {
			return wrong("due", "the due date", u.due, v, why)
		}
		if ok {
			t.Due = due
		}
	}
	return nil
}

// dueAfter is the end of the n-th working day after today, in the input's zone.
func dueAfter(n int, in Input) time.Time {
	day := endOfDay(in.Now.In(in.Zone))
	for guard := 0; n > 0 && guard < 10_000; guard++ {
		day = day.AddDate(0, 0, 1)
		if isWorkday(in.Calendar, day) {
			n--
		}
	}
	return day
}

func isWorkday(c feel.Calendar, day time.Time) bool {
	if c != nil {
		return c.IsWorkday(day.Date())
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

// round counts the visits of the token to a user task in its scope.
func (x *exec) round(n *node) int {
	scope := n.parent
	if n.iteration() {
		scope = scope.parent
	}
	if scope.Rounds == nil {
		scope.Rounds = map[string]int{}
	}
	if !n.iteration() || n.Loop == 1 {
		scope.Rounds[n.Element]++
	}
	return scope.Rounds[n.Element]
}

// public is the task with what the state keeps elsewhere.
func (x *exec) public(n *node) Task {
	t := *n.Task
	t.Instance, t.Root, t.ElementKey = n.instance().Key, x.s.key, n.Key
	t.Process, t.Element, t.Name = n.el.proc.id, n.Element, n.el.name
	t.Edits, t.About = n.el.user.edits, n.el.user.about
	t.Form, t.Command, t.Operations, t.Headers = n.el.user.form, n.el.user.command, n.el.user.operations, n.el.src.Ext.Headers
	t.Seats = slices.Clone(t.Seats)
	if len(n.Vars) > 0 {
		t.Inputs = make(Vars, len(n.Vars))
		for name, v := range n.Vars {
			t.Inputs[name] = v
		}
	}
	t.Late, t.Steps = n.el.user.late, n.stepNames()
	if n.Now != nil {
		t.Name, t.Appended, t.Stops, t.Operations = orID(n.Now.Name, t.Name), true, n.Now.Stops, stepOperations
		t.Edits, t.Form, t.Command, t.Headers, t.Late = nil, "", "", nil, ""
	}
	if n.plan() != nil {
		t.Policy = string(n.plan().policy.Kind)
		holders(&t)
	}
	return t
}

// closeTask takes a task out of inboxes because its node is left or cancelled.
func (x *exec) closeTask(n *node, outcome Outcome) {
	if n.Task == nil {
		return
	}
	operation := ""
	if x.ev.Type == Operate && x.ev.Key == n.Task.Key {
		operation = x.ev.Operation
	}
	delete(x.s.owners, n.Task.Key)
	x.emit(TaskClosed{Key: n.Task.Key, Outcome: outcome, Operation: operation, Seats: n.Task.Seats})
	n.Task = nil
}
