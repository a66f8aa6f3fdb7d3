package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/contract"
	"github.com/quancheng/quancheng/workflows/definitions"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// house is a small organisation with one deployed bundle.
type house struct {
	*testing.T
	db  *models.DB
	c   *activities.Committer
	now time.Time
	ids int
}

func build(t *testing.T, db *models.DB, file string) *house {
	t.Helper()
	h := &house{T: t, db: db, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	h.c = activities.New(db, bundles.NewCache(db))
	h.c.Now = func() time.Time { return h.now }
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	h.tx(func(tx *gorm.DB) error {
		people := []models.Person{{ID: "ann", Name: "甲", Active: true, Demo: true}, {ID: "bob", Name: "乙", Active: true, Demo: true}, {ID: "cat", Name: "丙", Active: true, Demo: true}}
		depts := []models.Dept{{ID: "DP18", Name: "示例局", Kind: "applying"}, {ID: "DP34", Name: "主管局", Kind: "bureau"}}
		posts := []models.Post{
			{ID: "CLERK@DP18", PersonID: "ann", Role: "CLERK", DeptID: "DP18", IsPrimary: true},
			{ID: "CLERK@DP18", PersonID: "cat", Role: "CLERK", DeptID: "DP18", IsPrimary: true},
			{ID: "CHIEF@DP34", PersonID: "bob", Role: "CHIEF", DeptID: "DP34", IsPrimary: true},
		}
		for _, rows := range []any{&people, &depts, &posts} {
			if err := tx.Create(rows).Error; err != nil {
				return err
			}
		}
		_, problems, err := bundles.Deploy(tx, models.Acting{Person: models.System, At: h.now}, definitions.Bundle{
			Digest: file, Files: []definitions.File{{Name: file, Data: data}},
		})
		for _, p := range problems {
			t.Log(p)
		}
		return err
	})
	return h
}

func (h *house) tx(f func(tx *gorm.DB) error) {
	h.Helper()
	if err := h.db.Tx(context.Background(), f); err != nil {
		h.Fatal(err)
	}
}

func (h *house) read() *gorm.DB { return h.db.Read(context.Background()) }

// start begins a process and returns the key of its root and the outcome.
func (h *house) start(process string, vars map[string]any) (int64, contract.Outcome) {
	h.Helper()
	var root int64
	var entry string
	h.tx(func(tx *gorm.DB) (err error) {
		root, entry, err = models.Begin(tx, models.Acting{Person: "ann", At: h.now}, models.Beginning{Process: process, Variables: models.JSONOf(vars)})
		return err
	})
	vs, err := json.Marshal(vars)
	if err != nil {
		h.Fatal(err)
	}
	ev := engine.Event{Type: engine.Start, Key: root, Process: process}
	if err := json.Unmarshal(vs, &ev.Variables); err != nil {
		h.Fatal(err)
	}
	return root, h.commit(h.request(root, entry, "start", ev, "ann"))
}

func (h *house) request(root int64, id, name string, ev engine.Event, person string) contract.Request {
	h.Helper()
	r := contract.Request{Root: root, ID: id, Name: name, Digest: "digest of " + id}
	if person != "" {
		posts, err := models.PostsOf(h.read(), person)
		if err != nil {
			h.Fatal(err)
		}
		a := models.Acting{Person: person}
		for _, p := range posts {
			a.Posts = append(a.Posts, p.ID)
		}
		ev.Actor = &engine.Actor{Person: person, Groups: a.Posts}
		if r.Acting, err = json.Marshal(a); err != nil {
			h.Fatal(err)
		}
	}
	var err error
	if r.Event, err = json.Marshal(ev); err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *house) commit(r contract.Request) contract.Outcome {
	h.Helper()
	out, err := h.c.Commit(context.Background(), r)
	if err != nil {
		h.Fatalf("%s: %v", r.ID, err)
	}
	return out
}

// operate lets a person act on the open task of an element.
func (h *house) operate(root int64, element, operation, person string) contract.Outcome {
	h.Helper()
	return h.commit(h.operation(root, element, operation, person))
}

func (h *house) operation(root int64, element, operation, person string) contract.Request {
	h.Helper()
	h.ids++
	ev := engine.Event{Type: engine.Operate, Key: h.task(root, element), Operation: operation}
	return h.request(root, fmt.Sprintf("u:%s:%d", person, h.ids), operation, ev, person)
}

func (h *house) task(root int64, element string) int64 {
	h.Helper()
	tasks, err := models.OpenTasks(h.read(), root)
	if err != nil {
		h.Fatal(err)
	}
	for _, t := range tasks {
		if t.Element == element {
			return t.Key
		}
	}
	h.Fatalf("no open task %s among %+v", element, tasks)
	return 0
}

func (h *house) wants(out contract.Outcome, verdict contract.Verdict, code string) {
	h.Helper()
	if out.Verdict != verdict || out.Code != code {
		h.Errorf("event %s: %s %q %s; want %s %q", out.Event, out.Verdict, out.Code, out.Refusal, verdict, code)
	}
}

func TestAnswerCarriesItsConsequences(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := build(t, db, "two.bpmn")
		root, out := h.start("two", nil)
		h.wants(out, contract.Applied, "")
		out = h.operate(root, "first", "complete", "ann")
		h.wants(out, contract.Applied, "")
		var answer wire.OperationResult
		if err := json.Unmarshal(out.Answer, &answer); err != nil {
			t.Fatal(err)
		}
		if len(answer.NextTasks) != 1 || answer.NextTasks[0].Element != "second" || len(answer.NextTasks[0].Holders) != 1 || answer.NextTasks[0].Holders[0].ID != "bob" {
			t.Fatalf("answer %s", out.Answer)
		}
		inbox, _, err := models.Inbox(h.read(), models.InboxQuery{Person: "bob", Scope: models.ScopeMine, Limit: 5})
		if err != nil || len(inbox) != 1 || strconv.FormatInt(inbox[0].Key, 10) != answer.NextTasks[0].Key || inbox[0].NameEn != "Sign" {
			t.Fatalf("the owner's inbox: %+v, %v", inbox, err)
		}
		out = h.operate(root, "second", "complete", "bob")
		h.wants(out, contract.Applied, "")
		if !out.Ended {
			t.Error("the instance has not ended")
		}
	})
}
