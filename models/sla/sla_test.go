package sla_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/sla"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var ctx = context.Background()

// at reads "2022-05-16 09:00" in the county's time.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04:05", s, models.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func shipped(t testing.TB) sla.Clock {
	t.Helper()
	c, err := sla.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The golden clocks of domain/rules.md §3.
func TestDue(t *testing.T) {
	pauses := func(days ...models.Date) (all []calendar.Interval) {
		for i := 0; i < len(days); i += 2 {
			all = append(all, calendar.Interval{From: days[i], To: days[i+1]})
		}
		return all
	}
	for _, c := range []struct {
		name, began string
		limit       int
		pauses      []calendar.Interval
		due         string
	}{
		{"WD-1", "2022-04-28 09:00:00", 5, nil, "2022-05-09 23:59:59"},
		{"WD-3", "2022-12-28 00:00:00", 5, nil, "2023-01-05 23:59:59"},
		{"WD-8", "2026-02-13 23:59:59", 5, nil, "2026-02-27 23:59:59"},
		{"PA-1", "2022-05-16 09:00:00", 10, nil, "2022-05-30 23:59:59"},
		{"PA-2", "2022-05-16 09:00:00", 10, pauses("2022-05-20", "2022-05-26"), "2022-06-07 23:59:59"},
		{"PA-3", "2022-05-16 09:00:00", 10, pauses("2022-05-20", "2022-05-26", "2022-05-24", "2022-05-31"), "2022-06-10 23:59:59"},
		{"same day", "2022-05-16 09:00:00", 0, nil, "2022-05-16 23:59:59"},
	} {
		if got := shipped(t).Due(at(t, c.began), c.limit, c.pauses); !got.Equal(at(t, c.due)) {
			t.Errorf("%s: %v, want %s", c.name, got, c.due)
		}
	}
}

// The stages at the instants where they begin.
func TestStage(t *testing.T) {
	moments := []struct {
		now  string
		want sla.Stage
	}{
		// due on Monday 2022-05-30, limit 10: 30 % is three working days, after Wednesday 25
		{"2022-05-24 23:59:59", sla.Running},
		{"2022-05-25 00:00:01", sla.Reminded},
		{"2022-05-30 23:59:59", sla.Reminded},
		{"2022-05-31 00:00:00", sla.Overdue},
		{"2022-06-01 23:59:59", sla.Overdue},
		{"2022-06-02 00:00:00", sla.Escalated}, // 31 and 1 are the two working days
		{"2022-06-07 23:59:59", sla.Escalated}, // 3 is a holiday, 4 and 5 a weekend
		{"2022-06-08 00:00:00", sla.Recorded},
	}
	for _, m := range moments {
		if got := shipped(t).Stage(at(t, "2022-05-30 23:59:59"), 10, at(t, m.now)); got != m.want {
			t.Errorf("%s: %d, want %d", m.now, got, m.want)
		}
	}
	for _, c := range []struct {
		due   string
		limit int
		now   string
		want  sla.Stage
	}{
		{"2022-05-18 23:59:59", 2, "2022-05-16 23:59:59", sla.Running}, // at least one working day before
		{"2022-05-18 23:59:59", 2, "2022-05-17 00:00:01", sla.Reminded},
		{"2022-05-30 15:00:00", 0, "2022-05-27 00:00:01", sla.Reminded}, // a moment: one working day before, over the weekend
		{"2022-05-30 15:00:00", 0, "2022-05-30 15:00:01", sla.Overdue},
		{"2022-05-30 15:00:00", 0, "2022-06-01 15:00:01", sla.Escalated},
		{"2022-05-30 23:59:59", 0, "2031-05-30 00:00:00", sla.Recorded},
	} {
		if got := shipped(t).Stage(at(t, c.due), c.limit, at(t, c.now)); got != c.want {
			t.Errorf("due %s (%d) at %s: %d, want %d", c.due, c.limit, c.now, got, c.want)
		}
	}
}

// bureau is an office with its section head, deputy and officer, and a department of applicants.
func bureau(t testing.TB, db *models.DB) {
	t.Helper()
	tx(t, db, func(tx *gorm.DB) error {
		if err := tx.Exec("INSERT INTO bundle (digest, deployed_at, deployed_by) VALUES ('b', ?, 'system')",
			at(t, "2022-05-16 09:00:00").UTC()).Error; err != nil {
			return err
		}
		if err := tx.Create(&process.RootState{Key: 9, Bundle: "b", Process: "p2", State: []byte("{}"), Open: true,
			CreatedAt: at(t, "2022-05-16 09:00:00").UTC(), UpdatedAt: at(t, "2022-05-16 09:00:00").UTC()}).Error; err != nil {
			return err
		}
		for person, post := range map[string]string{
			"officer": "BUREAU_ACCEPT@DP34", "chief": "BUREAU_CHIEF@DP34", "deputy": "BUREAU_DEPUTY@DP34",
			"clerk": "APPLY_CLERK@DP18", "leader": "APPLY_LEADER@DP18", "builder": "SUPPLIER_PM@SU01",
		} {
			role, dept := models.SplitPost(post)
			for _, row := range []any{
				&office.Dept{ID: dept, Name: dept, Kind: "bureau"}, &office.Person{ID: person, Name: person, Active: true},
				&office.Post{ID: post, PersonID: person, Role: role, DeptID: dept, IsPrimary: true},
			} {
				if err := tx.Save(row).Error; err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func tx(t testing.TB, db *models.DB, f func(tx *gorm.DB) error) {
	t.Helper()
	if err := db.Tx(ctx, f); err != nil {
		t.Fatal(err)
	}
}

// open gives somebody a task of so many working days.
func open(t testing.TB, db *models.DB, key int64, began string, limit int, holder string) {
	t.Helper()
	c := shipped(t)
	due := c.Due(at(t, began), limit, nil).UTC()
	tx(t, db, func(tx *gorm.DB) error {
		_, _, err := process.SaveTask(tx, process.Task{
			Key: key, Root: 9, Instance: 9, Name: "形式审查", NameEn: "Formal check", BusinessKey: "ZG-2022-001", State: process.TaskOpen,
			DueAt: &due, DueWorkdays: limit, Calendar: c.Calendar.Version, CreatedAt: at(t, began).UTC(), Detail: models.JSON(`{}`),
		}, []string{holder})
		return err
	})
}

func sweep(t testing.TB, db *models.DB, now string, want int) {
	t.Helper()
	n, err := sla.Sweep(ctx, db, at(t, now))
	if err != nil {
		t.Fatal(err)
	}
	if n != want {
		t.Errorf("%s: %d tasks reached a stage, want %d", now, n, want)
	}
}

// told is what people were told of a task, as "kind person …", in its order.
func told(t testing.TB, db *models.DB, task int64) (all []string) {
	t.Helper()
	var rows []office.Notification
	if err := db.Read(ctx).Where("subject = ?", fmt.Sprintf("task:%d", task)).Order("id").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, n := range rows {
		kind := strings.TrimPrefix(string(n.Kind), "task-")
		if last := len(all) - 1; last >= 0 && strings.HasPrefix(all[last], kind) {
			all[last] += " " + n.Person
		} else {
			all = append(all, kind+" "+n.Person)
		}
	}
	return all
}

// audited are the actions recorded of a task.
func audited(t testing.TB, db *models.DB, task int64) (actions []string) {
	t.Helper()
	err := db.Read(ctx).
		Model(&audit.AuditEntry{}).
		Where("subject = ?", fmt.Sprintf("task:%d", task)).
		Order("seq").
		Pluck("action", &actions).
		Error
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

func equal(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// A task that nobody does goes through all stages, each once.
func TestSweepOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		bureau(t, db)
		open(t, db, 1, "2022-05-16 09:00:00", 10, "BUREAU_ACCEPT@DP34")
		tx(t, db, func(tx *gorm.DB) error { // no due time, no clock
			_, _, err := process.SaveTask(
				tx,
				process.Task{
					Key: 2, Root: 9, Name: "备案", State: process.TaskOpen, CreatedAt: at(t, "2022-05-16 09:00:00").UTC(),
					Detail: models.JSON(`{}`),
				},
				[]string{"officer"},
			)
			return err
		})
		for _, s := range []struct {
			now  string
			want int
		}{
			{"2022-05-24 12:00:00", 0}, {"2022-05-25 08:00:00", 1}, {"2022-05-25 08:01:00", 0}, {"2022-05-30 23:59:59", 0},
			{"2022-05-31 00:00:30", 1}, {"2022-06-02 00:00:30", 1}, {"2022-06-08 00:00:30", 1}, {"2022-07-01 00:00:00", 0},
		} {
			sweep(t, db, s.now, s.want)
			sweep(t, db, s.now, 0)
		}
		equal(
			t, "told", told(t, db, 1), "reminder officer", "overdue officer chief", "escalated officer chief deputy",
			"recorded officer chief deputy",
		)
		equal(t, "audit", audited(t, db, 1), "task.reminder", "task.overdue", "task.escalated", "task.recorded")
		if r, err := audit.VerifyAudit(db.Read(ctx), "i:9"); err != nil || r.Break != nil || r.Entries != 4 {
			t.Errorf("audit chain %+v, %v", r, err)
		}
	})
}

// Nobody swept for weeks: every stage is recorded, the last one is told.
func TestSweepCatchesUp(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		bureau(t, db)
		open(t, db, 1, "2022-05-16 09:00:00", 10, "officer")
		sweep(t, db, "2022-06-02 10:00:00", 1)
		equal(t, "told", told(t, db, 1), "escalated officer chief deputy")
		equal(t, "audit", audited(t, db, 1), "task.reminder", "task.overdue", "task.escalated")
		var n office.Notification
		if err := db.Read(ctx).Order("id").Take(&n).Error; err != nil {
			t.Fatal(err)
		}
		var args map[string]string
		if err := n.Args.Into(&args); err != nil || args["days"] != "3" || args["due"] != "2022-05-30" ||
			args["taskEn"] != "Formal check" || args["matter"] != "ZG-2022-001" {
			t.Errorf("args %v, %v", args, err)
		}
	})
}

// Who is told depends on where the task lies.
func TestWhoIsTold(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		bureau(t, db)
		for key, c := range []struct{ holder, want string }{
			{"officer", "overdue officer chief"},
			{"APPLY_CLERK@DP18", "overdue clerk leader"},
			{"leader", "overdue leader"}, // leads the section himself
			{"builder", "overdue builder chief"},
			{"EXPERT@EX00", "overdue chief"}, // nobody holds the post
		} {
			open(t, db, int64(key+1), "2022-05-16 09:00:00", 10, c.holder)
			sweep(t, db, "2022-05-31 10:00:00", 1)
			equal(t, c.holder, told(t, db, int64(key+1)), c.want)
		}
	})
}

// However many processes sweep at once, a stage is reached once; where one of
// them is killed before its commit, the next one does it.
func TestSweepsOfSeveralProcesses(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		bureau(t, db)
		const tasks = 12
		for key := range int64(tasks) {
			open(t, db, key+1, "2022-05-16 09:00:00", 10, "officer")
		}
		killed, kill := context.WithCancel(ctx)
		kill()
		if n, err := sla.Sweep(killed, db, at(t, "2022-06-02 10:00:00")); err == nil || n != 0 {
			t.Errorf("killed: %d, %v", n, err)
		}
		var wg sync.WaitGroup
		counts := make([]int, 4)
		for i := range counts {
			wg.Go(func() {
				n, err := sla.Sweep(ctx, db, at(t, "2022-06-02 10:00:00"))
				if err != nil {
					t.Error(err)
				}
				counts[i] = n
			})
		}
		wg.Wait()
		if sum := counts[0] + counts[1] + counts[2] + counts[3]; sum != tasks {
			t.Errorf("%v tasks reached a stage, want %d in all", counts, tasks)
		}
		for key := range int64(tasks) {
			equal(t, "audit", audited(t, db, key+1), "task.reminder", "task.overdue", "task.escalated")
			equal(t, "told", told(t, db, key+1), "escalated officer chief deputy")
		}
	})
}

// While an instance is suspended nobody is reminded; when it goes on, its tasks
// have the days that were left.
func TestPause(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		bureau(t, db)
		open(t, db, 1, "2022-05-16 09:00:00", 10, "officer")
		sweep(t, db, "2022-05-25 09:00:00", 1)
		act := func(f func(*gorm.DB, models.Acting, int64) error, when string) {
			t.Helper()
			tx(t, db, func(tx *gorm.DB) error { return f(tx, models.Acting{Person: "chief", At: at(t, when)}, 9) })
		}
		act(sla.Pause, "2022-05-25 10:00:00")
		sweep(t, db, "2022-06-08 10:00:00", 0)
		act(sla.Resume, "2022-06-08 11:00:00") // 05-26 … 06-08 do not count; 3 days were left
		task := taskOf(t, db, 1)
		if want := at(t, "2022-06-13 23:59:59"); !task.DueAt.Equal(want) || task.State != process.TaskOpen ||
			task.Escalated != int(sla.Reminded) {
			t.Errorf("resumed: due %v, state %s, stage %d; want due %v", task.DueAt.In(models.Zone), task.State, task.Escalated, want)
		}
		inbox, _, err := process.Inbox(
			db.Read(ctx),
			process.InboxQuery{
				Person: "officer", Scope: process.ScopeMine, DueFrom: at(t, "2022-06-13 23:59:59"), DueBefore: at(t, "2022-06-14 00:00:00"),
				Limit: 9,
			},
		)
		if err != nil || len(inbox) != 1 {
			t.Errorf("inbox by the new due time: %v, %v", inbox, err)
		}
		sweep(t, db, "2022-06-08 12:00:00", 0)
		equal(t, "told", told(t, db, 1), "reminder officer") // three days are left, as he was told before
		act(sla.Pause, "2022-06-09 10:00:00")
		act(sla.Resume, "2022-06-09 16:00:00") // the same day: nothing is lost or won
		if task := taskOf(t, db, 1); !task.DueAt.Equal(at(t, "2022-06-13 23:59:59")) || task.Escalated != int(sla.Reminded) {
			t.Errorf("paused within a day: due %v, stage %d", task.DueAt.In(models.Zone), task.Escalated)
		}
	})
}

func taskOf(t testing.TB, db *models.DB, key int64) process.Task {
	t.Helper()
	task, err := process.TaskByKey(db.Read(ctx), key)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// A corrected year moves running due times, and says how many; a moment, and
// what is done, stays. What was opened by the old calendar meanwhile, the sweeper counts.
func TestPublish(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		bureau(t, db)
		for key, began := range map[int64]string{1: "2022-05-16 09:00:00", 2: "2022-06-01 09:00:00", 3: "2022-05-16 09:00:00",
			4: "2022-05-16 09:00:00", 5: "2022-05-16 09:00:00"} {
			open(t, db, key, began, 10, "officer")
		}
		sweep(t, db, "2022-05-31 01:00:00", 4) // overdue
		tx(t, db, func(tx *gorm.DB) error {
			if err := tx.Exec("UPDATE task SET calendar = 0 WHERE key = 3").Error; err != nil {
				return err
			}
			done := taskOf(t, db, 4)
			_, err := process.CloseTask(tx, &done)
			return err
		})
		a := models.Acting{Person: "admin", Reason: "更正端午节安排", At: at(t, "2022-05-31 10:00:00")}
		year := calendar.Year{Holidays: []models.Date{"2022-05-26", "2022-05-27", "2022-05-30"}} // and no other: Dragon Boat is worked
		tx(t, db, func(tx *gorm.DB) error {
			days, moved, err := sla.Publish(tx, a, map[string]calendar.Year{"2022": year}, "更正")
			if err == nil && (moved != 3 || days.Version != 2) {
				t.Errorf("version %d moved %d, want 3 of 1, 2 and 5", days.Version, moved)
			}
			return err
		})
		for key, want := range map[int64]string{1: "2022-06-02 23:59:59", 2: "2022-06-15 23:59:59", 3: "2022-05-30 23:59:59",
			4: "2022-05-30 23:59:59", 5: "2022-06-02 23:59:59"} {
			if task := taskOf(t, db, key); !task.DueAt.Equal(at(t, want)) {
				t.Errorf("task %d: due %v, want %s", key, task.DueAt.In(models.Zone), want)
			}
		}
		equal(t, "audit", audited(t, db, 1), "task.reminder", "task.overdue", "task.due-moved")
		var entry audit.AuditEntry
		if err := db.Read(ctx).Where("chain = 'r:calendar' AND action = 'recount'").Take(&entry).Error; err != nil ||
			entry.Actor != "admin" || entry.Reason == "" {
			t.Errorf("audit %+v, %v", entry, err)
		}
		var detail struct{ Running, Moved json.Number }
		if err := entry.Detail.Into(&detail); err != nil || detail.Moved != "3" || detail.Running != "3" {
			t.Errorf("audit %s, %v", entry.Detail, err)
		}
		// The new due time may be missed anew; task 3's old one was.
		sweep(t, db, "2022-06-03 00:00:01", 3) // 1 and 5 overdue, 3 escalated
		equal(t, "audit", audited(t, db, 1), "task.reminder", "task.overdue", "task.due-moved", "task.overdue")

		open(t, db, 6, "2022-05-16 09:00:00", 10, "officer") // by a process that had read version 1
		sweep(t, db, "2022-06-03 00:00:02", 1)
		if task := taskOf(t, db, 6); !task.DueAt.Equal(at(t, "2022-06-02 23:59:59")) || task.Calendar != 2 {
			t.Errorf("the sweeper left it: due %v by %d", task.DueAt.In(models.Zone), task.Calendar)
		}
	})
}

// The parameters are the newest pack's that states them.
func TestRulesAreData(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		publish := func(id string, from models.Date, params ...rules.RuleParam) {
			tx(t, db, func(tx *gorm.DB) error {
				return rules.InstallPack(
					tx, at(t, "2022-01-01 00:00:00"), rules.RulePack{ID: id, Name: id, ValidFrom: from, Params: models.JSONOf(params)},
				)
			})
		}
		load := func(on models.Date) (sla.Rules, error) {
			c, err := sla.Load(db.Read(ctx), on)
			return c.Rules, err
		}
		if r, err := load("2022-06-01"); err != nil || r != (sla.Rules{Warn: 30, Escalate: 2, Record: 5}) {
			t.Errorf("the example: %+v, %v", r, err)
		}
		g03 := func(warn, escalate, record json.Number) []rules.RuleParam {
			return []rules.RuleParam{
				{Rule: "G03", Key: "warn", Value: warn}, {Rule: "G03", Key: "escalate", Value: escalate},
				{Rule: "G03", Key: "record", Value: record},
			}
		}
		publish("A", "2022-01-01", g03("20", "1", "3")...)
		publish("B", "2022-07-01", rules.RuleParam{Rule: "R01", Key: "A", Value: "3"})
		publish("C", "2023-01-01", g03("50", "4", "8")...)
		publish("D", "2024-01-01", g03("50", "2.5", "8")...)
		publish("E", "2025-01-01", g03("50", "4", "8")[:2]...)
		for on, want := range map[models.Date]sla.Rules{"2021-01-01": {20, 1, 3}, "2022-06-30": {20, 1, 3}, "2022-07-01": {20, 1, 3},
			"2023-01-01": {50, 4, 8}} {
			if r, err := load(on); err != nil || r != want {
				t.Errorf("%s: %+v, %v, want %+v", on, r, err, want)
			}
		}
		for on, key := range map[models.Date]string{"2024-01-01": "escalate", "2025-01-01": "record"} {
			if _, err := load(on); err == nil || !strings.Contains(err.Error(), key) {
				t.Errorf("%s: %v", on, err)
			}
		}
	})
}

// A duty record names who held the task, and nobody changes it.
func TestDutyRecords(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		bureau(t, db)
		open(t, db, 1, "2022-05-16 09:00:00", 10, "BUREAU_ACCEPT@DP34")
		sweep(t, db, "2022-06-07 23:59:59", 1)
		var all []sla.DutyRecord
		if err := db.Read(ctx).Find(&all).Error; err != nil || len(all) != 0 {
			t.Errorf("on the fifth day: %+v, %v", all, err)
		}
		sweep(t, db, "2022-06-08 00:00:00", 1)
		if err := db.Read(ctx).Find(&all).Error; err != nil || len(all) != 1 || string(all[0].Holders) != `["officer"]` ||
			all[0].Matter != "ZG-2022-001" || all[0].DueWorkdays != 10 {
			t.Errorf("after it: %+v, %v", all, err)
		}
		for _, change := range []string{"UPDATE duty_record SET holders = '[]'", "DELETE FROM duty_record"} {
			if err := db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec(change).Error }); err == nil ||
				!strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v", change, err)
			}
		}
	})
}
