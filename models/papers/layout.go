package papers

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/models/papers/pdf"
)

// layout draws a tree on pages, from top to bottom.
type layout struct {
	typesetter
	doc   Doc
	file  *pdf.File
	page  *pdf.Page
	pages []*pdf.Page
	cover int     // pages before the first that is counted
	y     float64 // where the next line begins
	leftY float64 // down to where the left half is taken
	top   float64 // where this page began
}

// PDF renders the tree with embedded fonts, byte for byte the same again.
func (d Doc) PDF() ([]byte, error) {
	t, err := newTypesetter()
	if err != nil {
		return nil, err
	}
	l := &layout{typesetter: t, doc: d, file: pdf.New(pdf.Info{
		Title: d.Meta.No + " " + d.Meta.Title, Author: d.Meta.House, Subject: d.Meta.Name, Keywords: d.Meta.No,
		Day: strings.ReplaceAll(d.Meta.Date, "-", ""),
	})}
	l.turn()
	l.head()
	for i, b := range d.Blocks {
		l.block(b, d.Blocks[i+1:])
	}
	if err := l.foot(); err != nil {
		return nil, err
	}
	return l.file.Bytes(), nil
}

func (l *layout) body() style     { return style{size: body, font: l.serif} }
func (l *layout) titled() style   { return style{size: headline, font: l.serif, bold: true} }
func (l *layout) lettered() style { return style{size: body, font: l.sans} }

// turn begins a page.
func (l *layout) turn() {
	l.page = l.file.AddPage(pageWidth, pageHeight)
	l.pages = append(l.pages, l.page)
	l.y, l.leftY, l.top = areaTop, areaTop, areaTop
}

// need turns the page where so many millimetres are not left.
func (l *layout) need(height float64) {
	if l.y+height > areaBottom+0.01 && l.y > l.top+0.01 {
		l.turn()
	}
}

// baseline of type of a size that stands in the middle of a line of a height.
func baseline(y, height, size float64) float64 { return y + height/2 + size*0.36/millimetre }

// row draws a line of glyphs at x, in the middle of a height, and goes below it.
func (l *layout) row(x, height float64, s style, gs []pdf.Glyph, color pdf.Color) {
	l.page.Text(x, baseline(l.y, height, s.size), s.size, color, s.bold, gs)
	l.y += height
}

func centred(gs []pdf.Glyph) float64 { return areaLeft + (textWidth-width(gs)/millimetre)/2 }

// paragraph draws lines; with the last one goes what follows, so many millimetres.
func (l *layout) paragraph(text string, s style, indent, follows float64) {
	lines := l.lines(text, s, textWidth*millimetre, indent*s.size*squeeze)
	for i, gs := range lines {
		room := pitch
		if i == len(lines)-1 {
			room += follows
		}
		l.need(room)
		x := areaLeft
		if i == 0 {
			x += indent * s.size * squeeze / millimetre
		}
		l.row(x, pitch, s, gs, pdf.Black)
	}
	l.leftY = l.y
}

// signature is the height of the block that signs: two blank lines, the house, the date.
const signature = 4 * pitch

func (l *layout) block(b Block, rest []Block) {
	follows := 0.0
	if len(rest) > 0 && rest[0].Kind == "sign" {
		follows = signature
	} else if len(rest) > 0 && (b.Kind == "h1" || b.Kind == "h2") {
		follows = pitch
	}
	switch b.Kind {
	case "title":
		l.title(b, rest)
	case "to":
		l.y += pitch
		l.paragraph(b.Text, l.body(), 0, pitch)
	case "h1":
		l.paragraph(b.Text, l.lettered(), 2, follows)
	case "h2", "p", "note":
		text := b.Text
		if b.Kind == "note" {
			text = "（" + text + "）"
		}
		l.paragraph(text, l.body(), 2, follows)
	case "attach":
		l.attach(b.Text, follows)
	case "annex":
		l.annex(b)
	case "sign":
		l.sign(b.Text != "unsealed")
	case "boxes":
		l.boxes(b.Items)
	case "table", "fields":
		l.table(b.Table)
	}
}

// title draws a title, and below the last one of a notice its number.
func (l *layout) title(b Block, rest []Block) {
	const height = 35 / millimetre
	for _, gs := range l.titleLines(b.Text, l.titled()) {
		l.need(height)
		l.row(centred(gs), height, l.titled(), gs, pdf.Black)
	}
	l.leftY = l.y
	last := len(rest) == 0 || rest[0].Kind != "title"
	if !last || b.Part == "附件" || l.doc.Class == "B" {
		if last {
			l.y += pitch / 2
		}
		return
	}
	switch l.doc.Class {
	case "N", "R":
		gs := l.glyphs(l.doc.Meta.No, l.body())
		l.row(centred(gs), pitch, l.body(), gs, pdf.Black)
	case "F":
		s := style{size: tiny, font: l.serif}
		gs := l.glyphs("编号："+l.doc.Meta.No, s)
		l.row(areaRight-width(gs)/millimetre, pitch*0.8, s, gs, pdf.Black)
	}
	l.y = areaTop + ceil((l.y-areaTop)/pitch)*pitch // back on the grid
}

func ceil(v float64) float64 {
	n := float64(int(v))
	if v-n > 0.001 {
		n++
	}
	return n
}

// attach is the note that names what is attached, after a blank line.
func (l *layout) attach(text string, follows float64) {
	l.need(2*pitch + follows)
	l.y += pitch
	s := l.body()
	head := l.glyphs("附件：", s)
	l.page.Text(areaLeft+2*body*squeeze/millimetre, baseline(l.y, pitch, body), body, pdf.Black, false, head)
	x := areaLeft + 2*body*squeeze/millimetre + width(head)/millimetre
	for _, gs := range l.lines(text, s, (areaRight-x)*millimetre, 0) {
		l.row(x, pitch, s, gs, pdf.Black)
	}
	l.leftY = l.y
}

func (l *layout) annex(b Block) {
	l.turn()
	l.paragraph(b.Items[0], l.lettered(), 0, 0)
	l.y += pitch
	l.title(Block{Text: b.Text, Part: "附件"}, nil)
}

// sign is the house above its date, right-indented four characters, with the place of the seal.
func (l *layout) sign(sealed bool) {
	l.need(signature)
	l.y += 2 * pitch
	s := l.body()
	char := body * squeeze / millimetre
	date, house := l.glyphs(l.doc.Meta.Written, s), l.glyphs(l.doc.Meta.House, s)
	dateW, houseW := width(date)/millimetre, width(house)/millimetre
	dateX := areaRight - 4*char - dateW
	houseX := dateX + dateW/2 - houseW/2
	if !sealed {
		houseX = areaRight - 2*char - houseW
		dateX = houseX + 2*char
	} else if houseX+houseW > areaRight { // a long name: the date is centred below it
		houseX = areaRight - houseW
		dateX = houseX + houseW/2 - dateW/2
	}
	l.row(houseX, pitch, s, house, pdf.Black)
	l.row(dateX, pitch, s, date, pdf.Black)
}

// boxes are the places where a form is signed.
func (l *layout) boxes(items []string) {
	const height = 27.0
	if len(items) == 0 {
		return
	}
	l.need(height)
	s := style{size: tiny, font: l.serif}
	w := float64(textWidth) / float64(len(items))
	for i, item := range items {
		x := areaLeft + float64(i)*w
		l.frame(x, l.y, w, height, 0.18)
		at := l.y
		l.y += 1
		for _, gs := range l.lines(item+"：", s, (w-4)*millimetre, 0) {
			l.row(x+2, 6, s, gs, pdf.Black)
		}
		l.y = at
		gs := l.glyphs("签名／日期", style{size: least, font: l.serif})
		l.page.Text(x+w-2-width(gs)/millimetre, at+height-3, least, pdf.Black, false, gs)
	}
	l.y += height
	l.leftY = l.y
}

func (l *layout) frame(x, y, w, h, line float64) {
	for _, e := range [][4]float64{{x, y, x + w, y}, {x, y + h, x + w, y + h}, {x, y, x, y + h}, {x + w, y, x + w, y + h}} {
		l.page.Line(e[0], e[1], e[2], e[3], line, pdf.Black)
	}
}

// number of a page at its foot: “— 1 —” in 四号, 7 mm below the text, at the outer edge.
func (l *layout) pageNumbers() {
	s := style{size: small, font: l.serif}
	for i, p := range l.pages {
		n := i + 1 - l.cover
		if n < 1 || n == 1 && l.doc.Class == "L" {
			continue
		}
		gs := l.glyphs(fmt.Sprintf("— %d —", n), s)
		x := areaRight - width(gs)/millimetre - small*squeeze/millimetre
		if n%2 == 0 {
			x = areaLeft + small*squeeze/millimetre
		}
		p.Text(x, areaBottom+7+small*0.36/millimetre, small, pdf.Black, false, gs)
	}
}
