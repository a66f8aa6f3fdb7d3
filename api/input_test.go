package api_test

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

func TestBadInput(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	cases := []struct {
		name, body string
		headers    []string
		status     int
		slug       string
		pointer    string
	}{
		{"no JSON", `{"person":`, nil, 400, "malformed-json", ""},
		{"two values", `{"person":"zhou-min"} {}`, nil, 400, "malformed-json", ""},
		{"a member twice", `{"person":"zhou-min","person":"li-qiang"}`, nil, 400, "malformed-json", ""},
		{"nested too deep", `{"person":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, nil, 400, "malformed-json", ""},
		{"not UTF-8", "{\"person\":\"\xff\"}", nil, 400, "not-utf8", ""},
		{"other type", `person=zhou-min`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "unsupported-media-type", ""},
		{"too large", `{"person":"` + strings.Repeat("a", 2<<20) + `"}`, nil, 413, "too-large", ""},
		{"unknown field", `{"person":"zhou-min","admin":true}`, nil, 422, "invalid-input", "/admin"},
		{"missing field", `{}`, nil, 422, "invalid-input", "/person"},
		{"wrong type", `{"person":7}`, nil, 422, "invalid-input", "/person"},
		{"wrong pattern", `{"person":"<script>"}`, nil, 422, "invalid-input", "/person"},
		{"control character", `{"person":"zhou-min","password":"a\u0000b"}`, nil, 422, "invalid-input", "/password"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var p wire.Problem
			h.do("", "POST", "/api/v1/session", c.body, c.headers...).want(c.status, c.slug).into(&p)
			if c.pointer != "" && (len(p.Errors) != 1 || p.Errors[0].Pointer != c.pointer || p.Errors[0].Detail == "") {
				t.Errorf("errors %+v, want one at %s", p.Errors, c.pointer)
			}
			if p.Title == c.slug || strings.Contains(p.Title, "{") {
				t.Errorf("title %q", p.Title)
			}
			for _, f := range p.Errors {
				if strings.HasPrefix(f.Detail, "field.") || strings.Contains(f.Detail, "{") {
					t.Errorf("detail %q", f.Detail)
				}
			}
		})
	}
	h.do("", "GET", "/api/v1/nothing", nil).want(404, "not-found")
	h.do("", "PUT", "/healthz", nil).want(405, "method-not-allowed")
}

func TestSystemRoutes(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	for _, path := range []string{"/healthz", "/readyz", "/openapi.json", "/metrics"} {
		if a := h.do("", "GET", path, nil).want(200, ""); len(a.body) == 0 {
			t.Errorf("%s is empty", path)
		}
	}
}
