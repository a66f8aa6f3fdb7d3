package audit_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
)

// rows of every kind that the audit binds, as a release before binding left them.
var rows = []string{
	`INSERT INTO dept (id, name, kind) VALUES ('D1', '县一中', 'applying')`,
	`INSERT INTO person (id, name, active, demo) VALUES ('ann', '安', TRUE, TRUE)`,
	`INSERT INTO project (code, name, dept_id, type, mlps_level, form, stage, drafted_on, version, created_at, created_by, updated_at)
		VALUES ('XM-1', '一', 'D1', 'x', 0, '{}', 'DRAFT', '2026-01-01', 1, '2026-01-01 00:00:00+00:00', 'ann', '2026-01-01 00:00:00+00:00')`,
	`INSERT INTO task_act (task, root, element, task_name, round, person, operation, opinion, event, void, at, answers)
		VALUES (1, 1, 'e', 'n', 1, 'ann', 'agree', '同意', 'u:1', FALSE, '2026-01-02 03:04:05.678+00:00', '{"b": 1.50, "a": [true, null]}')`,
	`INSERT INTO ledger (kind, project, amount, natural_key, source, business_date, recorded_at, actor)
		VALUES ('approved', 'XM-1', 40000000, 'k', 's', '2026-01-02', '2026-01-02 03:04:05.678+00:00', 'ann')`,
	`INSERT INTO sheet (project, round, kind, issued, declared, reviewed, cut, actor, at, business_date)
		VALUES ('XM-1', 1, 'A', FALSE, 100, 100, 0, 'ann', '2026-01-02 03:04:05+00:00', '2026-01-02')`,
	`INSERT INTO sheet_line (project, round, line_no, declared, reviewed, cut) VALUES ('XM-1', 1, 1, 60, 60, 0), ('XM-1', 1, 2, 40, 40, 0)`,
	`INSERT INTO cross_line (project, round, line_no, reviewed) VALUES ('XM-1', 1, 1, 55)`,
	`INSERT INTO document (id, kind, title, digest, created_by, created_at, data, signature) VALUES ('1', 'approval', '批复', 'abc', 'ann', '2026-01-02 03:04:05+00:00', '{}', NULL)`,
	`INSERT INTO review (project, cycle) VALUES ('XM-1', 1)`,
	`INSERT INTO expert_draw (draw_no, project, cycle, seed, criteria, pool, at, actor) VALUES ('N1', 'XM-1', 1, 's', '{}', '[]', '2026-01-02 03:04:05+00:00', 'ann')`,
	`INSERT INTO expert_seat (project, cycle, person_id, draw_no, leader, state) VALUES ('XM-1', 1, 'ann', 'N1', TRUE, 'signed')`,
	`INSERT INTO expert_opinion (project, cycle, person_id, scores, score, lines, overall, comment, at, business_date)
		VALUES ('XM-1', 1, 'ann', '[]', 8000, '[]', 'pass', 'c', '2026-01-02 03:04:05+00:00', '2026-01-02')`,
	`INSERT INTO acceptance (project, kind, round, conclusion, held_on, members, items, actor, at)
		VALUES ('XM-1', 'PRELIM', 1, 'pass', '2026-01-02', '[]', '[]', 'ann', '2026-01-02 03:04:05+00:00')`,
	`INSERT INTO contract (contract_no, project, amount, state) VALUES ('HT-1', 'XM-1', 300, 'draft')`,
	`INSERT INTO contract_term (contract_no, no, name, ratio, amount) VALUES ('HT-1', 1, '预付', '30', 90)`,
	`INSERT INTO contract_change (contract_no, no, kind, delta, same_subject, ratio, changed_on, source) VALUES ('HT-1', 1, 'supplement', 10, TRUE, '3', '2026-01-02', 's')`,
	`INSERT INTO payment_request (request_no, project, contract_no, term, amount, invoice_no, payee, state, actor, at, business_date)
		VALUES ('ZF-1', 'XM-1', 'HT-1', '1', 90, 'F1', 'p', 'pending', 'ann', '2026-01-02 03:04:05+00:00', '2026-01-02')`,
	`INSERT INTO record (project, kind, data, business_date, at, actor) VALUES ('XM-1', 'k', '{"x": 1}', '2026-01-02', '2026-01-02 03:04:05+00:00', 'ann')`,
	`INSERT INTO check_answer (subject_kind, subject_id, point, rule, place, finding, kind, reason, person, post, at)
		VALUES ('project', 'XM-1', 'sheet', 'R01', '', 'f', 'answer', 'r', 'ann', 'p', '2026-01-02 03:04:05+00:00')`,
}

// rowTamperings are what somebody with the database's password could do to the books.
var rowTamperings = []struct{ name, sql, cause, row string }{
	{"nothing", "", "", ""},
	{"an opinion", `UPDATE task_act SET opinion = '不同意' WHERE id = 1`, audit.RowChanged, "act:1"},
	{"a verdict that was void", `UPDATE task_act SET void = TRUE WHERE id = 1`, audit.RowChanged, "act:1"},
	{"the answers of a verdict", `UPDATE task_act SET answers = '{"b": 1.51, "a": [true, null]}' WHERE id = 1`, audit.RowChanged, "act:1"},
	{"an amount", `UPDATE ledger SET amount = 4000000 WHERE id = 1`, audit.RowChanged, "ledger:1"},
	{"an entry of the ledger that was taken out", `DELETE FROM ledger WHERE id = 1`, audit.RowMissing, "ledger:1"},
	{
		"an entry of the ledger that nobody posted",
		`INSERT INTO ledger (kind, project, amount, natural_key, source, business_date, recorded_at, actor)
		VALUES ('paid', 'XM-1', 1, 'k2', 's', '2026-01-02', '2026-01-02 03:04:05+00:00', 'ann')`,
		audit.RowUnbound, "ledger:2",
	},
	{"a sheet", `UPDATE sheet SET issued = TRUE`, audit.RowChanged, "sheet:XM-1#1"},
	{"a line of a sheet", `UPDATE sheet_line SET basis = 'x' WHERE line_no = 2`, audit.RowChanged, "sheet:XM-1#1"},
	{"a second reason of a line", `UPDATE sheet_line SET second_reason = 'DUP' WHERE line_no = 2`, audit.RowChanged, "sheet:XM-1#1"},
	{
		"two lines that take each other's place", `UPDATE sheet_line SET basis = CASE line_no WHEN 1 THEN 'x' ELSE 'y' END`,
		audit.RowChanged, "sheet:XM-1#1",
	},
	{"a line less", `DELETE FROM sheet_line WHERE line_no = 2`, audit.RowChanged, "sheet:XM-1#1"},
	{"the other reviewer's figure", `UPDATE cross_line SET reviewed = 54`, audit.RowChanged, "sheet:XM-1#1"},
	{"the file of a document", `UPDATE document SET digest = 'abd' WHERE id = '1'`, audit.RowChanged, "document:1"},
	{"a document made void", `UPDATE document SET voided_on = '2026-01-03' WHERE id = '1'`, audit.RowChanged, "document:1"},
	{"an expert's opinion", `UPDATE expert_opinion SET overall = 'fail'`, audit.RowChanged, "opinion:XM-1#1#ann"},
	{"an acceptance", `UPDATE acceptance SET conclusion = 'fail'`, audit.RowChanged, "acceptance:XM-1#PRELIM#1"},
	{"a contract", `UPDATE contract SET amount = 301`, audit.RowChanged, "contract:HT-1"},
	{"a term of payment", `UPDATE contract_term SET amount = 91`, audit.RowChanged, "contract:HT-1"},
	{"a change of a contract", `UPDATE contract_change SET delta = 11`, audit.RowChanged, "change:HT-1#1"},
	{"a request for payment", `UPDATE payment_request SET payee = 'q'`, audit.RowChanged, "payment:ZF-1"},
	{"a record", `UPDATE record SET data = '{"x": 2}'`, audit.RowChanged, "record:1"},
	{"an answer to a check", `UPDATE check_answer SET reason = 'q'`, audit.RowChanged, "answer:1"},
	{"what binds a row", `UPDATE audit_row SET digest = 'x' WHERE kind = 'ledger'`, audit.BindsChanged, ""},
	{"what binds a row taken out", `DELETE FROM audit_row WHERE kind = 'ledger'`, audit.BindsChanged, ""},
	{
		"a version that no entry bound",
		`INSERT INTO audit_row (kind, key, version, digest, chain, seq) VALUES ('ledger', '1', 2, 'x', 'r:books', 1)`, audit.BindsChanged,
		"",
	},
}

var nine = time.Date(2026, 6, 30, 9, 0, 0, 0, models.Zone)

func acting(person string) models.Acting {
	return models.Acting{Person: person, At: nine, Reason: "测试"}
}

// inTx fails the test when the transaction does.
func inTx(t *testing.T, db *models.DB, f func(tx *gorm.DB) error) {
	t.Helper()
	if err := db.Tx(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func exec(tx *gorm.DB, statements ...string) error {
	for _, s := range statements {
		if err := tx.Exec(s).Error; err != nil {
			return err
		}
	}
	return nil
}

// tampered runs a look after a deed that is taken back.
func tampered(t *testing.T, db *models.DB, sql string, look func(tx *gorm.DB) error) {
	t.Helper()
	undo := errors.New("undo")
	err := db.Tx(context.Background(), func(tx *gorm.DB) error {
		if err := dropGuards(tx, db.SQLite()); err != nil {
			return err
		}
		for s := range strings.SplitSeq(sql, ";") {
			if strings.TrimSpace(s) == "" {
				continue
			}
			if err := tx.Exec(s).Error; err != nil {
				return err
			}
		}
		return errors.Join(look(tx), undo)
	})
	if err == nil || err.Error() != undo.Error() {
		t.Fatal(err)
	}
}

// boundRows counts the rows of kinds.
func boundRows(t *testing.T, tx *gorm.DB, kinds []models.BoundKind) int {
	t.Helper()
	sum := 0
	for _, k := range kinds {
		var n int64
		if err := tx.Table(k.Table).Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		sum += int(n)
	}
	return sum
}

// TestTamperedRowsAreFound: each kind of row that is bound, changed behind the audit's back.
func TestTamperedRowsAreFound(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		inTx(t, db, func(tx *gorm.DB) error { return exec(tx, rows...) })
		inTx(t, db, func(tx *gorm.DB) error { return audit.Baseline(tx, acting("system")) })
		inTx(t, db, func(tx *gorm.DB) error { return audit.Baseline(tx, acting("system")) }) // the second time binds nothing again
		for _, c := range rowTamperings {
			t.Run(c.name, func(t *testing.T) {
				tampered(t, db, c.sql, func(tx *gorm.DB) error {
					r, err := audit.Verifier{}.All(tx)
					switch {
					case err != nil:
					case c.cause == "" && (r.Break != nil || r.Rows != boundRows(t, tx, models.Bound)):
						t.Errorf("%+v, broken %+v", r, r.Break)
					case c.cause != "" && (r.Break == nil || r.Break.Cause != c.cause || r.Break.Row != c.row):
						t.Errorf("found %+v", r.Break)
					}
					if err != nil || c.cause != audit.RowChanged {
						return err
					}
					p, err := audit.Verifier{}.Prove(tx, c.row)
					if err == nil && (p.Break == nil || p.Break.Cause != c.cause) {
						t.Errorf("%s is proved: %+v", c.row, p)
					}
					return err
				})
			})
		}
	})
}

// loose are columns of bound tables that are none of a decision: the case that works on the row.
var loose = []string{"root"}

// TestEveryColumnIsBound: a column that a migration adds is bound, or whoever adds it sees this.
func TestEveryColumnIsBound(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		for _, k := range models.Bound {
			bound := map[string][]string{k.Table: slices.Concat(k.Columns, k.Later)}
			for _, p := range k.Parts {
				bound[p.Table] = slices.Concat(k.Key, p.Columns, p.Later)
			}
			for table, columns := range bound {
				types, err := db.Read(context.Background()).Migrator().ColumnTypes(table)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range types {
					if !slices.Contains(columns, c.Name()) && !slices.Contains(loose, c.Name()) {
						t.Errorf("%s.%s is not bound", table, c.Name())
					}
				}
				if n := len(types); n < len(columns) || n > len(columns)+len(loose) {
					t.Errorf("%s has %d columns, %d are bound", table, n, len(columns))
				}
			}
		}
	})
}

// entities as rooms have them.
type (
	entry struct {
		ID           int64 `gorm:"primaryKey"`
		Kind         string
		Project      string
		Amount       models.Money
		NaturalKey   string
		Source       string
		BusinessDate models.Date
		RecordedAt   time.Time
		Actor        string
	}
	contract struct {
		ContractNo string `gorm:"primaryKey"`
		Project    string
		Amount     models.Money
		State      string
	}
)

func (entry) TableName() string    { return "ledger" }
func (contract) TableName() string { return "contract" }

// TestEntriesBindWhatIsWrittenBesideThem: rows that are new, changed by a condition,
// removed, taken back, or written by nobody's act.
func TestEntriesBindWhatIsWrittenBesideThem(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		money, _ := models.ParseMoney("1.50")
		posted := func(key string) *entry {
			return &entry{
				Kind: "paid", Project: "XM-1", Amount: money, NaturalKey: key, Source: "s", BusinessDate: "2026-01-02", RecordedAt: nine,
				Actor: "ann",
			}
		}
		act := func(tx *gorm.DB) error {
			return audit.Audit(tx, "i:1", acting("ann"), audit.AuditEntry{Action: "act", Subject: "s"})
		}
		inTx(t, db, func(tx *gorm.DB) error { return exec(tx, rows[:3]...) })
		inTx(t, db, func(tx *gorm.DB) error { return audit.Baseline(tx, acting("system")) })
		versions := func(want ...string) {
			t.Helper()
			var got []string
			err := db.Read(context.Background()).
				Raw("SELECT kind || ':' || key || '@' || CAST(version AS TEXT) || ' ' || chain || CASE WHEN digest = '' THEN ' gone' ELSE '' END FROM audit_row ORDER BY kind, key, version").
				Scan(&got).
				Error
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("bound %q, want %q (%v)", got, want, err)
			}
			var r audit.AuditResult
			err = db.Snapshot(context.Background(), func(tx *gorm.DB) (err error) {
				r, err = audit.Verifier{}.All(tx)
				return err
			})
			if err != nil || r.Break != nil {
				t.Errorf("broken %+v (%v)", r.Break, err)
			}
		}
		inTx(t, db, func(tx *gorm.DB) error {
			return errors.Join(tx.Create([]*entry{posted("a"), posted("b")}).Error, act(tx))
		})
		versions("ledger:1@1 i:1", "ledger:2@1 i:1")

		inTx(t, db, func(tx *gorm.DB) error { // taken back by a refusal, and another written instead
			back := tx.Transaction(func(tx *gorm.DB) error { return errors.Join(tx.Create(posted("c")).Error, gorm.ErrInvalidData) })
			if !errors.Is(back, gorm.ErrInvalidData) {
				t.Error(back)
			}
			return errors.Join(tx.Create(&contract{"HT-1", "XM-1", money, "draft"}).Error, act(tx))
		})
		versions("contract:HT-1@1 i:1", "ledger:1@1 i:1", "ledger:2@1 i:1")

		inTx(t, db, func(tx *gorm.DB) error {
			return errors.Join(
				tx.Model(&contract{}).Where("project = ? AND state = ?", "XM-1", "draft").Update("amount", money.Add(money)).Error, act(tx),
			)
		})
		inTx(t, db, func(tx *gorm.DB) error { // the same again changes nothing
			return errors.Join(
				tx.Model(&contract{}).Where("contract_no IN (?)", []string{"HT-1", "HT-2"}).Update("amount", money.Add(money)).Error,
				act(tx),
			)
		})
		versions("contract:HT-1@1 i:1", "contract:HT-1@2 i:1", "ledger:1@1 i:1", "ledger:2@1 i:1")

		inTx(t, db, func(tx *gorm.DB) error { return tx.Where("project = ?", "XM-1").Delete(&contract{}).Error }) // beside no entry
		inTx(t, db, func(tx *gorm.DB) error {
			return errors.Join(tx.Create(&contract{"HT-1", "XM-1", money, "draft"}).Error, act(tx))
		})
		versions(
			"contract:HT-1@1 i:1", "contract:HT-1@2 i:1", "contract:HT-1@3 r:books gone", "contract:HT-1@4 i:1", "ledger:1@1 i:1",
			"ledger:2@1 i:1",
		)

		// Somebody puts back what was said before, and takes what bound it since out: the entry that bound it tells.
		tampered(
			t, db,
			`UPDATE contract SET amount = (SELECT 2 * amount FROM ledger WHERE id = 1); DELETE FROM audit_row WHERE kind = 'contract' AND version > 2`,
			func(tx *gorm.DB) error {
				r, err := audit.Verifier{}.All(tx)
				if err == nil && (r.Break == nil || r.Break.Cause != audit.BindsChanged) {
					t.Errorf("found %+v", r.Break)
				}
				return err
			},
		)
	})
}
