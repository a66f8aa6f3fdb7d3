package audit_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/figures"
	"github.com/quancheng/quancheng/models/modelstest"
)

// What is bound by no column is not noted as written: which case works on a row is set after the row's entry.
func TestLooseColumnsBindNothing(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			err := tx.Exec(`INSERT INTO plan_call (fiscal_year, opens_on, closes_on, control, state, created_by, created_at)
				VALUES (2031, '2030-09-01', '2030-10-01', 0, 'OPEN', 'ann', '2030-09-01 00:00:00+00:00')`).Error
			for _, set := range []struct {
				columns map[string]any
				noted   int
			}{{map[string]any{"root": 7}, 0}, {map[string]any{"contact": "乙"}, 1}, {map[string]any{"root": 8, "state": "CLOSED"}, 1}} {
				if err == nil {
					err = tx.Table("plan_call").Where("fiscal_year = ?", 2031).Updates(set.columns).Error
				}
				if rows := models.TakeWritten(tx); len(rows) != set.noted {
					t.Errorf("%v: noted are %d rows, want %d", set.columns, len(rows), set.noted)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A row whose key is of numbers alone, which the statement names by a condition, is noted as the row that it is.
func TestANumericKeyByConditionIsNoted(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			err := tx.Exec(`INSERT INTO report_snapshot (id, period_from, period_to, as_of, actor, at, state, checks)
				VALUES (7, '2022-01-01', '2022-06-30', '2022-07-01 00:00:00+00:00', 'ann', '2022-07-01 00:00:00+00:00', 'DRAFT', '[]')`).Error
			if err == nil {
				err = tx.Exec(`INSERT INTO report_section (snapshot, seq, title, body, actor, at)
					VALUES (7, 3, '一', '二', 'ann', '2022-07-01 00:00:00+00:00')`).Error
			}
			if err != nil {
				return err
			}
			models.TakeWritten(tx)
			err = tx.Model(&figures.Section{}).Where("snapshot = ? AND seq = ?", 7, 3).Update("owner", "BUREAU_CHIEF").Error
			rows := models.TakeWritten(tx)
			if len(rows) != 1 || rows[0].Kind.Name != "section" || rows[0].Key != "7#3" {
				t.Errorf("noted are %+v", rows)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
