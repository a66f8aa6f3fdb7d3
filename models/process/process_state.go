package process

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// ErrNotFound says that there is no such row.
var ErrNotFound = gorm.ErrRecordNotFound

// RootState is the truth about a root instance; everything else of a process is projected from it.
type RootState struct {
	Key          int64 `gorm:"primaryKey"`
	Bundle       string
	Process      string
	BusinessKey  string
	Project      string
	Dept         string
	Step         int64
	State        []byte // engine.State
	NextDue      *time.Time
	Open         bool
	BusinessDate models.Date
	CreatedAt    time.Time
	UpdatedAt    time.Time

	CorrelationKey string // of the message that began it: one open instance of the process at a time; "" is none
	Stopped        bool   `gorm:"->"` // has an open incident; only LockRoot looks
}

// TableName of the entity.
func (RootState) TableName() string { return "root_state" }

// NewRoot reserves a root instance at step 0 and returns its key.
func NewRoot(tx *gorm.DB, r RootState) (int64, error) {
	r.Open, r.Step = true, 0
	if err := tx.Create(&r).Error; err != nil {
		return 0, fmt.Errorf("new instance of %s: %w", r.Process, err)
	}
	return r.Key, nil
}

// RootByKey loads a root instance, or ErrNotFound.
func RootByKey(tx *gorm.DB, key int64) (RootState, error) {
	var r RootState
	err := tx.Where("key = ?", key).Take(&r).Error
	return r, err
}

// OpenBeside are the open root instances about a project of the given processes.
func OpenBeside(tx *gorm.DB, project string, processes ...string) ([]RootState, error) {
	var all []RootState
	if err := tx.Where("project = ? AND open = ? AND process IN ?", project, true, processes).Order("key").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("cases of %s: %w", project, err)
	}
	return all, nil
}

// LockRoot loads a root instance, or ErrNotFound, and lets no other transaction
// advance it before this one ends. From here on the server ends by itself every
// statement, and every wait for a lock, that takes longer than the lease, also
// when its caller is gone. On SQLite BEGIN IMMEDIATE has locked already, and there is no server.
func LockRoot(tx *gorm.DB, key int64, lease time.Duration) (RootState, error) {
	r, _, err := LockRootFor(tx, key, "", lease)
	return r, err
}

// LockRootFor is LockRoot with the outcome of an event, as it was when the wait for the lock
// began; an empty one where the event had none. Whoever stores an outcome besides meets the primary key.
func LockRootFor(tx *gorm.DB, key int64, event string, lease time.Duration) (RootState, Outcome, error) {
	const columns = `SELECT r.*, EXISTS (SELECT 1 FROM incident i WHERE i.root = r.key AND i.resolved_at IS NULL) AS stopped,
		e.event AS o_event, e.root AS o_root, e.digest AS o_digest, e.verdict AS o_verdict, e.body AS o_body, e.at AS o_at,
		e.org_version AS o_org_version FROM `
	const tables = `root_state r LEFT JOIN event_outcome e ON e.event = ? WHERE r.key = ?`
	query, args := columns+tables, []any{event, key}
	if tx.Name() != models.NameSQLite {
		ms := strconv.FormatInt(lease.Milliseconds(), 10)
		query = `WITH lease AS MATERIALIZED (SELECT set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true)) ` +
			columns + `lease CROSS JOIN ` + tables + ` FOR UPDATE OF r`
		args = []any{ms, ms, event, key}
	}
	var rows []struct {
		Root    RootState `gorm:"embedded"`
		Outcome Outcome   `gorm:"embedded;embeddedPrefix:o_"`
	}
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return RootState{}, Outcome{}, fmt.Errorf("lock instance %d: %w", key, err)
	}
	if len(rows) == 0 {
		return RootState{}, Outcome{}, fmt.Errorf("instance %d: %w", key, ErrNotFound)
	}
	return rows[0].Root, rows[0].Outcome, nil
}

// Advance stores step n+1 where the stored step is n; false when somebody else was faster.
func (r RootState) Advance(tx *gorm.DB) (bool, error) {
	done := tx.Exec(
		`UPDATE root_state SET step = ?, state = ?, next_due = ?, open = ?, business_date = ?, updated_at = ? WHERE key = ? AND step = ?`,
		r.Step+1, r.State, r.NextDue, r.Open, r.BusinessDate, r.UpdatedAt, r.Key, r.Step,
	)
	return done.RowsAffected == 1, done.Error
}

// OpenRoots lists the keys of open root instances above a key, in order: all of them page by page.
func OpenRoots(tx *gorm.DB, after int64, limit int) ([]int64, error) {
	var keys []int64
	err := tx.Raw(`SELECT key FROM root_state WHERE open AND key > ? ORDER BY key LIMIT ?`, after, limit).Scan(&keys).Error
	return keys, err
}

// OverdueRoots lists open root instances that somebody should look at: a timer
// passed before the moment, or a job may run since then.
func OverdueRoots(tx *gorm.DB, before time.Time, limit int) ([]int64, error) {
	var keys []int64
	err := tx.Raw(`SELECT key FROM root_state WHERE open AND next_due < ?
		UNION SELECT j.root FROM job j JOIN root_state r ON r.key = j.root AND r.open
		WHERE NOT j.failed AND (j.not_before IS NULL OR j.not_before < ?) AND j.created_at < ? ORDER BY 1 LIMIT ?`,
		before.UTC(), before.UTC(), before.UTC(), limit).Scan(&keys).Error
	return keys, err
}

// Instance is a process instance, root or called.
type Instance struct {
	Key           int64 `gorm:"primaryKey"`
	Root          int64
	Parent        int64
	ParentElement int64
	Process       string
	Name          string
	BusinessKey   string
	State         string // active, suspended, completed, terminated, failed
	StartedAt     time.Time
	EndedAt       *time.Time
}

// TableName of the entity.
func (Instance) TableName() string { return "process_instance" }

// InstanceByKey loads a process instance, or ErrNotFound.
func InstanceByKey(tx *gorm.DB, key int64) (Instance, error) {
	var i Instance
	err := tx.Where("key = ?", key).Take(&i).Error
	return i, err
}

// Instances lists the root instance and what it called, in the order of their start.
func Instances(tx *gorm.DB, root int64) ([]Instance, error) {
	var all []Instance
	err := tx.Where("root = ?", root).Order("key").Find(&all).Error
	return all, err
}

// ElementInstance is one visit of a token to an element.
type ElementInstance struct {
	Key       int64 `gorm:"primaryKey"`
	Root      int64
	Instance  int64
	Scope     int64
	Process   string
	Element   string
	Kind      string // BPMN local name
	Name      string
	Loop      int
	State     string // active, completed, terminated, failed, compensated
	EnteredAt time.Time
	LeftAt    *time.Time
}

// TableName of the entity.
func (ElementInstance) TableName() string { return "element_instance" }

// Elements lists every visit of a root instance's tokens, in order.
func Elements(tx *gorm.DB, root int64) ([]ElementInstance, error) {
	var all []ElementInstance
	err := tx.Where("root = ?", root).Order("key").Find(&all).Error
	return all, err
}

// FlowTaken counts how often tokens passed a sequence flow.
type FlowTaken struct {
	Instance int64 `gorm:"primaryKey"`
	Flow     string
	Root     int64
	Times    int
	LastAt   time.Time
}

// TableName of the entity.
func (FlowTaken) TableName() string { return "flow_taken" }

// Flows lists the sequence flows that tokens of a root instance passed.
func Flows(tx *gorm.DB, root int64) ([]FlowTaken, error) {
	var all []FlowTaken
	err := tx.Where("root = ?", root).Order("instance, flow").Find(&all).Error
	return all, err
}

// TakeFlows counts passages; no flow stands twice in the list.
func TakeFlows(tx *gorm.DB, taken []FlowTaken) error {
	add := clause.OnConflict{Columns: []clause.Column{{Name: "instance"}, {Name: "flow"}}, DoUpdates: clause.Assignments(map[string]any{
		"times": gorm.Expr("flow_taken.times + excluded.times"), "last_at": gorm.Expr("excluded.last_at"),
	})}
	return tx.Clauses(add).CreateInBatches(taken, batch).Error
}

// batch is how many rows a statement inserts at most.
const batch = 200

// EnterElements stores visits of tokens.
func EnterElements(tx *gorm.DB, visits []*ElementInstance) error {
	return tx.CreateInBatches(visits, batch).Error
}

// SetVariables stores the values of variables over earlier ones; none stands twice in the list.
func SetVariables(tx *gorm.DB, values []Variable) error {
	return tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(values, batch).Error
}

// Variable is a process variable of a scope.
type Variable struct {
	Scope    int64  `gorm:"primaryKey"`
	Name     string `gorm:"primaryKey"`
	Root     int64
	Instance int64
	Value    models.JSON
}

// TableName of the entity.
func (Variable) TableName() string { return "variable" }

// Variables lists the variables of a root instance's scopes.
func Variables(tx *gorm.DB, root int64) ([]Variable, error) {
	var all []Variable
	err := tx.Where("root = ?", root).Order("scope, name").Find(&all).Error
	return all, err
}

// Outcome is what an event led to, found again by the event's id.
type Outcome struct {
	Event   string `gorm:"primaryKey"`
	Root    int64
	Digest  string
	Verdict string
	Body    models.JSON // contract.Outcome
	At      time.Time

	OrgVersion int64 // of the organisation that the step saw; 0: none
}

// TableName of the entity.
func (Outcome) TableName() string { return "event_outcome" }

// OutcomeOf finds the outcome of an event; false when it has none.
func OutcomeOf(tx *gorm.DB, event string) (Outcome, bool, error) {
	var o Outcome
	err := tx.Where("event = ?", event).Take(&o).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Outcome{}, false, nil
	}
	return o, err == nil, err
}

// RootsOf are the root instances of a project, those that have ended too.
func RootsOf(tx *gorm.DB, project string) (keys []int64, err error) {
	if err = tx.Model(&RootState{}).Where("project = ?", project).Order("key").Pluck("key", &keys).Error; err != nil {
		return nil, fmt.Errorf("cases of %s: %w", project, err)
	}
	return keys, nil
}
