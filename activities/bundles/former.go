package bundles

import (
	"slices"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// former completes models from before qc:task could say what a task edits and
// is about: a case that began by them goes on as it did. Models that say it of
// one task say it of all.
func former(models []*bpmn.Model) error {
	var tasks []*bpmn.Element
	for _, m := range models {
		for _, p := range m.Processes {
			p.Walk(func(e *bpmn.Element) {
				if e.Kind == bpmn.KindUserTask {
					tasks = append(tasks, e)
				}
			})
		}
	}
	if slices.ContainsFunc(tasks, func(e *bpmn.Element) bool { v := e.Ext.Task; return v != nil && (v.About != "" || len(v.Edits) > 0) }) {
		return nil
	}
	for _, e := range tasks {
		edits, about, err := definitions.Former(e.ID)
		if err != nil {
			return err
		}
		if about == "" && edits == nil {
			continue
		}
		if e.Ext.Task == nil {
			e.Ext.Task = &bpmn.TaskView{Pos: e.Pos}
		}
		e.Ext.Task.Edits, e.Ext.Task.About = edits, about
	}
	return nil
}
