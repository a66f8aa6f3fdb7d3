package running

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/partner/facts"
)

// The states of an import.
const (
	Waiting  = "waiting"
	Accepted = "accepted"
	Refused  = "refused"

	Withdrawn = "withdrawn" // by who asked, before anybody decided; the column says waiting
)

// Chain is the audit chain of imports.
const Chain = "r:running"

// Import is a workbook that somebody asks to take in, and what a second person made of it.
type Import struct {
	ID        int64 `gorm:"primaryKey"`
	FileName  string
	Digest    string      // of what the workbook says
	Body      models.JSON // Book
	Projects  int         // that can be taken in
	Refused   int         // that cannot
	State     string
	Reason    string
	AskedBy   string
	AskedAt   time.Time
	DecidedBy models.Optional
	DecidedAt *time.Time
	Note      string // the second person's; of a batch that was withdrawn, why

	WithdrawnAt *time.Time
}

// AfterFind tells a batch that was withdrawn from one that waits.
func (i *Import) AfterFind(*gorm.DB) error {
	if i.WithdrawnAt != nil {
		i.State = Withdrawn
	}
	return nil
}

// TableName of the entity.
func (Import) TableName() string { return "running_import" }

// Book is what the workbook says.
func (i Import) Book() (Book, error) {
	var b Book
	if err := i.Body.Into(&b); err != nil {
		return nil, fmt.Errorf("import %d: %w", i.ID, err)
	}
	return b, nil
}

// Ask keeps a workbook until a second person decides. The same workbook that waits
// or was taken in is answered as it stands: asked twice, it changes nothing. One of
// which nothing can be taken in is refused.
func Ask(tx *gorm.DB, a models.Acting, file string, book Book) (Import, Plan, error) {
	plan, err := Make(tx, book, models.DateOf(a.At))
	if err != nil {
		return Import{}, plan, err
	}
	i := Import{
		FileName: file, Digest: sum(book), Body: models.JSONOf(book), Projects: plan.Count(StateOK, StateHeed),
		Refused: plan.Count(StateRefused), State: Waiting, Reason: strings.TrimSpace(a.Reason), AskedBy: a.Person,
		AskedAt: models.Stamp(a.At),
	}
	var same []Import
	err = tx.Where("digest = ? AND state IN ? AND withdrawn_at IS NULL", i.Digest, []string{Waiting, Accepted}).
		Order("id DESC").Limit(1).Find(&same).Error
	if err != nil {
		return i, plan, fmt.Errorf("imports: %w", err)
	}
	if len(same) > 0 {
		return same[0], plan, nil
	}
	if i.Projects == 0 {
		return i, plan, nil // nothing to ask for: no row is written
	}
	if err := tx.Create(&i).Error; err != nil {
		return i, plan, fmt.Errorf("import %s: %w", file, err)
	}
	if err := i.audit(tx, a, "running.ask"); err != nil {
		return i, plan, err
	}
	return i, plan, i.tell(tx, a, "running-asked", Deciders...)
}

// Deciders are the roles whose holders take in what others ask for.
var Deciders = []string{"BACK_VERIFIER", "BUREAU_CHIEF"}

// tell tells the holders of roles, or who asked where none is named.
func (i Import) tell(tx *gorm.DB, a models.Acting, kind office.NotificationKind, roles ...string) error {
	persons := []string{i.AskedBy}
	if len(roles) > 0 {
		persons = nil
	}
	for _, role := range roles {
		held, err := office.InRole(tx, role)
		if err != nil {
			return err
		}
		persons = append(persons, held...)
	}
	persons = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(persons))), func(id string) bool { return id == a.Person })
	var who office.Person
	if err := tx.Where("id = ?", a.Person).Limit(1).Find(&who).Error; err != nil {
		return fmt.Errorf("person %s: %w", a.Person, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("%s:%d", kind, i.ID), Kind: kind, Subject: fmt.Sprintf("running:%d", i.ID), CreatedAt: a.At,
		Args: models.JSONOf(map[string]string{
			"who": who.Name, "whoEn": who.NameEn, "file": i.FileName, "n": fmt.Sprint(i.Projects), "why": i.Note,
		}),
	}, persons...)
}

func (i Import) audit(tx *gorm.DB, a models.Acting, action string) error {
	return audit.Audit(tx, Chain, a, audit.AuditEntry{
		Action: action, Subject: fmt.Sprintf("running:%d", i.ID), Digest: i.Digest, Reason: i.Note,
		Detail: models.JSONOf(map[string]any{"file": i.FileName, "projects": i.Projects, "askedBy": i.AskedBy}),
	})
}

// Find is an import; a refusal "not-found" when there is none.
func Find(tx *gorm.DB, id int64) (Import, error) {
	var i Import
	err := tx.Where("id = ?", id).Take(&i).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return i, models.Refuse("not-found", "what", fmt.Sprint(id))
	}
	if err != nil {
		return i, fmt.Errorf("import %d: %w", id, err)
	}
	return i, nil
}

// Imports are the newest ones, without their rows.
func Imports(tx *gorm.DB, limit int) (all []Import, err error) {
	if err := tx.Omit("body").Order("id DESC").Limit(limit).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	return all, nil
}

// Of are the projects that an import brought.
func Of(tx *gorm.DB, id int64) (all []Project, err error) {
	if err := tx.Where("import_id = ?", id).Order("project").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("projects of import %d: %w", id, err)
	}
	return all, nil
}

// Decide is the second person's word. What is accepted is written whole, as it was
// asked: where the books have moved on since, so that less of it could be taken in,
// it is refused with what stands against it, and has to be asked for again.
func Decide(tx *gorm.DB, a models.Acting, days facts.Workdays, id int64, accept bool, note string) (Import, Plan, error) {
	i, err := Find(tx.Clauses(clause.Locking{Strength: "UPDATE"}), id)
	if err != nil {
		return i, Plan{}, err
	}
	note = strings.TrimSpace(note)
	switch {
	case i.State != Waiting:
		return i, Plan{}, models.Refuse("checked-already")
	case i.AskedBy == a.Person:
		return i, Plan{}, models.Refuse("second-person-needed")
	case !accept && len([]rune(note)) < 5:
		return i, Plan{}, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	book, err := i.Book()
	if err != nil {
		return i, Plan{}, err
	}
	plan, err := Make(tx, book, models.DateOf(a.At))
	if err != nil {
		return i, plan, err
	}
	at := models.Stamp(a.At)
	i.State, i.DecidedBy, i.DecidedAt, i.Note = Refused, models.Optional(a.Person), &at, note
	if accept {
		i.State = Accepted
		if err := i.take(tx, a, days, plan); err != nil {
			return i, plan, err
		}
	}
	if err := tx.Save(&i).Error; err != nil {
		return i, plan, fmt.Errorf("import %d: %w", id, err)
	}
	if err := i.tell(tx, a, map[bool]office.NotificationKind{true: "running-accepted", false: "running-refused"}[accept]); err != nil {
		return i, plan, err
	}
	return i, plan, i.audit(tx, a, map[bool]string{true: "running.accept", false: "running.refuse"}[accept])
}

// Withdraw takes back a batch of one's own that nobody has decided on; it may be asked for again.
func Withdraw(tx *gorm.DB, a models.Acting, id int64, why string) (Import, error) {
	i, err := Find(tx.Clauses(clause.Locking{Strength: "UPDATE"}), id)
	if err != nil {
		return i, err
	}
	why = strings.TrimSpace(why)
	switch {
	case i.State != Waiting:
		return i, models.Refuse("checked-already")
	case i.AskedBy != a.Person:
		return i, models.Refuse("forbidden")
	case len([]rune(why)) < 5:
		return i, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	err = tx.Model(&Import{}).Where("id = ?", id).Updates(map[string]any{"withdrawn_at": at, "note": why}).Error
	if err != nil {
		return i, fmt.Errorf("import %d: %w", id, err)
	}
	i.State, i.WithdrawnAt, i.Note = Withdrawn, &at, why
	return i, i.audit(tx, a, "running.withdraw")
}

// take writes what can be taken in, in the name of who asked.
func (i Import) take(tx *gorm.DB, a models.Acting, days facts.Workdays, plan Plan) error {
	if n := plan.Count(StateOK, StateHeed); n != i.Projects {
		r := models.Refuse("running-moved-on", "asked", fmt.Sprint(i.Projects), "now", fmt.Sprint(n))
		for _, item := range plan.Projects {
			for _, w := range item.Wrong {
				r.Field(fmt.Sprintf("/%s/%d/%s", w.Sheet, w.Line, w.Column), w.Code, flat(w.Args)...)
			}
		}
		return r
	}
	w, err := readWorld(tx)
	if err != nil {
		return err
	}
	asker := models.Acting{
		Person: i.AskedBy, At: a.At, BusinessDate: models.DateOf(a.At), Reason: "补录：" + i.Reason, Event: fmt.Sprintf("running:%d", i.ID),
	}
	for _, item := range plan.Projects {
		if !item.Takes() {
			continue
		}
		one := writing{world: w, tx: tx, a: asker, days: days, item: item}
		if err := one.write(i.ID); err != nil {
			return err
		}
		e := audit.AuditEntry{Action: "running.project", Subject: "project:" + one.p.Code, Project: one.p.Code, Reason: asker.Reason}
		if err := audit.Audit(tx, "r:project", a, e); err != nil {
			return err
		}
	}
	return nil
}

func flat(args map[string]string) (out []string) {
	for k, v := range args {
		out = append(out, k, v)
	}
	return out
}
