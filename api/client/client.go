// Package client speaks the domain API as one signed-in person. The seed, the
// report command and whole-system tests use it: what they do is what a browser
// could do.
//
// A call that fails for a technical reason is repeated with the same
// Idempotency-Key, so that it has no second effect.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/quancheng/quancheng/api/wire"
)

// Client is one person's session. Make one with SignIn.
type Client struct {
	base   string
	token  string
	http   *http.Client
	Person wire.Person

	// Patience is how long a call is repeated while the server is away or busy; 0: not at all.
	Patience time.Duration
}

// Error is a problem that the server answered with.
type Error struct {
	wire.Problem
	Method, Path string
}

// Error tells all of it on one line.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %d %s %s", e.Method, e.Path, e.Status, e.Slug(), e.Title)
	for _, f := range e.Errors {
		fmt.Fprintf(&b, "; %s: %s", f.Pointer, f.Detail)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, " (%s)", e.Detail)
	}
	return b.String()
}

// Slug is the stable end of the problem's type.
func (e *Error) Slug() string { return strings.TrimPrefix(e.Type, "/problems/") }

// Slug is the slug of a problem among err's causes, or "".
func Slug(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Slug()
	}
	return ""
}

const backoff = 200 * time.Millisecond

// SignIn opens a session at a server such as http://127.0.0.1:8080. The
// password is empty for demo people.
func SignIn(ctx context.Context, server, person, password string, patience time.Duration) (*Client, error) {
	c := Anonymous(server, patience)
	var s wire.Session
	if err := c.Do(ctx, http.MethodPost, "/api/v1/session", "", wire.SignIn{Person: person, Password: password}, &s); err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", person, err)
	}
	c.token, c.Person = s.Token, s.Me.Person
	return c, nil
}

// Anonymous is a client without a session.
func Anonymous(server string, patience time.Duration) *Client {
	return &Client{base: strings.TrimSuffix(server, "/"), http: &http.Client{Timeout: 30 * time.Second}, Patience: patience}
}

// Get reads a resource.
func (c *Client) Get(ctx context.Context, path string, into any) error {
	return c.Do(ctx, http.MethodGet, path, "", nil, into)
}

// Post writes. An empty key stands for a new one; repeat a call with the same
// key to repeat it safely.
func (c *Client) Post(ctx context.Context, path, key string, body, into any) error {
	return c.Do(ctx, http.MethodPost, path, key, body, into)
}

// Do makes one call and decodes the answer. It is repeated while the server is
// away or busy, and an accepted operation is followed to its outcome.
func (c *Client) Do(ctx context.Context, method, path, key string, body, into any) error {
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	h := http.Header{}
	if body != nil {
		h.Set("Content-Type", "application/json")
	}
	return c.send(ctx, method, path, key, h, raw, into)
}

// Edit writes with If-Match.
func (c *Client) Edit(ctx context.Context, method, path string, version int, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	h := http.Header{"Content-Type": {"application/json"}, "If-Match": {strconv.Quote(strconv.Itoa(version))}}
	return c.send(ctx, method, path, "", h, raw, into)
}

// Upload adds a document to a project.
func (c *Client) Upload(ctx context.Context, code, key, fileName string, content []byte, fields map[string]string) (wire.Document, error) {
	return c.upload(ctx, "/api/v1/projects/"+code+"/documents", key, fileName, content, fields)
}

// UploadEvidence is Upload for a rectification, inside a project or not.
func (c *Client) UploadEvidence(
	ctx context.Context, no, key, fileName string, content []byte, fields map[string]string,
) (wire.Document, error) {
	return c.upload(ctx, "/api/v1/rectifications/"+no+"/documents", key, fileName, content, fields)
}

func (c *Client) upload(ctx context.Context, path, key, fileName string, content []byte, fields map[string]string) (wire.Document, error) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			return wire.Document{}, err
		}
	}
	part, err := w.CreateFormFile("file", fileName)
	if err != nil {
		return wire.Document{}, err
	}
	if _, err := part.Write(content); err != nil {
		return wire.Document{}, err
	}
	if err := w.Close(); err != nil {
		return wire.Document{}, err
	}
	var d wire.Document
	h := http.Header{"Content-Type": {w.FormDataContentType()}}
	err = c.send(ctx, http.MethodPost, path, key, h, buf.Bytes(), &d)
	return d, err
}

func (c *Client) send(ctx context.Context, method, path, key string, h http.Header, raw []byte, into any) error {
	if key == "" && method != http.MethodGet {
		key = uuid.NewString()
	}
	if key != "" {
		h.Set("Idempotency-Key", key)
	}
	deadline := time.Now().Add(c.Patience)
	for try := 0; ; try++ {
		status, answer, err := c.once(ctx, method, path, h, raw)
		switch {
		case err == nil && status == http.StatusAccepted:
			var a wire.Accepted
			if json.Unmarshal(answer, &a) != nil || a.Location == "" {
				return taken(answer, into) // nothing more comes by itself: a second person is asked
			}
			method, path, raw = http.MethodGet, a.Location, nil // ask there
		case err == nil && status < 300:
			return taken(answer, into)
		case err == nil && !again(status):
			return problem(method, path, status, answer)
		case err == nil:
			err = problem(method, path, status, answer)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(deadline) && status != http.StatusAccepted {
			return err
		}
		if err := sleep(ctx, min(backoff<<min(try, 4), 2*time.Second)); err != nil {
			return err
		}
	}
}

func (c *Client) once(ctx context.Context, method, path string, h http.Header, raw []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return 0, nil, err
	}
	req.Header = h.Clone()
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// taken reads an answer that the caller may not want.
func taken(answer []byte, into any) error {
	if into == nil || len(answer) == 0 {
		return nil
	}
	return decode(answer, into)
}

// decode reads an answer; numbers of an `any` stay exact.
func decode(answer []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(answer))
	dec.UseNumber()
	return dec.Decode(into)
}

// again reports whether a status asks to be tried again.
func again(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusBadGateway || status == http.StatusServiceUnavailable ||
		status == http.StatusGatewayTimeout
}

func problem(method, path string, status int, answer []byte) error {
	e := &Error{Method: method, Path: path}
	if err := json.Unmarshal(answer, &e.Problem); err != nil || e.Status == 0 {
		e.Problem = wire.Problem{Type: "about:blank", Status: status, Title: http.StatusText(status), Detail: string(answer)}
	}
	return e
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// query builds a query string; empty values are left out.
func query(path string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Add(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
