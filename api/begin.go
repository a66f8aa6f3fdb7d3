package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/workflows/contract"
)

// seriesMatter is the series of numbers of matters that people begin (事项).
const seriesMatter = "SX"

// startable is the newest version of a process that people begin, as one person meets it.
type startable struct {
	process.Definition
	bundle *bundles.Bundle
	matter bpmn.Matter
	input  engine.Input
	posts  []string // of the person, in which he may begin it; none: he may not
}

// startable reads a process that people begin; any other does not exist here.
func (c *call) startable(id string) (startable, error) {
	d, err := process.NewestDefinition(c.db(), id)
	if errors.Is(err, process.ErrNotFound) {
		return startable{}, notFound()
	}
	if err != nil {
		return startable{}, err
	}
	w, err := c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: models.DateOf(c.now)})
	if err != nil {
		return startable{}, err
	}
	s, err := c.meets(d, w.Input)
	if err == nil && s.bundle == nil {
		err = notFound()
	}
	return s, err
}

// meets holds a definition against the person; without a bundle people do not begin it.
func (c *call) meets(d process.Definition, in engine.Input) (startable, error) {
	s := startable{Definition: d, input: in}
	b, err := c.srv.Bundles.Load(c.Request.Context(), d.Bundle)
	if err != nil || !b.BegunByPeople(d.Process) {
		return s, err
	}
	s.bundle, s.matter = b, *b.Matter(d.Process)
	s.posts, err = bundles.Allows(s.matter.Start, in, nil, c.who.Person.ID, c.who.held())
	if err != nil { // the model's fault: nobody begins it, and the log says why
		c.srv.Log.Warn("who may begin a process", "process", d.Process, "error", err)
		return s, nil
	}
	return s, nil
}

func (w *identity) held() []bundles.Post {
	out := make([]bundles.Post, len(w.Posts))
	for i, p := range w.Posts {
		out[i] = bundles.Post{Role: p.Role, Unit: p.DeptID}
	}
	return out
}

// processes is what people can begin, each as the person meets it, by category and name.
func (c *call) processes() ([]startable, error) {
	all, err := process.NewestDefinitions(c.db())
	if err != nil {
		return nil, err
	}
	w, err := c.srv.Bundles.World(c.db(), bundles.About{Now: c.now, On: models.DateOf(c.now)})
	if err != nil {
		return nil, err
	}
	var out []startable
	for _, d := range all {
		s, err := c.meets(d, w.Input)
		if err != nil {
			return nil, err
		}
		if s.bundle != nil {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b startable) int {
		return cmp.Or(cmp.Compare(a.matter.Category, b.matter.Category), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// listProcesses is the catalogue of what the person may begin.
func listProcesses(c *call) (any, error) {
	all, err := c.processes()
	if err != nil {
		return nil, err
	}
	out := wire.ProcessPage{Items: []wire.ProcessItem{}, Others: []wire.OtherItem{}}
	for _, s := range all {
		item := c.processItem(s)
		if len(s.posts) > 0 {
			if item.UsualDays, err = c.usualDays(s.Process); err != nil {
				return nil, err
			}
			out.Items = append(out.Items, item)
		} else {
			out.Others = append(out.Others, wire.OtherItem{ID: item.ID, Name: item.Name, Category: item.Category})
		}
	}
	return out, nil
}

func (c *call) processItem(s startable) wire.ProcessItem {
	return wire.ProcessItem{
		ID: s.Process, Name: c.definitionName(s.Definition), Category: s.matter.Category, Description: s.matter.Description,
		Version: s.Version, StartForm: s.bundle.StartForm(s.Process), Posts: append([]string{}, s.posts...),
		LastBy: c.lastBy(s),
	}
}

// lastBy are who decides last: posts, or the step where the case's data say who.
func (c *call) lastBy(s startable) []string {
	out := []string{}
	add := func(name string) {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, a := range s.bundle.LastApprovals(s.Process) {
		for _, role := range a.Roles {
			add(c.codeText("role.", role))
		}
		if len(a.Roles) == 0 {
			add(c.elementName(a.Task))
		}
	}
	return out
}

// usualDays is the median of the working days that the newest ended cases took; nil while too few have ended.
func (c *call) usualDays(of string) (*int, error) {
	all, err := process.LastTook(c.db(), of)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	days := make([]int, len(all))
	for i, t := range all {
		days[i] = c.clocks().Calendar.Between(models.DateOf(t.From), models.DateOf(t.To))
	}
	slices.Sort(days)
	return &days[len(days)/2], nil
}

func (c *call) definitionName(d process.Definition) string {
	if c.lang == texts.English && d.NameEn != "" {
		return d.NameEn
	}
	return cmp.Or(d.Name, d.Process)
}

// getProcess is all that is needed to begin a process.
func getProcess(c *call) (any, error) {
	s, err := c.startable(c.Param("id"))
	if err != nil {
		return nil, err
	}
	if len(s.posts) == 0 {
		return nil, refuse(http.StatusForbidden, "may-not-begin", "process", c.definitionName(s.Definition))
	}
	out := wire.ProcessStart{ProcessItem: c.processItem(s), Steps: []string{}}
	if schema := s.bundle.Schemas[out.StartForm]; len(schema) > 0 {
		if err := json.Unmarshal(schema, &out.Form); err != nil {
			return nil, err
		}
	}
	s.bundle.Process(s.Process).Walk(func(e *bpmn.Element) {
		if e.Kind == bpmn.KindUserTask {
			out.Steps = append(out.Steps, c.elementName(e))
		}
	})
	return out, nil
}

// beginProcess begins a case of a process. The case is there even when its
// first step comes later: the outbox brings the start.
func beginProcess(c *call) (any, error) {
	var in wire.BeginRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	s, err := c.startable(c.Param("id"))
	if err != nil {
		return nil, err
	}
	a, err := c.beginner(s, in.Post)
	if err != nil {
		return nil, err
	}
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		out, err := c.begun(tx, a, s, in)
		return reply{Status: http.StatusCreated, Body: out}, err
	})
	if err != nil {
		return nil, err
	}
	return c.started(answer.(reply))
}

// beginner is the person with the post in which he begins the process.
func (c *call) beginner(s startable, post string) (models.Acting, error) {
	a, err := c.acting(post, "", "")
	if err != nil {
		return a, err
	}
	switch {
	case len(s.posts) == 0, post != "" && !slices.Contains(s.posts, post):
		return a, refuse(http.StatusForbidden, "may-not-begin", "process", c.definitionName(s.Definition))
	case post == "":
		a.Post = s.posts[0]
	}
	return a, nil
}

// begun stores the case; its first step follows the transaction.
func (c *call) begun(tx *gorm.DB, a models.Acting, s startable, in wire.BeginRequest) (wire.Beginning, error) {
	var out wire.Beginning
	if in.Version != 0 && in.Version != s.Version {
		return out, refuse(http.StatusConflict, "other-version", "seen", keyText(int64(in.Version)), "newest", keyText(int64(s.Version)))
	}
	if in.Draft != "" {
		if err := c.useDraft(tx, s, in.Draft); err != nil {
			return out, err
		}
	}
	clean, err := s.bundle.Fill(s.Process, s.input, in.Data)
	if err != nil {
		return out, atData(err)
	}
	_, unit := models.SplitPost(a.Post)
	vars := maps.Clone(clean)
	vars["initiator"], vars["deptId"] = a.Person, unit
	if err := c.mayStart(s, vars); err != nil {
		return out, err
	}
	number, err := models.NextCode(tx, seriesMatter, c.now.In(models.Zone).Year())
	if err != nil {
		return out, err
	}
	b := process.Begun{
		Person: a.Person, Post: a.Post, Version: s.Version, Form: s.bundle.StartForm(s.Process), Data: models.JSONOf(clean), At: a.At,
		Title: title(s, clean),
	}
	b.Root, _, err = process.Begin(tx, a, process.Beginning{
		Process: s.Process, Element: s.bundle.StartElement(s.Process), BusinessKey: number, Dept: unit, Variables: models.JSONOf(vars),
	})
	if err != nil {
		return out, err
	}
	if err := tx.Create(&b).Error; err != nil {
		return out, err
	}
	if err := c.fastenFiles(tx, a, s, b.Root, clean); err != nil {
		return out, err
	}
	err = audit.Audit(tx, "i:"+keyText(b.Root), a, audit.AuditEntry{Action: "case.begin", Subject: "instance:" + keyText(b.Root)})
	return wire.Beginning{Key: keyText(b.Root), Process: s.Process, Version: s.Version, Matter: number, Title: b.Title}, err
}

// title is what people call a case: its process, and what the first text of its form says.
func title(s startable, data map[string]any) string {
	const most = 60
	text := ""
	if form := s.bundle.Forms[s.bundle.StartForm(s.Process)]; form != nil {
		text = form.Headline(data)
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "…"
	}
	if text == "" {
		return s.Name
	}
	return s.Name + "：" + text
}

// mayStart asks the engine, before anything is written.
func (c *call) mayStart(s startable, vars map[string]any) error {
	values, err := bundles.Variables(vars)
	if err != nil {
		return err
	}
	ev := engine.Event{
		ID: "probe", Type: engine.Start, Process: s.Process, Element: s.bundle.StartElement(s.Process), BusinessKey: "probe",
		Variables: values,
	}
	return refusalOfEngine(engine.Check(s.bundle.Program, engine.NewState(1), ev, s.input))
}

// useDraft ends the draft that a case is begun with; whoever comes second with it is told.
func (c *call) useDraft(tx *gorm.DB, s startable, id string) error {
	d, err := c.startDraft(tx, id)
	if err == nil && d.Process != s.Process {
		err = notFound()
	}
	var p *problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		return refuse(http.StatusConflict, "draft-gone")
	}
	if err != nil {
		return err
	}
	_, err = process.DropStartDraft(tx, c.who.Person.ID, d.ID)
	return err
}

// atData points at fields below /data, as the request has them.
func atData(err error) error {
	var r *models.Refusal
	if errors.As(err, &r) {
		for i := range r.Fields {
			r.Fields[i].Pointer = "/data" + r.Fields[i].Pointer
		}
	}
	return err
}

// started hurries the first step of a case, and answers with where it stands.
func (c *call) started(r reply) (any, error) {
	raw, err := json.Marshal(r.Body) // of a repetition it is what was stored
	if err != nil {
		return nil, err
	}
	var out wire.Beginning
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	key, err := strconv.ParseInt(out.Key, 10, 64)
	if err != nil {
		return nil, err
	}
	c.hurry(process.StartEntry(out.Process, out.Matter))
	root, err := process.RootByKey(c.db(), key)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	if out.State, err = c.standing(root); err != nil {
		return nil, err
	}
	out.NextTasks, err = c.openTasks(d, root.Key)
	r.Body, r.Header = out, map[string]string{"Location": "/api/v1/instances/" + out.Key}
	return r, err
}

// standing is the state of a case as people name it.
func (c *call) standing(root process.RootState) (string, error) {
	switch {
	case !root.Open:
		return "ended", nil
	case root.Step == 0:
		return "starting", nil
	}
	i, err := process.InstanceByKey(c.db(), root.Key)
	if err == nil && i.State == "suspended" {
		return "suspended", nil
	}
	return "running", err
}

// hurry starts a case whose start waits in the outbox, so that its first task is
// there when the answer is read. The outbox brings it anyhow.
func (c *call) hurry(entry string) {
	var rows []outbox.Outgoing
	err := c.db().Where("id = ? AND kind = ? AND state = ?", entry, outbox.OutStart, outbox.OutPending).Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return
	}
	var b process.Beginning
	var r contract.Request
	if err = rows[0].Payload.Into(&b); err == nil {
		r, err = startRequest(b)
	}
	if err == nil {
		_, err = c.srv.Sender.Send(c.Request.Context(), r)
	}
	if err != nil {
		c.srv.Log.Warn("a process starts later", "entry", entry, "error", err)
	}
}
