package bundles

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
)

// World is what a step may know besides its state: the moment, the newest
// calendar, the rule pack, and who holds which post.
type World struct {
	Input           engine.Input
	Params          commands.Params
	Workday         commands.Calendar
	Pack            string // id of the rule pack
	PackInForce     string // id of the pack that what floats is taken from
	CalendarVersion int

	directory *directory
}

// Err is what went wrong when the step looked into the organisation.
func (w World) Err() error { return w.directory.err }

// World reads the world of a project (empty: none) at a moment; on is the
// business date that decides the rule pack while the project has none pinned.
func (c *Cache) World(tx *gorm.DB, now time.Time, project string, on models.Date) (World, error) {
	w := World{directory: &directory{tx: tx}}
	editions, err := rules.EditionsOf(tx, project, on)
	if err != nil {
		return w, err
	}
	params, err := c.pack(tx, editions)
	if err != nil {
		return w, err
	}
	days, err := c.calendar(tx, editions.Calendar)
	if err != nil {
		return w, err
	}
	w.Pack, w.PackInForce, w.Params, w.Workday, w.CalendarVersion = params.id, params.inForce, params.tree, days, days.Version
	w.Input = engine.Input{Now: now, Zone: models.Zone, Calendar: calendar.Civil{Calendar: days}, Params: params.vars, Directory: w.directory}
	return w, nil
}

// parsed are rules as commands and as expressions read them. Published packs never change.
type parsed struct {
	id, inForce string
	tree        commands.Params
	vars        engine.Vars
}

// packs is which pack is pinned and which is in force.
type packs struct{ pinned, inForce string }

// pack is what holds of published rule packs; before any is published, the example in the binary.
func (c *Cache) pack(tx *gorm.DB, e rules.Editions) (parsed, error) {
	key := packs{e.Pack, e.InForce}
	if known, ok := c.packs.Load(key); ok {
		return known.(parsed), nil
	}
	p, err := publishedPack(tx, e.Pack)
	if err != nil {
		return parsed{}, err
	}
	current, err := publishedPack(tx, e.InForce)
	if err != nil {
		return parsed{}, err
	}
	tree, err := p.Chosen(current)
	if err != nil {
		return parsed{}, err
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return parsed{}, fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	out := parsed{id: p.ID, inForce: current.ID, tree: tree}
	if err := json.Unmarshal(raw, &out.vars); err != nil {
		return parsed{}, fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	c.packs.Store(key, out)
	return out, nil
}

func publishedPack(tx *gorm.DB, id string) (rules.RulePack, error) {
	if id == "" {
		return rulebook.Example()
	}
	return rules.PackByID(tx, id)
}

// directory answers from the organisation's tables. Its interface knows no
// errors, so the first one is kept and ends the step.
type directory struct {
	tx  *gorm.DB
	err error
}

// Members lists the active persons of a post ROLE@DEPT.
func (d *directory) Members(group string) []string {
	ids, err := office.Members(d.tx, group)
	d.note(err)
	return ids
}

// Person reports whether the id names an active person.
func (d *directory) Person(id string) bool {
	var n int64
	d.note(d.tx.Model(&office.Person{}).Where("id = ? AND active", id).Count(&n).Error)
	return n > 0
}

func (d *directory) note(err error) {
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("organisation: %w", err)
	}
}
