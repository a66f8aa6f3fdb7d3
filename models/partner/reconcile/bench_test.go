package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/partner/reconcile"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

const code = "XM-2026-001"

// county fills the books with so many vouchers of a month, and answers what the bureau's books say: the same.
func county(t testing.TB, db *models.DB, n int) (a models.Acting, theirs []facts.Event) {
	t.Helper()
	at := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	a = models.Acting{Person: models.System, At: at}
	err := db.Tx(context.Background(), func(tx *gorm.DB) error {
		if err := demo.Install(tx, a); err != nil {
			return err
		}
		p := books.Project{
			Code: code, Name: "示例", DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: books.Approved, DraftedOn: "2026-02-01",
			CreatedAt: models.Stamp(at), UpdatedAt: models.Stamp(at),
		}
		if err := tx.Create(&p).Error; err != nil {
			return err
		}
		rows := make([]books.Fact, n)
		for i := range rows {
			data := fmt.Sprintf(`{"pay_cert_no":"ZF%05d","xpay_amt":"%d.00","xpay_date":"2026-10-%02d"}`, i, i+1, i%28+1)
			on := models.Date(fmt.Sprintf("2026-10-%02d", i%28+1))
			rows[i] = books.Fact{
				Source: "finance", EventType: "payment.paid", NaturalKey: fmt.Sprintf("ZF%05d", i), EventID: fmt.Sprintf("e%d", i), Project: code,
				Data: models.JSON(data), OccurredAt: on.Start().UTC(), BusinessDate: on, PostedAt: models.Stamp(at),
			}
			theirs = append(theirs, facts.Event{
				Source: "finance", ID: rows[i].EventID, Type: "payment.paid", Project: code, OccurredAt: on.Start(), Data: json.RawMessage(data),
			})
		}
		return tx.CreateInBatches(rows, 500).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, theirs
}

func compare(t testing.TB, db *models.DB, a models.Acting, theirs []facts.Event) (run reconcile.Run) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
		run, err = reconcile.Compare(tx, a, "finance", "2026-10-01", "2026-10-31", theirs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// TestManyKeys: what the partner names is asked for in parts, none twice and none left out.
func TestManyKeys(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		a, theirs := county(t, db, 1201)
		if run := compare(t, db, a, theirs); run.Matched != 1201 || run.Differences != 0 {
			t.Errorf("%+v", run)
		}
	})
}

// BenchmarkReconciliation compares a month of 10,000 vouchers: to be done within ten seconds.
func BenchmarkReconciliation(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := modelstest.Open(b, dsn(b))
			a, theirs := county(b, db, 10_000)
			for b.Loop() {
				if run := compare(b, db, a, theirs); run.Matched != 10_000 {
					b.Fatalf("%+v", run)
				}
			}
		})
	}
}
