package seed

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"
)

// The shipped data set makes the totals that are given (domain/data-model.md §6.2–6.3).
func TestExample(t *testing.T) {
	d, err := Example()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{"items": len(d.Items), "units": len(d.Campaign.Units), "walks": len(d.Walks), "issues": issues(d.Walks)}
	days := decimal.Zero
	for _, w := range d.Walks {
		for _, i := range w.Issues {
			got[i.Becomes]++
			got["materials"] += i.Materials
			got["steps"] += i.Steps
			if i.Days != "" {
				days = days.Add(decimal.RequireFromString(i.Days))
			}
			if i.ClosedOn > "2022-06-30" || i.ClosedOn < w.On {
				t.Errorf("an issue of %s ends on %s", w.On, i.ClosedOn)
			}
			if i.Returns > 0 {
				got["returned"]++
			}
		}
	}
	for _, i := range d.Items {
		if i.Kind == "行政许可" {
			got["licences"]++
			got["legal"] += i.LegalDays
			got["promised"] += i.PromisedDays
			if i.Instant {
				got["instant"]++
			}
		}
	}
	for _, b := range d.Stuck {
		got["stuck"+b.Outcome]++
	}
	want := map[string]int{
		"stuck": 25, "stuckresolved": 2, "items": 640, "units": 26, "walks": 552, "issues": 315, "closed": 310, "referred": 5, "materials": 58, "steps": 35,
		"licences": 340, "legal": 6800, "promised": 340, "instant": 320, "returned": 8,
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%s: %d, want %d", k, got[k], n)
		}
	}
	if days.String() != "103.4" {
		t.Errorf("days: %s", days)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadData(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("a data set is not read as it was written (%v)", err)
	}
	for _, wrong := range []string{`{"walks":[{"item":"A"}]}`, `{"items":[{"code":"A"},{"code":"A"}]}`, `{"wolks":[]}`,
		`{"stuck":[{"on":"2022-01-05"}]}`, `{"stuck":[{"on":"2022-01-05","item":"x","category":"refused"}]}`, `{`} {
		if _, err := ReadData(bytes.NewReader([]byte(wrong))); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}
