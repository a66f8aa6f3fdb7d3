package trust_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/trust"
)

// The keys of a desk are made once, for the owner alone, and are the same at the next start.
func TestKeysOfADesk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys", "keys.json")
	k, err := trust.LoadOrMake(file)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if i, err := os.Stat(path); err != nil || i.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", path, i.Mode(), err)
		}
	}
	again, err := trust.LoadOrMake(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := code(t, again, sealed(t, k)); got != "" {
		t.Errorf("after the next start: %q", got)
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Keys come from a file or from the environment, and what cannot be used is refused with its reason.
func TestLoad(t *testing.T) {
	whole := func(change func(k *trust.Keys)) string {
		k := trust.New(time.Now().Add(-time.Hour))
		change(k)
		raw, err := k.JSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	past := time.Now().Add(-time.Minute)
	for _, c := range []struct{ name, json, want string }{
		{"good", whole(func(*trust.Keys) {}), ""},
		{"rotated", whole(func(k *trust.Keys) { *k = *k.Rotated(time.Now().Add(time.Hour)) }), ""},
		{"another's public key beside it", whole(func(k *trust.Keys) {
			k.Signing = append(k.Signing,
				trust.New(past).Public().Signing...)
		}), ""},
		{"no JSON", `{`, "unexpected EOF"},
		{"misspelt", `{"signing":[{"untill":"2026-01-01T00:00:00Z"}]}`, "untill"},
		{"empty", `{}`, "no signing key"},
		{"public only", whole(func(k *trust.Keys) { k.Signing = k.Public().Signing }), "no signing key with a private half"},
		{"ended", whole(func(k *trust.Keys) { k.Signing[0].Until = &past }), "no signing key with a private half"},
		{"not begun", whole(func(k *trust.Keys) { k.Payload[0].From = time.Now().Add(time.Hour) }), "no payload key"},
		{"no payload key", whole(func(k *trust.Keys) { k.Payload = nil }), "no payload key"},
		{"short secret", whole(func(k *trust.Keys) { k.Payload[0].Secret = k.Payload[0].Secret[:16] }), "32 bytes"},
		{"another id", whole(func(k *trust.Keys) { k.Signing[0].ID = "s-1" }), "does not fit"},
		{"another private half", whole(func(k *trust.Keys) { k.Signing[0].Private = trust.New(past).Signing[0].Private }), "does not fit"},
		{"short private half", whole(func(k *trust.Keys) { k.Signing[0].Private = k.Signing[0].Private[:31] }), "does not fit"},
		{"twice", whole(func(k *trust.Keys) { k.Signing = append(k.Signing, k.Signing[0]) }), "twice"},
		{"payload key twice", whole(func(k *trust.Keys) { k.Payload = append(k.Payload, k.Payload[0]) }), "twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "keys.json")
			if err := os.WriteFile(file, []byte(c.json), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, from := range []string{c.json, file} {
				_, err := trust.Load(from)
				if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
					t.Errorf("%v, want %q", err, c.want)
				}
			}
		})
	}
	if _, err := trust.Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there")
	}
}

// What is given to others holds no secret.
func TestPublic(t *testing.T) {
	k := trust.New(time.Now())
	raw, err := k.Public().JSON()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "private") || strings.Contains(string(raw), "secret") {
		t.Errorf("%s", raw)
	}
	if slices.ContainsFunc(k.Signing, func(s trust.SigningKey) bool { return len(s.Private) == 0 }) {
		t.Error("the keys themselves lost their private halves")
	}
}
