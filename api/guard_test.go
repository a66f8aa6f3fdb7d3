package api

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestABodyThatNobodyReadsEndsToo: the server reads to its end what no handler has
// read, up to 256 KB, and whoever sends it drop by drop would hold a connection for as long as he likes.
func TestABodyThatNobodyReadsEndsToo(t *testing.T) {
	srv := httptest.NewServer(guarded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
	}), 50*time.Millisecond))
	defer srv.Close()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, c)
		ended <- err
	}()
	select {
	case <-ended: // closed by the server
	case <-time.After(30 * time.Second): // without the bound it stays for ever
		t.Error("the connection is still open")
	}
}
