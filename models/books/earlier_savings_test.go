package books_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestEarlierSavings: rule B12 takes off what was counted for the project that is declared again, once: what the latest
// issued sheet saved, without what it deferred; a sheet that was not issued counted nothing.
func TestEarlierSavings(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		at := time.Date(2022, 4, 1, 0, 0, 0, 0, time.UTC)
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if err := demo.Install(tx, models.Acting{Person: models.System, At: at, BusinessDate: "2022-04-01"}); err != nil {
				return err
			}
			before := ""
			for _, code := range []string{"XM-2022-201", "XM-2022-202", "XM-2022-203", "XM-2022-204"} {
				p := applied(t, tx, code, "DP02", "停车"+code, "", "")
				if err := tx.Model(&p).Update("previous_project", models.Optional(before)).Error; err != nil {
					return err
				}
				before = code
			}
			yuan := func(s string) models.Money {
				m, err := models.ParseMoney(s)
				if err != nil {
					t.Fatal(err)
				}
				return m
			}
			sheet := func(code string, round int, issued bool, cut, deferred string) {
				s := books.Sheet{
					Project: code, Round: round, Kind: books.SheetA, Issued: issued, Declared: yuan("1000"),
					Cut: yuan(cut).Add(yuan(deferred)), Actor: models.System, At: at, BusinessDate: "2022-04-01",
				}
				s.Reviewed = s.Declared.Sub(s.Cut)
				half := yuan("500")
				lines := []books.SheetLine{
					{Project: code, Round: round, LineNo: 1, Declared: half, Reviewed: half.Sub(yuan(cut)), Cut: yuan(cut), Reason: "PRICE"},
					{Project: code, Round: round, LineNo: 2, Declared: half, Reviewed: half.Sub(yuan(deferred)), Cut: yuan(deferred), Reason: "DEFER"},
				}
				if err := tx.Create(&s).Error; err != nil {
					t.Fatal(err)
				}
				if err := tx.Create(&lines).Error; err != nil {
					t.Fatal(err)
				}
			}
			sheet("XM-2022-201", 1, true, "300", "10")
			sheet("XM-2022-201", 2, true, "100", "20")
			sheet("XM-2022-202", 1, false, "400", "1")
			sheet("XM-2022-203", 1, true, "70", "5")
			for code, want := range map[string]string{
				"XM-2022-201": "0.00", "XM-2022-202": "100.00", "XM-2022-203": "100.00", "XM-2022-204": "70.00",
			} {
				if got, err := books.EarlierSavings(tx, code); err != nil || got != want {
					t.Errorf("%s: %s %v, want %s", code, got, err, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
