package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// commandSubmit is the command of the task in which an application is filled
// in; submitting is completing it.
const commandSubmit = "application.complete"

// createProject begins a draft and its life. The draft is there even when the
// process starts later: the outbox brings the start.
func createProject(c *call) (any, error) {
	var in wire.ProjectDraft
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", in.BusinessDate, "")
	if err != nil {
		return nil, err
	}
	a.Post = c.applicantPost(in.Dept)
	draft := acts.Draft{Code: in.Code, Name: in.Name, Type: in.Type, Dept: in.Dept, MlpsLevel: in.MlpsLevel, Lines: lineInputs(in.Lines)}
	if in.Form != nil {
		draft.Form = models.JSONOf(in.Form)
	}
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		p, err := acts.Create(tx, a, draft)
		if err != nil {
			return reply{}, err
		}
		page, err := c.page(p.Code)
		return reply{Status: http.StatusCreated, Header: projectHeader(p), Body: page}, err
	})
	if err != nil {
		return nil, err
	}
	r, ok := answer.(reply)
	if !ok {
		return answer, nil
	}
	page, ok := r.Body.(wire.Project)
	if !ok {
		return answer, nil // a repetition, answered as it was
	}
	c.begin(page.Code)
	r.Body, err = c.page(page.Code) // with its first task
	return r, err
}

func projectHeader(p books.Project) map[string]string {
	return map[string]string{"ETag": etag(p.Version), "Location": "/api/v1/projects/" + p.Code}
}

func lineInputs(in []wire.LineInput) []acts.Line {
	var out []acts.Line
	for _, l := range in {
		out = append(
			out,
			acts.Line{Category: l.Category, Name: l.Name, Spec: l.Spec, Unit: l.Unit, Qty: l.Qty, UnitPrice: l.UnitPrice, Remark: l.Remark},
		)
	}
	return out
}

// applicantPost is the person's applying post in a department.
func (c *call) applicantPost(dept string) string {
	for _, p := range c.who.Posts {
		if p.DeptID == dept && strings.HasPrefix(p.Role, "APPLY_") {
			return p.ID
		}
	}
	return c.who.postIDs()[0]
}

// version is the one that If-Match names.
func (c *call) version() (int, error) {
	text := strings.TrimPrefix(c.GetHeader("If-Match"), "W/")
	n, err := strconv.Atoi(strings.Trim(text, `"`))
	if err != nil {
		return 0, invalid().field("header/If-Match", "field.format")
	}
	return n, nil
}

func editProject(c *call) (any, error) {
	var in wire.ProjectPatch
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	patch := acts.Patch{Name: in.Name, Type: in.Type, MlpsLevel: in.MlpsLevel}
	if in.Form != nil {
		patch.Form = models.JSONOf(in.Form)
	}
	return c.edit(func(tx *gorm.DB, a models.Acting, version int) (books.Project, error) {
		return acts.Edit(tx, a, c.Param("code"), version, patch)
	})
}

func putLines(c *call) (any, error) {
	var in wire.Lines
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return c.edit(func(tx *gorm.DB, a models.Acting, version int) (books.Project, error) {
		return acts.PutLines(tx, a, c.Param("code"), version, lineInputs(in.Lines), incompleteInputs(in.Incomplete))
	})
}

func incompleteInputs(in []wire.IncompleteLine) []books.IncompleteLine {
	var out []books.IncompleteLine
	for _, l := range in {
		out = append(
			out,
			books.IncompleteLine{
				LineNo: l.No, Category: l.Category, Name: l.Name, Spec: l.Spec, Unit: l.Unit, Qty: l.Qty, UnitPrice: l.UnitPrice,
				Remark: l.Remark,
			},
		)
	}
	return out
}

// edit changes a draft at the version that the person saw, and answers with its page.
func (c *call) edit(change func(*gorm.DB, models.Acting, int) (books.Project, error)) (any, error) {
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	version, err := c.version()
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	a.Post = c.applicantPost(row.DeptID)
	return c.once(func(tx *gorm.DB) (reply, error) {
		p, err := change(tx, a, version)
		if err != nil {
			return reply{}, c.staleProject(err, p)
		}
		page, err := c.page(p.Code)
		return reply{Status: http.StatusOK, Header: projectHeader(p), Body: page}, err
	})
}

// staleProject adds to a stale version who has changed the project.
func (c *call) staleProject(err error, p books.Project) error {
	var r *models.Refusal
	if !errors.As(err, &r) || r.Code != "stale-version" {
		return err
	}
	out := ofRefusal(r)
	var e audit.AuditEntry
	if c.db().Where("project = ? AND action LIKE 'project.%'", p.Code).Order("at DESC").Take(&e).Error != nil {
		return out
	}
	d, err := c.directory()
	if err != nil || d.know(e.Actor) != nil {
		return out
	}
	out.Happened = &wire.Happened{Operation: e.Action, Actor: d.maybe(e.Actor, e.Post), At: local(&e.At), Version: p.Version}
	return out
}

// submitProject completes the open draft task of the project.
func submitProject(c *call) (any, error) {
	var in wire.ProjectAct
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	if !c.own(row.DeptID) {
		return nil, refuse(http.StatusForbidden, "not-your-department")
	}
	a, err := c.acting(in.Post, in.BusinessDate, in.Reason)
	if err != nil {
		return nil, err
	}
	if in.Post == "" {
		a.Post = c.applicantPost(row.DeptID)
	}
	t, err := c.draftTask(row, a)
	if err != nil {
		return nil, err
	}
	if err := c.checkApplication(row.Project, t.Root); err != nil {
		return nil, err
	}
	m := move{
		Root: t.Root, Name: "complete", Acting: a, Data: map[string]any{},
		Event: engine.Event{
			Type: engine.Operate, Key: t.Key, Operation: "complete", Actor: c.actor(a), Opinion: in.Opinion, Reason: in.Reason,
		},
	}
	return c.move(m)
}

// draftTask is the task that a submission completes: the open one, or for a
// repeated request the one that it has completed.
func (c *call) draftTask(p books.ProjectRow, a models.Acting) (process.Task, error) {
	root, err := c.rootOf(p.Code)
	if err != nil {
		return process.Task{}, err
	}
	var tasks []process.Task
	err = c.db().
		Where("root = ? AND command = ? AND (state = ? OR key IN (SELECT task FROM task_act WHERE event = ?))", root, commandSubmit,
			process.TaskOpen, a.Event).
		Order("key DESC").
		Limit(1).
		Find(&tasks).
		Error
	if err != nil {
		return process.Task{}, err
	}
	if len(tasks) > 0 {
		return tasks[0], nil
	}
	if p.Stage == books.Draft && p.RevisionNo == 0 {
		c.begin(p.Code)
		return process.Task{}, unavailable() // its process is on the way
	}
	return process.Task{}, refuse(http.StatusConflict, "not-submittable", "stage", c.text("stage."+string(p.Stage)))
}

// begin hurries the start of a project's process.
func (c *call) begin(code string) {
	key, err := c.rootOf(code)
	if err != nil || key == 0 {
		return
	}
	if root, err := process.RootByKey(c.db(), key); err == nil {
		c.hurry(process.StartEntry(root.Process, root.BusinessKey))
	}
}

// startRequest is the event that begins a root instance.
func startRequest(b process.Beginning) (contract.Request, error) {
	var vars engine.Vars
	if len(b.Variables) > 0 {
		if err := vars.UnmarshalJSON(b.Variables); err != nil {
			return contract.Request{}, err
		}
	}
	m := move{
		Root: b.Root, Name: contract.UpdateStart, Acting: b.Acting,
		Event: engine.Event{
			Type: engine.Start, Key: b.Root, Process: b.Process, BusinessKey: b.BusinessKey, Element: b.Element, Definition: b.Definition,
			Into: b.Into, Variables: vars,
		},
	}
	return m.request(b.Acting.Event, b.Acting.Event)
}

// withdrawProject takes the application back.
func withdrawProject(c *call) (any, error) {
	var in wire.ProjectAct
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	return c.withdraw(row, in)
}

func (c *call) withdraw(row books.ProjectRow, in wire.ProjectAct) (any, error) {
	if utf8.RuneCountInString(strings.TrimSpace(in.Reason)) < minReason {
		return nil, invalid().field("/reason", "reason-required", "limit", "5")
	}
	a, err := c.acting(in.Post, in.BusinessDate, strings.TrimSpace(in.Reason))
	if err != nil {
		return nil, err
	}
	if in.Post == "" {
		a.Post = c.applicantPost(row.DeptID)
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		p, err := acts.Withdraw(tx, a, row.Code)
		if err != nil {
			return reply{}, err
		}
		d, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		now, err := books.ProjectByCode(tx, nil, p.Code)
		if err != nil {
			return reply{}, err
		}
		s := c.summary(d, now)
		return reply{Status: http.StatusOK, Body: wire.OperationResult{Event: a.Event, NextTasks: []wire.NextTask{}, Project: &s}}, nil
	})
}
