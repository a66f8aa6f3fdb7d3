package service

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/spreadsheet"
)

// maxImport is how many items one sheet may bring.
const maxImport = 5000

// Heads of a sheet of items, in their order, with the members of an item.
var Heads = [][2]string{
	{
		"事项编码", "code",
	}, {"事项名称", "name"}, {"实施单位", "unit"}, {"类别", "kind"}, {"法定时限", "legalDays"}, {"承诺时限", "promisedDays"}, {"即办件", "instant"},
	{
		"材料", "materials",
	}, {"环节", "steps"}, {"跑动次数", "visits"}, {"指南版本", "guideVersion"}, {"指南网址", "guideUrl"}, {"生效日期", "validFrom"}, {"终止日期", "validTo"},
}

var needed = []string{"code", "name", "unit", "kind", "legalDays", "promisedDays"}

// Rejected is why a row is sent back.
type Rejected struct {
	Row    int
	Column string // letters
	Head   string
	Field  string
	Code   string
	Args   map[string]string
}

// Outcome of an import.
type Outcome struct {
	FileName, Digest                    string
	Rows, Added, Changed, Same, Refused int
	Rejected                            []Rejected
}

type importer struct {
	tx      *gorm.DB
	a       models.Acting
	may     func(unit string) bool
	out     Outcome
	columns map[string]int
	heads   []string
	units   map[string]string // by id and by name
	now     map[string]Item
	seen    map[string]int
}

// Import takes a sheet of items in: those that are new, and the next versions of
// those that say something else than before. may tells whose items the person may
// write. Rows that are wrong are sent back; the others are written together.
func Import(tx *gorm.DB, a models.Acting, name string, data []byte, may func(unit string) bool) (Outcome, error) {
	sum := sha256.Sum256(data)
	im := importer{
		tx: tx, a: a, may: may, columns: map[string]int{}, units: map[string]string{}, now: map[string]Item{}, seen: map[string]int{},
	}
	im.out.FileName, im.out.Digest = name, hex.EncodeToString(sum[:])
	rows, err := spreadsheet.Read(data)
	if err != nil {
		return im.out, models.Refuse("sheet-refused").Field("/file", sheetCode(err), "limit", strconv.Itoa(maxImport))
	}
	if err := im.prepare(rows); err != nil {
		return im.out, err
	}
	for _, row := range rows[1:] {
		if err := im.row(row); err != nil {
			return im.out, err
		}
	}
	o := im.out
	if o.Added+o.Changed == 0 {
		return o, nil
	}
	return o, audit.Audit(
		tx, "r:service", a,
		audit.AuditEntry{Action: "item.import", Subject: "items", Digest: o.Digest, Detail: models.JSONOf(map[string]any{
			"file": o.FileName, "added": o.Added, "changed": o.Changed, "same": o.Same, "refused": o.Refused,
		})},
	)
}

func sheetCode(err error) string {
	for is, name := range map[error]string{
		spreadsheet.ErrMacro: "sheet-macro", spreadsheet.ErrEncoding: "sheet-encoding", spreadsheet.ErrTooLarge: "sheet-too-large",
		spreadsheet.ErrEmpty: "sheet-empty",
	} {
		if errors.Is(err, is) {
			return name
		}
	}
	return "sheet-format"
}

// prepare reads the heading, the units, and what is there already.
func (im *importer) prepare(rows []spreadsheet.Row) error {
	r := models.Refuse("sheet-refused")
	for i, c := range rows[0].Cells {
		text := strings.TrimRight(c.Text, "*＊")
		im.heads = append(im.heads, c.Text)
		at := slices.IndexFunc(Heads, func(h [2]string) bool { return h[0] == text || h[1] == text })
		switch {
		case text == "":
		case at < 0:
			r.Field("/file", "sheet-column-unknown", "column", spreadsheet.Column(i), "head", c.Text)
		default:
			if _, twice := im.columns[Heads[at][1]]; twice {
				r.Field("/file", "sheet-column-twice", "column", spreadsheet.Column(i), "head", c.Text)
			}
			im.columns[Heads[at][1]] = i
		}
	}
	for _, h := range Heads {
		if _, there := im.columns[h[1]]; !there && slices.Contains(needed, h[1]) {
			r.Field("/file", "sheet-column-missing", "head", h[0])
		}
	}
	if im.out.Rows = len(rows) - 1; im.out.Rows == 0 {
		r.Field("/file", "sheet-empty")
	}
	if im.out.Rows > maxImport {
		r.Field("/file", "sheet-too-large", "limit", strconv.Itoa(maxImport))
	}
	if err := r.OrNil(); err != nil {
		return err
	}
	var depts []struct{ ID, Name string }
	if err := im.tx.Table("dept").Select("id, name").Scan(&depts).Error; err != nil {
		return fmt.Errorf("units: %w", err)
	}
	for _, d := range depts {
		im.units[d.ID], im.units[d.Name] = d.ID, d.ID
	}
	var now []Item
	err := im.tx.Raw("SELECT i.* FROM service_item i JOIN (SELECT code, MAX(version) AS version FROM service_item GROUP BY code) w " +
		"ON w.code = i.code AND w.version = i.version").
		Scan(&now).
		Error
	if err != nil {
		return fmt.Errorf("service items: %w", err)
	}
	for _, i := range now {
		im.now[i.Code] = i
	}
	return nil
}

func (im *importer) reject(row int, field, code string, args map[string]string) {
	x := Rejected{Row: row, Field: field, Code: code, Args: args}
	if at, ok := im.columns[field]; ok {
		x.Column, x.Head = spreadsheet.Column(at), im.heads[at]
	}
	im.out.Rejected = append(im.out.Rejected, x)
}

// row writes one row, or notes what is wrong in it.
func (im *importer) row(row spreadsheet.Row) error {
	before := len(im.out.Rejected)
	i := im.item(row)
	if len(im.out.Rejected) > before {
		im.out.Refused++
		return nil
	}
	now, there := im.now[i.Code]
	saved, err := save(im.tx, im.a, i, now.Version)
	var r *models.Refusal
	switch {
	case errors.As(err, &r):
		for _, f := range r.Fields {
			im.reject(row.No, strings.TrimPrefix(f.Pointer, "/"), f.Code, f.Args)
		}
		if len(r.Fields) == 0 {
			im.reject(row.No, "", r.Code, r.Args)
		}
		im.out.Refused++
	case err != nil:
		return err
	case !there:
		im.out.Added++
	case saved.Version == now.Version:
		im.out.Same++
	default:
		im.out.Changed++
	}
	return nil
}

// item reads the cells of a row; a column that the sheet has not stays as it is.
func (im *importer) item(row spreadsheet.Row) Item {
	text := func(field string) (string, bool) {
		at, ok := im.columns[field]
		if !ok {
			return "", false
		}
		if at < len(row.Cells) && row.Cells[at].Fault != spreadsheet.Fine {
			im.reject(row.No, field, "cell-"+string(row.Cells[at].Fault), nil)
		}
		return row.Text(at), true
	}
	code, _ := text("code")
	i := im.now[code]
	i.Code = code
	if i.ValidFrom == "" {
		i.ValidFrom = string(im.a.On())
	}
	for field, to := range map[string]*string{"name": &i.Name, "kind": &i.Kind, "guideVersion": &i.GuideVersion, "guideUrl": &i.GuideURL,
		"validTo": &i.ValidTo} {
		if v, ok := text(field); ok {
			*to = v
		}
	}
	if v, ok := text("validFrom"); ok && v != "" {
		i.ValidFrom = v
	}
	if v, ok := text("unit"); ok {
		if i.Unit = im.units[v]; i.Unit == "" {
			im.reject(row.No, "unit", "unit-unknown", map[string]string{"unit": v})
		}
	}
	for field, to := range map[string]*int{"legalDays": &i.LegalDays, "promisedDays": &i.PromisedDays, "visits": &i.Visits} {
		v, ok := text(field)
		if !ok || v == "" && field == "visits" {
			continue
		}
		n, err := strconv.Atoi(v)
		if err != nil {
			im.reject(row.No, field, wide(v, "not-a-number"), nil)
		}
		*to = n
	}
	if v, ok := text("instant"); ok {
		i.Instant = slices.Contains([]string{"是", "true", "1", "√"}, v)
		if !i.Instant && !slices.Contains([]string{"否", "false", "0", ""}, v) {
			im.reject(row.No, "instant", "not-yes-or-no", nil)
		}
	}
	for field, to := range map[string]*models.JSON{"materials": &i.Materials, "steps": &i.Steps} {
		if v, ok := text(field); ok {
			names := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune("、；;\n", r) })
			for n := range names {
				names[n] = strings.TrimSpace(names[n])
			}
			*to = models.JSONOf(append([]string{}, names...))
		}
	}
	if first, twice := im.seen[i.Code]; twice {
		im.reject(row.No, "code", "row-twice", map[string]string{"row": strconv.Itoa(first)})
	}
	im.seen[i.Code] = row.No
	if i.Unit != "" && !im.may(i.Unit) {
		im.reject(row.No, "unit", "not-your-department", map[string]string{"dept": i.Unit})
	}
	return i
}

// wide is the code of digits of the wide kind, else the other one.
func wide(text, other string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r >= '０' && r <= '９' }) >= 0 {
		return "full-width-digits"
	}
	return other
}

// Export is the sheet of all items in force on a day.
func Export(tx *gorm.DB, f Filter) (spreadsheet.Sheet, error) {
	sheet := spreadsheet.Sheet{Name: "事项"}
	for _, h := range Heads {
		sheet.Heads = append(sheet.Heads, h[0])
	}
	f.Limit, f.Cursor = 5000, ""
	number := func(n int) spreadsheet.Number { return spreadsheet.Number(strconv.Itoa(n)) }
	for {
		rows, next, err := Items(tx, f)
		if err != nil {
			return sheet, err
		}
		for _, i := range rows {
			instant := map[bool]string{true: "是", false: "否"}[i.Instant]
			sheet.Rows = append(sheet.Rows, []any{
				i.Code, i.Name, i.Unit, i.Kind, number(i.LegalDays), number(i.PromisedDays), instant, strings.Join(List(i.Materials), "、"),
				strings.Join(List(i.Steps), "、"), number(i.Visits), i.GuideVersion, i.GuideURL, i.ValidFrom, i.ValidTo,
			})
		}
		if f.Cursor = next; next == "" {
			return sheet, nil
		}
	}
}
