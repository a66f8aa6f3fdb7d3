package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/worker/temporal"
)

// servingFile is held, below a data directory, by the one process that serves it.
const servingFile = "serving"

// hold is the place of the one process that embeds Temporal on some data.
type hold struct {
	releases []func()
	lost     <-chan struct{} // closed when another process has taken it; nil: never
	place    string
}

// takePlace makes sure that nobody else serves a data directory or, on
// PostgreSQL, a database; the error names who does. It also chooses the port of
// the embedded Temporal, so that the name says where that is.
func takePlace(ctx context.Context, data string, o *temporal.Options) (*hold, error) {
	if err := writable(data); err != nil {
		return nil, err
	}
	if o.Port == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		o.Port = l.Addr().(*net.TCPAddr).Port
		if err := l.Close(); err != nil {
			return nil, err
		}
	}
	h, who := &hold{place: data}, whoami(o.Port)
	release, err := models.HoldFile(filepath.Join(data, servingFile), who)
	if err != nil {
		return nil, taken(data, err)
	}
	h.releases = append(h.releases, release)
	if o.Postgres != "" {
		if release, h.lost, err = models.HoldDatabase(ctx, o.Postgres, who); err != nil {
			h.release()
			return nil, taken("PostgreSQL "+databaseName(o.Postgres), err)
		}
		h.place, h.releases = "PostgreSQL "+databaseName(o.Postgres), append(h.releases, release)
	}
	return h, nil
}

// release gives the place to the next one.
func (h *hold) release() {
	for _, r := range h.releases {
		r()
	}
}

// watch ends the process when another one has taken its place.
func (h *hold) watch(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-h.lost:
		return inWords("place-lost", map[string]string{"place": h.place})
	}
}

// whoami names this process and its Temporal; PostgreSQL keeps 63 letters of it.
func whoami(port int) string {
	host, _ := os.Hostname()
	return fmt.Sprintf("pid %d on %.16s, temporal 127.0.0.1:%d", os.Getpid(), host, port)
}

// temporalOf is the address of Temporal in a name that whoami made.
func temporalOf(who string) string {
	_, at, _ := strings.Cut(who, "temporal ")
	at, _, _ = strings.Cut(at, " ")
	return at
}

func taken(place string, err error) error {
	var other *models.Held
	if errors.As(err, &other) {
		return inWords("already-served", map[string]string{"place": place, "other": other.By})
	}
	return err
}

// writable makes a data directory, and tries it.
func writable(dir string) error {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		_ = syscall.Umask(0o077) // what is kept here is for this user alone, whoever makes the file
		err = private(dir)
	}
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(dir, ".try-*"); err == nil {
			_, err = f.WriteString("quancheng\n")
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}
	if err != nil {
		return inWords("data-unwritable", map[string]string{"place": dir, "cause": err.Error()})
	}
	return nil
}

// private closes a data directory of a former release to others. A directory that serves others too
// is left as it is: somebody else's, or one where nothing of ours lies.
func private(dir string) error {
	i, err := os.Stat(dir)
	if err != nil || i.Mode().Perm()&0o077 == 0 || i.Mode()&fs.ModeSticky != 0 {
		return err
	}
	if !exists(filepath.Join(dir, "quancheng.db")) && !exists(filepath.Join(dir, "documents")) {
		return nil
	}
	if err := os.Chmod(dir, 0o700); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// databaseName is a database's address without who may enter.
func databaseName(dsn string) string {
	_, rest, ok := strings.Cut(dsn, "@")
	if !ok {
		_, rest, _ = strings.Cut(dsn, "://")
	}
	rest, _, _ = strings.Cut(rest, "?")
	return rest
}
