package books

import (
	"strings"
	"unicode"
)

// Similarity of two texts from 0 to 1: the share of their pairs of neighbouring
// characters that are the same (Dice), blanks and punctuation aside. It needs no
// dictionary, which suits Chinese.
func Similarity(a, b string) float64 {
	x, y := pairsOf(a), pairsOf(b)
	total, same := 0, 0
	for p, n := range x {
		total += n
		same += min(n, y[p])
	}
	for _, n := range y {
		total += n
	}
	if total == 0 {
		return 0
	}
	return 2 * float64(same) / float64(total)
}

func pairsOf(s string) map[[2]rune]int {
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s))
	out := map[[2]rune]int{}
	if len(letters) == 1 {
		out[[2]rune{letters[0]}]++
	}
	for i := 0; i+1 < len(letters); i++ {
		out[[2]rune{letters[i], letters[i+1]}]++
	}
	return out
}
