package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/models/modelstest"
)

// A worker answers whoever watches it, also while Temporal is away: then it lives, and is not ready.
func TestAWorkerIsWatched(t *testing.T) {
	away, err := temporalclient.NewLazyClient(temporalclient.Options{HostPort: "127.0.0.1:1", Logger: quietLog{}})
	if err != nil {
		t.Fatal(err)
	}
	defer away.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	p := &platform{db: modelstest.Open(t, modelstest.SQLite(t)), temporal: away}
	go func() { ended <- watched(ctx, l, p) }()
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/healthz": {200, `"status":"ok"`},
		"/readyz":  {503, `"checks":{"database":"ok","temporal":"unavailable"}`},
		"/metrics": {200, `quancheng_oldest_waiting_seconds{kind="start"} 0`},
		"/other":   {404, ""},
	} {
		resp, err := http.Get("http://" + l.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if _ = resp.Body.Close(); resp.StatusCode != want.status || !strings.Contains(string(body), want.says) {
			t.Errorf("%s: %d %.300s", path, resp.StatusCode, body)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
