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
	"github.com/quancheng/quancheng/models/rulebook"
)

// World is what a step may know besides its state: the moment, the newest
// calendar, the rule pack, and who holds which post.
type World struct {
	Input           engine.Input
	Params          commands.Params
	Workday         commands.Calendar
	Pack            string // id of the rule pack
	CalendarVersion int

	directory *directory
}

// Err is what went wrong when the step looked into the organisation.
func (w World) Err() error { return w.directory.err }

// World reads the world of a project (empty: none) at a moment; on is the
// business date that decides the rule pack while the project has none pinned.
func (c *Cache) World(tx *gorm.DB, now time.Time, project string, on models.Date) (World, error) {
	w := World{directory: &directory{tx: tx}}
	editions, err := models.EditionsOf(tx, project, on)
	if err != nil {
		return w, err
	}
	params, err := c.pack(tx, editions.Pack)
	if err != nil {
		return w, err
	}
	days, err := c.calendar(tx, editions.Calendar)
	if err != nil {
		return w, err
	}
	w.Pack, w.Params, w.Workday, w.CalendarVersion = params.id, params.tree, days, days.Version
	w.Input = engine.Input{Now: now, Zone: models.Zone, Calendar: calendar.Civil{Calendar: days}, Params: params.vars, Directory: w.directory}
	return w, nil
}

// parsed is a rule pack as commands and as expressions read it. A published pack never changes.
type parsed struct {
	id   string
	tree commands.Params
	vars engine.Vars
}

// pack is a published rule pack; before any is published, the example in the binary.
func (c *Cache) pack(tx *gorm.DB, id string) (parsed, error) {
	if known, ok := c.packs.Load(id); ok {
		return known.(parsed), nil
	}
	p, err := rulebook.Example()
	if id != "" {
		p, err = models.PackByID(tx, id)
	}
	if err != nil {
		return parsed{}, err
	}
	tree, err := p.Tree()
	if err != nil {
		return parsed{}, err
	}
	raw, err := json.Marshal(tree)
	if err != nil {
		return parsed{}, fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	out := parsed{id: p.ID, tree: tree}
	if err := json.Unmarshal(raw, &out.vars); err != nil {
		return parsed{}, fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	c.packs.Store(id, out)
	return out, nil
}

// directory answers from the organisation's tables. Its interface knows no
// errors, so the first one is kept and ends the step.
type directory struct {
	tx  *gorm.DB
	err error
}

// Members lists the active persons of a post ROLE@DEPT.
func (d *directory) Members(group string) []string {
	ids, err := models.Members(d.tx, group)
	d.note(err)
	return ids
}

// Person reports whether the id names an active person.
func (d *directory) Person(id string) bool {
	var n int64
	d.note(d.tx.Model(&models.Person{}).Where("id = ? AND active", id).Count(&n).Error)
	return n > 0
}

func (d *directory) note(err error) {
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("organisation: %w", err)
	}
}
