package texts

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var argument = regexp.MustCompile(`\{[a-zA-Z]+\}`)

// inOne are arguments that hold a sentence of each language (a rule's), by one name.
var inOne = strings.NewReplacer("{zh}", "{text}", "{en}", "{text}", "{textEn}", "{text}")

func TestBothLanguagesAreComplete(t *testing.T) {
	zh, en := catalogues()[Chinese], catalogues()[English]
	for key, text := range zh {
		other, ok := en[key]
		if !ok {
			t.Errorf("%s has no English", key)
			continue
		}
		a, b := argument.FindAllString(inOne.Replace(text), -1), argument.FindAllString(inOne.Replace(other), -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: arguments %v in Chinese, %v in English", key, a, b)
		}
	}
	for key := range en {
		if _, ok := zh[key]; !ok {
			t.Errorf("%s has no Chinese", key)
		}
	}
}

// keysOf lists the keys of a file as they are written, so that one that stands there twice is seen twice.
func keysOf(t *testing.T, file string) []string {
	t.Helper()
	raw, err := fs.ReadFile(files, file)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	if _, err := d.Token(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var keys []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if _, err := d.Token(); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		keys = append(keys, key.(string))
	}
	return keys
}

// TestEachRoomHasAPair: a room's two files say the same keys in the same order,
// and no key stands in two places, where one would silently win.
func TestEachRoomHasAPair(t *testing.T) {
	all, err := fs.Glob(files, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, file := range all {
		room, lang, _ := strings.Cut(strings.TrimSuffix(file, ".json"), ".")
		switch lang {
		case "zh":
		case "en":
			if !slices.Contains(all, room+".zh.json") {
				t.Errorf("%s has no Chinese beside it", file)
			}
			continue
		default:
			t.Errorf("%s is neither zh nor en", file)
			continue
		}
		keys := keysOf(t, file)
		for _, key := range keys {
			if first, taken := owner[key]; taken {
				t.Errorf("%s: %s stands in %s already", file, key, first)
			}
			owner[key] = file
		}
		if !slices.Contains(all, room+".en.json") {
			t.Errorf("%s has no English beside it", file)
			continue
		}
		if other := keysOf(t, room+".en.json"); !slices.Equal(keys, other) {
			t.Errorf("%s and its English have other keys, or in another order: %v", file, differing(keys, other))
		}
	}
}

// differing says the first place where two lists differ.
func differing(a, b []string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return fmt.Sprintf("%v and %v", a[i:min(i+1, len(a))], b[i:min(i+1, len(b))])
}
