package papers

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"
)

// Twips (twentieths of a point) of GB/T 9704's measures.
const (
	areaTwips  = 8844
	lineTwips  = 579 // 28.95 points: 22 lines fit
	charTwips  = 315 // a full-width character: 28 fit
	titleTwips = 700
)

// twips of millimetres.
func twips(mm float64) int { return int(mm * 1440 / 25.4) }

// Faces of a paper. They are named, not embedded: offices have them.
const (
	faceBody   = "仿宋_GB2312"
	faceTitle  = "方正小标宋简体"
	faceHead   = "黑体"
	faceSecond = "楷体_GB2312"
	facePage   = "宋体"
)

// Docx renders the tree as Office Open XML after GB/T 9704, byte for byte the same again.
func (d Doc) Docx() ([]byte, error) {
	w := &docx{doc: d}
	w.head()
	for i, b := range d.Blocks {
		w.block(b, d.Blocks[i+1:])
	}
	w.foot()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range w.files() {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		part, err := z.CreateHeader(h)
		if err == nil {
			_, err = part.Write(f.body)
		}
		if err != nil {
			return nil, fmt.Errorf("papers: docx: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("papers: docx: %w", err)
	}
	return out.Bytes(), nil
}

// docx writes the body of a document.
type docx struct {
	doc   Doc
	body  strings.Builder
	coded bool // the QR code is in
}

// face is how a run looks: half points.
type face struct {
	name  string
	size  int
	color string
	tight bool // on the grid of 28
}

var (
	asBody   = face{faceBody, 32, "", true}
	asTitle  = face{faceTitle, 44, "", false}
	asHead   = face{faceHead, 32, "", true}
	asSecond = face{faceSecond, 32, "", true}
	asSmall  = face{faceBody, 28, "", false}
)

var escapeXML = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace

func run(f face, text string) string {
	props := fmt.Sprintf(`<w:rFonts w:ascii="%[1]s" w:hAnsi="%[1]s" w:eastAsia="%[1]s" w:cs="%[1]s"/>`, f.name)
	if f.color != "" {
		props += `<w:color w:val="` + f.color + `"/>`
	}
	if f.tight {
		props += `<w:spacing w:val="-5"/>`
	}
	props += fmt.Sprintf(`<w:sz w:val="%[1]d"/><w:szCs w:val="%[1]d"/>`, f.size)
	out := ""
	for i, piece := range strings.Split(text, "\t") {
		if i > 0 {
			out += `<w:r><w:rPr>` + props + `</w:rPr><w:tab/></w:r>`
		}
		out += `<w:r><w:rPr>` + props + `</w:rPr><w:t xml:space="preserve">` + escapeXML(piece) + `</w:t></w:r>`
	}
	return out
}

// para adds a paragraph with its properties, in the order that the schema asks for.
func (w *docx) para(props, runs string) {
	w.body.WriteString(`<w:p><w:pPr>` + props + `</w:pPr>` + runs + `</w:p>`)
}

func spacing(before, line int) string {
	return fmt.Sprintf(`<w:spacing w:before="%d" w:after="0" w:line="%d" w:lineRule="exact"/>`, before, line)
}

const centre = `<w:jc w:val="center"/>`

func (w *docx) head() {
	m := w.doc.Meta
	switch w.doc.Class {
	case "G", "M":
		text := m.Head
		if w.doc.Class == "M" {
			text = m.House + "会议纪要"
		}
		size := min(124, int(areaTwips/10/max(1, len([]rune(text))))) // half points, as fits
		w.para(spacing(twips(35), size*12)+centre, run(face{faceTitle, size, "FF0000", false}, text))
		line := `<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="FF0000"/></w:pBdr>`
		if m.Signer == "" {
			w.para(line+spacing(2*lineTwips, lineTwips)+centre, run(asBody, m.No))
		} else {
			tabs := fmt.Sprintf(`<w:tabs><w:tab w:val="right" w:pos="%d"/></w:tabs>`, areaTwips-charTwips)
			w.para(line+tabs+spacing(2*lineTwips, lineTwips)+fmt.Sprintf(`<w:ind w:left="%d"/>`, charTwips),
				run(asBody, m.No+"\t签发人：")+run(asSecond, m.Signer))
		}
		w.blank(2)
	case "L":
		w.para(spacing(280, lineTwips)+`<w:jc w:val="right"/>`, run(asBody, m.No))
		w.blank(2)
	case "B":
		w.coverPage()
	}
}

func (w *docx) blank(n int) {
	for range n {
		w.para(spacing(0, lineTwips), "")
	}
}

func (w *docx) coverPage() {
	w.blank(5)
	for _, b := range w.doc.Blocks {
		if b.Kind == "title" && b.Part != "附件" {
			w.para(spacing(0, titleTwips)+centre, run(asTitle, b.Text))
		}
	}
	w.blank(5)
	for _, line := range []string{w.doc.Meta.No, w.doc.Meta.House, w.doc.Meta.Written} {
		w.para(spacing(0, lineTwips)+centre, run(asBody, line))
	}
	w.coded = true
	w.para(spacing(0, lineTwips), w.picture(96, 240)+`<w:r><w:br w:type="page"/></w:r>`)
}

func (w *docx) block(b Block, rest []Block) {
	first := `<w:ind w:firstLineChars="200" w:firstLine="640"/>`
	keep := ""
	if b.Kind == "h1" || b.Kind == "h2" || len(rest) > 0 && rest[0].Kind == "sign" {
		keep = `<w:keepNext/>`
	}
	switch b.Kind {
	case "title":
		w.title(b, rest)
	case "to":
		w.para(spacing(lineTwips, lineTwips), run(asBody, b.Text))
	case "h1":
		w.para(`<w:pStyle w:val="H1"/>`+keep+spacing(0, lineTwips)+first, run(asHead, b.Text))
	case "h2":
		w.para(`<w:pStyle w:val="H2"/>`+keep+spacing(0, lineTwips)+first, run(asSecond, b.Text))
	case "p":
		w.para(keep+spacing(0, lineTwips)+first+`<w:jc w:val="both"/>`, run(asBody, b.Text))
	case "note":
		w.para(spacing(0, lineTwips)+first, run(asBody, "（"+b.Text+"）"))
	case "attach":
		w.para(
			keep+spacing(lineTwips, lineTwips)+fmt.Sprintf(`<w:ind w:left="%d" w:hanging="%d"/>`, 5*charTwips, 3*charTwips),
			run(asBody, "附件："+b.Text),
		)
	case "annex":
		w.para(`<w:pageBreakBefore/>`+spacing(0, lineTwips), run(asHead, b.Items[0]))
		w.para(spacing(lineTwips, titleTwips)+centre, run(asTitle, b.Text))
	case "sign":
		w.sign(b.Text != "unsealed")
	case "boxes":
		w.boxes(b.Items)
	case "table", "fields":
		w.table(*b.Table)
	}
}

func (w *docx) title(b Block, rest []Block) {
	w.para(spacing(0, titleTwips)+centre, run(asTitle, b.Text))
	if len(rest) > 0 && rest[0].Kind == "title" {
		return
	}
	switch w.doc.Class {
	case "N", "R":
		w.para(spacing(0, lineTwips)+centre, run(asBody, w.doc.Meta.No))
	case "F":
		w.para(spacing(0, lineTwips)+`<w:jc w:val="right"/>`, run(face{faceBody, 24, "", false}, "编号："+w.doc.Meta.No))
	}
}

// chars is the width of a text in full-width characters.
func chars(text string) (n float64) {
	for _, r := range text {
		if fullWidth(r) {
			n++
		} else {
			n += 0.5
		}
	}
	return n
}

func (w *docx) sign(sealed bool) {
	m := w.doc.Meta
	right := func(n float64) string {
		return fmt.Sprintf(`<w:ind w:right="%d"/><w:jc w:val="right"/>`, int(max(n, 0)*charTwips))
	}
	dateIn, houseIn := 4.0, 4+(chars(m.Written)-chars(m.House))/2
	if !sealed {
		houseIn, dateIn = 2, 2+chars(m.House)-2-chars(m.Written)
	}
	w.para(`<w:keepNext/>`+spacing(2*lineTwips, lineTwips)+right(houseIn), run(asBody, m.House))
	w.para(spacing(0, lineTwips)+right(dateIn), run(asBody, m.Written))
}

func (w *docx) boxes(items []string) {
	t := Table{Widths: make([]int, len(items)), Rows: [][]string{items}}
	for i := range items {
		t.Widths[i] = textWidth / len(items)
	}
	w.grid(t, func(cell string, _ int, _ bool) string {
		f := face{faceBody, 24, "", false}
		gap := `<w:p><w:pPr>` + spacing(0, 500) + `</w:pPr></w:p>`
		return `<w:p><w:pPr>` + spacing(0, 400) + `</w:pPr>` + run(f, cell+"：") + `</w:p>` + gap +
			`<w:p><w:pPr>` + spacing(0, 400) + `<w:jc w:val="right"/></w:pPr>` + run(face{faceBody, 21, "", false}, "签名／日期") + `</w:p>`
	})
}

// foot is the imprint, and the code by which the paper is verified.
func (w *docx) foot() {
	m, tall := w.doc.Meta, 0
	var entries []string
	if w.doc.Class == "G" || w.doc.Class == "M" {
		if len(m.Cc) > 0 {
			entries = append(entries, "抄送："+strings.Join(m.Cc, "，")+"。")
		}
		entries = append(entries, m.Office+"\t"+m.Written+"印发")
		tall = 9 * len(entries)
	}
	if !w.coded {
		x, y := 30, int(areaBottom)-tall-22
		if w.doc.Class == "F" || w.doc.Class == "R" {
			x, y = int(areaRight)-18, int(areaTop)-22
		}
		w.para(spacing(0, 20), w.picture(x, y))
	}
	if len(entries) == 0 {
		return
	}
	w.body.WriteString(
		fmt.Sprintf(
			`<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="left" `+
				`w:tblpYSpec="bottom"/><w:tblW w:w="%[1]d" w:type="dxa"/>`+
				`<w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="000000"/><w:bottom w:val="single" w:sz="8" w:space="0" `+
				`w:color="000000"/><w:insideH w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:tblBorders><w:tblLayout w:type="fixed"/>`+
				`</w:tblPr><w:tblGrid><w:gridCol w:w="%[1]d"/></w:tblGrid>`,
			areaTwips,
		),
	)
	for _, e := range entries {
		props := fmt.Sprintf(
			`<w:tabs><w:tab w:val="right" w:pos="%d"/></w:tabs>`, areaTwips-280,
		) + spacing(
			0, 440,
		) + `<w:ind w:left="280" w:right="280"/>`
		w.body.WriteString(
			fmt.Sprintf(
				`<w:tr><w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr>%s</w:pPr>%s</w:p></w:tc></w:tr>`, areaTwips, props,
				run(asSmall, e),
			),
		)
	}
	w.body.WriteString(`</w:tbl>`)
	w.para(spacing(0, 20), "")
}

// picture is the QR code at a place of the page, in millimetres.
func (w *docx) picture(x, y int) string {
	if w.doc.Meta.Verify == "" {
		return ""
	}
	const emu = 36000
	return fmt.Sprintf(
		`<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" `+
			`layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>`+
			`<wp:positionH relativeFrom="page"><wp:posOffset>%d</wp:posOffset></wp:positionH><wp:positionV relativeFrom="page">`+
			`<wp:posOffset>%d</wp:posOffset></wp:positionV>`+
			`<wp:extent cx="%[3]d" cy="%[3]d"/><wp:wrapNone/><wp:docPr id="1" name="QR" descr="%[4]s"/><a:graphic><a:graphicData `+
			`uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>`+
			`<pic:nvPicPr><pic:cNvPr id="1" name="qr.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId9"/><a:stretch>`+
			`<a:fillRect/></a:stretch></pic:blipFill>`+
			`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[3]d" cy="%[3]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>`+
			`</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>`,
		x*emu, y*emu, 18*emu, escapeXML(w.doc.Meta.Verify),
	)
}

// qrPicture is the QR code as an image, eight pixels a module.
func qrPicture(text string) ([]byte, error) {
	c := qrCode(text)
	const scale = 8
	img := image.NewPaletted(image.Rect(0, 0, c.Size*scale, c.Size*scale), color.Palette{color.White, color.Black})
	for y := range c.Size * scale {
		for x := range c.Size * scale {
			if c.Black(x/scale, y/scale) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}
