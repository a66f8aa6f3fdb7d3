package acts

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// Bureau is a case whose next move is a partner's: nobody here holds a task.
type Bureau struct {
	Root       process.RootState
	Partner    string // finance, procurement
	Text       string
	Supervises bool // the person may supervise: urging is not limited
}

// liaisons are the roles that speak with the partners.
var liaisons = map[string]string{"finance": "FINANCE_LIAISON", "procurement": "PROCUREMENT_LIAISON"}

// UrgeBureau asks the liaisons of a bureau to hurry it, and writes so into the thread of the case.
func UrgeBureau(tx *gorm.DB, a models.Acting, b Bureau) error {
	if err := MayUrgeBureau(tx, a, b); err != nil {
		return err
	}
	err := process.Remark(tx, process.TaskAct{
		Root: b.Root.Key, TaskName: b.Root.Process, Round: 1, Person: a.Person, Post: a.Post, Operation: "urge",
		Opinion: strings.TrimSpace(b.Text),
		Target:  b.Partner, Event: a.Event, At: models.Stamp(a.At), BusinessDate: a.On(),
	})
	if err != nil {
		return err
	}
	e := audit.AuditEntry{
		Action: "case.urge", Subject: fmt.Sprintf("instance:%d", b.Root.Key), Project: b.Root.Project,
		Detail: models.JSONOf(map[string]string{"partner": b.Partner}),
	}
	if err := audit.Audit(tx, fmt.Sprintf("i:%d", b.Root.Key), a, e); err != nil {
		return err
	}
	persons, err := office.InRole(tx, liaisons[b.Partner])
	if err != nil {
		return err
	}
	var sender office.Person
	if err := tx.Where("id = ?", a.Person).Take(&sender).Error; err != nil {
		return fmt.Errorf("person %s: %w", a.Person, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: "urge-bureau:" + a.Event, Kind: "case-urge", Subject: fmt.Sprintf("case:%d", b.Root.Key), CreatedAt: a.At,
		Args: models.JSONOf(map[string]string{"matter": b.Root.BusinessKey, "who": sender.Name, "whoEn": sender.NameEn}),
	}, persons...)
}

// MayUrgeBureau says whether a person may urge a bureau about a case now: who
// supervises, or who began it or has acted in it, and the case not again too soon.
func MayUrgeBureau(tx *gorm.DB, a models.Acting, b Bureau) error {
	if b.Supervises {
		return nil
	}
	involved, err := involved(tx, b.Root.Key, a.Person)
	if err != nil {
		return err
	}
	if !involved {
		return models.Refuse("urge-not-involved")
	}
	if again := b.Root.UpdatedAt.Add(urgeQuiet); a.At.Before(again) {
		return models.Refuse("urge-just-arrived", "at", clock(again))
	}
	recent, err := urgesOf(tx, "root = ? AND task = 0", b.Root.Key)
	if err != nil || len(recent) == 0 {
		return err
	}
	if again := recent[len(recent)-1].At.Add(urgeEvery); a.At.Before(again) {
		return models.Refuse("urge-too-soon", "at", clock(again))
	}
	return nil
}
