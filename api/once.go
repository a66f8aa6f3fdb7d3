package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// db is where the call reads: in its transaction when it has one.
func (c *call) db() *gorm.DB {
	if c.tx != nil {
		return c.tx
	}
	return c.srv.DB.Read(c.Request.Context())
}

// requestOutcome is what a register command answered under an Idempotency-Key.
type requestOutcome struct {
	ID     string `gorm:"primaryKey"`
	Digest string
	Status int
	Answer models.JSON
	At     time.Time
}

// TableName of the entity.
func (requestOutcome) TableName() string { return "request_outcome" }

// once runs a register command in one transaction. With an Idempotency-Key the
// answer is kept in that transaction: the same request gets it again, and
// another request with the key is refused.
func (c *call) once(command func(tx *gorm.DB) (reply, error)) (any, error) {
	var out reply
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		c.tx = tx
		defer func() { c.tx = nil }()
		if c.GetHeader("Idempotency-Key") == "" {
			var err error
			out, err = command(tx)
			return err
		}
		kept := requestOutcome{ID: c.event(), Digest: c.digest(), At: c.now.UTC()}
		if err := c.unusedByTasks(kept); err != nil {
			return err
		}
		fresh := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&kept)
		if fresh.Error != nil {
			return fresh.Error
		}
		if fresh.RowsAffected == 0 {
			var err error
			out, err = again(tx, kept)
			return err
		}
		var err error
		if out, err = command(tx); err != nil {
			return err
		}
		kept.Status, kept.Answer = out.Status, models.JSONOf(out.Body)
		return tx.Save(&kept).Error
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func again(tx *gorm.DB, asked requestOutcome) (reply, error) {
	var first requestOutcome
	if err := tx.Where("id = ?", asked.ID).Take(&first).Error; err != nil {
		return reply{}, err
	}
	if first.Digest != asked.Digest {
		return reply{}, keyReuse()
	}
	return reply{Status: first.Status, Body: json.RawMessage(first.Answer)}, nil
}

// unusedByTasks refuses a key that the caller has used for a move of a token.
func (c *call) unusedByTasks(asked requestOutcome) error {
	_, used, err := process.OutcomeOf(c.db(), asked.ID)
	if used {
		return keyReuse()
	}
	return err
}

// beforeEvent is what an event of a root instance is held against. A key that the caller has used for
// a register's command is refused.
func (c *call) beforeEvent(root int64, event string) (process.Before, error) {
	b, err := process.BeforeEvent(c.db(), root, event)
	if err == nil && b.Used {
		return process.Before{}, keyReuse()
	}
	return b, err
}

func keyReuse() *problem { return refuse(http.StatusUnprocessableEntity, "idempotency-key-reused") }

// digest names what is asked: method, address, version and body.
func (c *call) digest() string {
	h := sha256.New()
	for _, part := range []string{c.Request.Method, c.Request.URL.RequestURI(), c.GetHeader("If-Match"), string(c.body), c.fileDigest} {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
