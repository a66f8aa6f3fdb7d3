package figures

import (
	"context"
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/texts"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

func TestFiguresHaveTexts(t *testing.T) {
	for _, d := range Definitions {
		keys := []string{"figure." + d.ID, "definition." + d.ID}
		for _, c := range d.Columns {
			keys = append(keys, "column."+c.ID)
		}
		for _, k := range keys {
			if !texts.Has(k) {
				t.Errorf("%s has no text", k)
			}
		}
	}
	for _, id := range []string{"V03", "V05", "V08", "V11", "V15"} {
		if !texts.Has("check." + id) {
			t.Errorf("check %s has no text", id)
		}
	}
}

func TestPeriodIsChecked(t *testing.T) {
	for _, p := range []Period{{"2022-01-01", ""}, {"", "2022-01-01"}, {"2022-07-01", "2022-06-30"}, {"2022-02-30", "2022-06-30"}} {
		var r *models.Refusal
		if err := p.check(); !errors.As(err, &r) {
			t.Errorf("%v: %v, want a refusal", p, err)
		}
	}
}

// write keeps rows as given: what the figures make of them is the test.
func write(t *testing.T, db *models.DB, rows ...any) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *gorm.DB) error {
		if err := demo.Install(tx, models.Acting{Person: models.System, At: time.Now()}); err != nil {
			return err
		}
		for _, r := range rows {
			if err := tx.Create(r).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func yuan(t *testing.T, s string) models.Money {
	t.Helper()
	m, err := models.ParseMoney(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func project(code string, submitted, accepted, reviewed models.Date, stage books.Stage, previous string) *books.Project {
	at := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	return &books.Project{
		Code: code, Name: "项目" + code, DeptID: "DP18", Type: "新建", Form: models.JSON("{}"), Stage: stage, DraftedOn: submitted,
		SubmittedOn: submitted,
		AcceptedOn:  accepted, ReviewedOn: reviewed, PreviousProject: models.Optional(previous), CreatedAt: at, UpdatedAt: at,
	}
}

func entry(t *testing.T, kind books.LedgerKind, code, amount string, on models.Date, reason string) *books.LedgerEntry {
	t.Helper()
	no := 1
	return &books.LedgerEntry{
		Kind: kind, Project: code, LineNo: &no, Amount: yuan(t, amount), Reason: models.Optional(reason), NaturalKey: code +
			"/" + string(on) + "/" + reason,
		Source: "test", BusinessDate: on, RecordedAt: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC),
	}
}

// What counts when: business dates at the edges of the period, withdrawal
// before acceptance, deferred money, refunds, and a project declared again.
func TestWhatCounts(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		write(t, db,
			project("XM-2022-001", "2022-01-01", "2022-01-04", "2022-06-30", books.Reviewed, ""),
			project("XM-2022-002", "2022-06-30", "", "", books.Withdrawn, ""),                    // withdrawn before acceptance
			project("XM-2022-003", "2022-06-30", "", "", books.Rejected, ""),                     // refused at the formal check
			project("XM-2022-004", "2022-02-01", "2022-02-03", "2022-03-01", books.Rejected, ""), // declared again as 005
			project("XM-2022-005", "2022-04-01", "2022-04-03", "2022-06-01", books.Reviewed, "XM-2022-004"),
			project("XM-2022-006", "2022-07-01", "2022-07-04", "", books.Accepted, ""), // the next half-year
			entry(t, books.LedgerDeclared, "XM-2022-001", "1000.00", "2022-01-01", ""),
			entry(t, books.LedgerCut, "XM-2022-001", "100.00", "2022-06-30", "PRICE"),
			entry(t, books.LedgerCut, "XM-2022-001", "50.00", "2022-06-30", "DEFER"),
			entry(t, books.LedgerReviewed, "XM-2022-001", "850.00", "2022-06-30", ""),
			entry(t, books.LedgerDeclared, "XM-2022-003", "7.00", "2022-06-30", ""),
			entry(t, books.LedgerDeclared, "XM-2022-004", "500.00", "2022-02-01", ""),
			entry(t, books.LedgerCut, "XM-2022-004", "500.00", "2022-03-01", "DUP"),
			entry(t, books.LedgerDeclared, "XM-2022-005", "400.00", "2022-04-01", ""),
			entry(t, books.LedgerCut, "XM-2022-005", "60.00", "2022-06-01", "DUP"),
			entry(t, books.LedgerReviewed, "XM-2022-005", "340.00", "2022-06-01", ""),
			entry(t, books.LedgerDeclared, "XM-2022-006", "9.00", "2022-07-01", ""),
			entry(t, books.LedgerPaid, "XM-2022-001", "80.00", "2022-06-30", ""),
			entry(t, books.LedgerRefunded, "XM-2022-001", "5.00", "2022-06-30", ""),
			entry(t, books.LedgerPaid, "XM-2022-001", "1.00", "2022-07-01", ""),
			issue("ZG-1", "2022-01-01", "CLOSED", "2022-06-30", "", ""),
			issue("ZG-2", "2022-06-30", "CLOSED", "2022-07-01", "", ""), // still open at the end
			issue("ZG-3", "2022-03-01", "REFERRED_UP", "", "2022-03-05", ""),
			issue("ZG-4", "2022-03-01", "VERIFYING", "", "2022-03-05", "2022-04-01"),
			issue("ZG-5", "2022-03-01", "INVALID", "", "", ""),
			issue("ZG-6", "2022-07-01", "OPEN", "", "", ""),
			issue("ZG-7", "2022-03-01", "REFERRED_UP", "", "2022-07-01", ""),         // not yet at the end
			issue("ZG-8", "2022-03-01", "REFERRED_UP", "", "2022-06-30", ""),         // on its last day
			issue("ZG-9", "2022-03-01", "VERIFYING", "", "2022-03-05", "2022-07-01"), // the reply came afterwards
			issue("ZG-10", "2022-03-01", "VERIFYING", "", "2022-03-05", "2022-06-30"),
		)
		want := map[string]string{
			"declared_count": "3", "declared_total": "1407.00", "cut_total": "160.00", "deferred_total": "50.00", "cut_rate": "11.37",
			"reviewed_total": "1190.00", "paid_total": "75.00", "rectification_found": "8", "rectification_closed": "1",
			"rectification_referred": "3",
			"rectification_open":     "4", "materials_cut": "2", "days_cut": "2.5",
		}
		got, checks, err := HalfYear(db.Read(context.Background()), "2022-01-01", "2022-06-30")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range got {
			if w, ok := want[f.ID]; ok && f.Value != w {
				t.Errorf("%s = %s, want %s", f.ID, f.Value, w)
			}
		}
		for _, c := range checks {
			if pass := c.ID != "V11"; c.Pass != pass { // these projects have no lines: V11 says so
				t.Errorf("check %s passes: %v, %v", c.ID, c.Pass, c.Args)
			}
		}
		if _, _, _, err := Rows(db.Read(context.Background()), "nothing", "2022-01-01", "2022-06-30"); err == nil {
			t.Error("rows of an unknown figure")
		}
	})
}

func issue(no string, found models.Date, state string, closed, referred, replied models.Date) *books.Rectification {
	at := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	r := &books.Rectification{
		No: no, Source: "manual", Title: no, OwnerDept: "DP18", Severity: "B", State: state, FoundOn: found, ClosedOn: closed,
		ReferredOn: referred, RepliedOn: replied,
		CreatedAt: at, UpdatedAt: at,
	}
	if closed != "" {
		r.MaterialsCut, r.DaysCut = 2, 25
	}
	return r
}
