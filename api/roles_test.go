package api_test

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// matrix reads testdata/roles/: who may use which route, a file for each room,
// written apart from the tables that the server uses. groups.txt names roles
// that the others put together.
func matrix(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("testdata/roles/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/roles: %v", err)
	}
	groups, rows := map[string][]string{}, map[string][]string{}
	for _, file := range append([]string{"testdata/roles/groups.txt"}, files...) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			name, list, ok := strings.Cut(strings.TrimSpace(line), " : ")
			if !ok || strings.HasPrefix(line, "#") {
				continue
			}
			var roles []string
			for _, word := range strings.Fields(list) {
				if g, ok := groups[word]; ok {
					roles = append(roles, g...)
				} else {
					roles = append(roles, word)
				}
			}
			name = strings.Join(strings.Fields(name), " ")
			switch {
			case !strings.Contains(name, "/"):
				groups[name] = roles
			case rows[name] != nil:
				t.Errorf("%s: %s has a row in another place already", file, name)
			default:
				rows[name] = roles
			}
		}
	}
	return rows
}

var placeholders = strings.NewReplacer(
	"{code}", "XM-2099-001", "{key}", "1", "{id}", "1", "{no}", "ZG-2099-001", "{operation}", "claim", "{act}", "urge", "{event}", "u:x:y",
	"{figure}", "declared_total", "{bureau}", "finance", "{partner}", "finance", "{entry}", "1", "{unit}", "U1", "{year}", "2099", "{item}",
	"1", "{import}", "1", "{token}", "AAAA", "{week}", "2026-11-16", "{provider}", "province", "{function}", "hall",
)

// TestRolesAndRoutes calls every route as every role, and as nobody.
func TestRolesAndRoutes(t *testing.T) {
	rows := matrix(t)
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	roles := api.RoleNames()
	for _, role := range roles {
		h.seat(person(role), role+"@DP18")
	}
	for _, r := range api.RouteTable() {
		name := r[0] + " " + r[1]
		may, ok := rows[name]
		if !ok {
			t.Errorf("testdata/roles has no row for %s", name)
			continue
		}
		delete(rows, name)
		for _, role := range append(roles, "") {
			denied := refusal(h, r[0], r[1], role)
			switch {
			case role == "" && (denied == "sign-in-needed") == slices.Contains(may, "everybody"):
				t.Errorf("%s without a session: %q", name, denied)
			case role != "" && (denied != "forbidden") != (slices.Contains(may, "everybody") || slices.Contains(may, "signed-in") ||
				slices.Contains(may, role)):
				t.Errorf("%s as %s: %q", name, role, denied)
			}
		}
	}
	for name := range rows {
		t.Errorf("testdata/roles has a row for %s, which is no route", name)
	}
}

func person(role string) string { return strings.ToLower(strings.ReplaceAll(role, "_", "-")) }

// refusal is the slug that a route answers a role with, "" for none.
func refusal(h *house, method, path, role string) string {
	ctx, cancel := context.WithCancel(context.Background())
	if path == "/api/v1/events" {
		cancel() // a stream ends when its reader goes
	}
	defer cancel()
	r := httptest.NewRequest(method, placeholders.Replace(path), nil).WithContext(ctx)
	if role != "" {
		r.Header.Set("Authorization", "Bearer "+h.signIn(person(role)))
	}
	if method == "DELETE" && path == "/api/v1/session" {
		delete(h.tokens, person(role)) // it signs out
	}
	w := httptest.NewRecorder()
	h.h.ServeHTTP(w, r)
	if w.Code < 400 || !strings.Contains(w.Header().Get("Content-Type"), "problem") {
		return ""
	}
	var p wire.Problem
	answer{h.t, w.Code, w.Header(), w.Body.Bytes()}.into(&p)
	return strings.TrimPrefix(p.Type, "/problems/")
}
