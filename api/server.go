package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/sla"
)

// Server answers the routes of all rooms (routes.go).
type Server struct {
	Deps
	spec    *openapi3.T
	specRaw []byte
	meters  *meters
	signIns *limits
	hooks   *crowd // messages of the bureaus that are being read
	hashing *hashing
	live    *hub

	policies *policies
	looks    tallies
	previews previewed
	inner    http.Handler // the routes, for requests that a second person has confirmed

	known   sla.Cache // of clocks that were read
	stands  standing
	shipped sla.Clock // what the binary knows of due times
}

// New builds the handler of the whole server: the API, the partners' hooks,
// the browser client, and what operators look at. Close ends its live streams.
func New(d Deps) (*Server, error) {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.SessionIdle == 0 {
		d.SessionIdle = office.SessionIdle
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Metrics == nil {
		d.Metrics = prometheus.NewRegistry()
	}
	spec, err := Spec()
	if err != nil {
		return nil, err
	}
	raw, err := spec.MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	shipped, err := sla.Shipped()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Deps: d, spec: spec, specRaw: raw, signIns: newLimits(), hooks: newCrowd(), hashing: newHashing(), live: newHub(d.DB), shipped: shipped,
		policies: &policies{},
	}
	s.meters = newMeters(d.Metrics, d.DB)
	return s, nil
}

// Close ends the live streams, so that the HTTP server can shut down, and writes what was counted.
func (s *Server) Close() {
	s.live.close()
	s.writeTallies()
}

// Handler is the server's HTTP handler.
func (s *Server) Handler() (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	if err := e.SetTrustedProxies(nil); err != nil { // who called is asked of call.ClientIP
		return nil, err
	}
	e.HandleMethodNotAllowed = true
	e.UseRawPath, e.UnescapePathValues = true, true
	for _, r := range routes {
		h, err := s.serve(r)
		if err != nil {
			return nil, err
		}
		e.Handle(r.Method, ginPath(r.Path), h)
	}
	e.NoRoute(s.fallback)
	e.NoMethod(func(c *gin.Context) {
		s.fail(s.newCall(c, route{}), refuse(http.StatusMethodNotAllowed, "method-not-allowed"))
	})
	s.inner = e
	csrf := http.NewCrossOriginProtection()
	csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := gin.CreateTestContext(w)
		c.Request = r
		s.fail(s.newCall(c, route{}), refuse(http.StatusForbidden, "cross-origin"))
	}))
	return guarded(csrf.Handler(e), bodyTime), nil
}

// fallback serves the browser client, whose own router knows its pages, and
// answers a problem below the API.
func (s *Server) fallback(c *gin.Context) {
	for _, prefix := range []string{"/api/", "/integrations/", "/fake/"} {
		if strings.HasPrefix(c.Request.URL.Path, prefix) {
			s.fail(s.newCall(c, route{}), notFound())
			return
		}
	}
	if s.Web == nil || c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		s.fail(s.newCall(c, route{}), notFound())
		return
	}
	c.Status(http.StatusOK)
	s.Web.ServeHTTP(c.Writer, c.Request)
}

// ginPath writes {name} as :name.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
