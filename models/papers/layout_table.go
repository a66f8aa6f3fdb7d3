package papers

import "github.com/quancheng/quancheng/models/papers/pdf"

// grid draws one table: cells of 小四, of 五号 where there are more than forty rows.
type grid struct {
	*layout
	t      *Table
	size   float64
	height float64 // of a line in a cell
}

const (
	padding  = 1.2 // of a cell, above and below its lines
	thin     = 0.18
	thick    = 0.35
	manyRows = 40
)

func (l *layout) table(t *Table) {
	g := grid{layout: l, t: t, size: tiny}
	if len(t.Rows) > manyRows {
		g.size = least
	}
	g.height = g.size * 1.35 / millimetre
	if t.Unit != "" {
		s := style{size: g.size, font: l.serif}
		gs := l.glyphs(t.Unit, s)
		l.need(3 * pitch)
		l.row(areaRight-width(gs)/millimetre, 7, s, gs, pdf.Black)
	}
	g.draw()
	l.leftY = l.y
}

// laid is a row with its cells broken into lines.
type laid struct {
	cells  [][][]pdf.Glyph
	widths []float64
	height float64
	style  func(col int) style
}

func (g grid) lay(cells []string, head bool) laid {
	r := laid{style: func(col int) style {
		if head || g.t.Labels && col%2 == 0 {
			return style{size: g.size, font: g.sans}
		}
		return style{size: g.size, font: g.serif}
	}}
	lines := 1
	for i, cell := range cells {
		w := float64(g.t.Widths[min(i, len(g.t.Widths)-1)])
		if g.t.Labels && len(cells) == 2 && i == 1 {
			w = textWidth - float64(g.t.Widths[0])
		}
		broken := g.lines(cell, r.style(i), (w-2)*millimetre, 0)
		r.cells, r.widths = append(r.cells, broken), append(r.widths, w)
		lines = max(lines, len(broken))
	}
	r.height = float64(lines)*g.height + 2*padding
	return r
}

func (g grid) draw() {
	var head *laid
	if len(g.t.Head) > 0 {
		h := g.lay(g.t.Head, true)
		head = &h
	}
	var rows []laid
	for _, r := range g.t.Rows {
		rows = append(rows, g.lay(r, false))
	}
	if len(g.t.Total) > 0 {
		rows = append(rows, g.lay(g.t.Total, false))
	}
	if head != nil {
		after := 0.0
		if len(rows) > 0 {
			after = min(rows[0].height, areaHeight/2)
		}
		g.need(head.height + after)
		g.put(*head, true)
	}
	for i, r := range rows {
		room := r.height
		if len(g.t.Total) > 0 && i == len(rows)-3 { // two rows go with the total
			room += rows[i+1].height + rows[i+2].height
		}
		if g.y+room > areaBottom+0.01 && room < areaHeight-40 {
			g.turn()
			if head != nil {
				g.put(*head, true)
			}
		}
		g.long(r, head)
	}
}

// long draws a row, over several pages where it is longer than one.
func (g grid) long(r laid, head *laid) {
	for {
		fit := int((areaBottom - g.y - 2*padding) / g.height)
		most := 0
		for _, c := range r.cells {
			most = max(most, len(c))
		}
		if most <= fit || r.height <= areaBottom-g.y+0.01 {
			g.put(r, false)
			return
		}
		if fit > 0 {
			first := r
			first.cells = make([][][]pdf.Glyph, len(r.cells))
			rest := make([][][]pdf.Glyph, len(r.cells))
			for i, c := range r.cells {
				first.cells[i], rest[i] = c[:min(fit, len(c))], c[min(fit, len(c)):]
			}
			first.height = float64(fit)*g.height + 2*padding
			g.put(first, false)
			r.cells, r.height = rest, float64(most-fit)*g.height+2*padding
		}
		g.turn()
		if head != nil {
			g.put(*head, true)
		}
	}
}

// put draws a row with its rules.
func (g grid) put(r laid, head bool) {
	x := areaLeft
	for i, c := range r.cells {
		s := r.style(i)
		w := r.widths[i]
		line := thin
		g.frame(x, g.y, w, r.height, line)
		y := g.y + (r.height-float64(len(c))*g.height)/2
		for _, gs := range c {
			at := x + 1
			used := width(gs) / millimetre
			switch {
			case head || g.t.Labels && i%2 == 0:
				at = x + (w-used)/2
			case i < len(g.t.Right) && g.t.Right[i]:
				at = x + w - 1 - used
			}
			g.page.Text(at, baseline(y, g.height, s.size), s.size, pdf.Black, s.bold, gs)
			y += g.height
		}
		x += w
	}
	g.page.Line(areaLeft, g.y, areaLeft, g.y+r.height, thick, pdf.Black) // the frame is stronger
	g.page.Line(areaRight, g.y, areaRight, g.y+r.height, thick, pdf.Black)
	g.y += r.height
}
