package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rulepacks"
	"github.com/quancheng/quancheng/models/rules"
)

func packFile(t *testing.T, text string) rulepacks.File {
	t.Helper()
	f, err := rulepacks.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// withPack gives empty books the example pack, and projects whose approval was judged, or not.
func withPack(t *testing.T, db *models.DB) {
	t.Helper()
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		if err := errors.Join(rulebook.Install(tx, time.Now()), tx.Create(&office.Dept{ID: "D1", Name: "示例局",
			Kind: "applying"}).Error); err != nil {
			return err
		}
		for _, p := range []struct {
			code  string
			stage books.Stage
			total string
		}{{"P1", books.Approved, "2500000"}, {"P2", books.Approving, "2500000"}, {"P3", books.Approved, "3000000"},
			{"P4", books.Reviewed, ""}, {"P5", books.Rejected, ""}} {
			if err := tx.Create(&books.Project{Code: p.code, Name: p.code, Stage: p.stage, RulePack: "DEMO-2022.4", Form: models.JSON("{}"),
				DraftedOn: "2022-03-01", DeptID: "D1"}).Error; err != nil {
				return err
			}
			if p.total == "" {
				continue
			}
			facts := rules.CheckFacts{
				Digest: p.code, Body: models.JSON(`{"basisTotal": ` + p.total + `, "on": "2022-05-01", "at": "2022-05-01T09:00:00+08:00"}`),
			}
			run := rules.CheckRun{
				Point: "approval", SubjectKind: books.SubjectProject, SubjectID: p.code, Project: p.code, Pack: "DEMO-2022.4",
				FactsDigest: p.code, Actor: "x", BusinessDate: "2022-05-01", At: time.Now().UTC(),
			}
			if err := errors.Join(tx.Create(&facts).Error, tx.Create(&run).Error); err != nil {
				return err
			}
			eval := rules.RuleEval{
				Project: p.code, Decision: "B06", Rule: "B06", Run: run.ID, State: rules.Pass, Inputs: models.JSON("{}"),
				Output: models.JSON("3"), Hits: models.JSON("[]"), Findings: models.JSON("[]"), Missing: models.JSON("[]"),
				At: time.Now().UTC(),
			}
			if err := tx.Create(&eval).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// TestRehearsal: kept facts are judged again; who was not judged says so.
func TestRehearsal(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		withPack(t, db)
		want := map[string]string{
			"P1": `{"subject":"P1","rule":"B06","before":3,"after":2,"decided":true}`,
			"P2": `{"subject":"P2","rule":"B06","before":3,"after":2,"decided":false}`,
			"P3": `{"subject":"P3","rule":"B06","before":3,"after":3,"decided":true}`,
			"P4": `{"subject":"P4","rule":"B06","before":null,"after":null,"decided":false}`,
			"P5": `{"subject":"P5","rule":"B06","before":null,"after":null,"decided":true}`,
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			d, err := rulepacks.Make(
				tx, commands.Checks,
				packFile(t, `{"pack": "C1", "validFrom": "2022-07-01", "params": [{"rule": "B06", "key": "L3", "value": 3000000}]}`),
			)
			if err != nil {
				return err
			}
			diff, r, err := commands.Rehearse(tx, d)
			if err != nil {
				return err
			}
			if len(diff.Params) != 1 || len(diff.Decisions) != 0 || !slices.Equal(diff.Rules, []string{"B06", "B09"}) ||
				diff.Params[0].Basis == "" {
				t.Errorf("%+v", diff)
			}
			for _, row := range r.Rows {
				raw, err := json.Marshal(row)
				if err != nil || string(raw) != want[row.Subject] {
					t.Errorf("%s %v, want %s", raw, err, want[row.Subject])
				}
				delete(want, row.Subject)
			}
			if len(want) > 0 || r.Changed != 2 || r.Ahead != 1 || r.Stops != 0 || r.Pinned != 4 {
				t.Errorf("missing %v, %+v", want, r)
			}
			return nil
		})
	})
}

const strictB06 = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" id="county" name="county" namespace="https://quancheng.dev/checks">
<inputData id="in_basisTotal" name="basisTotal"><variable name="basisTotal"/></inputData>
<inputData id="in_params" name="params"><variable name="params"/></inputData>
<decision id="B06" name="B06">
  <extensionElements><qc:rule kind="check" severity="hard" requires="basisTotal n, minutesNo" basis="县府办"><qc:name zh="审批层级" en="Level"/><qc:say zh="缺" en="lacks"/></qc:rule></extensionElements>
  <variable name="B06"/>
  <informationRequirement><requiredInput href="#in_basisTotal"/></informationRequirement>
  <informationRequirement><requiredInput href="#in_params"/></informationRequirement>
  <literalExpression><text>if basisTotal &gt; params.B06.local then [{field: "total"}] else []</text></literalExpression>
</decision>
</definitions>`

// TestCountyDecision: a county's decision wins over the shipped one, a parameter
// that it lacks keeps the pack from being published, and what would stop acts is told.
func TestCountyDecision(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		withPack(t, db)
		dir := t.TempDir()
		write := func(name, text string) {
			if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755),
				os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		write("checks/B.dmn", strictB06)
		write("params.json", `{"pack": "C1", "validFrom": "2022-07-01", "params": []}`)
		f, err := rulepacks.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			d, err := rulepacks.Make(tx, commands.Checks, f)
			if err != nil {
				return err
			}
			if err := d.Publishable(tx); err == nil || !strings.Contains(err.Error(), "/B06.local: pack-lacks") {
				t.Errorf("a pack without a parameter: %v", err)
			}
			f.Params = append(f.Params, rulepacks.Param{Rule: "B06", Key: "local", Value: "1"})
			if d, err = rulepacks.Make(tx, commands.Checks, f); err != nil {
				return err
			}
			if err := d.Publishable(tx); err != nil {
				t.Error(err)
			}
			diff, r, err := commands.Rehearse(tx, d)
			if err != nil {
				return err
			}
			if len(diff.Decisions) != 1 || diff.Decisions[0] != (rulepacks.DecisionChange{ID: "B06", Change: "changed", By: "county"}) {
				t.Errorf("%+v", diff.Decisions)
			}
			if r.Stops != 1 || r.Rows[1].Subject != "P2" || !r.Rows[1].Stops || r.Rows[1].After != rules.Unknown ||
				len(r.Rows[1].Missing) == 0 {
				t.Errorf("%+v", r)
			}
			return nil
		})
	})
}

// TestTwoPersonsPublish: the drafter does not publish, nor anybody what was not rehearsed or is not what he saw; at once, one wins.
func TestTwoPersonsPublish(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		withPack(t, db)
		by := func(person, reason string) models.Acting {
			return models.Acting{Person: person, At: time.Now(), Reason: reason}
		}
		file := packFile(
			t,
			`{"pack": "C1", "validFrom": "2022-07-01", "validTo": "2022-12-31", "params": [{"rule": "B06", "key": "L3", "value": 3000000, "basis": "县府办〔2022〕17号"}]}`,
		)
		var d *rulepacks.Draft
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
			if d, err = rulepacks.Make(tx, commands.Checks, file); err != nil {
				return err
			}
			if _, err := d.Keep(tx, by("ann", "no")); code(err) != "invalid-data" {
				t.Errorf("short reason: %v", err)
			}
			_, err = d.Keep(tx, by("ann", "leaders decide less"))
			return err
		})
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
			if d, err = rulepacks.Make(tx, commands.Checks, file); err != nil {
				return err
			}
			if _, err := d.Keep(tx, by("bob", "I want it too")); code(err) != "pack-drafted-by-another" {
				t.Errorf("another's draft: %v", err)
			}
			if p, err := rules.PackOn(tx, "2022-08-01"); err != nil || p.ID != "DEMO-2022.4" {
				t.Errorf("a draft is in force: %s %v", p.ID, err)
			}
			kept, err := rulepacks.ByID(tx, "C1")
			if err != nil {
				return err
			}
			if d, err = rulepacks.Stored(tx, commands.Checks, kept); err != nil {
				return err
			}
			if _, err := d.Publish(tx, by("bob", ""), kept.Digest); code(err) != "pack-not-rehearsed" {
				t.Errorf("not rehearsed: %v", err)
			}
			_, r, err := commands.Rehearse(tx, d)
			if err == nil {
				err = d.Rehearsed(tx, by("ann", ""), r)
			}
			if _, err := d.Publish(tx, by("ann", ""), kept.Digest); code(err) != "second-person-needed" {
				t.Errorf("the drafter publishes: %v", err)
			}
			if _, err := d.Publish(tx, by("bob", ""), "other"); code(err) != "pack-moved-on" {
				t.Errorf("another digest: %v", err)
			}
			return err
		})
		results := make([]error, 2)
		var wg sync.WaitGroup
		for i, person := range []string{"bob", "cid"} {
			wg.Go(func() {
				results[i] = db.Tx(context.Background(), func(tx *gorm.DB) error {
					own := *d // as both saw it
					_, err := own.Publish(tx, by(person, ""), d.Pack.Digest)
					return err
				})
			})
		}
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) || code(errors.Join(results...)) != "pack-published" {
			t.Errorf("published twice at once: %v", results)
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			if p, err := rules.PackOn(tx, "2022-12-31"); err != nil || p.ID != "C1" {
				t.Errorf("on its last day: %s %v", p.ID, err)
			}
			if _, err := rules.PackOn(tx, "2023-01-01"); code(err) != "pack-expired" {
				t.Errorf("expired: %v", err)
			}
			if _, err := commands.Checks.Edition(tx, "", "2023-01-01"); code(err) != "pack-expired" {
				t.Errorf("expired and not pinned: %v", err)
			}
			e, err := commands.Checks.Edition(tx, "P1", "2023-01-01")
			if err != nil || e.Pack != "DEMO-2022.4" {
				t.Errorf("pinned: %+v %v", e, err)
			}
			tree, err := rules.RulePack{
				ID: "x", Params: models.JSON(`[{"rule":"C08","key":"report","value":2,"floating":true}]`),
			}.Chosen(
				rules.RulePack{
					ID: "y", ValidTo: "2022-12-31", Params: models.JSON(`[{"rule":"C08","key":"report","value":3,"floating":true}]`),
				},
				"2023-01-01",
			)
			if err != nil || tree["C08"] != nil {
				t.Errorf("what floats of an expired pack: %v %v", tree, err)
			}
			return nil
		})
	})
}

func code(err error) string {
	var r *models.Refusal
	if !errors.As(err, &r) {
		return ""
	}
	return r.Code
}

// TestBadFiles: everything that is wrong is said at once.
func TestBadFiles(t *testing.T) {
	for text, want := range map[string][]string{
		`{`: {"no rule pack"},
		`{"pack": "a b", "validFrom": "soon", "validTo": "2022-13-01", "params": [{"rule": "B06"}, {"rule": "A", "key": "k", "value": 1}, {"rule": "A", "key": "k", "value": 2}]}`: {"no id", "validFrom", "validTo", "params[0]", "A.k is given twice"},
		`{"pack": "x", "validFrom": "2022-07-01", "validTo": "2022-06-30"}`:                                   {"before it begins"},
		`{"pack": "x", "validFrom": "2022-07-01", "params": [{"rule": "B06", "key": "L3", "value": "many"}]}`: {"no rule pack"},
	} {
		_, err := rulepacks.Parse([]byte(text))
		for _, part := range want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v, want %q", text, err, part)
			}
		}
	}
}

// TestRemarks: what is probably not meant is said, and nothing is refused for it.
func TestRemarks(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	withPack(t, db)
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		d, err := rulepacks.Make(
			tx, commands.Checks,
			packFile(
				t,
				`{"pack": "C1", "validFrom": "2022-07-01", "params": [{"rule": "B06", "key": "L3", "value": 6000000}, {"rule": "B6", "key": "L3", "value": 1}]}`,
			),
		)
		if err != nil {
			return err
		}
		diff, err := d.Diff()
		if err != nil {
			return err
		}
		var got []string
		for _, n := range d.Remarks(diff) {
			got = append(got, n.Code+" "+n.Where)
		}
		for _, want := range []string{"pack-param-unread B6.L3", "pack-order-turned B06.L3", "pack-same-value-stays B01.meeting",
			"pack-same-value-stays B02.five"} {
			if !slices.Contains(got, want) {
				t.Errorf("no %q among %v", want, got)
			}
		}
		return d.Publishable(tx)
	})
}
