package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/chaos"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/seed"
)

// formerReleases whose data directories must open, in testdata/former.
var formerReleases = []string{"6b780a7"}

// TestFormerReleaseGoesOn opens a former release's data directory with this
// binary, which is killed while it does so, and plays every open case to its
// end. SQLite alone: the rows are the same on PostgreSQL, and the other tests
// play whole lives there.
func TestFormerReleaseGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("plays some sixty cases to their ends")
	}
	for _, release := range formerReleases {
		t.Run(release, func(t *testing.T) { goesOn(t, release) })
	}
}

func goesOn(t *testing.T, release string) {
	dir, m := unpack(t, release)
	closed := closedBooks(t, dir, m)
	p := newProcess(t, "", dir, "--seed=false", "--bureau-pace=10ms")
	for i := range 6 { // at another moment each time: the schema, the models, Temporal, the first steps
		p.launch()
		time.Sleep(time.Duration(50<<i) * time.Millisecond)
		p.kill()
	}
	p.start(t.Context())
	u := &upgraded{T: t, ctx: t.Context(), url: p.url(), head: signedIn(t, p.url(), "zhao-kezhang")}
	figures := figuresOf(u.ctx, t, u.head)
	for id, was := range m.Figures { // the release may have figures that the former one did not know
		if figures[id] != was {
			t.Errorf("the figure %s of 2022 is %s, was %s", id, figures[id], was)
		}
	}
	u.unblock()
	u.finish(m)
	if t.Failed() {
		t.Fatal(p.log())
	}
	u.settled(dir)
	if now := closedBooks(t, dir, m); !slices.Equal(now, closed) {
		t.Errorf("the books of closed projects changed:\n%s\nwere\n%s", now, closed)
	}
	var verdict wire.AuditVerdict
	u.must(signedIn(t, p.url(), "ji-shenji").Get(u.ctx, "/api/v1/audit/verify", &verdict))
	if !verdict.Intact || verdict.Entries == 0 {
		t.Errorf("audit: %+v", verdict)
	}
	p.stop()
	boundBooks(t, dir)
}

func signedIn(t testing.TB, url, person string) *client.Client {
	t.Helper()
	c, err := client.SignIn(t.Context(), url, person, "", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// upgraded is the former release's platform under this binary.
type upgraded struct {
	*testing.T
	ctx  context.Context
	url  string
	head *client.Client
}

func (u *upgraded) must(err error) {
	u.Helper()
	if err != nil {
		u.Error(err)
	}
}

// unblock does what people do about matters that stand: bureaus are back, an
// incident is tried again, a stray event linked by two persons, an offline
// registration checked, a suspended case resumed.
func (u *upgraded) unblock() {
	u.Helper()
	for _, bureau := range bureaus {
		u.must(u.head.Do(u.ctx, http.MethodPut, "/fake/"+bureau+"/faults", "", map[string]any{}, nil))
	}
	var incidents wire.IncidentPage
	u.must(u.head.Get(u.ctx, "/api/v1/incidents", &incidents))
	for _, i := range incidents.Items {
		u.must(u.head.Post(u.ctx, "/api/v1/incidents/"+i.Key+"/retry", "", wire.Reason{Reason: "岗位已补充人员"}, nil))
	}
	finance := signedIn(u, u.url, "qian-caizheng")
	projects, err := u.head.Projects(u.ctx, "finance is away")
	u.must(err)
	var parked wire.InboxPage
	u.must(finance.Get(u.ctx, "/api/v1/partners/parked", &parked))
	if len(incidents.Items) != 1 || len(parked.Items) != 1 || len(projects) != 1 {
		u.Fatalf(
			"%d incidents, %d parked events, %d projects that wait for finance", len(incidents.Items), len(parked.Items), len(projects),
		)
	}
	path := "/api/v1/partners/parked/" + parked.Items[0].ID
	var linked wire.InboxItem
	u.must(finance.Post(u.ctx, path+"/link", "", wire.Link{Project: projects[0].Code, Reason: "财政确认属于本项目"}, &linked))
	if linked.State == partner.InboxParked { // a second person confirms it
		u.must(u.head.Post(u.ctx, path+"/confirm", "", wire.Verification{Accept: true, Reason: "已与财政核实"}, nil))
	}
	var offline wire.OfflinePage
	u.must(u.head.Get(u.ctx, "/api/v1/partners/offline", &offline))
	for _, o := range offline.Items {
		if o.State == "waiting" {
			_, err := u.head.VerifyOffline(u.ctx, o.ID, "", wire.Verification{Accept: true})
			u.must(err)
		}
	}
	u.resume()
}

func (u *upgraded) resume() {
	u.Helper()
	found, err := u.head.Projects(u.ctx, "suspended")
	u.must(err)
	for _, s := range found {
		p, err := u.head.Project(u.ctx, s.Code)
		u.must(err)
		for _, t := range p.OpenTasks {
			detail, err := u.head.Task(u.ctx, t.Key)
			u.must(err)
			_, err = u.head.Operate(u.ctx, t.Key, "resume", "", wire.OperationRequest{Version: detail.Version, Reason: "资金来源已核实，恢复办理"})
			u.must(err)
		}
	}
}

// finish plays every open case to its end.
func (u *upgraded) finish(m manifest) {
	u.Helper()
	if _, err := seed.Finish(u.ctx, u.url); err != nil {
		u.Error(err)
	}
	player, err := seed.NewPlayer(u.ctx, u.url)
	if err != nil {
		u.Fatal(err)
	}
	var mu sync.Mutex
	ends := map[string]int{}
	u.each(slices.Sorted(maps.Keys(m.Cases)), func(code string) error {
		stage, err := player.Complete(u.ctx, code, endsOf(code)...)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Cases[code], err)
		}
		mu.Lock()
		defer mu.Unlock()
		ends[stage]++
		return nil
	})
	u.Logf("%d cases ended as %v", len(m.Cases), ends)
	var all wire.RectificationPage
	u.must(u.head.Get(u.ctx, "/api/v1/rectifications?limit=200", &all))
	var open []string // outside projects, and what a night's reconciliation opened for one that has gone on since
	outside := 0
	for _, r := range all.Items {
		if r.State != "CLOSED" {
			open = append(open, r.No)
		}
		if r.Project == "" {
			outside++
		}
	}
	if outside == 0 {
		u.Error("no rectification outside a project")
	}
	u.each(open, func(no string) error { return player.CompleteRectification(u.ctx, no) })
}

// endsOf lets two of three cases that still can be refused by the director: whole
// lives take their time, and the rest of them has enough.
func endsOf(code string) []string {
	if code[len(code)-1]%3 == 0 {
		return nil
	}
	return []string{"reject"}
}

// each does something with several at once.
func (u *upgraded) each(all []string, do func(string) error) {
	u.Helper()
	var wg sync.WaitGroup
	slots, errs := make(chan struct{}, 8), make([]error, len(all))
	for i, one := range all {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = do(one)
		})
	}
	wg.Wait()
	u.must(errors.Join(errs...))
}

// settled holds the books against what must never be.
func (u *upgraded) settled(dir string) {
	u.Helper()
	db, err := models.Open("sqlite:" + filepath.Join(dir, "quancheng.db"))
	if err != nil {
		u.Fatal(err)
	}
	defer func() { u.must(db.Close()) }()
	u.must(chaos.Promises(db.Read(u.ctx)))
	var open []string
	u.must(db.Read(u.ctx).Raw("SELECT process || ' ' || business_key FROM root_state WHERE open").Scan(&open).Error)
	if len(open) > 0 {
		u.Errorf("still open: %v", open)
	}
}

// closedBooks are the ledger entries of the projects that had ended before, as text.
func closedBooks(t *testing.T, dir string, m manifest) []string {
	t.Helper()
	db, err := models.Open("sqlite:" + filepath.Join(dir, "quancheng.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var rows []map[string]any
	err = db.Read(t.Context()).
		Raw("SELECT id, project, kind, amount, business_date FROM ledger WHERE project IN ? ORDER BY id",
			slices.Collect(maps.Keys(m.Ended))).
		Scan(&rows).
		Error
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d entries of closed projects, %v", len(rows), err)
	}
	var out []string
	for _, r := range rows {
		raw, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(raw))
	}
	return out
}
