package api

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/texts"
)

// The cases are those of the browser too (web/tests/shown.test.ts): the sheet has the rows of the screen.
func TestArranged(t *testing.T) {
	raw, err := os.ReadFile("testdata/shown/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		List  shownList
		Units map[string]string
		Rows  []map[string]any
		Cases []struct {
			Asked map[string]string
			Rows  string
		}
	}
	in := json.NewDecoder(strings.NewReader(string(raw)))
	in.UseNumber()
	if err := in.Decode(&all); err != nil {
		t.Fatal(err)
	}
	unit := func(id string) string {
		if name := all.Units[id]; name != "" {
			return name
		}
		return id
	}
	for _, x := range all.Cases {
		q := url.Values{}
		for name, value := range x.Asked {
			q.Set(name, value)
		}
		rows, err := all.List.arranged(append([]map[string]any{}, all.Rows...), q, unit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, r["no"].(string))
		}
		if strings.Join(got, " ") != x.Rows {
			t.Errorf("%v: %q, want %q", x.Asked, strings.Join(got, " "), x.Rows)
		}
	}
	for _, wrong := range []string{"unit", "-unit", "awardamount", "no;--"} {
		if _, err := all.List.arranged(nil, url.Values{"sort": {wrong}}, unit); err == nil {
			t.Errorf("an order %q", wrong)
		}
	}
}

// Each list has a name, a head for each of its columns, and orders that are columns.
func TestShownListsAreWhole(t *testing.T) {
	var all map[string]shownList
	if err := json.Unmarshal(shownFile, &all); err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile("openapi/find.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range all {
		if !strings.Contains(string(spec), "|"+name+"|") {
			t.Errorf("ListName lacks %s: its filters cannot be kept", name)
		}
		ids := map[string]bool{}
		for _, c := range s.Columns {
			_, _, id := s.column(c)
			if ids[id] {
				t.Errorf("%s: two columns %s", name, id)
			}
			ids[id] = true
		}
		for _, o := range s.Orders {
			if !ids[strings.TrimPrefix(o, "-")] {
				t.Errorf("%s: order %s is no column", name, o)
			}
		}
		if s.Paged == (len(s.Orders) > 0) {
			t.Errorf("%s: what has pages has the server's orders, everything else its own", name)
		}
		for _, lang := range []texts.Lang{texts.Chinese, texts.English} {
			if n := len(strings.Split(texts.Text(lang, "export."+name, nil), "|")); n != len(s.Columns) {
				t.Errorf("%s: %d heads in %v for %d columns", name, n, lang, len(s.Columns))
			}
		}
		if !texts.Has("export.name." + name) {
			t.Errorf("%s has no name", name)
		}
		for part := range s.With {
			if !strings.Contains(s.Path, "{"+part+"}") {
				t.Errorf("%s: %s is no part of %s", name, part, s.Path)
			}
		}
		if n := strings.Count(s.Path, "{"); n != len(s.With) {
			t.Errorf("%s: %d parts of %s are not given", name, n-len(s.With), s.Path)
		}
	}
}

// The strip of due days knows the days that a notice of the state has moved: 2022-04-24 is a Sunday that is worked.
func TestOddDays(t *testing.T) {
	days, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	worked, free := oddDays(days, "2022-04-19")
	if !slices.Equal(worked, []string{"2022-04-24", "2022-05-07"}) || !slices.Equal(free, []string{"2022-05-02", "2022-05-03", "2022-05-04", "2022-06-03"}) {
		t.Errorf("worked %v, free %v", worked, free)
	}
}
