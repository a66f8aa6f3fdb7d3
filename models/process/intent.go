package process

import (
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// messageLife is how long a message of ours waits for somebody to wait for it:
// long enough for a step that is on its way. The books are the truth, a message only wakes.
const messageLife = time.Hour

// SendStart begins a root instance in this transaction and asks for its start
// once that is committed. One thing has one life: a second start of the same
// process and business key breaks a unique constraint.
func SendStart(tx *gorm.DB, a models.Acting, process, businessKey, project string, vars map[string]any) error {
	dept, _ := vars["deptId"].(string)
	_, _, err := Begin(
		tx, a, Beginning{Process: process, BusinessKey: businessKey, Project: project, Dept: dept, Variables: models.JSONOf(vars)},
	)
	return err
}

// SendMessage publishes a message in this transaction; its correlation key is the project.
func SendMessage(tx *gorm.DB, a models.Acting, id, name, project string, vars map[string]any) error {
	m := Message{ID: id, Name: name, CorrelationKey: project, ExpiresAt: a.At.UTC().Add(messageLife)}
	if vars != nil {
		m.Variables = models.JSONOf(vars)
	}
	return Publish(tx, a, m)
}
