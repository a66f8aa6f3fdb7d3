package facts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/partner/facts"
)

// matrixFile holds, as data, an event of each type, the faults, and to which types each applies;
// expectedFile what must happen, a line for each fault × type × order.
var (
	matrixFile   = filepath.Join("testdata", "matrix.json")
	expectedFile = filepath.Join("testdata", "matrix.txt")
)

type matrix struct {
	Prelude []string                   // what has happened before, as events of the bench
	Events  map[string]json.RawMessage // an event of each type
	On      map[string]string          // its day; 2022-06-10 without
	Faults  []fault
}

type fault struct {
	ID, Name string
	Types    []string          // none: every type
	Fields   []string          // only types whose event has one of them
	Set      map[string]any    // fields that the faulty telling has otherwise; null: it lacks them
	Times    string            // amounts are multiplied
	Before   map[string]string // what happens first, by type; "" for all
	Stage    string            // of the project
	Alone    bool              // the right telling does not come at all
	Project  string
	Request  string // what we asked for, and wait to be paid
}

func readMatrix(t *testing.T) (m matrix) {
	t.Helper()
	raw, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := models.DecodeExact(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// applies reports whether a fault can befall an event.
func (f fault) applies(event string, data map[string]any) bool {
	if len(f.Types) > 0 && !slices.Contains(f.Types, event) {
		return false
	}
	return len(f.Fields) == 0 || slices.ContainsFunc(f.Fields, func(name string) bool { _, has := data[name]; return has })
}

// amountFields are those that a unit error multiplies.
var amountFields = []string{"amount", "delta", "pay_app_amt", "xpay_amt", "win_bid_price"}

// spoil is the event as the fault tells it.
func (f fault) spoil(data map[string]any) map[string]any {
	out := maps.Clone(data)
	for name, v := range f.Set {
		_, has := out[name]
		only := len(f.Fields) == 0 || slices.Contains(f.Fields, name)
		switch {
		case !has && only && len(f.Fields) > 0:
		case v == nil:
			delete(out, name)
		default:
			out[name] = v
		}
	}
	if f.Times != "" {
		for _, name := range amountFields {
			if s, ok := out[name].(string); ok {
				out[name] = models.Yuan(yuan(s).Decimal().Mul(yuan(f.Times).Decimal())).String()
			}
		}
	}
	return out
}

// TestFaultsByType plays every fault of integration.md §10 that a telling can have against every
// type of event that it applies to: after the right telling, before it, twice, and late. Twice is
// as once, late is as in time; what each comes to stands in testdata/matrix.txt.
func TestFaultsByType(t *testing.T) {
	m := readMatrix(t)
	for _, event := range facts.Types() {
		if _, there := m.Events[event]; !there {
			t.Fatalf("%s: no event of type %s", matrixFile, event)
		}
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		b := open(t, db)
		b.once = !db.SQLite() // order and amounts are the database's business, the rest is ours
		var out bytes.Buffer
		cases, back := 0, &rollback{}
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			b.tx = tx
			for _, line := range m.Prelude {
				b.postIn(tx, time.Time{}, b.event(line))
			}
			for _, f := range m.Faults {
				for _, event := range facts.Types() {
					var right map[string]any
					if err := models.DecodeExact(m.Events[event], &right); err != nil {
						return err
					}
					if !f.applies(event, right) {
						continue
					}
					cases++
					for _, line := range b.meet(m, f, event, right) {
						fmt.Fprintln(&out, line)
					}
				}
			}
			return back
		})
		if !errors.Is(err, back) {
			t.Fatal(err)
		}
		t.Logf("%d faults, %d × event types", len(m.Faults), cases)
		if os.Getenv("QUANCHENG_UPDATE") != "" {
			if err := os.WriteFile(expectedFile, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := os.ReadFile(expectedFile)
		if err != nil {
			t.Fatal(err)
		}
		if cases < 200 {
			t.Errorf("only %d cases", cases)
		}
		compareLines(t, string(want), out.String())
	})
}

func compareLines(t *testing.T, want, got string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			t.Errorf("line %d\n got %s\nwant %s", i+1, b, a)
		}
	}
}

// meet plays one fault against one event, in both orders, and answers what they came to.
func (b *bench) meet(m matrix, f fault, event string, right map[string]any) (lines []string) {
	on := m.On[event]
	if on == "" {
		on = "2022-06-10"
	}
	line := func(data map[string]any) string {
		raw, err := json.Marshal(data)
		if err != nil {
			b.t.Fatal(err)
		}
		return on + " " + event + " " + string(raw)
	}
	good, bad := line(right), line(f.spoil(right))
	orders := []struct {
		name   string
		events []string
	}{{"after", []string{good, bad}}, {"before", []string{bad, good}}}
	if f.Alone {
		orders = orders[:1]
		orders[0].name, orders[0].events = "alone", []string{bad}
	}
	for _, o := range orders {
		first := b.come(m, f, event, o.events, 0)
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", f.ID, event, o.name, first))
		if b.once {
			continue
		}
		twice := slices.Insert(slices.Clone(o.events), slices.Index(o.events, bad)+1, bad)
		if later := b.come(m, f, event, twice, 40*24*time.Hour); first.state != later.state {
			b.t.Errorf("%s %s %s: twice, forty days late\n%s\nonce, in time\n%s", f.ID, event, o.name, later.state, first.state)
		}
	}
	return lines
}

// came is what some events came to: what became of each, and the books.
type came struct{ words, state string }

func (c came) String() string { return c.words + " | " + c.state }

// now of the bench, unless it is later.
var now = time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)

func (b *bench) postIn(tx *gorm.DB, at time.Time, e facts.Event) string {
	b.t.Helper()
	if at.IsZero() {
		at = now
	}
	out, err := facts.Post(tx, models.Acting{Person: models.System, At: at}, b.days, e)
	if err != nil {
		b.t.Fatalf("%s %s: %v", e.Type, e.Data, err)
	}
	return say(out)
}

// come posts events to the bench, tells what became of them, and leaves the bench as it was.
func (b *bench) come(m matrix, f fault, event string, events []string, late time.Duration) (c came) {
	b.t.Helper()
	tx := b.tx
	must := func(err error) {
		b.t.Helper()
		if err != nil {
			b.t.Fatalf("%s %s: %v", f.ID, event, err)
		}
	}
	b.n = len(m.Prelude)
	must(tx.SavePoint("bench").Error)
	if f.Request != "" {
		must(tx.Create(&books.PaymentRequest{
			RequestNo: "QK1", Project: project, ContractNo: "HT-1", Term: "final", Amount: yuan(f.Request), State: books.PaymentPending,
			InvoiceNo: "FP-1", Actor: "x", At: now, BusinessDate: "2022-06-08",
		}).Error)
	}
	for _, more := range []string{f.Before[""], f.Before[event]} {
		if more != "" {
			b.postIn(tx, now, b.event(more))
		}
	}
	if f.Stage != "" {
		p, err := books.FindProject(tx, project)
		must(err)
		must(books.SetStage(tx, models.Acting{Person: models.System, At: now}, &p, books.Stage(f.Stage)))
	}
	var words []string
	for _, line := range events {
		e := b.event(line)
		if f.Project != "" {
			e.Project = f.Project
		}
		words = append(words, b.postIn(tx, now.Add(late), e))
	}
	state, err := standing(tx)
	must(err)
	must(tx.RollbackTo("bench").Error)
	return came{strings.Join(words, ", "), state}
}

// standing is what the books say of the project.
func standing(tx *gorm.DB) (string, error) {
	totals, err := books.TotalsOf(tx, project)
	if err != nil {
		return "", err
	}
	v, err := books.Procurement(tx, project)
	if err != nil {
		return "", err
	}
	bs, err := books.Breaches(tx, project)
	if err != nil {
		return "", err
	}
	var rules []string
	for _, r := range bs {
		rules = append(rules, r.Rule)
	}
	slices.Sort(rules)
	pay, err := books.Payments(tx, project)
	if err != nil {
		return "", err
	}
	t, asked := totals[project], ""
	for _, r := range pay.Requests {
		asked += fmt.Sprintf(" %s %s %s", pay.State, r.RequestNo, r.State)
	}
	return fmt.Sprintf("issued %s contracted %s paid %s %s%s | %s", t.Issued, t.Contracted, t.NetPaid(), v.State, asked,
		strings.Join(rules, " ")), nil
}
