package livetest

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/workflows/contract"
)

type gormDB = gorm.DB

const two = "../../activities/testdata/two.bpmn"

// A process runs from its start to its end; the answer of each step is there when the caller reads.
func TestLife(t *testing.T) {
	eachLive(t, two, func(t *testing.T, l *live) {
		root, out := l.Start("two", nil)
		l.Wants(out, contract.Applied, "")
		out = l.Operate(root, "first", "complete", "bob")
		l.Wants(out, contract.Refused, "not-your-task")
		out = l.Operate(root, "first", "complete", "ann")
		l.Wants(out, contract.Applied, "")
		out = l.Operate(root, "second", "complete", "bob")
		l.Wants(out, contract.Applied, "")
		if !out.Ended {
			t.Error("the instance has not ended")
		}
	})
}
