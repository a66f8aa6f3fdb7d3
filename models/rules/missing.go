package rules

import (
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/texts"
)

// FactName is what people call a fact, or the place in it that a pointer leads to: “/similar/3/score”.
func FactName(lang texts.Lang, pointer string) string {
	name, rest, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	said := texts.Text(lang, "fact-name."+name, nil)
	if !texts.Has("fact-name." + name) {
		said = name
	}
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '/' }) {
		if n, err := strconv.Atoi(part); err == nil {
			said += " " + texts.Text(lang, "fact-name.row", map[string]string{"n": strconv.Itoa(n + 1)})
		} else if key := "fact-column." + part; texts.Has(key) {
			said += " · " + texts.Text(lang, key, nil)
		}
	}
	return said
}

const shownMissing = 3

// missingSentence says which facts are not known, the first few of them.
func missingSentence(missing []string) Sentence {
	say := func(lang texts.Lang, between string) string {
		if len(missing) == 0 {
			return texts.Text(lang, "fact-name.missing-unnamed", nil)
		}
		var names []string
		for _, pointer := range missing[:min(len(missing), shownMissing)] {
			names = append(names, FactName(lang, pointer))
		}
		all := strings.Join(names, between)
		if len(missing) > shownMissing {
			all += " …"
		}
		return texts.Text(lang, "fact-name.missing", map[string]string{"facts": all})
	}
	return Sentence{ZH: say(texts.Chinese, "、"), EN: say(texts.English, ", ")}
}
