// Package texts holds the sentences that people read: problems, labels and
// names that do not come from a model, in Chinese first and English complete.
//
// Each room has its own pair of files, office.zh.json and office.en.json; keys are
// stable slugs, {name} stands for an argument. Tests keep both languages in step,
// and no key in two rooms.
package texts

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

//go:embed *.json
var files embed.FS

// Lang is "zh" or "en".
type Lang string

// The languages. Chinese stands in where a text lacks English.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

var catalogues = sync.OnceValue(load)

// Text is the sentence of a key, with {name} replaced by args["name"]; an
// unknown key is its own text, so that nothing is ever shown as empty.
func Text(lang Lang, key string, args map[string]string) string {
	t, ok := catalogues()[lang][key]
	if !ok {
		if t, ok = catalogues()[Chinese][key]; !ok {
			return key
		}
	}
	for name, value := range args {
		t = strings.ReplaceAll(t, "{"+name+"}", value)
	}
	return t
}

// Has reports whether a key is known in Chinese.
func Has(key string) bool { _, ok := catalogues()[Chinese][key]; return ok }

func load() map[Lang]map[string]string {
	all := map[Lang]map[string]string{Chinese: {}, English: {}}
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		panic(fmt.Sprintf("texts: %v", err))
	}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			panic(fmt.Sprintf("texts: %v", err))
		}
		lang := Lang(strings.TrimSuffix(name[strings.Index(name, ".")+1:], ".json"))
		var one map[string]string
		if err := json.Unmarshal(raw, &one); err != nil {
			panic(fmt.Sprintf("texts: %s: %v", name, err))
		}
		for k, v := range one {
			all[lang][k] = v
		}
	}
	return all
}
