package running

import (
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// Template writes an empty workbook: each sheet with its head, and a last one that
// says what goes where.
func Template(w io.Writer) error { return Write(w, nil) }

// Write writes rows of cells as people fill them in, by sheet, under the heads of the template.
func Write(w io.Writer, rows map[string][]map[string]string) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("running: %w", err)
	}
	plainText, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // text: no spreadsheet makes a number of a code
	if err != nil {
		return fmt.Errorf("running: %w", err)
	}
	for i := range sheets {
		if err := sheets[i].write(f, i == 0, rows[sheets[i].key], bold, plainText); err != nil {
			return fmt.Errorf("running: %w", err)
		}
	}
	if err := hints(f); err != nil {
		return fmt.Errorf("running: %w", err)
	}
	f.SetActiveSheet(0)
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("running: %w", err)
	}
	return nil
}

func (s *sheet) write(f *excelize.File, first bool, rows []map[string]string, bold, style int) error {
	if first {
		if err := f.SetSheetName("Sheet1", s.zh); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(s.zh); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(s.zh)
	if err != nil {
		return err
	}
	if err := out.SetColWidth(1, len(s.columns), 18); err != nil {
		return err
	}
	head := make([]any, len(s.columns))
	for i, c := range s.columns {
		name := c.zh
		if c.needed {
			name += "*"
		}
		head[i] = excelize.Cell{StyleID: bold, Value: name}
	}
	lines := [][]any{head}
	for _, row := range rows {
		line := make([]any, len(s.columns))
		for i, c := range s.columns {
			line[i] = excelize.Cell{StyleID: style, Value: row[c.key]}
		}
		lines = append(lines, line)
	}
	for i, line := range lines {
		if err := out.SetRow("A"+strconv.Itoa(i+1), line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func hints(f *excelize.File) error {
	const name = "说明"
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	lines := [][]any{{"表", "列", "必填", "填什么"}}
	for _, s := range sheets {
		for _, c := range s.columns {
			hint := c.hint
			if list := c.choices(); list != "" {
				hint += "（" + list + "）"
			}
			if c.kind == date && hint == "" {
				hint = "年-月-日"
			}
			lines = append(lines, []any{s.zh, c.zh, map[bool]string{true: "是"}[c.needed], hint})
		}
	}
	for i, line := range lines {
		if err := f.SetSheetRow(name, "A"+strconv.Itoa(i+1), &line); err != nil {
			return err
		}
	}
	return f.SetColWidth(name, "A", "D", 24)
}
