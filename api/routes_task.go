package api

import (
	"net/http"

	"github.com/quancheng/quancheng/models/audit"
)

const (
	taskRead      permission = "task.read"
	taskWork      permission = "task.work"
	taskSupervise permission = "task.supervise" // urge without limit
	processGovern permission = "process.govern" // suspend, resume, terminate, jump, reassign
)

// Tasks and what is done to them.
var _ = open(room{
	Grants: map[permission][]string{
		taskRead:      with(business, "EXPERT", "AUDITOR"),
		taskWork:      with(business, "EXPERT"),
		taskSupervise: with(heads, "COUNTY_LEADER"),
		processGovern: with(heads, "PROCESS_ADMIN"),
	},
	Routes: []route{
		{http.MethodGet, "/api/v1/tasks", taskRead, listTasks, false},
		{http.MethodPost, "/api/v1/tasks/batch", taskWork, batchTasks, false},
		{http.MethodGet, "/api/v1/tasks/{key}", taskRead, getTask, false},
		{http.MethodGet, "/api/v1/tasks/{key}/receivers", taskWork, listReceivers, false},
		{http.MethodPost, "/api/v1/tasks/{key}/preview", taskWork, traced(audit.ActPreviewed, previewTask), false},
		{http.MethodPut, "/api/v1/tasks/{key}/draft", taskWork, saveTaskDraft, false},
		{http.MethodPost, "/api/v1/tasks/{key}/{operation}", taskWork, operateTask, false},
		{http.MethodPost, "/api/v1/confirmations/{id}", taskWork, decideConfirmation, false},
		{http.MethodGet, "/api/v1/outcomes/{event}", signedIn, getOutcome, false}, // of events of one's own
	},
})
