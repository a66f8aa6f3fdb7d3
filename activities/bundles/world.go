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
	"github.com/quancheng/quancheng/models/rules"
)

// World is what a step may know besides its state: the moment, the newest
// calendar, the rule pack, the organisation, and the parties of its case.
type World struct {
	Input           engine.Input
	Params          commands.Params
	Workday         commands.Calendar
	Pack            string // id of the rule pack
	PackInForce     string // id of the pack that what floats is taken from
	CalendarVersion int
	OrgVersion      int64 // of the organisation that was read
}

// About says whose world is read, and for what.
type About struct {
	Now     time.Time
	On      models.Date // business date that decides the rule pack while the project has none pinned
	Project string      // empty: none
	Root    int64       // root instance; 0: none yet, and no parties
	Hold    bool        // the transaction stores a step: the organisation must stay as it is until it ends
}

// World reads the world of a project and its case at a moment.
func (c *Cache) World(tx *gorm.DB, about About) (World, error) {
	var w World
	scene, err := look(tx, about)
	if err != nil {
		return w, err
	}
	params, err := c.pack(tx, packs{scene.Pack, scene.InForce})
	if err != nil {
		return w, err
	}
	days, err := c.calendar(tx, scene.Calendar)
	if err != nil {
		return w, err
	}
	org, err := c.organisation(tx, scene.Org)
	if err != nil {
		return w, err
	}
	w.Pack, w.PackInForce, w.Params, w.Workday, w.CalendarVersion = params.id, params.inForce, params.tree, days, days.Version
	w.OrgVersion = org.Version
	w.Input = engine.Input{Now: about.Now, Zone: models.Zone, Calendar: calendar.Civil{Calendar: days}, Params: params.vars}
	if len(org.Posts) > 0 { // where nobody has a post yet, nothing can be said of people
		w.Input.Org = org
	}
	w.Input.Case, err = scene.matter()
	return w, err
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
func (c *Cache) pack(tx *gorm.DB, key packs) (parsed, error) {
	if known, ok := c.packs.Load(key); ok {
		return known.(parsed), nil
	}
	p, err := publishedPack(tx, key.pinned)
	if err != nil {
		return parsed{}, err
	}
	current, err := publishedPack(tx, key.inForce)
	if err != nil {
		return parsed{}, err
	}
	tree, err := p.Chosen(current, "")
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
