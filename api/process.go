package api

import (
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// process is a root instance as it is stored, ready to be asked.
type matter struct {
	root   process.RootState
	bundle *bundles.Bundle
	state  *engine.State
	world  bundles.World
}

// process loads a root instance with all that engine.Check needs, as of today.
func (c *call) process(root int64) (*matter, error) {
	return c.processOn(root, models.DateOf(c.now))
}

// processOn does so for what is done on a business date.
func (c *call) processOn(root int64, on models.Date) (*matter, error) {
	row, err := process.RootByKey(c.db(), root)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("instance %d: %w", root, err)
	}
	return c.matter(row, on)
}

// matter makes ready what was read of a root instance.
func (c *call) matter(root process.RootState, on models.Date) (*matter, error) {
	p := &matter{root: root}
	var err error
	if p.bundle, err = c.srv.Bundles.Load(c.Request.Context(), p.root.Bundle); err != nil {
		return nil, err
	}
	p.state = engine.NewState(root.Key)
	if len(p.root.State) > 0 {
		if err := json.Unmarshal(p.root.State, p.state); err != nil {
			return nil, fmt.Errorf("state of %d: %w", root.Key, err)
		}
	}
	p.world, err = c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: on, Project: p.root.Project, Root: root.Key})
	return p, err
}

// check asks whether the engine would take an event, and the case could still end; nothing is written.
func (p *matter) check(ev engine.Event) error {
	if err := engine.Check(p.bundle.Program, p.state, ev, p.world.Input); err != nil {
		return refusalOfEngine(err)
	}
	return p.bundle.Strands(p.state, ev, p.world.Input)
}

// refusalOfEngine turns the engine's refusals into problems.
func refusalOfEngine(err error) error {
	var r *engine.Refusal
	if errors.As(err, &r) {
		return bundles.Refusal(r)
	}
	return err
}

// actor is the acting person as the engine sees him: with the rights of the post
// that he acts in, and of no other.
func (c *call) actor(a models.Acting) *engine.Actor {
	return &engine.Actor{Person: a.Person, Post: a.Post, Admin: c.who.mayIn(a.Post, processGovern)}
}
