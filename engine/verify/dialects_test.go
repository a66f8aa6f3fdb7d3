package verify_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine/verify"
)

var update = flag.Bool("update", false, "write what the gate says of other tools' models anew")

// TestOtherToolsModels: models as Camunda Modeler, Signavio, bpmn.io, Flowable, Activiti and jBPM write them come in, or are refused
// with everything wrong at once, in both languages. What the gate says lies beside each model, to be read by people.
func TestOtherToolsModels(t *testing.T) {
	files, err := filepath.Glob("testdata/foreign/*.bpmn")
	if err != nil || len(files) < 20 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".bpmn"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			findings := verify.Admit([]verify.File{{Name: "m.bpmn", Data: data}}, verify.Surroundings{})
			var b strings.Builder
			fmt.Fprintf(&b, "%s\n", verify.VerdictOf(findings))
			for _, f := range findings {
				if f.Severity == bpmn.Warn && strings.HasPrefix(f.Code, "EXT") {
					continue // repaired
				}
				for _, lang := range []string{"zh", "en"} {
					text := f.Text(lang)
					if lang == "zh" && !hasHan(text) || text == "" || strings.Contains(text, "%!") {
						t.Errorf("%s in %s: %q", f.Code, lang, text)
					}
					fmt.Fprintf(&b, "%s: %s\n", short(f), text)
				}
			}
			golden := strings.TrimSuffix(file, ".bpmn") + ".txt"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || string(want) != b.String() {
				t.Errorf("got\n%s\nwant\n%s (%v)", b.String(), want, err)
			}
		})
	}
}

var han = regexp.MustCompile(`\p{Han}`)

func hasHan(text string) bool { return han.MatchString(text) }
