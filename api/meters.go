package api

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	counted "github.com/quancheng/quancheng/activities/meters"
	"github.com/quancheng/quancheng/models"
)

// meters are what /metrics shows of HTTP and of the partners' transport.
type meters struct {
	requests *prometheus.HistogramVec
}

func newMeters(reg *prometheus.Registry, db *models.DB) *meters {
	m := &meters{requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "quancheng_http_request_seconds", Help: "Duration of requests by route and status.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"method", "route", "status"})}
	reg.MustRegister(
		m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), counted.NewBacklog(db),
	)
	return m
}

func (m *meters) request(r route, status int, took time.Duration) {
	if r.Path == "/api/v1/events" {
		return // its duration is how long somebody watched
	}
	m.requests.WithLabelValues(r.Method, r.Path, strconv.Itoa(status)).Observe(took.Seconds())
}
