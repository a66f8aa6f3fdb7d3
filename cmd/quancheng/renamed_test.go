package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/seed"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// TestNobodyKnowsAnID plays a whole life, with a failed acceptance and its
// rectification, on models whose element ids and an organisation whose unit ids
// were replaced at random: code that knows one of them does not get through.
func TestNobodyKnowsAnID(t *testing.T) {
	if testing.Short() {
		t.Skip("plays a whole life")
	}
	world := newRenamed(t, rand.Uint64())
	url, stop := world.serve(t)
	player, err := seed.NewPlayer(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	player.Names = func(element string) string { return world.ids[element] }
	v := &renamedVisit{T: t, renamed: world, url: url, head: world.signIn(t, url, "BUREAU_CHIEF")}
	marks := `p1_draft p1_leader p2_check p2_supplement p3_draw p3_lead p4_sheet p4_cross p4_arbitrate p4_head p5_legal p5_director p6_check p7_review p7_milestones p8_report
		p9_prelim r1_dispatch r1_verify PRELIM_ACCEPTED p10_verify p9_final p12_collect ARCHIVED`
	if err := player.Through(t.Context(), strings.Fields(marks), nil, v.at); err != nil {
		t.Error(err)
	}
	v.report()
	stop()
	world.forgotten(t)
}

// renamed is an organisation and a bundle under other ids.
type renamed struct {
	dir    string
	ids    map[string]string // id of the shipped models → its own
	units  map[string]string // unit of the demo organisation → its own
	bundle definitions.Bundle
	dice   *rand.Rand
}

// newRenamed names everything anew; a seed of an earlier run gives its names.
func newRenamed(t *testing.T, seed uint64) *renamed {
	t.Helper()
	t.Logf("seed %d", seed)
	shipped, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	w := &renamed{dir: t.TempDir(), ids: map[string]string{}, units: map[string]string{}, dice: rand.New(rand.NewPCG(seed, seed))}
	processes := map[string]bool{}
	for _, f := range shipped.Of(".bpmn") {
		for _, m := range processID.FindAllStringSubmatch(string(f.Data), -1) {
			processes[m[1]] = true
		}
	}
	for _, f := range shipped.Of(".bpmn") {
		for _, m := range anyID.FindAllStringSubmatch(string(f.Data), -1) {
			if id := m[1]; !processes[id] && w.ids[id] == "" {
				w.ids[id] = w.name("n")
			}
		}
	}
	if len(w.ids) < 500 {
		t.Fatalf("only %d ids were found in the models", len(w.ids))
	}
	w.bundle = definitions.Bundle{Digest: "renamed"}
	for _, f := range shipped.Files {
		if strings.HasSuffix(f.Name, ".bpmn") {
			f.Data = reference.ReplaceAllFunc(f.Data, func(found []byte) []byte {
				m := reference.FindSubmatch(found)
				if own := w.ids[string(m[2])]; own != "" {
					return slices.Concat(m[1], []byte(own), m[3])
				}
				return found
			})
		}
		w.bundle.Files = append(w.bundle.Files, f)
	}
	return w
}

var (
	processID = regexp.MustCompile(`<bpmn:process id="([^"]+)"`)
	anyID     = regexp.MustCompile(`\bid="([^"]+)"`)
	// reference is wherever the standard, the diagram or our dialect writes the id of an element.
	reference = regexp.MustCompile(
		`(\b(?:id|sourceRef|targetRef|attachedToRef|messageRef|errorRef|default|bpmnElement|returnTo)="|<bpmn:(?:incoming|outgoing)>)([^"<]+)("|<)`,
	)
)

// name is a fresh one, which says nothing.
func (w *renamed) name(first string) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	out := []byte(first)
	for range 10 {
		out = append(out, letters[w.dice.IntN(len(letters))])
	}
	return string(out)
}

// install is the demonstration with every unit under another id, and the renamed models.
func (w *renamed) install(ctx context.Context, db *models.DB) error {
	now := time.Now()
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now)}
	return db.Tx(ctx, func(tx *gorm.DB) error {
		if err := errors.Join(service.InstallExamples(tx), demo.Install(tx, a)); err != nil {
			return err
		}
		var units []office.Dept
		if err := tx.Order("id").Find(&units).Error; err != nil {
			return err
		}
		for _, u := range units {
			former := u.ID
			u.ID = w.name("U")
			w.units[former] = u.ID
			if err := tx.Create(&u).Error; err != nil {
				return err
			}
			for _, change := range []string{
				"UPDATE post SET dept_id = @own, id = role || '@' || @own WHERE dept_id = @former",
				"UPDATE unit_function SET unit = @own WHERE unit = @former",
				"DELETE FROM dept WHERE id = @former",
			} {
				if err := tx.Exec(change, map[string]any{"own": u.ID, "former": former}).Error; err != nil {
					return err
				}
			}
		}
		_, problems, err := bundles.Deploy(tx, a, w.bundle)
		if len(problems) > 0 {
			err = errors.Join(err, fmt.Errorf("found: %v", problems))
		}
		return err
	})
}

// serve runs a dev server until it is stopped.
func (w *renamed) serve(t *testing.T) (url string, stop func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := devOptions{data: w.dir, listen: l.Addr().String(), pace: 20 * time.Millisecond, install: w.install}
	_ = l.Close()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- dev(ctx, o, io.Discard) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server: %v", err)
		}
	}
	t.Cleanup(stop)
	url = "http://" + o.listen
	for {
		if resp, err := http.Get(url + "/readyz"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return url, stop
			}
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// signIn is the first demo person with a role.
func (w *renamed) signIn(t *testing.T, url, role string) *client.Client {
	t.Helper()
	var people wire.People
	if err := client.Anonymous(url, time.Minute).Get(t.Context(), "/api/v1/people", &people); err != nil {
		t.Fatal(err)
	}
	for _, p := range people.People {
		if slices.ContainsFunc(p.Posts, func(q wire.Post) bool { return strings.HasPrefix(q.ID, role+"@U") }) {
			return signedIn(t, url, p.ID)
		}
	}
	t.Fatalf("nobody is %s", role)
	return nil
}

// renamedVisit looks at what depends on units and elements while a life goes by.
type renamedVisit struct {
	*testing.T
	*renamed
	url  string
	head *client.Client
	seen int
}

// at holds at a mark that somebody's inbox has the task, and that its page knows what it is about.
func (v *renamedVisit) at(mark string, played seed.Played) {
	if strings.ToUpper(mark) == mark {
		return
	}
	i := slices.IndexFunc(played.Tasks, func(k seed.PlayedTask) bool { return k.Element == v.ids[mark] })
	if i < 0 || len(played.Tasks[i].Holders) == 0 {
		v.Errorf("%s: open are %+v", mark, played.Tasks)
		return
	}
	holder := signedIn(v, v.url, played.Tasks[i].Holders[0])
	var task wire.TaskDetail
	var inbox wire.TaskPage
	if err := errors.Join(holder.Get(v.Context(), "/api/v1/tasks/"+played.Tasks[i].Key, &task),
		holder.Get(v.Context(), "/api/v1/tasks?scope=mine&limit=100", &inbox)); err != nil {
		v.Errorf("%s: %v", mark, err)
		return
	}
	claimable := wire.TaskPage{}
	if err := holder.Get(v.Context(), "/api/v1/tasks?scope=claimable&limit=100", &claimable); err != nil {
		v.Errorf("%s: %v", mark, err)
	}
	if !slices.ContainsFunc(slices.Concat(inbox.Items, claimable.Items), func(s wire.TaskSummary) bool { return s.Key == task.Key }) {
		v.Errorf("%s: %s has it in no inbox", mark, holder.Person.ID)
	}
	var project wire.Project
	if err := holder.Get(v.Context(), "/api/v1/projects/"+played.Code, &project); err != nil {
		v.Errorf("%s: %v", mark, err)
	}
	edits := mark == "p1_draft" || mark == "p2_supplement"
	if got := slices.Contains(project.Allowed, "edit"); got != edits {
		v.Errorf("%s: the application can be edited: %v, want %v", mark, got, edits)
	}
	if task.About == "" {
		v.Errorf("%s: is about nothing", mark)
	}
	if want := labelsAt[mark]; want != "" &&
		!slices.ContainsFunc(task.Facts, func(f wire.Fact) bool { return strings.HasPrefix(f.Label, want) }) {
		v.Errorf("%s: no %s among %+v", mark, want, task.Facts)
	}
	v.seen++
}

// labelsAt are facts that a page shows because of what its task is about.
var labelsAt = map[string]string{"p4_sheet": "评审结论", "p6_check": "采购计划", "p8_report": "合同编号", "p10_verify": "合同编号"}

// report holds the half-year's figures, and the rectification's diagram, against what was played.
func (v *renamedVisit) report() {
	year := time.Now().In(models.Zone).Year()
	h, err := v.signIn(v.T, v.url, reportRole).HalfYear(v.Context(), fmt.Sprintf("%d-01-01", year), fmt.Sprintf("%d-12-31", year), "")
	if err != nil || len(h.Figures) == 0 {
		v.Errorf("%d figures, %v", len(h.Figures), err)
	}
	var some bool
	for _, f := range h.Figures {
		some = some || f.Value != "" && f.Value != "0" && f.Value != "0.00"
	}
	for _, c := range h.Checks {
		if !c.Pass {
			v.Errorf("%s: %s", c.ID, c.Message)
		}
	}
	var issues wire.RectificationPage
	if err := v.head.Get(v.Context(), "/api/v1/rectifications?limit=10", &issues); err != nil || len(issues.Items) != 1 {
		v.Fatalf("%d rectifications, %v", len(issues.Items), err)
	}
	var drawn wire.Diagram
	if err := v.head.Get(v.Context(), "/api/v1/rectifications/"+issues.Items[0].No+"/diagram", &drawn); err != nil ||
		len(drawn.Processes) == 0 || drawn.Processes[0].Elements[v.ids["r1_verify"]] == "" {
		v.Errorf("the diagram of %s: %+v, %v", issues.Items[0].No, drawn.Processes, err)
	}
	if !some || issues.Items[0].State != "CLOSED" {
		v.Errorf("figures: something %v; the rectification is %s", some, issues.Items[0].State)
	}
}

// forgotten holds that no row speaks of a former id.
func (w *renamed) forgotten(t *testing.T) {
	t.Helper()
	db, err := models.Open("sqlite:" + filepath.Join(w.dir, "quancheng.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	read := db.Read(t.Context())
	var tables []string
	if err := read.Raw("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").Scan(&tables).Error; err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var rows []map[string]any
		if err := read.Raw("SELECT * FROM " + table).Scan(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for column, value := range row {
				for _, word := range idWord.FindAllString(fmt.Sprintf("%s", value), -1) {
					if w.units[word] != "" || strings.Contains(word, "_") && w.ids[word] != "" {
						t.Errorf("%s.%s: %s", table, column, word)
					}
				}
			}
		}
	}
}

var idWord = regexp.MustCompile(`[A-Za-z0-9_]+`)
