package papers

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/quancheng/quancheng/models/papers/pdf"
)

// Measures of GB/T 9704-2012 (docs/papers.md): millimetres on A4, points of type.
const (
	pageWidth, pageHeight = 210.0, 297.0
	areaLeft, areaTop     = 28.0, 37.0
	areaHeight            = 225.0
	areaBottom            = areaTop + areaHeight
	areaRight             = areaLeft + textWidth
	linesOfPage           = 22
	charsOfLine           = 28
	pitch                 = areaHeight / linesOfPage
	millimetre            = 72 / 25.4                                   // in points
	body                  = 16.0                                        // 三号
	small                 = 14.0                                        // 四号
	tiny                  = 12.0                                        // 小四
	least                 = 10.5                                        // 五号
	headline              = 22.0                                        // 二号
	squeeze               = textWidth * millimetre / charsOfLine / body // what is left of a full width so that 28 fit
)

// style is how a run of text looks.
type style struct {
	size float64
	font *pdf.Font
	bold bool
}

// typesetter measures and breaks text.
type typesetter struct{ serif, sans *pdf.Font }

func newTypesetter() (typesetter, error) {
	var t typesetter
	var err error
	if t.serif, err = serif(); err != nil {
		return t, err
	}
	t.sans, err = sans()
	return t, err
}

// glyph is a character as it is drawn: full width on the grid, whatever its font says.
func (t typesetter) glyph(r rune, s style) pdf.Glyph {
	font := s.font
	if !font.Has(r) {
		for _, other := range []*pdf.Font{t.serif, t.sans} {
			if other.Has(r) {
				font = other
			}
		}
	}
	width := s.size * squeeze
	if !fullWidth(r) {
		width *= float64(font.Advance(r)) / 1000
	}
	return pdf.Glyph{Rune: r, Width: width, Font: font}
}

// fullWidth reports whether a character takes a square of the grid.
func fullWidth(r rune) bool {
	return r >= 0x2E80 || strings.ContainsRune("“”‘’—…·〔〕￥①②③④⑤⑥⑦⑧⑨⑩", r) || r >= 0x2190 && r < 0x2E80
}

func (t typesetter) glyphs(text string, s style) []pdf.Glyph {
	out := make([]pdf.Glyph, 0, len(text)/3)
	for _, r := range text {
		out = append(out, t.glyph(r, s))
	}
	return out
}

func width(gs []pdf.Glyph) (w float64) {
	for _, g := range gs {
		w += g.Width
	}
	return w
}

const (
	closers = "、，。；：？！）》”’〉」』】〕％%…"
	openers = "（《“‘〈「『【〔￥"
)

// whole are texts that no line parts: dates, numbers with their unit, words and codes.
var whole = regexp.MustCompile(`^(\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}月\d{1,2}日|[\d,.]+(万元|元|%|个|项)|[!-~]+)`)

// unitsOf parts a text where a line may end: no unit begins with a closing mark or ends with an opening one.
func unitsOf(text string) []string {
	var out []string
	pending := "" // opening marks waiting for what they open
	for text != "" {
		unit := whole.FindString(text)
		if unit == "" {
			for i := range text {
				if i > 0 {
					unit = text[:i]
					break
				}
			}
			if unit == "" {
				unit = text
			}
		}
		text = text[len(unit):]
		first := []rune(unit)[0]
		switch {
		case strings.ContainsRune(closers, first) && pending == "" && len(out) > 0:
			out[len(out)-1] += unit
		case strings.ContainsRune(openers, first) && len([]rune(unit)) == 1:
			pending += unit
		default:
			out, pending = append(out, pending+unit), ""
		}
	}
	if pending != "" {
		out = append(out, pending)
	}
	return out
}

// lines breaks a text into lines of a width in points, the first one narrower by an indent.
func (t typesetter) lines(text string, s style, room, indent float64) [][]pdf.Glyph {
	var out [][]pdf.Glyph
	var line []pdf.Glyph
	left := room - indent
	flush := func() {
		for len(line) > 0 && line[len(line)-1].Rune == ' ' {
			line = line[:len(line)-1]
		}
		out, line, left = append(out, line), nil, room
	}
	const slack = 0.05 // of rounding
	for _, unit := range unitsOf(text) {
		gs := t.glyphs(unit, s)
		w := width(gs)
		if w > left+slack && len(line) > 0 {
			flush()
		}
		for w > left+slack { // longer than a line
			n := 0
			for used := 0.0; n < len(gs) && used+gs[n].Width <= left+slack; n++ {
				used += gs[n].Width
			}
			n = max(n, 1)
			for n > 1 && n < len(gs) && strings.ContainsRune(closers, gs[n].Rune) {
				n--
			}
			line = append(line, gs[:n]...)
			gs = gs[n:]
			w = width(gs)
			flush()
		}
		if len(line) == 0 && unicode.IsSpace([]rune(unit)[0]) {
			continue
		}
		line, left = append(line, gs...), left-w
	}
	if len(line) > 0 || len(out) == 0 {
		flush()
	}
	return out
}

// titleLines breaks a title into even lines of 20 characters at most.
func (t typesetter) titleLines(text string, s style) [][]pdf.Glyph {
	const most = 20
	total := width(t.glyphs(text, s))
	n := 1
	for total/float64(n) > most*s.size*squeeze {
		n++
	}
	if n == 1 {
		return t.lines(text, s, textWidth*millimetre, 0)
	}
	room := min(total/float64(n)+1.5*s.size, textWidth*millimetre) // the longer line first
	return t.lines(text, s, room, 0)
}
