package engine

import "slices"

// operate applies an operation of a person to a user task.
func (x *exec) operate() error {
	if x.ev.Operation == "recall" {
		return x.takeBackDecision()
	}
	if x.ev.Operation == "jump" {
		return x.moveToken()
	}
	n, err := x.taskNode()
	if err != nil {
		return err
	}
	if len(n.Incidents) > 0 && n.Incidents[0].Phase == phaseLeaving {
		return refuse("incident", "the task waits for an incident to be resolved")
	}
	if v := x.ev.Version; v != 0 && !n.upToDate(v, x.ev.Operation) {
		return refuse("stale-version", "the task has changed: it is at version %d, not %d", n.Task.Version, v)
	}
	x.back(n) // nobody acts for a deputyship that is over
	if op := administrative[x.ev.Operation]; op != nil {
		return op(x, n)
	}
	if n.plan() != nil {
		if x.ev.Operation == contentChanged {
			return x.contentChanged(n)
		}
		if err := x.decide(n); err != nil {
			return err
		}
		if !n.gone && n.Task != nil && x.back(n) { // a seat that waited for an added one
			x.changed(n)
		}
		return nil
	}
	if op := taskOperations[x.ev.Operation]; op != nil {
		return op(x, n)
	}
	return refuse("unknown-operation", "a plain task has no operation %q", x.ev.Operation)
}

// verdicts are the operations by which somebody decides for his own seat alone.
var verdicts = []string{"agree", "disagree", "abstain"}

// upToDate reports whether who saw a version may act by it: it is the newest, or
// for the verdict of a seat, nothing but verdicts of other seats came since. What
// they were asked about is the same.
func (n *node) upToDate(seen int, operation string) bool {
	t := n.Task
	return seen == t.Version || slices.Contains(verdicts, operation) && seen < t.Version && seen >= t.Version-t.Votes
}

// taskOperations are the operations of plain tasks, administrative those that no model needs to allow.
var taskOperations, administrative map[string]func(*exec, *node) error

func init() {
	taskOperations = map[string]func(*exec, *node) error{
		"complete": (*exec).completeTask, "claim": (*exec).claim, "unclaim": (*exec).unclaim,
		"transfer": (*exec).transfer, "return": (*exec).returnPlain, "withdraw": (*exec).withdraw,
	}
	administrative = map[string]func(*exec, *node) error{
		"assign": (*exec).assign, "reassign": (*exec).assign, "jump": (*exec).jump, "editOpinion": (*exec).editOpinion,
		"timeout": (*exec).timeout, "lateSign": (*exec).lateSign, "appendStep": (*exec).appendStep,
	}
}

// moveToken moves a token to another element, also one that waits for something
// else than a person, or that an incident stops.
func (x *exec) moveToken() error {
	if err := x.asSeen(); err != nil {
		return err
	}
	n, err := x.tokenNode()
	if err != nil {
		return err
	}
	if v := x.ev.Version; v != 0 && n.Task != nil && v != n.Task.Version {
		return refuse("stale-version", "the task has changed: it is at version %d, not %d", n.Task.Version, v)
	}
	return x.jump(n)
}

// taskNode finds the node of the task an event is about.
func (x *exec) taskNode() (*node, error) {
	if n := x.s.owners[x.ev.Key]; n != nil && n.Task != nil && n.Task.Key == x.ev.Key {
		return n, nil
	}
	if counter := x.ev.Key - x.s.key<<counterBits; counter > 0 && counter <= x.s.counter {
		return nil, refuse("task-closed", "the task %d is closed", x.ev.Key)
	}
	return nil, refuse("no-such-task", "there is no task %d", x.ev.Key)
}

// holds reports whether the actor may work on the task: he has it, or is a
// candidate while nobody has it. The system may, and where nobody is named, anybody.
func (x *exec) holds(t *Task) bool {
	a := x.ev.Actor
	switch {
	case a == nil:
		return true
	case t.Assignee != "":
		return t.Assignee == a.Person
	}
	return x.candidate(t)
}

func (x *exec) candidate(t *Task) bool {
	a := x.ev.Actor
	if a != nil && slices.Contains(t.Out, a.Person) && !slices.Contains(t.Users, a.Person) {
		return false
	}
	if a == nil || len(t.Users) == 0 && len(t.Groups) == 0 || slices.Contains(t.Users, a.Person) {
		return true
	}
	return slices.ContainsFunc(t.Groups, func(g string) bool { return g == a.Post && a.Post != "" || slices.Contains(a.Groups, g) })
}

func (x *exec) notYours(t *Task) error {
	if t.Assignee != "" {
		return refuse("not-your-task", "the task is with %s", t.Assignee)
	}
	return refuse("not-your-task", "you are not a candidate for the task")
}

// completeTask ends a plain task with what the person submitted.
func (x *exec) completeTask(n *node) error {
	if !x.holds(n.Task) {
		return x.notYours(n.Task)
	}
	if err := x.mayAct(n, 0); err != nil {
		return err
	}
	if a := x.ev.Actor; a != nil && x.s.version >= semanticsSeats {
		x.s.serve(n.dutyOf(0), a.Person, orID(n.Task.Post, a.Post), n.Task.Key)
	}
	return x.finishTask(n, x.ev.Variables)
}

// finishTask takes the task out of inboxes and lets its token go on.
func (x *exec) finishTask(n *node, vs Vars) error {
	vs, err := storedAll(vs)
	if err != nil {
		return err
	}
	if n.Now != nil { // what the task before the appended steps has said is what counts
		vs = n.Held
	}
	if x.nextStep(n, vs) {
		return nil
	}
	x.closeTask(n, Completed)
	n.Now, n.Held = nil, nil
	if err := x.deliver(n, vs); err != nil {
		return err
	}
	if x.checkConditions(); !n.gone {
		x.complete(n)
	}
	return nil
}

func (x *exec) claim(n *node) error {
	t, a := n.Task, x.ev.Actor
	switch {
	case a == nil:
		return refuse("no-actor", "only a person can claim a task")
	case t.Assignee == a.Person:
		return refuse("already-yours", "you have the task already")
	case t.Assignee != "":
		return refuse("claimed-by-other", "the task is with %s", t.Assignee)
	case !x.candidate(t):
		return x.notYours(t)
	}
	if err := x.mayAct(n, 0); err != nil {
		return err
	}
	x.give(n, a.Person, nil)
	return nil
}

func (x *exec) unclaim(n *node) error {
	t, a := n.Task, x.ev.Actor
	switch {
	case t.Assignee == "":
		return refuse("not-claimed", "nobody has the task")
	case a != nil && a.Person != t.Assignee && !a.Admin:
		return x.notYours(t)
	case len(t.Users) == 0 && len(t.Groups) == 0 && a != nil:
		return refuse("no-candidates", "the task has no other candidates to go back to")
	}
	x.give(n, "", nil)
	return nil
}

// assign gives the task to a person, or to nobody; administrators only.
func (x *exec) assign(n *node) error {
	if a := x.ev.Actor; a != nil && !a.Admin {
		return refuse("admin-only", "only a process administrator can assign a task")
	}
	if n.plan() != nil {
		return x.reassignSeat(n)
	}
	why, err := x.receiver(n, 0, x.ev.To)
	if err != nil {
		return err
	}
	x.give(n, x.ev.To, why)
	return nil
}

// transfer hands the task to another person.
func (x *exec) transfer(n *node) error {
	switch t := n.Task; {
	case !x.holds(t):
		return x.notYours(t)
	case x.ev.To == "":
		return refuse("person-required", "name the person who gets the task")
	case x.ev.To == t.Assignee:
		return refuse("to-self", "%s has the task already", x.ev.To)
	}
	why, err := x.receiver(n, 0, x.ev.To)
	if err != nil {
		return err
	}
	x.give(n, x.ev.To, why)
	return nil
}

// give lets a person have a plain task, in the post that the reason names, or
// nobody: then it is with its candidates again.
func (x *exec) give(n *node, person string, why *Why) {
	n.Task.Assignee, n.Task.Post = person, why.Post()
	if person != "" {
		n.Task.Governors = nil
	}
	if why != nil && why.Rule == whyEligible {
		n.Task.Whys = append(slices.Clone(n.Task.Whys), *why)
	}
	x.changed(n)
}

// changed announces a task anew.
func (x *exec) changed(n *node) {
	n.Task.Version++
	if slices.Contains(verdicts, x.ev.Operation) && x.ev.Type == Operate {
		n.Task.Votes++
	} else {
		n.Task.Votes = 0
	}
	x.emit(TaskChanged{x.public(n)})
}
