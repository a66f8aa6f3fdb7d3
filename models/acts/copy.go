package acts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// MaxCopies is how many persons one copy goes to at most.
const MaxCopies = 20

// Copy gives a task to others to read (抄送). They are told once for each version
// of the matter's content; when it has changed since, they hear that it has.
func Copy(tx *gorm.DB, a models.Acting, r Remark) error {
	t := r.Task
	if err := readers(tx, a, r.Persons); err != nil {
		return err
	}
	if err := remark(tx, a, r, "cc", map[string]any{"persons": r.Persons}); err != nil {
		return err
	}
	version, err := contentVersion(tx, t)
	if err != nil {
		return err
	}
	for _, p := range r.Persons {
		kind := "copy"
		had, err := process.HadCopy(tx, t.Root, p)
		if err != nil {
			return err
		}
		if had {
			kind = "copy-changed" // told only if it has
		}
		if err := process.SaveCopy(tx, process.TaskCopy{Person: p, Task: t.Key, Root: t.Root, Sender: a.Person,
			At: a.At.UnixMilli()}); err != nil {
			return err
		}
		if err := tellOf(tx, a, t, kind, fmt.Sprintf("copy:%d:%d", t.Root, version), []string{p}); err != nil {
			return err
		}
	}
	return nil
}

// readers checks whom a copy goes to.
func readers(tx *gorm.DB, a models.Acting, persons []string) error {
	f := models.Refuse("invalid-data")
	if len(persons) == 0 || len(persons) > MaxCopies {
		f.Field("/persons", "copies-number", "most", fmt.Sprint(MaxCopies))
	}
	for i, p := range persons {
		if err := copyTo(tx, f, fmt.Sprintf("/persons/%d", i), a, p, persons[:i]); err != nil {
			return err
		}
	}
	return f.OrNil()
}

// CaseReading gives a whole case to persons to read.
type CaseReading struct {
	Root    process.RootState
	Text    string // why, for them and for the thread
	Persons []string
}

// CopyCase gives a case to others to read (抄送). It never widens what they see of anything else.
func CopyCase(tx *gorm.DB, a models.Acting, r CaseReading) error {
	if err := readers(tx, a, r.Persons); err != nil {
		return err
	}
	instance, err := process.InstanceByKey(tx, r.Root.Key)
	if err != nil && !errors.Is(err, process.ErrNotFound) {
		return err
	}
	err = process.Remark(tx, process.TaskAct{
		Root: r.Root.Key, TaskName: instance.Name, Round: 1, Person: a.Person, Post: a.Post, Operation: "cc", Reason: r.Text,
		Target: strings.Join(r.Persons, ","), Event: a.Event, At: a.At.UTC(), BusinessDate: a.BusinessDate,
	})
	if err != nil {
		return err
	}
	var sender office.Person
	if err := tx.Where("id = ?", a.Person).Take(&sender).Error; err != nil {
		return fmt.Errorf("person %s: %w", a.Person, err)
	}
	err = office.Tell(tx, office.Notification{
		Cause: "copy:" + a.Event, Kind: "case-copy", Subject: fmt.Sprintf("case:%d", r.Root.Key), CreatedAt: a.At,
		Args: models.JSONOf(
			map[string]string{"matter": r.Root.BusinessKey, "what": instance.Name, "who": sender.Name, "whoEn": sender.NameEn},
		),
	}, r.Persons...)
	if err != nil {
		return err
	}
	for _, p := range r.Persons {
		if err := process.CopyCase(tx, process.CaseCopy{Root: r.Root.Key, Person: p, Sender: a.Person, At: a.At.UTC()}); err != nil {
			return err
		}
	}
	return audit.Audit(
		tx, fmt.Sprintf("i:%d", r.Root.Key), a,
		audit.AuditEntry{
			Action: "case.copy", Subject: fmt.Sprintf("instance:%d", r.Root.Key),
			Detail: models.JSONOf(map[string]any{"persons": r.Persons}),
		},
	)
}

// copyTo checks one of the persons that a copy goes to.
func copyTo(tx *gorm.DB, f *models.Refusal, at string, a models.Acting, person string, before []string) error {
	var n int64
	if err := tx.Model(&office.Person{}).Where("id = ? AND active", person).Count(&n).Error; err != nil {
		return fmt.Errorf("person %s: %w", person, err)
	}
	switch {
	case n == 0:
		f.Field(at, "no-such-person", "person", person)
	case person == a.Person:
		f.Field(at, "to-self")
	case slices.Contains(before, person):
		f.Field(at, "copies-twice")
	}
	return nil
}

// contentVersion is the version of what the matter is about.
func contentVersion(tx *gorm.DB, t process.Task) (int, error) {
	if t.Project == "" {
		return 0, nil
	}
	p, err := books.FindProject(tx, t.Project)
	return p.Version, err
}
