package api

import (
	"slices"
	"testing"

	"github.com/quancheng/quancheng/models/office"
)

// TestRoomsGrantWhatTheyNeed: rooms are files that know little of each other,
// so that a permission without a holder, or for a role that is nowhere, is found here.
func TestRoomsGrantWhatTheyNeed(t *testing.T) {
	for p, who := range grants {
		for i, role := range who {
			if _, known := roles[role]; !known {
				t.Errorf("%s is given to %s, which is no role", p, role)
			}
			if slices.Contains(who[:i], role) {
				t.Errorf("%s is given to %s twice", p, role)
			}
		}
	}
	for _, r := range routes {
		if r.Needs != public && r.Needs != signedIn && r.Needs != signsIn && len(grants[r.Needs]) == 0 {
			t.Errorf("%s %s needs %q, which nobody has", r.Method, r.Path, r.Needs)
		}
	}
	for role, sees := range roles {
		if slices.Contains(office.Administrators, role) && sees != seesNothing {
			t.Errorf("%s sees business data", role)
		}
	}
}
