package meters_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/meters"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// Each kind can be counted on both databases, and the oldest of what waits is what is told.
func TestTheOldestOfEachKind(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		for _, w := range meters.Oldest(db.Read(context.Background()), now) {
			if w.Err != nil || w.Age != 0 {
				t.Errorf("an empty house: %+v", w)
			}
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for i, age := range []time.Duration{time.Hour, 3 * time.Hour, 2 * time.Hour} {
				for _, kind := range []string{"start", "partner"} {
					if err := tx.Exec("INSERT INTO outbox (id, kind, target, event_type, payload, state, next_at, created_at) VALUES (?, ?, '', '', '{}', 'pending', ?, ?)",
						kind+string(rune('a'+i)), kind, now, now.Add(-age)).Error; err != nil {
						return err
					}
				}
			}
			return tx.Exec(
				"INSERT INTO timer (key, root, instance, element_key, element, due, refused) VALUES (1, 1, 1, 1, 'x', ?, ?), (2, 1, 1, 1, 'x', ?, ?)",
				now.Add(-time.Minute), false, now.Add(time.Hour), false,
			).Error
		})
		want := map[string]time.Duration{"start": 3 * time.Hour, "outgoing": 3 * time.Hour, "timer": time.Minute}
		for _, w := range meters.Oldest(db.Read(context.Background()), now) {
			if w.Err != nil || w.Age != want[w.Kind] {
				t.Errorf("%+v, want %s", w, want[w.Kind])
			}
		}
		reg := prometheus.NewRegistry()
		reg.MustRegister(meters.NewBacklog(db))
		families, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, f := range families {
			seen[f.GetName()] = len(f.GetMetric())
		}
		if seen["quancheng_oldest_waiting_seconds"] != len(meters.Kinds) || seen["quancheng_database_connections"] != 3 {
			t.Errorf("%v", seen)
		}
	})
}

// An index or a column that goes away breaks the query, and nobody would hear of it: what is told has a name that an alert can use.
func TestKindsHaveNames(t *testing.T) {
	names := map[string]bool{}
	for _, k := range meters.Kinds {
		if names[k.Name] || k.Name != strings.ToLower(k.Name) || strings.Contains(k.Name, " ") {
			t.Errorf("kind %q", k.Name)
		}
		names[k.Name] = true
	}
}
