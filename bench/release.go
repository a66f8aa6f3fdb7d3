package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/chaos/server"
)

// A case that goes round between a clerk and a reviewer, so that as few as there
// are clients last for any time. One process for each: a moment begins it at
// once, which needs no route that a former release may lack.
var (
	//go:embed circle.bpmn
	circleModel string
	//go:embed circle.form
	circleForm []byte
)

const (
	clerk, reviewer = "zhou-min", "li-xin"
	patience        = 30 * time.Second // of a client while the server is away or busy, and of us until the cases have begun
	mostClients     = 200              // as many tasks come in one page of an inbox
)

// release is a server of one release with a desk for each client.
type release struct {
	name   string
	server *server.Server
	desks  []*desk
}

// openRelease starts a binary on fresh data and begins a case for each client.
func openRelease(ctx context.Context, name, binary, dir string, fresh func(dir string) (string, error), clients int) (*release, error) {
	if clients > mostClients {
		return nil, fmt.Errorf("at most %d clients, not %d", mostClients, clients)
	}
	models := filepath.Join(dir, "models")
	if err := writeCircles(models, clients); err != nil {
		return nil, err
	}
	database, err := fresh(dir)
	if err != nil {
		return nil, err
	}
	address, err := server.FreeAddress()
	if err != nil {
		return nil, err
	}
	r := &release{name: name, server: &server.Server{Binary: binary, Dir: dir, Database: database, Address: address}}
	if err := r.server.Start(ctx); err != nil {
		r.server.Kill()
		return nil, err
	}
	out, err := exec.CommandContext(ctx, binary, "deploy", models, "--database", database, "--reason", "bench").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("deploy: %w: %s", err, out)
	} else {
		err = r.open(ctx, clients)
	}
	if err != nil {
		r.server.Kill()
		return nil, err
	}
	return r, nil
}

// writeCircles writes the model once for each client.
func writeCircles(dir string, n int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range n {
		model := strings.ReplaceAll(circleModel, "NUMBER", strconv.Itoa(i+1))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("circle_%d.bpmn", i+1)), []byte(model), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "circle.form"), circleForm, 0o600)
}

// open waits until all cases have begun, and gives each a desk with sessions of its own.
func (r *release) open(ctx context.Context, n int) error {
	for until := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		c, err := client.SignIn(ctx, r.server.URL(), clerk, "", patience)
		if err != nil {
			return err
		}
		page, err := c.Inbox(ctx, "mine", "")
		if err != nil {
			return err
		}
		if len(page.Items) < n {
			if time.Now().After(until) {
				return fmt.Errorf("%d of %d cases have begun after %s", len(page.Items), n, patience)
			}
			continue
		}
		for _, t := range page.Items[:n] {
			d := &desk{task: t.Key, work: submitting}
			if d.clerk, err = client.SignIn(ctx, r.server.URL(), clerk, "", patience); err != nil {
				return err
			}
			if d.reviewer, err = client.SignIn(ctx, r.server.URL(), reviewer, "", patience); err != nil {
				return err
			}
			r.desks = append(r.desks, d)
		}
		return nil
	}
}

// measure lets some clients do something again and again, and says what each time took and how many they did in a second.
func (r *release) measure(
	ctx context.Context, clients int, long time.Duration, do func(*desk, context.Context) error,
) (times, float64, error) {
	var mu sync.Mutex
	var all times
	var errs []error
	began := time.Now()
	var wg sync.WaitGroup
	for _, d := range r.desks[:clients] {
		wg.Go(func() {
			took, err := d.repeat(ctx, began.Add(long), do)
			mu.Lock()
			defer mu.Unlock()
			all, errs = append(all, took...), append(errs, err)
		})
	}
	wg.Wait()
	return all, float64(len(all)) / time.Since(began).Seconds(), errors.Join(errs...)
}
