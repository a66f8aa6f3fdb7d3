package definitions_test

import (
	"testing"
	"testing/fstest"

	"github.com/quancheng/quancheng/workflows/definitions"
)

func TestDigestNamesTheContent(t *testing.T) {
	load := func(files map[string]string) definitions.Bundle {
		t.Helper()
		fsys := fstest.MapFS{}
		for name, data := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(data)}
		}
		b, err := definitions.Load(fsys)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	base := load(map[string]string{"a.bpmn": "1", "b.dmn": "2"})
	cases := []struct {
		name  string
		files map[string]string
		same  bool
	}{
		{"other files beside", map[string]string{"a.bpmn": "1", "b.dmn": "2", "README.md": "x"}, true},
		{"content", map[string]string{"a.bpmn": "1", "b.dmn": "3"}, false},
		{"name", map[string]string{"a.bpmn": "1", "c.dmn": "2"}, false},
		{"one more", map[string]string{"a.bpmn": "1", "b.dmn": "2", "c.form": "{}"}, false},
		{"byte moved between files", map[string]string{"a.bpmn": "12", "b.dmn": ""}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := load(c.files); (got.Digest == base.Digest) != c.same {
				t.Errorf("digest %s against %s, want same %v", got.Digest, base.Digest, c.same)
			}
		})
	}
}

func TestLoadRefusesNothing(t *testing.T) {
	if _, err := definitions.Load(fstest.MapFS{"x.txt": {}}); err == nil {
		t.Error("a bundle without models was accepted")
	}
}

func TestExamplePack(t *testing.T) {
	p, err := definitions.ExamplePack()
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Tree()["B06"]["L4"].String(); got != "5000000" {
		t.Errorf("B06.L4 = %s", got)
	}
	seen := map[string]bool{}
	for _, q := range p.Params {
		if key := q.Rule + "." + q.Key; seen[key] {
			t.Errorf("%s twice", key)
		} else {
			seen[key] = true
		}
	}
}
