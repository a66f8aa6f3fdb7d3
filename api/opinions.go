package api

import (
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// sealedCommand marks tasks whose answers nobody may see before he has given
// his own (domain/approval.md §3.40): the experts' opinions.
const sealedCommand = "review.opinion"

// seal says what is sealed for the person in a root instance.
type seal struct {
	tasks  map[int64]bool // tasks with sealed answers
	blind  map[int64]bool // open approvals of which nobody sees how others have decided
	opened bool           // the person has signed, or nobody has to sign any more
	me     string
}

// sealOf finds the sealed tasks of a project's or a root's process.
func (c *call) sealOf(where string, arg any) (seal, error) {
	var rows []struct {
		Key   int64
		State string
	}
	var blind []int64
	s := seal{tasks: map[int64]bool{}, blind: map[int64]bool{}, opened: true, me: c.who.Person.ID}
	if err := c.db().Raw("SELECT t.key, t.state FROM task t WHERE t.command = ? AND "+where, sealedCommand,
		arg).Scan(&rows).Error; err != nil {
		return s, err
	}
	for _, r := range rows {
		s.tasks[r.Key] = true
		s.opened = s.opened && r.State == process.TaskClosed
	}
	if err := c.db().Raw("SELECT t.key FROM task t WHERE t.state <> ? AND t.policy <> '' AND CAST(t.detail AS TEXT) LIKE ? AND "+where,
		process.TaskClosed, `%"blind"%true%`, arg).Scan(&blind).Error; err != nil {
		return s, err
	}
	for _, key := range blind {
		s.blind[key] = true
	}
	if s.opened {
		return s, nil
	}
	var mine int64
	err := c.db().
		Raw(`SELECT count(*) FROM task_act a JOIN task t ON t.key = a.task
			WHERE t.command = ? AND a.person = ? AND a.operation = 'complete' AND NOT a.void AND `+where,
			sealedCommand, s.me, arg).
		Scan(&mine).
		Error
	s.opened = mine > 0
	return s, err
}

func (s seal) hides(a process.TaskAct) bool {
	return a.Person != s.me && (s.tasks[a.Task] && !s.opened || s.blind[a.Task] && decides[a.Operation])
}

// decides are the operations in which a seat's decision is told.
var decides = map[string]bool{"agree": true, "disagree": true, "abstain": true, "addAfter": true, "editOpinion": true, "supplement": true,
	lateSign: true,
}

// unsealed leaves out what the person may not read yet.
func (c *call) unsealed(project string, acts []process.TaskAct) ([]process.TaskAct, error) {
	s, err := c.sealOf("t.project = ?", project)
	if err != nil {
		return nil, err
	}
	var out []process.TaskAct
	for _, a := range acts {
		if !s.hides(a) {
			out = append(out, a)
		}
	}
	return out, nil
}

// quiet are operations that leave no trace in the thread.
var quiet = map[string]bool{"claim": true, "unclaim": true}

// thread is the opinions of a root instance, oldest first.
func (c *call) thread(d *directory, key int64) ([]wire.Opinion, error) {
	root, err := process.RootByKey(c.db(), key)
	if err != nil {
		return nil, err
	}
	acts, err := process.ActsOf(c.db(), key)
	if err != nil {
		return nil, err
	}
	s, err := c.sealOf("t.root = ?", key)
	if err != nil {
		return nil, err
	}
	if acts, err = c.readable(root, acts); err != nil {
		return nil, err
	}
	var people []string
	for _, a := range acts {
		people = append(append(people, a.Person, a.Principal), named(a)...)
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	out := []wire.Opinion{}
	for _, a := range acts {
		if quiet[a.Operation] || s.hides(a) {
			continue
		}
		text := a.Opinion
		if text == "" {
			text = a.Reason
		}
		if a.Person == models.System && a.Target != "" { // of the clock (超时处理)
			text = c.text("timeout." + a.Target)
		}
		var to []wire.PersonRef
		for _, p := range named(a) {
			to = append(to, d.ref(p, ""))
		}
		out = append(out, wire.Opinion{
			ID: keyText(
				a.ID,
			), At: a.At.In(models.Zone), BusinessDate: string(a.BusinessDate), Actor: d.ref(a.Person, a.Post),
			Principal: d.maybe(a.Principal, ""),
			Operation: a.Operation, Label: c.text("operation." + a.Operation), Text: text, To: to, Task: a.TaskName, Element: a.Element,
			Round: a.Round, Void: a.Void,
		})
	}
	return out, nil
}

// readable leaves of the acts of a project's case what the person may read.
func (c *call) readable(root process.RootState, acts []process.TaskAct) ([]process.TaskAct, error) {
	s, err := c.sightOfCase(root)
	if err != nil || s == nil {
		return acts, err
	}
	return s.reads(acts), nil
}

// named are the persons that an act was addressed to; of a return the target is a step.
func named(a process.TaskAct) []string {
	if op, ok := operationNamed(a.Operation); !ok || op.People == 0 || a.Target == "" {
		return nil
	}
	return strings.Split(a.Target, ",")
}
