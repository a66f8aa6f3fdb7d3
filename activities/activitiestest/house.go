// Package activitiestest is a small organisation with one deployed bundle, for
// tests of the shell: through Commit itself, or through Temporal.
package activitiestest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/workflows/contract"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// House is an organisation: ann and cat are clerks, bob is the chief.
type House struct {
	testing.TB
	DB   *models.DB
	C    *activities.Committer
	Keys *trust.Keys                                                       // of all processes of all houses, by the clock of this one
	Send func(context.Context, contract.Request) (contract.Outcome, error) // seals and commits, unless replaced

	mu  sync.Mutex
	now time.Time
	ids int
}

// Build founds an organisation on an empty database and deploys one BPMN file.
func Build(t testing.TB, db *models.DB, file string) *House {
	t.Helper()
	h := Open(t, db)
	h.Tx(func(tx *gorm.DB) error {
		people := []office.Person{
			{ID: "ann", Name: "甲", Active: true, Demo: true}, {ID: "bob", Name: "乙", Active: true, Demo: true},
			{ID: "cat", Name: "丙", Active: true, Demo: true},
		}
		depts := []office.Dept{{ID: "DP18", Name: "示例局", Kind: "applying"}, {ID: "DP34", Name: "主管局", Kind: "bureau"}}
		posts := []office.Post{
			{ID: "CLERK@DP18", PersonID: "ann", Role: "CLERK", DeptID: "DP18", IsPrimary: true},
			{ID: "CLERK@DP18", PersonID: "cat", Role: "CLERK", DeptID: "DP18", IsPrimary: true},
			{ID: "CHIEF@DP34", PersonID: "bob", Role: "CHIEF", DeptID: "DP34", IsPrimary: true},
		}
		for _, rows := range []any{&people, &depts, &posts} {
			if err := tx.Create(rows).Error; err != nil {
				return err
			}
		}
		return nil
	})
	h.Deploy(file)
	return h
}

// Open goes on with an organisation that Build founded.
func Open(t testing.TB, db *models.DB) *House {
	h := &House{TB: t, DB: db, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	h.Keys = Keys().At(h.Now)
	h.C = activities.New(db, bundles.NewCache(db), h.Keys)
	h.C.Now, h.Send = h.Now, Sealed(h.C)
	return h
}

// Keys are those of every process of a test.
var Keys = sync.OnceValue(func() *trust.Keys { return trust.New(time.Time{}) })

// Sealed sends straight to a Committer, as a process that holds its keys.
func Sealed(c *activities.Committer) func(context.Context, contract.Request) (contract.Outcome, error) {
	return func(ctx context.Context, r contract.Request) (contract.Outcome, error) {
		r, err := c.Keys.Seal(r)
		if err != nil {
			return contract.Outcome{}, err
		}
		return c.Commit(ctx, r)
	}
}

// Deploy makes a BPMN file the newest bundle.
func (h *House) Deploy(file string) {
	h.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		h.Fatal(err)
	}
	src := definitions.Bundle{Digest: filepath.Base(file), Files: []definitions.File{{Name: filepath.Base(file), Data: data}}}
	h.Tx(func(tx *gorm.DB) error {
		_, problems, err := bundles.Deploy(tx, models.Acting{Person: models.System, At: h.Now()}, src)
		for _, p := range problems {
			h.Log(p)
		}
		return err
	})
}

// Now is the clock of the house.
func (h *House) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// Advance moves the clock.
func (h *House) Advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// Tx changes the database.
func (h *House) Tx(f func(tx *gorm.DB) error) {
	h.Helper()
	if err := h.DB.Tx(context.Background(), f); err != nil {
		h.Fatal(err)
	}
}

// Read is the database outside a transaction.
func (h *House) Read() *gorm.DB { return h.DB.Read(context.Background()) }

// Begin makes a root instance that has not started, and the request that starts it.
func (h *House) Begin(id string, vars map[string]any) contract.Request {
	h.Helper()
	b := process.Beginning{Process: id, Variables: models.JSONOf(vars)}
	var entry string
	h.Tx(func(tx *gorm.DB) (err error) {
		b.Root, entry, err = process.Begin(tx, models.Acting{Person: "ann", At: h.Now()}, b)
		return err
	})
	ev := engine.Event{Type: engine.Start, Key: b.Root, Process: id}
	if err := json.Unmarshal(b.Variables, &ev.Variables); err != nil {
		h.Fatal(err)
	}
	return h.Request(b.Root, entry, contract.UpdateStart, ev, "ann")
}

// Start begins a process and returns the key of its root instance.
func (h *House) Start(process string, vars map[string]any) (int64, contract.Outcome) {
	h.Helper()
	r := h.Begin(process, vars)
	return r.Root, h.Commit(r)
}

// Request is an event of a person, or of the system when there is none.
func (h *House) Request(root int64, id, name string, ev engine.Event, person string) contract.Request {
	h.Helper()
	r := contract.Request{Root: root, ID: id, Name: name}
	if person != "" {
		posts, err := office.PostsOf(h.Read(), person)
		if err != nil {
			h.Fatal(err)
		}
		a := models.Acting{Person: person}
		for _, p := range posts {
			a.Posts = append(a.Posts, p.ID)
		}
		ev.Actor = &engine.Actor{Person: person, Groups: a.Posts, Admin: person == "bob"}
		r.Digest = "digest of " + id
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

// patient is how often an event is sent again: a machine that is busy with other tests may hold up Temporal for a minute.
const patient = 12

// Commit sends an event, and again after technical trouble, which fails the test when it does not pass.
func (h *House) Commit(r contract.Request) contract.Outcome {
	h.Helper()
	out, err := h.Send(context.Background(), r)
	for n := 0; err != nil && n < patient; n++ { // on a loaded machine: the same event again, as a browser does
		h.Logf("%s again: %v", r.ID, err)
		out, err = h.Send(context.Background(), r)
	}
	if err != nil {
		h.Fatalf("%s: %v", r.ID, err)
	}
	h.namesTasks(r.Root, out)
	return out
}

// namesTasks holds what an outcome says of open tasks, which comes from the state, against the books.
func (h *House) namesTasks(root int64, out contract.Outcome) {
	h.Helper()
	names, err := process.OpenTaskNames(h.Read(), root)
	if err != nil {
		h.Fatal(err)
	}
	if !slices.Equal(out.Summary.Tasks, names) && !out.Ended && out.Verdict == contract.Applied {
		h.Errorf("%s names the open tasks %q, the books %q", out.Event, out.Summary.Tasks, names)
	}
}

// Operate lets a person act on the open task of an element.
func (h *House) Operate(root int64, element, operation, person string) contract.Outcome {
	h.Helper()
	return h.Commit(h.Operation(root, element, operation, person))
}

// Operation is the request of Operate.
func (h *House) Operation(root int64, element, operation, person string) contract.Request {
	h.Helper()
	h.mu.Lock()
	h.ids++
	id := fmt.Sprintf("u:%s:%d-%d", person, root, h.ids)
	h.mu.Unlock()
	return h.Request(root, id, operation, engine.Event{Type: engine.Operate, Key: h.Task(root, element), Operation: operation}, person)
}

// Task is the key of the open task of an element.
func (h *House) Task(root int64, element string) int64 {
	h.Helper()
	tasks, err := process.OpenTasks(h.Read(), root)
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

// Open lists the elements of the open tasks of a root instance.
func (h *House) Open(root int64) []string {
	h.Helper()
	tasks, err := process.OpenTasks(h.Read(), root)
	if err != nil {
		h.Fatal(err)
	}
	var elements []string
	for _, t := range tasks {
		elements = append(elements, t.Element)
	}
	return elements
}

// Count counts rows.
func (h *House) Count(sql string, args ...any) int {
	h.Helper()
	var n int
	if err := h.Read().Raw(sql, args...).Scan(&n).Error; err != nil {
		h.Fatal(err)
	}
	return n
}

// Wants checks the verdict of an outcome.
func (h *House) Wants(out contract.Outcome, verdict contract.Verdict, code string) {
	h.Helper()
	if out.Verdict != verdict || out.Code != code {
		h.Errorf("event %s: %s %q %s; want %s %q", out.Event, out.Verdict, out.Code, out.Refusal, verdict, code)
	}
}
