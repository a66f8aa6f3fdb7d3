package books

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// Fact is something that a partner did, once, however often it was told.
type Fact struct {
	ID           int64 `gorm:"primaryKey"`
	Source       string
	EventType    string
	NaturalKey   string
	EventID      string
	Project      string
	Round        int // procurement round it belongs to
	Data         models.JSON
	OccurredAt   time.Time
	BusinessDate models.Date
	Seq          int64
	Offline      bool
	Handled      bool // a refusal that somebody dealt with
	PostedAt     time.Time
}

// TableName of the entity.
func (Fact) TableName() string { return "fact" }

// Correlation remembers which project a partner's key means.
type Correlation struct {
	Kind    string `gorm:"primaryKey"` // pro_code, bgt_id, contract_no, deal_code, section_code, pay_app_no, pay_cert_no
	Key     string `gorm:"primaryKey"`
	Project string
}

// TableName of the entity.
func (Correlation) TableName() string { return "correlation" }

// The states of an offline registration.
const (
	OfflineWaiting  = "waiting"
	OfflineAccepted = "accepted"
	OfflineRefused  = "refused"
)

// Offline is a partner's fact registered by hand (线下登记); it takes effect
// when a second person has checked it.
type Offline struct {
	ID           int64 `gorm:"primaryKey"`
	Partner      string
	EventType    string
	EventID      string // OFF-…
	Project      string
	OccurredOn   models.Date
	Data         models.JSON
	Evidence     string // document id
	Reason       string
	State        string
	RegisteredBy string
	RegisteredAt time.Time
	VerifiedBy   models.Optional
	VerifiedAt   *time.Time
	Note         string // the second person's
}

// TableName of the entity.
func (Offline) TableName() string { return "offline_registration" }

// Correlate remembers that a partner's key means a project; what is known stays.
func Correlate(tx *gorm.DB, kind, key, project string) error {
	row := Correlation{Kind: kind, Key: key, Project: project}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("correlation %s %s: %w", kind, key, err)
	}
	return nil
}

// CorrelationOf is the project that a partner's key means, "" when nobody knows.
func CorrelationOf(tx *gorm.DB, kind, key string) (string, error) {
	var found []string
	if err := tx.Model(&Correlation{}).Where("kind = ? AND key = ?", kind, key).Pluck("project", &found).Error; err != nil {
		return "", fmt.Errorf("correlation %s %s: %w", kind, key, err)
	}
	if len(found) == 0 {
		return "", nil
	}
	return found[0], nil
}
