package process

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// The states of a task.
const (
	TaskOpen      = "open"
	TaskSuspended = "suspended"
	TaskClosed    = "closed"
)

// Task is a user task as it stands in inboxes and, closed, in the history.
type Task struct {
	Key          int64 `gorm:"primaryKey"`
	Root         int64
	Instance     int64
	ElementKey   int64
	Bundle       string
	Process      string
	Element      string
	Name         string
	NameEn       string
	View         string // page of the web client
	Form         string
	Command      string
	Policy       string // approval policy, empty for a plain task
	Edits        string // parts of the dossier that it changes: "sheet.a,lines"
	About        string // kind of what is decided: application, sheet, contract, …
	Batch        bool
	Project      string
	BusinessKey  string // of the instance it belongs to, such as the number of a rectification
	Dept         string
	Assignee     string
	Version      int
	Round        int
	Priority     int
	State        string
	DueAt        *time.Time
	DueWorkdays  int
	CreatedAt    time.Time
	ClosedAt     *time.Time
	Outcome      string // completed, terminated
	Operation    string // that closed it
	ClosedBy     string
	BusinessDate models.Date
	Escalated    int         // stage of the clock, see package sla
	Calendar     int         // version that DueAt was counted by; 0: DueAt is a fixed moment
	Detail       models.JSON // TaskDetail

	Undrafted bool `gorm:"->"` // nobody has typed anything into it; only TaskForStep looks
}

// TaskDetail is what is not searched for: the rest of the engine's view of a task.
type TaskDetail struct {
	Users      []string          `json:"users,omitempty"`
	Groups     []string          `json:"groups,omitempty"`
	Operations []string          `json:"operations"`
	Seats      []TaskSeat        `json:"seats,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	Inputs     models.JSON       `json:"inputs,omitempty"` // local variables

	Post      string            `json:"post,omitempty"`      // of a plain task: in which its holder has it
	For       map[string]string `json:"for,omitempty"`       // of a plain task: principal by deputy
	Out       []string          `json:"out,omitempty"`       // holders of the groups who may not take it
	Whys      []TaskWhy         `json:"whys,omitempty"`      // how it was decided who takes it
	Governors []string          `json:"governors,omitempty"` // who assigns it: nobody has it
	Blind     bool              `json:"blind,omitempty"`     // while it is open nobody sees how others have decided
	Late      string            `json:"late,omitempty"`      // what happens when its time is over: engine.LateActions
	Appended  bool              `json:"appended,omitempty"`  // a step that the model does not have
	Steps     []string          `json:"steps,omitempty"`     // names of the steps that were put behind it
	Stops     string            `json:"stops,omitempty"`     // while it is open the clocks of its matter stand still: why
}

// TaskWhy is the reason of a decision about people.
type TaskWhy struct {
	Rule string            `json:"rule"`
	Args map[string]string `json:"args,omitempty"`
}

// TaskSeat is an approver's seat (domain: approval.md §1).
type TaskSeat struct {
	No        int       `json:"no"`
	Principal string    `json:"principal"`
	Actor     string    `json:"actor"`
	Group     string    `json:"group,omitempty"`
	Origin    string    `json:"origin"`
	State     string    `json:"state"` // waiting, active, suspended, done, skipped, void
	Decision  string    `json:"decision,omitempty"`
	Opinion   string    `json:"opinion,omitempty"`
	Digest    string    `json:"digest,omitempty"`
	SignedAt  time.Time `json:"signedAt,omitzero"`
	Evidence  string    `json:"evidence,omitempty"` // of a late signature: the paper, and when it was decided
	DecidedAt time.Time `json:"decidedAt,omitzero"`
	Chain     []string  `json:"chain,omitempty"`
	Weight    int       `json:"weight,omitempty"`
	Veto      bool      `json:"veto,omitempty"`
	Primary   bool      `json:"primary,omitempty"`
	For       int       `json:"for,omitempty"` // number of the seat it helps
	Mode      string    `json:"mode,omitempty"`
	AddedBy   string    `json:"addedBy,omitempty"`
	Home      string    `json:"home,omitempty"` // post that it was resolved from, once it was given to another one
	Duty      string    `json:"duty,omitempty"`
	Out       []string  `json:"out,omitempty"` // holders of the group who may not take it
	Why       *TaskWhy  `json:"why,omitempty"` // why its holder has it
}

// TableName of the entity.
func (Task) TableName() string { return "task" }

// Details decodes the rest of the task.
func (t Task) Details() (TaskDetail, error) {
	var d TaskDetail
	if err := t.Detail.Into(&d); err != nil {
		return d, fmt.Errorf("task %d: %w", t.Key, err)
	}
	return d, nil
}

// TaskByKey loads a task, open or closed, or ErrNotFound.
func TaskByKey(tx *gorm.DB, key int64) (Task, error) {
	var t Task
	err := tx.Where("key = ?", key).Take(&t).Error
	return t, err
}

// TaskOf is TaskByKey with whether the task is, or was, a person's own: in an inbox of his
// or of his posts, acted on by him, or given to him to read.
func TaskOf(tx *gorm.DB, key int64, person string, posts []string) (t Task, his bool, err error) {
	var rows []struct {
		Task Task `gorm:"embedded"`
		His  bool
	}
	err = tx.Raw(`SELECT t.*, EXISTS (SELECT 1 FROM task_candidate WHERE key = t.key AND principal IN ?)
			OR EXISTS (SELECT 1 FROM task_done WHERE task = t.key AND person = ?)
			OR EXISTS (SELECT 1 FROM task_copy WHERE task = t.key AND person = ?) AS his
		FROM task t WHERE t.key = ?`, append(slices.Clone(posts), person), person, person, key).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Task{}, false, err
	}
	return rows[0].Task, rows[0].His, nil
}

// TaskForStep is TaskByKey for a step, which may close the task: whether there is a draft of it comes along.
func TaskForStep(tx *gorm.DB, key int64) (Task, error) {
	var rows []Task
	err := tx.Raw(`SELECT t.*, NOT EXISTS (SELECT 1 FROM task_draft d WHERE d.task = t.key) AS undrafted FROM task t WHERE t.key = ?`, key).
		Scan(&rows).
		Error
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Task{}, err
	}
	return rows[0], nil
}

// notClosed is the condition of the index task_open, to the letter: a plan for a
// parameter could not use it.
const notClosed = "state <> '" + TaskClosed + "'"

// OpenTasks lists the open and suspended tasks of a root instance.
func OpenTasks(tx *gorm.DB, root int64) ([]Task, error) {
	var all []Task
	err := tx.Where("root = ? AND "+notClosed, root).Order("key").Find(&all).Error
	return all, err
}

// OpenTasksOf lists the open tasks of instances by business key, such as the numbers of rectifications.
func OpenTasksOf(tx *gorm.DB, keys []string) ([]Task, error) {
	var all []Task
	if len(keys) == 0 {
		return all, nil
	}
	err := tx.Where("state = ? AND business_key IN ?", TaskOpen, keys).Order("key").Find(&all).Error
	return all, err
}

// EditsOpen reports whether an open task of a project changes a part of the
// dossier, such as "application".
func EditsOpen(tx *gorm.DB, project, part string) (bool, error) {
	var edits []string
	err := tx.Model(&Task{}).Where("project = ? AND state = ? AND edits <> ''", project, TaskOpen).Pluck("edits", &edits).Error
	if err != nil {
		return false, fmt.Errorf("tasks of %s: %w", project, err)
	}
	return slices.ContainsFunc(edits, func(all string) bool { return slices.Contains(strings.Split(all, ","), part) }), nil
}

// OpenTaskNames are the names of the open and suspended tasks of a root instance.
func OpenTaskNames(tx *gorm.DB, root int64) ([]string, error) {
	var names []string
	err := tx.Raw(`SELECT name FROM task WHERE root = ? AND `+notClosed+` ORDER BY key`, root).Scan(&names).Error
	return names, err
}

// TasksOf lists every task of a root instance, open or closed.
func TasksOf(tx *gorm.DB, root int64) ([]Task, error) {
	var all []Task
	err := tx.Where("root = ?", root).Order("key").Find(&all).Error
	return all, err
}

// noDue sorts tasks without a due time behind all others.
const noDue = math.MaxInt64

// candidate is one row of an inbox.
type candidate struct {
	Principal string `gorm:"primaryKey"`
	Due       int64  `gorm:"primaryKey"`
	Key       int64  `gorm:"primaryKey"`
	Born      int64  // of the task, in milliseconds since 1970
}

func (candidate) TableName() string { return "task_candidate" }

// OpenTask stores a new task and puts it into the inboxes of its principals
// (person ids and posts ROLE@DEPT).
func OpenTask(tx *gorm.DB, t Task, principals []string) error {
	if err := tx.Create(&t).Error; err != nil {
		return fmt.Errorf("task %d: %w", t.Key, err)
	}
	return enterInboxes(tx, t, principals)
}

// SaveTask stores an open task again and puts it into the inboxes of its
// principals, and into no other. Whose inboxes do not hold it any more comes back,
// and whose did not hold it before.
func SaveTask(tx *gorm.DB, t Task, principals []string) (left, gained []string, err error) {
	if err := tx.Save(&t).Error; err != nil {
		return nil, nil, fmt.Errorf("task %d: %w", t.Key, err)
	}
	had, err := leaveInboxes(tx, t.Key)
	if err != nil {
		return nil, nil, err
	}
	gained = slices.DeleteFunc(slices.Clone(principals), func(p string) bool { return slices.Contains(had, p) })
	left = slices.DeleteFunc(had, func(p string) bool { return slices.Contains(principals, p) })
	return left, gained, enterInboxes(tx, t, principals)
}

func enterInboxes(tx *gorm.DB, t Task, principals []string) error {
	due := int64(noDue)
	if t.DueAt != nil {
		due = t.DueAt.UnixMilli()
	}
	var rows []candidate
	seen := map[string]bool{}
	for _, p := range principals {
		if p != "" && !seen[p] {
			seen[p] = true
			rows = append(rows, candidate{p, due, t.Key, t.CreatedAt.UnixMilli()})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("candidates of task %d: %w", t.Key, err)
	}
	return nil
}

// CloseTask takes a task out of all inboxes and drops its drafts. The caller has
// filled outcome, operation and closer. Whose inboxes held it comes back.
func CloseTask(tx *gorm.DB, t *Task) ([]string, error) {
	t.State = TaskClosed
	if err := tx.Save(t).Error; err != nil {
		return nil, fmt.Errorf("task %d: %w", t.Key, err)
	}
	if !t.Undrafted {
		if err := tx.Exec(`DELETE FROM task_draft WHERE task = ?`, t.Key).Error; err != nil {
			return nil, fmt.Errorf("drafts of task %d: %w", t.Key, err)
		}
	}
	return leaveInboxes(tx, t.Key)
}

// MoveInInboxes puts a task where its new due time belongs.
func MoveInInboxes(tx *gorm.DB, key int64, due time.Time) error {
	if err := tx.Exec(`UPDATE task_candidate SET due = ? WHERE key = ?`, due.UnixMilli(), key).Error; err != nil {
		return fmt.Errorf("candidates of task %d: %w", key, err)
	}
	return nil
}

// leaveInboxes takes a task out of all inboxes and says whose they were.
func leaveInboxes(tx *gorm.DB, key int64) ([]string, error) {
	var principals []string
	if err := tx.Raw(`DELETE FROM task_candidate WHERE key = ? RETURNING principal`, key).Scan(&principals).Error; err != nil {
		return nil, fmt.Errorf("candidates of task %d: %w", key, err)
	}
	slices.Sort(principals)
	return principals, nil
}

// Candidates lists the principals whose inboxes hold a task.
func Candidates(tx *gorm.DB, key int64) ([]string, error) {
	var all []string
	err := tx.Raw(`SELECT principal FROM task_candidate WHERE key = ? ORDER BY principal`, key).Scan(&all).Error
	return all, err
}

// CandidatesOf lists the principals of tasks, in stable order, by the tasks' keys.
func CandidatesOf(tx *gorm.DB, tasks []Task) (map[int64][]string, error) {
	out := map[int64][]string{}
	for some := range slices.Chunk(tasks, batch) {
		keys := make([]int64, len(some))
		for i, t := range some {
			keys[i] = t.Key
		}
		var rows []candidate
		if err := tx.Where("key IN ?", keys).Order("principal").Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("candidates of tasks: %w", err)
		}
		for _, r := range rows {
			out[r.Key] = append(out[r.Key], r.Principal)
		}
	}
	return out, nil
}

// Holders are the active persons who may act on a task now: those of its inbox
// rows, posts resolved to their members, in stable order.
func Holders(tx *gorm.DB, key int64) ([]string, error) {
	var all []string
	err := tx.Raw(`SELECT p.id FROM task_candidate c JOIN person p ON p.id = c.principal WHERE c.key = ? AND p.active
		UNION SELECT p.id FROM task_candidate c JOIN post_now o ON o.id = c.principal JOIN person p ON p.id = o.person_id WHERE c.key = ?
		AND p.active
		ORDER BY 1`, key, key).Scan(&all).Error
	return all, err
}

// TaskAct is one act of a person on a task: an entry of the thread of opinions.
type TaskAct struct {
	ID           int64 `gorm:"primaryKey"`
	Task         int64
	Root         int64
	Element      string
	TaskName     string
	Round        int
	Person       string
	Post         string
	Principal    string
	Operation    string
	Opinion      string
	Reason       string
	Target       string
	Digest       string
	Event        string
	Void         bool
	At           time.Time
	BusinessDate models.Date
	Answers      models.JSON // of the form, as they were taken with the verdict; empty: none
}

// TableName of the entity.
func (TaskAct) TableName() string { return "task_act" }

// Remarks are the operations that say something about a task and change nothing of it.
var Remarks = []string{"comment", "urge", "cc", "supplement"}

// Remark appends to the thread what changes nothing of the task.
func Remark(tx *gorm.DB, a TaskAct) error {
	if err := tx.Create(&a).Error; err != nil {
		return fmt.Errorf("act on task %d: %w", a.Task, err)
	}
	return nil
}

// RecordAct appends an act and notes the task in the person's done list.
func RecordAct(tx *gorm.DB, a TaskAct) error {
	if err := Remark(tx, a); err != nil {
		return err
	}
	err := tx.Exec(`INSERT INTO task_done (person, task, at) VALUES (?, ?, ?) ON CONFLICT (person, task) DO UPDATE SET at = excluded.at`,
		a.Person, a.Task, a.At.UnixMilli()).Error
	if err != nil {
		return fmt.Errorf("done list of %s: %w", a.Person, err)
	}
	return nil
}

// ActsOf lists the acts on a root instance's tasks, oldest first.
func ActsOf(tx *gorm.DB, root int64) ([]TaskAct, error) {
	var all []TaskAct
	err := tx.Where("root = ?", root).Order("id").Find(&all).Error
	return all, err
}

// ActsOn lists the acts on one task, oldest first.
func ActsOn(tx *gorm.DB, task int64) ([]TaskAct, error) {
	var all []TaskAct
	err := tx.Where("task = ?", task).Order("id").Find(&all).Error
	return all, err
}

// AnswersOn are the newest answers to the form of a task that count, by person:
// each co-signer's stay his own.
func AnswersOn(tx *gorm.DB, task int64) (map[string]models.JSON, error) {
	var acts []TaskAct
	if err := tx.Where("task = ? AND NOT void", task).Order("id").Find(&acts).Error; err != nil {
		return nil, err
	}
	out := map[string]models.JSON{}
	for _, a := range acts {
		if len(a.Answers) > 0 && string(a.Answers) != "null" {
			out[a.Person] = a.Answers
		}
	}
	return out, nil
}

// LastAct is the newest act that changed a task, or ErrNotFound.
func LastAct(tx *gorm.DB, task int64) (TaskAct, error) {
	var a TaskAct
	err := tx.Where("task = ? AND operation NOT IN ?", task, Remarks).Order("id DESC").Take(&a).Error
	return a, err
}

// VoidActs marks decisions of a task as no longer counting. Nobody named: all of the task.
func VoidActs(tx *gorm.DB, task int64, persons []string) error {
	q := tx.Model(&TaskAct{}).Where("task = ? AND NOT void AND operation NOT IN ?", task, Remarks)
	if len(persons) > 0 {
		q = q.Where("person IN ?", persons)
	}
	return q.Update("void", true).Error
}

// TaskDraft is what a person typed into a task and has not sent. A draft that
// was thrown away stays with no words and no data, so that its revision goes on.
type TaskDraft struct {
	Task     int64       `gorm:"primaryKey"`
	Person   string      `gorm:"primaryKey"`
	Data     models.JSON // empty: nothing was typed into the form
	Opinion  string
	Reason   string
	Revision int // grows with each save, from 1
	SavedAt  time.Time
}

// TableName of the entity.
func (TaskDraft) TableName() string { return "task_draft" }

// SaveTaskDraft stores a draft over revision seen of it (0: none yet) and
// returns it with its new one. When another browser of the person has saved
// since, it writes nothing and is refused as stale-version.
func SaveTaskDraft(tx *gorm.DB, d TaskDraft, seen int) (TaskDraft, error) {
	d.Revision = seen + 1
	q := tx.Clauses(clause.OnConflict{DoNothing: true})
	if seen == 0 {
		q = q.Create(&d)
	} else {
		q = tx.Model(&TaskDraft{}).Where("task = ? AND person = ? AND revision = ?", d.Task, d.Person, seen).
			Select("Data", "Opinion", "Reason", "Revision", "SavedAt").Updates(&d)
	}
	if q.Error != nil {
		return d, fmt.Errorf("draft of task %d: %w", d.Task, q.Error)
	}
	if q.RowsAffected == 0 {
		return d, models.Refuse("stale-version")
	}
	return d, nil
}

// TaskDraftOf loads a person's draft, or ErrNotFound.
func TaskDraftOf(tx *gorm.DB, task int64, person string) (TaskDraft, error) {
	var d TaskDraft
	err := tx.Where("task = ? AND person = ?", task, person).Take(&d).Error
	return d, err
}
