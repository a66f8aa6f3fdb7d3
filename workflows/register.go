package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/quancheng/quancheng/workflows/contract"
)

// Register makes a worker know the workflow under its contract name.
func Register(w worker.WorkflowRegistry) {
	w.RegisterWorkflowWithOptions(ProcessInstance, workflow.RegisterOptions{Name: contract.Workflow})
}
