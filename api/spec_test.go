package api

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestSpecIsValid(t *testing.T) {
	doc, err := Spec()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == "" || len(op.Tags) == 0 {
				t.Errorf("%s %s: needs an operationId and a tag", method, path)
			}
			if op.Responses.Default() == nil && op.Tags[0] != "system" {
				t.Errorf("%s %s: needs a problem as its default response", method, path)
			}
		}
	}
}

// TestRoomsOfTheContractSayNothingTwice: what two files say, or one says twice, is told with both places.
func TestRoomsOfTheContractSayNothingTwice(t *testing.T) {
	const a = "openapi: 3.0.3\npaths: {/a: {get: {}}}\ncomponents: {schemas: {A: {type: string}}, parameters: {P: {name: p}}}\n"
	for name, test := range map[string]struct{ b, want string }{
		"path":             {"paths: {/a: {post: {}}}", "b.yaml: paths: /a stands in a.yaml already"},
		"schema":           {"components: {schemas: {A: {type: string}}}", "b.yaml: schemas: A stands in a.yaml already"},
		"parameter":        {"components: {parameters: {P: {name: p}}}", "b.yaml: parameters: P stands in a.yaml already"},
		"head":             {"openapi: 3.0.3", "b.yaml: openapi stands in a.yaml already"},
		"all at once":      {"paths: {/a: {}}\ncomponents: {schemas: {A: {}}}", "paths: /a stands in a.yaml already\nb.yaml: schemas: A"},
		"within one file":  {"paths: {/b: {}, /b: {}}", "b.yaml"},
		"no mapping":       {"paths: [1]", "b.yaml"},
		"another kind":     {"components: {parameters: {A: {name: a}}}", ""},
		"a path, a schema": {"paths: {/b: {}}\ncomponents: {schemas: {B: {}}}\ntags: [{name: b}]", ""},
	} {
		_, err := mergeSpec(fstest.MapFS{"a.yaml": {Data: []byte(a)}, "b.yaml": {Data: []byte(test.b)}}, "*.yaml")
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}
