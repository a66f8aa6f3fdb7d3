package registers

import (
	"encoding/json"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/spreadsheet"
)

// extraHeads are columns of an exported sheet that are no fields; an import leaves them aside.
var extraHeads = []string{"状态", "登记时间", "补录", "State", "Recorded at", "Back-registered"}

// maxExport is how many entries one sheet holds.
const maxExport = 50_000

// Export is the sheet of what a person sees of a list: the fields in their order, then state and recording time.
func Export(tx *gorm.DB, s *Sight, q Query, lang string) (spreadsheet.Sheet, error) {
	d := s.def
	sheet := spreadsheet.Sheet{Name: d.Name.In(lang)}
	for _, f := range d.Fields {
		sheet.Heads = append(sheet.Heads, f.Label.In(lang))
	}
	for _, c := range d.Computed {
		sheet.Heads = append(sheet.Heads, c.Label.In(lang))
	}
	heads := extraHeads[:3]
	if lang == "en" {
		heads = extraHeads[3:]
	}
	sheet.Heads = append(sheet.Heads, heads...)
	q.Limit = 200
	for {
		rows, next, err := List(tx, s, q)
		if err != nil {
			return sheet, err
		}
		for _, e := range rows {
			cells, err := s.cells(e)
			if err != nil {
				return sheet, err
			}
			sheet.Rows = append(sheet.Rows, cells)
		}
		if q.Cursor = next; next == "" {
			return sheet, nil
		}
		if len(sheet.Rows) >= maxExport {
			return sheet, models.Refuse("export-too-large", "limit", fmt.Sprint(maxExport))
		}
	}
}

func (s *Sight) cells(e Entry) ([]any, error) {
	fields, err := s.Shown(e)
	if err != nil {
		return nil, err
	}
	var out []any
	for _, f := range s.def.Fields {
		out = append(out, cell(fields[f.Key]))
	}
	for _, c := range s.def.Computed {
		out = append(out, cell(fields[c.Key]))
	}
	back := ""
	if e.Backfilled {
		back = "补录"
	}
	return append(out, e.State.State, e.RecordedAt.In(models.Zone).Format("2006-01-02 15:04"), back), nil
}

func cell(v any) any {
	switch x := v.(type) {
	case json.Number:
		return spreadsheet.Number(x.String())
	case bool:
		return map[bool]string{true: "是", false: "否"}[x]
	case []any:
		var parts []string
		for _, e := range x {
			text, _ := textOf(e)
			parts = append(parts, text)
		}
		return strings.Join(parts, "、")
	}
	text, _ := textOf(v)
	return text
}

// Template is the empty sheet that an import takes.
func (d *Definition) Template(lang string) spreadsheet.Sheet {
	sheet := spreadsheet.Sheet{Name: d.Name.In(lang)}
	for _, f := range d.Fields {
		head := f.Label.In(lang)
		if f.Required {
			head += "*"
		}
		sheet.Heads = append(sheet.Heads, head)
	}
	return sheet
}

// Shown are the fields of an entry as the person may see them.
func (s *Sight) Shown(e Entry) (map[string]any, error) {
	fields, err := e.Fields()
	if err != nil || len(s.def.masks) == 0 {
		return fields, err
	}
	masked, err := s.Masked(fields)
	if err != nil {
		return nil, err
	}
	for key, hidden := range masked {
		if hidden && fields[key] != nil {
			fields[key] = hide(fields[key])
		}
	}
	return fields, nil
}

// Options of a select as they are now.
func (s *Sight) Options(f *Field) ([]Option, error) { return f.options(s.lists.options) }
