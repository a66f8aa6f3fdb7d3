package web

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// policy allows the client what it uses and nothing from elsewhere. Inline
// styles are the diagram's: bpmn-js writes them into its SVG.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; object-src " +
	"'none'; frame-ancestors 'none'; base-uri 'self'"

// Handler serves the client from files (as of Dist). A path that is no file is
// a page of the client and answers index.html; under /assets/ it is 404. Where
// a .gz twin exists and the browser takes it, the twin is sent.
func Handler(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if !isFile(files, name) || strings.HasPrefix(path.Base(name), ".") {
			if strings.HasPrefix(name, "assets/") {
				http.NotFound(w, r)
				return
			}
			name = "index.html"
		}
		serve(w, r, files, name)
	})
}

func isFile(files fs.FS, name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && info.Mode().IsRegular()
}

func serve(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // their names carry a hash of the content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		h.Set("Content-Type", t)
	}
	source := name
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && isFile(files, name+".gz") {
		source = name + ".gz"
		h.Set("Content-Encoding", "gzip")
	}
	body, err := fs.ReadFile(files, source)
	if err != nil {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		http.Error(w, "The web client is not built into this binary. Run `make build`.", http.StatusNotFound)
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}
