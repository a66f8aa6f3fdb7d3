package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/activities/preview"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// asked measures what is asked before a step, or instead of one: the pre-check
// of the API, a preview, and whether an operation would strand the case.
func (s *stand) asked(ctx context.Context, o Options) error {
	start, err := begin(ctx, s.db)
	if err != nil {
		return err
	}
	out, err := s.bare(ctx, start)
	if err != nil {
		return err
	}
	r, err := complete(start.Root, out, "ann")
	if err != nil {
		return err
	}
	check, err := s.readOnly(ctx, "pre-check of an act", r, func(_ *gorm.DB, c preview.Case, a preview.Act) error {
		_, _, err := c.Bundle.Submit(c.State, c.World.Input, bundles.Submission{Event: a.Event})
		return err
	})
	if err != nil {
		return err
	}
	outlook, err := s.readOnly(ctx, "preview of an act", r, func(tx *gorm.DB, c preview.Case, a preview.Act) error {
		_, err := preview.Of(tx, c, a)
		return err
	})
	if err != nil {
		return err
	}
	anew, err := s.anew(ctx, o)
	if err != nil {
		return err
	}
	strands, err := s.strands(ctx)
	if err != nil {
		return err
	}
	table(o.Out, "when asked, beside a step", 0, append([]part{check, outlook, anew}, strands...))
	return nil
}

// readOnly measures a question about a request, with what it loads first.
func (s *stand) readOnly(
	ctx context.Context, name string, r contract.Request, ask func(tx *gorm.DB, c preview.Case, a preview.Act) error,
) (part, error) {
	var ev engine.Event
	if err := json.Unmarshal(r.Event, &ev); err != nil {
		return part{}, fmt.Errorf("bench: %w", err)
	}
	ev.ID = r.ID
	acting := models.Acting{
		Person: ev.Actor.Person, Post: ev.Actor.Post, Event: r.ID, At: models.Stamp(time.Now()), BusinessDate: models.DateOf(time.Now()),
	}
	book := newLedger()
	ctx = book.watch(ctx)
	took, err := price(often, func() error {
		return s.db.Snapshot(ctx, func(tx *gorm.DB) error {
			t, err := process.TaskByKey(tx, ev.Key)
			if err != nil {
				return err
			}
			c, err := s.load(ctx, tx, r.Root)
			if err != nil {
				return err
			}
			return ask(tx, c, preview.Act{Event: ev, Acting: acting, Task: t})
		})
	})
	_, sum := book.over(often)
	return part{name: name, took: took, statements: sum.statements, writes: sum.writes}, err
}

// load is a case as it stands, as the API reads it.
func (s *stand) load(ctx context.Context, tx *gorm.DB, root int64) (c preview.Case, err error) {
	if c.Root, err = process.RootByKey(tx, root); err != nil {
		return c, err
	}
	if c.Bundle, err = s.cache.Load(ctx, c.Root.Bundle); err != nil {
		return c, err
	}
	c.State = engine.NewState(root)
	if err = json.Unmarshal(c.Root.State, c.State); err != nil {
		return c, err
	}
	c.World, err = s.cache.World(tx, bundles.About{Now: time.Now(), On: models.DateOf(time.Now()), Root: root})
	return c, err
}

// anew measures the scene of the first step after the organisation has changed,
// or of a process: nothing of rules, calendar and organisation is kept.
func (s *stand) anew(ctx context.Context, o Options) (part, error) {
	const times = 20
	book := newLedger()
	ctx = book.watch(ctx)
	took, err := price(times, func() error {
		_, err := bundles.NewCache(s.db).World(s.db.Read(ctx), bundles.About{Now: time.Now(), On: models.DateOf(time.Now())})
		return err
	})
	_, sum := book.over(times)
	return part{fmt.Sprintf("scene read anew, organisation of %d people", o.People+2), took, sum.statements, sum.writes}, err
}

// strands measures verify.After, which is asked before a token leaves its way:
// from where a case of a shipped model rests first, to each task of the model.
func (s *stand) strands(ctx context.Context) ([]part, error) {
	src, err := definitions.Shipped()
	if err != nil {
		return nil, err
	}
	b, problems := bundles.Compile(src)
	if b == nil {
		return nil, fmt.Errorf("bench: shipped models: %v", problems)
	}
	w, err := s.cache.World(s.db.Read(ctx), bundles.About{Now: time.Now(), On: models.DateOf(time.Now())})
	if err != nil {
		return nil, err
	}
	var took times
	for _, m := range b.Models {
		for _, p := range m.Processes {
			took = append(took, strandsOf(b, p, w.Input)...)
		}
	}
	return []part{
		{name: fmt.Sprintf("verify.After, median of %d jumps in shipped models", len(took)), took: took.at(0.5)},
		{name: "verify.After, the longest of them", took: took.at(1)},
	}, nil
}

// strandsOf asks about every jump from the first resting place of a process.
func strandsOf(b *bundles.Bundle, p *bpmn.Element, in engine.Input) (took times) {
	state := engine.NewState(1)
	if _, err := engine.Step(b.Program, state, engine.Event{ID: "start", Type: engine.Start, Key: 1, Process: p.ID}, in); err != nil {
		return nil // it needs data that its caller gives
	}
	for _, at := range state.Places(b.Program) {
		for _, e := range p.Scope.Elements {
			if e.Kind != bpmn.KindUserTask {
				continue
			}
			ev := engine.Event{
				ID: "jump", Type: engine.Operate, Operation: "jump", Key: at.Key, Element: e.ID, Reason: "bench",
				Actor: &engine.Actor{Person: "bob", Admin: true},
			}
			if engine.Check(b.Program, state, ev, in) != nil {
				continue
			}
			d, _ := price(5, func() error { _ = b.Strands(state, ev, in); return nil }) // whatever it answers
			took = append(took, d)
		}
	}
	return took
}
