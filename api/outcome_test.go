package api_test

import (
	"context"
	"encoding/json"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
)

// TestOutcomeOfAFormerReleaseIsAnswered: what release 6b780a7 stored for an
// event, with an answer in place of keys, is answered like what is stored today.
func TestOutcomeOfAFormerReleaseIsAnswered(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		w.submitted()
		task := w.taskOf("he-guangming", "p1_leader")
		agree := wire.OperationRequest{Version: task.Version, Opinion: "同意"}
		ask := func() (string, wire.OperationResult) {
			t.Helper()
			var r wire.OperationResult
			a := w.operate("he-guangming", task, "agree", agree, "Idempotency-Key", "a1").want(200, "")
			a.into(&r)
			return string(a.body), r
		}
		today, result := ask()
		if result.Task == nil || result.Task.Key != task.Key || len(result.NextTasks) != 1 {
			t.Fatalf("answer %s", today)
		}
		former, err := json.Marshal(map[string]any{
			"event": result.Event, "verdict": "applied", "step": 4, "at": noon, "summary": map[string]any{},
			"answer": map[string]any{
				"event": result.Event,
				"task":  map[string]any{"key": task.Key, "name": task.Name, "process": task.Process, "element": task.Element},
				"nextTasks": []any{
					map[string]any{
						"key": result.NextTasks[0].Key, "name": result.NextTasks[0].Name, "mine": false,
						"holders": []any{map[string]any{"id": "qian-shouli", "name": ""}},
					},
				},
			},
		})
		w.must(err)
		w.must(db.Tx(context.Background(), func(tx *gorm.DB) error {
			return tx.Model(&process.Outcome{}).Where("event = ?", result.Event).Update("body", models.JSON(former)).Error
		}))
		if again, _ := ask(); again != today {
			t.Errorf("repeated: %s\nbefore:   %s", again, today)
		}
		if asked := w.do("he-guangming", "GET", "/api/v1/outcomes/"+result.Event, nil).want(200, ""); string(asked.body) != today {
			t.Errorf("asked for: %s\nbefore:    %s", asked.body, today)
		}
	})
}
