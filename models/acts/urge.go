package acts

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// The limits of urging (domain: approval.md §2.28).
const (
	urgeEvery    = 4 * time.Hour // one task
	urgeQuiet    = 2 * time.Hour // after a task has arrived
	urgesADay    = 2             // one person
	urgesUntilUp = 3             // the so manieth urging of a task goes to the holders' superiors too
)

// Urge asks the holders of an open task to hurry. Who supervises is not limited;
// who began the matter or has acted in it may do it so often, else he is told when again.
func Urge(tx *gorm.DB, a models.Acting, r Remark) error {
	if err := MayUrge(tx, a, r); err != nil {
		return err
	}
	urges, err := urgesOf(tx, "task = ?", r.Task.Key)
	if err != nil {
		return err
	}
	n := len(urges) + 1
	if err := remark(tx, a, r, "urge", map[string]any{"times": n}); err != nil {
		return err
	}
	holders, err := process.Holders(tx, r.Task.Key)
	if err != nil {
		return err
	}
	cause := fmt.Sprintf("urge:%d:%d", r.Task.Key, n)
	if err := tellOf(tx, a, r.Task, "urge", cause, holders); err != nil || n < urgesUntilUp {
		return err
	}
	above, err := superiors(tx, holders)
	if err != nil {
		return err
	}
	return tellOf(tx, a, r.Task, "urge-escalated", cause, above)
}

// MayUrge says whether a person may urge now; the refusal names the next moment when he may.
func MayUrge(tx *gorm.DB, a models.Acting, r Remark) error {
	t := r.Task
	if t.State != process.TaskOpen {
		return models.Refuse("task-closed")
	}
	holders, err := process.Holders(tx, t.Key)
	if err != nil {
		return err
	}
	if slices.Contains(holders, a.Person) {
		return models.Refuse("urge-yourself")
	}
	if r.Supervises {
		return nil
	}
	involved, err := involved(tx, t.Root, a.Person)
	if err != nil {
		return err
	}
	if !involved {
		return models.Refuse("urge-not-involved")
	}
	if again := t.CreatedAt.Add(urgeQuiet); a.At.Before(again) {
		return models.Refuse("urge-just-arrived", "at", clock(again))
	}
	recent, err := urgesOf(tx, "task = ?", t.Key)
	if err != nil {
		return err
	}
	if len(recent) > 0 {
		if again := recent[len(recent)-1].At.Add(urgeEvery); a.At.Before(again) {
			return models.Refuse("urge-too-soon", "at", clock(again))
		}
	}
	today := models.DateOf(a.At).Start()
	own, err := urgesOf(tx, "person = ? AND at >= ?", a.Person, today.UTC())
	if err != nil {
		return err
	}
	if len(own) >= urgesADay {
		return models.Refuse("urge-enough-today", "at", clock(today.AddDate(0, 0, 1)))
	}
	return nil
}

func clock(t time.Time) string { return t.In(models.Zone).Format("2006-01-02 15:04") }

func urgesOf(tx *gorm.DB, where string, args ...any) ([]process.TaskAct, error) {
	var all []process.TaskAct
	err := tx.Where("operation = 'urge'").Where(where, args...).Order("id").Find(&all).Error
	return all, err
}

// involved reports whether a person began a matter or has acted in it.
func involved(tx *gorm.DB, root int64, person string) (bool, error) {
	var acts int64
	err := tx.Model(&process.TaskAct{}).
		Where("root = ? AND person = ? AND operation NOT IN ?", root, person, process.Remarks).
		Count(&acts).
		Error
	if err != nil || acts > 0 {
		return acts > 0, err
	}
	var began process.Variable
	err = tx.Where("scope = ? AND name = 'initiator'", root).Take(&began).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var initiator string
	return json.Unmarshal(began.Value, &initiator) == nil && initiator == person, nil
}

// ladder are the posts that lead a department, from below.
var ladder = []string{"APPLY_LEADER", "BUREAU_CHIEF", "BUREAU_DEPUTY", "BUREAU_DIRECTOR", "COUNTY_LEADER"}

// superiors are who stands next above persons in their departments.
func superiors(tx *gorm.DB, persons []string) ([]string, error) {
	var out []string
	for _, p := range persons {
		posts, err := office.PostsOf(tx, p)
		if err != nil {
			return nil, err
		}
		for _, post := range posts {
			for _, role := range ladder[slices.Index(ladder, post.Role)+1:] {
				above, err := office.Members(tx, office.PostID(role, post.DeptID))
				if err != nil {
					return nil, err
				}
				if above = without(above, p); len(above) > 0 {
					out = append(out, above...)
					break
				}
			}
		}
	}
	return out, nil
}
