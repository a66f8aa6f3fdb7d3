package rules_test

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// TestEveryFactHasAName: what a rule lacks is told by name, in both languages, down to the columns of its rows.
func TestEveryFactHasAName(t *testing.T) {
	checks := shippedChecks(t)
	named := func(rule, key string) {
		if !texts.Has(key) || texts.Text(texts.English, key, nil) == texts.Text(texts.Chinese, key, nil) {
			t.Errorf("%s: no text %s in both languages", rule, key)
		}
	}
	var columns func(string, rules.Shape)
	columns = func(rule string, s rules.Shape) {
		for _, c := range s {
			named(rule, "fact-column."+c.Name)
			columns(rule, c.Columns)
		}
	}
	for id, r := range checks.Rules {
		for _, f := range r.Requires {
			if f.Name != "row" {
				named(id, "fact-name."+f.Name)
			}
			columns(id, f.Columns)
		}
		if r.Each != "" {
			named(id, "fact-name."+r.Each)
		}
	}
	for pointer, want := range map[string]string{
		"/secrecy": "是否涉密", "/similar/3/score": "查重结果 第 4 项 · 相似度", "/ofTheCounty": "ofTheCounty",
	} {
		if got := rules.FactName(texts.Chinese, pointer); got != want {
			t.Errorf("%s is called %s", pointer, got)
		}
	}
}

// TestEveryParameterHasAName: nobody has to know the keys of the shipped pack.
func TestEveryParameterHasAName(t *testing.T) {
	pack, err := definitions.ExamplePack()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pack.Params {
		key := "param." + p.Rule + "." + p.Key
		if zh := texts.Text(texts.Chinese, key, nil); !texts.Has(key) || strings.ContainsAny(zh, "abcdefghijklmnopqrstuvwxyz") {
			t.Errorf("%s is called %q", key, zh)
		}
		if !strings.ContainsFunc(texts.Text(texts.English, key, nil), func(r rune) bool { return r >= 'a' && r <= 'z' }) {
			t.Errorf("%s has no English name", key)
		}
	}
}
