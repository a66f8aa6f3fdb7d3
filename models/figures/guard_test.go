package figures

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/texts"
)

// told are the shipped rules, without a calendar.
func told(t *testing.T, change ...func(rules.Tree)) rules.Edition {
	t.Helper()
	checks, err := rulebook.ExampleChecks()
	if err != nil {
		t.Fatal(err)
	}
	pack, err := rulebook.Example()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := pack.Tree()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(tree)
	}
	e, err := rules.MakeEdition(rules.Edition{Pack: "T"}, checks, tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestNumbersAreToldByRules: ratios and wordings of a report are those of X01 and X02 of the pack in force on the last
// day of its period.
func TestNumbersAreToldByRules(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	county(t, db)
	values := func() map[string]string {
		t.Helper()
		all, checks, err := HalfYear(db.Read(t.Context()), half.From, half.To)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range checks {
			if (c.ID == "V08" || c.ID == "V10") && !c.Pass {
				t.Errorf("%s fails: %v", c.ID, c.Args)
			}
		}
		out := map[string]string{}
		for _, f := range all {
			out[f.ID], out[f.ID+" told"] = f.Value, f.Wording
		}
		return out
	}
	if v := values(); v["instant_rate"] != "25.00" || v["time_cut_rate"] != "68.33" || v["enterprise_consulted told"] != "10余次" {
		t.Errorf("as shipped: %v", v)
	}
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		pack, err := rulebook.Example()
		if err != nil {
			return err
		}
		var params []rules.RuleParam
		if err := pack.Params.Into(&params); err != nil {
			return err
		}
		for i, p := range params {
			switch p.Rule + "." + p.Key {
			case "X01.scale":
				params[i].Value = json.Number("1")
			case "X02.from":
				params[i].Value = json.Number("13")
			}
		}
		pack.ID, pack.Params = "COUNTY", models.JSONOf(params)
		return rules.InstallPack(tx, time.Now(), pack)
	})
	if v := values(); v["instant_rate"] != "25.0" || v["time_cut_rate"] != "68.3" || v["enterprise_consulted told"] != "12次" {
		t.Errorf("as the county wants: %v", v)
	}
	// A pack that has run out tells numbers still: to read a report is no act.
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		return tx.Model(&rules.RulePack{}).Where("id = ?", "COUNTY").Update("valid_to", "2022-02-01").Error
	})
	if v := values(); v["instant_rate"] != "25.0" {
		t.Errorf("after the pack has run out: %v", v)
	}
}

// TestGuardOfASnapshot: savings that count twice and rows that came later are refused, whatever a query lets through.
func TestGuardOfASnapshot(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		county(t, db)
		write(t, db,
			project("XM-2022-004", "2022-02-01", "2022-02-03", "2022-03-01", books.Rejected, ""),
			project("XM-2022-005", "2022-04-01", "2022-04-03", "2022-06-01", books.Reviewed, "XM-2022-004"),
		)
		r, err := read(db.Read(t.Context()), half, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		kept := map[string][]Row{}
		for _, d := range Definitions {
			if kept[d.ID], err = r.rows(d); err != nil {
				t.Fatal(err)
			}
		}
		now := time.Now().Add(time.Minute)
		if err := r.guard(now, kept); err != nil {
			t.Errorf("as it is: %v", err)
		}
		for what, x := range map[string]struct {
			figure string
			rows   []Row
			asOf   time.Time
			rule   string
		}{
			"declared again, and both count": {
				"cut_total", []Row{{code.ID: "XM-2022-004", amount.ID: "5.00"}, {code.ID: "XM-2022-005", amount.ID: "1.00"}}, now, "X03",
			},
			"a walk of later":       {"", nil, models.Date("2022-04-19").Start(), "X04"},
			"nothing came that day": {"", nil, models.Date("2021-12-31").Start(), "X04"},
		} {
			all := map[string][]Row{}
			for id, rows := range kept {
				all[id] = rows
			}
			if x.figure != "" {
				all[x.figure] = x.rows
			}
			var refused *models.Refusal
			if err := r.guard(x.asOf, all); !errors.As(err, &refused) || refused.Code != "checks-block" || len(refused.Fields) == 0 ||
				refused.Fields[0].Check == nil || refused.Fields[0].Check.Rule != x.rule {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// What has not begun has no report; the half-year that is under way has one up to now.
func TestASnapshotBeforeItsTime(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	for from, want := range map[models.Date]string{"2022-07-06": "/from: date-in-future", "2022-07-05": ""} {
		err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			_, err := Snapshot(tx, by("2022-07-05", "OFFICE@U0"), Period{from, "2022-12-31"}, time.Time{})
			return err
		})
		var refused *models.Refusal
		got := ""
		if errors.As(err, &refused) && len(refused.Fields) > 0 {
			got = refused.Fields[0].Pointer + ": " + refused.Fields[0].Code
		} else if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("from %s: %q, want %q", from, got, want)
		}
	}
}

// People read the names of figures, not their ids.
func TestACheckNamesFigures(t *testing.T) {
	c := Check{ID: "V07", Args: map[string]string{"n": "1", "pairs": "materials_cut = licence_types = 58；no_figure"}}
	said := c.Sentence(func(key string, args map[string]string) string { return texts.Text(texts.Chinese, key, args) })
	if want := "不相干的指标数值相同 1 处，请确认不是抄错：减材料 = 电子证照种类 = 58；no_figure"; said != want {
		t.Errorf("%s", said)
	}
}
