package registers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// stored definition, immutable.
type registerDef struct {
	ID         string `gorm:"primaryKey"`
	Version    int    `gorm:"primaryKey"`
	Body       string
	Digest     string
	DeployedAt time.Time
	DeployedBy string
}

// TableName of the entity.
func (registerDef) TableName() string { return "register_def" }

// ErrRefused is a deployment with problems; nothing was changed.
var ErrRefused = errors.New("registers are refused")

// parsed keeps definitions by their digest: a text never changes its meaning.
var parsed sync.Map

func (r registerDef) parse() (*Definition, error) {
	if d, ok := parsed.Load(r.Digest); ok {
		return d.(*Definition), nil //nolint:forcetypeassert // only stored here
	}
	d, problems := Parse([]byte(r.Body))
	if len(problems) > 0 {
		return nil, fmt.Errorf("register %s %d: %s", r.ID, r.Version, problems[0])
	}
	parsed.Store(r.Digest, d)
	return d, nil
}

// Newest is the definition in force; a refusal "not-found" when there is none.
func Newest(tx *gorm.DB, id string) (*Definition, error) {
	var rows []registerDef
	if err := tx.Where("id = ?", id).Order("version DESC").Limit(1).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("register %s: %w", id, err)
	}
	if len(rows) == 0 {
		return nil, models.Refuse("not-found", "what", id)
	}
	return rows[0].parse()
}

// All are the definitions in force, by id.
func All(tx *gorm.DB) ([]*Definition, error) {
	var rows []registerDef
	err := tx.Raw("SELECT d.* FROM register_def d WHERE d.version = (SELECT MAX(version) FROM register_def e WHERE e.id = d.id) " +
		"ORDER BY d.id").
		Scan(&rows).
		Error
	if err != nil {
		return nil, fmt.Errorf("registers: %w", err)
	}
	var all []*Definition
	for _, r := range rows {
		d, err := r.parse()
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Files are the definitions in the folder registers of fsys, by name; none where there is no folder.
func Files(fsys fs.FS) (map[string][]byte, error) {
	names, err := fs.Glob(fsys, "registers/*.json")
	if err != nil {
		return nil, fmt.Errorf("registers: %w", err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("registers: %w", err)
		}
		out[path.Base(name)] = raw
	}
	return out, nil
}

// Deploy makes files the newest versions of their registers, all or none. It
// tells what becomes of rows and figures; with problems nothing was changed and
// the error is ErrRefused. A file that is in force already changes nothing.
func Deploy(tx *gorm.DB, a models.Acting, files map[string][]byte) (notes, problems []string, err error) {
	return deploy(tx, a, files, false)
}

// Install makes shipped files the newest versions where the county has none, or an older one.
func Install(tx *gorm.DB, a models.Acting, files map[string][]byte) error {
	_, problems, err := deploy(tx, a, files, true)
	if len(problems) > 0 {
		return fmt.Errorf("%w: %s", err, strings.Join(problems, "; "))
	}
	return err
}

func deploy(tx *gorm.DB, a models.Acting, files map[string][]byte, shipped bool) (notes, problems []string, err error) {
	now, err := All(tx)
	if err != nil {
		return nil, nil, err
	}
	before := map[string]*Definition{}
	for _, d := range now {
		before[d.ID] = d
	}
	next, fresh := maps.Clone(before), []registerDef{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		d, faults := Parse(files[name])
		if d != nil && d.ID+".json" != name {
			faults = append(faults, fmt.Sprintf("%s: the id is %q; the file of a register has its name", name, d.ID))
		}
		for _, f := range faults {
			problems = append(problems, name+": "+f)
		}
		if len(faults) > 0 {
			continue
		}
		sum := sha256.Sum256(files[name])
		row := registerDef{
			ID: d.ID, Version: d.Version, Body: string(files[name]), Digest: hex.EncodeToString(sum[:]), DeployedAt: models.Stamp(a.At),
			DeployedBy: a.Person,
		}
		takes, problem, err := follows(tx, before[d.ID], row, shipped)
		if err != nil {
			return nil, nil, err
		}
		if problem != "" {
			problems = append(problems, problem)
		}
		if takes {
			next[d.ID], fresh = d, append(fresh, row)
		}
	}
	problems = append(problems, shared(next)...)
	for _, row := range fresh {
		told, faults, err := becomes(tx, before[row.ID], next[row.ID])
		if err != nil {
			return nil, nil, err
		}
		notes, problems = append(notes, told...), append(problems, faults...)
	}
	if len(problems) > 0 {
		return notes, problems, ErrRefused
	}
	for _, row := range fresh {
		if err := put(tx, a, row, before[row.ID], next[row.ID]); err != nil {
			return nil, nil, err
		}
	}
	return notes, nil, nil
}

// follows reports whether a file becomes the newest version of its register.
func follows(tx *gorm.DB, now *Definition, row registerDef, shipped bool) (takes bool, problem string, err error) {
	if now == nil {
		return true, "", nil
	}
	var kept registerDef
	err = tx.Where("id = ? AND version = ?", now.ID, now.Version).Take(&kept).Error
	switch {
	case err != nil:
		return false, "", fmt.Errorf("register %s: %w", now.ID, err)
	case kept.Digest == row.Digest, shipped && row.Version <= now.Version:
		return false, "", nil
	case row.Version <= now.Version:
		return false, fmt.Sprintf(
			"%s: version %d is not above %d, which is in force with another text; say version %d", row.ID, row.Version, now.Version,
			now.Version+1,
		), nil
	}
	return true, "", nil
}

// shared are the faults between registers: a total that two have, a list that none is.
func shared(all map[string]*Definition) (problems []string) {
	owner := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		d := all[id]
		for _, total := range slices.Sorted(maps.Keys(d.Totals)) {
			if other := owner[total]; other != "" {
				problems = append(problems, fmt.Sprintf("%s: total %s is one of %s already", id, total, other))
			}
			owner[total] = id
		}
		for _, f := range d.Fields {
			if f.ValuesKey == "" || f.ValuesKey == "units" {
				continue
			}
			if of := all[f.ValuesKey]; of == nil || len(of.Key) != 1 {
				problems = append(
					problems,
					fmt.Sprintf(
						"%s: field %s: valuesKey %q is neither units nor a register with a key of one field", id, f.Key, f.ValuesKey,
					),
				)
			}
		}
	}
	return problems
}

// becomes tells what a new version does to rows and figures.
func becomes(tx *gorm.DB, old, next *Definition) (notes, problems []string, err error) {
	if old == nil {
		return []string{fmt.Sprintf("%s: new register %s", next.ID, next.Name.Zh)}, nil, nil
	}
	var rows int64
	if err := tx.Model(&Entry{}).Where("register = ?", next.ID).Count(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("register %s: %w", next.ID, err)
	}
	say := func(format string, args ...any) { notes = append(notes, next.ID+": "+fmt.Sprintf(format, args...)) }
	for _, f := range old.Fields {
		slot, kind := next.slot(f.Key)
		switch {
		case kind == "":
			say("field %s is gone: %d entries keep what they say there, no page shows it", f.Key, rows)
		case kind != f.Type && rows > 0 && (isText(kind) != isText(f.Type) || kind != f.Type && !isText(kind)):
			problems = append(
				problems,
				fmt.Sprintf(
					"%s: field %s was a %s and is a %s: %d entries hold the old kind; give the new field another key", next.ID, f.Key,
					f.Type, kind, rows,
				),
			)
		case slot != f.Slot:
			say("field %s moves from %q to %q: %d entries are moved now", f.Key, f.Slot, slot, rows)
		}
	}
	for _, f := range next.Fields {
		if _, kind := old.slot(f.Key); kind == "" {
			what := "is empty there"
			if f.Required {
				what = "must say it when they are edited next"
			}
			say("field %s is new: %d entries: %s", f.Key, rows, what)
		}
	}
	for _, c := range next.Computed {
		for _, o := range old.Computed {
			if o.Key == c.Key && o.Expr != c.Expr {
				say("%s is computed otherwise: %d entries keep their value until they are edited", c.Key, rows)
			}
		}
	}
	if !slices.Equal(old.Key, next.Key) && rows > 0 {
		problems = append(
			problems,
			fmt.Sprintf("%s: the key was %v and is %v: %d entries have keys; begin another register", next.ID, old.Key, next.Key, rows),
		)
	}
	for _, id := range slices.Sorted(maps.Keys(old.Totals)) {
		switch t, ok := next.Totals[id]; {
		case !ok:
			say("total %s is gone: a report that counts it prints nothing from now on; snapshots keep it", id)
		case string(models.JSONOf(t)) != string(models.JSONOf(old.Totals[id])):
			say("total %s counts otherwise from now on; snapshots keep what they have", id)
		}
	}
	return notes, problems, nil
}

func isText(kind string) bool {
	return kind == TypeText || kind == TypeTextarea || kind == TypeSelect
}

// put stores a version, indexes what its list names, and moves the rows whose slots have changed.
func put(tx *gorm.DB, a models.Acting, row registerDef, old, next *Definition) error {
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("register %s: %w", row.ID, err)
	}
	for _, key := range next.List {
		slot, _ := next.slot(key) // checked: nothing but a slot's name
		if err := tx.Exec("CREATE INDEX IF NOT EXISTS register_entry_" + slot + " ON register_entry (register, " + slot +
			", on_date, id)").Error; err != nil {
			return fmt.Errorf("index of register %s: %w", row.ID, err)
		}
	}
	line := audit.AuditEntry{Action: "register.deploy", Subject: fmt.Sprintf("register:%s:%d", row.ID, row.Version), Digest: row.Digest}
	if err := audit.Audit(tx, Chain(row.ID), a, line); err != nil {
		return err
	}
	if old == nil || slices.Equal(old.slots(), next.slots()) {
		return nil
	}
	return move(tx, next)
}

// slots in order, each with its field.
func (d *Definition) slots() (all []string) {
	for _, f := range d.Fields {
		all = append(all, f.Slot+"="+f.Key)
	}
	for _, c := range d.Computed {
		all = append(all, c.Slot+"="+c.Key)
	}
	slices.Sort(all)
	return all
}

// move fills the slots of all entries anew; what they say stays, and so does its history.
func move(tx *gorm.DB, d *Definition) error {
	for last := int64(0); ; {
		var rows []Entry
		if err := tx.Where("register = ? AND id > ?", d.ID, last).Order("id").Limit(500).Find(&rows).Error; err != nil {
			return fmt.Errorf("entries of %s: %w", d.ID, err)
		}
		for i := range rows {
			fields, err := rows[i].Fields()
			if err != nil {
				return err
			}
			d.fill(&rows[i].Slots, fields)
			rows[i].DefVersion, last = d.Version, rows[i].ID
		}
		if len(rows) == 0 {
			return nil
		}
		if err := tx.Save(&rows).Error; err != nil {
			return fmt.Errorf("entries of %s: %w", d.ID, err)
		}
	}
}
