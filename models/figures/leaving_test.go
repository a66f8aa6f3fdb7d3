package figures

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/modelstest"
)

// What is left out of the county changes exactly the figures that count it.
func TestLeavingOutOneRow(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	undone := errors.New("undone")
	without := func(what string) (values map[string]string) {
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if err := countyBut(tx, what); err != nil {
				return err
			}
			all, _, err := HalfYear(tx, half.From, half.To)
			if err != nil {
				return err
			}
			values = map[string]string{}
			for _, f := range all {
				values[f.ID] = f.Value
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatalf("without %s: %v", what, err)
		}
		return values
	}
	whole := without("")
	const mended = "rectification_found rectification_closed materials_cut steps_cut days_cut " +
		"walk_issues walk_rectified walk_materials_cut walk_steps_cut walk_days_cut "
	for what, counted := range map[string]string{
		"item I3":         "walk_depts_complete time_cut_rate time_cut_items_rate instant_rate",
		"walk 2022-04-20": mended + "walk_items walk_depts_complete",
		"walk 2022-04-21": "walk_items walk_depts_complete",
		"walk 2022-05-05": "rectification_found rectification_referred walk_issues walk_referred", // the second walk of the item counts then
		"walk 2022-05-06": "",                                                                     // the item was walked already
		"walk 2022-07-01": "",                                                                     // after the period
		"duty/0":          "duty_items duty_calls",
		"duty/2":          "", // after the period
		"licences/0":      "licence_types licence_national",
		"licences/1":      "licence_types licence_other",
		"stuck_window/0":  "stuck_consulted",
		"stuck_window/1":  "stuck_accepted stuck_resolved",
		"stuck_window/2":  "stuck_accepted",
		"collection/0":    "collection_done",
		"collection/1":    "collection_started",
		"catalogue/0":     "", // there is a newer version
		"catalogue/1":     "catalogue_version",
		"promotion_out/0": "promo_trips",
		"promotion_in/0":  "promo_groups",
		"plan_tasks/0":    "plan_urge_depts",
		"plan_tasks/1":    "plan_units plan_items",
		"business_desk/7": "enterprise_consulted",
	} {
		var changed []string
		for id, v := range without(what) {
			if whole[id] != v {
				changed = append(changed, id)
			}
		}
		want := strings.Fields(counted)
		slices.Sort(want)
		slices.Sort(changed)
		if !slices.Equal(changed, want) {
			t.Errorf("without %s\n got %v\nwant %v", what, changed, want)
		}
	}
}
