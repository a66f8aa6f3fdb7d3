package activities_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/contract"
)

// A jump after which a join would wait for ever is refused with the way there and changes nothing; one that holds is done.
func TestJumpsThatStrand(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := activitiestest.Build(t, db, "testdata/branches.bpmn")
		root, out := h.Start("branches", nil)
		h.Wants(out, contract.Applied, "")
		jump := func(from, to string) contract.Outcome {
			ev := engine.Event{Type: engine.Operate, Key: h.Task(root, from), Operation: "jump", Element: to, Reason: "演示环节有误须重来"}
			return h.Commit(h.Request(root, fmt.Sprintf("u:bob:%s-%s", from, to), "jump", ev, "bob"))
		}
		before := h.Open(root)
		out = jump("draft", "money")
		h.Wants(out, contract.Refused, "would-strand")
		if !strings.Contains(string(out.Refusal), "看预算 → 都看过") {
			t.Errorf("the refusal does not say the way: %s", out.Refusal)
		}
		if now := h.Open(root); fmt.Sprint(now) != fmt.Sprint(before) {
			t.Errorf("open are %v, were %v", now, before)
		}
		h.Wants(h.Operate(root, "draft", "complete", "ann"), contract.Applied, "")
		h.Wants(jump("money", "final"), contract.Refused, "would-strand")
		h.Wants(h.Operate(root, "skill", "complete", "ann"), contract.Applied, "")
		h.Wants(h.Operate(root, "money", "complete", "ann"), contract.Applied, "")
		h.Wants(jump("final", "money"), contract.Applied, "")
		h.Wants(h.Operate(root, "money", "complete", "ann"), contract.Applied, "")
		if out = h.Operate(root, "final", "complete", "ann"); !out.Ended {
			t.Error("the instance has not ended")
		}
	})
}
