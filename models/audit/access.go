package audit

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// What is told of people's access to the platform itself.
const (
	AccessDenied  = "access.denied"   // a route or an object was refused
	AccessRead    = "access.read"     // a sensitive record was read
	AccessExport  = "access.export"   // a file or the rows of a report left the house
	ActPreviewed  = "act.previewed"   // what an act would do was asked for, without doing it
	FileRefused   = "file.refused"    // an upload that runs something, is marked secret, or that the scanner refused
	AccessSearch  = "access.search"   // somebody searched
	SignInRefused = "session.refused" // a wrong password
)

// accessChain is the audit chain of accesses.
const accessChain = "r:access"

// AccessTally counts one person's accesses to one subject within a minute. It
// waits until the minute is over; then FoldAccess writes it into the audit.
// So the audit grows with people and minutes, never with the requests of an attacker.
type AccessTally struct {
	Minute  int64  `gorm:"primaryKey"` // since 1970
	Person  string `gorm:"primaryKey"`
	Action  string `gorm:"primaryKey"`
	Subject string `gorm:"primaryKey"` // must be from a bounded set: a route's pattern, or an object that exists
	Code    string // why refused, of the last time
	Remote  string // from where, the last time
	N       int64
}

// TableName of the entity.
func (AccessTally) TableName() string { return "access_tally" }

// CountAccess adds one access. Minute and N of t are filled in here.
func CountAccess(tx *gorm.DB, at time.Time, t AccessTally) error {
	t.Minute, t.N = at.Unix()/60, 1
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "minute"}, {Name: "person"}, {Name: "action"}, {Name: "subject"}},
		DoUpdates: clause.Assignments(map[string]any{"n": gorm.Expr("access_tally.n + 1"), "code": t.Code, "remote": t.Remote}),
	}).Create(&t).Error
	if err != nil {
		return fmt.Errorf("access of %s: %w", t.Person, err)
	}
	return nil
}

// FoldAccess writes the tallies of the minutes that are over into the audit, at
// most limit of them, and returns them.
func FoldAccess(tx *gorm.DB, now time.Time, limit int) ([]AccessTally, error) {
	var over []AccessTally
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("minute < ?", now.Unix()/60).
		Order("minute, person, action, subject").Limit(limit).Find(&over).Error
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	for _, t := range over {
		from := time.Unix(t.Minute*60, 0)
		a := models.Acting{Person: t.Person, Remote: t.Remote, At: now, BusinessDate: models.DateOf(from)}
		detail := map[string]any{"times": t.N, "minute": from.UTC().Format(time.RFC3339)}
		if t.Code != "" {
			detail["code"] = t.Code
		}
		if err := Audit(tx, accessChain, a, AuditEntry{Action: t.Action, Subject: t.Subject, Detail: models.JSONOf(detail)}); err != nil {
			return nil, err
		}
		if err := tx.Delete(&t).Error; err != nil {
			return nil, fmt.Errorf("access: %w", err)
		}
	}
	return over, nil
}
