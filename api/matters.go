package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// matterPage reads a page of the cases that the address asks for, and where the next one begins.
func (c *call) matterPage(cursor string, limit int) ([]process.RootState, string, error) {
	q := process.MatterQuery{
		Scope: process.MatterScope(c.DefaultQuery("scope", string(process.MattersBegun))), Person: c.who.Person.ID, Sort: c.Query("sort"),
		Cursor: cursor, Limit: limit,
	}
	if state := c.Query("state"); state != "" {
		running := state == "running"
		q.Open = &running
	}
	return process.Matters(c.db(), q)
}

// listMatters is a page of the cases that the person began, follows or was given to read.
func listMatters(c *call) (any, error) {
	roots, next, err := c.matterPage(c.Query("cursor"), c.limit())
	if err != nil {
		return nil, err
	}
	out := wire.MatterPage{Items: []wire.MatterSummary{}, Next: next}
	v, err := c.matterView(roots)
	if err != nil {
		return nil, err
	}
	for _, r := range roots {
		w, err := v.summary(r)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

// matterView holds what rows of cases need beside themselves.
type matterView struct {
	c     *call
	d     *directory
	begun map[int64]process.Begun
	names map[string]process.Definition
}

func (c *call) matterView(roots []process.RootState) (*matterView, error) {
	keys := make([]int64, len(roots))
	for i, r := range roots {
		keys[i] = r.Key
	}
	v := &matterView{c: c, names: map[string]process.Definition{}}
	var err error
	if v.d, err = c.directory(); err != nil {
		return nil, err
	}
	if v.begun, err = process.BegunAll(c.db(), keys); err != nil {
		return nil, err
	}
	all, err := process.NewestDefinitions(c.db())
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		v.names[d.Process] = d
	}
	var people []string
	for _, b := range v.begun {
		people = append(people, b.Person)
	}
	return v, v.d.know(people...)
}

func (v *matterView) summary(root process.RootState) (wire.MatterSummary, error) {
	c, b := v.c, v.begun[root.Key]
	w := wire.MatterSummary{
		Key: keyText(
			root.Key,
		), Process: root.Process, ProcessName: root.Process, Matter: matterOfCase(root), Project: root.Project, Title: b.Title,
		BegunBy: v.d.maybe(
			b.Person, b.Post,
		), BegunAt: root.CreatedAt.In(models.Zone), MovedAt: root.UpdatedAt.In(models.Zone), OpenTasks: []wire.NextTask{},
	}
	if d, known := v.names[root.Process]; known {
		w.ProcessName = c.definitionName(d)
	}
	var err error
	if w.State, err = c.standing(root); err != nil {
		return w, err
	}
	if w.Title == "" {
		if w.Title, err = c.titleOf(root, w.ProcessName); err != nil {
			return w, err
		}
	}
	if m, err := c.modelOf(root); err != nil {
		return w, err
	} else if m != nil {
		w.Category = m.Category
	}
	if !root.Open {
		return w, nil
	}
	if w.OpenTasks, err = c.openTasks(v.d, root.Key); err != nil {
		return w, err
	}
	w.Returned = b.Person != "" && slices.ContainsFunc(w.OpenTasks, func(t wire.NextTask) bool {
		return slices.ContainsFunc(t.Holders, func(h wire.PersonRef) bool { return h.ID == b.Person })
	})
	s, err := c.sightOfCase(root)
	if s != nil && !s.follows() {
		w.OpenTasks = slices.DeleteFunc(w.OpenTasks, func(t wire.NextTask) bool { return !s.his(t.Element) })
	}
	return w, err
}

// sightOfCase is what the person sees of the project that a case belongs to; nil: it belongs to none.
func (c *call) sightOfCase(root process.RootState) (*caseSight, error) {
	if root.Project == "" {
		return nil, nil
	}
	p, err := books.FindProject(c.db(), root.Project)
	if err != nil {
		return nil, err
	}
	return c.sightOf(p)
}

// titleOf names a case that no start form names.
func (c *call) titleOf(root process.RootState, name string) (string, error) {
	k := wire.Case{}
	if err := c.fillMatterOfCase(&k, root); err != nil {
		return "", err
	}
	if k.MatterName != "" {
		return k.MatterName, nil
	}
	return name, nil
}

// getMatter is the page of a case: form, thread, where it stands, what happened.
func getMatter(c *call) (any, error) {
	root, err := c.caseRoot()
	if err != nil {
		return nil, err
	}
	p, err := c.process(root.Key)
	if err != nil {
		return nil, err
	}
	v, err := c.matterView([]process.RootState{root})
	if err != nil {
		return nil, err
	}
	out := wire.MatterDetail{
		Data: map[string]any{}, DeptName: v.d.dept(root.Dept), Documents: []wire.Document{}, Timeline: []wire.TimelineEntry{},
	}
	if out.MatterSummary, err = v.summary(root); err != nil {
		return nil, err
	}
	for _, fill := range []func() error{
		func() error { return c.fillBegun(&out, p) },
		func() error { return c.fillHistory(&out, v.d, root) },
		func() error { return c.fillReaders(&out, v.d, root.Key) },
	} {
		if err := fill(); err != nil {
			return nil, err
		}
	}
	if root.Project != "" {
		out.Documents, err = c.documents(root.Project)
	} else {
		out.Documents, err = c.matterFiles(root.Key)
	}
	if err != nil {
		return nil, err
	}
	out.Acts, err = c.caseActs(p, nil, slices.Concat(caseActs, readingActs))
	return out, err
}

// fillBegun gives the start form with its answers: as they were, and as the case has them now.
func (c *call) fillBegun(out *wire.MatterDetail, p *matter) error {
	b, found, err := process.BegunOf(c.db(), p.root.Key)
	if err != nil || !found {
		return err
	}
	out.Version, out.Mine = b.Version, b.Person == c.who.Person.ID
	if schema := p.bundle.Schemas[b.Form]; len(schema) > 0 {
		if err := json.Unmarshal(schema, &out.Form); err != nil {
			return err
		}
	}
	if err := b.Data.Into(&out.Begun); err != nil {
		return err
	}
	maps.Copy(out.Data, out.Begun)
	var now []process.Variable // of an ended case the state has forgotten them, the rows have not
	if err := c.db().Where("scope = ?", p.root.Key).Find(&now).Error; err != nil {
		return err
	}
	for _, v := range now {
		if _, asked := out.Begun[v.Name]; !asked {
			continue
		}
		var value any
		if err := v.Value.Into(&value); err != nil {
			return err
		}
		out.Data[v.Name] = value
	}
	return nil
}

// fillHistory gives the thread, and what happened, newest first.
func (c *call) fillHistory(out *wire.MatterDetail, d *directory, root process.RootState) error {
	var err error
	if out.Opinions, err = c.thread(d, root.Key); err != nil {
		return err
	}
	acts, err := process.ActsOf(c.db(), root.Key)
	if err != nil {
		return err
	}
	if acts, err = c.readable(root, acts); err != nil {
		return err
	}
	s, err := c.sealOf("t.root = ?", root.Key)
	if err != nil {
		return err
	}
	for _, a := range slices.Backward(acts) {
		if !s.hides(a) {
			out.Timeline = append(out.Timeline, c.actEntry(d, a))
		}
	}
	if b := out.BegunBy; b != nil {
		out.Timeline = append(out.Timeline, wire.TimelineEntry{
			ID: fmt.Sprintf(
				"begun-%d", root.Key,
			), At: out.BegunAt, BusinessDate: string(models.DateOf(root.CreatedAt)), Action: "begin", Title: c.text("case.begun"), Actor: b,
		})
	}
	return nil
}

// fillReaders says who was given the case to read, and whether the person follows it.
func (c *call) fillReaders(out *wire.MatterDetail, d *directory, root int64) error {
	var err error
	if out.Followed, err = process.Follows(c.db(), root, c.who.Person.ID); err != nil {
		return err
	}
	copies, err := process.CaseCopiesOf(c.db(), root)
	if err != nil {
		return err
	}
	out.Copies = []wire.CaseCopy{}
	for _, k := range copies {
		if err := d.know(k.Person, k.Sender); err != nil {
			return err
		}
		out.Copies = append(out.Copies, wire.CaseCopy{Person: d.ref(k.Person, ""), Sender: d.ref(k.Sender, ""), At: k.At.In(models.Zone)})
	}
	return nil
}

// caseDiagram shows the processes of a case with what their tokens went through.
func caseDiagram(c *call) (any, error) {
	root, err := c.caseRoot()
	if err != nil {
		return nil, err
	}
	s, err := c.sightOfCase(root)
	if err != nil {
		return nil, err
	}
	whole := s == nil || s.whole("diagram")
	return c.diagram(root.Key, func(i process.Instance) bool { return whole || i.Parent == 0 }) // its steps are the phases
}

// isRectification reports whether a case is one of the books' own kind that has no project.
func (c *call) isRectification(root process.RootState) (bool, error) {
	if root.BusinessKey == "" {
		return false, nil
	}
	_, err := books.FindRectification(c.db(), root.BusinessKey)
	var unknown *models.Refusal
	if errors.As(err, &unknown) {
		return false, nil
	}
	return err == nil, err
}
