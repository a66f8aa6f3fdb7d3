package papers_test

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	reader "github.com/ledongthuc/pdf"
)

// glyph is a character where a reader of PDF found it: millimetres from the upper left corner, the size in points.
type glyph struct {
	text       string
	x, y, size float64
}

type page struct {
	text   string
	glyphs []glyph
	width  float64
	height float64
}

// readPDF reads pages with a library that shares no code with our writer.
func readPDF(t testing.TB, raw []byte) (out []page) {
	t.Helper()
	r, err := reader.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.NumPage() {
		src := r.Page(i + 1)
		box := src.V.Key("MediaBox")
		p := page{width: box.Index(2).Float64() * 25.4 / 72, height: box.Index(3).Float64() * 25.4 / 72}
		var b strings.Builder
		for _, g := range src.Content().Text {
			b.WriteString(g.S)
			p.glyphs = append(p.glyphs, glyph{g.S, g.X * 25.4 / 72, p.height - g.Y*25.4/72, g.FontSize})
		}
		p.text = b.String()
		out = append(out, p)
	}
	return out
}

// lines are the body's lines, from the top.
func (p page) lines() (out []string) {
	rows := map[int][]glyph{}
	for _, g := range p.glyphs {
		if g.y < 262 && g.y > 37 {
			k := int(math.Round(g.y * 10))
			rows[k] = append(rows[k], g)
		}
	}
	var ys []int
	for y := range rows {
		ys = append(ys, y)
	}
	slices.Sort(ys)
	for _, y := range ys {
		slices.SortStableFunc(rows[y], func(a, b glyph) int { return cmp.Compare(a.x, b.x) })
		line := ""
		for _, g := range rows[y] {
			line += g.text
		}
		out = append(out, line)
	}
	return out
}

// measured holds a page against GB/T 9704: A4, the text within 156 × 225 mm at 28 and 37 mm, the number of the page below it at the outer
// edge.
func (p page) measured(t testing.TB, n int) {
	t.Helper()
	if math.Abs(p.width-210) > 0.1 || math.Abs(p.height-297) > 0.1 {
		t.Errorf("page %d is %.1f × %.1f mm", n, p.width, p.height)
	}
	for _, g := range p.glyphs {
		char := g.size * 25.4 / 72
		switch {
		case g.size > 100: // the mark of a void paper
		case g.y > 263 && (g.y < 267 || g.y > 275):
			t.Errorf("page %d: %q at %.1f mm is neither text nor the number of the page", n, g.text, g.y)
		case g.x < 27.9 || g.x > 184.1 || g.y <= 263 && g.y < 29:
			t.Errorf("page %d: %q at %.1f, %.1f mm (%.1f mm high) is outside the text", n, g.text, g.x, g.y, char)
		}
	}
}
