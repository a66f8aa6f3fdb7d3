package registers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/spreadsheet"
)

// maxImport is how many rows one sheet may bring.
const maxImport = 20_000

// Rejected is why a row is sent back: the column as the sheet names it, and the field.
type Rejected struct {
	Row    int               `json:"row"`
	Column string            `json:"column,omitempty"` // letters, "" for the whole row
	Head   string            `json:"head,omitempty"`   // of the column
	Field  string            `json:"field,omitempty"`
	Code   string            `json:"code"`
	Args   map[string]string `json:"args,omitempty"`
}

// Change of a field that a row brings.
type Change struct {
	Row    int
	Entry  int64
	Field  string
	Before any
	After  any
}

// Outcome of an import, or of its preview.
type Outcome struct {
	ID       int64 // 0: a preview
	FileName string
	Digest   string
	Rows     int
	Added    int
	Changed  int
	Same     int
	Refused  int // rows
	Rejected []Rejected
	Changes  []Change
}

// registerImport is the row of an import that was taken.
type registerImport struct {
	ID          int64 `gorm:"primaryKey"`
	Register    string
	FileName    string
	Digest      string
	Added       int
	Changed     int
	Same        int
	Refused     int
	Refusals    models.JSON
	At          time.Time
	Actor       string
	WithdrawnAt *time.Time
	WithdrawnBy string
}

// TableName of the entity.
func (registerImport) TableName() string { return "register_import" }

// planned is a row that will be written.
type planned struct {
	row   int
	in    entered
	entry *Entry // the one that it changes; nil: a new one
}

// Import takes a sheet into a register: rows that are right are added, or change
// the entry with their key; what is wrong is sent back with row and column. With
// preview nothing is written. All rows are written in the transaction of tx, or none.
func Import(tx *gorm.DB, a models.Acting, d *Definition, name string, data []byte, preview bool) (Outcome, error) {
	sum := sha256.Sum256(data)
	out := Outcome{FileName: name, Digest: hex.EncodeToString(sum[:])}
	rows, err := spreadsheet.Read(data)
	if err != nil {
		return out, fileProblem(err)
	}
	w, err := newWriter(tx, a, d)
	if err != nil {
		return out, err
	}
	if ok, err := w.sight.MayWrite(nil); err != nil || !ok {
		return out, errors.Join(err, models.Refuse("register-not-yours", "register", d.Name.Zh))
	}
	im := importer{writer: w, out: &out, seen: map[string]int{}}
	if err := im.read(rows); err != nil || preview {
		return out, err
	}
	return out, im.write()
}

func fileProblem(err error) error {
	code := "sheet-format"
	for is, name := range map[error]string{
		spreadsheet.ErrMacro: "sheet-macro", spreadsheet.ErrEncoding: "sheet-encoding",
		spreadsheet.ErrTooLarge: "sheet-too-large", spreadsheet.ErrEmpty: "sheet-empty",
	} {
		if errors.Is(err, is) {
			code = name
		}
	}
	r := models.Refuse("sheet-refused")
	return r.Field("/file", code, "limit", strconv.Itoa(maxImport))
}

type importer struct {
	*writer
	out     *Outcome
	columns []*Field
	heads   []string
	plan    []planned
	seen    map[string]int // key → row
}

// head finds the columns of the fields; a column that is no field is refused, so that nothing is lost in silence.
func (im *importer) head(row spreadsheet.Row) error {
	r := models.Refuse("sheet-refused")
	taken := map[string]bool{}
	for i, c := range row.Cells {
		im.heads = append(im.heads, c.Text)
		im.columns = append(im.columns, nil)
		text := strings.TrimRight(c.Text, "*＊")
		if c.Fault == spreadsheet.Merged {
			r.Field("/file", "sheet-head-merged", "column", spreadsheet.Column(i))
			continue
		}
		if text == "" {
			continue
		}
		if im.computed(text) { // an exported sheet brings them along
			continue
		}
		f := im.named(text)
		switch {
		case f == nil:
			r.Field("/file", "sheet-column-unknown", "column", spreadsheet.Column(i), "head", c.Text)
		case taken[f.Key]:
			r.Field("/file", "sheet-column-twice", "column", spreadsheet.Column(i), "head", c.Text)
		default:
			taken[f.Key], im.columns[i] = true, f
		}
	}
	for _, f := range im.def.Fields {
		if f.Required && !taken[f.Key] {
			r.Field("/file", "sheet-column-missing", "head", f.Label.Zh)
		}
	}
	return r.OrNil()
}

func (im *importer) named(text string) *Field {
	for i := range im.def.Fields {
		f := &im.def.Fields[i]
		if text == f.Key || text == f.Label.Zh || text == f.Label.En {
			return f
		}
	}
	return nil
}

func (im *importer) computed(text string) bool {
	return slices.Contains(extraHeads, text) || slices.ContainsFunc(im.def.Computed, func(c Computed) bool {
		return text == c.Key || text == c.Label.Zh || text == c.Label.En
	})
}

func (im *importer) read(rows []spreadsheet.Row) error {
	if err := im.head(rows[0]); err != nil {
		return err
	}
	rows = rows[1:]
	im.out.Rows = len(rows)
	if len(rows) == 0 {
		return fileProblem(spreadsheet.ErrEmpty)
	}
	if len(rows) > maxImport {
		return fileProblem(spreadsheet.ErrTooLarge)
	}
	for _, row := range rows {
		before := len(im.out.Rejected)
		if err := im.row(row); err != nil {
			return err
		}
		if len(im.out.Rejected) > before {
			im.out.Refused++
		}
	}
	return im.compare()
}

func (im *importer) reject(row, column int, code string, args map[string]string) {
	x := Rejected{Row: row, Code: code, Args: args}
	if column >= 0 {
		x.Column = spreadsheet.Column(column)
		if column < len(im.heads) {
			x.Head = im.heads[column]
			if f := im.columns[column]; f != nil {
				x.Field = f.Key
			}
		}
	}
	im.out.Rejected = append(im.out.Rejected, x)
}

// row reads one row; what is wrong in it is noted, not returned.
func (im *importer) row(row spreadsheet.Row) error {
	fields, fine := map[string]any{}, true
	for i, c := range row.Cells {
		switch {
		case i >= len(im.columns) || im.columns[i] == nil && im.heads[i] == "":
			if c.Text != "" {
				im.reject(row.No, i, "cell-without-head", nil)
				fine = false
			}
		case c.Fault != spreadsheet.Fine:
			im.reject(row.No, i, "cell-"+string(c.Fault), nil)
			fine = false
		case im.columns[i] != nil:
			fields[im.columns[i].Key] = c.Text
		}
	}
	if !fine {
		return nil
	}
	in, err := im.take(fields)
	if err == nil {
		err = im.mayWrite(in.fields)
	}
	var r *models.Refusal
	switch {
	case errors.As(err, &r):
		im.refused(row.No, r)
		return nil
	case err != nil:
		return err
	}
	if in.key != nil {
		if first, twice := im.seen[*in.key]; twice {
			im.reject(row.No, im.column(im.def.Key[0]), "row-twice", map[string]string{"row": strconv.Itoa(first)})
			return nil
		}
		im.seen[*in.key] = row.No
	}
	im.plan = append(im.plan, planned{row: row.No, in: in})
	return nil
}

func (im *importer) refused(row int, r *models.Refusal) {
	if len(r.Fields) == 0 {
		im.reject(row, -1, r.Code, r.Args)
	}
	for _, f := range r.Fields {
		im.reject(row, im.column(strings.TrimPrefix(f.Pointer, "/")), f.Code, f.Args)
	}
}

func (im *importer) column(key string) int {
	return slices.IndexFunc(im.columns, func(f *Field) bool { return f != nil && f.Key == key })
}

// compare finds the entries that rows change, and drops the rows that say nothing new.
func (im *importer) compare() error {
	there, err := im.there()
	if err != nil {
		return err
	}
	plan := im.plan[:0]
	for _, p := range im.plan {
		if p.in.key == nil || there[*p.in.key] == nil {
			im.out.Added++
			plan = append(plan, p)
			continue
		}
		e := there[*p.in.key]
		was, err := e.Fields()
		if err != nil {
			return err
		}
		if err := im.mayWrite(was); err != nil {
			im.reject(p.row, -1, "register-not-yours", map[string]string{"register": im.def.Name.Zh})
			im.out.Refused++
			continue
		}
		changes := im.changes(p, e, was)
		if len(changes) == 0 {
			im.out.Same++
			continue
		}
		im.out.Changed++
		im.out.Changes = append(im.out.Changes, changes...)
		p.entry = e
		plan = append(plan, p)
	}
	im.plan = plan
	return nil
}

func (im *importer) there() (map[string]*Entry, error) {
	var keys []string
	for key := range im.seen {
		keys = append(keys, key)
	}
	out := map[string]*Entry{}
	for part := range slices.Chunk(keys, 500) {
		var rows []Entry
		if err := im.tx.Where("register = ? AND key_live IN ?", im.def.ID, part).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("entries of %s: %w", im.def.ID, err)
		}
		for i := range rows {
			out[*rows[i].KeyLive] = &rows[i]
		}
	}
	return out, nil
}

// changes that a row brings; a column that the sheet has not leaves its field as it is.
func (im *importer) changes(p planned, e *Entry, was map[string]any) (out []Change) {
	im.keep(was, p.in)
	for _, f := range im.def.Fields {
		if im.column(f.Key) < 0 {
			if v, ok := was[f.Key]; ok {
				p.in.fields[f.Key] = v
			}
			continue
		}
		if !reflect.DeepEqual(was[f.Key], p.in.fields[f.Key]) {
			out = append(out, Change{Row: p.row, Entry: e.ID, Field: f.Key, Before: was[f.Key], After: p.in.fields[f.Key]})
		}
	}
	return out
}

// write keeps the import and writes its rows, in as few statements as their number allows.
func (im *importer) write() error {
	o := im.out
	if len(im.plan) == 0 {
		return nil
	}
	row := registerImport{
		Register: im.def.ID, FileName: o.FileName, Digest: o.Digest, Added: o.Added, Changed: o.Changed, Same: o.Same, Refused: o.Refused,
		Refusals: models.JSONOf(o.Rejected), At: models.Stamp(im.a.At), Actor: im.a.Person,
	}
	if err := im.tx.Create(&row).Error; err != nil {
		return fmt.Errorf("import into %s: %w", im.def.ID, err)
	}
	o.ID = row.ID
	var added []Entry
	var revisions []Revision
	for _, p := range im.plan {
		if p.entry == nil {
			e := im.entry(p.in)
			e.Import = row.ID
			added = append(added, e)
			continue
		}
		p.entry.Revision++
		im.set(p.entry, p.in)
		p.entry.Import = row.ID
		if err := im.tx.Save(p.entry).Error; err != nil {
			return im.taken(err, p.in)
		}
		revisions = append(revisions, Revision{ID: p.entry.ID, State: p.entry.State})
	}
	if len(added) > 0 {
		if err := im.tx.CreateInBatches(&added, 200).Error; err != nil {
			if models.IsUnique(err) {
				return models.Refuse("moved-on")
			}
			return fmt.Errorf("import into %s: %w", im.def.ID, err)
		}
	}
	for _, e := range added {
		revisions = append(revisions, Revision{ID: e.ID, State: e.State})
	}
	if err := im.tx.CreateInBatches(&revisions, 200).Error; err != nil {
		return fmt.Errorf("import into %s: %w", im.def.ID, err)
	}
	line := audit.AuditEntry{
		Action: "register.import", Subject: fmt.Sprintf("import:%d", row.ID), Digest: o.Digest,
		Detail: models.JSONOf(
			map[string]any{"file": o.FileName, "added": o.Added, "changed": o.Changed, "same": o.Same, "refused": o.Refused},
		),
	}
	if err := audit.Audit(im.tx, Chain(im.def.ID), im.a, line); err != nil {
		return err
	}
	return im.told()
}
