package api

import (
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

func projectDiagram(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	root, err := c.rootOf(p.Code)
	if err != nil {
		return nil, err
	}
	if root == 0 {
		return wire.Diagram{Processes: []wire.DiagramProcess{}}, nil
	}
	sight, err := c.sightOf(p.Project)
	if err != nil {
		return nil, err
	}
	whole := sight.whole("diagram")
	return c.diagram(root, func(i process.Instance) bool { return whole || i.Parent == 0 }) // its steps are the phases
}

// diagram shows the process instances of a root, root first, each with its
// file, what its elements went through, and the same as text.
func (c *call) diagram(root int64, wanted func(process.Instance) bool) (any, error) {
	state, err := process.RootByKey(c.db(), root)
	if err != nil {
		return nil, err
	}
	bundle, err := c.srv.Bundles.Load(c.Request.Context(), state.Bundle)
	if err != nil {
		return nil, err
	}
	instances, err := process.Instances(c.db(), root)
	if err != nil {
		return nil, err
	}
	v, err := c.visits(root)
	if err != nil {
		return nil, err
	}
	out := wire.Diagram{Processes: []wire.DiagramProcess{}}
	for _, i := range instances {
		if !wanted(i) {
			continue
		}
		p := wire.DiagramProcess{
			InstanceKey: keyText(
				i.Key,
			), ProcessID: i.Process, Name: i.Name, State: diagramState(i.State), XML: string(bundle.XML[i.Process]),
			Elements: map[string]string{}, Tokens: []wire.Token{}, Flows: []string{}, Steps: []wire.Step{},
		}
		if e := bundle.Process(i.Process); e != nil {
			p.Name = c.elementName(e)
		}
		if i.Parent != 0 {
			p.ParentKey, p.CalledFrom = keyText(i.Parent), v.element[i.ParentElement]
		}
		for _, e := range v.elements[i.Key] {
			name := e.Name
			if known := bundle.Element(i.Process, e.Element); known != nil && c.lang == texts.English {
				name = c.elementName(known)
			}
			v.add(&p, e, name)
		}
		p.Flows, p.Appended = append(p.Flows, v.flows[i.Key]...), v.appended[i.Key]
		out.Processes = append(out.Processes, p)
	}
	return out, nil
}

func diagramState(s string) string {
	switch s {
	case "completed":
		return s
	case "active", "suspended":
		return "active"
	}
	return "terminated"
}

// visits is what the tokens of a root went through.
type visits struct {
	d        *directory
	element  map[int64]string // element of an element instance
	elements map[int64][]process.ElementInstance
	flows    map[int64][]string
	stuck    map[int64]bool // element instances with an incident
	who      map[int64][]process.TaskAct
	appended map[int64][]wire.AppendedStep // by process instance
}

func (c *call) visits(root int64) (*visits, error) {
	v := &visits{
		element: map[int64]string{}, elements: map[int64][]process.ElementInstance{}, flows: map[int64][]string{}, stuck: map[int64]bool{},
		who: map[int64][]process.TaskAct{}, appended: map[int64][]wire.AppendedStep{},
	}
	var err error
	if v.d, err = c.directory(); err != nil {
		return nil, err
	}
	elements, err := process.Elements(c.db(), root)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		v.element[e.Key] = e.Element
		v.elements[e.Instance] = append(v.elements[e.Instance], e)
	}
	flows, err := process.Flows(c.db(), root)
	if err != nil {
		return nil, err
	}
	for _, f := range flows {
		v.flows[f.Instance] = append(v.flows[f.Instance], f.Flow)
	}
	incidents, err := process.Incidents(c.db(), root, 0, 1000)
	if err != nil {
		return nil, err
	}
	for _, i := range incidents {
		v.stuck[i.ElementKey] = true
	}
	if err := v.steps(c, root); err != nil {
		return nil, err
	}
	return v, v.people(c, root)
}

// steps finds the steps that were put behind tasks of this case: those that have opened, and those that wait behind one.
func (v *visits) steps(c *call, root int64) error {
	var rows []process.Task
	err := c.db().Where("root = ? AND (CAST(detail AS TEXT) LIKE ? OR CAST(detail AS TEXT) LIKE ?)", root, `%"appended"%`, `%"steps"%`).
		Order("key").Find(&rows).Error
	if err != nil {
		return err
	}
	for _, t := range rows {
		d, err := t.Details()
		if err != nil {
			return err
		}
		add := func(name, state string) {
			v.appended[t.Instance] = append(v.appended[t.Instance], wire.AppendedStep{After: t.Element, Name: name, State: state})
		}
		open := t.State != process.TaskClosed
		if d.Appended {
			add(t.Name, map[bool]string{true: "active", false: "completed"}[open])
		}
		for _, name := range d.Steps {
			if open { // else it has opened itself, or nothing follows
				add(name, "waiting")
			}
		}
	}
	return nil
}

// people finds who acted at which visit.
func (v *visits) people(c *call, root int64) error {
	var rows []struct {
		process.TaskAct
		ElementKey int64
	}
	err := c.db().
		Raw("SELECT a.*, t.element_key FROM task_act a JOIN task t ON t.key = a.task WHERE a.root = ? AND NOT a.void ORDER BY a.id", root).
		Scan(&rows).
		Error
	if err != nil {
		return err
	}
	var ids []string
	for _, r := range rows {
		if !quiet[r.Operation] {
			v.who[r.ElementKey] = append(v.who[r.ElementKey], r.TaskAct)
			ids = append(ids, r.Person)
		}
	}
	return v.d.know(ids...)
}

// add puts a visit into a process: the latest state of its element, its token, its line of text.
func (v *visits) add(p *wire.DiagramProcess, e process.ElementInstance, name string) {
	state := map[string]string{"active": "active", "completed": "completed"}[e.State]
	switch {
	case state == "active" && v.stuck[e.Key]:
		state = "incident"
	case state == "":
		state = "terminated"
	}
	if state == "active" || state == "incident" || p.Elements[e.Element] != "active" && p.Elements[e.Element] != "incident" {
		p.Elements[e.Element] = state
	}
	if state == "active" || state == "incident" {
		v.token(p, e.Element)
	}
	step := wire.Step{ElementID: e.Element, Name: name, Kind: e.Kind, State: state, EnteredAt: local(&e.EnteredAt), LeftAt: local(e.LeftAt)}
	for _, a := range v.who[e.Key] {
		step.Who = append(step.Who, v.d.ref(a.Person, a.Post))
	}
	if step.Name == "" {
		step.Name = e.Element
	}
	p.Steps = append(p.Steps, step)
}

func (v *visits) token(p *wire.DiagramProcess, element string) {
	for i := range p.Tokens {
		if p.Tokens[i].ElementID == element {
			p.Tokens[i].Count++
			return
		}
	}
	p.Tokens = append(p.Tokens, wire.Token{ElementID: element, Count: 1})
}
