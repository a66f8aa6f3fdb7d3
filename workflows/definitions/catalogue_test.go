package definitions_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// models are the shipped processes; any diagnostic fails the test.
func models(t *testing.T) []*bpmn.Model {
	t.Helper()
	var out []*bpmn.Model
	for _, f := range shipped(t).Of(".bpmn") {
		m, ds := bpmn.Parse(f.Data)
		ds = append(ds, bpmn.Check(m)...)
		for _, d := range ds {
			t.Errorf("%s: %s", f.Name, d)
		}
		out = append(out, m)
	}
	return out
}

func shipped(t *testing.T) definitions.Bundle {
	t.Helper()
	b, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// elements lists every flow node of every process.
func elements(t *testing.T) []*bpmn.Element {
	var out []*bpmn.Element
	for _, m := range models(t) {
		for _, p := range m.Processes {
			p.Walk(func(e *bpmn.Element) {
				if e != p {
					out = append(out, e)
				}
			})
		}
	}
	return out
}

func TestFormsAreThereAndUsed(t *testing.T) {
	used := map[string]bool{}
	for _, e := range elements(t) {
		if e.Kind != bpmn.KindUserTask {
			continue
		}
		if e.Ext.Form == nil {
			t.Errorf("%s has no form", e.ID)
			continue
		}
		used[e.Ext.Form.ID] = true
	}
	for _, f := range shipped(t).Of(".form") {
		var form struct {
			ID            string `json:"id"`
			Type          string `json:"type"`
			SchemaVersion int    `json:"schemaVersion"`
		}
		if err := json.Unmarshal(f.Data, &form); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if form.ID+".form" != f.Name || form.Type != "default" || form.SchemaVersion == 0 {
			t.Errorf("%s: id %q, type %q, schemaVersion %d", f.Name, form.ID, form.Type, form.SchemaVersion)
		}
		if !used[form.ID] {
			t.Errorf("%s: no task uses it", f.Name)
		}
		delete(used, form.ID)
	}
	for id := range used {
		t.Errorf("form %s is missing", id)
	}
}

// TestFormsSpeakTwoLanguages: each label has an English twin, each option too.
func TestFormsSpeakTwoLanguages(t *testing.T) {
	type component struct {
		ID         string                          `json:"id"`
		Type       string                          `json:"type"`
		Label      string                          `json:"label"`
		Values     []struct{ Label, Value string } `json:"values"`
		Properties map[string]string               `json:"properties"`
		Components []json.RawMessage               `json:"components"`
	}
	var check func(form string, raw []json.RawMessage)
	check = func(form string, raw []json.RawMessage) {
		for _, r := range raw {
			var c component
			if err := json.Unmarshal(r, &c); err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if c.Properties["en"] == "" {
				t.Errorf("%s: %s has no English label", form, c.ID)
			}
			for _, v := range c.Values {
				if c.Properties["en:"+v.Value] == "" {
					t.Errorf("%s: option %s of %s has no English label", form, v.Value, c.ID)
				}
			}
			check(form, c.Components)
		}
	}
	for _, f := range shipped(t).Of(".form") {
		var form struct{ Components []json.RawMessage }
		if err := json.Unmarshal(f.Data, &form); err != nil {
			t.Fatal(err)
		}
		check(f.Name, form.Components)
	}
}

func TestEveryTaskIsComplete(t *testing.T) {
	for _, e := range elements(t) {
		switch e.Kind {
		case bpmn.KindUserTask:
			x := e.Ext
			if e.Name == "" || x.NameEn == "" || x.Task == nil || x.SLA == nil || x.Assignment == nil {
				t.Errorf("%s lacks name, English name, view, time limit or candidates", e.ID)
			} else if x.Task.About == "" {
				t.Errorf("%s does not say what it is about", e.ID)
			}
			if (x.Approval == nil) == (x.Command == "") {
				t.Errorf("%s must carry either qc:approval or qc:command", e.ID)
			}
			if len(x.Outputs) == 0 {
				t.Errorf("%s has no output mapping: its whole form would become process variables", e.ID)
			}
		case bpmn.KindServiceTask:
			if e.Ext.TaskDefinition == nil || !strings.HasPrefix(e.Ext.TaskDefinition.Type, "command:") {
				t.Errorf("%s runs no domain command", e.ID)
			}
		}
		if e.Name != "" && e.Ext.NameEn == "" {
			t.Errorf("%s has no English name", e.ID)
		}
	}
}

var post = regexp.MustCompile(`[A-Z_]+@`)

func TestPostsAreInTheCatalogue(t *testing.T) {
	text := section(t, "## Posts that the models need")
	for _, e := range elements(t) {
		if e.Ext.Assignment == nil {
			continue
		}
		for _, role := range post.FindAllString(e.Ext.Assignment.Groups, -1) {
			if !strings.Contains(text, "`"+role) {
				t.Errorf("%s: post %s is not in README.md", e.ID, role)
			}
		}
	}
}

// section is the text of a README section up to the next heading of its level.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, rest, ok := strings.Cut(readme(t), heading+"\n")
	if !ok {
		t.Fatalf("README.md has no %q", heading)
	}
	body, _, _ := strings.Cut(rest, "\n## ")
	return body
}

func TestCommandsAreInTheCatalogue(t *testing.T) {
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z]+\\.[a-z]+)`(?: \\(former\\))? \\|").FindAllStringSubmatch(section(t, "## Commands"), -1) {
		listed[m[1]] = false
	}
	for _, e := range elements(t) {
		name := e.Ext.Command
		if d := e.Ext.TaskDefinition; d != nil {
			name = strings.TrimPrefix(d.Type, "command:")
		}
		if name == "" {
			continue
		}
		if _, ok := listed[name]; !ok {
			t.Errorf("%s: command %s is not in README.md", e.ID, name)
		}
		listed[name] = true
	}
	for name, used := range listed {
		if !used && !strings.Contains(section(t, "## Commands"), "| `"+name+"` (former) |") {
			t.Errorf("README.md lists command %s, which no model uses", name)
		}
	}
}

func TestMessagesAreInTheCatalogue(t *testing.T) {
	text := section(t, "## Messages")
	for _, m := range models(t) {
		for _, msg := range m.Messages {
			short := msg.Name[strings.LastIndex(msg.Name, "."):]
			if !strings.Contains(text, "`"+msg.Name+"`") && !strings.Contains(text, "`"+short+"`") {
				t.Errorf("%s: message %s is not in README.md", m.ID, msg.Name)
			}
			if !slices.ContainsFunc(elements(t), func(e *bpmn.Element) bool {
				d := e.Definition(bpmn.MessageEvent)
				return d != nil && d.Message != nil && d.Message.Name == msg.Name ||
					e.Activity != nil && e.Activity.Message != nil && e.Activity.Message.Name == msg.Name
			}) {
				t.Errorf("%s: nobody waits for %s", m.ID, msg.Name)
			}
		}
	}
}

// TestTasksAreAsTheCatalogueSays compares each user task with its row.
func TestTasksAreAsTheCatalogueSays(t *testing.T) {
	const id, name, policy, workdays, view, form, command = 1, 2, 4, 5, 6, 7, 8
	rows := map[string][]string{}
	for _, line := range strings.Split(section(t, "## Processes"), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 10 || !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, one := range strings.Split(cells[id], ",") { // twins share a row
			rows[strings.Trim(one, "` ")] = cells
		}
	}
	for _, e := range elements(t) {
		if e.Kind != bpmn.KindUserTask {
			continue
		}
		cells, ok := rows[e.ID]
		if !ok {
			t.Errorf("%s is not in README.md", e.ID)
			continue
		}
		want := map[int]string{name: e.Name, view: e.Ext.Task.View, form: "`" + e.Ext.Form.ID + "`", command: e.Ext.Command}
		if !strings.HasPrefix(e.Ext.SLA.Workdays, "=") {
			want[workdays] = e.Ext.SLA.Workdays
		}
		if a := e.Ext.Approval; a != nil {
			want[policy] = a.Policy
		}
		for column, text := range want {
			if !strings.Contains(cells[column], text) {
				t.Errorf("%s: the model says %s, README.md %s", e.ID, text, cells[column])
			}
		}
	}
}

func TestReferencesResolve(t *testing.T) {
	processes, decisions := map[string]bool{}, map[string]bool{}
	for _, m := range models(t) {
		for _, p := range m.Processes {
			processes[p.ID] = true
		}
	}
	for _, f := range shipped(t).Of(".dmn") {
		m, ds := dmn.Parse(f.Data)
		for _, d := range ds {
			t.Errorf("%s: %s", f.Name, d)
		}
		for _, d := range m.Decisions {
			decisions[d.ID] = true
		}
	}
	for _, e := range elements(t) {
		if c := e.Ext.CalledElement; c != nil && !processes[c.Process] {
			t.Errorf("%s calls %s, which is not there", e.ID, c.Process)
		}
		if d := e.Ext.CalledDecision; d != nil && !decisions[d.Decision] {
			t.Errorf("%s uses decision %s, which is not there", e.ID, d.Decision)
		}
	}
}
