package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/sla"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/tracing"
)

// call is one request on its way through a handler.
type call struct {
	*gin.Context
	srv   *Server
	route route
	who   *identity // nil: nobody is signed in
	ended string    // why the session that was shown ended just now
	lang  texts.Lang
	now   time.Time
	id    string    // of the request; a problem's instance
	body  []byte    // of a JSON request, validated
	raw   io.Reader // the body as it comes over the line
	tx    *gorm.DB  // of the register command under way

	fileDigest string     // of an uploaded file: part of what is asked
	clock      *sla.Clock // of due times, once asked for
	stood      *edition   // of what stands for long, once asked for
}

// handler answers a call with what becomes its JSON body, a reply, or an error
// (a *problem, a *models.Refusal, or a defect). A handler that has written its
// answer itself returns written.
type handler func(*call) (any, error)

// reply is an answer with another status than 200 or with headers.
type reply struct {
	Status int
	Header map[string]string
	Body   any // nil: none
}

// written is the answer of a handler that has written it itself.
var written = &struct{}{}

func (s *Server) newCall(c *gin.Context, r route) *call {
	ctx := tracing.Incoming(c.Request.Context(), c.Request.Header)
	c.Request = c.Request.WithContext(ctx)
	return &call{
		Context: c, srv: s, route: r, lang: language(c.GetHeader("Accept-Language")), now: s.Now(), id: tracing.ID(ctx), raw: c.Request.Body,
	}
}

// language is the first of zh and en that the caller names; Chinese otherwise.
func language(accept string) texts.Lang {
	for part := range strings.SplitSeq(accept, ",") {
		tag := strings.ToLower(strings.TrimSpace(strings.SplitN(part, ";", 2)[0]))
		switch {
		case strings.HasPrefix(tag, "zh"):
			return texts.Chinese
		case strings.HasPrefix(tag, "en"):
			return texts.English
		}
	}
	return texts.Chinese
}

// serve puts the common steps around a route's handler: who asks, may he,
// is the request as the contract says, the answer, and what is measured.
func (s *Server) serve(r route) (gin.HandlerFunc, error) {
	check, err := s.validator(r)
	if err != nil {
		return nil, err
	}
	return func(g *gin.Context) {
		c := s.newCall(g, r)
		began := time.Now()
		ctx, end := tracing.Start(c.Request.Context(), r.Method+" "+r.Path)
		c.Request = c.Request.WithContext(ctx)
		defer func() {
			if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // as net/http compares it: an answer that was begun is cut off
				panic(p)
			} else if p != nil {
				s.Log.Error("panic", "request", c.id, "route", r.Method+" "+r.Path, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				s.fail(c, defect())
			}
			end(failed(g.Writer.Status()))
			s.meters.request(r, g.Writer.Status(), time.Since(began))
		}()
		answer, err := s.answer(c, check)
		if err != nil {
			s.fail(c, err)
			return
		}
		s.write(c, answer)
	}, nil
}

// failed is the error of an answer that says that something is wrong here.
func failed(status int) error {
	if status < http.StatusInternalServerError {
		return nil
	}
	return errors.New(http.StatusText(status))
}

func (s *Server) answer(c *call, check func(*call) error) (any, error) {
	if err := c.identify(); err != nil {
		return nil, err
	}
	if err := c.permit(c.route.Needs); err != nil {
		return nil, err
	}
	if err := check(c); err != nil {
		return nil, err
	}
	answer, err := c.route.Do(c)
	if errors.Is(err, errBackdated) {
		return c.holdBack()
	}
	return answer, err
}

func (s *Server) write(c *call, answer any) {
	if answer == any(written) {
		return
	}
	r, ok := answer.(reply)
	if !ok {
		r = reply{Status: http.StatusOK, Body: answer}
	}
	c.Header("Cache-Control", "no-store")
	for name, value := range r.Header {
		c.Header(name, value)
	}
	if r.Body == nil {
		c.Status(r.Status)
		c.Writer.WriteHeaderNow()
		return
	}
	c.json(r.Status, "application/json; charset=utf-8", r.Body)
}

func (c *call) json(status int, contentType string, body any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(true)
	if err := enc.Encode(body); err != nil {
		c.srv.Log.Error("encode an answer", "request", c.id, "error", err)
		status = http.StatusInternalServerError
	}
	c.Data(status, contentType, buf.Bytes())
}

// decode reads the validated JSON body; numbers of an `any` stay exact.
func (c *call) decode(v any) error {
	dec := json.NewDecoder(bytes.NewReader(c.body))
	dec.UseNumber()
	err := dec.Decode(v)
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil || err == io.EOF:
		return nil
	case errors.As(err, &wrong): // a number that no machine word holds
		return invalid().field("/"+strings.ReplaceAll(wrong.Field, ".", "/"), "field.format")
	}
	return refuse(http.StatusBadRequest, "malformed-json")
}

// text is a sentence in the caller's language.
func (c *call) text(key string, args ...string) string { return texts.Text(c.lang, key, pairs(args)) }

// key is a path parameter that is a key.
func (c *call) key(name string) (int64, error) {
	n, err := strconv.ParseInt(c.Param(name), 10, 64)
	if err != nil {
		return 0, notFound()
	}
	return n, nil
}

// acting says who acts, from where, now. A business date other than today is
// back-registration: it needs its permission, and a second person's word.
func (c *call) acting(post, businessDate, reason string) (models.Acting, error) {
	a, err := c.actingOn(post, businessDate, reason)
	if err == nil && c.backdated(a) {
		err = errBackdated
	}
	return a, err
}

// actingOn is acting of what asks a second person itself, or changes nothing by its date.
func (c *call) actingOn(post, businessDate, reason string) (models.Acting, error) {
	a := models.Acting{
		Person: c.who.Person.ID, Post: post, Posts: c.who.postIDs(), Remote: c.ClientIP(), Reason: reason,
		Event: c.event(), At: c.now.UTC(), BusinessDate: models.DateOf(c.now),
	}
	switch {
	case post == "":
		a.Post = c.who.postWith(c.route.Needs)
	case !a.Holds(post):
		return a, refuse(http.StatusForbidden, "not-your-post").field("/post", "not-your-post", "post", post)
	case !c.who.mayIn(post, c.route.Needs):
		return a, refuse(http.StatusForbidden, "forbidden")
	default:
		a.Posts = []string{post} // the rights of his other posts do not count
	}
	if businessDate == "" || models.Date(businessDate) == a.BusinessDate {
		return a, nil
	}
	if models.Date(businessDate) > a.BusinessDate {
		return a, invalid().field("/businessDate", "date-in-future")
	}
	if !c.who.may(backRegister) {
		return a, refuse(http.StatusForbidden, "back-registration-forbidden").field("/businessDate", "back-registration-forbidden")
	}
	a.BusinessDate = models.Date(businessDate)
	return a, nil
}

// event is the id of what the caller asks for: the same key is the same event.
// Without a key each request is its own.
func (c *call) event() string {
	key := c.GetHeader("Idempotency-Key")
	if key == "" {
		key = c.id
	}
	return "u:" + c.who.Person.ID + ":" + key
}

func pairs(args []string) map[string]string {
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

// textOf is text with its values in a map.
func (c *call) textOf(key string, args map[string]string) string {
	return texts.Text(c.lang, key, args)
}
