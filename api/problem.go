package api

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strconv"

	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/workflows/contract"
)

// problem is an answer that is not the one hoped for (RFC 9457). Slug is the
// stable end of its type and the key of its sentence in package texts.
type problem struct {
	Status     int
	Slug       string
	Args       map[string]string
	Fields     []fieldProblem
	Happened   *wire.Happened
	RetryAfter int // seconds
	Header     map[string]string
}

// fieldProblem is what is wrong at one place of the input.
type fieldProblem struct {
	Pointer string
	Code    string
	Args    map[string]string
	Check   *models.CheckFault
}

// formField is what a form says about its field: a sentence of its own in each language.
const formField = "form-field"

// Error makes a problem an error.
func (p *problem) Error() string { return p.Slug }

func refuse(status int, slug string, args ...string) *problem {
	return &problem{Status: status, Slug: slug, Args: pairs(args)}
}

func (p *problem) field(pointer, code string, args ...string) *problem {
	p.Fields = append(p.Fields, fieldProblem{Pointer: pointer, Code: code, Args: pairs(args)})
	return p
}

func notFound() *problem { return refuse(http.StatusNotFound, "not-found") }
func invalid() *problem  { return refuse(http.StatusUnprocessableEntity, "invalid-input") }
func defect() *problem   { return refuse(http.StatusInternalServerError, "internal") }

func unavailable() *problem {
	p := refuse(http.StatusServiceUnavailable, "unavailable")
	p.RetryAfter = 2
	return p
}

// statuses are the codes of refusals that are not 422 (the input is understood
// and cannot be done).
var statuses = map[string]int{
	"not-found":                http.StatusNotFound,
	"no-such-task":             http.StatusNotFound,
	"no-such-instance":         http.StatusNotFound,
	"no-such-incident":         http.StatusNotFound,
	"not-your-task":            http.StatusForbidden,
	"not-your-seat":            http.StatusForbidden,
	"forbidden":                http.StatusForbidden,
	"not-your-post":            http.StatusForbidden,
	"not-your-department":      http.StatusForbidden,
	"not-the-liaison":          http.StatusForbidden,
	"not-the-initiator":        http.StatusForbidden,
	"register-not-yours":       http.StatusForbidden,
	"walk-not-yours":           http.StatusForbidden,
	"second-person-needed":     http.StatusForbidden,
	"same-reviewer":            http.StatusForbidden,
	"verifier-not-independent": http.StatusForbidden,
	"admin-only":               http.StatusForbidden,
	"operation-not-allowed":    http.StatusForbidden,
	"own-grant":                http.StatusForbidden,
	"review-signed":            http.StatusConflict,
	"request-too-old":          http.StatusConflict,
	"account-active":           http.StatusConflict,
	"account-inactive":         http.StatusConflict,
	"handover-needed":          http.StatusConflict,
	"not-the-decider":          http.StatusForbidden,
	"request-decided":          http.StatusConflict,
	"stale-version":            http.StatusConflict,
	"archive-held":             http.StatusConflict,
	"correction-waits":         http.StatusConflict,
	"month-closed":             http.StatusConflict,
	"month-open":               http.StatusConflict,
	"month-not-over":           http.StatusConflict,
	"month-not-compared":       http.StatusConflict,
	"exchange-conflict":        http.StatusConflict,
	"task-closed":              http.StatusConflict,
	"already-claimed":          http.StatusConflict,
	"already-yours":            http.StatusConflict,
	"already-decided":          http.StatusConflict,
	"copy-the-task":            http.StatusConflict,
	"upload-offset":            http.StatusConflict,
	"file-replaced":            http.StatusConflict,
	"follow-is-so":             http.StatusConflict,
	"claimed-by-other":         http.StatusConflict,
	"seat-closed":              http.StatusConflict,
	"seat-suspended":           http.StatusConflict,
	"not-your-turn":            http.StatusConflict,
	"instance-ended":           http.StatusConflict,
	"not-started":              http.StatusConflict,
	"not-suspended":            http.StatusConflict,
	"moved-on":                 http.StatusConflict,
	"suspended":                http.StatusConflict,
	"incident":                 http.StatusConflict,
	"not-editable":             http.StatusConflict,
	"not-withdrawable":         http.StatusConflict,
	"checked-already":          http.StatusConflict,
	"content-changed":          http.StatusConflict,
	"confirmation-expired":     http.StatusConflict,
	"confirm-stale":            http.StatusConflict,
	"glass-open":               http.StatusConflict,
	"not-parked":               http.StatusConflict,
	"difference-closed":        http.StatusConflict,
	"decision-waits":           http.StatusConflict,
	"nothing-to-confirm":       http.StatusConflict,
	"pack-published":           http.StatusConflict,
	"pack-drafted-by-another":  http.StatusConflict,
	"pack-moved-on":            http.StatusConflict,
	"calendar-moved-on":        http.StatusConflict,
	"no-such-calendar":         http.StatusNotFound,
	"pack-not-rehearsed":       http.StatusConflict,
	"code-taken":               http.StatusConflict,
	"entry-void":               http.StatusConflict,
	"objected-already":         http.StatusConflict,
	"expert-seat-closed":       http.StatusConflict,
	"contract-signed-already":  http.StatusConflict,
	"change-open":              http.StatusConflict,
	"not-changeable":           http.StatusConflict,
	"change-of-bureau":         http.StatusConflict,
	"beside-open":              http.StatusConflict,
	"blocked-by-breach":        http.StatusConflict,
	"result-known":             http.StatusConflict,
	"supervised-already":       http.StatusConflict,
	"not-supervised":           http.StatusConflict,
	"nothing-to-supervise":     http.StatusConflict,
	"not-ended":                http.StatusConflict,
	"reopened-already":         http.StatusConflict,
	"reopen-too-late":          http.StatusConflict,
	"not-his-head":             http.StatusForbidden,
}

// problemOf finds what to answer for an error; a defect is answered without its cause.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	var r *models.Refusal
	if errors.As(err, &r) {
		return ofRefusal(r)
	}
	var d *contract.Distrust // our own keys: nothing that the caller could mend
	if errors.As(err, &d) {
		p := unavailable()
		p.Slug, p.Args = d.Code, d.Args
		return p
	}
	switch {
	case errors.Is(err, context.Canceled),
		errors.Is(err, context.DeadlineExceeded), models.IsTransient(err),
		errors.Is(err, files.ErrStorage):
		return unavailable()
	}
	return defect()
}

func ofRefusal(r *models.Refusal) *problem {
	status, ok := statuses[r.Code]
	if !ok {
		status = http.StatusUnprocessableEntity
	}
	p := &problem{Status: status, Slug: r.Code, Args: maps.Clone(r.Args)}
	for _, f := range r.Fields {
		p.Fields = append(p.Fields, fieldProblem{Pointer: f.Pointer, Code: f.Code, Args: f.Args, Check: f.Check})
	}
	return p
}

// statusGone is what is measured when the caller went away before the answer (nginx's 499).
const statusGone = 499

// gone reports whether an error is only that the caller went away: nobody reads
// the answer, and nothing is wrong here.
func (c *call) gone(err error) bool {
	if !errors.Is(err, context.Canceled) || c.Request.Context().Err() == nil {
		return false
	}
	c.srv.Log.Debug("the caller went away", "request", c.id, "method", c.Request.Method, "path", c.Request.URL.Path)
	if !c.Writer.Written() {
		c.Status(statusGone)
	}
	return true
}

// fail answers a problem.
func (s *Server) fail(c *call, err error) {
	if c.gone(err) {
		return
	}
	p := problemOf(err)
	c.denied(p)
	if p.Status >= http.StatusInternalServerError {
		s.Log.Error("answered "+p.Slug, "request", c.id, "method", c.Request.Method, "path", c.Request.URL.Path, "error", err)
	}
	if c.Writer.Written() {
		return // too late to say anything
	}
	if p.Status == http.StatusRequestEntityTooLarge {
		c.passOver()
	}
	for name, value := range p.Header {
		c.Header(name, value)
	}
	if p.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	c.Header("Cache-Control", "no-store")
	c.json(p.Status, "application/problem+json", p.wire(c.lang, c.id))
}

func (p *problem) wire(lang texts.Lang, id string) wire.Problem {
	args := maps.Clone(p.Args)
	if why := args["why"]; why != "" {
		args["reason"] = texts.Text(lang, "receiver."+why, nil)
	}
	for _, duty := range []string{"duty", "other"} {
		if args[duty] != "" {
			args[duty] = texts.Text(lang, "duty."+args[duty], nil)
		}
	}
	w := wire.Problem{
		Type: "/problems/" + p.Slug, Title: texts.Text(lang, p.Slug, inWords(lang, args)), Status: p.Status, Instance: id,
		Happened: p.Happened,
	}
	if p.Slug == "receiver-not-eligible" || p.Slug == "duty-separated" {
		w.Person, w.Why, w.Duty, w.Other = p.Args["person"], p.Args["why"], p.Args["duty"], p.Args["other"]
	}
	for _, f := range p.Fields {
		if f.Check != nil {
			w.Errors = append(w.Errors, checkError(lang, f))
			continue
		}
		detail := ofParam(lang, f.Pointer, f.Code, f.Args)
		if own := f.Args[string(lang)]; f.Code == formField && own != "" {
			detail = own
		}
		w.Errors = append(w.Errors, wire.FieldError{Pointer: f.Pointer, Detail: detail})
	}
	return w
}

// checkError says a rule's finding in the words that its pack has for it.
func checkError(lang texts.Lang, f fieldProblem) wire.FieldError {
	say := func(b models.Bilingual) string {
		if lang == texts.English {
			return b.EN
		}
		return b.ZH
	}
	k := f.Check
	values := k.Values
	if values == nil {
		values = map[string]any{}
	}
	return wire.FieldError{Pointer: f.Pointer, Detail: say(k.Detail), CheckFault: &wire.CheckFault{
		Rule: k.Rule, Name: say(k.Name), State: k.State, Place: k.Place, Values: values, Basis: k.Basis, Satisfy: say(k.Satisfy),
	}}
}

// inWords says the codes of roles among the values of a sentence by their names.
func inWords(lang texts.Lang, args map[string]string) map[string]string {
	out := maps.Clone(args)
	for _, name := range []string{"role", "other"} {
		if key := "role." + args[name]; texts.Has(key) {
			out[name] = texts.Text(lang, key, nil)
		}
	}
	return out
}

// refusalOf reads the refusal that Commit stored.
func refusalOf(code string, raw json.RawMessage) *problem {
	r := models.Refusal{Code: code}
	if len(raw) > 0 && models.DecodeExact(raw, &r) != nil {
		r = models.Refusal{Code: code}
	}
	if r.Code == "" {
		r.Code = code
	}
	return ofRefusal(&r)
}
