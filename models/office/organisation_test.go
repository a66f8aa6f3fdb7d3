package office_test

import (
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

// The posts of a role are those of the units that serve as a function at that moment, each once, in their order.
func TestPostsIn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
		until := day(10)
		rows := []office.UnitFunction{
			{Function: "finance", Unit: "old", ValidFrom: day(1), ValidTo: &until},
			{Function: "finance", Unit: "new", ValidFrom: day(10)},
			{Function: "joint", Unit: "b", Ord: 1, ValidFrom: day(1)},
			{Function: "joint", Unit: "c", Ord: 0, ValidFrom: day(1)},
			{Function: "joint", Unit: "b", Ord: 2, ValidFrom: day(2)},
		}
		if err := db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Create(&rows).Error }); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			function string
			at       time.Time
			want     []string
		}{
			{"finance", day(9), []string{"R@old"}},
			{"finance", day(10), []string{"R@new"}},
			{"finance", time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), nil},
			{"joint", day(5), []string{"R@c", "R@b"}},
			{"archive", day(5), nil},
		} {
			if got, err := office.PostsIn(db.Read(t.Context()), "R", c.function, c.at); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s at %s: %v, %v, want %v", c.function, c.at, got, err, c.want)
			}
		}
	})
}
