package chaos

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
)

// recorder stands between the players and the platform and remembers which
// writes were acknowledged: those of which a client has seen the success. It
// also looks whether the platform fails clearly when it fails.
type recorder struct {
	address     string
	server      *http.Server
	flying      atomic.Int64
	mu          sync.Mutex
	keys        []string
	unavailable int
	unclear     []error
}

func record(target string) (*recorder, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	r := &recorder{}
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // that the platform is away is what this is about
	proxy.ModifyResponse = r.look
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r.address = "http://" + l.Addr().String()
	r.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodGet {
			r.flying.Add(1)
			defer r.flying.Add(-1)
		}
		proxy.ServeHTTP(w, req)
	})}
	go func() { _ = r.server.Serve(l) }()
	return r, nil
}

func (r *recorder) close()        { _ = r.server.Close() }
func (r *recorder) inFlight() int { return int(r.flying.Load()) }

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.keys)
}

// look remembers an answer.
func (r *recorder) look(resp *http.Response) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	// A session may be opened twice, and a fake bureau that is told how to behave is told so again.
	free := strings.HasSuffix(resp.Request.URL.Path, "/session") || strings.HasPrefix(resp.Request.URL.Path, "/fake/")
	key := resp.Request.Header.Get("Idempotency-Key")
	switch status := resp.StatusCode; {
	case status/100 == 2 && status != http.StatusAccepted && key != "" && !free:
		r.keys = append(r.keys, key)
	case status == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		r.unavailable++
	case status >= http.StatusInternalServerError || status >= 400 && resp.Header.Get("Content-Type") != "application/problem+json":
		r.unclear = append(
			r.unclear, fmt.Errorf("%s %s was answered with %s, %s", resp.Request.Method, resp.Request.URL.Path, resp.Status, resp.Header),
		)
	}
	return nil
}

// seen are the Idempotency-Keys of all acknowledged writes, how many requests
// were asked to come again, and what was answered unclearly.
func (r *recorder) seen() (acknowledged []string, unavailable int, unclear []error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.keys...), r.unavailable, r.unclear
}
