package seconds

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/texts"
)

// The states of a request.
const (
	Waiting   = "waiting"
	Doing     = "doing" // confirmed, and under way: the mark of a minute
	Confirmed = "confirmed"
	Refused   = "refused"
	Stale     = "stale"   // what it is about is not any more as the asker saw it
	Expired   = "expired" // nobody has said a word in time
	Failed    = "failed"  // confirmed, and then refused by a rule: nothing was done
)

// under is how long somebody may be carrying out what he has confirmed before another may try.
const under = time.Minute

// MinReason is how many characters a reason has at least.
const MinReason = 5

// thrice is how many refusals of one act a superior is told of.
const thrice = 3

// superior is told when an act was refused again and again.
const superior = "BUREAU_DEPUTY"

// Line is a sentence that the second person is shown: a text and its values.
type Line struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}

// Request is an act that waits for a second person's word.
type Request struct {
	ID        int64 `gorm:"primaryKey"`
	Act       string
	Subject   string
	Project   string
	Data      models.JSON
	Shown     models.JSON // []Line
	Reason    string
	Digest    string
	Benefits  string
	State     string
	AskedBy   string
	AskedPost string
	AskedAt   time.Time
	ExpiresAt time.Time
	DecidedBy string
	DecidedAt *time.Time
	Note      string
}

// TableName of the entity.
func (Request) TableName() string { return "second_request" }

// StateAt is the state at a moment: nobody's word in time is none.
func (r Request) StateAt(now time.Time) string {
	if r.State == Waiting && !now.Before(r.ExpiresAt) {
		return Expired
	}
	return r.State
}

// Lines are the sentences that the second person is shown.
func (r Request) Lines() (out []Line, err error) {
	err = r.Shown.Into(&out)
	return out, err
}

// For reports whether an act benefits a person.
func (r Request) For(person string) bool {
	return slices.Contains(strings.Split(r.Benefits, ","), person)
}

func (r Request) subject() string { return "second:" + strconv.FormatInt(r.ID, 10) }

func (r Request) digest() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Act, r.Subject, string(r.Data), r.Reason}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// Ask stores a request and tells who may confirm it. What was refused is not asked
// again as it was; of an act and a subject a person has one request waiting.
func Ask(tx *gorm.DB, a models.Acting, r Request, seconds []string) (Request, error) {
	r.Reason = strings.TrimSpace(r.Reason)
	if len([]rune(r.Reason)) < MinReason {
		return r, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	r.State, r.AskedBy, r.AskedPost, r.AskedAt, r.Digest = Waiting, a.Person, a.Post, models.Stamp(a.At), r.digest()
	seconds = slices.DeleteFunc(slices.Clone(seconds), func(p string) bool { return p == a.Person || r.For(p) })
	if len(seconds) == 0 {
		return r, models.Refuse("no-second-here")
	}
	if _, err := Expire(tx, a.At); err != nil {
		return r, err
	}
	var last Request
	err := tx.Where("act = ? AND subject = ? AND state IN ?", r.Act, r.Subject, []string{Refused, Confirmed}).Order("id DESC").Limit(1).
		Find(&last).Error
	if err != nil {
		return r, fmt.Errorf("requests %s %s: %w", r.Act, r.Subject, err)
	}
	if last.State == Refused && last.Digest == r.Digest {
		return r, models.Refuse("refused-as-it-is", "why", last.Note)
	}
	done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&r)
	if done.Error != nil {
		return r, fmt.Errorf("request %s %s: %w", r.Act, r.Subject, done.Error)
	}
	if done.RowsAffected == 0 {
		return r, models.Refuse("asked-already")
	}
	if err := r.audit(tx, a, "asked"); err != nil {
		return r, err
	}
	return r, r.tell(tx, a, "second-asked", seconds...)
}

// Find is a request; a refusal "not-found" when there is none.
func Find(tx *gorm.DB, id int64, lock ...clause.Expression) (Request, error) {
	var r Request
	err := tx.Clauses(lock...).Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, models.Refuse("not-found")
	}
	if err != nil {
		return r, fmt.Errorf("request %d: %w", id, err)
	}
	return r, nil
}

// Begin claims a request that waits, for the second person to carry it out. Who may
// confirm by his post is asked before.
func Begin(tx *gorm.DB, a models.Acting, id int64) (Request, error) {
	r, err := open(tx, a, id)
	if err != nil {
		return r, err
	}
	at := models.Stamp(a.At)
	r.State, r.DecidedBy, r.DecidedAt = Doing, a.Person, &at
	return r, r.save(tx)
}

func open(tx *gorm.DB, a models.Acting, id int64) (Request, error) {
	r, err := Find(tx, id, clause.Locking{Strength: "UPDATE"})
	abandoned := r.State == Doing && r.DecidedAt != nil && a.At.Sub(*r.DecidedAt) > under
	switch {
	case err != nil:
		return r, err
	case r.AskedBy == a.Person, r.For(a.Person):
		return r, models.Refuse("second-person-needed")
	case r.StateAt(a.At) == Expired:
		return r, models.Refuse("confirmation-expired")
	case r.State != Waiting && !abandoned:
		return r, models.Refuse("checked-already")
	}
	return r, nil
}

// Refuse is the second person's no: nothing changes, who asked is told why, and of
// the third no the superior is.
func Refuse(tx *gorm.DB, a models.Acting, id int64) (Request, error) {
	r, err := open(tx, a, id)
	if err != nil {
		return r, err
	}
	if len([]rune(strings.TrimSpace(a.Reason))) < MinReason {
		return r, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	if r, err = r.end(tx, a, Refused, strings.TrimSpace(a.Reason)); err != nil {
		return r, err
	}
	var n int64
	err = tx.Model(&Request{}).Where("act = ? AND subject = ? AND state = ?", r.Act, r.Subject, Refused).Count(&n).Error
	if err != nil || n%thrice != 0 {
		return r, err
	}
	persons, err := office.InRole(tx, superior)
	if err != nil {
		return r, err
	}
	return r, r.tell(tx, a, "second-refused-often", persons...)
}

// Settle says what became of a request that somebody has begun to carry out:
// Confirmed, Stale, Failed with a note, or Waiting again.
func Settle(tx *gorm.DB, a models.Acting, r Request, state, note string) (Request, error) {
	if state == Waiting {
		r.State, r.DecidedBy, r.DecidedAt = Waiting, "", nil
		return r, r.save(tx)
	}
	return r.end(tx, a, state, note)
}

func (r Request) end(tx *gorm.DB, a models.Acting, state, note string) (Request, error) {
	at := models.Stamp(a.At)
	r.State, r.DecidedBy, r.DecidedAt, r.Note = state, a.Person, &at, note
	if err := r.save(tx); err != nil {
		return r, err
	}
	if err := r.audit(tx, a, state); err != nil {
		return r, err
	}
	return r, r.tell(tx, a, office.NotificationKind("second-"+state), r.AskedBy)
}

func (r Request) save(tx *gorm.DB) error {
	if err := tx.Save(&r).Error; err != nil {
		return fmt.Errorf("request %d: %w", r.ID, err)
	}
	return nil
}

// Expire ends the wait of requests whose time is over; who asked is told.
func Expire(tx *gorm.DB, now time.Time) (int, error) {
	var over []Request
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("state = ? AND expires_at <= ?", Waiting, models.Stamp(now)).
		Order("id").Limit(100).Find(&over).Error
	if err != nil {
		return 0, fmt.Errorf("requests whose time is over: %w", err)
	}
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now)}
	for _, r := range over {
		if _, err := r.end(tx, a, Expired, ""); err != nil {
			return 0, err
		}
	}
	return len(over), nil
}

// Latest are the newest requests, those that wait first, at most so many.
func Latest(tx *gorm.DB, limit int) (all []Request, err error) {
	err = tx.Order("CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, id DESC").Limit(limit).Find(&all).Error
	if err != nil {
		err = fmt.Errorf("requests: %w", err)
	}
	return all, err
}

// RefusedEarlier are the refusals of an act on a subject before a request, newest first.
func RefusedEarlier(tx *gorm.DB, r Request) (all []Request, err error) {
	err = tx.Where("act = ? AND subject = ? AND state = ? AND id < ?", r.Act, r.Subject, Refused, r.ID).Order("id DESC").Limit(thrice).
		Find(&all).Error
	return all, err
}

// ConfirmedSince are a person's requests of an act about a project that were confirmed after a moment.
func ConfirmedSince(tx *gorm.DB, person, act, project string, since time.Time) (all []Request, err error) {
	err = tx.Where("asked_by = ? AND act = ? AND project = ? AND state = ? AND decided_at > ?", person, act, project, Confirmed,
		models.Stamp(since)).Order("id").Find(&all).Error
	if err != nil {
		err = fmt.Errorf("requests of %s: %w", person, err)
	}
	return all, err
}

func (r Request) audit(tx *gorm.DB, a models.Acting, what string) error {
	a.Reason = strings.TrimSpace(a.Reason)
	return audit.Audit(tx, "r:seconds", a, audit.AuditEntry{
		Action: "second." + what, Subject: r.subject(), Project: r.Project, Digest: r.Digest,
		Detail: models.JSONOf(map[string]string{"act": r.Act, "of": r.Subject, "askedBy": r.AskedBy, "why": r.Reason, "note": r.Note}),
	})
}

func (r Request) tell(tx *gorm.DB, a models.Acting, kind office.NotificationKind, persons ...string) error {
	var who office.Person
	if err := tx.Where("id = ?", a.Person).Limit(1).Find(&who).Error; err != nil {
		return fmt.Errorf("person %s: %w", a.Person, err)
	}
	return office.Tell(tx, office.Notification{
		Cause: string(kind) + ":" + r.subject(), Kind: kind, Subject: r.subject(), CreatedAt: a.At,
		Args: models.JSONOf(map[string]string{
			"who": who.Name, "whoEn": who.NameEn, "reason": r.Note, "what": texts.Text(texts.Chinese, "second.act."+r.Act, nil),
			"whatEn": texts.Text(texts.English, "second.act."+r.Act, nil),
		}),
	}, persons...)
}

// HeldApart is the act by which two persons confirm that two projects of one unit are no split one (rule B09).
const HeldApart = "heldApart"

// Pair is the subject of an act about two projects, the same whichever is named first.
func Pair(a, b string) string {
	if b < a {
		a, b = b, a
	}
	return a + " " + b
}

// ApartFrom are the codes of the projects from which a project is held apart.
func ApartFrom(tx *gorm.DB, project string) (codes []string, err error) {
	var all []string
	err = tx.Model(&Request{}).Where("act = ? AND state = ? AND (subject LIKE ? OR subject LIKE ?)", HeldApart, Confirmed,
		project+" %", "% "+project).Order("id").Pluck("subject", &all).Error
	if err != nil {
		return nil, fmt.Errorf("what %s is held apart from: %w", project, err)
	}
	for _, pair := range all {
		a, b, _ := strings.Cut(pair, " ")
		if a == project {
			a = b
		}
		codes = append(codes, a)
	}
	return codes, nil
}
