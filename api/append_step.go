package api

import (
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// appendStep puts a step of this case alone behind a task (追加节点).
const appendStep = "appendStep"

// mayGovern reports whether a person may do an operation that needs a permission
// beside that to work on tasks; a step is put in by who governs the case, also by its own model.
func (c *call) mayGovern(t process.Task, op operation, a models.Acting) (bool, error) {
	if op.needs == "" || c.who.mayIn(a.Post, op.needs) {
		return true, nil
	}
	if op.Name != appendStep {
		return false, nil
	}
	root, err := process.RootByKey(c.db(), t.Root)
	if err != nil {
		return false, err
	}
	return c.governsCase(root)
}

// ownsByModel reports whether a person governs the open case of a task by its own model alone.
func (c *call) ownsByModel(t process.Task) (bool, error) {
	if t.State == process.TaskClosed || t.Project != "" || c.who.may(processGovern) {
		return false, nil
	}
	root, err := process.RootByKey(c.db(), t.Root)
	if err != nil {
		return false, err
	}
	return c.governsCase(root)
}
