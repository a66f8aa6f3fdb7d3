package activities

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// handing are the operations by which somebody gives a task, or a part in it, to
// somebody else; answering those by which it comes back to who asked.
var (
	handing   = []string{"transfer", "delegate", "addBefore", "addAfter", "addParallel", "reassign"}
	answering = []string{"answer", "resolve"}
)

// gain is a task that has come to somebody in this event.
type gain struct {
	task   int64
	to     []string // principals who did not have it before
	opened bool
}

// gained notes whose inboxes hold a task now and did not before.
func (s *step) gained(task int64, to []string, opened bool) {
	if len(to) > 0 {
		s.gains = append(s.gains, gain{task, slices.Clone(to), opened})
	}
}

// tell tells people what the event means for them, each of each thing once. A
// notice holds no figure, no opinion and no reason: those are for the page, which
// asks again who may read them (domain/access.md S8).
func (s *step) tell(tx *gorm.DB) error {
	t := &teller{step: s, told: map[string]bool{s.acting.Person: true, models.System: true}}
	for _, f := range []func(*gorm.DB) error{t.name, t.tasks, t.late, t.back, t.withdrawn, t.incidents, t.followers} {
		if err := f(tx); err != nil {
			return err
		}
	}
	return nil
}

// teller remembers within an event who was told of it.
type teller struct {
	*step
	told    map[string]bool
	args    map[string]string
	moment  time.Time
	members map[string][]string // of posts that have got a task
	follow  []string
}

// name finds how the matter and the actor are called, and whom it concerns, at once, if there is anything to tell.
func (t *teller) name(tx *gorm.DB) error {
	t.moment = t.now
	if len(t.gains) == 0 && len(t.raised) == 0 && t.closed == 0 && t.ev.Type != engine.Operate && t.ev.Type != engine.Cancel && t.root.Open {
		return nil
	}
	var posts []string
	for _, g := range t.gains {
		posts = append(posts, slices.DeleteFunc(slices.Clone(g.to), func(p string) bool { return !strings.Contains(p, "@") })...)
	}
	var rows []struct{ What, A, B string }
	err := tx.Raw(`SELECT 'project' AS what, name AS a, '' AS b FROM project WHERE code = ? UNION ALL SELECT 'begun', title, '' FROM begun
		WHERE root = ?
		UNION ALL SELECT 'who', name, name_en FROM person WHERE id = ? UNION ALL SELECT 'follows', person, '' FROM case_follow WHERE root = ?
		UNION ALL SELECT 'member', o.person_id, o.id FROM post_now o JOIN person q ON q.id = o.person_id WHERE o.id IN ? AND q.active
		ORDER BY 1, 2, 3`,
		t.root.Project, t.root.Key, t.acting.Person, t.root.Key, append(posts, "-")).
		Scan(&rows).
		Error
	if err != nil {
		return fmt.Errorf("whom case %d concerns: %w", t.root.Key, err)
	}
	var project, begun, who, whoEn string
	t.members = map[string][]string{}
	for _, r := range rows {
		switch r.What {
		case "project":
			project = r.A
		case "begun":
			begun = r.A
		case "who":
			who, whoEn = r.A, r.B
		case "follows":
			t.follow = append(t.follow, r.A)
		case "member":
			t.members[r.B] = append(t.members[r.B], r.A)
		}
	}
	t.args = map[string]string{"matter": cmp.Or(project, begun, t.root.BusinessKey), "who": cmp.Or(who, t.acting.Person), "whoEn": whoEn}
	return nil
}

// say tells persons who were not told of this event yet.
func (t *teller) say(tx *gorm.DB, kind office.NotificationKind, cause, subject string, more map[string]string, persons []string) error {
	persons = slices.DeleteFunc(slices.Clone(persons), func(p string) bool { return t.told[p] })
	if len(persons) == 0 {
		return nil
	}
	args := map[string]string{}
	for _, m := range []map[string]string{t.args, more} {
		for k, v := range m {
			args[k] = v
		}
	}
	for _, p := range persons {
		t.told[p] = true
	}
	return office.Tell(
		tx, office.Notification{Cause: cause, Kind: kind, Subject: subject, Args: models.JSONOf(args), CreatedAt: t.moment},
		persons...)
}

func (t *teller) subject() string {
	if t.root.Project != "" && t.root.BusinessKey == t.root.Project {
		return "project:" + t.root.Project
	}
	return fmt.Sprintf("case:%d", t.root.Key)
}

// tasks tells of tasks that have come: who has one for himself, then the members of a post.
func (t *teller) tasks(tx *gorm.DB) error {
	for _, g := range t.gains {
		row, err := t.taskRow(tx, g.task)
		if err != nil {
			return err
		}
		if row.State == process.TaskClosed {
			continue
		}
		more := map[string]string{"task": row.Name, "taskEn": row.NameEn}
		cause, subject := fmt.Sprintf("open:%d:%d", row.Key, row.Version), fmt.Sprintf("task:%d", row.Key)
		var persons, posts []string
		for _, p := range g.to {
			if strings.Contains(p, "@") {
				posts = append(posts, p)
			} else {
				persons = append(persons, p)
			}
		}
		if err := t.say(tx, t.kindOf(g), cause, subject, more, persons); err != nil {
			return err
		}
		var members []string
		for _, p := range posts {
			members = append(members, t.members[p]...)
		}
		slices.Sort(members)
		members = slices.Compact(members)
		if err := t.say(tx, "task-group", cause, subject, more, members); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) kindOf(g gain) office.NotificationKind {
	switch {
	case g.opened && t.ev.Operation == "return":
		return "task-returned"
	case !g.opened && slices.Contains(handing, t.ev.Operation):
		return "task-handed"
	case !g.opened && slices.Contains(answering, t.ev.Operation):
		return "task-answered"
	}
	return "task-open"
}

// back tells who began a matter that it was returned.
func (t *teller) back(tx *gorm.DB) error {
	began := t.world.Input.Case.Initiator
	if t.ev.Operation != "return" || began == "" || t.acting.Person == models.System {
		return nil
	}
	return t.say(tx, "matter-returned", "returned:"+t.req.ID, t.subject(), nil, []string{began})
}

// withdrawn tells who has signed that the matter was taken back.
func (t *teller) withdrawn(tx *gorm.DB) error {
	if t.ev.Operation != "withdraw" && t.req.Name != "withdraw" {
		return nil
	}
	var signed []string
	if err := tx.Raw("SELECT DISTINCT person FROM task_act WHERE root = ? ORDER BY person", t.root.Key).Scan(&signed).Error; err != nil {
		return fmt.Errorf("who has acted in %d: %w", t.root.Key, err)
	}
	return t.say(tx, "case-withdrawn", "withdrawn:"+t.req.ID, t.subject(), nil, signed)
}

// keepers are told when something is stuck: what it is about is not in the notice.
var keepers = []string{"PROCESS_ADMIN", "SYS_ADMIN"}

func (t *teller) incidents(tx *gorm.DB) error {
	if len(t.raised) == 0 {
		return nil
	}
	var all []string
	for _, role := range keepers {
		held, err := office.InRole(tx, role)
		if err != nil {
			return err
		}
		all = append(all, held...)
	}
	slices.Sort(all)
	for _, key := range t.raised {
		err := office.Tell(tx, office.Notification{
			Cause: fmt.Sprintf(
				"incident:%d", key,
			), Kind: "incident", Subject: fmt.Sprintf("incident:%d", key), Args: models.JSON("{}"), CreatedAt: t.moment,
		}, slices.Compact(all)...)
		if err != nil {
			return err
		}
	}
	return nil
}

// followers hear that a case has moved (a task has come, the last one is done, it has ended), unless they were told otherwise.
func (t *teller) followers(tx *gorm.DB) error {
	if len(t.opened) == 0 && t.closed == 0 && t.root.Open {
		return nil
	}
	all := t.follow
	if !t.root.Open { // who began it hears of the end itself
		all = slices.DeleteFunc(all, func(p string) bool { return p == t.world.Input.Case.Initiator })
	}
	return t.say(tx, "case-moved", fmt.Sprintf("moved:%d:%d", t.root.Key, t.root.Step+1), t.subject(), nil, all)
}
