package worker

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.temporal.io/api/workflowservice/v1"
	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Strangers are the running workflows of cases that the books do not know: they
// began after the moment that the books were restored to.
func Strangers(ctx context.Context, db *models.DB, t temporalclient.Client) ([]string, error) {
	var out []string
	var page []byte
	for {
		resp, err := t.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: "ExecutionStatus = 'Running' AND WorkflowType = '" + contract.Workflow + "'", PageSize: 500, NextPageToken: page,
		})
		if err != nil {
			return nil, fmt.Errorf("runs in Temporal: %w", err)
		}
		var keys []int64
		for _, e := range resp.GetExecutions() {
			if key, err := strconv.ParseInt(strings.TrimPrefix(e.GetExecution().GetWorkflowId(), "pi-"), 10, 64); err == nil {
				keys = append(keys, key)
			}
		}
		var known []int64
		if err := db.Read(ctx).Raw("SELECT key FROM root_state WHERE key IN ?", append(keys, 0)).Scan(&known).Error; err != nil {
			return nil, fmt.Errorf("cases in the books: %w", err)
		}
		for _, key := range keys {
			if !slices.Contains(known, key) {
				out = append(out, contract.WorkflowID(key))
			}
		}
		if page = resp.GetNextPageToken(); len(page) == 0 {
			return out, nil
		}
	}
}
