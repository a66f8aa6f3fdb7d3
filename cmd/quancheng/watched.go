package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/quancheng/quancheng/activities/meters"
)

// watched answers what watches a worker: does it live, can it work, and its metrics.
func watched(ctx context.Context, l net.Listener, p *platform) error {
	reg := prometheus.NewRegistry()
	reg.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), meters.NewBacklog(p.db),
	)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answerHealth(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		checks := map[string]error{"database": p.db.Read(ctx).Exec("SELECT 1").Error}
		for name, ask := range p.ready() {
			checks[name] = ask(ctx)
		}
		answerHealth(w, checks)
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	return served(ctx, l, srv, func() {})
}

// answerHealth says what serve's /healthz and /readyz say, in the same words.
func answerHealth(w http.ResponseWriter, checks map[string]error) {
	said := map[string]string{}
	status, code := "ok", http.StatusOK
	for name, err := range checks {
		said[name] = "ok"
		if err != nil {
			said[name], status, code = "unavailable", "unavailable", http.StatusServiceUnavailable
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	body := map[string]any{"status": status}
	if len(said) > 0 {
		body["checks"] = said
	}
	_ = json.NewEncoder(w).Encode(body) // who asked has gone away
}
