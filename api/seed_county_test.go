package api_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/seed"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// TestCountyThroughTheAPI plays what stands beside the projects, of two units
// of the shipped data set: its figures come out, a second run changes nothing,
// and the report becomes a snapshot that is printed the same again.
func TestCountyThroughTheAPI(t *testing.T) {
	if testing.Short() {
		t.Skip("plays a campaign")
	}
	d, err := seed.Example()
	if err != nil {
		t.Fatal(err)
	}
	d = ofUnits(d, "DP22", "DP25")
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	files, err := registers.Files(definitions.Registers())
	if err != nil {
		t.Fatal(err)
	}
	modelstest.Tx(t, w.db, func(tx *gorm.DB) error {
		a := models.Acting{
			Person: models.System, Posts: []string{"OFFICE@DP34"}, At: w.clock().UTC(), BusinessDate: models.DateOf(w.clock()),
		}
		if err := registers.Install(tx, a, files); err != nil {
			return err
		}
		d, err := registers.Newest(tx, "windows")
		for window, unit := range map[string]string{"税务": "DP07", "不动产": "DP05", "房产": "DP06", "公安": "DP02", "医保": "DP04", "人社": "DP03"} {
			if err == nil {
				_, err = registers.Add(tx, a, d, map[string]any{"window": window, "unit": unit, "items": "5", "seats": "2", "staff": "2"})
			}
		}
		return err
	})
	server := httptest.NewServer(w.h)
	defer server.Close()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				w.pump()
			}
		}
	}()
	play := func() {
		if err := seed.Play(context.Background(), server.URL, d, t.Output()); err != nil {
			t.Errorf("%v\n%s", err, w.log.String())
		}
	}
	play()
	report := func() (r wire.HalfYear) {
		w.do("zhao-kezhang", "GET", "/api/v1/reports/half-year?from=2022-01-01&to=2022-06-30", nil).want(200, "").into(&r)
		return r
	}
	first := report()
	var before, after int64
	read := w.db.Read(context.Background())
	read.Table("audit").Count(&before)
	play()
	read.Table("audit").Where("action NOT LIKE 'access%' AND action NOT LIKE 'session%' AND action NOT LIKE 'sign%'").Count(&after)
	close(stop)
	<-done
	if after > before {
		t.Errorf("a second run has left %d lines in the audit", after-before)
	}
	want := map[string]string{
		"walk_started": "2022-04-18", "walk_depts": "2", "walk_depts_complete": "1", "walk_items": "25", "walk_issues": "10",
		"walk_rectified": "9", "walk_referred": "1",
		"walk_materials_cut": "2", "walk_steps_cut": "1", "walk_days_cut": "2.0", "duty_windows": "6", "duty_items": "259",
		"duty_calls":      "276",
		"stuck_consulted": "25", "stuck_resolved": "2", "enterprise_consulted": "12", "collection_done": "12", "collection_started": "20",
		"catalogue_version": "V0.5",
		"licence_types":     "58", "licence_national": "45", "licence_other": "13", "promo_trips": "2", "promo_groups": "14",
		"plan_urge_depts": "11", "plan_units": "34", "plan_items": "1749",
	}
	second := report()
	for i, f := range second.Figures {
		if v, ok := want[f.ID]; ok && v != f.Value {
			t.Errorf("%s = %s, want %s", f.ID, f.Value, v)
		}
		if f.Value != first.Figures[i].Value {
			t.Errorf("%s: %s after the first run, %s after the second", f.ID, first.Figures[i].Value, f.Value)
		}
	}
	var taken wire.HalfYear
	w.do("zhao-kezhang", "POST", "/api/v1/reports", wire.ReportInput{From: "2022-01-01", To: "2022-06-30"}).want(201, "").into(&taken)
	for _, f := range taken.Figures {
		w.do("zhao-kezhang", "GET", f.Rows, nil).want(200, "")
	}
	paper := func(format string) string {
		return string(
			w.do("zhao-kezhang", "GET", "/api/v1/reports/half-year/paper?snapshot="+taken.Snapshot+"&format="+format, nil).
				want(200, "").
				body,
		)
	}
	for _, format := range []string{"docx", "pdf", "html"} {
		if a := paper(format); a == "" || a != paper(format) {
			t.Errorf("%s is not the same again", format)
		}
	}
}

// ofUnits is a data set without the campaign of other units, and without projects.
func ofUnits(d seed.Data, units ...string) seed.Data {
	d.Projects = nil
	d.Campaign.Units = slices.DeleteFunc(d.Campaign.Units, func(u seed.CampaignUnit) bool { return !slices.Contains(units, u.Unit) })
	mine := func(code string) bool {
		return slices.ContainsFunc(units, func(u string) bool { return code[:len(u)] == u })
	}
	d.Items = slices.DeleteFunc(d.Items, func(i seed.Item) bool { return !mine(i.Code) })
	d.Walks = slices.DeleteFunc(d.Walks, func(w seed.Walk) bool { return !mine(w.Item) })
	return d
}
