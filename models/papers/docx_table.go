package papers

import (
	"fmt"
	"strings"
)

func (w *docx) table(t Table) {
	size := 24
	if len(t.Rows) > manyRows {
		size = 21
	}
	if t.Unit != "" {
		w.para(`<w:keepNext/>`+spacing(0, 400)+`<w:jc w:val="right"/>`, run(face{faceBody, size, "", false}, t.Unit))
	}
	w.grid(t, func(cell string, col int, head bool) string {
		f, props := face{faceBody, size, "", false}, spacing(0, size*14)
		switch {
		case head || t.Labels && col%2 == 0:
			f.name, props = faceHead, props+centre
		case col < len(t.Right) && t.Right[col]:
			props += `<w:jc w:val="right"/>`
		}
		return `<w:p><w:pPr>` + props + `</w:pPr>` + run(f, cell) + `</w:p>`
	})
	w.para(spacing(0, 120), "")
}

// grid writes a table; the head repeats, rows are not split.
func (w *docx) grid(t Table, cell func(text string, col int, head bool) string) {
	sizes := make([]int, len(t.Widths))
	var cols strings.Builder
	for i, mm := range t.Widths {
		sizes[i] = twips(float64(mm))
		fmt.Fprintf(&cols, `<w:gridCol w:w="%d"/>`, sizes[i])
	}
	border := func(name string, size int) string {
		return fmt.Sprintf(`<w:%s w:val="single" w:sz="%d" w:space="0" w:color="000000"/>`, name, size)
	}
	fmt.Fprintf(
		&w.body,
		`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>%s</w:tblBorders><w:tblLayout w:type="fixed"/>`+
			`<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>%s</w:tblGrid>`,
		areaTwips, border("top", 8)+border("left", 8)+border("bottom", 8)+border("right", 8)+border("insideH", 4)+border("insideV", 4),
		cols.String(),
	)
	row := func(cells []string, head bool) {
		w.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if head {
			w.body.WriteString(`<w:tblHeader/>`)
		}
		w.body.WriteString(`</w:trPr>`)
		for i, text := range cells {
			span, width := "", sizes[min(i, len(sizes)-1)]
			if t.Labels && len(cells) == 2 && i == 1 {
				span, width = `<w:gridSpan w:val="3"/>`, areaTwips-sizes[0]
			}
			fmt.Fprintf(
				&w.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr>%s</w:tc>`, width, span,
				cell(text, i, head),
			)
		}
		w.body.WriteString(`</w:tr>`)
	}
	if len(t.Head) > 0 {
		row(t.Head, true)
	}
	for _, r := range t.Rows {
		row(r, false)
	}
	if len(t.Total) > 0 {
		row(t.Total, false)
	}
	w.body.WriteString(`</w:tbl>`)
}
