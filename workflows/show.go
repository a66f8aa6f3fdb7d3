package workflows

import (
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/workflows/contract"
)

var (
	attrProject = temporal.NewSearchAttributeKeyKeyword(contract.AttrProject)
	attrDept    = temporal.NewSearchAttributeKeyKeyword(contract.AttrDept)
	attrStage   = temporal.NewSearchAttributeKeyKeyword(contract.AttrStage)
	attrWaits   = temporal.NewSearchAttributeKeyKeyword(contract.AttrWaits)
)

// show keeps what people read and search in Temporal's own pages.
func (w *instance) show(ctx workflow.Context) {
	s := w.now.Summary
	waits := strings.Join(s.Tasks, "、")
	if waits == "" && len(w.now.Timers) > 0 {
		waits = w.now.Timers[0].Element
	}
	before := w.shown
	same := s.Project == before.Project && s.Dept == before.Dept && s.Stage == before.Stage && slices.Equal(s.Tasks, before.Tasks)
	if same && w.handled > 0 {
		return
	}
	w.shown = s
	workflow.SetCurrentDetails(ctx, details(s))
	_ = workflow.UpsertTypedSearchAttributes(ctx, // fails only for attributes of a wrong type
		attrProject.ValueSet(s.Project), attrDept.ValueSet(s.Dept), attrStage.ValueSet(s.Stage), attrWaits.ValueSet(waits))
}

// details is Markdown.
func details(s contract.Summary) string {
	var b strings.Builder
	if s.Project != "" {
		b.WriteString("**" + s.Project + "** " + s.Dept + " " + s.Stage + "\n\n")
	}
	for _, t := range s.Tasks {
		b.WriteString("- " + t + "\n")
	}
	return b.String()
}

// timerNames are the elements that wait for a due moment.
func (w *instance) timerNames(due time.Time) string {
	var names []string
	for _, t := range w.now.Timers {
		if t.Due.Equal(due) {
			names = append(names, t.Element)
		}
	}
	return strings.Join(names, ", ")
}
