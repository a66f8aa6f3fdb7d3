package commands

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

// Whatever sheets follow each other, the ledger's sums are those of the last
// one, by line and by reason, and nothing that was posted is touched.
func TestLevelIsWhatTheLastSheetSays(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	err := db.Tx(context.Background(), func(tx *gorm.DB) error {
		if err := tx.Create(&office.Dept{ID: "DP18", Name: "示例局", Kind: "applying"}).Error; err != nil {
			return err
		}
		random := rand.New(rand.NewPCG(1, 2))
		for n := range 40 {
			code := fmt.Sprintf("XM-2022-%03d", n+1)
			p := books.Project{
				Code: code, Name: code, DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: books.Trimming, DraftedOn: "2022-01-01",
				CreatedAt: at, UpdatedAt: at,
			}
			if err := tx.Create(&p).Error; err != nil {
				return err
			}
			c := Call{Acting: models.Acting{Person: "x", At: at}}
			entries := 0
			for round := range 6 {
				target := map[key]models.Money{}
				for line := range 4 {
					if random.IntN(3) > 0 {
						target[key{line + 1, models.CutReasons[random.IntN(3)]}] = models.Yuan(decimal.New(random.Int64N(100000), -2))
					}
				}
				if err := level(tx, c, code, books.LedgerCut, fmt.Sprint(round), "", target); err != nil {
					return err
				}
				after, err := books.Ledger(tx, code)
				if err != nil {
					return err
				}
				if len(after) < entries {
					t.Fatal("entries have gone")
				}
				entries = len(after)
				same(t, after, target)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, entries []books.LedgerEntry, target map[key]models.Money) {
	t.Helper()
	sums := map[key]models.Money{}
	for _, e := range entries {
		k := key{*e.LineNo, string(e.Reason)}
		sums[k] = sums[k].Add(e.Amount)
	}
	for k, m := range sums {
		if m.Cmp(target[k]) != 0 {
			t.Fatalf("line %d %s: %s, want %s", k.line, k.reason, m, target[k])
		}
	}
	for k, m := range target {
		if sums[k].Cmp(m) != 0 {
			t.Fatalf("line %d %s is missing: %s", k.line, k.reason, m)
		}
	}
}
