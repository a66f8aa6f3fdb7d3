// Package pdf writes PDF 1.7 files of text in embedded subsets of TrueType
// fonts, lines and boxes: what papers are drawn with. The same calls give the
// same bytes; nothing depends on the clock or on the order of a map. Lengths
// are millimetres from the upper left corner of a page, sizes of type are points.
package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// Info is the description of a file that viewers show.
type Info struct {
	Title, Author, Subject, Keywords string
	Day                              string // 20220310
}

// File is a PDF file in the making.
type File struct {
	info  Info
	pages []*Page
	faces []*face
}

// New begins a file.
func New(info Info) *File { return &File{info: info} }

// face is a font as far as a file uses it.
type face struct {
	font  *Font
	index map[rune]int // new glyph numbers
	order []rune
}

func (f *File) face(font *Font) int {
	i := slices.IndexFunc(f.faces, func(x *face) bool { return x.font == font })
	if i < 0 {
		i = len(f.faces)
		f.faces = append(f.faces, &face{font: font, index: map[rune]int{}})
	}
	return i
}

func (x *face) glyph(r rune) int {
	i, ok := x.index[r]
	if !ok {
		x.order = append(x.order, r)
		i = len(x.order)
		x.index[r] = i
	}
	return i
}

// Page is a page in the making.
type Page struct {
	file          *File
	width, height float64
	body          bytes.Buffer
	under         bytes.Buffer // what lies below everything else
}

const point = 72 / 25.4 // points of a millimetre

// AddPage adds a page, and says its size in millimetres.
func (f *File) AddPage(width, height float64) *Page {
	p := &Page{file: f, width: width, height: height}
	f.pages = append(f.pages, p)
	return p
}

// Color is red, green and blue from 0 to 1.
type Color [3]float64

// Colours of papers.
var (
	Black = Color{}
	Red   = Color{1, 0, 0}
	Grey  = Color{0.75, 0.75, 0.75}
)

// Glyph is a character with the width that it takes, in points.
type Glyph struct {
	Rune  rune
	Width float64
	Font  *Font
}

// Text draws glyphs of one size, the first at x, on the base line y. Bold is drawn by an outline.
func (p *Page) Text(x, y, size float64, color Color, bold bool, glyphs []Glyph) {
	p.text(fmt.Sprintf("1 0 0 1 %s %s", num(x*point), num((p.height-y)*point)), size, color, bold, glyphs)
}

// Slanted draws glyphs upwards to the right from x, y, at 45 degrees, below everything else.
func (p *Page) Slanted(x, y, size float64, color Color, glyphs []Glyph) {
	p.body, p.under = p.under, p.body
	defer func() { p.body, p.under = p.under, p.body }()
	p.text(fmt.Sprintf("0.7071 0.7071 -0.7071 0.7071 %s %s", num(x*point), num((p.height-y)*point)), size, color, true, glyphs)
}

func (p *Page) text(matrix string, size float64, color Color, bold bool, glyphs []Glyph) {
	if len(glyphs) == 0 {
		return
	}
	mode := "0 Tr"
	if bold {
		mode = fmt.Sprintf("2 Tr %s w %s RG", num(size/36), color.operands())
	}
	fmt.Fprintf(&p.body, "BT %s rg %s %s Tm\n", color.operands(), mode, matrix)
	var font *Font
	moved := 0.0
	for _, g := range glyphs {
		if g.Font != font {
			font = g.Font
			fmt.Fprintf(&p.body, "/F%d %s Tf ", p.file.face(font), num(size))
		}
		// Each character has its place: also readers that know nothing of the font's widths find them in order.
		if moved > 0 {
			fmt.Fprintf(&p.body, "%s 0 Td ", num(moved))
		}
		fmt.Fprintf(&p.body, "<%04X> Tj\n", p.file.faces[p.file.face(font)].glyph(g.Rune))
		moved = g.Width
	}
	p.body.WriteString("ET\n")
}

func (c Color) operands() string { return num(c[0]) + " " + num(c[1]) + " " + num(c[2]) }

// Line draws a line of a width in millimetres.
func (p *Page) Line(x1, y1, x2, y2, width float64, color Color) {
	fmt.Fprintf(
		&p.body, "%s RG %s w %s %s m %s %s l S\n", color.operands(), num(width*point), num(x1*point), num((p.height-y1)*point),
		num(x2*point), num((p.height-y2)*point),
	)
}

// Box fills a rectangle whose upper left corner is x, y.
func (p *Page) Box(x, y, width, height float64, color Color) {
	fmt.Fprintf(
		&p.body, "%s rg %s %s %s %s re f\n", color.operands(), num(x*point), num((p.height-y-height)*point), num(width*point),
		num(height*point),
	)
}

// num writes a number as short as three decimals allow.
func num(v float64) string {
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// body collects objects; object n is the n-th.
type objects struct{ list [][]byte }

func (o *objects) add(format string, args ...any) int {
	o.list = append(o.list, fmt.Appendf(nil, format, args...))
	return len(o.list)
}

func (o *objects) stream(dict string, raw []byte) int {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(raw) // a buffer takes everything
	_ = w.Close()
	return o.add("<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", dict, z.Len(), z.Bytes())
}

// Bytes is the file.
func (f *File) Bytes() []byte {
	o := &objects{}
	o.add("<</Type/Catalog/Pages 2 0 R/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>>>")
	o.add("") // the pages, once they are known
	fonts := ""
	for i, x := range f.faces {
		fonts += fmt.Sprintf("/F%d %d 0 R", i, x.write(o))
	}
	kids := ""
	for _, p := range f.pages {
		body := o.stream("", slices.Concat(p.under.Bytes(), p.body.Bytes()))
		n := o.add(
			"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s %s]/Resources<</Font<<%s>>>>/Contents %d 0 R>>", num(p.width*point),
			num(p.height*point), fonts, body,
		)
		kids += fmt.Sprintf("%d 0 R ", n)
	}
	o.list[1] = fmt.Appendf(nil, "<</Type/Pages/Count %d/Kids[%s]>>", len(f.pages), kids)
	info := o.add("<</Title %s/Author %s/Subject %s/Keywords %s/Producer(Quancheng)/CreationDate(D:%s000000+08'00')>>",
		text(f.info.Title), text(f.info.Author), text(f.info.Subject), text(f.info.Keywords), f.info.Day)
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	places := make([]int, len(o.list))
	for i, body := range o.list {
		places[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	id := sha256.Sum256(out.Bytes())
	xref := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(o.list)+1)
	for _, at := range places {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	name := hex.EncodeToString(id[:16])
	fmt.Fprintf(
		&out, "trailer\n<</Size %d/Root 1 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n", len(o.list)+1, info, name, name, xref,
	)
	return out.Bytes()
}

// text is a string of a dictionary, as UTF-16.
func text(s string) string {
	out := "<FEFF"
	for _, u := range utf16.Encode([]rune(s)) {
		out += fmt.Sprintf("%04X", u)
	}
	return out + ">"
}

// write adds a font with the glyphs that were used, and the way back from glyphs to characters.
func (x *face) write(o *objects) int {
	glyphs := make([]uint16, len(x.order))
	widths := fmt.Sprintf("%d", x.font.advance(0))
	for i, r := range x.order {
		glyphs[i] = x.font.cmap[r]
		widths += fmt.Sprintf(" %d", x.font.Advance(r))
	}
	// Characters may share a glyph of the font; each keeps a number of its own.
	program := x.font.Subset(glyphs)
	tag := sha256.Sum256(program)
	name := ""
	for _, b := range tag[:6] {
		name += string('A' + rune(b%26))
	}
	name += "+" + x.font.Name
	b := x.font.box
	file := o.stream(fmt.Sprintf("/Length1 %d", len(program)), program)
	about := o.add(
		"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d"+
			"/StemV 80/FontFile2 %d 0 R>>",
		name, b[0], b[1], b[2], b[3], x.font.Ascent, x.font.Descent, x.font.Ascent, file,
	)
	cid := o.add(
		"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 "+
			"R/DW 1000/W[0[%s]]/CIDToGIDMap/Identity>>",
		name, about, widths,
	)
	back := o.stream("", x.unicode())
	return o.add("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, cid, back)
}

// unicode is the map from glyph numbers to characters, by which text is found and copied.
func (x *face) unicode() []byte {
	var b bytes.Buffer
	b.WriteString(
		"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n" +
			"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
	)
	for i := 0; i < len(x.order); i += 100 {
		part := x.order[i:min(i+100, len(x.order))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for j, r := range part {
			fmt.Fprintf(&b, "<%04X> <", i+j+1)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
