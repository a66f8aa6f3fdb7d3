package api

import (
	"net/http"
	"time"
)

// guards are headers of every answer. The browser client has a policy of its
// own; whatever else is answered is data, which no browser shall interpret.
var guards = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), microphone=(), geolocation=()",
}

// Whoever sends a body sends it in time, whether or not anybody reads it: what no handler read, the server reads to its end.
func guarded(next http.Handler, patience time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range guards {
			w.Header().Set(name, value)
		}
		if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience)) // a recorder in a test has none
		}
		next.ServeHTTP(w, r)
	})
}
