package feel

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// reSet is a set of characters as ranges, low and high by turns.
type reSet struct{ ranges []rune }

func (s *reSet) add(low, high rune) { s.ranges = append(s.ranges, low, high) }

func (s *reSet) addSet(o *reSet) { s.ranges = append(s.ranges, o.ranges...) }

// sorted gives the ranges in order, without overlaps.
func (s *reSet) sorted() []rune {
	pairs := make([][2]rune, 0, len(s.ranges)/2)
	for i := 0; i < len(s.ranges); i += 2 {
		pairs = append(pairs, [2]rune{s.ranges[i], s.ranges[i+1]})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i][0] < pairs[j][0] })
	var out []rune
	for _, p := range pairs {
		if n := len(out); n > 0 && p[0] <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p[1])
			continue
		}
		out = append(out, p[0], p[1])
	}
	return out
}

func (s *reSet) negated() *reSet {
	out := &reSet{}
	next := rune(0)
	sorted := s.sorted()
	for i := 0; i < len(sorted); i += 2 {
		if sorted[i] > next {
			out.add(next, sorted[i]-1)
		}
		next = sorted[i+1] + 1
	}
	if next <= unicode.MaxRune {
		out.add(next, unicode.MaxRune)
	}
	return out
}

// minus is the set without the characters of the other.
func (s *reSet) minus(o *reSet) *reSet {
	outside := s.negated()
	outside.addSet(o)
	return outside.negated()
}

func (s *reSet) contains(r rune) bool {
	for i := 0; i < len(s.ranges); i += 2 {
		if r >= s.ranges[i] && r <= s.ranges[i+1] {
			return true
		}
	}
	return false
}

// lastCased is the last character that has another case.
const lastCased = 0x1e943

// bothCases is the set with the other cases of its characters.
func (s *reSet) bothCases() *reSet {
	out := &reSet{}
	out.addSet(s)
	sorted := s.sorted()
	for i := 0; i < len(sorted); i += 2 {
		for r := sorted[i]; r <= min(sorted[i+1], lastCased); r++ {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				out.add(f, f)
			}
		}
	}
	return out
}

// emit writes the set as a class of Go's syntax.
func (s *reSet) emit(b *strings.Builder) {
	sorted := s.sorted()
	if len(sorted) == 0 {
		b.WriteString(`[^\x00-\x{10FFFF}]`)
		return
	}
	b.WriteByte('[')
	for i := 0; i < len(sorted); i += 2 {
		fmt.Fprintf(b, `\x{%X}`, sorted[i])
		if sorted[i+1] > sorted[i] {
			fmt.Fprintf(b, `-\x{%X}`, sorted[i+1])
		}
	}
	b.WriteByte(']')
}

// tableSet is the set of a Unicode table.
func tableSet(tables ...*unicode.RangeTable) *reSet {
	s := &reSet{}
	for _, t := range tables {
		for _, r := range t.R16 {
			addStrided(s, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			addStrided(s, rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return s
}

func addStrided(s *reSet, low, high, stride rune) {
	if stride == 1 {
		s.add(low, high)
		return
	}
	for r := low; r <= high; r += stride {
		s.add(r, r)
	}
}

// multiEscapes are \s, \i, \c, \d and \w of XML Schema Part 2, appendix F.1.1; capitals negate them.
var multiEscapes = map[rune]*reSet{
	's': {[]rune{'\t', '\n', '\r', '\r', ' ', ' '}},
	'i': {[]rune{':', ':', 'A', 'Z', '_', '_', 'a', 'z', 0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x2ff, 0x370, 0x37d, 0x37f, 0x1fff,
		0x200c, 0x200d, 0x2070, 0x218f, 0x2c00, 0x2fef, 0x3001, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfffd, 0x10000, 0xeffff}},
	'c': {[]rune{'-', '.', '0', ':', 'A', 'Z', '_', '_', 'a', 'z', 0xb7, 0xb7, 0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x37d, 0x37f, 0x1fff,
		0x200c, 0x200d, 0x203f, 0x2040, 0x2070, 0x218f, 0x2c00, 0x2fef, 0x3001, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfffd,
		0x10000, 0xeffff}},
	'd': tableSet(unicode.Nd),
	'w': tableSet(unicode.P, unicode.Z, unicode.C).negated(),
}

// categorySet is a general category or a block; nil when there is none of that name.
func categorySet(name string) *reSet {
	if block, ok := strings.CutPrefix(name, "Is"); ok {
		if r, ok := unicodeBlocks[block]; ok {
			return &reSet{[]rune{r[0], r[1]}}
		}
		return nil
	}
	if t, ok := unicode.Categories[name]; ok && len(name) <= 2 {
		return tableSet(t)
	}
	return nil
}

// unicodeBlocks are blocks of Unicode by the names that XML Schema gives them, as far as they are in common use.
var unicodeBlocks = map[string][2]rune{
	"BasicLatin": {0, 0x7f}, "Latin-1Supplement": {0x80, 0xff}, "LatinExtended-A": {0x100, 0x17f},
	"LatinExtended-B": {0x180, 0x24f}, "IPAExtensions": {0x250, 0x2af}, "SpacingModifierLetters": {0x2b0, 0x2ff},
	"CombiningDiacriticalMarks": {0x300, 0x36f}, "Greek": {0x370, 0x3ff}, "GreekandCoptic": {0x370, 0x3ff},
	"Cyrillic": {0x400, 0x4ff}, "Armenian": {0x530, 0x58f}, "Hebrew": {0x590, 0x5ff}, "Arabic": {0x600, 0x6ff},
	"Devanagari": {0x900, 0x97f}, "Thai": {0xe00, 0xe7f}, "Tibetan": {0xf00, 0xfff}, "Georgian": {0x10a0, 0x10ff},
	"HangulJamo": {0x1100, 0x11ff}, "Mongolian": {0x1800, 0x18af}, "LatinExtendedAdditional": {0x1e00, 0x1eff},
	"GreekExtended": {0x1f00, 0x1fff}, "GeneralPunctuation": {0x2000, 0x206f}, "CurrencySymbols": {0x20a0, 0x20cf},
	"LetterlikeSymbols": {0x2100, 0x214f}, "NumberForms": {0x2150, 0x218f}, "Arrows": {0x2190, 0x21ff},
	"MathematicalOperators": {0x2200, 0x22ff}, "BoxDrawing": {0x2500, 0x257f}, "GeometricShapes": {0x25a0, 0x25ff},
	"CJKSymbolsandPunctuation": {0x3000, 0x303f}, "Hiragana": {0x3040, 0x309f}, "Katakana": {0x30a0, 0x30ff},
	"Bopomofo": {0x3100, 0x312f}, "CJKUnifiedIdeographsExtensionA": {0x3400, 0x4dbf},
	"CJKUnifiedIdeographs": {0x4e00, 0x9fff}, "HangulSyllables": {0xac00, 0xd7a3},
	"CJKCompatibilityIdeographs": {0xf900, 0xfaff}, "HalfwidthandFullwidthForms": {0xff00, 0xffef},
	"CJKUnifiedIdeographsExtensionB": {0x20000, 0x2a6df},
}
