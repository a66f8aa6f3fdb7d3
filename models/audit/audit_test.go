package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
)

// tamperings are what somebody with the database's password could do, and what
// the verification must say of it.
var tamperings = []struct {
	name, sql string
	want      string // cause, "" when everything holds
	seq       int64
}{
	{"nothing", "", "", 0},
	{"another reason", `UPDATE audit SET reason = 'x' WHERE chain = 'i:1' AND seq = 2`, audit.AuditChanged, 2},
	{"another actor", `UPDATE audit SET actor = 'somebody' WHERE chain = 'i:1' AND seq = 3`, audit.AuditChanged, 3},
	{"another detail", `UPDATE audit SET detail = '{"n":9}' WHERE chain = 'i:1' AND seq = 1`, audit.AuditChanged, 1},
	{"a removed entry", `DELETE FROM audit WHERE chain = 'i:1' AND seq = 2`, audit.AuditMissing, 3},
	{"a removed end", `DELETE FROM audit WHERE chain = 'i:1' AND seq = 3`, audit.AuditTruncated, 3},
	{"a removed head", `DELETE FROM audit_head WHERE chain = 'i:1'`, audit.AuditTruncated, 1},
	{"a removed chain", `DELETE FROM audit WHERE chain = 'i:2'; DELETE FROM audit_head WHERE chain = 'i:2'`, audit.AuditRewritten, 1},
	{"another seal", `UPDATE audit_seal SET prev = 'x' WHERE no = 2`, audit.SealChanged, 2},
	{"a removed seal", `DELETE FROM audit_seal WHERE no = 1`, audit.SealChanged, 2},
}

func TestVerifyAuditFindsTheFirstBrokenLink(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		now := time.Date(2022, 6, 30, 9, 0, 0, 0, models.Zone)
		write := func(chain string, n int) {
			t.Helper()
			for i := range n {
				a := models.Acting{Person: "zhou-min", Post: "APPLY_CLERK@DP18", At: now, Reason: "测试"}
				err := db.Tx(ctx, func(tx *gorm.DB) error {
					return audit.Audit(
						tx, chain, a,
						audit.AuditEntry{Action: "act", Subject: "s", Detail: models.JSONOf(map[string]any{"n": i, "name": "甲"})},
					)
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		seal := func(want int) {
			t.Helper()
			err := db.Tx(ctx, func(tx *gorm.DB) error {
				n, err := audit.SealAudit(tx, now, nil)
				if n != want {
					t.Errorf("sealed %d chains, want %d", n, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		write("i:1", 2)
		write("i:2", 1)
		seal(2)
		seal(0)
		write("i:1", 1)
		seal(1)
		for _, c := range tamperings {
			t.Run(c.name, func(t *testing.T) {
				undo := context.Canceled
				err := db.Tx(ctx, func(tx *gorm.DB) error {
					if err := dropGuards(tx, db.SQLite()); err != nil {
						return err
					}
					for _, sql := range strings.FieldsFunc(c.sql, func(r rune) bool { return r == ';' }) {
						if err := tx.Exec(sql).Error; err != nil {
							return err
						}
					}
					r, err := audit.VerifyAudit(tx, "")
					if err != nil {
						return err
					}
					switch {
					case c.want == "" && r.Break != nil:
						t.Errorf("found %+v in an untouched chain", r.Break)
					case c.want == "" && (r.Chains != 2 || r.Entries != 4 || r.Seals != 2):
						t.Errorf("looked at %+v", r)
					case c.want != "" && (r.Break == nil || r.Break.Cause != c.want || r.Break.Seq != c.seq):
						t.Errorf("found %+v, want %s at %d", r.Break, c.want, c.seq)
					}
					return undo
				})
				if !errors.Is(err, undo) {
					t.Fatal(err)
				}
			})
		}
	})
}

// dropGuards does what the owner of the database can: the triggers stop a slip, the chain finds a deed.
func dropGuards(tx *gorm.DB, sqlite bool) error {
	for trigger, table := range map[string]string{
		"audit_no_update": "audit", "audit_no_delete": "audit", "seal_no_update": "audit_seal", "seal_no_delete": "audit_seal",
		"audit_row_no_update": "audit_row", "audit_row_no_delete": "audit_row", "ledger_no_update": "ledger", "ledger_no_delete": "ledger",
	} {
		sql := "DROP TRIGGER " + trigger
		if !sqlite {
			sql += " ON " + table
		}
		if err := tx.Exec(sql).Error; err != nil {
			return err
		}
	}
	return nil
}

// TestFirstEntriesOfAChainAtOnce: a chain that begins has no head to hold yet;
// everybody's first entry still finds its own place behind the others'.
func TestFirstEntriesOfAChainAtOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx, now := context.Background(), time.Date(2022, 6, 30, 9, 0, 0, 0, models.Zone)
		const writers = 8
		for round := range 5 {
			chain, errs, begin := fmt.Sprintf("r:first-%d", round), make(chan error, writers), make(chan struct{})
			for range writers {
				go func() {
					<-begin
					errs <- db.Tx(ctx, func(tx *gorm.DB) error {
						return audit.Audit(tx, chain, models.Acting{Person: "zhou-min", At: now},
							audit.AuditEntry{Action: "act", Subject: "s"})
					})
				}()
			}
			close(begin)
			for range writers {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			var head audit.AuditHead
			if err := db.Read(ctx).Where("chain = ?", chain).Take(&head).Error; err != nil || head.Seq != writers {
				t.Errorf("the chain ends at %d, want %d (%v)", head.Seq, writers, err)
			}
		}
	})
}
