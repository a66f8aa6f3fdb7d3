package main

import (
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/seed"
)

// smallCounty is a data set with numbers of its own: one unit, a few walks and what they have found, five duties, and
// what came to the window.
func smallCounty(t *testing.T) seed.Data {
	t.Helper()
	d, err := seed.Example()
	if err != nil {
		t.Fatal(err)
	}
	d.Projects = nil
	d.Campaign.Units = slices.DeleteFunc(d.Campaign.Units, func(u seed.CampaignUnit) bool { return u.Unit != "DP22" })
	mine := d.Campaign.Units[0].Items
	d.Items = slices.DeleteFunc(d.Items, func(i seed.Item) bool { return !slices.Contains(mine, i.Code) })
	d.Walks = slices.DeleteFunc(d.Walks, func(w seed.Walk) bool { return !slices.Contains(mine, w.Item) })[1:]
	d.Entries = slices.DeleteFunc(d.Entries, func(e seed.EntryOfBook) bool { return e.Register != "duty" })[:5]
	d.Stuck = append(d.Stuck[:3:3], d.Stuck[len(d.Stuck)-1])
	return d
}

// figuresOfData are what that data set makes of the half-year.
func figuresOfData(d seed.Data) map[string]string {
	n := map[string]int{}
	for _, w := range d.Walks {
		n["walk_items"]++
		for _, i := range w.Issues {
			n["walk_issues"]++
			n["walk_materials_cut"] += i.Materials
		}
	}
	for _, e := range d.Entries {
		n["duty_items"] += e.Fields["handled"].(int)
	}
	for _, b := range d.Stuck {
		if n["stuck_consulted"]++; b.Answer == "" {
			n["stuck_consulted"]--
			n["stuck_resolved"]++
		}
	}
	out := map[string]string{}
	for id, v := range n {
		out[id] = fmt.Sprint(v)
	}
	return out
}

// TestAnotherDataSetSurvivesKills: a data set with other numbers makes those figures, although the platform is killed
// while it is being played; played again it goes on where it was, and a third time changes nothing.
func TestAnotherDataSetSurvivesKills(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole platform")
	}
	d := smallCounty(t)
	p := newProcess(t, "", t.TempDir(), "--seed=false")
	p.start(t.Context())
	refusedWhole(t, p, d)
	playing := make(chan error, 1)
	go func() { playing <- seed.Play(t.Context(), p.url(), d, t.Output()) }()
	// Wherever it stands: the entries are there, or it is through already.
	for entries := 0; entries == 0; time.Sleep(10 * time.Millisecond) {
		var page wire.RegisterEntryPage
		if err := officeOf(t, p).Get(t.Context(), "/api/v1/registers/duty/entries?from=2022-01-01&to=2022-06-30", &page); err != nil {
			t.Fatal(err)
		}
		entries = len(page.Items)
	}
	p.kill()
	p.start(t.Context())
	if err := <-playing; err != nil {
		t.Logf("killed: %v", err)
	}
	var rows map[string]int
	for n := range 2 {
		if err := seed.Play(t.Context(), p.url(), d, t.Output()); err != nil {
			t.Fatalf("played again: %v\n%s", err, p.log())
		}
		h, err := officeOf(t, p).HalfYear(t.Context(), "2022-01-01", "2022-06-30", "")
		if err != nil {
			t.Fatal(err)
		}
		want := figuresOfData(d)
		for _, f := range h.Figures {
			if v, counted := want[f.ID]; counted && v != f.Value {
				t.Errorf("run %d: %s = %s, want %s", n+2, f.ID, f.Value, v)
			}
		}
		if n == 0 {
			rows = rowsPlayed(t, p)
			p.kill()
			p.start(t.Context())
			continue
		}
		if again := rowsPlayed(t, p); !maps.Equal(rows, again) {
			t.Errorf("played once more it has written: %v, before %v", again, rows)
		}
	}
}

// rowsPlayed are how many rows there are of everything that a data set makes. Tasks, papers and instances are left out: what one case
// sends another arrives after the play has ended, with the rows of its own.
func rowsPlayed(t *testing.T, p *platformProcess) map[string]int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(p.dir, "quancheng.db")+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	out := map[string]int{}
	for _, table := range []string{
		"campaign", "campaign_unit", "campaign_item", "walk", "walk_issue", "rectification", "rectification_step", "register_entry",
		"register_revision", "service_item", "stuck_case", "stuck_step",
	} {
		n := 0
		if err := db.QueryRow("SELECT COUNT(*) FROM " + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		out[table] = n
	}
	return out
}

// officeOf is a session of who may read the report.
func officeOf(t *testing.T, p *platformProcess) *client.Client {
	t.Helper()
	c, err := signIn(t.Context(), p.url(), reportRole)
	if err != nil {
		t.Fatalf("%v\n%s", err, p.log())
	}
	return c
}

// refusedWhole: a data set with what this platform cannot take is refused before its first row is written.
func refusedWhole(t *testing.T, p *platformProcess, d seed.Data) {
	t.Helper()
	d.Items = slices.Clone(d.Items)
	d.Items[0].Unit = "DP99"
	d.Entries = append(slices.Clone(d.Entries), seed.EntryOfBook{Register: "nothing", On: "2022-01-03"},
		seed.EntryOfBook{Register: "duty", On: "2022-01-03", Fields: map[string]any{"handled": "很多", "colour": "红"}})
	err := seed.Play(t.Context(), p.url(), d, t.Output())
	for _, want := range []string{
		"items 第1条 unit：没有单位 DP99", "entries 第6条 register：没有台账 nothing", "entries 第7条 fields handled：“很多”不是数字",
		"entries 第7条 fields colour：台账 duty 没有字段 colour", "entries 第7条 fields window：不能为空",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it is not said that %s: %v", want, err)
		}
	}
	var page wire.RegisterEntryPage
	if err := officeOf(t, p).Get(t.Context(), "/api/v1/registers/duty/entries?from=2022-01-01&to=2022-06-30", &page); err != nil || len(page.Items) > 0 {
		t.Errorf("%d entries of a refused data set, %v", len(page.Items), err)
	}
}
