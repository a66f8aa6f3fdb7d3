package web

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func TestHandler(t *testing.T) {
	built := fstest.MapFS{
		"index.html":            {Data: []byte("<page>")},
		"assets/app-1a2b.js":    {Data: []byte("plain")},
		"assets/app-1a2b.js.gz": {Data: []byte("zipped")},
		".vite/manifest.json":   {Data: []byte("{}")},
		".keep":                 {},
	}
	cases := []struct {
		name, method, path, accept string
		status                     int
		body, encoding, cache      string
	}{
		{"root", "GET", "/", "", 200, "<page>", "", "no-cache"},
		{"a page of the client", "GET", "/projects/XM-2022-003", "", 200, "<page>", "", "no-cache"},
		{"an asset", "GET", "/assets/app-1a2b.js", "", 200, "plain", "", "public, max-age=31536000, immutable"},
		{"its twin", "GET", "/assets/app-1a2b.js", "gzip, br", 200, "zipped", "gzip", "public, max-age=31536000, immutable"},
		{"an asset that is gone", "GET", "/assets/old.js", "", 404, "404 page not found\n", "", ""},
		{"no way out", "GET", "/../../etc/passwd", "", 200, "<page>", "", "no-cache"},
		{"hidden files stay hidden", "GET", "/.keep", "", 200, "<page>", "", "no-cache"},
		{"not for writing", "POST", "/", "", 405, "method not allowed\n", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, c.path, nil)
			r.Header.Set("Accept-Encoding", c.accept)
			w := httptest.NewRecorder()
			Handler(built).ServeHTTP(w, r)
			got := [4]any{w.Code, w.Body.String(), w.Header().Get("Content-Encoding"), w.Header().Get("Cache-Control")}
			if want := [4]any{c.status, c.body, c.encoding, c.cache}; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestHandlerWithoutBuild(t *testing.T) {
	w := httptest.NewRecorder()
	Handler(fstest.MapFS{".keep": {}}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}

func TestDistIsEmbedded(t *testing.T) {
	if !isFile(Dist(), ".keep") && !isFile(Dist(), "index.html") {
		t.Error("dist is empty")
	}
}
