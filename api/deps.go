package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/partners"
	"github.com/quancheng/quancheng/webhook"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Sender hands an event to the workflow of its root instance and waits for the
// outcome: package workflows/client over Temporal, or in tests Commit itself.
// It is the edge between HTTP and the durable shell.
type Sender interface {
	Send(ctx context.Context, r contract.Request) (contract.Outcome, error)
}

// Deps are what the API needs from the process that serves it.
type Deps struct {
	DB        *models.DB
	Sender    Sender
	Bundles   *bundles.Cache                         // compiled models, for what is asked without moving a token
	Now       func() time.Time                       // nil: time.Now
	Documents string                                 // directory of uploaded files; with a bucket that of those which are still looked at
	Bucket    *files.Bucket                          // where files lie; nil: in Documents
	Scanner   *files.Scanner                         // looks at what is uploaded; nil: nothing does
	Keys      map[string][]webhook.Key               // partner → secrets, the newest first
	Web       http.Handler                           // the browser client; nil: none
	Cipher    office.Cipher                          // hides personal numbers; nil: none can be stored or shown
	Verifier  audit.Verifier                         // knows the signatures and the second medium of the audit's seals
	Ready     map[string]func(context.Context) error // what /readyz asks besides the database
	Metrics   *prometheus.Registry                   // nil: one of its own
	Log       *slog.Logger                           // nil: slog.Default

	SessionIdle time.Duration // after how long without a request a session ends; 0: office.SessionIdle
	Providers   []*Provider   // houses that vouch for people, see ReadProviders
	Dev         *Dev          // nil except on a dev server
}

// Dev is what only a dev server has: sign-in of demo people without a
// password, and fake bureaus that can be told to misbehave.
type Dev struct {
	Bureaus map[string]*partners.Bureau
}
