package texts

import (
	"regexp"
	"slices"
	"testing"
)

var argument = regexp.MustCompile(`\{[a-zA-Z]+\}`)

func TestBothLanguagesAreComplete(t *testing.T) {
	zh, en := catalogues()[Chinese], catalogues()[English]
	for key, text := range zh {
		other, ok := en[key]
		if !ok {
			t.Errorf("%s has no English", key)
			continue
		}
		a, b := argument.FindAllString(text, -1), argument.FindAllString(other, -1)
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
