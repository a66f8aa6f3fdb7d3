package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// patience is how long a command that talks to a server waits for one that is away or busy.
const patience = time.Minute

// serverFlag is the flag of commands that talk to a running server.
func serverFlag(c *cobra.Command) *string {
	return c.Flags().String("server", "http://127.0.0.1:8080", "address of the server")
}

// signIn opens a session as the person of QUANCHENG_USER and QUANCHENG_PASSWORD,
// or, at a dev server, as the first demo person who holds a post of a role in any unit.
func signIn(ctx context.Context, server, role string) (*client.Client, error) {
	if user := os.Getenv("QUANCHENG_USER"); user != "" {
		return client.SignIn(ctx, server, user, os.Getenv("QUANCHENG_PASSWORD"), patience)
	}
	var people wire.People
	if err := client.Anonymous(server, patience).Get(ctx, "/api/v1/people", &people); err != nil {
		return nil, fmt.Errorf("who may sign in: %w (set QUANCHENG_USER and QUANCHENG_PASSWORD for a server without demo persons)", err)
	}
	for _, p := range people.People {
		if slices.ContainsFunc(p.Posts, func(q wire.Post) bool { return strings.HasPrefix(q.ID, role+"@") }) {
			return client.SignIn(ctx, server, p.ID, "", patience)
		}
	}
	return nil, fmt.Errorf("nobody at %s holds a post %s", server, role)
}
