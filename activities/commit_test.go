package activities_test

import (
	"testing"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// The outcome of an action already names its consequences, and the very next read of the owner's inbox shows them.
func TestOutcomeNamesItsConsequences(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := activitiestest.Build(t, db, "testdata/two.bpmn")
		root, out := h.Start("two", nil)
		h.Wants(out, contract.Applied, "")
		out = h.Operate(root, "first", "complete", "ann")
		h.Wants(out, contract.Applied, "")
		if out.Task == 0 || len(out.Opened) != 1 || len(out.Summary.Tasks) != 1 {
			t.Fatalf("outcome %+v", out)
		}
		inbox, _, err := process.Inbox(h.Read(), process.InboxQuery{Person: "bob", Scope: process.ScopeMine, Limit: 5})
		if err != nil || len(inbox) != 1 || inbox[0].Key != out.Opened[0] || inbox[0].Element != "second" || inbox[0].NameEn != "Sign" {
			t.Fatalf("the owner's inbox: %+v, %v", inbox, err)
		}
		out = h.Operate(root, "second", "complete", "bob")
		h.Wants(out, contract.Applied, "")
		if !out.Ended {
			t.Error("the instance has not ended")
		}
	})
}
