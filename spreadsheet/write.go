package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// Sheet that is written: a bold row of headings, and rows of text. A value that
// is a plain number is written as one, everything else as text, so that no cell
// can be a formula.
type Sheet struct {
	Name  string
	Heads []string
	Rows  [][]any // string, or Number
	Mark  string  // whose copy it is: at the head of each printed page, and among the properties of the file
}

// Number is the text of a decimal number.
type Number string

var fixed = map[string]string{
	"[Content_Types].xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types ` +
		`xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ` +
		`ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ` +
		`ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ` +
		`ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`,
	"_rels/.rels": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships ` +
		`xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	"xl/_rels/workbook.xml.rels": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships ` +
		`xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship ` +
		`Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`,
	"xl/styles.xml": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet ` +
		`xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="宋体"/></font><font>` +
		`<b/><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill ` +
		`patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs ` +
		`count="2"><xf fontId="0"/><xf fontId="1" applyFont="1"/></cellXfs></styleSheet>`,
}

// What tells a workbook's properties.
const (
	properties = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties ` +
		`xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description>%s</dc:description></cp:coreProperties>`
	propertiesType = `<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>`
	propertiesLink = `<Relationship Id="rId2" ` +
		`Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>`
)

// headAndFoot are what is printed on each page: whose copy it is, and the page's number.
func headAndFoot(mark string) string {
	if mark == "" {
		return ""
	}
	return `<headerFooter><oddHeader>` + escape("&C"+strings.ReplaceAll(mark, "&", "&&")) +
		`</oddHeader><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter>`
}

// Write makes an .xlsx workbook of one sheet; the same sheet gives the same bytes.
func Write(s Sheet) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(name, content string) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		return err
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/styles.xml"} {
		content := fixed[name]
		if s.Mark != "" {
			content = strings.NewReplacer("</Types>", propertiesType+"</Types>", "Target=\"xl/workbook.xml\"/>",
				"Target=\"xl/workbook.xml\"/>"+propertiesLink).Replace(content)
		}
		if err := add(name, content); err != nil {
			return nil, fmt.Errorf("spreadsheet: %w", err)
		}
	}
	book := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook ` +
		`xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="` + escape(
		sheetName(s.Name),
	) + `" sheetId="1" r:id="rId1"/></sheets></workbook>`
	if err := add("xl/workbook.xml", book); err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	if err := add("xl/worksheets/sheet1.xml", s.xml()); err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	if s.Mark != "" {
		if err := add("docProps/core.xml", fmt.Sprintf(properties, escape(s.Mark))); err != nil {
			return nil, fmt.Errorf("spreadsheet: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	return out.Bytes(), nil
}

func (s Sheet) xml() string {
	var b strings.Builder
	b.WriteString(
		`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
			`<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetFormatPr ` +
			`defaultColWidth="16"/><sheetData>`,
	)
	heads := make([]any, len(s.Heads))
	for i, h := range s.Heads {
		heads[i] = h
	}
	writeRow(&b, 1, heads, 1)
	for i, r := range s.Rows {
		writeRow(&b, i+2, r, 0)
	}
	b.WriteString(`</sheetData>` + headAndFoot(s.Mark) + `</worksheet>`)
	return b.String()
}

func writeRow(b *strings.Builder, no int, cells []any, style int) {
	fmt.Fprintf(b, `<row r="%d">`, no)
	for i, c := range cells {
		ref := fmt.Sprintf("%s%d", Column(i), no)
		switch v := c.(type) {
		case Number:
			if v != "" {
				fmt.Fprintf(b, `<c r="%s" s="%d"><v>%s</v></c>`, ref, style, escape(string(v)))
			}
		case string:
			if v != "" {
				fmt.Fprintf(b, `<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, style, escape(v))
			}
		}
	}
	b.WriteString(`</row>`)
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// sheetName keeps to what the format allows: 31 characters, none of []:*?/\.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 31 {
		s = string(r[:31])
	}
	if s == "" {
		return "Sheet1"
	}
	return s
}
