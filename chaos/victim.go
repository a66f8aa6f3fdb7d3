package chaos

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// victim is the platform's process.
type victim struct {
	binary, dir, database, address string
	cmd                            *exec.Cmd
	ended                          chan error // what the process ended with
}

// start runs the process and waits until it is ready.
func (v *victim) start(ctx context.Context) error {
	log, err := os.OpenFile(v.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	v.cmd = exec.Command(v.binary, "dev", "--data", v.dir, "--database", v.database, "--listen", v.address, "--seed=false")
	v.cmd.Stdout, v.cmd.Stderr = log, log
	if err := v.cmd.Start(); err != nil {
		return err
	}
	v.ended = make(chan error, 1)
	go func() { v.ended <- v.cmd.Wait() }()
	return v.ready(ctx)
}

func (v *victim) log() string { return filepath.Join(v.dir, "server.log") }

// ready waits until the process says that it is ready.
func (v *victim) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		if resp, err := http.Get("http://" + v.address + "/readyz"); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-v.ended:
			v.ended <- err
			return fmt.Errorf("the process ended by itself: %w; see %s", err, v.log())
		case <-ctx.Done():
			return fmt.Errorf("it is not ready after two minutes; see %s", v.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// kill is -9: nothing is flushed, nobody says goodbye.
func (v *victim) kill() {
	if v.cmd == nil {
		return
	}
	_ = v.cmd.Process.Kill()
	<-v.ended //nolint:errcheck // how it ended is known: by the kill
	v.cmd = nil
}

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2]
}
