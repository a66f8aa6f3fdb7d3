package forms

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quancheng/quancheng/feel"
)

// The cases are the browser's too: what it sends is what the server takes.
func TestCases(t *testing.T) {
	raw, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Cases []struct {
			Name       string
			Components json.RawMessage
			Scope      json.RawMessage
			Sent       json.RawMessage
			Stored     json.RawMessage
			Problems   []string
		}
	}
	if err := json.Unmarshal(raw, &suite); err != nil || len(suite.Cases) < 30 {
		t.Fatalf("%d cases, %v", len(suite.Cases), err)
	}
	zone := time.FixedZone("", 8*3600)
	env := feel.Env{Now: time.Date(2026, 11, 24, 12, 0, 0, 0, zone), Zone: zone}
	for _, c := range suite.Cases {
		t.Run(c.Name, func(t *testing.T) {
			f, err := Parse([]byte(`{"id":"case","type":"default","components":` + string(c.Components) + `}`))
			if err != nil {
				t.Fatal(err)
			}
			var scope map[string]any
			if len(c.Scope) > 0 {
				scope = read(t, string(c.Scope))
			}
			stored, problems := f.Validate(read(t, string(c.Sent)), scope, env)
			var got []string
			for _, p := range problems {
				got = append(got, p.Pointer+" "+p.Code)
			}
			if d := cmp.Diff(c.Problems, got); d != "" {
				t.Error(d)
			}
			if len(problems) > 0 {
				return
			}
			kept, err := json.Marshal(stored)
			if err != nil {
				t.Fatal(err)
			}
			var g, w any
			if json.Unmarshal(kept, &g) != nil || json.Unmarshal(c.Stored, &w) != nil {
				t.Fatalf("%s %s", kept, c.Stored)
			}
			if d := cmp.Diff(w, g); d != "" {
				t.Error(d)
			}
		})
	}
}

// A field that was renamed takes the answer along; one that is gone leaves it to be seen.
func TestCarry(t *testing.T) {
	older, _ := Parse([]byte(`{"id":"f","components":[
		{"type":"textfield","id":"a","key":"reason","label":"事由"},{"type":"textfield","id":"b","key":"place","label":"地点"},
		{"type":"group","path":"trip","components":[{"type":"textfield","id":"c","key":"car","label":"用车"}]},{"type":"number","id":"d","key":"days","label":"几天"}]}`))
	newer, err := Parse([]byte(`{"id":"f","components":[
		{"type":"textfield","id":"a","key":"purpose","label":"目的"},{"type":"textfield","id":"x","key":"where","label":"去哪里","properties":{"was":"place"}},
		{"type":"textfield","id":"d","key":"days2","label":"几天"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	data := read(t, `{"reason":"开会","place":"合肥","trip":{"car":"无"},"days":2}`)
	carried, moved, left := newer.Carry(older, data)
	if d := cmp.Diff(map[string]any{"purpose": "开会", "where": "合肥"}, carried); d != "" {
		t.Error(d)
	}
	if len(moved) != 2 || len(left) != 2 || left[0].Key != "days" || left[1].Label != "用车" {
		t.Errorf("moved %+v, left %+v", moved, left)
	}
	if again, _, l := newer.Carry(newer, carried); len(l) != 0 || cmp.Diff(carried, again) != "" {
		t.Error("what fits does not stay")
	}
}

// The ids of files are found wherever a form asks for files, and nowhere else.
func TestEachFile(t *testing.T) {
	f, err := Parse([]byte(`{"id":"f","components":[{"type":"filepicker","key":"scan"},{"type":"textfield","key":"no"},
		{"type":"group","path":"trip","components":[{"type":"filepicker","key":"map"}]},
		{"type":"group","components":[{"type":"filepicker","key":"a.b"}]},
		{"type":"dynamiclist","path":"rows","components":[{"type":"filepicker","key":"bill"},{"type":"number","key":"n"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	data := read(t, `{"scan":["1","x"],"no":"2","trip":{"map":"3"},"a":{"b":["4"]},"rows":[{"bill":["5"],"n":6},{"n":7}],"other":["8"]}`)
	var places []string
	err = f.EachFile(data, func(at, id string) (string, error) {
		places = append(places, at)
		return "1" + id, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := read(t, `{"scan":["11","x"],"no":"2","trip":{"map":["13"]},"a":{"b":["14"]},"rows":[{"bill":["15"],"n":6},{"n":7}],
		"other":["8"]}`)
	if d := cmp.Diff(want, data); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"/scan/0", "/trip/map/0", "/a/b/0", "/rows/0/bill/0"}, places); d != "" {
		t.Error(d)
	}
}
