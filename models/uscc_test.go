package models

import "testing"

// The codes are published ones of well-known companies, and each with one character changed.
func TestValidUSCC(t *testing.T) {
	for code, want := range map[string]bool{
		"91350100M000100Y43": true, // example of GB 32100-2015
		"91341700MA00DEM00W": true,
		"91350100M000100Y44": false, "91350100M000100Y4": false, "91350100M0001O0Y43": false, "": false,
		"91341700MA00DEM00X": false, "19341700MA00DEM00W": false,
	} {
		if got := ValidUSCC(code); got != want {
			t.Errorf("ValidUSCC(%q) = %v", code, got)
		}
	}
}
