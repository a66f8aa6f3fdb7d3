package rules

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// Gather reads the facts of a subject as they were on a day. The room that owns the rows registers it.
type Gather func(tx *gorm.DB, s Subject, on models.Date) (Facts, error)

// Source is a gatherer with what it provides: these facts, of subjects of a kind,
// at these check points; at all of them when none is named. One that names points
// goes before one that does not.
type Source struct {
	Kind   string
	Points []string
	Facts  []string
	Gather Gather
}

// sources are what the rooms registered; the table only grows while the program starts.
var sources []Source

// Provide registers a room's gatherer when the program starts. Two that provide
// the same fact for the same point are a broken program.
func Provide(s Source) bool {
	for _, other := range sources {
		if other.Kind != s.Kind || (len(other.Points) == 0) != (len(s.Points) == 0) {
			continue
		}
		for _, fact := range s.Facts {
			if slices.Contains(other.Facts, fact) && (len(s.Points) == 0 || overlap(other.Points, s.Points)) {
				panic(fmt.Sprintf("rules: fact %s of %s at %v is provided twice", fact, s.Kind, s.Points))
			}
		}
	}
	sources = append(sources, s)
	return true
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// Provided reports whether a room gathers a fact at a point, for subjects of a kind.
func Provided(point, kind, fact string) bool { _, ok := sourceOf(point, kind, fact); return ok }

func sourceOf(point, kind, fact string) (int, bool) {
	found := -1
	for i, s := range sources {
		if s.Kind != kind || !slices.Contains(s.Facts, fact) {
			continue
		}
		if slices.Contains(s.Points, point) {
			return i, true
		}
		if len(s.Points) == 0 {
			found = i
		}
	}
	return found, found >= 0
}

// Book holds the checks of the published packs, each compiled once.
type Book struct {
	// Base are the rule files below every pack's own; compiled when a pack brings none.
	Base func() ([]File, error)
	// Calendar is the newest one.
	Calendar func(tx *gorm.DB) (feel.Calendar, error)
	// Example is the pack that holds before any is published.
	Example func() (RulePack, error)
	// Pinned is the pack that a project keeps; empty when it has none yet.
	Pinned func(tx *gorm.DB, project string) (string, error)

	compiled sync.Map // files digest → *Checks
}

// Edition is what judges a subject on a day: the rules that its project pinned,
// else those in force.
func (b *Book) Edition(tx *gorm.DB, project string, on models.Date) (Edition, error) {
	inForce, err := NewestOn(tx, on)
	if errors.Is(err, ErrNoPack) {
		inForce, err = b.Example()
	}
	if err != nil {
		return Edition{}, err
	}
	pinned, id := inForce, ""
	if project != "" {
		if id, err = b.Pinned(tx, project); err != nil {
			return Edition{}, err
		}
		if id != "" && id != inForce.ID {
			if pinned, err = PackByID(tx, id); err != nil {
				return Edition{}, err
			}
		}
	}
	if id == "" && inForce.Expired(on) { // nothing is pinned to go by instead (Z03)
		return Edition{}, models.Refuse("pack-expired", "pack", inForce.ID, "day", string(inForce.ValidTo))
	}
	return b.EditionOf(tx, pinned, inForce, on)
}

// EditionOf readies a pack, with what floats from the one in force on a day.
func (b *Book) EditionOf(tx *gorm.DB, pack, inForce RulePack, on models.Date) (Edition, error) {
	tree, err := pack.Chosen(inForce, on)
	if err != nil {
		return Edition{}, err
	}
	checks, err := b.checks(tx, pack)
	if err != nil {
		return Edition{}, err
	}
	days, err := b.Calendar(tx)
	if err != nil {
		return Edition{}, err
	}
	return MakeEdition(Edition{Pack: pack.ID, InForce: inForce.ID, Digest: pack.Digest}, checks, tree, days)
}

// Drafted readies a pack that need not be stored, as if it had been in force.
// What is wrong with its files comes beside the edition: such rules judge as Error.
func (b *Book) Drafted(tx *gorm.DB, pack RulePack, files []File) (Edition, error, error) {
	base, err := b.Base()
	if err != nil {
		return Edition{}, nil, err
	}
	checks, faults := Compile(append(slices.Clone(base), files...))
	tree, err := pack.Tree()
	if err != nil {
		return Edition{}, faults, err
	}
	days, err := b.Calendar(tx)
	if err != nil {
		return Edition{}, faults, err
	}
	e, err := MakeEdition(Edition{Pack: pack.ID, InForce: pack.ID, Digest: pack.Digest}, checks, tree, days)
	return e, faults, err
}

// checks are the rules of a pack: those in the binary, with its own in their place.
func (b *Book) checks(tx *gorm.DB, pack RulePack) (*Checks, error) {
	if known, ok := b.compiled.Load(pack.FilesDigest); ok {
		return known.(*Checks), nil
	}
	files, err := b.Base()
	if err != nil {
		return nil, err
	}
	if pack.FilesDigest != "" {
		own, err := FilesOf(tx, pack.ID)
		if err != nil {
			return nil, err
		}
		files = append(slices.Clone(files), own...)
	}
	c, err := Compile(files)
	if c == nil {
		return nil, fmt.Errorf("rule pack %s: %w", pack.ID, err)
	}
	b.compiled.Store(pack.FilesDigest, c) // what is broken in it judges as Error
	return c, nil
}

// Judge evaluates the rules of a point over facts; pure.
func (b *Book) Judge(point string, _ Subject, f Facts, e Edition) Report { return Judge(point, f, e) }

// Facts gathers what the rules of a point require. What no room provides stays unknown.
func (b *Book) Facts(tx *gorm.DB, point string, s Subject, a models.Acting, e Edition) (Facts, error) {
	out := MomentFacts(a)
	checks := e.Checks()
	p, ok := checks.Point(point)
	if !ok {
		return nil, models.Refuse("not-found", "what", point)
	}
	var asked []int
	for _, id := range p.Rules {
		r := checks.Rules[id]
		if r == nil {
			continue
		}
		for _, fact := range r.facts() {
			i, ok := sourceOf(point, s.Kind, fact)
			if !ok || slices.Contains(asked, i) {
				continue
			}
			asked = append(asked, i)
			some, err := sources[i].Gather(tx, s, a.On())
			if err != nil {
				return nil, fmt.Errorf("facts of %s %s: %w", s.Kind, s.ID, err)
			}
			for name, v := range some {
				// What is registered for this point goes before what is for all.
				if j, _ := sourceOf(point, s.Kind, name); j == i {
					out[name] = v
				}
			}
		}
	}
	return out, nil
}

// MomentFacts are the business date and the recording time of an act.
func MomentFacts(a models.Acting) Facts {
	at, _ := feel.ParseDateTime(a.At.In(models.Zone).Format(time.RFC3339))
	on, _ := feel.ParseDate(string(a.On()))
	return Facts{"on": on, "at": at}
}

// facts are what a rule asks gatherers for.
func (r *Rule) facts() (out []string) {
	for _, f := range r.Requires {
		if f.Name == "row" {
			out = append(out, r.Each)
		} else {
			out = append(out, f.Name)
		}
	}
	return out
}

// Look judges a subject as it stands and stores nothing.
func (b *Book) Look(tx *gorm.DB, a models.Acting, point string, s Subject) (Report, Facts, error) {
	e, err := b.Edition(tx, s.Project, a.On())
	if err != nil {
		return Report{}, nil, err
	}
	f, err := b.Facts(tx, point, s, a, e)
	if err != nil {
		return Report{}, nil, err
	}
	rep := b.Judge(point, s, f, e)
	for i, res := range rep.Results {
		if r := e.Checks().Rules[res.Rule]; r != nil {
			rep.Results[i].Unwired = Unwired(point, s.Kind, r)
		}
	}
	return rep, f, nil
}

// Unwired are the facts of a rule that no room gathers at a point, for subjects of a kind.
func Unwired(point, kind string, r *Rule) (out []string) {
	for _, fact := range r.facts() {
		if !Provided(point, kind, fact) {
			out = append(out, fact)
		}
	}
	return out
}
