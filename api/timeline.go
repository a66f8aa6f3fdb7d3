package api

import (
	"fmt"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
)

// projectTimeline merges what the books know with what people did on tasks, newest first.
func projectTimeline(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	entries, err := books.Timeline(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	sight, err := c.sightOf(p.Project)
	if err != nil {
		return nil, err
	}
	if entries, err = c.seenEntries(p.Project, entries); err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e books.TimelineEntry) bool { return !sight.tells(e) })
	var actors []string
	for _, e := range entries {
		actors = append(actors, e.Actor)
	}
	acts, err := c.actsOfProject(p.Code)
	if err != nil {
		return nil, err
	}
	acts = sight.reads(acts)
	for _, a := range acts {
		actors = append(actors, a.Person)
	}
	if err := d.know(actors...); err != nil {
		return nil, err
	}
	all := []wire.TimelineEntry{}
	for _, e := range entries {
		all = append(all, c.timelineEntry(d, e))
	}
	for _, a := range acts {
		all = append(all, c.actEntry(d, a))
	}
	slices.SortStableFunc(all, func(a, b wire.TimelineEntry) int {
		if x := b.At.Compare(a.At); x != 0 {
			return x
		}
		return strings.Compare(b.ID, a.ID)
	})
	return c.cut(all)
}

// seenEntries leaves out the papers that the person does not see.
func (c *call) seenEntries(p books.Project, entries []books.TimelineEntry) ([]books.TimelineEntry, error) {
	all, err := papers.Documents(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	if all, err = c.seenPapers(p, all); err != nil {
		return nil, err
	}
	by := map[string]string{}
	for _, d := range all {
		by["document-"+d.ID] = d.CreatedBy
	}
	var out []books.TimelineEntry
	for _, e := range entries {
		person, ok := by[e.ID]
		if e.Action == "document" && !ok {
			continue
		}
		if ok {
			e.Actor = person // "" where he is a number
		}
		out = append(out, e)
	}
	return out, nil
}

// cut takes the page that the cursor asks for; the cursor is the id of the last entry.
func (c *call) cut(all []wire.TimelineEntry) (any, error) {
	if after := c.Query("cursor"); after != "" {
		i := slices.IndexFunc(all, func(e wire.TimelineEntry) bool { return e.ID == after })
		if i < 0 {
			return nil, models.Refuse("invalid-cursor")
		}
		all = all[i+1:]
	}
	items, next := pageOf(all, c.limit(), func(e wire.TimelineEntry) string { return e.ID })
	return wire.TimelinePage{Items: items, Next: next}, nil
}

func (c *call) timelineEntry(d *directory, e books.TimelineEntry) wire.TimelineEntry {
	w := wire.TimelineEntry{
		ID: e.ID, At: e.At.In(models.Zone), BusinessDate: string(e.BusinessDate), Action: e.Action,
		Title: c.textOf(e.TitleKey, e.Args), Text: e.Text, Amount: money(e.Amount),
	}
	if partner, ok := strings.CutPrefix(e.Actor, "partner:"); ok {
		w.Actor = &wire.PersonRef{ID: partner, Name: c.text("partner." + partner)}
	} else {
		w.Actor = d.maybe(e.Actor, "")
	}
	return w
}

func (c *call) actEntry(d *directory, a process.TaskAct) wire.TimelineEntry {
	text := a.Opinion
	if text == "" {
		text = a.Reason
	}
	return wire.TimelineEntry{
		ID: fmt.Sprintf("act-%08d", a.ID), At: a.At.In(models.Zone), BusinessDate: string(a.BusinessDate), Action: a.Operation,
		Title: a.TaskName + " · " + c.text("operation."+a.Operation), Actor: d.maybe(a.Person, a.Post), Text: text, Task: keyText(a.Task),
	}
}

// actsOfProject are the acts that the person may read: sealed opinions of
// experts stay sealed here too.
func (c *call) actsOfProject(code string) ([]process.TaskAct, error) {
	var acts []process.TaskAct
	err := c.db().
		Raw("SELECT a.* FROM task_act a JOIN root_state r ON r.key = a.root WHERE r.project = ? ORDER BY a.id", code).
		Scan(&acts).
		Error
	if err != nil {
		return nil, err
	}
	return c.unsealed(code, acts)
}
