package papers

import (
	"fmt"
	"strings"
)

type filePart struct {
	name string
	body []byte
}

const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNS   = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
	officeNS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// files are the parts of the package, in one order.
func (w *docx) files() []filePart {
	part := func(name, body string) filePart { return filePart{name, []byte(xmlHead + body)} }
	out := []filePart{
		part("[Content_Types].xml", contentTypes()),
		part(
			"_rels/.rels",
			`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="`+officeNS+`officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`,
		),
		part("docProps/core.xml", w.core()),
		part("word/document.xml", `<w:document `+wordNS+`><w:body>`+w.body.String()+w.section()+`</w:body></w:document>`),
		part("word/styles.xml", styles()),
		part(
			"word/settings.xml",
			`<w:settings `+wordNS+`><w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`,
		),
	}
	rels := []string{"styles:styles.xml", "settings:settings.xml"}
	for _, h := range []string{"header1", "header2", "header3", "footer1", "footer2", "footer3"} {
		out = append(out, part("word/"+h+".xml", w.edge(h)))
		rels = append(rels, h[:6]+":"+h+".xml")
	}
	var b strings.Builder
	b.WriteString(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for i, r := range rels {
		kind, target, _ := strings.Cut(r, ":")
		fmt.Fprintf(&b, `<Relationship Id="rId%d" Type="%s%s" Target="%s"/>`, i+1, officeNS, kind, target)
	}
	if w.doc.Meta.Verify != "" {
		img, err := qrPicture(w.doc.Meta.Verify)
		if err == nil { // an image in memory
			out = append(out, filePart{"word/media/qr.png", img})
			fmt.Fprintf(&b, `<Relationship Id="rId9" Type="%simage" Target="media/qr.png"/>`, officeNS)
		}
	}
	b.WriteString(`</Relationships>`)
	return append(out, part("word/_rels/document.xml.rels", b.String()))
}

func contentTypes() string {
	var b strings.Builder
	b.WriteString(
		`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>`,
	)
	for _, p := range []string{"document:document.main", "styles:styles", "settings:settings", "header1:header", "header2:header",
		"header3:header", "footer1:footer", "footer2:footer", "footer3:footer"} {
		name, kind, _ := strings.Cut(p, ":")
		fmt.Fprintf(&b, `<Override PartName="/word/%s.xml" ContentType="%s%s+xml"/>`, name, wordType, kind)
	}
	b.WriteString(
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`,
	)
	return b.String()
}

func (w *docx) core() string {
	m := w.doc.Meta
	return fmt.Sprintf(
		`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
			`<dc:title>%s</dc:title><dc:subject>%s</dc:subject><dc:creator>%s</dc:creator><cp:keywords>%s</cp:keywords><dcterms:created xsi:type="dcterms:W3CDTF">%[5]sT00:00:00Z</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%[5]sT00:00:00Z</dcterms:modified></cp:coreProperties>`,
		escapeXML(m.Title), escapeXML(m.Name), escapeXML(m.House), escapeXML(m.No), m.Date,
	)
}

func styles() string {
	style := func(id, name, face string) string {
		return fmt.Sprintf(
			`<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr><w:keepNext/></w:pPr><w:rPr><w:rFonts w:ascii="%[3]s" w:hAnsi="%[3]s" w:eastAsia="%[3]s"/></w:rPr></w:style>`,
			id, name, face,
		)
	}
	return fmt.Sprintf(
		`<w:styles %[1]s><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="%[2]s" w:hAnsi="%[2]s" w:eastAsia="%[2]s" w:cs="%[2]s"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="%[3]d" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults>`+
			`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/></w:pPr></w:style>%[4]s</w:styles>`,
		wordNS, faceBody, lineTwips,
		style(
			"H1", "heading 1", faceHead,
		)+style(
			"H2", "heading 2", faceSecond,
		)+style(
			"H3", "heading 3", faceBody,
		)+style(
			"H4", "heading 4", faceBody,
		),
	)
}

// section is the page: A4 with GB/T 9704's margins and grid.
func (w *docx) section() string {
	refs := ""
	for i, kind := range []string{"default", "even", "first"} {
		refs += fmt.Sprintf(`<w:headerReference w:type="%s" r:id="rId%d"/>`, kind, 3+i)
	}
	for i, kind := range []string{"default", "even", "first"} {
		refs += fmt.Sprintf(`<w:footerReference w:type="%s" r:id="rId%d"/>`, kind, 6+i)
	}
	start, header := "", 851
	if w.doc.Class == "B" {
		start = `<w:pgNumType w:start="0"/>` // the cover is not counted
	}
	if w.doc.Class == "L" {
		header = twips(30)
	}
	title := ""
	if w.doc.Class == "L" || w.doc.Class == "B" {
		title = `<w:titlePg/>`
	}
	return fmt.Sprintf(
		`<w:sectPr>%s<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="%d" w:footer="1417" w:gutter="0"/>%s%s<w:docGrid w:type="lines" w:linePitch="%d"/></w:sectPr>`,
		refs, header, start, title, lineTwips,
	)
}

// edge is what stands at the head or the foot of pages: 1 odd, 2 even, 3 the first one.
func (w *docx) edge(name string) string {
	kind, n := name[:6], name[6:]
	var body string
	switch {
	case kind == "header" && n == "3" && w.doc.Class == "L":
		text := w.doc.Meta.House
		size := min(124, areaTwips/10/max(1, len([]rune(text))))
		body = `<w:p><w:pPr><w:pBdr><w:bottom w:val="thickThinSmallGap" w:sz="24" w:space="11" w:color="FF0000"/></w:pBdr>` + spacing(
			0, size*12,
		) + centre + `</w:pPr>` + run(
			face{faceTitle, size, "FF0000", false}, text,
		) + `</w:p>`
	case kind == "footer" && n == "3" && w.doc.Class == "L":
		body = `<w:p><w:pPr><w:pBdr><w:top w:val="thinThickSmallGap" w:sz="24" w:space="1" w:color="FF0000"/></w:pBdr></w:pPr></w:p>`
	case kind == "footer" && n != "3":
		side := `<w:ind w:right="280"/><w:jc w:val="right"/>`
		if n == "2" {
			side = `<w:ind w:left="280"/><w:jc w:val="left"/>`
		}
		f := face{facePage, 28, "", false}
		field := func(kind string) string { return `<w:r><w:fldChar w:fldCharType="` + kind + `"/></w:r>` }
		body = `<w:p><w:pPr>` + side + `</w:pPr>` + run(
			f, "— ",
		) + field(
			"begin",
		) + `<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` + field(
			"separate",
		) + run(
			f, "1",
		) + field(
			"end",
		) + run(
			f, " —",
		) + `</w:p>`
	default:
		body = `<w:p/>`
	}
	if kind == "header" && w.doc.Void != "" {
		body = `<w:p><w:pPr>` + centre + `</w:pPr>` + run(face{faceHead, 44, "FF0000", false}, w.doc.Void) + `</w:p>` + body
	}
	if kind == "footer" && w.doc.Mark != "" {
		body += `<w:p><w:pPr>` + centre + `</w:pPr>` + run(face{facePage, 16, "595959", false}, w.doc.Mark) + `</w:p>`
	}
	tag := map[string]string{"header": "hdr", "footer": "ftr"}[kind]
	return `<w:` + tag + ` ` + wordNS + `>` + body + `</w:` + tag + `>`
}
