package commands_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
)

// TestADrawIsComputedAgain: from list, numbers and moment everybody gets the same
// seats; each of them changed is found out.
func TestADrawIsComputedAgain(t *testing.T) {
	list := []commands.Candidate{}
	for i := range 12 {
		list = append(
			list,
			commands.Candidate{
				Code: fmt.Sprintf("%03d", i+1), Person: fmt.Sprintf("p%d", i), Unit: fmt.Sprintf("u%d", i/2),
				Specialties: []string{[]string{"software", "security", "finance"}[i%3]},
			},
		)
	}
	raw := models.JSONOf(list)
	d := books.ExpertDraw{
		DrawNo: "CQ-2022-001", Pool: raw, Number: "48205173", Nonce: "90716428", At: time.Date(2022, 4, 1, 1, 30, 0, 0, time.UTC),
		Plan: models.JSONOf([]string{"security", "finance", "", "", ""}),
	}
	d.ListDigest = digest(raw)
	d.Seed = commands.SeedOf(d)
	first, err := commands.Recompute(d)
	if err != nil || len(first) != 5 {
		t.Fatalf("%v, %v", first, err)
	}
	units := map[string]bool{}
	for i, code := range first {
		k := list[slices.IndexFunc(list, func(k commands.Candidate) bool { return k.Code == code })]
		if units[k.Unit] {
			t.Errorf("%s twice", k.Unit)
		}
		units[k.Unit] = true
		if want := []string{"security", "finance", "", "", ""}[i]; want != "" && k.Specialties[0] != want {
			t.Errorf("seat %d: %v, want %s", i, k.Specialties, want)
		}
	}
	again, _ := commands.Recompute(d)
	if !slices.Equal(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
	for name, change := range map[string]func(*books.ExpertDraw){
		"number": func(x *books.ExpertDraw) { x.Number = "1" }, "nonce": func(x *books.ExpertDraw) { x.Nonce = "1" },
		"moment": func(x *books.ExpertDraw) { x.At = x.At.Add(time.Second) },
		"seed":   func(x *books.ExpertDraw) { x.Seed = digest([]byte("x")) },
		"list":   func(x *books.ExpertDraw) { x.Pool = models.JSONOf(list[1:]) },
	} {
		x := d
		change(&x)
		if _, err := commands.Recompute(x); err == nil {
			t.Errorf("another %s is not found out", name)
		}
	}
}

func digest(text []byte) string {
	sum := sm3.Sum(text)
	return hex.EncodeToString(sum[:])
}
