package api

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// words of the table that are no moments.
var sightWords = []string{
	"+", "m", "N", "Σ", "own", "S15", "ph", "unit", "name", "not", "contract", "stage", "counterpart", "addressed", "LEGAL", "OFFICE",
	"INSPECTOR", "items", "to", "mend",
}

// TestSightTable enumerates the table: every part, every class, with every moment come or not. Nobody sees a part
// before its moment, everybody whom the row names sees it then, and nobody else ever.
func TestSightTable(t *testing.T) {
	moments := strings.Fields(
		"SUBMIT ACCEPT DRAWN STATED MEET ALLIN CONCL A B ARB SENT ANSW ISSUED SEAT APPR BUDG FILED NOTICED OPENED AWARD BOUND SIGNED PRELIM FINAL ARCH END filed begun",
	)
	classes := strings.Fields("AP RA RB BH BU EX JT FI PR CL SU SV AU")
	if len(sightTable) != 39 {
		t.Errorf("%d parts", len(sightTable))
	}
	for part, row := range sightTable {
		for class := range row {
			if !slices.Contains(classes, class) {
				t.Errorf("%s: no class %s", part, class)
			}
		}
		for _, class := range append(classes, "OT") {
			cell := row[class]
			var waits []string
			for word := range strings.FieldsSeq(strings.NewReplacer(";", " ", ",", " ").Replace(strings.Split(cell, ";")[0])) {
				switch {
				case slices.Contains(moments, word):
					waits = append(waits, word)
				case !slices.Contains(sightWords, word):
					t.Errorf("%s, %s: %q means nothing", part, class, word)
				}
			}
			s := &caseSight{as: map[string]bool{class: true, "LEGAL": true, "OFFICE": true, "INSPECTOR": true}, moments: map[string]bool{}}
			for _, m := range moments {
				s.moments[m] = true
			}
			alone := &caseSight{as: map[string]bool{class: true}, moments: maps.Clone(s.moments)}
			if got := s.cell(cell); (got != hidden) != (cell != "") {
				t.Errorf("%s, %s, everything has come: %q", part, class, got)
			}
			if special := strings.ContainsAny(cell, "LI") && (strings.Contains(cell, "LEGAL") || strings.Contains(cell, "OFFICE") ||
				strings.Contains(cell, "INSPECTOR")); special &&
				alone.cell(cell) != hidden {
				t.Errorf("%s, %s: not for all of the bureau", part, class)
			}
			for _, m := range waits {
				s.moments[m] = false
				if got := s.cell(cell); got != hidden {
					t.Errorf("%s, %s before %s: %q", part, class, m, got)
				}
				s.moments[m] = true
			}
		}
	}
	none := &caseSight{as: map[string]bool{}, moments: map[string]bool{}}
	if none.of("basics") != hidden || none.of("no such part") != hidden {
		t.Error("who is nobody in a case sees something of it")
	}
}

// TestBlinding: an applicant-side person is nothing else in the case, and who has to check crosswise is only that.
func TestBlinding(t *testing.T) {
	for _, c := range []struct {
		in    string
		blind bool
		want  string
	}{{"AP BH", false, "AP"}, {"AP", true, "AP"}, {"BU RA", true, "RB"}, {"LEGAL", false, "BU LEGAL"}, {"JT", false, "JT"},
		{"", false, ""}} {
		in := map[string]bool{}
		for class := range strings.FieldsSeq(c.in) {
			in[class] = true
		}
		var got []string
		for class, is := range classesOf(in, c.blind) {
			if is {
				got = append(got, class)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s, blind %v: %v", c.in, c.blind, got)
		}
	}
}

// TestEveryFileKindHasAPart: files that people bring belong to a part, or everybody who sees the project sees them.
func TestEveryFileKindHasAPart(t *testing.T) {
	for kind, part := range partOf {
		if sightTable[part] == nil {
			t.Errorf("%s belongs to %s, which is no part", kind, part)
		}
	}
	for _, part := range append(slices.Collect(maps.Values(entryParts)), slices.Collect(maps.Values(partOfCommand))...) {
		if sightTable[part] == nil {
			t.Errorf("%s is no part", part)
		}
	}
	form := (&caseSight{as: map[string]bool{"FI": true}, moments: map[string]bool{"ACCEPT": true}}).form(
		map[string]any{"situation": 1, "total": 2, "funding": 3, "priceEvidence": 4},
	)
	if len(form) != 2 || form["total"] == nil || form["funding"] == nil {
		t.Errorf("finance reads %v", form)
	}
}
