package process

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// Begun is what a person said when he began a case by himself.
type Begun struct {
	Root    int64 `gorm:"primaryKey"`
	Person  string
	Post    string
	Version int    // of the process
	Form    string // id of the start form; "": none
	Title   string
	Data    models.JSON // as the form took it
	At      time.Time
}

// TableName of the entity.
func (Begun) TableName() string { return "begun" }

// BegunOf is how a person began a root instance; false where none did.
func BegunOf(tx *gorm.DB, root int64) (Begun, bool, error) {
	var b Begun
	err := tx.Where("root = ?", root).Take(&b).Error
	if errors.Is(err, ErrNotFound) {
		return b, false, nil
	}
	return b, err == nil, err
}

// StartDraft is a start form that a person has begun to fill in.
type StartDraft struct {
	ID       int64 `gorm:"primaryKey"`
	Person   string
	Process  string
	Version  int // of the process whose start form was filled in
	Data     models.JSON
	Revision int
	SavedAt  time.Time
}

// TableName of the entity.
func (StartDraft) TableName() string { return "start_draft" }

// MaxStartDrafts is how many drafts a person may keep.
const MaxStartDrafts = 200

// NewStartDraft keeps a draft of a person.
func NewStartDraft(tx *gorm.DB, d StartDraft) (StartDraft, error) {
	var n int64
	if err := tx.Model(&StartDraft{}).Where("person = ?", d.Person).Count(&n).Error; err != nil {
		return d, fmt.Errorf("drafts of %s: %w", d.Person, err)
	}
	if n >= MaxStartDrafts {
		return d, models.Refuse("too-many-drafts", "most", fmt.Sprint(MaxStartDrafts))
	}
	d.Revision = 1
	if err := tx.Create(&d).Error; err != nil {
		return d, fmt.Errorf("draft of %s: %w", d.Process, err)
	}
	return d, nil
}

// StartDraftOf loads a draft of a person, or ErrNotFound: others' do not exist for him.
func StartDraftOf(tx *gorm.DB, person string, id int64) (StartDraft, error) {
	var d StartDraft
	err := tx.Where("id = ? AND person = ?", id, person).Take(&d).Error
	return d, err
}

// StartDraftsOf lists the drafts of a person, the newest first.
func StartDraftsOf(tx *gorm.DB, person string) ([]StartDraft, error) {
	var all []StartDraft
	err := tx.Where("person = ?", person).Order("saved_at DESC, id DESC").Limit(MaxStartDrafts).Find(&all).Error
	return all, err
}

// SaveStartDraft stores a draft over the revision that was seen; another one has been saved since: "stale-version".
func SaveStartDraft(tx *gorm.DB, d StartDraft, seen int) (StartDraft, error) {
	d.Revision = seen + 1
	done := tx.Model(&StartDraft{}).Where("id = ? AND person = ? AND revision = ?", d.ID, d.Person, seen).
		Updates(map[string]any{"version": d.Version, "data": d.Data, "revision": d.Revision, "saved_at": d.SavedAt})
	switch {
	case done.Error != nil:
		return d, fmt.Errorf("draft %d: %w", d.ID, done.Error)
	case done.RowsAffected == 0:
		return d, models.Refuse("stale-version")
	}
	return d, nil
}

// DropStartDraft throws a draft of a person away; false when there is none.
func DropStartDraft(tx *gorm.DB, person string, id int64) (bool, error) {
	done := tx.Where("id = ? AND person = ?", id, person).Delete(&StartDraft{})
	return done.RowsAffected > 0, done.Error
}

// Follow lets a person follow a case, or no longer.
func Follow(tx *gorm.DB, root int64, person string, at time.Time, on bool) error {
	if !on {
		return tx.Exec("DELETE FROM case_follow WHERE root = ? AND person = ?", root, person).Error
	}
	return tx.Exec("INSERT INTO case_follow (root, person, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", root, person, at.UTC()).Error
}

// Follows reports whether a person follows a case.
func Follows(tx *gorm.DB, root int64, person string) (bool, error) {
	var n int64
	err := tx.Table("case_follow").Where("root = ? AND person = ?", root, person).Count(&n).Error
	return n > 0, err
}

// CaseCopy is a case that somebody was given to read (抄送).
type CaseCopy struct {
	Root   int64  `gorm:"primaryKey"`
	Person string `gorm:"primaryKey"`
	Sender string
	At     time.Time
}

// TableName of the entity.
func (CaseCopy) TableName() string { return "case_copy" }

// CopyCase gives a case to read; given again, only sender and moment are new.
func CopyCase(tx *gorm.DB, c CaseCopy) error {
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&c).Error; err != nil {
		return fmt.Errorf("copy of case %d for %s: %w", c.Root, c.Person, err)
	}
	return nil
}

// CaseCopiesOf lists who was given a case to read, in the order of sending.
func CaseCopiesOf(tx *gorm.DB, root int64) ([]CaseCopy, error) {
	var all []CaseCopy
	err := tx.Where("root = ?", root).Order("at, person").Find(&all).Error
	return all, err
}

// HasPart reports whether a person has or had a part in a case: he began it, has
// acted in it, a task of it is or was his, or he was given it to read.
func HasPart(tx *gorm.DB, root int64, person string, posts []string) (bool, error) {
	var n int64
	principals := append([]string{person}, posts...)
	err := tx.Raw(`SELECT (SELECT count(*) FROM case_party WHERE root = @root AND role = @applicant AND person = @person)
		+ (SELECT count(*) FROM begun WHERE root = @root AND person = @person)
		+ (SELECT count(*) FROM task_act WHERE root = @root AND person = @person)
		+ (SELECT count(*) FROM task_copy WHERE root = @root AND person = @person)
		+ (SELECT count(*) FROM case_copy WHERE root = @root AND person = @person)
		+ (SELECT count(*) FROM task_candidate c JOIN task t ON t.key = c.key WHERE t.root = @root AND c.principal IN @principals)`,
		map[string]any{"root": root, "applicant": PartyApplicant, "person": person, "principals": principals}).Scan(&n).Error
	return n > 0, err
}

// MatterScope says which list of cases is meant.
type MatterScope string

// The scopes.
const (
	MattersBegun    MatterScope = "begun"    // by the person (我发起的)
	MattersFollowed MatterScope = "followed" // that he follows
	MattersCopied   MatterScope = "copied"   // that he was given to read
)

// matterSource has, for each scope, the table and a condition on it; @person is the person.
var matterSource = map[MatterScope]string{
	MattersBegun:    "SELECT root FROM case_party WHERE role = 'applicant' AND person = ?",
	MattersFollowed: "SELECT root FROM case_follow WHERE person = ?",
	MattersCopied:   "SELECT root FROM case_copy WHERE person = ?",
}

// MatterQuery asks for a page of a person's cases.
type MatterQuery struct {
	Scope  MatterScope
	Person string
	Open   *bool  // nil: both
	Sort   string // of MatterSorting
	Cursor string
	Limit  int
}

// MatterSorting is by when a case began, as its key tells, or moved last.
var MatterSorting = models.Sorting[RootState]{
	Usual: "-begunAt",
	Key:   models.Place[RootState]{Column: "key", Of: func(r RootState) any { return r.Key }},
	Places: map[string]models.Place[RootState]{
		"begunAt": {Column: "key", Of: func(r RootState) any { return r.Key }},
		"movedAt": {Column: "updated_at", Of: func(r RootState) any { return r.UpdatedAt }},
	},
}

// Matters lists root instances of a person, the newest first unless Sort says otherwise, with the cursor of the next page.
func Matters(tx *gorm.DB, f MatterQuery) ([]RootState, string, error) {
	order, err := MatterSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	q := tx.Model(&RootState{}).Omit("state", "stopped").Where("key IN ("+matterSource[f.Scope]+")", f.Person)
	if f.Open != nil {
		q = q.Where("open = ?", *f.Open)
	}
	return order.Page(q, f.Cursor, f.Limit)
}

// BegunAll are the rows of root instances, by root.
func BegunAll(tx *gorm.DB, roots []int64) (map[int64]Begun, error) {
	out := map[int64]Begun{}
	if len(roots) == 0 {
		return out, nil
	}
	var rows []Begun
	if err := tx.Omit("data").Where("root IN ?", roots).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, b := range rows {
		out[b.Root] = b
	}
	return out, nil
}

// NewestDefinitions lists the newest version of each process, by process.
func NewestDefinitions(tx *gorm.DB) ([]Definition, error) {
	var all []Definition
	err := tx.Raw(`SELECT d.* FROM definition d WHERE d.version = (SELECT max(version) FROM definition n WHERE n.process = d.process)
		ORDER BY d.process`).
		Scan(&all).
		Error
	return all, err
}

// DefinitionAt is a version of a process, or ErrNotFound.
func DefinitionAt(tx *gorm.DB, process string, version int) (Definition, error) {
	var d Definition
	err := tx.Where("process = ? AND version = ?", process, version).Take(&d).Error
	return d, err
}
