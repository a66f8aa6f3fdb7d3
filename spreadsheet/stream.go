package spreadsheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// Stream writes an .xlsx workbook of one sheet row by row, holding one row at
// a time. Its first row and the head of each printed page say whose copy it is.
type Stream struct {
	z    *zip.Writer
	out  *bufio.Writer
	row  int
	mark string
	buf  strings.Builder
}

// NewStream begins a workbook: a sheet's name, whose copy it is, its headings.
func NewStream(w io.Writer, name, mark string, heads []string) (*Stream, error) {
	s := &Stream{z: zip.NewWriter(w), mark: mark}
	book := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook ` +
		`xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="` + escape(
		sheetName(name),
	) + `" sheetId="1" r:id="rId1"/></sheets></workbook>`
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", fixed["[Content_Types].xml"]}, {"_rels/.rels", fixed["_rels/.rels"]},
		{"xl/_rels/workbook.xml.rels", fixed["xl/_rels/workbook.xml.rels"]}, {"xl/styles.xml", fixed["xl/styles.xml"]},
		{"xl/workbook.xml", book},
	} {
		f, err := s.part(part.name)
		if err == nil {
			_, err = io.WriteString(f, part.content)
		}
		if err != nil {
			return nil, fmt.Errorf("spreadsheet: %w", err)
		}
	}
	f, err := s.part("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	s.out = bufio.NewWriterSize(f, 1<<15)
	_, err = s.out.WriteString(
		`<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
			`<sheetViews><sheetView workbookViewId="0"><pane ySplit="2" topLeftCell="A3" state="frozen"/></sheetView></sheetViews><sheetFormatPr ` +
			`defaultColWidth="16"/><sheetData>`,
	)
	if err != nil {
		return nil, fmt.Errorf("spreadsheet: %w", err)
	}
	cells := make([]any, len(heads))
	for i, h := range heads {
		cells[i] = h
	}
	if err := s.write([]any{mark}, 0); err != nil {
		return nil, err
	}
	return s, s.write(cells, 1)
}

func (s *Stream) part(name string) (io.Writer, error) {
	return s.z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)})
}

// Row writes the next row: strings and Numbers.
func (s *Stream) Row(cells []any) error { return s.write(cells, 0) }

// Rows is how many rows were written below the headings.
func (s *Stream) Rows() int { return s.row - 2 }

func (s *Stream) write(cells []any, style int) error {
	s.row++
	s.buf.Reset()
	writeRow(&s.buf, s.row, cells, style)
	if _, err := s.out.WriteString(s.buf.String()); err != nil {
		return fmt.Errorf("spreadsheet: %w", err)
	}
	return nil
}

// Close ends the workbook; one that is not closed cannot be opened.
func (s *Stream) Close() error {
	_, err := s.out.WriteString(`</sheetData>` + headAndFoot(s.mark) + `</worksheet>`)
	if err == nil {
		err = s.out.Flush()
	}
	if err == nil {
		err = s.z.Close()
	}
	if err != nil {
		return fmt.Errorf("spreadsheet: %w", err)
	}
	return nil
}
