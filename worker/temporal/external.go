//go:build external

package temporal

import (
	"context"
	"errors"

	"go.temporal.io/sdk/client"
)

// Embedded says whether this program has Temporal's server in it.
const Embedded = false

// ErrExternal says what this program was built without.
var ErrExternal = errors.New("this program was built without Temporal's server (build tag external): give --temporal HOST:PORT")

// Server would be a running embedded server; there is none in this program.
type Server struct{}

// Start refuses.
func Start(context.Context, Options) (*Server, error) { return nil, ErrExternal }

// Address is empty.
func (*Server) Address() string { return "" }

// Client refuses.
func (*Server) Client(context.Context, client.Options) (client.Client, error) {
	return nil, ErrExternal
}

// Stop does nothing.
func (*Server) Stop() error { return nil }
