package api

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

// mostExported is how many entries one file has at most.
const mostExported = 10_000

// auditSight limits what is read of the audit (domain/access.md §2): the audit
// administrator sees everything but no content, an auditor the business; what he did
// himself nobody sees here: another one does.
func (c *call) auditSight(q *gorm.DB) *gorm.DB {
	q = q.Where("actor <> ?", c.who.Person.ID) // nobody audits his own acts
	if c.contentHidden() {
		return q
	}
	return q.Where("chain NOT IN ?", []string{sessionChain, office.AccountChain, office.RequestChain})
}

func (c *call) contentHidden() bool { return c.who.sees == seesNothing }

// exportAudit writes entries into a file. Who took it, when and why is its first line.
func exportAudit(c *call) (any, error) {
	reason, err := c.exportReason()
	if err != nil {
		return nil, err
	}
	rows, _, err := c.auditRows(c.Query("cursor"), mostExported)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	buf.WriteString("\ufeff") // spreadsheets read Chinese by it
	w := csv.NewWriter(&buf)
	_ = w.Write(
		[]string{
			c.text(
				"audit.export.mark", "person", personName(c.lang, c.who.Person), "time", in(c.now).Format(time.DateTime), "reason", reason,
			),
		},
	)
	_ = w.Write(strings.Split(c.text("audit.export.head"), "|"))
	for _, r := range rows {
		line := c.auditLine(r)
		for i := range line {
			line[i] = unformula(line[i])
		}
		_ = w.Write(line)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, err
	}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		detail := models.JSONOf(map[string]int{"rows": len(rows)})
		a := c.actingAs(c.who.Person.ID)
		a.Reason = reason
		return audit.Audit(tx, office.AccountChain, a, audit.AuditEntry{Action: "audit.export", Subject: "audit", Detail: detail})
	})
	if err != nil {
		return nil, err
	}
	c.Header("Content-Disposition", `attachment; filename="audit.csv"`)
	c.Header("Cache-Control", "no-store")
	c.Data(http.StatusOK, "text/csv; charset=utf-8", buf.Bytes())
	return written, nil
}

// exportReason is why somebody takes the audit out.
func (c *call) exportReason() (string, error) {
	reason := strings.TrimSpace(c.Query("reason"))
	if utf8.RuneCountInString(reason) < minReason {
		return "", invalid().field("query/reason", "reason-required", "limit", strconv.Itoa(minReason))
	}
	return reason, nil
}

// auditLine is an entry as the person may take it out.
func (c *call) auditLine(r audit.AuditEntry) []string {
	line := []string{
		r.Chain, keyText(r.Seq), in(r.At).Format(time.DateTime), r.Actor, r.Post, r.Action, r.Subject, r.Project, r.Remote, r.Reason,
		string(r.Detail), r.Hash,
	}
	if c.contentHidden() {
		line[9], line[10] = "", ""
	}
	return line
}

// exportAuditRows is the audit as a sheet, however long, with the reason that the file of at most 10,000 lines asks for too.
func exportAuditRows(c *call, cursor string) ([][]any, string, error) {
	if _, err := c.exportReason(); err != nil {
		return nil, "", err
	}
	all, next, err := c.auditRows(cursor, exportPage)
	var rows [][]any
	for _, r := range all {
		var row []any
		for _, cell := range c.auditLine(r) {
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return rows, next, err
}

// unformula keeps a spreadsheet from computing what somebody wrote.
func unformula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// auditSorting is by when; what happened in one moment, by the entry's name.
var auditSorting = models.Sorting[audit.AuditEntry]{
	Usual: "-at",
	Key: models.Place[audit.AuditEntry]{
		Column: "chain || '#' || seq", Of: func(e audit.AuditEntry) any { return e.Chain + "#" + keyText(e.Seq) },
	},
	Places: map[string]models.Place[audit.AuditEntry]{"at": {Column: "at", Of: func(e audit.AuditEntry) any { return e.At }}},
}

// auditRows are the entries that the query asks for and the person may read, newest first unless it says otherwise, with the cursor
// of the next page.
func (c *call) auditRows(cursor string, limit int) ([]audit.AuditEntry, string, error) {
	order, err := auditSorting.Pick(c.Query("sort"))
	if err != nil {
		return nil, "", err
	}
	q := c.auditSight(c.db().Model(&audit.AuditEntry{}))
	for _, f := range []struct{ column, value string }{{"project", c.Query("project")}, {"actor", c.Query("actor")},
		{"action", c.Query("action")}} {
		if f.value != "" {
			q = q.Where(f.column+" = ?", f.value)
		}
	}
	return order.Page(q, cursor, limit)
}

// weekOf are the changes of accounts, posts and policies of the week that begins on a Monday.
func (c *call) weekOf(monday time.Time) ([]audit.AuditEntry, error) {
	var rows []audit.AuditEntry
	err := c.db().
		Where("chain IN ? AND at >= ? AND at < ?", []string{office.AccountChain, office.RequestChain}, monday.UTC(),
			monday.AddDate(0, 0, 7).UTC()).
		Order("at, chain, seq").
		Find(&rows).
		Error
	return rows, err
}

func (c *call) monday() (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, c.Param("week"), models.Zone)
	if err != nil || day.Weekday() != time.Monday {
		return day, invalid().field("path/week", "not-a-monday")
	}
	return day, nil
}

// getReview is the list of a week's changes, and whether it was signed.
func getReview(c *call) (any, error) {
	monday, err := c.monday()
	if err != nil {
		return nil, err
	}
	rows, err := c.weekOf(monday)
	if err != nil {
		return nil, err
	}
	out := wire.GrantReview{Week: monday.Format(time.DateOnly), Entries: []wire.ReviewEntry{}, Digest: office.ReviewDigest(rows)}
	for _, r := range rows {
		out.Entries = append(out.Entries, wire.ReviewEntry{At: in(r.At), Actor: r.Actor, Action: r.Action, Object: r.Subject, Hash: r.Hash})
	}
	signed, err := office.ReviewOf(c.db(), models.DateOf(monday))
	if err != nil {
		return nil, err
	}
	if signed.SignedBy != "" {
		at := in(signed.SignedAt)
		out.SignedBy, out.SignedAt, out.Remark, out.Changed = signed.SignedBy, &at, signed.Remark, signed.Digest != out.Digest
	}
	return out, nil
}

// signReview signs the list of a week that is over.
func signReview(c *call) (any, error) {
	var in wire.ReviewSigned
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	monday, err := c.monday()
	if err != nil {
		return nil, err
	}
	if c.now.Before(monday.AddDate(0, 0, 7)) {
		return nil, invalid().field("path/week", "week-not-over")
	}
	a, err := c.acting("", "", in.Remark)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		rows, err := c.weekOf(monday)
		if err != nil {
			return reply{}, err
		}
		if office.ReviewDigest(rows) != in.Digest {
			return reply{}, refuse(http.StatusConflict, "review-stale")
		}
		if err := office.SignReview(tx, a, models.DateOf(monday), rows, in.Remark); err != nil {
			return reply{}, err
		}
		out, err := getReview(c)
		return reply{Status: http.StatusOK, Body: out}, err
	})
}
