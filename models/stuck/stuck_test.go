package stuck_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/stuck"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// plain hides nothing: what is kept is told apart by the place that it is for.
type plain struct{}

func (plain) Seal(text []byte, place string) ([]byte, string, error) {
	return []byte(place + "=" + string(text)), "k", nil
}

func (plain) Open(sealed []byte, _, place string) ([]byte, error) {
	if len(sealed) <= len(place) || string(sealed[:len(place)]) != place {
		return nil, errors.New("of another place")
	}
	return sealed[len(place)+1:], nil
}

func (plain) Mark(text []byte) string { return fmt.Sprintf("%06x", len(text)) + string(text) }

func code(err error) string {
	var r *models.Refusal
	if !errors.As(err, &r) {
		return fmt.Sprint(err)
	}
	if len(r.Fields) > 0 {
		return r.Fields[0].Pointer + " " + r.Fields[0].Code
	}
	return r.Code
}

// TestReports registers, lists and counts reports on both databases.
func TestReports(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		on := func(day models.Date, post string) models.Acting {
			_, unit := models.SplitPost(post)
			return models.Acting{
				Person: "win-" + unit, Post: post, Posts: []string{post}, At: day.Start().Add(10 * time.Hour), BusinessDate: day,
			}
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for _, u := range []string{"U1", "U2", "U3"} {
				if err := tx.Create(&office.Dept{ID: u, Name: u, Kind: "applying"}).Error; err != nil {
					return err
				}
				if err := tx.Create(&office.Person{ID: "own-" + u, Name: u, Active: true}).Error; err != nil {
					return err
				}
				if u == "U3" {
					continue // nobody handles cases there
				}
				if err := tx.Create(&office.Post{ID: "RECT_OWNER@" + u, PersonID: "own-" + u, Role: "RECT_OWNER",
					DeptID: u}).Error; err != nil {
					return err
				}
			}
			return nil
		})
		good := stuck.Input{
			Category: "refused", Person: "王小明", Phone: "139-0000 6120", Item: "施工许可", Unit: "U1", Visits: 3, Reason: "三次都说查不到",
		}
		change := func(f func(*stuck.Input)) stuck.Input { in := good; f(&in); return in }
		var first stuck.Report
		for _, c := range []struct {
			name  string
			scope string
			in    stuck.Input
			want  string
		}{
			{"a case", "in", good, ""},
			{"the same person again", "in", change(func(i *stuck.Input) { i.Phone = "13900006120" }), ""},
			{"a consultation without a name", "consult", stuck.Input{Category: "question", Item: "怎么办", Answer: "到 3 号窗口"}, ""},
			{"out of scope", "out", stuck.Input{Category: "petition", Item: "信访"}, ""},
			{"a case without a phone", "in", change(func(i *stuck.Input) { i.Phone = "" }), "/phone required"},
			{"no phone", "in", change(func(i *stuck.Input) { i.Phone = "12ab" }), "/phone phone-format"},
			{"nobody handles it", "in", change(func(i *stuck.Input) { i.Unit = "U3" }), "/unit no-rectification-owner"},
			{"answered away", "in", change(func(i *stuck.Input) { i.Answer = "不行" }), "/answer stuck-case-is-handled"},
			{"no item", "consult", stuck.Input{Category: "question"}, "/item required"},
		} {
			var r stuck.Report
			err := db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
				r, err = stuck.Register(tx, on("2022-06-10", "WINDOW@U2"), plain{}, c.in, c.scope)
				return err
			})
			if err != nil && code(err) != c.want || err == nil && c.want != "" {
				t.Errorf("%s: %s, want %s", c.name, code(err), c.want)
			}
			if err == nil && (r.State == stuck.Closed) != (c.in.Answer != "") {
				t.Errorf("%s: %s after the answer %q", c.name, r.State, c.in.Answer)
			}
			if first.No == "" {
				first = r
			}
		}
		if first.PersonMask != "王**" || first.PhoneMask != "139****6120" {
			t.Errorf("%q %q", first.PersonMask, first.PhoneMask)
		}
		read := db.Read(context.Background())
		list := func(f stuck.Filter) (n int) {
			f.Limit = 50
			rows, _, err := stuck.List(read, f)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		for name, c := range map[string]struct {
			f    stuck.Filter
			want int
		}{
			"all": {stuck.Filter{}, 4}, "open": {stuck.Filter{Open: true}, 3}, "cases": {stuck.Filter{Kind: stuck.Case}, 2},
			"of the unit":          {stuck.Filter{Units: []string{"U1"}}, 2},
			"of the window's unit": {stuck.Filter{Units: []string{"U2"}}, 4}, "of another": {stuck.Filter{Units: []string{"U9"}}, 0},
			"sought":                 {stuck.Filter{Query: "施工"}, 2},
			"a wildcard is a letter": {stuck.Filter{Query: "%"}, 0}, "of a later month": {stuck.Filter{From: "2022-07-01"}, 0},
		} {
			if n := list(c.f); n != c.want {
				t.Errorf("%s: %d, want %d", name, n, c.want)
			}
		}
		if rows, _, err := stuck.List(read, stuck.Filter{Kind: stuck.Case, Limit: 50}); err != nil || rows[0].Pseudonym == "" ||
			rows[0].Pseudonym != rows[1].Pseudonym {
			t.Errorf("the same phone has two pseudonyms: %v, %v", rows, err)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			r, err := stuck.Find(tx, first.No)
			if err != nil {
				return err
			}
			r.State, r.Outcome = stuck.Closed, stuck.Resolved
			return stuck.Save(tx, on("2022-07-01", "WINDOW@U2"), &r, "callback", "满意")
		})
		for _, c := range []struct {
			from, to models.Date
			want     stuck.Count
		}{
			{"2022-01-01", "2022-06-30", stuck.Count{Consulted: 1, Accepted: 2, OutOf: 1, Open: 2}},
			{"2022-07-01", "2022-12-31", stuck.Count{Resolved: 1, Open: 2}},
		} {
			n, err := stuck.CountOf(read, stuck.Filter{}, c.from, c.to)
			if err != nil || n != c.want {
				t.Errorf("%s to %s: %+v, want %+v (%v)", c.from, c.to, n, c.want, err)
			}
		}
		if again, err := stuck.Again(read, stuck.Filter{}, "2022-05-01"); err != nil || len(again) != 0 {
			t.Errorf("twice is not yet again: %v, %v", again, err)
		}
	})
}
