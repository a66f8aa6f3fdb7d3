package trust_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/trust"
)

// What the house has signed is known as its own, after a change of keys too; what was altered is not.
func TestHouseSignsPapers(t *testing.T) {
	k := trust.New(time.Now().Add(-time.Hour))
	key, signature, err := k.SignPaper("digest")
	if err != nil || key == "" {
		t.Fatal(key, err)
	}
	later := k.Rotated(time.Now().Add(-time.Minute))
	if next, _, err := later.SignPaper("digest"); err != nil || next == key {
		t.Errorf("after the change %s signs: %v", next, err)
	}
	raw, err := later.Public().JSON()
	if err != nil || strings.Contains(string(raw), "private") {
		t.Fatalf("%s, %v", raw, err)
	}
	for _, c := range []struct {
		name, key, digest string
		known, good       bool
	}{
		{"as signed", key, "digest", true, true},
		{"another text", key, "digest2", true, false},
		{"another key", later.House[1].ID, "digest", true, false},
		{"nobody's key", "h-0", "digest", false, false},
	} {
		if known, good := later.VerifyPaper(c.key, c.digest, signature); known != c.known || good != c.good {
			t.Errorf("%s: %v, %v", c.name, known, good)
		}
	}
}

// The keys of a former release, which had none of the house's, get one and keep it.
func TestFormerKeysGetOneOfTheHouse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	former := trust.New(time.Now())
	former.House = nil
	if err := former.Save(file); err != nil {
		t.Fatal(err)
	}
	first, err := trust.LoadOrMake(file)
	if err != nil || len(first.House) != 1 {
		t.Fatal(first, err)
	}
	again, err := trust.LoadOrMake(file)
	if err != nil || len(again.House) != 1 || again.House[0].ID != first.House[0].ID {
		t.Error(again.House, err)
	}
	first.House[0].Private[3]++
	if err := first.Check(); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("an altered key: %v", err)
	}
}
