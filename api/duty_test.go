package api_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/sla"
)

// TestLightsAgreeWithTheSweeper: at each instant where a stage begins, the light
// of the list is that of the stage which the sweeper has recorded, and what ran out long ago is in the register.
func TestLightsAgreeWithTheSweeper(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.draft()
		var task process.Task
		w.must(db.Read(ctx()).Where("project = ? AND state = 'open'", p.Code).Take(&task).Error)
		holders, err := process.Holders(db.Read(ctx()), task.Key)
		w.must(err)
		clock, err := sla.Load(db.Read(ctx()), models.DateOf(w.clock()))
		w.must(err)
		due := clock.Due(task.CreatedAt, task.DueWorkdays, nil)
		if task.DueAt == nil || !task.DueAt.Equal(due) || task.Calendar == 0 {
			t.Fatalf("a new task is due %v by calendar %d, want %v", task.DueAt, task.Calendar, due)
		}
		day := models.DateOf(due)
		for _, m := range []struct {
			at    time.Time
			light string
			stage sla.Stage
		}{
			{due.Add(-time.Second), "amber", sla.Reminded},
			{due, "amber", sla.Reminded},
			{due.Add(time.Second), "red", sla.Overdue},
			{clock.Calendar.After(day, 2).AddDays(1).Start(), "red", sla.Escalated},
			{clock.Calendar.After(day, 5).AddDays(1).Start(), "red", sla.Recorded},
		} {
			w.pass(m.at.Sub(w.clock()))
			_, err := sla.Sweep(ctx(), db, w.clock())
			w.must(err)
			var page wire.TaskPage
			w.do(holders[0], "GET", "/api/v1/tasks?scope=open&light="+m.light, nil).want(200, "").into(&page)
			stored, err := process.TaskByKey(db.Read(ctx()), task.Key)
			w.must(err)
			if len(page.Items) != 1 || page.Items[0].Due.Light != m.light || stored.Escalated != int(m.stage) {
				t.Errorf("%v: %d tasks %s, stage %d, want %d", m.at, len(page.Items), m.light, stored.Escalated, m.stage)
			}
		}
		var duties wire.DutyPage
		w.seat("shen-jiwei", "AUDITOR@DP34")
		w.do("shen-jiwei", "GET", "/api/v1/duty-records?project="+p.Code, nil).want(200, "").into(&duties)
		if len(duties.Items) != 1 || duties.Items[0].Task != strconv.FormatInt(task.Key, 10) ||
			duties.Items[0].Holders[0].ID != holders[0] || duties.Items[0].ClosedAt != nil {
			t.Errorf("register %+v", duties.Items)
		}
	})
}
