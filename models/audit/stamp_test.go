package audit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestSealsAreStamped: the newest seal is stamped once an hour, and a seal that is another one than was stamped is found.
func TestSealsAreStamped(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		wants := func(at time.Time) (no int64, text string) {
			t.Helper()
			no, text, err := audit.ToStamp(db.Read(context.Background()), at)
			if err != nil {
				t.Fatal(err)
			}
			return no, text
		}
		seal := func(at time.Time) {
			inTx(t, db, func(tx *gorm.DB) error {
				if err := audit.Audit(tx, "i:1", acting("ann"), audit.AuditEntry{Action: "act", Subject: "s"}); err != nil {
					return err
				}
				_, err := audit.SealAudit(tx, at, nil)
				return err
			})
		}
		if no, _ := wants(nine); no != 0 {
			t.Errorf("seal %d of none is to be stamped", no)
		}
		stamped, moment := map[string]string{}, nine // text by token, and what each states
		v := audit.Verifier{Stamped: func(token []byte, text string) (time.Time, error) {
			if stamped[string(token)] != text {
				return time.Time{}, errors.New("of something else")
			}
			return moment, nil
		}}
		seal(nine)
		no, text := wants(nine)
		if no != 1 {
			t.Fatalf("seal %d is to be stamped, not 1", no)
		}
		stamped["t1"] = text
		for _, token := range []string{"t1", "t2"} { // two workers at once: the first stays
			inTx(t, db, func(tx *gorm.DB) error { return audit.Stamp{Seal: 1, At: nine, Token: []byte(token)}.Keep(tx) })
		}
		if no, _ := wants(nine.Add(2 * time.Hour)); no != 0 {
			t.Errorf("seal %d is to be stamped twice", no)
		}
		seal(nine.Add(time.Minute))
		if no, _ := wants(nine.Add(59 * time.Minute)); no != 0 {
			t.Errorf("seal %d is to be stamped within the hour", no)
		}
		if no, _ := wants(nine.Add(time.Hour)); no != 2 {
			t.Errorf("after an hour seal %d is to be stamped", no)
		}
		look := func(name, sql string, want int, cause string) {
			t.Helper()
			tampered(t, db, sql, func(tx *gorm.DB) error {
				r, err := v.All(tx)
				switch {
				case err != nil:
				case cause == "" && (r.Break != nil || r.Stamped != want):
					t.Errorf("%s: %d stamped, broken %+v", name, r.Stamped, r.Break)
				case cause != "" && (r.Break == nil || r.Break.Cause != cause || r.Break.Seq != 1):
					t.Errorf("%s: found %+v", name, r.Break)
				}
				return err
			})
		}
		look("as it is", "", 1, "")
		stamped["t1"] = "another seal"
		look("rewritten", "", 0, audit.StampDiffers)
		stamped["t1"] = text
		moment = nine.Add(-time.Hour)
		look("another moment", "", 0, audit.StampDiffers)
		v.Stamped = nil
		look("nobody is asked", "", 0, "")
	})
}
