package bundles

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Deploy makes a bundle the newest; false when it is deployed already. What the
// gates refuse (DESIGN §4) is not stored; all problems come back, warnings too.
func Deploy(tx *gorm.DB, a models.Acting, src definitions.Bundle) (bool, []Diagnostic, error) {
	b, problems := Compile(src)
	if b == nil {
		return false, problems, fmt.Errorf("the bundle has errors and is not deployed")
	}
	unknown := admission(b)
	problems = append(problems, unknown...)
	if len(unknown) > 0 {
		return false, problems, fmt.Errorf("the bundle names commands that do not exist and is not deployed")
	}
	files := make([]models.BundleFile, len(src.Files))
	for i, f := range src.Files {
		files[i] = models.BundleFile{Name: f.Name, Data: f.Data}
	}
	fresh, err := models.StoreBundle(tx, a, src.Digest, files, b.definitions())
	return fresh, problems, err
}

// definitions are the executable processes of the bundle.
func (b *Bundle) definitions() []models.Definition {
	var all []models.Definition
	for _, m := range b.Models {
		for _, p := range m.Processes {
			if p.Process.Executable {
				all = append(all, models.Definition{Process: p.ID, Name: p.Name, NameEn: p.Ext.NameEn})
			}
		}
	}
	return all
}

// admission finds commands that a model names and nobody wrote.
func admission(b *Bundle) []Diagnostic {
	var out []Diagnostic
	for _, m := range b.Models {
		for _, p := range m.Processes {
			p.Walk(func(e *bpmn.Element) {
				names := []string{e.Ext.Command}
				if d := e.Ext.TaskDefinition; d != nil {
					if name, ok := strings.CutPrefix(d.Type, "command:"); ok {
						names = append(names, name)
					}
				}
				for _, name := range names {
					if name != "" && !commands.Has(name) {
						out = append(out, Diagnostic{p.ID, bpmn.Diagnostic{
							Rule: "unknown-command", Element: e.ID, Line: e.Pos.Line, Col: e.Pos.Col,
							Message: fmt.Sprintf("there is no command %q", name), Hint: "see the catalogue in workflows/definitions/README.md",
						}})
					}
				}
			})
		}
	}
	return out
}
