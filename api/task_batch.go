package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// batchTasks agrees to several tasks of one step (domain/approval.md §2.31):
// each is an event of its own, with its own transaction and audit entry. What
// cannot be decided in passing, or has changed since it was listed, is skipped
// and said with its cause.
func batchTasks(c *call) (any, error) {
	var in wire.BatchRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	tasks, err := c.batch(in.Items)
	if err != nil {
		return nil, err
	}
	out := wire.BatchResult{Items: []wire.BatchItem{}}
	for i, ref := range in.Items {
		item := wire.BatchItem{Key: ref.Key, State: "done"}
		answer, err := c.batchOne(tasks[ref.Key], in.OperationRequest, ref)
		r, _ := answer.(reply)
		switch {
		case err != nil:
			p := problemOf(err)
			if p.Status >= http.StatusInternalServerError {
				c.srv.Log.Error("answered "+p.Slug+" for an item", "request", c.id, "task", ref.Key, "error", err)
			}
			w := p.wire(c.lang, fmt.Sprintf("%s/%d", c.id, i))
			item.State, item.Problem = "skipped", &w
			out.Skipped++
		case r.Status == http.StatusAccepted:
			item.State = "accepted"
		default:
			out.Done++
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

// batch reads the tasks of a batch that the person may see. All are of one
// step, with one form: nobody agrees to different things with one word.
func (c *call) batch(items []wire.BatchRef) (map[string]*process.Task, error) {
	tasks := make(map[string]*process.Task, len(items))
	var first *process.Task
	for i, ref := range items {
		if _, twice := tasks[ref.Key]; twice {
			return nil, invalid().field(fmt.Sprintf("/items/%d/key", i), "batch-twice")
		}
		t, err := c.taskByKey(ref.Key)
		var p *problem
		if errors.As(err, &p) {
			tasks[ref.Key] = nil // said beside the item
			continue
		}
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = &t
		}
		if t.Process != first.Process || t.Element != first.Element || t.Form != first.Form {
			return nil, invalid().field(fmt.Sprintf("/items/%d/key", i), "batch-mixed")
		}
		tasks[ref.Key] = &t
	}
	return tasks, nil
}

func (c *call) batchOne(t *process.Task, in wire.OperationRequest, ref wire.BatchRef) (any, error) {
	if t == nil {
		return nil, notFound()
	}
	in.Version = ref.Version
	event := c.event() + "/" + ref.Key
	_, known, err := process.OutcomeOf(c.db(), event)
	if err != nil {
		return nil, err
	}
	if !known {
		if err := c.undecidedInPassing(*t); err != nil {
			return nil, err
		}
	}
	return c.operate(*t, in, event)
}

// undecidedInPassing refuses for a batch what deserves a look of its own: steps
// that do not allow it, dissent, open breaches, and sums of approval level 3 and above (rule B06).
func (c *call) undecidedInPassing(t process.Task) error {
	if !t.Batch {
		return refuse(http.StatusUnprocessableEntity, "batch-not-allowed")
	}
	detail, err := t.Details()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(detail.Seats, func(s process.TaskSeat) bool { return s.Decision == "disagree" }) {
		return refuse(http.StatusUnprocessableEntity, "batch-dissent")
	}
	if t.Project == "" {
		return c.smallEnough(t)
	}
	breaches, err := books.Breaches(c.db(), t.Project)
	if err != nil {
		return err
	}
	if len(breaches) > 0 {
		return refuse(http.StatusUnprocessableEntity, "batch-breach")
	}
	return c.belowBatchLimit(t.Project)
}

// smallEnough holds what a task of one's own model is about against the same limit.
func (c *call) smallEnough(t process.Task) error {
	p, err := c.process(t.Root)
	if err != nil {
		return err
	}
	about := p.state.AmountOf(t.Key)
	if about == nil {
		return nil
	}
	limit, err := models.ParseMoney(p.world.Params["B06"]["L3"].String())
	if err != nil {
		return nil //nolint:nilerr // no pack in force says what is much
	}
	amount, err := models.ParseMoney(about.String())
	if err == nil && amount.Cmp(limit) >= 0 {
		err = refuse(http.StatusUnprocessableEntity, "batch-amount", "limit", limit.String())
	}
	return err
}

func (c *call) belowBatchLimit(project string) error {
	world, err := c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: models.DateOf(c.now), Project: project})
	if err != nil {
		return err
	}
	limit, err := models.ParseMoney(world.Params["B06"]["L3"].String())
	if err != nil {
		return fmt.Errorf("rule B06, L3: %w", err)
	}
	sums, err := books.TotalsOf(c.db(), project)
	if err != nil {
		return err
	}
	amount, err := models.ParseMoney(amountOf(totals(sums[project])))
	if err != nil {
		return err
	}
	if amount.Cmp(limit) >= 0 {
		return refuse(http.StatusUnprocessableEntity, "batch-amount", "limit", limit.String())
	}
	return nil
}
