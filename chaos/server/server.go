// Package server runs a binary of the platform as a process of its own, for what
// tries it out from outside: chaos kills it, bench measures releases with it.
package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// Server is the process of `dev` of one binary, without the demo projects.
type Server struct {
	Binary, Dir, Database string // Database: sqlite:… or postgres://…
	Address               string // host:port
	cmd                   *exec.Cmd
	ended                 chan error // what the process ended with
}

// URL is where it answers.
func (s *Server) URL() string { return "http://" + s.Address }

// Start runs the process and waits until it is ready.
func (s *Server) Start(ctx context.Context) error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(s.Binary, "dev", "--data", s.Dir, "--database", s.Database, "--listen", s.Address, "--seed=false")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.ended = cmd, make(chan error, 1)
	go func(ended chan<- error) { ended <- cmd.Wait() }(s.ended)
	return s.Ready(ctx)
}

func (s *Server) log() string { return filepath.Join(s.Dir, "server.log") }

// Ready waits until the process says that it is ready.
func (s *Server) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		if resp, err := http.Get(s.URL() + "/readyz"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			return fmt.Errorf("the process ended by itself: %w; see %s", err, s.log())
		case <-ctx.Done():
			return fmt.Errorf("it is not ready after two minutes; see %s", s.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill is -9: nothing is flushed, nobody says goodbye.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	<-s.ended //nolint:errcheck // how it ended is known: by the kill
	s.cmd = nil
}

// FreeAddress is one that nobody listens at.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
