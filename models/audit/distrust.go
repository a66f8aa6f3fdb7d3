package audit

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// RequestDistrusted is the action of requests that came through Temporal
// without the seal of one of our processes.
const RequestDistrusted = "request.distrusted"

// Unsealed is whom the audit names for them: nobody knows who it was.
const Unsealed = "?temporal"

// Distrust counts the requests that were not believed, by reason.
type Distrust struct {
	Code string `gorm:"primaryKey"`
	N    int64
}

// TableName of the entity.
func (Distrust) TableName() string { return "distrust" }

// CountDistrust counts a request that was not believed: for the meters, and by
// instance and minute for the audit. An instance that does not exist is not named.
func CountDistrust(tx *gorm.DB, at time.Time, root int64, code string) error {
	err := tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "code"}}, DoUpdates: clause.Assignments(map[string]any{"n": gorm.Expr("distrust.n + 1")}),
	}).Create(&Distrust{Code: code, N: 1}).Error
	if err != nil {
		return fmt.Errorf("distrust: %w", err)
	}
	var there int64
	if err := tx.Raw("SELECT count(*) FROM root_state WHERE key = ?", root).Scan(&there).Error; err != nil {
		return fmt.Errorf("distrust: %w", err)
	}
	subject := "instance:?"
	if there > 0 {
		subject = fmt.Sprintf("instance:%d", root)
	}
	return CountAccess(tx, at, AccessTally{Person: Unsealed, Action: RequestDistrusted, Subject: subject, Code: code})
}

// DistrustTally lists how many requests were not believed so far, by reason.
func DistrustTally(tx *gorm.DB) ([]Distrust, error) {
	var all []Distrust
	err := tx.Order("code").Find(&all).Error
	return all, err
}
