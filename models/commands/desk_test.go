package commands_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// desk plays commands as the shell would: the variables of earlier ones are
// visible to later ones, and each runs behind a transaction of its own.
type desk struct {
	t       *testing.T
	db      *models.DB
	vars    map[string]any
	headers map[string]string
	on      models.Date
	now     time.Time
	n       int
	days    *calendar.Calendar
	params  commands.Params
}

// open installs the demonstration and a definition of the two root processes.
func open(t *testing.T, db *models.DB) *desk {
	t.Helper()
	days, err := calendar.Default()
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, db: db, vars: map[string]any{}, now: time.Date(2026, 11, 24, 10, 0, 0, 0, models.Zone), days: days}
	a := models.Acting{Person: models.System, At: d.now}
	d.tx(func(tx *gorm.DB) error {
		if err := demo.Install(tx, a); err != nil {
			return err
		}
		_, err := process.StoreBundle(
			tx, a, "digest", []process.BundleFile{{Name: "empty.bpmn", Data: []byte("<x/>")}},
			[]process.Definition{{Process: "qc_lifecycle"}, {Process: "qc_r1_rectify"}},
		)
		if err != nil {
			return err
		}
		pack, err := rules.PackOn(tx, "2022-01-01")
		if err != nil {
			return err
		}
		tree, err := pack.Tree()
		d.params = tree
		return err
	})
	return d
}

func (d *desk) tx(f func(*gorm.DB) error) {
	d.t.Helper()
	if err := d.db.Tx(context.Background(), f); err != nil {
		d.t.Fatal(err)
	}
}

// who is the acting of the n-th holder of a post.
func (d *desk) who(post string, nth int) models.Acting {
	d.t.Helper()
	people, err := office.Members(d.db.Read(context.Background()), post)
	if err != nil || len(people) <= nth {
		d.t.Fatalf("holder %d of %s: %v, %v", nth, post, people, err)
	}
	d.n++
	return models.Acting{
		Person: people[nth], Post: post, Posts: []string{post}, At: d.now, BusinessDate: d.on,
		Event: fmt.Sprintf("u:%s:%d", people[nth], d.n),
	}
}

// try runs a command as somebody and gives its result or refusal.
func (d *desk) try(a models.Acting, name, data string) (commands.Result, error) {
	d.t.Helper()
	c := commands.Call{
		Name: name, Acting: a, Root: 1, Element: strings.ReplaceAll(name, ".", "_"), Vars: d.vars, Headers: d.headers, Params: d.params,
		Workday: d.days,
	}
	if data != "" {
		c.Data = json.RawMessage(data)
	}
	told, unsaid := d.foretell(c)
	var r commands.Result
	err := d.db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
		r, err = commands.Run(tx, c)
		return err
	})
	if err == nil {
		d.keep(r)
	}
	if !errors.Is(unsaid, commands.ErrUndecided) {
		d.cameTrue(name, told, unsaid, r, err)
	}
	return r, err
}

// foretell asks what a command would return, where nothing can be written.
func (d *desk) foretell(c commands.Call) (told commands.Foretold, unsaid error) {
	d.t.Helper()
	_ = d.db.Snapshot(context.Background(), func(tx *gorm.DB) error {
		told, unsaid = commands.Foretell(tx, c, nil)
		return unsaid
	})
	return told, unsaid
}

// byWriting are results that only writing makes known: numbers and digests.
var byWriting = []string{"approvalNo", "acceptNo", "opinionNo", "planNo", "issueNo", "packageDigest"}

// cameTrue: a command returns what it foretold, and refuses what it foretold to refuse.
func (d *desk) cameTrue(name string, told commands.Foretold, unsaid error, r commands.Result, err error) {
	d.t.Helper()
	if fmt.Sprint(unsaid) != fmt.Sprint(err) {
		if err == nil || unsaid != nil || !strings.Contains(err.Error(), "objected-already") { // which a constraint finds
			d.t.Errorf("%s was to end with %v and ended with %v", name, unsaid, err)
		}
		return
	}
	for key, v := range r {
		if known, said := told.Result[key]; fmt.Sprint(known) != fmt.Sprint(v) &&
			!(slices.Contains(byWriting, key) && (!said || known == "")) {
			d.t.Errorf("%s was to return %s %v and returned %v", name, key, known, v)
		}
	}
}

// keep makes results visible as JSON values, as the shell passes them.
func (d *desk) keep(r commands.Result) {
	raw, err := json.Marshal(r)
	if err != nil {
		d.t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		d.t.Fatal(err)
	}
	for k, v := range m {
		d.vars[k] = v
	}
}

func (d *desk) run(post, name, data string) commands.Result {
	d.t.Helper()
	r, err := d.try(d.who(post, 0), name, data)
	if err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
	return r
}

// system runs a service command.
func (d *desk) system(name string) commands.Result {
	d.t.Helper()
	d.n++
	r, err := d.try(models.Acting{Person: models.System, At: d.now, BusinessDate: d.on, Event: fmt.Sprintf("j:%d", d.n)}, name, "")
	if err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
	return r
}

// refused runs a command that must be refused and gives the codes found wrong, as "pointer code".
func (d *desk) refused(post, name, data string) string {
	d.t.Helper()
	_, err := d.try(d.who(post, 0), name, data)
	var r *models.Refusal
	if !errors.As(err, &r) {
		d.t.Fatalf("%s %s: %v, want a refusal", name, data, err)
	}
	return r.Error()
}

// fact posts a partner's event.
func (d *desk) fact(source, kind, on, data string) facts.Outcome {
	d.t.Helper()
	d.n++
	var out facts.Outcome
	d.tx(func(tx *gorm.DB) (err error) {
		e := facts.Event{
			Source: source, ID: fmt.Sprintf("e%d", d.n), Type: kind, Project: d.vars["projectCode"].(string),
			OccurredAt: models.Date(on).Start().Add(time.Hour), Data: json.RawMessage(data),
		}
		out, err = facts.Post(tx, models.Acting{Person: models.System, At: d.now}, d.days, e)
		return err
	})
	return out
}

func (d *desk) project() books.Project {
	d.t.Helper()
	p, err := books.FindProject(d.db.Read(context.Background()), d.vars["projectCode"].(string))
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *desk) stage(want books.Stage) {
	d.t.Helper()
	if p := d.project(); p.Stage != want {
		d.t.Fatalf("stage is %s, want %s", p.Stage, want)
	}
}

func (d *desk) totals() books.Totals {
	d.t.Helper()
	code := d.vars["projectCode"].(string)
	t, err := books.TotalsOf(d.db.Read(context.Background()), code)
	if err != nil {
		d.t.Fatal(err)
	}
	return t[code]
}

// want compares results by their JSON.
func (d *desk) want(r commands.Result, key, want string) {
	d.t.Helper()
	raw, _ := json.Marshal(r[key])
	if string(raw) != want {
		d.t.Errorf("%s = %s, want %s", key, raw, want)
	}
}

// draft begins a project of three lines: 1,000,000.00, 300,000.00 and 20,000.00.
func (d *desk) draft() {
	d.t.Helper()
	d.on = "2022-02-15"
	d.tx(func(tx *gorm.DB) error {
		p, err := acts.Create(tx, d.who("APPLY_CLERK@DP18", 0), acts.Draft{
			Name: "示例平台", Type: "新建", Dept: "DP18", MlpsLevel: 2, Lines: []acts.Line{
				{Category: "软件开发", Name: "应用软件", Qty: "1", UnitPrice: "1000000.00"},
				{Category: "硬件", Name: "服务器", Qty: "3", UnitPrice: "100000"},
				{Category: "监理", Name: "监理", Qty: "0.5", UnitPrice: "40000.00"},
			},
		})
		d.vars = map[string]any{"projectCode": p.Code, "projectName": p.Name, "deptId": p.DeptID}
		return err
	})
}
