package rulepack_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/dmn/rulepack"
	"github.com/quancheng/quancheng/feel"
)

// definitions is where the shipped decisions and the example pack are.
const definitions = "../../workflows/definitions"

func shipped(t testing.TB) *dmn.Decisions {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(definitions, "*.dmn"))
	if err != nil {
		t.Fatal(err)
	}
	var models []*dmn.Model
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m, diags := dmn.Parse(data)
		if len(diags) > 0 {
			t.Fatal(f, diags)
		}
		models = append(models, m)
	}
	ds, diags := dmn.NewDecisions(models, dmn.Options{})
	for i, found := range diags {
		if len(found) > 0 {
			t.Fatal(files[i], found)
		}
	}
	return ds
}

func examplePack(t testing.TB) rulepack.Pack {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(definitions, "params.json"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := rulepack.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// with is the pack under another id and day, with some values replaced.
func with(p rulepack.Pack, id string, from rulepack.Date, values map[string]string) rulepack.Pack {
	p.ID, p.ValidFrom = id, from
	params := append([]rulepack.Param(nil), p.Params...)
	for i, q := range params {
		if v, ok := values[q.Rule+"."+q.Key]; ok {
			params[i].Value = json.Number(v)
		}
	}
	p.Params = params
	return p
}

func paramsFor(t testing.TB, s *rulepack.Set, pinned string, on rulepack.Date) *rulepack.Params {
	t.Helper()
	p, err := s.For(pinned, on)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decide(t testing.TB, p *rulepack.Params, id, inputs string) rulepack.Evaluation {
	t.Helper()
	vars, err := feel.FromJSON([]byte("{" + inputs + "}"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := p.Decide(shipped(t), id, feel.Env{}, vars.(*feel.Context))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func twoPacks(t testing.TB) *rulepack.Set {
	t.Helper()
	v1 := examplePack(t)
	v2 := with(v1, "NEXT", "2022-07-01", map[string]string{"B06.L2": "300000", "C12.days": "5"})
	s, err := rulepack.NewSet(v2, v1)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPin1: accepted 2022-06-30 under v1 (threshold 500 000); v2 (300 000) from 07-01; approved on 07-15 with 400 000.
func TestPin1(t *testing.T) {
	s := twoPacks(t)
	accepted, err := s.InForce("2022-06-30")
	if err != nil {
		t.Fatal(err)
	}
	if got := decide(t, paramsFor(t, s, accepted.ID, "2022-07-15"), "approval_level", `"reviewedTotal": 400000`); feel.Text(
		got.Output,
	) != "1" ||
		got.Pack != "DEMO-2022.4" {
		t.Errorf("pinned: level %v by %s, want 1 by DEMO-2022.4", got.Output, got.Pack)
	}
	if got := decide(t, paramsFor(t, s, "", "2022-07-15"), "approval_level", `"reviewedTotal": 400000`); feel.Text(got.Output) != "2" {
		t.Errorf("not pinned: level %v, want 2", got.Output)
	}
}

// TestPin2: the same project files its contract after C12 changed; C12 floats, so the rule of the signing date holds.
func TestPin2(t *testing.T) {
	s := twoPacks(t)
	for on, want := range map[rulepack.Date]string{"2022-06-30": "7", "2022-07-15": "5"} {
		p := paramsFor(t, s, "DEMO-2022.4", on)
		if q, err := p.Get("C12", "days"); err != nil || q.Value.String() != want {
			t.Errorf("on %s: %v %v, want %s", on, q.Value, err, want)
		}
		if q, err := p.Get("B06", "L2"); err != nil || q.Value.String() != "500000" {
			t.Errorf("on %s: B06.L2 %v %v, want the pinned 500000", on, q.Value, err)
		}
	}
}

// TestZ03: a pack that has ended and is not pinned is an error, not a silent default.
func TestZ03(t *testing.T) {
	ended := examplePack(t)
	ended.ValidTo = "2022-12-31"
	s, err := rulepack.NewSet(ended)
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range []rulepack.Date{"2023-01-01", "2021-12-31"} {
		if _, err := s.For("", on); !errors.Is(err, rulepack.ErrNotInForce) {
			t.Errorf("on %s: %v, want ErrNotInForce", on, err)
		}
	}
	p := paramsFor(t, s, ended.ID, "2023-01-01")
	if _, err := p.Get("B06", "L2"); err != nil {
		t.Errorf("a pinned parameter outlives its pack: %v", err)
	}
	if _, err := p.Get("C12", "days"); !errors.Is(err, rulepack.ErrUnknown) {
		t.Errorf("a floating one does not: %v", err)
	}
	if _, err := s.For("DEMO-1999", "2022-06-30"); !errors.Is(err, rulepack.ErrUnknown) {
		t.Errorf("unknown pack: %v", err)
	}
	if _, err := s.For("", "30.06.2022"); err == nil {
		t.Error("a date of another form was taken")
	}
}

// TestZ02: a missing input gives UNKNOWN, never pass.
func TestZ02(t *testing.T) {
	p := paramsFor(t, twoPacks(t), "DEMO-2022.4", "2022-06-30")
	for _, c := range []struct {
		id, inputs, missing string
	}{
		{"approval_level", "", "reviewedTotal"},
		{"approval_level", `"reviewedTotal": null`, "reviewedTotal"},
		{"acceptance_readiness", `"kind": "FINAL", "milestonesOpen": 0, "blockersOpen": 0, "materialsMissing": 0`, "mlpsMissing"},
		{"review_mode", `"declaredTotal": 100000`, "mlpsLevel"},
	} {
		if e := decide(t, p, c.id, c.inputs); !e.Unknown || strings.Join(e.Missing, ",") != c.missing {
			t.Errorf("%s with %s: unknown %v, missing %v, output %s", c.id, c.inputs, e.Unknown, e.Missing, feel.Text(e.Output))
		}
	}
	if e := decide(t, p, "approval_level", `"reviewedTotal": 1`); e.Unknown {
		t.Errorf("all is known, yet unknown: %v", e)
	}
}

// TestThresholds tries each decision that ships on both sides of its thresholds; AP-1 is among them.
func TestThresholds(t *testing.T) {
	p := paramsFor(t, twoPacks(t), "DEMO-2022.4", "2022-06-30")
	for _, c := range []struct{ id, inputs, want string }{
		{"approval_level", `"reviewedTotal": 0`, "1"},
		{"approval_level", `"reviewedTotal": 499999.99`, "1"},
		{"approval_level", `"reviewedTotal": 500000`, "2"},
		{"approval_level", `"reviewedTotal": 1999999.99`, "2"},
		{"approval_level", `"reviewedTotal": 2000000`, "3"},
		{"approval_level", `"reviewedTotal": 4999999.99`, "3"},
		{"approval_level", `"reviewedTotal": 5000000`, "4"},
		{"review_mode", `"declaredTotal": 499999.99, "mlpsLevel": 2`, "SIMPLE"},
		{"review_mode", `"declaredTotal": 499999.99, "mlpsLevel": 3`, "LETTER"},
		{"review_mode", `"declaredTotal": 500000, "mlpsLevel": 0`, "LETTER"},
		{"review_mode", `"declaredTotal": 1999999.99, "mlpsLevel": 0`, "LETTER"},
		{"review_mode", `"declaredTotal": 2000000, "mlpsLevel": 4`, "MEETING"},
		{"expert_count", `"reviewMode": "SIMPLE", "declaredTotal": 9000000`, "0"},
		{"expert_count", `"reviewMode": "LETTER", "declaredTotal": 1999999.99`, "3"},
		{"expert_count", `"reviewMode": "MEETING", "declaredTotal": 2000000`, "5"},
		{"expert_count", `"reviewMode": "MEETING", "declaredTotal": 4999999.99`, "5"},
		{"expert_count", `"reviewMode": "MEETING", "declaredTotal": 5000000`, "7"},
		{"procurement_method", `"maxPackage": 499999.99`, "MALL"},
		{"procurement_method", `"maxPackage": 500000`, "CONSULT"},
		{"procurement_method", `"maxPackage": 3999999.99`, "CONSULT"},
		{"procurement_method", `"maxPackage": 4000000`, "TENDER"},
		{"acceptance_readiness", readiness("PRELIM", 0, 0, false, 9), `{ready: true, reason: ""}`},
		{"acceptance_readiness", readiness("PRELIM", 1, 0, false, 0), `{ready: false, reason: "还有里程碑未完成"}`},
		{"acceptance_readiness", readiness("PRELIM", 0, 1, false, 0), `{ready: false, reason: "还有 A 级整改未销号"}`},
		{"acceptance_readiness", readiness("FINAL", 0, 0, true, 0), `{ready: false, reason: "缺少等保测评或备案证明"}`},
		{"acceptance_readiness", readiness("FINAL", 0, 0, false, 1), `{ready: false, reason: "终验材料不全"}`},
		{"acceptance_readiness", readiness("FINAL", 0, 0, false, 0), `{ready: true, reason: ""}`},
	} {
		e := decide(t, p, c.id, c.inputs)
		if feel.Text(e.Output) != c.want || e.Unknown {
			t.Errorf("%s with %s: got %s, want %s (%v)", c.id, c.inputs, feel.Text(e.Output), c.want, e.Reasons)
		}
	}
}

func readiness(kind string, milestones, blockers int, mlps bool, materials int) string {
	raw, _ := json.Marshal(
		map[string]any{
			"kind": kind, "milestonesOpen": milestones, "blockersOpen": blockers, "mlpsMissing": mlps,
			"materialsMissing": materials,
		},
	)
	return strings.Trim(string(raw), "{}")
}

// TestFunctionPointCost runs the golden tests of B07 to the cent: rounding once, at the end.
func TestFunctionPointCost(t *testing.T) {
	p := paramsFor(t, twoPacks(t), "DEMO-2022.4", "2022-06-30")
	for name, c := range map[string]struct{ inputs, cost, line, accepted string }{
		"FP-1": {`"ufp": 2800, "scf": 1.21, "adjust": [1.1]`, "2702572.55", "270.26", "true"},
		"FP-2": {`"ufp": 6200, "scf": 1.21, "adjust": [1.1, 1.05]`, "6283481.18", "628.35", "true"},
		"FP-3": {`"ufp": 2800, "scf": 1.39, "adjust": [1.1]`, "3104608.14", "310.46", "true"},
		"FP-4": {`"ufp": 2800, "scf": 1.10, "adjust": [1.1]`, "2456884.14", "245.69", "true"},
		"FP-5": {`"ufp": 2800, "scf": 1.00, "adjust": [1.1]`, "2233531.03", "223.35", "true"},
		"FP-8": {`"ufp": 0, "scf": 1.21, "adjust": []`, "0.00", "0.00", "false"},
	} {
		out, ok := decide(t, p, "function_point_cost", c.inputs).Output.(*feel.Context)
		if !ok {
			t.Errorf("%s: no result", name)
			continue
		}
		for key, want := range map[string]string{"cost": c.cost, "line": c.line, "accepted": c.accepted} {
			if v, _ := out.Get(key); feel.Text(v) != want {
				t.Errorf("%s: %s is %s, want %s", name, key, feel.Text(v), want)
			}
		}
	}
	// FP-6 and FP-7 are traps: rounding the person-months first gives these, which must not come out.
	for inputs, trap := range map[string]string{`"ufp": 2800, "scf": 1.21, "adjust": [1.1]`: "2702502.00",
		`"ufp": 6200, "scf": 1.21, "adjust": [1.1, 1.05]`: "6283569.60"} {
		out := decide(t, p, "function_point_cost", inputs).Output.(*feel.Context)
		if v, _ := out.Get("cost"); feel.Text(v) == trap {
			t.Errorf("%s: fell into the trap %s", inputs, trap)
		}
	}
}

// TestBadPacks refuses packs with all their faults at once.
func TestBadPacks(t *testing.T) {
	_, err := rulepack.Parse(
		[]byte(
			`{"pack": "", "validFrom": "01.01.2022", "params": [{"rule": "A", "key": "b", "value": 1}, {"rule": "A", "key": "b", "value": 2}, {"rule": "", "key": "x", "value": 1}]}`,
		),
	)
	for _, want := range []string{"no id", "01.01.2022", "A.b is given twice", "no rule or key"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in %v", want, err)
		}
	}
	if _, err := rulepack.Parse([]byte("{")); err == nil {
		t.Error("broken JSON was taken")
	}
	p := examplePack(t)
	if _, err := rulepack.NewSet(p, with(p, "OTHER", p.ValidFrom, nil)); err == nil {
		t.Error("two packs that begin on one day were taken")
	}
}
