package papers

import (
	"fmt"

	"rsc.io/qr"

	"github.com/quancheng/quancheng/models/papers/pdf"
)

// head draws what stands above the title: by class.
func (l *layout) head() {
	switch l.doc.Class {
	case "G", "M":
		l.redHead(areaTop+35, l.headText())
		l.y += 2 * pitch
		l.numberRow()
		l.y += 4
		l.page.Line(areaLeft, l.y, areaRight, l.y, 0.5, pdf.Red)
		l.y += pitch // with the rest of the line two blank ones
		l.toGrid()
	case "L":
		l.redHead(30, l.doc.Meta.House)
		l.y += 4
		l.pair(l.y, true)
		l.pair(pageHeight-20, false)
		gs := l.glyphs(l.doc.Meta.No, l.body())
		l.y += body * 0.875 / millimetre
		l.row(areaRight-width(gs)/millimetre, pitch, l.body(), gs, pdf.Black)
		l.y += pitch
		l.toGrid()
	case "F", "R":
		l.code(areaRight-18, areaTop-22)
	case "B":
		l.coverPage()
	}
}

func (l *layout) headText() string {
	if l.doc.Class == "M" {
		return l.doc.Meta.House + "会议纪要"
	}
	return l.doc.Meta.Head
}

func (l *layout) toGrid() {
	l.y = areaTop + ceil((l.y-areaTop)/pitch)*pitch
	l.leftY = l.y
}

// redHead draws the name of the house in red, as large as the width allows; its top is at y.
func (l *layout) redHead(y float64, text string) {
	n := float64(len([]rune(text)))
	size := min(62, textWidth*millimetre/max(n, 1)/squeeze)
	s := style{size: size, font: l.serif, bold: true}
	l.y = y
	gs := l.glyphs(text, s)
	l.row(centred(gs), size/millimetre, s, gs, pdf.Red)
}

// numberRow is the number, centred; with a signer it stands left and the signer right.
func (l *layout) numberRow() {
	gs := l.glyphs(l.doc.Meta.No, l.body())
	if l.doc.Meta.Signer == "" {
		l.row(centred(gs), body/millimetre, l.body(), gs, pdf.Black)
		return
	}
	char := body * squeeze / millimetre
	who := l.glyphs("签发人："+l.doc.Meta.Signer, l.body())
	l.page.Text(areaRight-char-width(who)/millimetre, baseline(l.y, body/millimetre, body), body, pdf.Black, false, who)
	l.row(areaLeft+char, body/millimetre, l.body(), gs, pdf.Black)
}

// pair is a red double line of 170 mm: thick above thin, or the other way round.
func (l *layout) pair(y float64, thickFirst bool) {
	a, b := 1.0, 0.35
	if !thickFirst {
		a, b = b, a
	}
	l.page.Line(20, y, 190, y, a, pdf.Red)
	l.page.Line(20, y+1.2, 190, y+1.2, b, pdf.Red)
}

// coverPage is the cover of a report: title, house, date; its text begins on the next page.
func (l *layout) coverPage() {
	l.y = areaTop + 5*pitch
	for _, b := range l.doc.Blocks {
		if b.Kind == "title" && b.Part != "附件" {
			for _, gs := range l.titleLines(b.Text, l.titled()) {
				l.row(centred(gs), 14, l.titled(), gs, pdf.Black)
			}
		}
	}
	l.y = areaTop + 11*pitch
	for _, line := range []string{l.doc.Meta.No, l.doc.Meta.House, l.doc.Meta.Written} {
		gs := l.glyphs(line, l.body())
		l.row(centred(gs), pitch*1.3, l.body(), gs, pdf.Black)
	}
	l.code(areaLeft+textWidth/2-9, areaBottom-22)
	l.cover = 1
	l.turn()
}

// imprint are the copies and who printed it when, at the bottom of the last page.
func (l *layout) imprint() []string {
	if l.doc.Class != "G" && l.doc.Class != "M" {
		return nil
	}
	var out []string
	if len(l.doc.Meta.Cc) > 0 {
		cc := "抄送："
		for i, c := range l.doc.Meta.Cc {
			if i > 0 {
				cc += "，"
			}
			cc += c
		}
		out = append(out, cc+"。")
	}
	return append(out, l.doc.Meta.Office+"\t"+l.doc.Meta.Written+"印发")
}

// foot draws what belongs on the last page, and on every page once all are known.
func (l *layout) foot() error {
	const height = 8.0
	s := style{size: small, font: l.serif}
	char := small * squeeze / millimetre
	var rows [][]pdf.Glyph
	entries := l.imprint()
	for i, e := range entries {
		if i == len(entries)-1 {
			break // the last one has two ends
		}
		rows = append(rows, l.lines(e, s, (textWidth-2*char)*millimetre, 0)...)
	}
	tall := 0.0
	if len(entries) > 0 {
		tall = float64(len(rows)+1) * height
	}
	const square = 22.0 // the QR code and its margin
	coded := l.doc.Meta.Verify != "" && (l.doc.Class == "G" || l.doc.Class == "L" || l.doc.Class == "N" || l.doc.Class == "M")
	if l.y+tall > areaBottom || coded && l.leftY+tall+square > areaBottom {
		l.turn()
	}
	at := areaBottom - tall
	if coded {
		l.code(areaLeft+2, at-square+2)
	}
	if len(entries) > 0 {
		l.y = at
		l.page.Line(areaLeft, at, areaRight, at, 0.35, pdf.Black)
		for _, gs := range rows {
			l.row(areaLeft+char, height, s, gs, pdf.Black)
		}
		if len(rows) > 0 {
			l.page.Line(areaLeft, l.y, areaRight, l.y, 0.25, pdf.Black)
		}
		day := l.glyphs(l.doc.Meta.Written+"印发", s)
		l.page.Text(areaRight-char-width(day)/millimetre, baseline(l.y, height, small), small, pdf.Black, false, day)
		l.row(areaLeft+char, height, s, l.glyphs(l.doc.Meta.Office, s), pdf.Black)
		l.page.Line(areaLeft, areaBottom, areaRight, areaBottom, 0.35, pdf.Black)
	}
	l.pageNumbers()
	if l.doc.Mark != "" {
		s := style{size: 8, font: l.sans}
		for _, p := range l.pages {
			p.Text(areaLeft, 290, s.size, pdf.Grey, false, l.glyphs(l.doc.Mark, s))
		}
	}
	if l.doc.Void != "" {
		s := style{size: 120, font: l.sans}
		for _, p := range l.pages {
			p.Slanted(65, 200, s.size, pdf.Grey, l.glyphs(l.doc.Void, s))
		}
	}
	return nil
}

// code draws the QR code by which the paper is verified, 18 mm wide.
func (l *layout) code(x, y float64) {
	c := qrCode(l.doc.Meta.Verify)
	if c == nil {
		return
	}
	m := 18 / float64(c.Size)
	for row := range c.Size {
		for col := 0; col < c.Size; col++ {
			n := 0
			for col+n < c.Size && c.Black(col+n, row) {
				n++
			}
			if n > 0 {
				l.page.Box(x+float64(col)*m, y+float64(row)*m, float64(n)*m, m, pdf.Black)
				col += n
			}
		}
	}
}

// qrCode of a text; nil where there is nothing to say.
func qrCode(text string) *qr.Code {
	if text == "" {
		return nil
	}
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		panic(fmt.Sprintf("papers: a QR code cannot hold %q: %v", text, err)) // tokens and numbers are short
	}
	return c
}
