package bundles_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

// TestParametersPinnedAndFloating: PIN-1 and PIN-2 of rules.md §4. A project keeps
// what it was accepted under; statutory clocks follow the day of the event.
func TestParametersPinnedAndFloating(t *testing.T) {
	packs := []rules.RulePack{
		{
			ID: "V1", ValidFrom: "2022-01-01",
			Params: models.JSON(`[{"rule":"B06","key":"L2","value":500000},{"rule":"C12","key":"days","value":7,"floating":true}]`),
		},
		{
			ID: "V2", ValidFrom: "2022-07-01",
			Params: models.JSON(
				`[{"rule":"B06","key":"L2","value":300000},{"rule":"C12","key":"days","value":5,"floating":true},{"rule":"D04","key":"contract","value":1}]`,
			),
		},
	}
	cases := []struct {
		name, project      string
		on                 models.Date
		l2, c12, d04       string
		pinned, floatingOf string
	}{
		{"accepted under V1, before V2", "XM-2022-901", "2022-06-30", "500000", "7", "", "V1", "V1"},
		{"accepted under V1, approved under V2", "XM-2022-901", "2022-07-15", "500000", "5", "1", "V1", "V2"},
		{"not accepted yet", "", "2022-07-15", "300000", "5", "1", "V2", "V2"},
		{"back-registered from before the first", "", "2021-01-01", "500000", "7", "", "V1", "V1"},
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		cache := bundles.NewCache(db)
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			for _, p := range packs {
				if err := rules.InstallPack(tx, time.Now(), p); err != nil {
					return err
				}
			}
			if err := tx.Create(&office.Dept{ID: "DP18", Name: "城管局", Kind: "applying"}).Error; err != nil {
				return err
			}
			if err := tx.Create(&books.Project{Code: "XM-2022-901", Name: "停车", DeptID: "DP18", Stage: books.Accepted, RulePack: "V1",
				Form: models.JSON("{}"), DraftedOn: "2022-06-01"}).Error; err != nil {
				return err
			}
			for _, c := range cases {
				w, err := cache.World(tx, bundles.About{Now: time.Now(), On: c.on, Project: c.project})
				if err != nil {
					return err
				}
				got := [5]string{
					w.Params["B06"]["L2"].String(), w.Params["C12"]["days"].String(), w.Params["D04"]["contract"].String(), w.Pack,
					w.PackInForce,
				}
				if want := [5]string{c.l2, c.c12, c.d04, c.pinned, c.floatingOf}; got != want {
					t.Errorf("%s: %v, want %v", c.name, got, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
