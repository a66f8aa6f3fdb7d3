package activities_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// The answer to an action already contains its consequences, and the very next read of the owner's inbox shows them.
func TestAnswerCarriesItsConsequences(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := activitiestest.Build(t, db, "testdata/two.bpmn")
		root, out := h.Start("two", nil)
		h.Wants(out, contract.Applied, "")
		out = h.Operate(root, "first", "complete", "ann")
		h.Wants(out, contract.Applied, "")
		var answer wire.OperationResult
		if err := json.Unmarshal(out.Answer, &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.NextTasks) != 1 || answer.NextTasks[0].Element != "second" || len(answer.NextTasks[0].Holders) != 1 || answer.NextTasks[0].Holders[0].ID != "bob" {
			t.Fatalf("answer %s", out.Answer)
		}
		inbox, _, err := process.Inbox(h.Read(), process.InboxQuery{Person: "bob", Scope: process.ScopeMine, Limit: 5})
		if err != nil || len(inbox) != 1 || strconv.FormatInt(inbox[0].Key, 10) != answer.NextTasks[0].Key || inbox[0].NameEn != "Sign" {
			t.Fatalf("the owner's inbox: %+v, %v", inbox, err)
		}
		out = h.Operate(root, "second", "complete", "bob")
		h.Wants(out, contract.Applied, "")
		if !out.Ended {
			t.Error("the instance has not ended")
		}
	})
}
