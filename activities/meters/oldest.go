package meters

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"gorm.io/gorm"
)

var (
	oldestDesc = prometheus.NewDesc(
		"quancheng_oldest_waiting_seconds", "Age of the thing of a kind that waits longest; 0: none waits.", []string{"kind"}, nil,
	)
	poolDesc = prometheus.NewDesc(
		"quancheng_database_connections", "Connections of this process to the database of the books, by state.", []string{"state"}, nil,
	)
)

// Kind is a kind of thing that waits, and since when its oldest one does.
type Kind struct {
	Name string
	// since selects one column, the moments, as at; it takes the present as ?, once or not at all.
	since string
	// overdue says that the age counts from a moment at which the thing should have happened.
	overdue bool
}

// Kinds are all kinds of things that wait: for us, for a partner, or for a person who must decide.
var Kinds = []Kind{
	{Name: "start", since: "SELECT created_at AS at FROM outbox WHERE state = 'pending' AND kind = 'start'"},
	{Name: "message", since: "SELECT created_at AS at FROM outbox WHERE state = 'pending' AND kind = 'message'"},
	{Name: "signal", since: "SELECT created_at AS at FROM outbox WHERE state = 'pending' AND kind = 'signal'"},
	{
		Name:  "outgoing",
		since: "SELECT created_at AS at FROM outbox WHERE state = 'pending' AND kind NOT IN ('start', 'message', 'signal', 'notice')",
	},
	{Name: "dead_letter", since: "SELECT created_at AS at FROM outbox WHERE state = 'dead'"},
	{Name: "received_event", since: "SELECT received_at AS at FROM partner_inbox WHERE state = 'received'"},
	{Name: "held_event", since: "SELECT received_at AS at FROM partner_inbox WHERE state = 'held'"},
	{Name: "parked_event", since: "SELECT received_at AS at FROM partner_inbox WHERE state = 'parked'"},
	{Name: "failed_event", since: "SELECT received_at AS at FROM partner_inbox WHERE state = 'failed'"},
	{Name: "stream_gap", since: "SELECT found_at AS at FROM stream_gap"},
	{Name: "job", since: "SELECT created_at AS at FROM job WHERE NOT failed"},
	{Name: "failed_job", since: "SELECT created_at AS at FROM job WHERE failed"},
	{Name: "timer", since: "SELECT due AS at FROM timer WHERE NOT refused AND due <= ?", overdue: true},
	{Name: "timer_start", since: "SELECT due AS at FROM start_subscription WHERE kind = 'timer' AND due <= ?", overdue: true},
	{Name: "buffered_message", since: "SELECT published_at AS at FROM message WHERE state IN ('buffered', 'delivering')"},
	{Name: "unstarted_case", since: "SELECT created_at AS at FROM root_state WHERE open AND step = 0"},
	{Name: "incident", since: "SELECT raised_at AS at FROM incident WHERE resolved_at IS NULL"},
	{Name: "stuck_case", since: "SELECT since AS at FROM stuck_root"},
	{Name: "overdue_task", since: "SELECT due_at AS at FROM task WHERE state = 'open' AND due_at <= ?", overdue: true},
	{Name: "confirmation", since: "SELECT asked_at AS at FROM confirmation WHERE state = 'waiting'"},
	{Name: "grant_request", since: "SELECT asked_at AS at FROM grant_request WHERE state = 'open'"},
	{Name: "difference", since: "SELECT found_at AS at FROM reconciliation_item WHERE state = 'open'"},
	{Name: "unanchored_seal", since: "SELECT s.at AS at FROM audit_seal s JOIN audit_check c ON c.anchored > 0 AND s.no > c.anchored"},
	{
		Name:  "unstamped_seal",
		since: "SELECT s.at AS at FROM audit_seal s WHERE EXISTS (SELECT 1 FROM audit_stamp) AND s.no > (SELECT MAX(seal) FROM audit_stamp)",
	},
	{
		Name:  "unsealed_entry",
		since: "SELECT a.at AS at FROM audit_head h JOIN audit a ON a.chain = h.chain AND a.seq = h.sealed + 1 WHERE h.sealed < h.seq",
	},
}

// Waiting is how long the oldest thing of a kind has waited; 0: none waits.
type Waiting struct {
	Kind string
	Age  time.Duration
	Err  error // it could not be counted
}

// Oldest looks at all kinds.
func Oldest(db *gorm.DB, now time.Time) []Waiting {
	var all []Waiting
	for _, k := range Kinds {
		w := Waiting{Kind: k.Name}
		var args []any
		if k.overdue {
			args = append(args, now.UTC())
		}
		var since []struct{ At time.Time }
		// Ordered, not min(): SQLite knows the type of a column, not of an expression.
		w.Err = db.Raw("SELECT at FROM ("+k.since+") w ORDER BY at LIMIT 1", args...).Scan(&since).Error
		if len(since) > 0 {
			w.Age = max(0, now.Sub(since[0].At))
		}
		all = append(all, w)
	}
	return all
}

func (b *Backlog) pool(ch chan<- prometheus.Metric) {
	sql, err := b.db.Pool()
	if err != nil {
		return
	}
	s := sql.Stats()
	for state, n := range map[string]int{"in_use": s.InUse, "idle": s.Idle, "limit": s.MaxOpenConnections} {
		ch <- prometheus.MustNewConstMetric(poolDesc, prometheus.GaugeValue, float64(n), state)
	}
}
