package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// workbook is an .xlsx under reading (ECMA-376 part 1 §18).
type workbook struct {
	parts   map[string]*zip.File
	strings []string
	dates   []bool // by style: whether a number with it is a date
	mac     bool   // dates count from 1904
}

func readWorkbook(data []byte) ([]Row, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, ErrFormat
	}
	w := workbook{parts: map[string]*zip.File{}}
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "/")
		if strings.EqualFold(path.Base(name), "vbaProject.bin") || strings.HasPrefix(name, "xl/macrosheets/") {
			return nil, ErrMacro
		}
		w.parts[name] = f
	}
	sheet, err := w.firstSheet()
	if err != nil {
		return nil, err
	}
	if err := w.sharedStrings(); err != nil {
		return nil, err
	}
	if err := w.styles(); err != nil {
		return nil, err
	}
	return w.sheet(sheet)
}

// part opens a part; nil when there is none.
func (w *workbook) part(name string) (*xml.Decoder, func(), error) {
	f := w.parts[name]
	if f == nil {
		return nil, func() {}, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, nil, ErrFormat
	}
	bounded := &bound{r: r, left: maxPart}
	return xml.NewDecoder(bounded), func() { _ = r.Close() }, nil
}

// bound stops a part that unpacks to more than anybody wrote.
type bound struct {
	r    io.Reader
	left int64
}

func (b *bound) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// each calls f for every element that begins in a part.
func (w *workbook) each(name string, f func(d *xml.Decoder, e xml.StartElement) error) error {
	d, done, err := w.part(name)
	if err != nil || d == nil {
		return err
	}
	defer done()
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, ErrTooLarge):
			return ErrTooLarge
		case err != nil:
			return ErrFormat
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := f(d, e); err != nil {
				return err
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// firstSheet is the part of the first sheet that is not hidden.
func (w *workbook) firstSheet() (string, error) {
	var rel string
	err := w.each("xl/workbook.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.mac = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			if rel == "" && attr(e, "state") == "" || attr(e, "state") == "visible" && rel == "" {
				rel = attr(e, "id")
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	target := "worksheets/sheet1.xml"
	err = w.each("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && attr(e, "Id") == rel {
			target = attr(e, "Target")
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	name := path.Join("xl", target)
	if strings.HasPrefix(target, "/") {
		name = strings.TrimPrefix(target, "/")
	}
	if w.parts[name] == nil {
		return "", ErrFormat
	}
	return name, nil
}

func (w *workbook) sharedStrings() error {
	return w.each("xl/sharedStrings.xml", func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := inside(d, e)
		w.strings = append(w.strings, text)
		return err
	})
}

// inside is the text of an element's runs; phonetic readings are none.
func inside(d *xml.Decoder, e xml.StartElement) (string, error) {
	var si struct {
		T string `xml:"t"`
		R []struct {
			T string `xml:"t"`
		} `xml:"r"`
	}
	if err := d.DecodeElement(&si, &e); err != nil {
		if errors.Is(err, ErrTooLarge) {
			return "", ErrTooLarge
		}
		return "", ErrFormat
	}
	var b strings.Builder
	b.WriteString(si.T)
	for _, r := range si.R {
		b.WriteString(r.T)
	}
	return b.String(), nil
}

// styles finds which cell styles show a number as a date (§18.8.30).
func (w *workbook) styles() error {
	own := map[string]bool{}
	cells := false
	return w.each("xl/styles.xml", func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			own[attr(e, "numFmtId")] = dateFormat(attr(e, "formatCode"))
		case "cellXfs":
			cells = true
		case "cellStyles", "dxfs":
			cells = false
		case "xf":
			if cells {
				id := attr(e, "numFmtId")
				w.dates = append(w.dates, own[id] || builtInDate[id])
			}
		}
		return nil
	})
}

// builtInDate are the formats without a code that show days; 27–36 and 50–58 are the Chinese ones.
var builtInDate = func() map[string]bool {
	m := map[string]bool{"14": true, "15": true, "16": true, "17": true, "22": true}
	for _, span := range [][2]int{{27, 31}, {36, 36}, {50, 54}, {57, 58}} {
		for n := span[0]; n <= span[1]; n++ {
			m[fmt.Sprint(n)] = true
		}
	}
	return m
}()

// dateFormat reports whether a format's code shows years or days, outside of quoted text and [conditions].
func dateFormat(code string) bool {
	depth, quoted := 0, false
	for _, r := range strings.ToLower(code) {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0 && (r == 'y' || r == 'd'):
			return true
		}
	}
	return false
}
