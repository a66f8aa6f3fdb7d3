package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/spreadsheet"
)

// exportPage is how many rows are read at once; exportAlarm from how many rows on the audit's administrators are told.
const (
	exportPage  = 200
	exportAlarm = 10_000
	exportTime  = 30 * time.Minute
)

// exported is a list that can be taken out. Its rows come from the question that the screen asks, with the
// filters of the address: what the person does not see is not there (domain/access.md S6).
type exported struct {
	needs permission
	heads string // of the catalogue: names of the columns, with a bar between them
	page  func(c *call, cursor string) (rows [][]any, next string, err error)
}

// exports are the lists by name; another room adds its own in its own file.
var exports = map[string]exported{
	"projects":       {projectRead, "export.projects", exportProjects},
	"rectifications": {rectRead, "export.rectifications", exportRectifications},
	"tasks":          {taskRead, "export.tasks", exportTasks},
	"matters":        {taskRead, "export.matters", exportMatters},
}

// exportList streams a list as an .xlsx. That it was taken is in the audit before its first row leaves, and how much it was when it has
// left.
func exportList(c *call) (any, error) {
	e, ok := exports[c.Param("list")]
	if !ok {
		return nil, notFound()
	}
	if err := c.permit(e.needs); err != nil {
		return nil, err
	}
	if err := c.onlyItsFilters(c.Param("list")); err != nil {
		return nil, err
	}
	rows, next, err := e.page(c, "") // what is refused is refused in words, not in half a file
	if err != nil {
		return nil, err
	}
	heads := strings.Split(c.text(e.heads), "|")
	if err := c.noteExport("list.export", nil); err != nil {
		return nil, err
	}
	c.Header("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Header(
		"Content-Disposition",
		"attachment; filename*=UTF-8''"+url.PathEscape(c.text("export.name."+c.Param("list"))+"-"+string(models.DateOf(c.now))+".xlsx"),
	)
	c.Header("Cache-Control", "no-store")
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(exportTime))
	c.Status(http.StatusOK)
	s, err := spreadsheet.NewStream(c.Writer, c.text("export.name."+c.Param("list")), c.watermark(), heads)
	for err == nil {
		for _, r := range rows {
			if err = s.Row(r); err != nil {
				break
			}
		}
		if err != nil || next == "" {
			break
		}
		if err = c.stillHere(); err == nil {
			rows, next, err = e.page(c, next)
		}
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil { // what was begun cannot be taken back: it ends, so that nobody takes half a list for a whole one
		c.srv.Log.Warn("an export has ended early", "request", c.id, "list", c.Param("list"), "error", err)
		panic(http.ErrAbortHandler)
	}
	if err := c.noteExport("list.exported", s); err != nil { // that it was taken stands there already
		c.srv.Log.Error("how much was taken out is not in the audit", "request", c.id, "list", c.Param("list"), "error", err)
	}
	return written, nil
}

// watermark says whose copy it is: name, unit, time.
func (c *call) watermark() string {
	unit := ""
	if d, err := c.directory(); err == nil && len(c.who.Posts) > 0 {
		unit = d.dept(c.who.Posts[0].DeptID)
	}
	return c.text(
		"export.mark", "person", personName(c.lang, c.who.Person), "id", c.who.Person.ID, "unit", unit, "time",
		c.now.In(models.Zone).Format("2006-01-02 15:04:05"),
	)
}

// stillHere holds in the middle of a long export that the person may still have it: who has left gets no more of it.
func (c *call) stillHere() error {
	if err := c.Request.Context().Err(); err != nil {
		return err
	}
	var active bool
	if err := c.db().Raw("SELECT active FROM person WHERE id = ?", c.who.Person.ID).Scan(&active).Error; err != nil {
		return err
	}
	if !active {
		return fmt.Errorf("%s is not active any more", c.who.Person.ID)
	}
	return nil
}

// noteExport enters an export into the audit, and tells the audit's administrators of a large one.
func (c *call) noteExport(action string, s *spreadsheet.Stream) error {
	detail := map[string]any{"list": c.Param("list"), "query": c.Request.URL.RawQuery}
	return c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if s != nil {
			detail["rows"] = s.Rows()
		}
		a := c.actingAs(c.who.Person.ID)
		a.Reason = strings.TrimSpace(c.Query("reason"))
		err := audit.Audit(
			tx, office.AccountChain, a, audit.AuditEntry{Action: action, Subject: "list:" + c.Param("list"), Detail: models.JSONOf(detail)},
		)
		if err != nil || s == nil || s.Rows() <= exportAlarm {
			return err
		}
		var keepers []string
		if err := tx.Raw("SELECT DISTINCT person_id FROM post_now WHERE role = 'AUDIT_ADMIN'").Scan(&keepers).Error; err != nil {
			return err
		}
		return office.Tell(tx, office.Notification{
			Cause: "export:" + c.id, Kind: "large-export", Subject: "person:" + c.who.Person.ID, CreatedAt: c.now,
			Args: models.JSONOf(map[string]string{"who": c.who.Person.Name, "whoEn": c.who.Person.NameEn, "rows": fmt.Sprint(s.Rows())}),
		}, keepers...)
	})
}

// amount is a sum of the books; one that is not there yet is an empty cell.
func amount(s string) any {
	if s == "" || s == "0.00" || s == "0" {
		return ""
	}
	return spreadsheet.Number(s)
}

func exportProjects(c *call, cursor string) ([][]any, string, error) {
	f := c.projectFilter()
	f.Cursor, f.Limit = cursor, exportPage
	all, next, err := books.Projects(c.db(), f)
	if err != nil {
		return nil, "", err
	}
	d, err := c.directory()
	if err != nil {
		return nil, "", err
	}
	var rows [][]any
	for _, p := range all {
		w, err := c.listedProject(d, p)
		if err != nil {
			return nil, "", err
		}
		t := w.Totals
		rows = append(rows, []any{
			w.Code, w.Name, w.DeptName, w.Type, w.StageName, w.SubmittedOn, w.AcceptedOn, amount(t.Declared), amount(t.Reviewed),
			amount(t.Cut),
			amount(t.Approved), amount(t.Issued), amount(t.Contracted), amount(t.Paid),
		})
	}
	return rows, next, nil
}

func exportRectifications(c *call, cursor string) ([][]any, string, error) {
	f := c.rectificationFilter()
	f.Cursor, f.Limit = cursor, exportPage
	all, next, _, err := books.Rectifications(c.db(), f)
	if err != nil {
		return nil, "", err
	}
	d, err := c.directory()
	if err != nil {
		return nil, "", err
	}
	var rows [][]any
	for _, r := range all {
		w := c.rectification(d, r.Rectification)
		rows = append(
			rows,
			[]any{
				w.No, w.Title, d.dept(r.OwnerDept), w.Severity, w.StateName, w.Project, r.ProjectName, w.FoundOn, string(r.DueOn),
				w.ClosedOn, spreadsheet.Number(fmt.Sprint(w.Returns)),
			},
		)
	}
	return rows, next, nil
}

func exportTasks(c *call, cursor string) ([][]any, string, error) {
	q := c.inboxQuery()
	q.Cursor, q.Limit = cursor, exportPage
	tasks, next, err := c.lit(q, c.Query("light"))
	if err != nil {
		return nil, "", err
	}
	v, err := c.taskView(tasks)
	if err != nil {
		return nil, "", err
	}
	if q.Scope == process.ScopeCopies {
		if err := v.readCopies(tasks); err != nil {
			return nil, "", err
		}
	}
	var rows [][]any
	for _, t := range tasks {
		w := v.summary(t, q.Scope)
		rows = append(
			rows,
			[]any{
				w.Name, w.ProcessName, w.Project + w.Rectification, w.ProjectName + w.RectificationTitle, w.DeptName, amount(w.Amount),
				atTime(w.CreatedAt), atTime(w.Due.At), whyText(w.Why),
			},
		)
	}
	return rows, next, nil
}

func whyText(w *wire.Why) string {
	if w == nil {
		return ""
	}
	return w.Text
}

func atTime(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(models.Zone).Format("2006-01-02 15:04")
}

func exportMatters(c *call, cursor string) ([][]any, string, error) {
	roots, next, err := c.matterPage(cursor, exportPage)
	if err != nil {
		return nil, "", err
	}
	v, err := c.matterView(roots)
	if err != nil {
		return nil, "", err
	}
	var rows [][]any
	for _, r := range roots {
		w, err := v.summary(r)
		if err != nil {
			return nil, "", err
		}
		var steps, holders []string
		for _, t := range w.OpenTasks {
			steps = append(steps, t.Name)
			for _, h := range t.Holders {
				if !slices.Contains(holders, h.Name) {
					holders = append(holders, h.Name)
				}
			}
		}
		by := ""
		if w.BegunBy != nil {
			by = w.BegunBy.Name
		}
		rows = append(
			rows,
			[]any{
				w.ProcessName, w.Title, w.Matter, c.text("search.state." + w.State), by, atTime(&w.BegunAt), atTime(&w.MovedAt),
				strings.Join(steps, "；"), strings.Join(holders, "；"),
			},
		)
	}
	return rows, next, nil
}
