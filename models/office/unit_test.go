package office_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

// code is what a refusal says, "" for none.
func code(err error) string {
	var r *models.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// TestUnitEnds: whoever holds the same role with the successor holds the post of the unit that ended, and so its open tasks.
func TestUnitEnds(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		past := time.Now().Add(-time.Hour)
		a := models.Acting{Person: "sys", At: past.Add(-time.Hour), Posts: []string{"SYS_ADMIN@A1"}}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for _, u := range []office.Dept{{ID: "A1", Name: "甲局", Kind: "applying"}, {ID: "B1", Name: "乙局", Kind: "finance"},
				{ID: "C1", Name: "丙局", Kind: "applying"}} {
				if err := office.CreateUnit(tx, a, u); err != nil {
					return err
				}
			}
			if err := office.Serve(tx, a, "finance", []string{"B1"}); err != nil {
				return err
			}
			for _, p := range []string{"ann", "bob", "cid"} {
				if err := tx.Create(&office.Person{ID: p, Name: p, Active: true}).Error; err != nil {
					return err
				}
			}
			return errors.Join(
				office.GrantPost(tx, office.PostChange{Person: "ann", Role: "FINANCE_LIAISON", Unit: "B1", Primary: true}, a.At, 1),
				office.GrantPost(tx, office.PostChange{Person: "bob", Role: "FINANCE_LIAISON", Unit: "A1", Primary: true}, a.At, 2),
				office.GrantPost(tx, office.PostChange{Person: "cid", Role: "FINANCE_LIAISON", Unit: "C1", Primary: true}, a.At, 3))
		})
		end := func(id, successor string, at time.Time) string {
			return code(db.Tx(t.Context(), func(tx *gorm.DB) error { return office.EndUnit(tx, a, id, successor, at) }))
		}
		for _, bad := range []struct{ successor, want string }{{"", "unit-needs-successor"}, {"B1", "invalid-input"},
			{"Z9", "invalid-input"}} {
			if got := end("B1", bad.successor, past); got != bad.want {
				t.Errorf("B1 ends with the successor %q: %q, want %q", bad.successor, got, bad.want)
			}
		}
		holders := func(post string, want ...string) {
			t.Helper()
			got, err := office.Members(db.Read(t.Context()), post)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s is held by %v, %v, want %v", post, got, err, want)
			}
		}
		holders("FINANCE_LIAISON@B1", "ann")
		if got := end("B1", "A1", past); got != "" {
			t.Fatal(got)
		}
		holders("FINANCE_LIAISON@B1", "bob")
		if posts, err := office.PostsIn(db.Read(t.Context()), "FINANCE_LIAISON", "finance", time.Now()); err != nil ||
			!slices.Equal(posts, []string{"FINANCE_LIAISON@A1"}) {
			t.Errorf("finance: %v, %v", posts, err)
		}
		if got := end("A1", "C1", past.Add(time.Minute)); got != "" {
			t.Fatal(got)
		}
		holders("FINANCE_LIAISON@B1", "cid") // at second hand
		holders("FINANCE_LIAISON@A1", "cid")
		if got := end("A1", "C1", past); got != "unit-ended" {
			t.Errorf("a unit ends twice: %q", got)
		}
		o, err := office.ReadOrganisation(db.Read(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		inherited := 0
		for _, p := range o.Posts {
			if p.ID == "FINANCE_LIAISON@B1" && p.PersonID == "cid" && p.ValidFrom.Equal(models.Stamp(past.Add(time.Minute))) {
				inherited++
			}
		}
		if inherited != 1 {
			t.Errorf("the snapshot has %d of cid's inherited posts: %+v", inherited, o.Posts)
		}
	})
}

// TestRequestForPost: asked for by one, granted by another, never by whom it benefits; nothing is written before.
func TestRequestForPost(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		now := time.Now()
		sys := models.Acting{Person: "sys", At: now, Posts: []string{"SYS_ADMIN@A1"}, Reason: "接岗"}
		sec := models.Acting{Person: "sec", At: now, Posts: []string{"SEC_ADMIN@A1"}, Reason: "同意"}
		ann := models.Acting{Person: "ann", At: now, Posts: []string{"SEC_ADMIN@A1"}, Reason: "同意"}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			if err := office.CreateUnit(tx, sys, office.Dept{ID: "A1", Name: "甲局", Kind: "bureau"}); err != nil {
				return err
			}
			if err := office.Serve(tx, sys, "bureau", []string{"A1"}); err != nil {
				return err
			}
			for _, p := range []string{"ann", "sec", "exp"} {
				if err := tx.Create(&office.Person{ID: p, Name: p, Active: true}).Error; err != nil {
					return err
				}
			}
			return errors.Join(office.GrantPost(tx, office.PostChange{Person: "sec", Role: "SEC_ADMIN", Unit: "A1"}, now, 0),
				office.GrantPost(tx, office.PostChange{Person: "ann", Role: "APPLY_CLERK", Unit: "A1"}, now, 0))
		})
		ask := func(p office.PostChange) (id int64) {
			modelstest.Tx(t, db, func(tx *gorm.DB) error {
				r, err := office.Ask(tx, sys, office.RequestPost, p, nil, "")
				id = r.ID
				return err
			})
			return id
		}
		decide := func(a models.Acting, id int64, grant bool) string {
			return code(db.Tx(t.Context(), func(tx *gorm.DB) error { _, _, err := office.Decide(tx, a, id, grant, nil); return err }))
		}
		held := func(want ...string) {
			t.Helper()
			var got []string
			posts, err := office.PostsOf(db.Read(t.Context()), "ann")
			for _, p := range posts {
				got = append(got, p.Role)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("ann holds %v, %v, want %v", got, err, want)
			}
		}
		chief := ask(office.PostChange{Person: "ann", Role: "BUREAU_CHIEF", Unit: "A1"})
		held("APPLY_CLERK")
		for _, step := range []struct {
			a     models.Acting
			grant bool
			want  string
		}{{sys, true, "not-the-decider"}, {ann, true, "own-grant"}, {sec, true, ""}, {sec, true, "request-decided"}} {
			if got := decide(step.a, chief, step.grant); got != step.want {
				t.Errorf("%s decides: %q, want %q", step.a.Person, got, step.want)
			}
		}
		held("APPLY_CLERK", "BUREAU_CHIEF")
		if got := decide(sec, ask(office.PostChange{Person: "ann", Role: "AUDIT_ADMIN", Unit: "A1"}), true); got != "roles-exclude" {
			t.Errorf("a chief as administrator: %q", got)
		}
		if got := decide(sec, ask(office.PostChange{Person: "ann", Role: "COUNTY_LEADER", Unit: "A1"}), true); got != "role-not-there" {
			t.Errorf("a county leader in the bureau: %q", got)
		}
		refused := ask(office.PostChange{Person: "ann", Role: "OFFICE", Unit: "A1"})
		if got := decide(sec, refused, false); got != "" {
			t.Error(got)
		}
		if got := decide(sec, refused, true); got != "request-decided" {
			t.Errorf("granted after a refusal: %q", got)
		}
		held("APPLY_CLERK", "BUREAU_CHIEF")
		last := code(db.Tx(t.Context(), func(tx *gorm.DB) error { return office.EndPost(tx, sys, "sec", "SEC_ADMIN@A1", now) }))
		if last != "last-administrator" {
			t.Errorf("the last security administrator goes: %q", last)
		}
	})
}

// TestUnitsOfAList: a list that is empty, a unit that is not there, and one that stands twice are each told where they stand.
func TestUnitsOfAList(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	a := models.Acting{Person: "sys", At: time.Now().Add(-time.Hour), Posts: []string{"SYS_ADMIN@A1"}}
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		return office.CreateUnit(tx, a, office.Dept{ID: "A1", Name: "甲局", Kind: "applying"})
	})
	for _, c := range []struct {
		units []string
		want  string
	}{
		{nil, "x; /units: required"},
		{[]string{"A1"}, "x"},
		{[]string{"A1", "Z9", "A1"}, "x; /units/1: unit-unknown; /units/2: unit-unknown"},
	} {
		f := models.Refuse("x")
		if err := office.CheckUnits(db.Read(t.Context()), f, c.units); err != nil || f.Error() != c.want {
			t.Errorf("%v: %v, %v, want %s", c.units, f, err, c.want)
		}
	}
}
