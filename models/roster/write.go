package roster

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/texts"
)

const sheetName, hintName = "名册", "说明"

// Template writes an empty list with its head, and a second sheet that says what goes where.
func Template(w io.Writer) error { return write(w, nil, "") }

// Export writes the organisation as a list of the same columns. Numbers are
// masked; a masked number that comes back changes nothing.
// mark says whose copy it is: at the head of printed pages, and among the properties of the file.
func Export(tx *gorm.DB, w io.Writer, now time.Time, c office.Cipher, mark string) error {
	rows, err := Rows(tx, now, c)
	if err != nil {
		return err
	}
	return write(w, rows, mark)
}

// Rows are the units and people of the organisation as rows of a list, without
// the three administrators and who has left.
func Rows(tx *gorm.DB, now time.Time, c office.Cipher) ([]Row, error) {
	wd, err := readWorld(tx, now, c)
	if err != nil {
		return nil, err
	}
	members := map[string][]string{}
	for _, id := range sortedKeys(wd.people) {
		if p := wd.people[id]; p.LeftAt == nil && !wd.isAdministrator(id) {
			unit := wd.unitOf(p)
			members[unit] = append(members[unit], id)
		}
	}
	var out []Row
	for _, id := range sortedKeys(wd.units) {
		u := wd.units[id]
		if u.Ended(now) {
			continue
		}
		rows := wd.rowsOf(members[id])
		if len(rows) == 0 {
			rows = []Row{{Unit: id}}
		}
		rows[0].UnitName, rows[0].Parent, rows[0].UnitKind, rows[0].AgencyCode, rows[0].USCC = u.Name, u.Parent, u.Kind, u.AgencyCode,
			u.USCC
		out = append(out, rows...)
	}
	return out, nil
}

func (w *world) rowsOf(people []string) []Row {
	var out []Row
	for _, id := range people {
		p := w.people[id]
		row := Row{
			Unit: w.unitOf(p), Account: id, Name: p.Name, NameEn: p.NameEn, Mobile: w.masked(*p, office.NumberMobile),
			IDNo: w.masked(*p, office.NumberID),
		}
		if len(w.posts[id]) == 0 {
			out = append(out, row)
		}
		for _, post := range w.posts[id] {
			r := row
			r.Unit, r.Role, r.Title, r.Rank, r.Primary = post.DeptID, post.Role, post.Title, strconv.Itoa(
				post.Rank,
			), map[bool]string{true: "是", false: "否"}[post.IsPrimary]
			if !post.ValidFrom.IsZero() {
				r.From = string(models.DateOf(post.ValidFrom))
			}
			if post.ValidTo != nil {
				r.To = string(models.DateOf(post.ValidTo.Add(-time.Second)))
			}
			out = append(out, r)
		}
	}
	return out
}

func (w *world) masked(p office.Person, number string) string {
	text, err := p.Number(w.cipher, number)
	if err != nil {
		return "****" // there is one, which these keys do not open
	}
	return office.Mask(text)
}

func write(w io.Writer, rows []Row, mark string) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // in memory
	if err := f.SetSheetName("Sheet1", sheetName); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	if err := writeRows(f, rows); err != nil {
		return err
	}
	if err := writeHints(f); err != nil {
		return err
	}
	f.SetActiveSheet(0)
	if mark != "" {
		if err := f.SetDocProps(&excelize.DocProperties{Description: mark}); err != nil {
			return fmt.Errorf("roster: %w", err)
		}
		head := excelize.HeaderFooterOptions{OddHeader: "&C" + strings.ReplaceAll(mark, "&", "&&")}
		if err := f.SetHeaderFooter(sheetName, &head); err != nil {
			return fmt.Errorf("roster: %w", err)
		}
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	return nil
}

func writeRows(f *excelize.File, rows []Row) error {
	s, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // text: no spreadsheet makes a number of a code
	if err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	head := make([]any, len(columns))
	for i, c := range columns {
		if err := s.SetColWidth(i+1, i+1, c.width); err != nil {
			return fmt.Errorf("roster: %w", err)
		}
		head[i] = excelize.Cell{StyleID: bold, Value: c.zh}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	lines := append([][]any{head}, cells(rows, text)...)
	for i, line := range lines {
		if err := s.SetRow("A"+strconv.Itoa(i+1), line); err != nil {
			return fmt.Errorf("roster: %w", err)
		}
	}
	if err := s.Flush(); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	return nil
}

func cells(rows []Row, style int) [][]any {
	var out [][]any
	for _, r := range rows {
		line := make([]any, len(columns))
		for i, c := range columns {
			line[i] = excelize.Cell{StyleID: style, Value: *c.field(&r)}
		}
		out = append(out, line)
	}
	return out
}

// writeHints says what each column takes, and lists the roles.
func writeHints(f *excelize.File) error {
	if _, err := f.NewSheet(hintName); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	lines := [][]any{{"列", "Column", "说明"}}
	for _, c := range columns {
		hint := c.hint
		if c.needed {
			hint = "必填。" + hint
		}
		lines = append(lines, []any{c.zh, c.en, hint})
	}
	lines = append(lines, []any{}, []any{"岗位代码", "名称", "Name"})
	for _, r := range office.Roles {
		if !slices.Contains(office.Administrators, r.Code) {
			lines = append(
				lines, []any{r.Code, texts.Text(texts.Chinese, "role."+r.Code, nil), texts.Text(texts.English, "role."+r.Code, nil)},
			)
		}
	}
	for i, line := range lines {
		if err := f.SetSheetRow(hintName, "A"+strconv.Itoa(i+1), &line); err != nil {
			return fmt.Errorf("roster: %w", err)
		}
	}
	if err := f.SetColWidth(hintName, "A", "B", 22); err != nil {
		return fmt.Errorf("roster: %w", err)
	}
	return f.SetColWidth(hintName, "C", "C", 60)
}
