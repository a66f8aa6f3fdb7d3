package bundles

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/verify"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// Deploy makes a bundle the newest; false when it is deployed already. What the
// gates refuse (DESIGN §4) is not stored; all problems come back, warnings too.
func Deploy(tx *gorm.DB, a models.Acting, src definitions.Bundle) (bool, []Diagnostic, error) {
	b, problems := Compile(src)
	if b == nil {
		return false, problems, fmt.Errorf("the bundle has errors and is not deployed")
	}
	// Nobody agrees on finer moments, and a cache of its own sees what this transaction has changed.
	w, err := (&Cache{}).World(tx, About{Now: a.At.Truncate(time.Millisecond), On: a.On()})
	if err != nil {
		return false, problems, err
	}
	found := b.admission(w.Input)
	known, err := process.Deployed(tx, src.Digest)
	if err != nil {
		return false, problems, err
	}
	var starts map[string][]process.StartSubscription
	if !known { // else what its processes start by may be another's by now
		var judged []Diagnostic
		if starts, judged, err = b.starts(tx, w.Input); err != nil {
			return false, problems, err
		}
		found = append(found, judged...)
	}
	problems = append(problems, found...)
	if slices.ContainsFunc(found, func(d Diagnostic) bool { return d.Severity == bpmn.Error }) {
		return false, problems, fmt.Errorf("the bundle is not sound, or names what does not exist, and is not deployed")
	}
	files := make([]process.BundleFile, len(src.Files))
	for i, f := range src.Files {
		files[i] = process.BundleFile{Name: f.Name, Data: f.Data}
	}
	fresh, err := process.StoreBundle(tx, a, src.Digest, files, b.definitions(starts))
	return fresh, problems, err
}

// definitions are the executable processes of the bundle, with the start events that wait for something.
func (b *Bundle) definitions(starts map[string][]process.StartSubscription) []process.Definition {
	var all []process.Definition
	for _, m := range b.Models {
		for _, p := range m.Processes {
			if p.Process.Executable {
				all = append(all, process.Definition{Process: p.ID, Name: p.Name, NameEn: p.Ext.NameEn, Starts: starts[p.ID]})
			}
		}
	}
	return all
}

// admission is what a person's deployment is held to beyond structure: the
// dialect, the commands, posts and units that exist, and soundness. Errors refuse the bundle.
func (b *Bundle) admission(in engine.Input) []Diagnostic {
	var out []Diagnostic
	around := verify.Surroundings{Resources: engine.Resources{Models: b.Models}, Command: commands.Has, Org: in.Org, Now: in.Now}
	for _, m := range b.Models {
		for _, f := range verify.Model(m, around) {
			out = append(out, diagnostic(f))
		}
	}
	return out
}

func diagnostic(f verify.Finding) Diagnostic {
	text := f.Text("zh")
	if len(f.Trace) > 0 {
		text += " [" + strings.Join(f.Trace, " → ") + "]"
	}
	return Diagnostic{
		f.Process, bpmn.Diagnostic{Rule: f.Code, Severity: f.Severity, Element: f.Element, Line: f.Line, Col: f.Col, Message: text},
	}
}
