package figures

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
)

// Every change of a section is bound by the entry of the audit that tells it: who writes it, and that it is done.
func TestChangesOfSectionsAreBound(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		var id int64
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
			id, err = Snapshot(tx, by("2022-07-05", "OFFICE@U0"), half, time.Time{})
			return err
		})
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return Own(tx, by("2022-07-05", "OFFICE@U0"), id, 1, "OFFICE") })
		modelstest.Tx(t, db, func(tx *gorm.DB) error { return Done(tx, by("2022-07-06", "OFFICE@U0"), id, 1) })
		var rows []audit.BoundRow
		if err := db.Read(t.Context()).Where("kind = 'section' AND key = '1#1'").Order("version").Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if r.Version != i+1 || r.Chain != Chain || r.Seq != int64(i+1) {
				t.Errorf("%+v", r)
			}
		}
		if len(rows) != 3 {
			t.Errorf("a section that was taken, given to somebody and done has %d versions", len(rows))
		}
	})
}
