package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// Job is outside work that a token waits for.
type Job struct {
	Key        int64 `gorm:"primaryKey"`
	Root       int64
	Instance   int64
	ElementKey int64
	Element    string
	Type       string
	Headers    models.JSON
	Variables  models.JSON
	Retries    int
	Attempt    int // counts from 1 how often the job was handed out; names the event of its result
	NotBefore  *time.Time
	Failed     bool // an incident on the element waits: nobody works on the job
	CreatedAt  time.Time
}

// TableName of the entity.
func (Job) TableName() string { return "job" }

// JobsOf lists the jobs of a root instance.
func JobsOf(tx *gorm.DB, root int64) ([]Job, error) {
	var all []Job
	err := tx.Where("root = ?", root).Order("key").Find(&all).Error
	return all, err
}

// OpenJob asks for outside work, or for another attempt at it.
func OpenJob(tx *gorm.DB, j Job) error {
	j.Attempt = 1
	again := append(clause.AssignmentColumns([]string{"headers", "variables", "retries", "not_before", "failed"}),
		clause.Assignment{Column: clause.Column{Name: "attempt"}, Value: gorm.Expr("job.attempt + 1")})
	err := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "key"}}, DoUpdates: again}).Create(&j).Error
	if err != nil {
		return fmt.Errorf("job %d: %w", j.Key, err)
	}
	return nil
}

// HoldJob keeps workers from the job of an element that has an incident.
func HoldJob(tx *gorm.DB, elementKey int64) error {
	return tx.Model(&Job{}).Where("element_key = ?", elementKey).Update("failed", true).Error
}

// ReleaseJob lets workers have the job of an element whose incident is resolved.
func ReleaseJob(tx *gorm.DB, incident int64) error {
	return tx.Model(&Job{}).Where("failed AND element_key = (SELECT element_key FROM incident WHERE key = ?)", incident).
		Updates(map[string]any{"failed": false, "attempt": gorm.Expr("attempt + 1")}).Error
}

// JobByKey loads an open job, or ErrNotFound.
func JobByKey(tx *gorm.DB, key int64) (Job, error) {
	var j Job
	err := tx.Where("key = ?", key).Take(&j).Error
	return j, err
}

// Timer is a due moment that a token waits for.
type Timer struct {
	Key        int64 `gorm:"primaryKey"`
	Root       int64
	Instance   int64
	ElementKey int64
	Element    string
	Due        time.Time
	Refused    bool
}

// TableName of the entity.
func (Timer) TableName() string { return "timer" }

// TimersOf lists the timers of a root instance, due first, without those whose event was refused.
func TimersOf(tx *gorm.DB, root int64) ([]Timer, error) {
	var all []Timer
	err := tx.Where("root = ? AND NOT refused", root).Order("due, key").Find(&all).Error
	return all, err
}

// TimerByKey loads an open timer, or ErrNotFound.
func TimerByKey(tx *gorm.DB, key int64) (Timer, error) {
	var t Timer
	err := tx.Where("key = ?", key).Take(&t).Error
	return t, err
}

// Incident stops a token until somebody mends the cause and retries.
type Incident struct {
	Key        int64 `gorm:"primaryKey"`
	Root       int64
	Instance   int64
	ElementKey int64
	Element    string
	Code       string
	Message    string
	Event      models.JSON // the refused event that a retry applies again
	Project    string
	Process    string // of the root; the row alone tells it, so that a list can be read by it
	RaisedAt   time.Time
	ResolvedAt *time.Time
}

// TableName of the entity.
func (Incident) TableName() string { return "incident" }

// Incidents lists open incidents of a root instance (0: of all), newest first, below a cursor key (0: from the newest).
func Incidents(tx *gorm.DB, root, before int64, limit int) ([]Incident, error) {
	q := tx.Where("resolved_at IS NULL").Order("key DESC").Limit(limit)
	if root != 0 {
		q = q.Where("root = ?", root)
	}
	if before != 0 {
		q = q.Where("key < ?", before)
	}
	var all []Incident
	err := q.Find(&all).Error
	return all, err
}

// IncidentByKey loads an incident, or ErrNotFound.
func IncidentByKey(tx *gorm.DB, key int64) (Incident, error) {
	var i Incident
	err := tx.Where("key = ?", key).Take(&i).Error
	return i, err
}

// The kinds of subscriptions.
const (
	SubMessage = "message"
	SubSignal  = "signal"
	SubTimer   = "timer" // of start events; what tokens wait for is a Timer
)

// Subscription is a token that waits for a message or a signal.
type Subscription struct {
	Key            int64 `gorm:"primaryKey"`
	Root           int64
	Instance       int64
	Element        string
	Kind           string
	Name           string
	CorrelationKey string
	OpenedAt       time.Time
}

// TableName of the entity.
func (Subscription) TableName() string { return "subscription" }

// SignalRoots lists the root instances that wait for a signal.
func SignalRoots(tx *gorm.DB, name string) ([]int64, error) {
	var roots []int64
	err := tx.Raw(`SELECT DISTINCT root FROM subscription WHERE kind = ? AND name = ? ORDER BY root`, SubSignal, name).Scan(&roots).Error
	return roots, err
}

// dropWait deletes a row of a table of waits: job, timer or subscription.
func dropWait(tx *gorm.DB, table string, key int64) error {
	if err := tx.Exec("DELETE FROM "+table+" WHERE key = ?", key).Error; err != nil {
		return fmt.Errorf("%s %d: %w", table, key, err)
	}
	return nil
}

// CloseJob ends the wait for outside work.
func CloseJob(tx *gorm.DB, key int64) error { return dropWait(tx, "job", key) }

// CloseTimer ends the wait for a due moment.
func CloseTimer(tx *gorm.DB, key int64) error { return dropWait(tx, "timer", key) }

// CloseSubscription ends the wait for a message or a signal.
func CloseSubscription(tx *gorm.DB, key int64) error { return dropWait(tx, "subscription", key) }
