package acts

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
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
	f := models.Refuse("invalid-data")
	if len(r.Persons) == 0 || len(r.Persons) > MaxCopies {
		f.Field("/persons", "copies-number", "most", fmt.Sprint(MaxCopies))
	}
	for i, p := range r.Persons {
		if err := copyTo(tx, f, fmt.Sprintf("/persons/%d", i), a, p, r.Persons[:i]); err != nil {
			return err
		}
	}
	if err := f.OrNil(); err != nil {
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
		if err := process.SaveCopy(tx, process.TaskCopy{Person: p, Task: t.Key, Root: t.Root, Sender: a.Person, At: a.At.UnixMilli()}); err != nil {
			return err
		}
		if err := tellOf(tx, a, t, kind, fmt.Sprintf("copy:%d:%d", t.Root, version), []string{p}); err != nil {
			return err
		}
	}
	return nil
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
