package papers

import (
	"regexp"
	"slices"
)

// secrecyMark is a mark of secrecy as papers bear it: 机密★1年, 秘密★.
var secrecyMark = regexp.MustCompile(`(绝密|机密|秘密)\s*[★☆]`)

// SecrecyMarks are the marks of secrecy in a text, each once.
func SecrecyMarks(text string) (out []string) {
	for _, m := range secrecyMark.FindAllString(text, -1) {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}
