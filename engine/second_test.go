package engine

import (
	"testing"
	"time"
)

// TestSecondActs: each row names roles that are known and people of the house, and nobody confirms alone what only he may ask.
func TestSecondActs(t *testing.T) {
	seen := map[int]string{}
	for _, row := range SecondActs() {
		twice := seen[row.No] != "" && (row.On != "house" || seen[row.No] != "house") // a row of the domain's may be several acts
		if twice || row.Act == "" || len(row.Pairs) == 0 || row.On != "case" && row.On != "seat" && row.On != "house" {
			t.Errorf("row %d: %+v", row.No, row)
		}
		seen[row.No] = row.On
		if _, _, err := ParseWithin(row.Within); err != nil {
			t.Errorf("row %d: %v", row.No, err)
		}
		for _, p := range row.Pairs {
			for _, entry := range append(append([]string{}, p.First...), p.Second...) {
				if !KnownRole(entry) || kindOf(entry) != roleBusiness && (row.On != "house" || kindOf(entry) != roleReadOnly) {
					t.Errorf("row %d: %q", row.No, entry)
				}
			}
		}
	}
}

func TestParseWithin(t *testing.T) {
	for limit, want := range map[string]struct {
		days  int
		hours time.Duration
	}{"1wd": {1, 0}, "3wd": {3, 0}, "4h": {0, 4 * time.Hour}} {
		days, hours, err := ParseWithin(limit)
		if err != nil || days != want.days || hours != want.hours {
			t.Errorf("%s: %d %s %v", limit, days, hours, err)
		}
	}
	for _, limit := range []string{"", "4", "wd", "0wd", "-1h", "4d", "999h", "1.5wd"} {
		if _, _, err := ParseWithin(limit); err == nil {
			t.Errorf("%q is taken", limit)
		}
	}
}

// TestBetween: who may begin, who confirms then, and who stands in for a post that nobody holds.
func TestBetween(t *testing.T) {
	org := &Org{
		Functions: []Function{{Name: "bureau", Unit: "B"}},
		People: []Person{
			{ID: "k", Active: []Span{{}}}, {ID: "dd", Active: []Span{{}}}, {ID: "dz", Active: []Span{{}}}, {ID: "b1", Active: []Span{{}}},
			{ID: "z", Active: []Span{{}}},
		},
		Posts: []Post{
			{
				Person: "k", Role: "BUREAU_CHIEF", Unit: "B",
			}, {Person: "dd", Role: "BUREAU_DEPUTY", Unit: "B"}, {Person: "dz", Role: "BUREAU_DIRECTOR", Unit: "B"},
			{Person: "b1", Role: "BUREAU_REVIEW_B", Unit: "B"}, {Person: "z", Role: "APPLY_CLERK", Unit: "Z"},
		},
	}
	r := org.At(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	for _, c := range []struct {
		act, person string
		owner       bool
		want        string // the first of the posts that confirm; "": he may not begin
	}{
		{"jump", "k", false, "BUREAU_DEPUTY@B"}, {"jump", "dz", false, ""}, {"jump", "z", false, ""},
		{"jump", "z", true, "BUREAU_DEPUTY@B"},
		{"terminate", "k", false, "BUREAU_DIRECTOR@B"}, {"terminate", "dd", false, "BUREAU_DIRECTOR@B"},
		{"terminate", "dz", false, "BUREAU_DEPUTY@B"},
		{"reassign", "k", false, "BUREAU_DEPUTY@B"}, // the chief stands in for the process administrator, and does not confirm himself
		{"suspend", "k", false, "BUREAU_DEPUTY@B"}, {"suspend", "dd", false, "BUREAU_DIRECTOR@B"}, {"suspend", "b1", false, ""},
		{"removeSign", "dd", false, "BUREAU_DIRECTOR@B"},
	} {
		row, _ := SecondActOf(c.act)
		pair, may := row.Between(r, c.person, c.owner)
		posts := r.Seconds(pair.Second, c.person)
		if got := append(posts, "")[0]; may != (c.want != "") || got != c.want {
			t.Errorf("%s by %s: %v %v, want %q", c.act, c.person, may, posts, c.want)
		}
	}
	if got := r.Seconds([]string{"BUREAU_INSPECTOR@bureau"}, "k"); len(got) != 1 || got[0] != "BUREAU_REVIEW_B@B" {
		t.Errorf("nobody inspects: %v", got)
	}
}
