package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// maxJSON is how large a JSON body may be.
const maxJSON = 1 << 20

// validator checks requests of a route against the OpenAPI document.
func (s *Server) validator(r route) (func(*call) error, error) {
	item := s.spec.Paths.Value(r.Path)
	if item == nil || item.GetOperation(r.Method) == nil {
		return nil, fmt.Errorf("api: api/openapi has no %s %s", r.Method, r.Path)
	}
	op := item.GetOperation(r.Method)
	spec := &routers.Route{Spec: s.spec, Path: r.Path, PathItem: item, Method: r.Method, Operation: op}
	return func(c *call) error {
		if !r.Raw {
			if err := c.readBody(op); err != nil {
				return err
			}
		}
		return c.validate(spec, r.Raw)
	}, nil
}

// validate checks parameters, and unless the handler reads the body itself, the body.
func (c *call) validate(spec *routers.Route, skipBody bool) error {
	params := map[string]string{}
	for _, p := range c.Params {
		params[p.Key] = p.Value
	}
	in := &openapi3filter.RequestValidationInput{
		Request: c.Request, PathParams: params, Route: spec,
		Options: &openapi3filter.Options{
			MultiError: true, ExcludeRequestBody: skipBody, SkipSettingDefaults: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	}
	p := invalid()
	if c.route.signed() {
		p = refuse(http.StatusBadRequest, "webhook-headers") // partners know 400 (domain/integration.md §5.6)
	}
	queries(p, spec, c.Request.URL.Query())
	err := openapi3filter.ValidateRequest(c.Request.Context(), in)
	if err == nil && len(p.Fields) == 0 {
		return c.noControls()
	}
	if err != nil {
		collect(p, err)
	}
	for _, f := range p.Fields {
		if strings.HasPrefix(f.Pointer, "path/") {
			return notFound() // an address that cannot exist
		}
	}
	if len(p.Fields) == 0 {
		return fmt.Errorf("api: validate %s %s: %w", c.Request.Method, spec.Path, err)
	}
	return p
}

// queries refuses a parameter that the address does not know, which would
// filter nothing and look as if it had, and one that is given twice.
func queries(p *problem, spec *routers.Route, given url.Values) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		known := spec.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name)
		if _, ok := filterKey(name); ok { // of the parameter filter, an object
			known = spec.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, "filter")
		}
		if known == nil {
			known = spec.PathItem.Parameters.GetByInAndName(openapi3.ParameterInQuery, name)
		}
		switch {
		case known == nil:
			p.field("query/"+name, "field.unknown")
		case len(given[name]) > 1 && !known.Schema.Value.Type.Is("array"):
			p.field("query/"+name, "field.twice")
		}
	}
}

// readBody reads a JSON body, and refuses what is no JSON at all.
func (c *call) readBody(op *openapi3.Operation) error {
	if op.RequestBody == nil {
		c.Request.Body = http.NoBody
		return nil
	}
	body, err := readAll(c, maxJSON)
	if err != nil {
		return err
	}
	media, _, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil || media != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "unsupported-media-type")
	}
	if !utf8.Valid(body) {
		return refuse(http.StatusBadRequest, "not-utf8")
	}
	if err := oneValue(body); err != nil {
		return refuse(http.StatusBadRequest, "malformed-json")
	}
	c.body = body
	c.Request.Body, c.Request.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return nil
}

// bodyTime is how long a caller may take to send a JSON body.
const bodyTime = 10 * time.Second

// readWithin bounds how long the body may take.
func (c *call) readWithin(d time.Duration) {
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(d)) // a recorder in a test has none
}

// bodyWasRead ends the bound, which the connection needs no longer. Where a body was not
// read to its end the bound stays: the server reads what is left of it, and not for ever.
func (c *call) bodyWasRead() {
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Time{})
}

// most of a body that is too large which is read nevertheless: a connection that is closed while the caller still sends
// breaks before he has read the answer, and a browser takes that for a line that is down.
const passedOver = 64 << 20

// passOver reads what is left of a body, within the time that the body has.
func (c *call) passOver() { _, _ = io.CopyN(io.Discard, c.raw, passedOver) }

// readAll reads a body up to a size.
func readAll(c *call, size int64) ([]byte, error) { return readAllWithin(c, size, bodyTime) }

func readAllWithin(c *call, size int64, within time.Duration) ([]byte, error) {
	c.readWithin(within)
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, size))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, refuse(http.StatusRequestEntityTooLarge, "too-large", "limit", sizeText(size))
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "body-incomplete")
	}
	c.bodyWasRead()
	return body, nil
}

func sizeText(n int64) string { return fmt.Sprintf("%d MB", n>>20) }

// maxDepth is how deep JSON may nest.
const maxDepth = 60

// oneValue reports whether body is one JSON value whose objects name no member twice.
func oneValue(body []byte) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := scan(dec, 0); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}

func scan(dec *json.Decoder, depth int) error {
	if depth > maxDepth {
		return errors.New("nested too deep")
	}
	t, err := dec.Token()
	if err != nil {
		return err
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			name, err := dec.Token()
			if err != nil {
				return err
			}
			if text, _ := name.(string); seen[text] {
				return errors.New("a member twice")
			} else {
				seen[text] = true
			}
		}
		if err := scan(dec, depth+1); err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

// noControls refuses control characters other than line breaks and tabs:
// nothing that people type holds them, and the database cannot store all.
func (c *call) noControls() error {
	p := invalid()
	for name, values := range c.Request.URL.Query() {
		for _, v := range values {
			if !clean(v) {
				p.field("query/"+name, "control-character")
			}
		}
	}
	if len(c.body) > 0 {
		var v any
		if err := c.decode(&v); err != nil {
			return err
		}
		controls(p, "", v)
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}

func controls(p *problem, at string, v any) {
	switch v := v.(type) {
	case string:
		if !clean(v) {
			p.field(at, "control-character")
		}
	case []any:
		for i, e := range v {
			controls(p, fmt.Sprintf("%s/%d", at, i), e)
		}
	case map[string]any:
		for name, e := range v {
			if !clean(name) {
				p.field(at, "control-character")
				continue
			}
			controls(p, at+"/"+escape(name), e)
		}
	}
}

// clean reports whether a text holds nothing that people cannot see: control
// characters, and marks that turn the direction of what follows and so disguise it.
func clean(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool {
		return r == unicode.ReplacementChar || r == '\ufeff' || unicode.Is(unicode.Bidi_Control, r) ||
			unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	}) < 0
}

// escape is RFC 6901.
func escape(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// collect turns the validator's errors into fields of a problem, all at once.
func collect(p *problem, err error) {
	var many openapi3.MultiError
	switch e := err.(type) { //nolint:errorlint // the tree is walked by hand
	case openapi3.MultiError:
		many = e
	case *openapi3filter.RequestError:
		at := ""
		if e.Parameter != nil {
			at = e.Parameter.In + "/" + e.Parameter.Name
		}
		collectAt(p, at, e.Err)
		return
	default:
		collectAt(p, "", err)
		return
	}
	for _, one := range many {
		collect(p, one)
	}
}

func collectAt(p *problem, at string, err error) {
	var many openapi3.MultiError
	if m, ok := err.(openapi3.MultiError); ok { //nolint:errorlint // the tree is walked by hand
		many = m
	}
	for _, one := range many {
		collectAt(p, at, one)
	}
	if many != nil {
		return
	}
	var schema *openapi3.SchemaError
	if errors.As(err, &schema) {
		addSchema(p, at, schema)
		return
	}
	code := "field.format"
	if errors.Is(err, openapi3filter.ErrInvalidRequired) || errors.Is(err, openapi3filter.ErrInvalidEmptyValue) {
		code = "field.required"
	}
	p.field(at, code)
}

// addSchema names what a schema forbids. Only a missing or unknown member needs
// the name of the member.
func addSchema(p *problem, at string, e *openapi3.SchemaError) {
	if origin, ok := e.Origin.(openapi3.MultiError); ok && e.SchemaField == "allOf" { //nolint:errorlint // direct cause
		for _, one := range origin {
			collectAt(p, at, one)
		}
		return
	}
	var pointer strings.Builder
	pointer.WriteString(at)
	if !strings.Contains(at, "/") {
		for _, name := range e.JSONPointer() {
			pointer.WriteString("/" + escape(name))
		}
	}
	var args []string
	switch s := e.Schema; e.SchemaField {
	case "minLength":
		args = []string{"limit", fmt.Sprint(s.MinLength)}
	case "maxLength":
		args = []string{"limit", fmt.Sprint(deref(s.MaxLength))}
	case "minimum":
		args = []string{"limit", fmt.Sprint(deref(s.Min))}
	case "maximum":
		args = []string{"limit", fmt.Sprint(deref(s.Max))}
	case "maxItems":
		args = []string{"limit", fmt.Sprint(deref(s.MaxItems))}
	case "type":
		args = []string{"type", strings.Join(s.Type.Slice(), ", ")}
	case "enum":
		args = []string{"values", enumText(s.Enum)}
	case "pattern":
		args = []string{"example", fmt.Sprint(orDash(s.Example))}
	}
	code := "field." + e.SchemaField
	if e.SchemaField == "properties" {
		code = "field.unknown"
		if m := unsupported.FindStringSubmatch(e.Reason); m != nil {
			pointer.WriteString("/" + escape(m[1]))
		}
	}
	p.field(pointer.String(), code, args...)
}

// unsupported is how the validator names an unknown member: nowhere but in its sentence.
var unsupported = regexp.MustCompile(`^property "(.*)" is unsupported$`)

func deref[T any](p *T) any {
	if p == nil {
		return "—"
	}
	return *p
}

func orDash(v any) any {
	if v == nil {
		return "—"
	}
	return v
}

func enumText(values []any) string {
	var all []string
	for _, v := range values {
		all = append(all, fmt.Sprint(v))
	}
	return strings.Join(all, ", ")
}
