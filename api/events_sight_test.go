package api_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestWhoHearsWhat plays a project to its trimming and holds, act by act, which classes are told that something has changed. Stages
// everybody learns; of what happens between them, who sees the steps (domain: access.md §2.5, S7; §9, 19).
func TestWhoHearsWhat(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	server := httptest.NewServer(w.h)
	t.Cleanup(server.Close)
	p := w.submitted()
	listeners, everybody := map[string]*listener{}, []string{}
	for class, person := range watchers {
		listeners[class], everybody = w.listen(server.URL, person), append(everybody, person)
	}
	lines := []any{
		map[string]any{"lineNo": 1, "reviewed": "1000000.00", "reason": "PRICE", "basis": "高于同类项目"},
		map[string]any{"lineNo": 2, "reviewed": "246150.00"},
	}
	crossed := []any{map[string]any{"lineNo": 1, "reviewed": "1000000.00", "comment": "按市场价"}, lines[1]}
	does := func(person, element, operation string, in wire.OperationRequest) func() {
		return func() { w.operate(person, w.taskOf(person, element), operation, in).want(200, "") }
	}
	const stage, steps = "AP RA RB BH BU CL AU JT FI PR", "RA RB BH BU CL AU"
	for _, x := range []struct {
		act   string
		do    func()
		hears string
	}{
		{"submitted", does("he-guangming", "p1_leader", "agree", wire.OperationRequest{}), stage},
		{"accepted", does("chen-shouli", "p2_check", "complete",
			wire.OperationRequest{Data: map[string]any{"decision": "accept", "checklist": checkItems()}}), stage},
		{"read by A", does("li-xin", "p3_pre", "complete",
			wire.OperationRequest{Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"}}), stage},
		{"drawn and reviewed", func() { w.opinions(w.draw()) }, steps},
		{"sheet A", does("li-xin", "p4_sheet", "complete", wire.OperationRequest{Data: map[string]any{"lines": lines}}), stage},
		{"B asks", does("wang-ke", "p4_cross", "comment", wire.OperationRequest{Opinion: "正在复核"}), steps},
		{"sheet B, and the draft is sent", does("wang-ke", "p4_cross", "complete",
			wire.OperationRequest{Data: map[string]any{"lines": crossed}}), steps + " AP"},
		{"answered", does("zhou-min", "p4_consult", "complete", wire.OperationRequest{Data: map[string]any{"answer": "agree"}}), steps + " AP"},
		{"nothing", func() {}, ""},
	} {
		x.do()
		w.tell(models.Notice{Kind: "notification", Key: x.act, Persons: everybody})
		var told []string
		for class, l := range listeners {
			if slices.ContainsFunc(strings.Fields(l.until(x.act)), func(key string) bool { return w.ofProject(key, p.Code) }) {
				told = append(told, class)
			}
		}
		want := strings.Fields(x.hears)
		slices.Sort(told)
		slices.Sort(want)
		if !slices.Equal(told, want) {
			t.Errorf("%s: told are %v, want %v", x.act, told, want)
		}
	}
}

// TestWhoHearsOfOwnMatters: of a leave hears who asks for it, who decides on it, and who may see it; not the rest of the unit or the house.
func TestWhoHearsOfOwnMatters(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	server := httptest.NewServer(w.h)
	t.Cleanup(server.Close)
	w.leaves()
	hears := map[string]bool{"zhou-min": true, "he-guangming": true, "yan-shenji": true, "fang-lei": false, "li-xin": false, "kang-xitong": false}
	listeners, everybody := map[string]*listener{}, []string{}
	for person := range hears {
		listeners[person], everybody = w.listen(server.URL, person), append(everybody, person)
	}
	w.begins("zhou-min", wire.BeginRequest{Data: trip})
	w.tell(models.Notice{Kind: "notification", Key: "last", Persons: everybody})
	for person, want := range hears {
		told := slices.ContainsFunc(strings.Fields(listeners[person].until("last")), func(key string) bool {
			return w.rows("task WHERE CAST(key AS TEXT) = '"+key+"'") > 0
		})
		if told != want {
			t.Errorf("%s hears of the leave: %v", person, told)
		}
	}
}

// ofProject reports whether a change is of a project: of itself, or of a task of it.
func (w *town) ofProject(key, code string) bool {
	w.t.Helper()
	if key == code {
		return true
	}
	var n int64
	w.must(w.db.Read(ctx()).Raw("SELECT count(*) FROM task WHERE CAST(key AS TEXT) = ? AND project = ?", key, code).
		Scan(&n).Error)
	return n > 0
}
