package office_test

import (
	"context"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/field"
)

// TestReseal: after a rotation numbers lie under the new key, open as before, and the old key can go.
func TestReseal(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		old := trust.New(time.Now().Add(-time.Hour))
		before := field.New(old)
		rotated := old.Rotated(time.Now().Add(-time.Minute))
		after := field.New(rotated)
		a := models.Acting{Person: "secadmin", At: time.Now(), Reason: "换用新密钥"}
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			for _, id := range []string{"ann", "bob", "eve"} {
				p := office.Person{ID: id, Name: id, Active: true}
				if id != "eve" { // who has none
					if err := p.SetNumbers(before, "13800001234", ""); err != nil {
						return err
					}
				}
				if err := tx.Create(&p).Error; err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{2, 0} {
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				n, err := office.Reseal(tx, a, after, after.Present())
				if n != want {
					t.Errorf("sealed %d again, want %d", n, want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var p office.Person
		if err := db.Read(context.Background()).Where("id = 'bob'").Take(&p).Error; err != nil {
			t.Fatal(err)
		}
		rotated.Payload = rotated.Payload[1:]
		if got, err := p.Number(field.New(rotated), office.NumberMobile); err != nil || got != "13800001234" {
			t.Errorf("without the old key: %q, %v", got, err)
		}
		if _, err := p.Number(before, office.NumberMobile); err == nil {
			t.Error("the old key opens it still")
		}
	})
}
