package bench

import (
	"testing"
	"time"
)

// TestLedger enters statements as they are sent: where each is counted, and whether it stores something.
func TestLedger(t *testing.T) {
	for _, c := range []struct {
		statement, part string
		writes          float64
	}{
		{"WITH org AS (SELECT version FROM org_version FOR SHARE)\nSELECT COALESCE((SELECT rule_pack FROM project",
			"scene: rules, calendar, organisation, parties", 0},
		{`INSERT INTO "event_outcome" ("event","org_version") VALUES ($1,$2)`, "outcome", 1},
		{`SELECT * FROM "root_state" WHERE key = $1 FOR UPDATE`, "state", 0},
		{" update root_state SET step = $1", "state", 1},
		{`INSERT INTO "audit_entry" ("chain") VALUES ($1)`, "audit", 1},
		{"SAVEPOINT sp1", "savepoint", 0},
		{`DELETE FROM "task_candidate" WHERE key = $1`, "tasks, instances and other projections", 1},
	} {
		l := newLedger()
		l.enter(c.statement, 6*time.Millisecond)
		each, sum := l.over(2)
		for _, p := range each {
			want := part{name: p.name}
			if p.name == c.part {
				want = part{c.part, 3 * time.Millisecond, 0.5, c.writes / 2}
			}
			if p != want {
				t.Errorf("%s: %+v, want %+v", c.statement, p, want)
			}
		}
		if sum.took != 3*time.Millisecond || sum.statements != 0.5 {
			t.Errorf("%s: the sum is %+v", c.statement, sum)
		}
	}
}

// TestMedian takes the middle of an odd number, and between the two middle ones of an even number.
func TestMedian(t *testing.T) {
	for _, c := range []struct {
		all  []float64
		want float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}, {[]float64{7}, 7}} {
		if got := median(c.all); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.all, got, c.want)
		}
	}
}
