package engine

import "testing"

// TestEditOpinion: words are changed by who has decided, while the token is there; what he decided stays, and
// after it has left there is nothing to change.
func TestEditOpinion(t *testing.T) {
	g := lateGame(t, `candidateUsers="a1,b1"`, `<qc:approval policy="all"/>`, "")
	key := g.task("t").Key
	say := func(who, op, words string) string {
		return code(g.step(Event{Type: Operate, Operation: op, Key: key, Actor: &Actor{Person: who}, Opinion: words}))
	}
	for _, c := range []struct{ who, op, words, want string }{
		{"a1", "editOpinion", "还没有签过", "no-opinion-yet"},
		{"a1", "agree", "同意", ""},
		{"b1", "editOpinion", "改别人的意见", "no-opinion-yet"},
		{"a1", "editOpinion", "  ", "opinion-required"},
		{"a1", "editOpinion", "同意，请注意工期", ""},
		{"a1", "editOpinion", "同意，工期不超过半年", ""},
	} {
		if got := say(c.who, c.op, c.words); got != c.want {
			t.Errorf("%s %s %q: refused by %q, want %q", c.who, c.op, c.words, got, c.want)
		}
	}
	s := g.task("t").Seats[0]
	if s.Opinion != "同意，工期不超过半年" || s.Actor != "a1" || string(s.State) != "done" || string(s.Decision) != "agree" {
		t.Errorf("the seat is %+v", s)
	}
	if got := say("b1", "agree", "同意"); got != "" {
		t.Fatal(got)
	}
	if got := say("a1", "editOpinion", "事后再改一遍"); got == "" {
		t.Error("an opinion was changed after the token had left")
	}
}
