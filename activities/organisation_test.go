package activities_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// orgVersion is the version of the organisation that an event saw.
func orgVersion(h *activitiestest.House, event string) int64 {
	h.Helper()
	row, found, err := process.OutcomeOf(h.Read(), event)
	if err != nil || !found {
		h.Fatalf("outcome of %s: %v %v", event, found, err)
	}
	return row.OrgVersion
}

// signers are the principals and posts of the seats of the open approval.
func signers(h *activitiestest.House, root int64) []string {
	h.Helper()
	var rows []process.Task
	if err := h.Read().Where("root = ? AND element = 'sign' AND state = ?", root, process.TaskOpen).Find(&rows).Error; err != nil {
		h.Fatal(err)
	}
	var out []string
	for _, t := range rows {
		d, err := t.Details()
		if err != nil {
			h.Fatal(err)
		}
		for _, s := range d.Seats {
			out = append(out, s.Principal+s.Group)
		}
	}
	return out
}

// TestDisabledPersonTakesNoSeat: who is disabled is seated by no committer any
// more, also not by one whose snapshot is warm; the outcome keeps which version it saw.
func TestDisabledPersonTakesNoSeat(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		set := func(f func(tx *gorm.DB) error) { t.Helper(); h.Tx(f) }
		set(func(tx *gorm.DB) error {
			return tx.Create(&office.UnitFunction{Function: "bureau", Unit: "DP34", ValidFrom: h.Now().Add(-time.Hour)}).Error
		})
		h.Deploy("testdata/seats.bpmn")
		second := activities.New(h.DB, bundles.NewCache(h.DB), h.Keys)
		second.Now = h.Now
		draft := func() (int64, contract.Request) {
			root, out := h.Start("seats", nil)
			h.Wants(out, contract.Applied, "")
			return root, h.Operation(root, "draft", "complete", "ann")
		}
		commit := func(r contract.Request) {
			t.Helper()
			out, err := activitiestest.Sealed(second)(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			h.Wants(out, contract.Applied, "")
		}
		root, r := draft()
		commit(r) // its cache is warm now
		if got := signers(h, root); len(got) != 2 || got[0] != "catCLERK@DP18" || got[1] != "CHIEF@DP34" {
			t.Fatalf("seated %v", got)
		}
		was := orgVersion(h, r.ID)

		root, r = draft() // warms the first one
		set(func(tx *gorm.DB) error {
			return tx.Create(&office.Credential{Person: "cat", Kind: office.PasswordCredential, Data: "x", ChangedAt: h.Now()}).Error
		})
		set(func(tx *gorm.DB) error {
			return tx.Model(&office.Person{}).Where("id = 'cat'").Update("active", false).Error
		})
		for _, c := range []*activities.Committer{second, h.C} {
			out, err := activitiestest.Sealed(c)(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			h.Wants(out, contract.Applied, "")
			if got := signers(h, root); len(got) != 1 || got[0] != "CHIEF@DP34" {
				t.Errorf("seated %v after cat was disabled", got)
			}
			if now := orgVersion(h, r.ID); now != was+1 {
				t.Errorf("version %d after %d: a password moves nothing, disabling moves it by one", now, was)
			}
			root, r = draft()
		}

		set(func(tx *gorm.DB) error {
			return tx.Model(&office.Person{}).Where("id = 'cat'").Update("active", true).Error
		})
		commit(r)
		if got := signers(h, root); len(got) != 2 {
			t.Errorf("seated %v after cat was enabled again", got)
		}
	})
}

// TestCaseOfAStep: who begins a case is its applicant; a party counts from its
// first moment to before its last, and the amount is the newest that is known.
func TestCaseOfAStep(t *testing.T) {
	each(t, func(t *testing.T, h *activitiestest.House) {
		r := h.Begin("waits", map[string]any{"projectCode": "XM-1", "limit": "PT1H"})
		now := h.Now()
		h.Tx(func(tx *gorm.DB) error {
			if err := process.KeepParty(tx, process.CaseParty{Root: r.Root, Role: process.PartyExpert, Person: "bob", Source: "test",
				ValidFrom: now}); err != nil {
				return err
			}
			if err := process.KeepParty(tx, process.CaseParty{Root: r.Root, Role: process.PartyExpert, Person: "bob", Source: "again",
				ValidFrom: now.Add(time.Minute)}); err != nil {
				return err
			}
			project := books.Project{
				Code: "XM-5", Name: "示例", DeptID: "DP18", Stage: books.Draft, MlpsLevel: 1, CreatedBy: "ann", Type: "NEW",
				Form: models.JSON(`{}`), DraftedOn: "2026-03-01", Version: 1, CreatedAt: now, UpdatedAt: now,
			}
			if err := tx.Create(&project).Error; err != nil {
				return err
			}
			for kind, amount := range map[books.LedgerKind]string{books.LedgerDeclared: "300000.00", books.LedgerReviewed: "120000.50"} {
				sum, err := models.ParseMoney(amount)
				if err != nil {
					return err
				}
				a := models.Acting{Person: "ann", At: now, BusinessDate: models.DateOf(now)}
				if err := books.PostEntry(tx, a, books.LedgerEntry{Kind: kind, Project: "XM-5", Amount: sum, NaturalKey: "XM-5",
					Source: "test"}); err != nil {
					return err
				}
			}
			return process.EndParty(tx, r.Root, process.PartyExpert, "", "bob", now.Add(time.Hour))
		})
		h.Tx(func(tx *gorm.DB) error {
			w, err := h.C.Bundles.World(tx, bundles.About{Now: now, On: models.DateOf(now), Project: "XM-5", Root: r.Root, Hold: true})
			if err != nil {
				return err
			}
			c := w.Input.Case
			if c.Initiator != "ann" || len(c.Parties) != 2 || c.Amount == nil ||
				c.Amount.String() != "120000.5" && c.Amount.String() != "120000.50" {
				t.Errorf("case %+v", c)
			}
			for at, want := range map[time.Time]int{now.Add(-1): 0, now: 1, now.Add(time.Hour - 1): 1, now.Add(time.Hour): 0} {
				if got := c.At(at, engine.Expert); len(got) != want {
					t.Errorf("experts at %s: %+v, want %d", at, got, want)
				}
			}
			return nil
		})
	})
}
