package server_test

import (
	"path/filepath"
	"testing"

	"github.com/quancheng/quancheng/chaos/server"
)

// TestAbsentBinary: what could not be started can be killed all the same.
func TestAbsentBinary(t *testing.T) {
	dir := t.TempDir()
	s := &server.Server{
		Binary: filepath.Join(dir, "absent"), Dir: dir, Database: "sqlite:" + filepath.Join(dir, "q.db"), Address: "127.0.0.1:1",
	}
	if err := s.Start(t.Context()); err == nil {
		t.Error("a binary that does not exist has started")
	}
	s.Kill()
}
