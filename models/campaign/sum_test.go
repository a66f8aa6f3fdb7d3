package campaign_test

import (
	"reflect"
	"testing"

	"github.com/quancheng/quancheng/models/campaign"
)

// TestEveryCountIsSummed holds that no count of a unit is left out of the sums of its campaign.
func TestEveryCountIsSummed(t *testing.T) {
	var rows [2]campaign.Progress
	for n := range rows {
		v := reflect.ValueOf(&rows[n].Counts).Elem()
		for i := range v.NumField() {
			v.Field(i).SetInt(int64((n + 1) * (i + 1)))
		}
	}
	sum := campaign.Sum(rows[:])
	v := reflect.ValueOf(sum)
	for i := range v.NumField() {
		if got, want := v.Field(i).Int(), int64(3*(i+1)); got != want {
			t.Errorf("%s is summed to %d, not %d", v.Type().Field(i).Name, got, want)
		}
	}
}
