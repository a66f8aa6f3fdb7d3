package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// scenario is one of domain approval.md §3 as data; docs/scenarios.md says what the words mean.
type scenario struct {
	Scenario int                 `json:"scenario"` // number in the domain; 0: of an operation
	Title    string              `json:"title"`
	Units    map[string]string   `json:"units"`  // further units: letter to kind
	People   map[string][]string `json:"people"` // letter to posts "ROLE:rank" or "ROLE@unit:rank"
	Process  []scenarioStep      `json:"process"`
	Owner    string              `json:"owner"`
	Steps    []scenarioLine      `json:"steps"`
}

// scenarioLine is one line of a scenario.
type scenarioLine struct {
	As string `json:"as"`

	Begin map[string]any `json:"begin"` // the process, with this data

	Do     string         `json:"do"` // an operation
	On     string         `json:"on"` // of the newest open task of an element, or with "closed" the newest closed
	Closed bool           `json:"closed"`
	With   map[string]any `json:"with"`

	Call   string         `json:"call"` // "METHOD /path"
	Body   map[string]any `json:"body"`
	Answer any            `json:"answer"` // what the answer holds, among other things
	Key    string         `json:"key"`    // Idempotency-Key
	File   string         `json:"file"`   // name of a file that is brought for the case
	Turn   string         `json:"turn"`   // to another case: its key
	Match  string         `json:"match"`  // If-Match: the revision that was seen
	Plain  bool           `json:"plain"`  // the answer is no JSON: a file
	Keep   map[string]string
	Batch  bool `json:"batch"` // the listed tasks with their versions are kept as {batch}, for a body
	Times  int  `json:"times"` // how often the process is begun

	Want    int    `json:"want"`
	Problem string `json:"problem"`

	Together []scenarioLine `json:"together"` // at the same time; answers in any order
	Oneof    []int          `json:"oneof"`    // statuses of Together, sorted
	Pass     string         `json:"pass"`     // a duration, days "3d", or working days "3wd"
	At       string         `json:"at"`       // hh:mm:ss of the day, after Pass
	Rows     *expected      `json:"rows"`
}

// expected are what the database holds of the case.
type expected struct {
	Tasks    []string            `json:"tasks"`    // "element#round state", oldest first
	Seats    map[string][]string `json:"seats"`    // of the newest task of an element: "principal[/actor] state [decision]"
	Acts     []string            `json:"acts"`     // "person[ for principal] operation element[ void]", oldest first
	Ended    *bool               `json:"ended"`    //
	Inbox    map[string][]string `json:"inbox"`    // of a person: elements of this case
	Told     map[string][]string `json:"told"`     // of a person: kinds of notifications, oldest first
	Audited  []string            `json:"audited"`  // actions that are in the audit of the case
	Silent   []string            `json:"silent"`   // actions that are not
	Whys     map[string][]string `json:"whys"`     // of the newest task of an element
	Due      map[string]string   `json:"due"`      // of the newest task of an element: day, or working days from the clock's "+1wd"
	Dated    map[string]string   `json:"dated"`    // of the newest act on an element: business date
	Governed []string            `json:"governed"` // elements of open tasks that nobody can take
}

// play is a scenario under way.
type play struct {
	*town
	scenario
	process string
	unit    string
	root    int64
	vars    map[string]string
}

func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("scenarios: %v", err)
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
				raw, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				w.t = t
				newPlay(w, file, raw).run()
			})
		}
	})
}

// newPlay reads a scenario, puts its people into units of their own and deploys its process.
func newPlay(w *town, file string, raw []byte) *play {
	w.t.Helper()
	name := strings.TrimSuffix(filepath.Base(file), ".json")
	id := "s" + strings.ReplaceAll(name, "-", "_")
	p := &play{
		town: w, process: id, unit: strings.ToUpper(strings.ReplaceAll(name, "-", "")),
		vars: map[string]string{"legal": "xu-fazhi", "sys": "kang-xitong"},
	}
	var outline struct {
		Units  map[string]string   `json:"units"`
		People map[string][]string `json:"people"`
	}
	w.must(json.Unmarshal(raw, &outline))
	for letter := range outline.People {
		p.vars[letter] = "s" + name + "-" + strings.ToLower(letter)
	}
	for letter := range outline.Units {
		p.vars["unit "+letter] = p.unit + letter
	}
	p.vars["unit"], p.vars["process"] = p.unit, id
	w.must(json.Unmarshal([]byte(p.fill(string(raw))), &p.scenario))
	p.staff()
	owner := p.Owner
	if owner == "" {
		owner = "BUREAU_CHIEF@" + p.unit
	}
	b := definitions.Bundle{Digest: id, Files: []definitions.File{
		{Name: id + ".bpmn", Data: []byte(draw(id, p.Title, owner, p.Process))}, {Name: "scenario.form", Data: []byte(scenarioForm)},
	}}
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		_, problems, err := bundles.Deploy(tx, models.Acting{Person: models.System, At: w.clock().UTC()}, b)
		if err != nil {
			w.t.Log(problems, string(b.Files[0].Data))
		}
		return err
	}))
	return p
}

// fill puts people, units and what was kept for their names in braces.
func (p *play) fill(s string) string {
	for name, value := range p.vars {
		s = strings.ReplaceAll(s, "{"+name+"}", value)
	}
	return s
}

func (p *play) staff() {
	p.t.Helper()
	p.must(p.db.Tx(ctx(), func(tx *gorm.DB) error {
		units := map[string]string{"": "bureau"}
		for letter, kind := range p.Units {
			units[letter] = kind
		}
		for letter, kind := range units {
			if err := tx.Create(&office.Dept{ID: p.unit + letter, Name: "单位" + p.unit + letter, Kind: kind}).Error; err != nil {
				return err
			}
		}
		for letter, posts := range p.People {
			who := p.vars[letter]
			if err := tx.Create(&office.Person{ID: who, Name: letter, Active: true, Demo: true}).Error; err != nil {
				return err
			}
			for i, post := range posts {
				role, rank, _ := strings.Cut(post, ":")
				role, letter, _ := strings.Cut(role, "@")
				unit := p.unit + letter
				row := office.Post{
					ID: office.PostID(role, unit), PersonID: who, Role: role, DeptID: unit, IsPrimary: i == 0, Rank: int(rank[0] - '0'),
				}
				if err := tx.Create(&row).Error; err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func (p *play) run() {
	p.t.Helper()
	for i, a := range p.Steps {
		was := p.t.Failed()
		p.step(a)
		p.settle()
		if a.Rows != nil {
			p.check(*a.Rows)
		}
		if p.t.Failed() && !was {
			p.t.Fatalf("line %d: as %s: %s%s %s", i+1, a.As, a.Do, a.Call, a.On)
		}
	}
}

func (p *play) step(a scenarioLine) {
	p.t.Helper()
	switch {
	case a.Turn != "":
		_, err := fmt.Sscan(p.fill(a.Turn), &p.root)
		p.must(err)
		p.vars["case"] = p.fill(a.Turn)
	case a.Pass != "" || a.At != "":
		p.turn(a.Pass, a.At)
	case a.Together != nil:
		p.together(a)
	case a.Begin != nil:
		for range max(1, a.Times) {
			p.begin(a)
		}
	case a.File != "":
		p.answered(a, p.files(p.vars[a.As], p.fill("/api/v1/instances/{case}/files"), a.File, pdf))
	case a.Do != "" || a.Call != "":
		method, path, body := p.request(a)
		var headers []string
		if a.Match != "" {
			headers = []string{"If-Match", `"` + a.Match + `"`}
		}
		p.answered(a, p.do(p.vars[a.As], method, path, body, headers...))
	}
}

// turn moves the clock on; everybody signs in anew.
func (p *play) turn(pass, at string) {
	p.t.Helper()
	var d time.Duration
	if days, ok := strings.CutSuffix(pass, "wd"); ok {
		d = p.workday(days).Start().Sub(models.DateOf(p.clock()).Start())
	} else if days, ok := strings.CutSuffix(pass, "d"); ok {
		var n int
		_, err := fmt.Sscan(days, &n)
		p.must(err)
		d = time.Duration(n) * 24 * time.Hour
	} else if pass != "" {
		var err error
		d, err = time.ParseDuration(pass)
		p.must(err)
	}
	p.mu.Lock()
	p.now = p.now.Add(d)
	if at != "" {
		day := p.now.In(models.Zone)
		clock, err := time.Parse("15:04:05", at)
		p.must(err)
		p.now = time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, models.Zone)
	}
	clear(p.tokens)
	p.mu.Unlock()
	p.sweep()
}

// workday is the day that lies some working days after the clock's.
func (p *play) workday(days string) models.Date {
	p.t.Helper()
	n, err := strconv.Atoi(strings.TrimPrefix(days, "+"))
	p.must(err)
	all, err := calendar.Default()
	p.must(err)
	return all.After(models.DateOf(p.clock()), n)
}

// sweep does what the worker does each minute.
func (p *play) sweep() {
	p.t.Helper()
	p.must(p.db.Tx(ctx(), func(tx *gorm.DB) error { return process.ReseatEnded(tx, p.clock()) }))
	p.must(p.db.Tx(ctx(), func(tx *gorm.DB) error { return process.ResumeEnded(tx, p.clock()) }))
	_, err := sla.Sweep(ctx(), p.db, p.clock())
	p.must(err)
	p.must(sla.ExpireSeconds(ctx(), p.db, p.clock()))
	p.must(p.db.Tx(ctx(), func(tx *gorm.DB) error { return sla.ReleaseClaims(tx, p.clock()) }))
	p.must(p.db.Tx(ctx(), func(tx *gorm.DB) error { return sla.SweepSupervisions(tx, p.clock()) }))
	roots, err := process.OverdueRoots(p.db.Read(ctx()), p.clock(), most)
	p.must(err)
	for _, root := range roots {
		out, err := p.shell.c.ResumeLoad(ctx(), root)
		p.must(err)
		for _, timer := range out.Timers {
			if !timer.Due.After(p.clock()) {
				_, err := p.shell.Send(ctx(), timer.Fire(root))
				p.must(err)
			}
		}
	}
}

const most = 500

// settle brings what leads back into processes, until nothing is left.
func (p *play) settle() {
	p.t.Helper()
	for {
		all, err := outbox.DueOutgoing(p.db.Read(ctx()), activities.Inward, p.clock(), most)
		p.must(err)
		if len(all) == 0 {
			return
		}
		for _, o := range all {
			r, err := activities.RequestOf(p.db.Read(ctx()), o)
			p.must(err)
			_, err = p.shell.Send(ctx(), r)
			p.must(err)
			p.must(p.db.Tx(ctx(), func(tx *gorm.DB) error { return outbox.Delivered(tx, o.ID, p.clock()) }))
		}
	}
}

func (p *play) begin(a scenarioLine) {
	p.t.Helper()
	var out wire.Beginning
	p.do(p.vars[a.As], "POST", "/api/v1/processes/"+p.process+"/instances", wire.BeginRequest{Data: a.Begin}).want(201, "").into(&out)
	_, err := fmt.Sscan(out.Key, &p.root)
	p.must(err)
	p.vars["case"] = out.Key
}

// request is what a line asks of the server.
func (p *play) request(a scenarioLine) (method, path string, body any) {
	p.t.Helper()
	if a.Call != "" {
		method, path, _ = strings.Cut(p.fill(a.Call), " ")
		path = strings.ReplaceAll(p.timed(path), "+08:00", "%2B08:00")
		if a.Body != nil {
			body = p.filled(a.Body)
		}
		return method, path, body
	}
	t := p.task(a.On, a.Closed)
	in := map[string]any{}
	if p.filled(a.With) != nil {
		in = p.filled(a.With).(map[string]any)
	}
	if _, said := in["version"]; !said {
		in["version"] = t.Version
	}
	return http.MethodPost, fmt.Sprintf("/api/v1/tasks/%d/%s", t.Key, a.Do), in
}

// moment is a time relative to the day of the scenario's clock: {+3d 08:00}, or a day: {-2d}.
var moment = regexp.MustCompile(`\{([+-]\d+)d(?: (\d\d:\d\d))?\}`)

// timed puts moments into a text.
func (p *play) timed(s string) string {
	return moment.ReplaceAllStringFunc(s, func(m string) string {
		part := moment.FindStringSubmatch(m)
		days, _ := strconv.Atoi(part[1])
		day := p.clock().In(models.Zone).AddDate(0, 0, days)
		if part[2] == "" {
			return string(models.DateOf(day))
		}
		clock, _ := time.Parse("15:04", part[2])
		return time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, models.Zone).Format(time.RFC3339)
	})
}

// filled puts kept values into a body.
func (p *play) filled(v map[string]any) any {
	if v == nil {
		return nil
	}
	raw, err := json.Marshal(v)
	p.must(err)
	var out any
	text := strings.ReplaceAll(string(raw), `"{batch}"`, p.vars["batch"]) // a list, not text
	p.must(json.Unmarshal([]byte(p.timed(p.fill(text))), &out))
	return out
}

func (p *play) answered(a scenarioLine, got answer) {
	p.t.Helper()
	want := a.Want
	if want == 0 {
		want = 200
	}
	got.want(want, a.Problem)
	var body any
	if len(got.body) > 0 && !a.Plain {
		p.must(json.Unmarshal(got.body, &body))
	}
	if a.Answer != nil {
		raw, err := json.Marshal(a.Answer)
		p.must(err)
		var wanted any
		p.must(json.Unmarshal([]byte(p.timed(p.fill(string(raw)))), &wanted))
		if why := holds(body, wanted); why != "" {
			p.t.Errorf("the answer %s: %s", got.body, why)
		}
	}
	if a.Batch {
		p.keepBatch(got)
	}
	for name, path := range a.Keep {
		p.vars[name] = fmt.Sprint(at(body, path))
	}
}

// keepBatch keeps listed tasks for a batch; what was added to has not been seen.
func (p *play) keepBatch(got answer) {
	p.t.Helper()
	var page wire.TaskPage
	p.must(json.Unmarshal(got.body, &page))
	var items []wire.BatchRef
	for _, t := range page.Items {
		items = append(items, wire.BatchRef{Key: t.Key, Version: 1})
	}
	raw, err := json.Marshal(items)
	p.must(err)
	p.vars["batch"] = string(raw)
}

func (p *play) together(a scenarioLine) {
	p.t.Helper()
	type ready struct {
		person, method, path string
		body                 any
		token                string
	}
	var all []ready
	for _, one := range a.Together {
		method, path, body := p.request(one)
		all = append(all, ready{p.vars[one.As], method, path, body, p.signIn(p.vars[one.As])})
	}
	got, wait := make([]int, len(all)), sync.WaitGroup{}
	for i, r := range all {
		headers := []string{}
		if a.Together[i].Key != "" {
			headers = []string{"Idempotency-Key", a.Together[i].Key}
		}
		wait.Go(func() { got[i] = p.do(r.person, r.method, r.path, r.body, headers...).status })
	}
	wait.Wait()
	slices.Sort(got)
	if !slices.Equal(got, a.Oneof) {
		p.t.Errorf("answered %v, want %v", got, a.Oneof)
	}
}

// task is the newest task of an element in the case.
func (p *play) task(element string, closed bool) process.Task {
	p.t.Helper()
	all, err := process.TasksOf(p.db.Read(ctx()), p.root)
	p.must(err)
	for _, t := range slices.Backward(all) {
		if t.Element == element && (t.State == process.TaskClosed) == closed {
			return t
		}
	}
	p.t.Fatalf("no task %s (closed: %v)", element, closed)
	return process.Task{}
}
