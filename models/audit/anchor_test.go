package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/trust"
)

// TestSealsAreSignedAndBroughtAway: whoever rewrites everything that the database holds
// has neither the key of the house nor the second medium.
func TestSealsAreSignedAndBroughtAway(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		keys, medium := trust.New(nine.Add(-time.Hour)), audit.Medium(t.TempDir())
		v := audit.Verifier{Known: keys.VerifyPaper, Medium: medium}
		step := func(chain string, sign audit.Sign) {
			t.Helper()
			inTx(t, db, func(tx *gorm.DB) error {
				return audit.Audit(tx, chain, acting("ann"), audit.AuditEntry{Action: "act", Subject: "s"})
			})
			inTx(t, db, func(tx *gorm.DB) error { _, err := audit.SealAudit(tx, nine, sign); return err })
		}
		bring := func(want int, wantErr error) {
			t.Helper()
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				n, err := medium.Bring(tx, false)
				if n != want {
					t.Errorf("brought %d seals, want %d", n, want)
				}
				return err
			})
			if !errors.Is(err, wantErr) {
				t.Errorf("%v, want %v", err, wantErr)
			}
		}
		step("i:1", nil) // of a release before the house had a key
		step("i:1", keys.SignPaper)
		bring(2, nil)
		bring(0, nil)
		step("i:2", keys.SignPaper)
		if err := os.Rename(string(medium), string(medium)+"-away"); err != nil {
			t.Fatal(err)
		}
		bring(0, audit.ErrMediumGone)
		if err := os.Rename(string(medium)+"-away", string(medium)); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(string(medium), "quancheng-seals.jsonl")
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append(whole, []byte(`{"no": 3, "ha`)...), 0o600); err != nil { // cut off by a failure
			t.Fatal(err)
		}
		bring(1, nil)

		check := func(name, sql, cause string, v audit.Verifier) {
			t.Helper()
			tampered(t, db, sql, func(tx *gorm.DB) error {
				r, err := v.All(tx)
				switch {
				case err != nil:
				case cause == "" && (r.Break != nil || r.Unsigned != 1 || r.Seals != 3):
					t.Errorf("%s: %+v, broken %+v", name, r, r.Break)
				case cause != "" && (r.Break == nil || r.Break.Cause != cause):
					t.Errorf("%s: found %+v, want %s", name, r.Break, cause)
				}
				return err
			})
		}
		check("as it is", "", "", v)
		stranger := audit.Verifier{Known: trust.New(nine).VerifyPaper}
		check("a key that is not the house's", "", audit.SealForged, stranger)
		check(
			"another signature", `UPDATE audit_seal SET signature = (SELECT signature FROM audit_seal WHERE no = 2) WHERE no = 3`,
			audit.SealForged, v,
		)
		check("a signature taken off", `UPDATE audit_seal SET signed_by = '', signature = NULL WHERE no = 3`, audit.SealUnsigned, v)
		check("the last seals taken out", `DELETE FROM audit_seal WHERE no = 3`, audit.AnchorBeyond, v)

		// The whole audit written anew, as its owner could: everything in it links, and no signature is there to fail.
		anew := audit.Verifier{Known: keys.VerifyPaper}
		rewrite := func(tx *gorm.DB) error {
			if err := exec(tx, "DELETE FROM audit", "DELETE FROM audit_head", "DELETE FROM audit_seal",
				"DELETE FROM audit_row"); err != nil {
				return err
			}
			for range 3 {
				if err := audit.Audit(tx, "i:1", acting("eve"), audit.AuditEntry{Action: "act", Subject: "s"}); err != nil {
					return err
				}
				if _, err := audit.SealAudit(tx, nine, nil); err != nil {
					return err
				}
			}
			return nil
		}
		tampered(t, db, "", func(tx *gorm.DB) error {
			if err := rewrite(tx); err != nil {
				return err
			}
			if r, err := anew.All(tx); err != nil || r.Break != nil {
				t.Errorf("what was written anew links: %+v (%v)", r.Break, err)
			}
			r, err := v.All(tx)
			if err == nil && (r.Break == nil || r.Break.Cause != audit.AnchorDiffers) {
				t.Errorf("found %+v", r.Break)
			}
			if n, err := medium.Bring(tx, false); n != 0 || !errors.Is(err, audit.ErrMediumDiffers) {
				t.Errorf("%d seals were written over the evidence: %v", n, err)
			}
			return err
		})
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		bring(0, audit.ErrMediumLost)
	})
}

// TestVerifyingWhatIsNew: each look begins where the one before ended, old chains come
// round again, and a break stands until everything was walked.
func TestVerifyingWhatIsNew(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		write := func(chain string, n int) {
			t.Helper()
			for range n {
				inTx(t, db, func(tx *gorm.DB) error {
					return audit.Audit(tx, chain, acting("ann"), audit.AuditEntry{Action: "act", Subject: "s"})
				})
			}
			inTx(t, db, func(tx *gorm.DB) error { _, err := audit.SealAudit(tx, nine, nil); return err })
		}
		at := nine
		look := func(again int64) (p audit.Progress) {
			t.Helper()
			at = at.Add(time.Minute)
			inTx(t, db, func(tx *gorm.DB) (err error) {
				if p, err = (audit.Verifier{}).New(tx, again); err != nil {
					return err
				}
				return p.Remember(tx, at)
			})
			return p
		}
		want := func(p audit.Progress, entries, seals int) {
			t.Helper()
			if p.Break != nil || p.Entries != entries || p.Seals != seals {
				t.Errorf("looked at %d entries, %d seals, want %d, %d; broken %+v", p.Entries, p.Seals, entries, seals, p.Break)
			}
		}
		want(look(0), 0, 0)
		write("i:1", 3)
		write("i:2", 1)
		want(look(0), 4, 2)
		want(look(0), 0, 0)
		write("i:1", 2)
		want(look(0), 2, 1)
		want(look(1), 5, 0) // i:1 comes round again, then i:2
		want(look(1), 1, 0)
		inTx(t, db, func(tx *gorm.DB) error {
			return errors.Join(dropGuards(tx, db.SQLite()), exec(tx, `UPDATE audit SET reason = 'x' WHERE chain = 'i:1' AND seq = 2`))
		})
		want(look(0), 0, 0) // nothing is new
		for range 2 {
			if p := look(1); p.Break == nil || p.Break.Seq != 2 || p.Break.Chain != "i:1" {
				t.Errorf("found %+v", p.Break)
			}
		}
		inTx(t, db, func(tx *gorm.DB) error {
			if err := exec(tx, `UPDATE audit SET reason = '测试' WHERE chain = 'i:1' AND seq = 2`); err != nil {
				return err
			}
			r, err := audit.Verifier{}.All(tx)
			return errors.Join(err, r.Remember(tx, at))
		})
		want(look(0), 0, 0)
	})
}

// TestProveOneRow: what stands behind a row, before and after it is sealed.
func TestProveOneRow(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		keys, medium := trust.New(nine.Add(-time.Hour)), audit.Medium(t.TempDir())
		v := audit.Verifier{Known: keys.VerifyPaper, Medium: medium}
		inTx(t, db, func(tx *gorm.DB) error { return exec(tx, rows[:3]...) })
		inTx(t, db, func(tx *gorm.DB) error {
			e := entry{
				Kind: "paid", Project: "XM-1", NaturalKey: "a", Source: "s", BusinessDate: "2026-01-02", RecordedAt: nine, Actor: "ann",
			}
			return errors.Join(tx.Create(&e).Error, audit.Audit(tx, "i:1", acting("ann"), audit.AuditEntry{Action: "pay", Subject: "s"}))
		})
		prove := func(row string) (p audit.Proof, err error) {
			err = db.Snapshot(context.Background(), func(tx *gorm.DB) error {
				p, err = v.Prove(tx, row)
				return err
			})
			return p, err
		}
		if p, err := prove("ledger:1"); err != nil || p.Break != nil || p.Seal != 0 || p.Actor != "ann" || p.Action != "pay" ||
			p.Version != 1 {
			t.Errorf("%+v (%v)", p, err)
		}
		inTx(t, db, func(tx *gorm.DB) error {
			err := audit.Audit(tx, "i:1", acting("bob"), audit.AuditEntry{Action: "act", Subject: "s"})
			if err == nil {
				_, err = audit.SealAudit(tx, nine, keys.SignPaper)
			}
			if err == nil {
				_, err = medium.Bring(tx, false)
			}
			return err
		})
		for _, row := range []string{"ledger:1", "i:1#1"} {
			p, err := prove(row)
			if err != nil || p.Break != nil || p.Seal != 1 || p.SignedBy == "" || !p.Anchored {
				raw, _ := json.Marshal(p)
				t.Errorf("%s: %s (%v)", row, raw, err)
			}
		}
		for _, row := range []string{"ledger:2", "ledger", "i:1#9", "i:1", "#", ""} {
			if _, err := prove(row); !errors.Is(err, audit.ErrNoRow) {
				t.Errorf("%q: %v", row, err)
			}
		}
		tampered(t, db, `UPDATE audit SET reason = 'x' WHERE chain = 'i:1' AND seq = 2`, func(tx *gorm.DB) error {
			p, err := v.Prove(tx, "ledger:1")
			if err == nil && p.Break == nil {
				t.Error("a changed entry between the row and its seal is not seen")
			}
			return err
		})
	})
}
