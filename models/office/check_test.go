package office

import "testing"

// The first code is the example of GB 32100-2015; the wrong ones have one character changed, or two swapped.
func TestUSCC(t *testing.T) {
	for code, want := range map[string]bool{
		"91350100M000100Y43": true, "91341700MA00DEM00W": true,
		"91350100M000100Y44": false, "91350100M000100Y4": false, "91350100M0001O0Y43": false, "": false,
		"91341700MA00DEM00X": false, "19341700MA00DEM00W": false,
	} {
		if got := USCC(code); got != want {
			t.Errorf("USCC(%q) = %v", code, got)
		}
	}
}
