package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/quancheng/quancheng/api/wire"
)

func openAPI(c *call) (any, error) {
	c.Data(http.StatusOK, "application/json; charset=utf-8", c.srv.specRaw)
	return written, nil
}

func healthz(*call) (any, error) { return wire.Health{Status: "ok"}, nil }

// readyz asks the database and whatever else the process depends on.
func readyz(c *call) (any, error) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 3*time.Second)
	defer cancel()
	h := wire.Health{Status: "ok", Checks: map[string]string{}}
	check := func(name string, err error) {
		h.Checks[name] = "ok"
		if err != nil {
			c.srv.Log.Warn("not ready", "check", name, "error", err)
			h.Checks[name], h.Status = "unavailable", "unavailable"
		}
	}
	check("database", c.srv.DB.Read(ctx).Exec("SELECT 1").Error)
	for name, ask := range c.srv.Ready {
		check(name, ask(ctx))
	}
	var stuck int // told, and no reason to send people elsewhere
	if c.srv.DB.Read(ctx).Raw("SELECT count(*) FROM stuck_root").Scan(&stuck).Error == nil && stuck > 0 {
		h.Checks["cases"] = strconv.Itoa(stuck) + " stuck"
	}
	if h.Status != "ok" {
		return reply{Status: http.StatusServiceUnavailable, Body: h}, nil
	}
	return h, nil
}

func metrics(c *call) (any, error) {
	promhttp.HandlerFor(c.srv.Metrics, promhttp.HandlerOpts{}).ServeHTTP(c.Writer, c.Request)
	return written, nil
}
