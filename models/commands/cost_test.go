package commands_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
)

// The golden tests of function points (domain/rules.md §2), from the fields of the
// application's form to the cent; FP-6 and FP-7 are what rounding on the way would give.
func TestFunctionPointsToTheCent(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	a := models.Acting{Person: models.System, At: time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC), BusinessDate: "2022-06-01"}
	for i, x := range []struct{ modules, costing, cost, line string }{
		{`{"lineNo":1,"module":"值守","ilf":40,"eif":36,"ei":100,"eo":50,"eq":100},{"lineNo":1,"module":"调度","ilf":42,"ei":66,"eo":62,"eq":26}`, `"scf":1.21,"quality":1.1`, "2702572.55", "270.26"},
		{`{"lineNo":1,"module":"a","ilf":620}`, `"scf":1.21,"quality":1.10,"application":1.05`, "6283481.18", "628.35"},
		{`{"lineNo":1,"module":"a","ilf":280}`, `"scf":1.39,"quality":1.1`, "3104608.14", "310.46"},
		{`{"lineNo":1,"module":"a","ilf":280}`, `"scf":1.10,"quality":1.1`, "2456884.14", "245.69"},
		{`{"lineNo":1,"module":"a","ilf":280}`, `"scf":1.00,"quality":1.1`, "2233531.03", "223.35"},
		{`{"lineNo":1,"module":"a","ilf":0}`, `"scf":1.21,"quality":1.1`, "0", "0"}, // FP-8: counted, and nothing
		{`{"lineNo":2,"module":"of another line","ilf":280}`, `"scf":1.21`, "", ""}, // not measured
		{`{"lineNo":1,"module":"a","ilf":280}`, `"basis":"no factor"`, "unknown", ""},
		{`{"lineNo":1,"module":"a","ilf":-1}`, `"scf":1.21`, "unknown", ""},
	} {
		code := fmt.Sprintf("XM-2022-%03d", 901+i)
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if err := demo.Install(tx, a); err != nil {
				return err
			}
			form := models.JSON(`{"functionPoints":[` + x.modules + `],"costing":[{"lineNo":1,` + x.costing + `}]}`)
			p := books.Project{
				Code: code, Name: "平台", DeptID: "DP18", Type: "新建", Form: form, Stage: books.Draft, DraftedOn: "2022-05-01",
				CreatedAt: a.At, UpdatedAt: a.At,
			}
			if err := tx.Create(&p).Error; err != nil {
				return err
			}
			return tx.Create(&books.BudgetLine{Project: code, LineNo: 1, Category: "软件开发", Name: "应用软件开发", Unit: "项"}).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		s, err := commands.ProjectSubject(db.Read(context.Background()), code, 0)
		if err != nil {
			t.Fatal(err)
		}
		rep, _, err := commands.Checks.Look(db.Read(context.Background()), a, "application", s)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rep.Results {
			if r.Rule != "B07" {
				continue
			}
			raw, err := feel.ToJSON(r.Value)
			if err != nil {
				t.Fatal(err)
			}
			if x.cost == "unknown" {
				if r.State != "unknown" {
					t.Errorf("%s: %s %s", x.costing, r.State, raw)
				}
				continue
			}
			var rows []struct {
				Cost, Line *json.Number
				Measured   bool
			}
			if err := json.Unmarshal([]byte(strings.TrimSpace(string(raw))), &rows); err != nil || len(rows) != 1 {
				t.Fatalf("%s: %s: %v", x.costing, raw, err)
			}
			if (rows[0].Cost == nil) != (x.cost == "") {
				t.Errorf("%s: %s", x.modules, raw)
				continue
			}
			if x.cost != "" && (!equal(*rows[0].Cost, x.cost) || !equal(*rows[0].Line, x.line)) {
				t.Errorf("%s %s: %s, want %s and %s", x.modules, x.costing, raw, x.cost, x.line)
			}
		}
	}
}

func equal(n json.Number, want string) bool {
	d, err := decimal.NewFromString(n.String())
	return err == nil && d.Equal(decimal.RequireFromString(want))
}
