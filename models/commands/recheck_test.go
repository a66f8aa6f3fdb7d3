package commands_test

import (
	"fmt"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestRechecks: a fifth of each unit's, one at least, of what was closed thirty
// days ago, and no second time; what has come again is opened anew.
func TestRechecks(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.on = "2022-07-15"
		closed := func(unit string, n int, on models.Date) {
			d.tx(func(tx *gorm.DB) error {
				for i := range n {
					r := books.Rectification{
						No: fmt.Sprintf("ZG-%s-%s-%02d", unit, on, i), Source: "walk", Title: "要交五份材料", OwnerDept: unit, Severity: "B",
						State: books.RectClosed, FoundOn: "2022-05-01", ClosedOn: on, Owner: "a", Registrar: "b", Verifier: "c",
					}
					if err := books.SaveRectification(tx, d.who("RECT_VERIFIER@DP34", 0), &r, "verify", "x"); err != nil {
						return err
					}
				}
				return nil
			})
		}
		closed("DP01", 27, "2022-06-10")
		closed("DP02", 5, "2022-06-15") // the thirtieth day
		closed("DP03", 3, "2022-06-16") // not yet
		draw := func(a models.Acting) (k books.RecheckDraw, err error) {
			err = db.Tx(t.Context(), func(tx *gorm.DB) error { k, err = commands.DrawRechecks(tx, a); return err })
			return k, err
		}
		chief := d.who("BUREAU_CHIEF@DP34", 0)
		k, err := draw(chief)
		if err != nil || k.Seed == "" || k.UntilOn != "2022-06-15" {
			t.Fatalf("%+v, %v", k, err)
		}
		var units []books.RecheckUnit
		if err := k.Population.Into(&units); err != nil || fmt.Sprint(units) != "[{DP01 27 6} {DP02 5 1}]" {
			t.Errorf("%v, %v", units, err)
		}
		rows, err := books.Rechecks(db.Read(t.Context()))
		if err != nil || len(rows) != 7 {
			t.Fatalf("%d drawn, %v", len(rows), err)
		}
		if _, err := draw(chief); refusal(err) != "recheck-nothing" {
			t.Errorf("a second draw: %v", err)
		}
		look := func(a models.Acting, no, result string) (r books.Recheck, err error) {
			err = db.Tx(t.Context(), func(tx *gorm.DB) error {
				r, err = acts.Recheck(tx, a, no, result, "site", "到窗口办了一件")
				return err
			})
			return r, err
		}
		verifier := d.who("RECT_VERIFIER@DP34", 0)
		former := verifier
		former.Person = "c" // who has verified it
		if _, err := look(former, rows[0].No, "valid"); refusal(err) != "recheck-not-independent" {
			t.Errorf("the verifier of then looks again: %v", err)
		}
		own := verifier
		own.Post = "RECT_VERIFIER@" + rows[0].Unit
		if _, err := look(own, rows[0].No, "valid"); refusal(err) != "recheck-not-independent" {
			t.Errorf("the owner's unit looks again: %v", err)
		}
		if _, err := look(verifier, "ZG-DP03-2022-06-16-00", "valid"); refusal(err) != "not-found" {
			t.Errorf("what was not drawn: %v", err)
		}
		if _, err := look(verifier, rows[1].No, "valid"); err != nil {
			t.Error(err)
		}
		again, err := look(verifier, rows[0].No, "recurred")
		if err != nil || again.Again == "" {
			t.Fatalf("%+v, %v", again, err)
		}
		if r, err := books.FindRectification(db.Read(t.Context()), again.Again); err != nil || r.Reopens != rows[0].No ||
			r.State != books.RectOpen || r.Source != "walk" {
			t.Errorf("%+v, %v", r, err)
		}
		if _, err := look(verifier, rows[0].No, "valid"); refusal(err) != "recheck-done" {
			t.Errorf("a second look: %v", err)
		}
	})
}

func refusal(err error) string {
	if r, ok := err.(*models.Refusal); ok { //nolint:errorlint // as the acts return it
		return r.Code
	}
	return fmt.Sprint(err)
}
