package registers_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/registers"
)

// TestASheetIsTakenBack: what it added counts no longer, what it changed says
// again what it said, what somebody has worked on since stays; once.
func TestASheetIsTakenBack(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		house(t, db)
		d := def(t, db, "duty")
		before, err := add(db, clerk, d, map[string]any{"window": "税务", "date": "2022-06-26", "handled": "2", "calls": "3"})
		if err != nil {
			t.Fatal(err)
		}
		half := registers.Period{From: "2022-01-01", To: "2022-06-30"}
		var o registers.Outcome
		later := clerk
		later.At = later.At.Add(time.Minute)
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
			o, err = registers.Import(
				tx, later, d, "值班.csv", []byte("窗口,日期,办件,电话\n税务,2022-06-26,9,9\n公安,2022-06-26,5,5\n医保,2022-06-26,7,7\n"), false,
			)
			return err
		})
		total(t, db, "duty_items", half, time.Time{}, "21", 3)
		rows, _, err := registers.List(
			db.Read(context.Background()), registers.See(db.Read(context.Background()), clerk, d), registers.Query{Limit: 50},
		)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range rows { // somebody corrects one row of the sheet
			fields, err := e.Fields()
			if err != nil {
				t.Fatal(err)
			}
			if fields["window"] == "医保" {
				modelstest.Tx(t, db, func(tx *gorm.DB) error {
					after := later
					after.At = after.At.Add(time.Minute)
					_, err := registers.Edit(
						tx, after, d, e.ID, e.Revision, map[string]any{"window": "医保", "date": "2022-06-26", "handled": "8", "calls": "7"},
					)
					return err
				})
			}
		}
		back := func(a models.Acting, id int64) (w registers.Withdrawn, err error) {
			err = db.Tx(context.Background(), func(tx *gorm.DB) error { w, err = registers.Withdraw(tx, a, d, id); return err })
			return w, err
		}
		at := later
		at.At, at.Reason = at.At.Add(time.Hour), "报错了月份"
		short := at
		short.Reason = "错"
		stranger := models.Acting{Person: "x", Posts: []string{"WALKER@U1"}, At: at.At, BusinessDate: "2022-07-01", Reason: at.Reason}
		for _, c := range []struct {
			name string
			who  models.Acting
			id   int64
			want string
		}{
			{"without a reason", short, o.ID, "/reason reason-too-short"}, {"a stranger", stranger, o.ID, "register-not-yours"},
			{"another one", at, o.ID + 9, "not-found"},
		} {
			if _, err := back(c.who, c.id); code(err) != c.want {
				t.Errorf("%s: %v, want %s", c.name, code(err), c.want)
			}
		}
		w, err := back(at, o.ID)
		if err != nil || w != (registers.Withdrawn{Voided: 1, Restored: 1, Kept: 1}) {
			t.Errorf("%+v, %v", w, err)
		}
		total(t, db, "duty_items", half, time.Time{}, "10", 2)
		e, err := registers.Find(db.Read(context.Background()), d.ID, before.ID)
		if err != nil || e.Revision != 3 || e.Import != 0 {
			t.Errorf("%+v, %v", e, err)
		}
		if _, err := back(at, o.ID); code(err) != "import-withdrawn" {
			t.Errorf("a second time: %v", err)
		}
		all, err := registers.Imports(db.Read(context.Background()), d.ID)
		if err != nil || len(all) != 1 || all[0].WithdrawnBy != "clerk" {
			t.Errorf("%+v, %v", all, err)
		}
		if _, err := add(db, clerk, d, map[string]any{"window": "公安", "date": "2022-06-26", "handled": "1"}); err != nil {
			t.Errorf("the place of a row that was taken back is not free: %v", err)
		}
	})
}
