package search

import (
	"slices"
	"strings"
)

// The bounds of a question.
const (
	maxRunes = 80
	maxWords = 8
)

var spaces = strings.NewReplacer(
	"〔", " ", "〕", " ", "（", " ", "）", " ", "【", " ", "】", " ", "[", " ", "]", " ", "(", " ", ")", " ", "《", " ", "》", " ", "“", " ", "”",
	" ", "、", " ", "，", " ", "。", " ", "；", " ", "：", " ", "·", " ", "\u3000", " ",
)

// lower folds as both databases do: ASCII letters only.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, s)
}

// fold writes text as the index has it.
func fold(s string) string { return spaces.Replace(lower(s)) }

// Words are what somebody looks for: at most eight, each of which must occur.
func Words(question string) []string {
	if r := []rune(question); len(r) > maxRunes {
		question = string(r[:maxRunes])
	}
	var out []string
	for _, w := range strings.Fields(fold(strings.ToValidUTF8(strings.ReplaceAll(question, "\x00", " "), " "))) {
		if !slices.Contains(out, w) && len(out) < maxWords {
			out = append(out, w)
		}
	}
	return out
}

// grams are the pairs of neighbouring characters of words.
func grams(words []string) []string {
	var out []string
	for _, w := range words {
		r := []rune(w)
		for i := 0; i+1 < len(r); i++ {
			if g := string(r[i : i+2]); !slices.Contains(out, g) {
				out = append(out, g)
			}
		}
	}
	return out
}

// slips are a number with one character left out, for who has typed one too many.
func slips(word string) []string {
	r := []rune(word)
	if len(r) < 5 || !strings.ContainsAny(word, "0123456789") {
		return nil
	}
	var out []string
	for i := range r {
		if s := string(slices.Concat(r[:i], r[i+1:])); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// likePart is a pattern that finds a word anywhere, with ESCAPE '\'.
func likePart(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%"
}
