package chaos

import (
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
// writes were acknowledged: those of which a client has seen the success.
type recorder struct {
	address string
	server  *http.Server
	flying  atomic.Int64
	mu      sync.Mutex
	keys    []string
}

func record(target string) (*recorder, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	r := &recorder{}
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ErrorLog = log.New(io.Discard, "", 0) // that the platform is away is what this is about
	proxy.ModifyResponse = func(resp *http.Response) error {
		signIn := strings.HasSuffix(resp.Request.URL.Path, "/session") // a session may be opened twice
		if key := resp.Request.Header.Get("Idempotency-Key"); !signIn && key != "" && resp.StatusCode/100 == 2 && resp.StatusCode != http.StatusAccepted {
			r.mu.Lock()
			r.keys = append(r.keys, key)
			r.mu.Unlock()
		}
		return nil
	}
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

// writes are the Idempotency-Keys of all acknowledged writes.
func (r *recorder) writes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.keys...)
}
