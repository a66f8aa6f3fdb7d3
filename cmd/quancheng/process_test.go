package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/quancheng/quancheng/models/modelstest"
)

// asMain makes the test binary the program itself, so that tests start, stop and
// kill real processes of it.
const asMain = "QUANCHENG_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	modelstest.Main(m)
}

// platformProcess is a dev server in a process of its own.
type platformProcess struct {
	t       testing.TB
	binary  string // "": this very program
	dir     string
	address string
	flags   []string
	cmd     *exec.Cmd
	ended   chan error
}

// newProcess does not start it yet.
func newProcess(t testing.TB, binary, dir string, flags ...string) *platformProcess {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	p := &platformProcess{t: t, binary: binary, dir: dir, address: l.Addr().String(), flags: flags}
	t.Cleanup(p.kill)
	return p
}

func (p *platformProcess) url() string { return "http://" + p.address }

// launch starts it and does not wait until it is ready.
func (p *platformProcess) launch() {
	p.t.Helper()
	log, err := os.OpenFile(filepath.Join(p.dir, "server.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	binary, env := p.binary, os.Environ()
	if binary == "" {
		if binary, err = os.Executable(); err != nil {
			p.t.Fatal(err)
		}
		env = append(env, asMain+"=1")
	}
	p.cmd = exec.Command(binary, append([]string{"dev", "--data", p.dir, "--listen", p.address}, p.flags...)...)
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Env = log, log, env
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.ended = make(chan error, 1)
	go func(c *exec.Cmd, ended chan error) { ended <- c.Wait() }(p.cmd, p.ended)
}

// start waits until it is ready.
func (p *platformProcess) start(ctx context.Context) {
	p.t.Helper()
	p.launch()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		if resp, err := http.Get(p.url() + "/readyz"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-p.ended:
			p.ended <- err
			p.t.Fatalf("the server ended by itself: %v\n%s", err, p.log())
		case <-ctx.Done():
			p.t.Fatalf("the server is not ready\n%s", p.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// kill is -9.
func (p *platformProcess) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	<-p.ended
	p.cmd = nil
}

// stop asks it to end, as an operator does.
func (p *platformProcess) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := <-p.ended; err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatalf("the server did not end well: %v\n%s", err, p.log())
	}
	p.cmd = nil
}

// log is the end of what it wrote.
func (p *platformProcess) log() string {
	raw, err := os.ReadFile(filepath.Join(p.dir, "server.log"))
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(raw[max(0, len(raw)-4000):])
}
