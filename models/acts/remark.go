package acts

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// Remark is what somebody says about a task without changing it (domain:
// approval.md §2, urge, cc, comment): no token moves, no seat, no version.
type Remark struct {
	Task       process.Task
	Text       string
	Persons    []string // cc: to whom
	Supervises bool     // the person may supervise: urging is not limited
}

// comments are at most so long, in characters.
const maxComment = 2000

// Comment adds a sentence to the thread of a matter. It is never deleted.
func Comment(tx *gorm.DB, a models.Acting, r Remark) error {
	text := strings.TrimSpace(r.Text)
	if n := len([]rune(text)); n == 0 || n > maxComment {
		return models.Refuse("invalid-data").Field("/opinion", "length", "low", "1", "high", fmt.Sprint(maxComment))
	}
	if err := remark(tx, a, r, "comment", nil); err != nil {
		return err
	}
	holders, err := process.Holders(tx, r.Task.Key)
	if err != nil {
		return err
	}
	return tellOf(tx, a, r.Task, "comment", "comment:"+a.Event, without(holders, a.Person))
}

// Supplement adds to an opinion once the token has left (补充意见): who has decided
// in the task may, and his decision stays as it was signed.
func Supplement(tx *gorm.DB, a models.Acting, r Remark) error {
	if err := MaySupplement(tx, a, r); err != nil {
		return err
	}
	text := strings.TrimSpace(r.Text)
	if n := len([]rune(text)); n == 0 || n > maxComment {
		return models.Refuse("invalid-data").Field("/opinion", "length", "low", "1", "high", fmt.Sprint(maxComment))
	}
	return remark(tx, a, r, "supplement", nil)
}

// MaySupplement refuses an addition while the opinion itself can be changed, and
// to whoever has given none.
func MaySupplement(tx *gorm.DB, a models.Acting, r Remark) error {
	if r.Task.State != process.TaskClosed {
		return models.Refuse("edit-opinion-instead")
	}
	signed, err := process.ActsOn(tx, r.Task.Key)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(signed, func(act process.TaskAct) bool {
		return act.Person == a.Person && !act.Void && slices.Contains(decisions, act.Operation)
	}) {
		return models.Refuse("no-opinion-yet")
	}
	return nil
}

// decisions are the operations by which somebody has given an opinion that counts.
var decisions = []string{"agree", "disagree", "abstain", "return", "reject", "answer", "addAfter", "complete"}

// remark appends a remark to the thread and to the audit of its case, and lets
// those who look at the task look again.
func remark(tx *gorm.DB, a models.Acting, r Remark, operation string, detail map[string]any) error {
	t := r.Task
	err := process.Remark(tx, process.TaskAct{
		Task: t.Key, Root: t.Root, Element: t.Element, TaskName: t.Name, Round: t.Round, Person: a.Person, Post: a.Post,
		Operation: operation,
		Opinion: strings.TrimSpace(
			r.Text,
		), Target: strings.Join(r.Persons, ","), Event: a.Event, At: models.Stamp(a.At), BusinessDate: a.On(),
	})
	if err != nil {
		return err
	}
	e := audit.AuditEntry{Action: "task." + operation, Subject: fmt.Sprintf("task:%d", t.Key), Project: t.Project}
	if detail != nil {
		e.Detail = models.JSONOf(detail)
	}
	if err := audit.Audit(tx, fmt.Sprintf("i:%d", t.Root), a, e); err != nil {
		return err
	}
	holders, err := process.Holders(tx, t.Key)
	if err != nil {
		return err
	}
	return models.Notify(
		tx, models.Notice{Kind: "task", Key: fmt.Sprint(t.Key), Project: t.Project, Dept: t.Dept, Persons: append(holders, r.Persons...)},
	)
}

// tellOf tells persons of what somebody did with a task, once for each cause.
func tellOf(tx *gorm.DB, a models.Acting, t process.Task, kind, cause string, persons []string) error {
	matter := t.Project
	if matter == "" {
		matter = t.BusinessKey
	}
	var sender office.Person
	if err := tx.Where("id = ?", a.Person).Take(&sender).Error; err != nil {
		return fmt.Errorf("person %s: %w", a.Person, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: cause, Kind: office.NotificationKind("task-" + kind), Subject: fmt.Sprintf("task:%d", t.Key), CreatedAt: a.At,
		Args: models.JSONOf(
			map[string]string{"task": t.Name, "taskEn": t.NameEn, "matter": matter, "who": sender.Name, "whoEn": sender.NameEn},
		),
	}, persons...)
}

func without(all []string, person string) []string {
	var out []string
	for _, p := range all {
		if p != person {
			out = append(out, p)
		}
	}
	return out
}
