package rulepacks

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
)

// Draft is a whole pack that a file makes of the one that is in force on its first day.
type Draft struct {
	Base   rules.RulePack
	Pack   rules.RulePack
	Params []rules.RuleParam
	Files  []rules.File // the shipped ones under base/, above them the county's

	was     *rules.Checks // of Base
	checks  *rules.Checks
	edition rules.Edition
	faults  error // of the files
}

// Make fills a file up from the published pack that it would follow; before any
// is published that is the example in the binary. Nothing is stored.
func Make(tx *gorm.DB, book *rules.Book, f File) (*Draft, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	base, err := rules.NewestOn(tx, f.ValidFrom)
	if errors.Is(err, rules.ErrNoPack) {
		base, err = rulebook.Example()
	}
	if err != nil {
		return nil, err
	}
	d := &Draft{Base: base}
	if d.Params, err = overlay(base, f); err != nil {
		return nil, err
	}
	if err := d.layers(tx, f); err != nil {
		return nil, err
	}
	d.Pack = rules.RulePack{
		ID: f.Pack, Name: f.Name, ValidFrom: f.ValidFrom, ValidTo: f.ValidTo, Params: models.JSONOf(d.Params), Base: base.ID,
		State: rules.PackDraft,
	}
	if d.Pack.Name == "" {
		d.Pack.Name = f.Pack
	}
	d.Pack.Sign(d.Files)
	return d, d.ready(tx, book)
}

// Stored is the draft of a pack that is kept, held against the pack it began from.
func Stored(tx *gorm.DB, book *rules.Book, pack rules.RulePack) (*Draft, error) {
	d := &Draft{Pack: pack}
	var err error
	if d.Base, err = rules.PackByID(tx, pack.Base); errors.Is(err, gorm.ErrRecordNotFound) {
		d.Base, err = rulebook.Example()
	}
	if err != nil {
		return nil, err
	}
	if err := pack.Params.Into(&d.Params); err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", pack.ID, err)
	}
	if d.Files, err = rules.FilesOf(tx, pack.ID); err != nil {
		return nil, err
	}
	return d, d.ready(tx, book)
}

// Between holds a published pack against another, as if it followed that one.
func Between(tx *gorm.DB, book *rules.Book, from, to rules.RulePack) (*Draft, error) {
	d := &Draft{Base: from, Pack: to}
	if err := to.Params.Into(&d.Params); err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", to.ID, err)
	}
	var err error
	if d.Files, err = rules.FilesOf(tx, to.ID); err != nil {
		return nil, err
	}
	return d, d.ready(tx, book)
}

// overlay puts the rows of a file over the parameters of the base.
func overlay(base rules.RulePack, f File) ([]rules.RuleParam, error) {
	var out []rules.RuleParam
	if err := base.Params.Into(&out); err != nil {
		return nil, fmt.Errorf("rule pack %s: %w", base.ID, err)
	}
	for _, row := range f.Params {
		i := slices.IndexFunc(out, func(q rules.RuleParam) bool { return q.Rule == row.Rule && q.Key == row.Key })
		if i < 0 {
			i, out = len(out), append(out, rules.RuleParam{Rule: row.Rule, Key: row.Key, Basis: "—"})
		}
		q := &out[i]
		q.Value = row.Value
		set(&q.Unit, row.Unit)
		set(&q.Basis, row.Basis)
		set(&q.Verified, row.Verified)
		set(&q.Floating, row.Floating)
	}
	return out, nil
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

// layers are the files of the draft: the shipped ones of this release, the
// county's of the base, and over those of the same name the file's. They are kept
// whole, so that another release changes no published pack.
func (d *Draft) layers(tx *gorm.DB, f File) error {
	shipped, err := rulebook.Files()
	if err != nil {
		return err
	}
	for _, s := range shipped {
		d.Files = append(d.Files, rules.File{Name: baseLayer + s.Name, Body: s.Body})
	}
	own := f.Checks
	example, err := rulebook.Example()
	if err != nil {
		return err
	}
	if d.Base.ID != example.ID && d.Base.FilesDigest != "" {
		of, err := rules.FilesOf(tx, d.Base.ID)
		if err != nil {
			return err
		}
		whole := slices.ContainsFunc(of, func(x rules.File) bool { return strings.HasPrefix(x.Name, baseLayer) })
		for _, x := range of {
			replaced := slices.ContainsFunc(f.Checks, func(y rules.File) bool { return y.Name == x.Name })
			if whole && strings.HasPrefix(x.Name, ownLayer) && !replaced {
				own = append(slices.Clone(own), x)
			}
		}
	}
	slices.SortFunc(own, func(a, b rules.File) int { return strings.Compare(a.Name, b.Name) })
	d.Files = append(d.Files, own...)
	return nil
}

// ready compiles the draft and the pack before it.
func (d *Draft) ready(tx *gorm.DB, book *rules.Book) error {
	was, err := book.EditionOf(tx, d.Base, d.Base, "")
	if err != nil {
		return err
	}
	d.was = was.Checks()
	readable := d.Pack
	readable.Params = models.JSONOf(slices.DeleteFunc(slices.Clone(d.Params), func(q rules.RuleParam) bool { return !isNumber(q) }))
	if d.edition, d.faults, err = book.Drafted(tx, readable, d.Files); err != nil {
		return err
	}
	d.checks = d.edition.Checks()
	if d.checks == nil {
		return fmt.Errorf("rule pack %s: %w", d.Pack.ID, d.faults)
	}
	return nil
}

func isNumber(q rules.RuleParam) bool {
	_, err := feel.ParseNumber(q.Value.String())
	return err == nil
}

// Own are the county's files of the draft.
func (d *Draft) Own() (out []rules.File) {
	for _, f := range d.Files {
		if strings.HasPrefix(f.Name, ownLayer) {
			out = append(out, f)
		}
	}
	return out
}

// Rule is a rule of the draft, nil if it has none of this id.
func (d *Draft) Rule(id string) *rules.Rule { return d.checks.Rules[id] }
