package commands_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
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

// measuredLine is a golden case of function points (domain/rules.md §2). The browser's form is held by the same
// (web/tests/points.test.ts), and what may be submitted (cost_form_test.go).
type measuredLine struct {
	Name       string
	Modules    []map[string]any
	Costing    map[string]string
	Cost, Line string
	Unknown    bool
}

// Form of an application whose first line is measured so; factors are numbers there.
func (x measuredLine) Form() models.JSON {
	costing := map[string]any{"lineNo": 1}
	for k, v := range x.Costing {
		costing[k] = json.Number(v)
		if k == "basis" {
			costing[k] = v
		}
	}
	for _, m := range x.Modules {
		m["lineNo"] = 1
	}
	return models.JSONOf(map[string]any{"functionPoints": x.Modules, "costing": []any{costing}})
}

func golden(t *testing.T) (all []measuredLine) {
	t.Helper()
	raw, err := os.ReadFile("testdata/function_points.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// From the fields of the application's form to the cent; FP-6 and FP-7 are what rounding on the way would give.
func TestFunctionPointsToTheCent(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	a := models.Acting{Person: models.System, At: time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC), BusinessDate: "2022-06-01"}
	for i, x := range golden(t) {
		code := fmt.Sprintf("XM-2022-%03d", 901+i)
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if err := demo.Install(tx, a); err != nil {
				return err
			}
			p := books.Project{
				Code: code, Name: "平台", DeptID: "DP18", Type: "新建", Form: x.Form(), Stage: books.Draft, DraftedOn: "2022-05-01",
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
			if x.Unknown {
				if r.State != "unknown" {
					t.Errorf("%s: %s %s", x.Name, r.State, raw)
				}
				continue
			}
			var rows []struct {
				Cost, Line *json.Number
				Measured   bool
			}
			if err := json.Unmarshal([]byte(strings.TrimSpace(string(raw))), &rows); err != nil || len(rows) != 1 {
				t.Fatalf("%s: %s: %v", x.Name, raw, err)
			}
			if (rows[0].Cost == nil) != (x.Cost == "") {
				t.Errorf("%s: %s", x.Name, raw)
				continue
			}
			if x.Cost != "" && (!equal(*rows[0].Cost, x.Cost) || !equal(*rows[0].Line, x.Line)) {
				t.Errorf("%s: %s, want %s and %s", x.Name, raw, x.Cost, x.Line)
			}
		}
	}
}

func equal(n json.Number, want string) bool {
	d, err := decimal.NewFromString(n.String())
	return err == nil && d.Equal(decimal.RequireFromString(want))
}
