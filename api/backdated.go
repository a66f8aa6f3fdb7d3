package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/seconds"
)

// backRegisterAct is what is registered for a day that is over (补录; domain: access.md §5, row 9).
const backRegisterAct = "backRegister"

// errBackdated says that what is asked for waits for a second person, as it was sent.
var errBackdated = errors.New("api: a day that is over, registered by one person")

// heldRequest is what was sent, and is done in its sender's name when a second
// person has confirmed it. Its answer is nobody's: who asked is told.
type heldRequest struct {
	Method  string `json:"method"`
	Address string `json:"address"`
	Match   string `json:"match,omitempty"` // If-Match
	Body    string `json:"body,omitempty"`

	id     int64
	person string
}

// heldKey is where a held request stands in the context of its own doing.
type heldKey struct{}

// backdated reports whether somebody registers what was on a day that is over, and
// has nobody's word on it yet. The demonstration's people play projects at their days.
func (c *call) backdated(a models.Acting) bool {
	if a.BusinessDate == models.DateOf(c.now) || c.srv.Dev != nil && c.who.Person.Demo {
		return false
	}
	_, confirmed := c.Request.Context().Value(heldKey{}).(heldRequest)
	return !confirmed
}

// backdated reports whether a submission that waits is of a day that was over.
func (s submission) backdated() bool {
	return s.Acting != nil && s.Acting.BusinessDate != models.DateOf(s.Acting.At)
}

// holdBack keeps the request until a second person has confirmed it.
func (c *call) holdBack() (any, error) {
	held := heldRequest{
		Method: c.Request.Method, Address: c.Request.URL.RequestURI(), Match: c.GetHeader("If-Match"), Body: string(c.body),
	}
	var in struct {
		Post         string      `json:"post"`
		BusinessDate models.Date `json:"businessDate"`
		Reason       string      `json:"reason"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.actingOn(in.Post, "", in.Reason)
	if err != nil {
		return nil, err
	}
	if a.Reason = strings.TrimSpace(a.Reason); len([]rune(a.Reason)) < seconds.MinReason {
		a.Reason = c.text("back.reason", "day", string(in.BusinessDate))
	}
	r := seconds.Request{
		Act: backRegisterAct, Subject: held.Method + " " + c.Request.URL.Path, Project: c.Param("code"), Data: models.JSONOf(held),
		Reason: a.Reason,
	}
	return c.askHouse(a, r)
}

// backLines say of what day something is, and of what closed period that day was.
func (c *call) backLines(day models.Date) ([]seconds.Line, error) {
	out := []seconds.Line{{Key: "back.day", Args: map[string]string{"day": string(day)}}}
	var closed []struct{ PeriodFrom, PeriodTo string }
	err := c.db().Raw(`SELECT DISTINCT period_from, period_to FROM report_snapshot
		WHERE state = 'LOCKED' AND period_from <= ? AND period_to >= ? ORDER BY period_from`, day, day).Scan(&closed).Error
	for _, p := range closed {
		out = append(out, seconds.Line{Key: "back.closed", Args: map[string]string{"from": p.PeriodFrom, "to": p.PeriodTo}})
	}
	return out, err
}

// lookBack says what is registered: every value that was sent, the day, and how the books stand.
func lookBack(c *call, r *seconds.Request) ([]seconds.Line, error) {
	var held heldRequest
	if err := r.Data.Into(&held); err != nil {
		return nil, err
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(held.Body), &body); err != nil {
		return nil, refuse(http.StatusBadRequest, "malformed-json")
	}
	day, _ := body["businessDate"].(string)
	out, err := c.backLines(models.Date(day))
	if err != nil {
		return nil, err
	}
	if r.Project != "" {
		viewer := c.who.viewer()
		if r.AskedBy != "" { // the second person's sight is another matter: what he confirms is shown to him
			viewer = nil
		}
		p, err := books.ProjectByCode(c.db(), viewer, r.Project)
		if err != nil {
			return nil, err
		}
		out = append(out, seconds.Line{Key: "back.books", Args: map[string]string{
			"project": p.Name, "declared": p.Totals.Declared.String(), "approved": p.Totals.Approved.String(),
			"issued": p.Totals.Issued.String(), "contracted": p.Totals.Contracted.String(), "paid": p.Totals.Paid.String(),
		}})
	}
	for _, v := range values("", body) {
		out = append(out, seconds.Line{Key: "back.value", Args: map[string]string{"name": v[0], "value": v[1]}})
	}
	return out, nil
}

// values are the leaves of what was sent, in the order of their names.
func values(at string, of any) (out [][2]string) {
	switch v := of.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = append(out, values(strings.TrimPrefix(at+"."+name, "."), v[name])...)
		}
	case []any:
		for i, x := range v {
			out = append(out, values(fmt.Sprintf("%s[%d]", at, i+1), x)...)
		}
	case nil:
	default:
		out = append(out, [2]string{at, fmt.Sprint(v)})
	}
	return out
}

// doBack does what was sent, in the name of who sent it and with the rights that he
// has now. Done twice it happens once: the request has one key for ever.
func doBack(c *call, a models.Acting, r seconds.Request) error {
	var held heldRequest
	if err := r.Data.Into(&held); err != nil {
		return err
	}
	held.id, held.person = r.ID, r.AskedBy
	ctx := context.WithValue(c.Request.Context(), heldKey{}, held)
	req, err := http.NewRequestWithContext(ctx, held.Method, held.Address, strings.NewReader(held.Body))
	if err != nil {
		return fmt.Errorf("request %d: %w", r.ID, err)
	}
	req.RemoteAddr = c.Request.RemoteAddr
	for name, value := range map[string]string{
		"Content-Type": "application/json", "If-Match": held.Match, "Accept-Language": c.GetHeader("Accept-Language"),
		"Idempotency-Key": fmt.Sprintf("second-%d", r.ID),
	} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	w := &heldAnswer{header: http.Header{}, status: http.StatusOK}
	c.srv.inner.ServeHTTP(w, req)
	if w.status < http.StatusBadRequest {
		return nil
	}
	var p wire.Problem
	if err := json.Unmarshal(w.body.Bytes(), &p); err != nil {
		return fmt.Errorf("request %d: status %d: %w", r.ID, w.status, err)
	}
	if w.status >= http.StatusInternalServerError {
		return refuse(w.status, strings.TrimPrefix(p.Type, "/problems/"))
	}
	words := []string{p.Title}
	for _, f := range p.Errors {
		words = append(words, f.Detail)
	}
	return &notDone{strings.Join(words, c.text("list.separator"))}
}

// heldAnswer keeps an answer that nobody waits for.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *heldAnswer) Header() http.Header         { return w.header }
func (w *heldAnswer) WriteHeader(status int)      { w.status = status }
func (w *heldAnswer) Write(p []byte) (int, error) { return w.body.Write(p) }

// notDone is why a confirmed act was refused after all.
type notDone struct{ why string }

func (n *notDone) Error() string { return n.why }

// inNameOf lets a confirmed request go on as who sent it, while he holds his posts.
func (c *call) inNameOf(held heldRequest) error {
	w, err := c.srv.identity(c, held.person, office.Session{})
	if err == nil && w != nil {
		c.who = w
	}
	return err
}
