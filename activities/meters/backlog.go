// Package meters measures what waits in the books, for whoever watches the
// platform: serve and worker show the same.
package meters

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/partner"
)

// Backlog measures what waits in the database when it is asked.
type Backlog struct{ db *models.DB }

// NewBacklog makes a prometheus.Collector of what waits.
func NewBacklog(db *models.DB) *Backlog { return &Backlog{db: db} }

var (
	inboxDesc = prometheus.NewDesc(
		"quancheng_partner_inbox_events", "Events from partners that are not done, by state.", []string{"state"}, nil,
	)
	outboxDesc = prometheus.NewDesc("quancheng_outbox_entries", "What waits to leave, by kind and state.", []string{"kind", "state"}, nil)
	gapDesc    = prometheus.NewDesc(
		"quancheng_stream_gaps", "Gaps in partners' streams: asked for, or given up.", []string{"partner", "state"}, nil,
	)
	dueDesc = prometheus.NewDesc(
		"quancheng_partner_inbox_oldest_seconds", "How long the event has been due that waits longest to be looked at; 0: none is due.",
		nil, nil,
	)
	stuckDesc = prometheus.NewDesc("quancheng_stuck_roots", "Open cases that nothing can move any more.", nil, nil)
	sealDesc  = prometheus.NewDesc(
		"quancheng_distrusted_requests_total", "Requests through Temporal that none of our processes has sealed, by reason.",
		[]string{"reason"}, nil,
	)
	brokenDesc = prometheus.NewDesc("quancheng_audit_broken", "1 while a break of the audit stands that was found.", nil, nil)
	openDesc   = prometheus.NewDesc("quancheng_open_incidents", "Incidents that nobody resolved yet.", nil, nil)
)

// Describe implements prometheus.Collector.
func (b *Backlog) Describe(ch chan<- *prometheus.Desc) {
	ch <- inboxDesc
	ch <- outboxDesc
	ch <- sealDesc
	ch <- openDesc
	ch <- brokenDesc
	ch <- gapDesc
	ch <- dueDesc
	ch <- stuckDesc
	ch <- oldestDesc
	ch <- poolDesc
}

// Collect implements prometheus.Collector. What cannot be counted is left out.
func (b *Backlog) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	db := b.db.Read(ctx)
	var rows []struct {
		Kind  string
		State string
		N     float64
	}
	if db.Raw("SELECT state, count(*) AS n FROM partner_inbox WHERE state IN ('received', 'held', 'parked', 'failed') GROUP BY state").
		Scan(&rows).
		Error == nil {
		for _, r := range rows {
			ch <- prometheus.MustNewConstMetric(inboxDesc, prometheus.GaugeValue, r.N, r.State)
		}
	}
	rows = nil
	if db.Raw("SELECT kind, state, count(*) AS n FROM outbox WHERE state IN ('pending', 'dead') GROUP BY kind, state").
		Scan(&rows).
		Error == nil {
		for _, r := range rows {
			ch <- prometheus.MustNewConstMetric(outboxDesc, prometheus.GaugeValue, r.N, r.Kind, r.State)
		}
	}
	if distrusted, err := audit.DistrustTally(db); err == nil {
		for _, d := range distrusted {
			ch <- prometheus.MustNewConstMetric(sealDesc, prometheus.CounterValue, float64(d.N), d.Code)
		}
	}
	var open float64
	if db.Raw("SELECT count(*) FROM incident WHERE resolved_at IS NULL").Scan(&open).Error == nil {
		ch <- prometheus.MustNewConstMetric(openDesc, prometheus.GaugeValue, open)
	}
	if c, err := audit.CheckOf(db); err == nil {
		broken := 0.0
		if c.Broken != nil {
			broken = 1
		}
		ch <- prometheus.MustNewConstMetric(brokenDesc, prometheus.GaugeValue, broken)
	}
	b.stalled(db, ch)
	for _, o := range Oldest(db, time.Now()) {
		if o.Err != nil {
			continue
		}
		ch <- prometheus.MustNewConstMetric(oldestDesc, prometheus.GaugeValue, o.Age.Seconds(), o.Kind)
	}
	b.pool(ch)
}

// stalled measures what should move and does not.
func (b *Backlog) stalled(db *gorm.DB, ch chan<- prometheus.Metric) {
	var gaps []struct {
		Source, State string
		N             float64
	}
	if db.Raw(`SELECT source, CASE WHEN alarmed_at IS NULL THEN 'open' ELSE 'given_up' END AS state, count(*) AS n
			FROM stream_gap GROUP BY 1, 2`).
		Scan(&gaps).
		Error == nil {
		for _, g := range gaps {
			ch <- prometheus.MustNewConstMetric(gapDesc, prometheus.GaugeValue, g.N, g.Source, g.State)
		}
	}
	var due []partner.PartnerEvent
	now := time.Now().UTC()
	if db.Select("next_at").Where("state IN ('received', 'held') AND next_at <= ?", now).Order("next_at").Limit(1).Find(&due).Error == nil {
		age := 0.0
		for _, e := range due {
			age = now.Sub(e.NextAt).Seconds()
		}
		ch <- prometheus.MustNewConstMetric(dueDesc, prometheus.GaugeValue, age)
	}
	var stuck float64
	if db.Raw("SELECT count(*) FROM stuck_root").Scan(&stuck).Error == nil {
		ch <- prometheus.MustNewConstMetric(stuckDesc, prometheus.GaugeValue, stuck)
	}
}
