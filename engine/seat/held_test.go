package seat

import "testing"

// TestASeatIsHeldInItsPost: the rights of a seat are of the post in which its holder has it; of one that was
// given on before receivers' posts were kept, in any.
func TestASeatIsHeldInItsPost(t *testing.T) {
	why := &Why{Rule: "post", Args: map[string]string{"post": "CHIEF@D"}}
	for name, c := range map[string]struct {
		seat Seat
		by   By
		held bool
	}{
		"in the post":            {Seat{Principal: "a", Actor: "a", Group: "CHIEF@D"}, By{Person: "a", Groups: []string{"CHIEF@D"}, Strict: true}, true},
		"in another one":         {Seat{Principal: "a", Actor: "a", Group: "CHIEF@D"}, By{Person: "a", Groups: []string{"CLERK@D"}, Strict: true}, false},
		"in any, as before":      {Seat{Principal: "a", Actor: "a", Group: "CHIEF@D"}, By{Person: "a", Groups: []string{"CLERK@D"}}, true},
		"given on, post unknown": {Seat{Principal: "a", Actor: "a", Group: "CHIEF@D", Chain: []string{"b"}}, By{Person: "a", Groups: []string{"CLERK@D"}, Strict: true}, true},
		"given on in a post": {
			Seat{Principal: "a", Actor: "a", Group: "CHIEF@D", Chain: []string{"b"}, Why: why},
			By{Person: "a", Groups: []string{"CLERK@D"}, Strict: true}, false,
		},
		"for another, whose post it is": {Seat{Principal: "b", Actor: "a", Group: "CHIEF@D"}, By{Person: "a", Strict: true}, true},
		"nobody":                        {Seat{Principal: "", Actor: "", Group: ""}, By{}, false},
	} {
		if held := c.seat.HeldBy(c.by); held != c.held {
			t.Errorf("%s: held %t", name, held)
		}
	}
}
