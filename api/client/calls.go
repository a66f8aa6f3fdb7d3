package client

import (
	"context"
	"net/http"

	"github.com/quancheng/quancheng/api/wire"
)

// Inbox is the first page of a scope (mine, claimable, done), narrowed by a text.
func (c *Client) Inbox(ctx context.Context, scope, q string) (wire.TaskPage, error) {
	var p wire.TaskPage
	err := c.Get(ctx, query("/api/v1/tasks", "scope", scope, "q", q, "limit", "200"), &p)
	return p, err
}

// Task reads a task.
func (c *Client) Task(ctx context.Context, key string) (wire.TaskDetail, error) {
	var t wire.TaskDetail
	err := c.Get(ctx, "/api/v1/tasks/"+key, &t)
	return t, err
}

// Operate acts on a task.
func (c *Client) Operate(ctx context.Context, task, operation, key string, in wire.OperationRequest) (wire.OperationResult, error) {
	var r wire.OperationResult
	err := c.Post(ctx, "/api/v1/tasks/"+task+"/"+operation, key, in, &r)
	return r, err
}

// Preview tells what an operation would do.
func (c *Client) Preview(ctx context.Context, task string, in wire.OperationRequest) (wire.Consequences, error) {
	var r wire.Consequences
	err := c.Post(ctx, "/api/v1/tasks/"+task+"/preview", "", in, &r)
	return r, err
}

// CreateProject begins a draft.
func (c *Client) CreateProject(ctx context.Context, key string, in wire.ProjectDraft) (wire.Project, error) {
	var p wire.Project
	err := c.Post(ctx, "/api/v1/projects", key, in, &p)
	return p, err
}

// Project reads a project.
func (c *Client) Project(ctx context.Context, code string) (wire.Project, error) {
	var p wire.Project
	err := c.Get(ctx, "/api/v1/projects/"+code, &p)
	return p, err
}

// Projects lists projects whose code or name holds q.
func (c *Client) Projects(ctx context.Context, q string) ([]wire.ProjectSummary, error) {
	var p wire.ProjectPage
	err := c.Get(ctx, query("/api/v1/projects", "q", q, "limit", "200"), &p)
	return p.Items, err
}

// PutLines replaces the lines of a draft.
func (c *Client) PutLines(ctx context.Context, code string, version int, lines []wire.LineInput) (wire.Project, error) {
	var p wire.Project
	err := c.Edit(ctx, http.MethodPut, "/api/v1/projects/"+code+"/lines", version, wire.Lines{Lines: lines}, &p)
	return p, err
}

// Submit submits a draft.
func (c *Client) Submit(ctx context.Context, code, key string, in wire.ProjectAct) (wire.OperationResult, error) {
	var r wire.OperationResult
	err := c.Post(ctx, "/api/v1/projects/"+code+"/submit", key, in, &r)
	return r, err
}

// Ledger reads a project's books.
func (c *Client) Ledger(ctx context.Context, code string) (wire.Ledger, error) {
	var l wire.Ledger
	err := c.Get(ctx, "/api/v1/projects/"+code+"/ledger", &l)
	return l, err
}

// RegisterOffline registers a partner's fact by hand.
func (c *Client) RegisterOffline(ctx context.Context, key string, in wire.OfflineInput) (wire.Offline, error) {
	var o wire.Offline
	err := c.Post(ctx, "/api/v1/partners/offline", key, in, &o)
	return o, err
}

// VerifyOffline checks somebody else's registration.
func (c *Client) VerifyOffline(ctx context.Context, id, key string, in wire.Verification) (wire.Offline, error) {
	var o wire.Offline
	err := c.Post(ctx, "/api/v1/partners/offline/"+id+"/verify", key, in, &o)
	return o, err
}

// HalfYear reads the figures between two business dates of the live books, or of a snapshot.
func (c *Client) HalfYear(ctx context.Context, from, to, snapshot string) (wire.HalfYear, error) {
	var h wire.HalfYear
	err := c.Get(ctx, query("/api/v1/reports/half-year", period(from, to, snapshot)...), &h)
	return h, err
}

// period are the parameters of a report: a snapshot says its period itself.
func period(from, to, snapshot string) []string {
	if snapshot != "" {
		return []string{"snapshot", snapshot}
	}
	return []string{"from", from, "to", to}
}

// TakeReport takes a snapshot.
func (c *Client) TakeReport(ctx context.Context, in wire.ReportInput) (wire.HalfYear, error) {
	var h wire.HalfYear
	err := c.Post(ctx, "/api/v1/reports", "", in, &h)
	return h, err
}

// ReportPaper is the report as a file of a format: html, docx, pdf.
func (c *Client) ReportPaper(ctx context.Context, from, to, snapshot, format string) ([]byte, error) {
	path := query("/api/v1/reports/half-year/paper", append(period(from, to, snapshot), "format", format)...)
	status, raw, err := c.once(ctx, http.MethodGet, path, http.Header{}, nil)
	if err == nil && status != http.StatusOK {
		err = problem(http.MethodGet, path, status, raw)
	}
	return raw, err
}

// File is what a route answers with, as it comes.
func (c *Client) File(ctx context.Context, path string) ([]byte, error) {
	status, raw, err := c.once(ctx, http.MethodGet, path, http.Header{}, nil)
	if err == nil && status != http.StatusOK {
		err = problem(http.MethodGet, path, status, raw)
	}
	return raw, err
}
