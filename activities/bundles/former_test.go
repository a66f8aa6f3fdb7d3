package bundles_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/workflows/definitions"
)

var said = regexp.MustCompile(` (edits|about)="[^"]*"`)

// later begin the names of processes that came when models could say it.
var later = []string{"qc_w1_", "qc_p0_", "qc_c1_", "qc_w2_", "qc_x1_", "qc_p11_"}

// A bundle from before tasks could say what they edit and are about means the
// same as the shipped one; one that says it of a single task means what it says.
func TestFormerBundlesMeanTheSame(t *testing.T) {
	now, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	silent, once := definitions.Bundle{Digest: "silent"}, definitions.Bundle{Digest: "once"}
	for _, f := range now.Files {
		silent.Files = append(silent.Files, definitions.File{Name: f.Name, Data: said.ReplaceAll(f.Data, nil)})
		text := said.ReplaceAllString(string(f.Data), "")
		once.Files = append(
			once.Files,
			definitions.File{
				Name: f.Name,
				Data: []byte(strings.Replace(text, `<qc:task view="acceptance"`, `<qc:task view="acceptance" about="other"`, 1)),
			},
		)
	}
	want := compiled(t, now)
	for process, tasks := range compiled(t, silent) {
		if slices.ContainsFunc(later, func(prefix string) bool { return strings.HasPrefix(process, prefix) }) {
			continue
		}
		if !slices.Equal(tasks, want[process]) {
			t.Errorf("%s: %v, shipped %v", process, tasks, want[process])
		}
	}
	for process, tasks := range compiled(t, once) {
		for _, task := range tasks {
			if process != "qc_p9_acceptance" && !strings.HasSuffix(task, "[] ") {
				t.Errorf("%s: %s", process, task)
			}
		}
	}
}

// compiled lists of each process its tasks with what they edit and are about.
func compiled(t *testing.T, src definitions.Bundle) map[string][]string {
	t.Helper()
	b, problems := bundles.Compile(src)
	if b == nil {
		t.Fatal(problems)
	}
	out := map[string][]string{}
	for _, m := range b.Models {
		for _, p := range m.Processes {
			p.Walk(func(e *bpmn.Element) {
				if e.Kind == bpmn.KindUserTask {
					out[p.ID] = append(out[p.ID], e.ID+" ["+strings.Join(e.Ext.Task.Edits, ",")+"] "+e.Ext.Task.About)
				}
			})
		}
	}
	return out
}
