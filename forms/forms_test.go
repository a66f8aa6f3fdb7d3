package forms

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quancheng/quancheng/feel"
)

// sample has one component of each kind.
const sample = `{"id":"sample","type":"default","components":[
 {"type":"text","text":"# Contract"},
 {"type":"textfield","id":"f1","key":"contractNo","label":"合同编号","validate":{"required":true,"maxLength":8,"minLength":2,"pattern":"^[A-Z0-9-]+$"}},
 {"type":"number","key":"amount","label":"金额","decimalDigits":2,"validate":{"required":true,"min":0,"max":1000}},
 {"type":"checkbox","key":"confidential","label":"保密","validate":{"required":true}},
 {"type":"select","key":"mode","label":"方式","values":[{"label":"a","value":"TENDER"},{"label":"b","value":"MALL"}]},
 {"type":"radio","key":"supplier","label":"供应商","valuesKey":"suppliers"},
 {"type":"taglist","key":"tags","label":"标签","values":[{"label":"x","value":"x"},{"label":"y","value":"y"}]},
 {"type":"datetime","subtype":"date","key":"signedOn","dateLabel":"签订日期"},
 {"type":"filepicker","key":"scan","label":"扫描件"},
 {"type":"textfield","key":"shown","label":"只读","readonly":true},
 {"type":"expression","key":"sum","expression":"=1"},
 {"type":"group","path":"winner","components":[{"type":"textfield","key":"name","label":"名称"},{"type":"group","components":[{"type":"textfield","key":"uscc","label":"代码"}]}]},
 {"type":"dynamiclist","path":"lines","label":"明细","components":[
   {"type":"number","key":"lineNo","label":"行号","decimalDigits":0,"validate":{"required":true}},
   {"type":"textarea","key":"comment","label":"说明"}]}
]}`

const good = `{"contractNo":"HT-01","amount":"10.50","confidential":true}`

func read(t *testing.T, s string) map[string]any {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return m
}

func merge(t *testing.T, more string) map[string]any {
	t.Helper()
	m := read(t, good)
	for k, v := range read(t, more) {
		m[k] = v
	}
	return m
}

func TestValidate(t *testing.T) {
	f, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	scope := read(t, `{"suppliers":[{"label":"甲","value":"A"},{"label":"乙","value":"B"}]}`)
	cases := []struct{ name, data, want string }{ // want: "pointer code" of each problem
		{"good", `{}`, ``},
		{
			"missing", `{"contractNo":" ","amount":null,"confidential":false}`,
			`/contractNo required, /amount required, /confidential required`,
		},
		{"too short", `{"contractNo":"A"}`, `/contractNo minLength`},
		{"too long counts characters, not bytes", `{"contractNo":"ABCDEFGH-"}`, `/contractNo maxLength`},
		{"pattern", `{"contractNo":"ht 1"}`, `/contractNo pattern`},
		{"not text", `{"contractNo":17}`, `/contractNo text`},
		{"control characters", `{"contractNo":"A\u0000"}`, `/contractNo control`},
		{"negative", `{"amount":-0.01}`, `/amount min`},
		{"too much", `{"amount":"1000.01"}`, `/amount max`},
		{"three decimals", `{"amount":"1.001"}`, `/amount decimals`},
		{"trailing zeros are not decimals", `{"amount":"1.000"}`, ``},
		{"exponent", `{"amount":"1e3"}`, `/amount number`},
		{"full-width digits", `{"amount":"１０"}`, `/amount number`},
		{"not a number", `{"amount":true}`, `/amount number`},
		{"not a bool", `{"confidential":"yes"}`, `/confidential bool`},
		{"option", `{"mode":"GIFT"}`, `/mode option`},
		{"option of another type", `{"mode":["TENDER"]}`, `/mode option`},
		{"option from the scope", `{"supplier":"B"}`, ``},
		{"no such option in the scope", `{"supplier":"C"}`, `/supplier option`},
		{"choices", `{"tags":["x","y"]}`, ``},
		{"choices twice", `{"tags":["x","x"]}`, `/tags/1 option`},
		{"choices unknown", `{"tags":["z"]}`, `/tags/0 option`},
		{"choices not a list", `{"tags":"x"}`, `/tags list`},
		{"date", `{"signedOn":"2022-05-20"}`, ``},
		{"no such day", `{"signedOn":"2022-02-30"}`, `/signedOn date`},
		{"file ids", `{"scan":["7","8"]}`, ``},
		{"file path", `{"scan":["../etc/passwd"]}`, `/scan/0 files`},
		{"computed and read-only are dropped", `{"sum":5,"shown":"changed"}`, ``},
		{"group", `{"winner":{"name":"某某","uscc":"91"}}`, ``},
		{"unknown in a group", `{"winner":{"name":"某某","vat":"1"}}`, `/winner unknown`},
		{"rows", `{"lines":[{"lineNo":1,"comment":"好"},{"lineNo":2}]}`, ``},
		{
			"bad rows", `{"lines":[{"comment":"x"},7,{"lineNo":1.5,"x":1}]}`,
			`/lines/0/lineNo required, /lines/1 object, /lines/2/lineNo decimals, /lines/2/x unknown`,
		},
		{"rows not a list", `{"lines":{"0":1}}`, `/lines list`},
		{"unknown", `{"admin":true,"a/b":1}`, `/a~1b unknown, /admin unknown`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, problems := f.Validate(merge(t, c.data), scope, feel.Env{})
			var got []string
			for _, p := range problems {
				got = append(got, p.Pointer+" "+p.Code)
				for _, lang := range []string{"zh-CN", "en"} {
					if text := p.In(lang); text == p.Code || strings.Contains(text, "%!") {
						t.Errorf("%s in %s: %q", p.Code, lang, text)
					}
				}
			}
			if d := cmp.Diff(c.want, strings.Join(got, ", ")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCleanDataHoldsOnlyAnswers(t *testing.T) {
	f, _ := Parse([]byte(sample))
	clean, _ := f.Validate(
		merge(t, `{"sum":5,"shown":"x","mode":"","winner":{"name":"甲","uscc":"91"},"lines":[{"lineNo":1}]}`), nil, feel.Env{},
	)
	want := read(
		t, `{"contractNo":"HT-01","amount":10.50,"confidential":true,"sum":1,"winner":{"name":"甲","uscc":"91"},"lines":[{"lineNo":1}]}`,
	)
	got, _ := json.Marshal(clean)
	exp, _ := json.Marshal(want)
	if d := cmp.Diff(string(exp), string(got)); d != "" {
		t.Error(d)
	}
}

// Who has to confirm what another filled in reads each row and each choice, not their number.
func TestAnswersAreWhatPeopleRead(t *testing.T) {
	f, _ := Parse([]byte(sample))
	var got []string
	for _, a := range f.Answers(read(t, `{"contractNo":"HT-01","amount":"10.50","confidential":false,"mode":"MALL","tags":["x","z"],"scan":["8f","90"],
		"winner":{"name":"甲"},"lines":[{"lineNo":1,"comment":"先"},{"lineNo":2}],"supplier":""}`)) {
		got = append(got, a.Label+"="+a.Value)
	}
	want := []string{"合同编号=HT-01", "金额=10.50", "保密=✗", "方式=b", "标签=x；z", "扫描件=2", "名称=甲", "明细=1，先；2"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestKeys(t *testing.T) {
	f, _ := Parse([]byte(sample))
	want := []string{
		"contractNo", "amount", "confidential", "mode", "supplier", "tags", "signedOn", "scan", "shown", "sum", "winner", "lines",
	}
	if d := cmp.Diff(want, f.Keys()); d != "" {
		t.Error(d)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, src := range map[string]string{
		"not JSON":          `{`,
		"unknown component": `{"components":[{"type":"hologram","key":"x"}]}`,
		"no key":            `{"components":[{"type":"textfield"}]}`,
		"bad pattern":       `{"components":[{"type":"textfield","key":"x","validate":{"pattern":"("}}]}`,
		"deep inside":       `{"components":[{"type":"dynamiclist","path":"l","components":[{"type":"group","components":[{"type":"number"}]}]}]}`,
	} {
		if _, err := Parse([]byte(src)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestUnknownFieldsAreAlwaysRefused(t *testing.T) {
	f, _ := Parse([]byte(sample))
	known := map[string]bool{}
	for _, k := range f.Keys() {
		known[k] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zA-Z_]{1,12}`).Filter(func(s string) bool { return !known[s] }).Draw(t, "name")
		_, problems := f.Validate(map[string]any{name: "x"}, nil, feel.Env{})
		for _, p := range problems {
			if p.Code == "unknown" && p.Pointer == "/"+name {
				return
			}
		}
		t.Fatalf("%s was taken", name)
	})
}

func TestMessagesAreComplete(t *testing.T) {
	for code, m := range messages {
		for i, text := range m {
			if text == "" || !strings.Contains(text, "%[1]s") {
				t.Errorf("%s: language %d has no text", code, i)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample), []byte(good))
	f.Fuzz(func(t *testing.T, form, data []byte) {
		parsed, err := Parse(form)
		if err != nil {
			return
		}
		var m map[string]any
		if json.Unmarshal(data, &m) == nil {
			parsed.Validate(m, nil, feel.Env{})
		}
	})
}
