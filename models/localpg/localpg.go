// Package localpg runs a throw-away PostgreSQL from the machine's binaries, for
// tests and benchmarks. It is fast because it is careless: what is committed
// survives the end of its process, but not a crash of the machine.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/quancheng/quancheng/models"
)

// ErrAbsent says that PostgreSQL is not on this machine.
var ErrAbsent = errors.New("no PostgreSQL programs in $QUANCHENG_POSTGRES_BIN, /usr/lib/postgresql, $PATH or build/machine (node " +
	"scripts/machine.mjs brings them)")

var (
	server struct {
		once sync.Once
		dir  string
		port int
		err  error
		cred *syscall.Credential
		bin  string
		cmd  *exec.Cmd
	}
	databases atomic.Int64
)

// Database is the DSN of a new database on a server that this process starts
// once. The error says that the machine has no binaries.
func Database() (string, error) {
	server.once.Do(start)
	if server.err != nil {
		return "", server.err
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), databases.Add(1))
	admin, err := models.Open(dsn("postgres"))
	if err != nil {
		return "", err
	}
	defer func() { _ = admin.Close() }()
	if err := admin.Read(context.Background()).Exec("CREATE DATABASE " + name).Error; err != nil {
		return "", err
	}
	return dsn(name), nil
}

func dsn(db string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", server.port, db)
}

// Stop ends the server and removes its data.
func Stop() {
	if server.cmd == nil {
		return
	}
	_ = server.cmd.Process.Signal(syscall.SIGINT)
	_ = server.cmd.Wait()
	_ = os.RemoveAll(server.dir)
}

func start() { server.err = boot() }

func boot() error {
	bin, err := programs()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "quancheng-pg-")
	if err != nil {
		return err
	}
	server.dir = dir
	if server.cred, err = serverUser(dir); err != nil {
		return err
	}
	if bin, err = reachable(bin); err != nil {
		return err
	}
	server.bin = bin
	if err := run(server.cred, filepath.Join(bin, "initdb"), "-D", dataDir(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
		"--no-sync"); err != nil {
		return err
	}
	if server.port, err = freePort(); err != nil {
		return err
	}
	return up()
}

func dataDir() string { return filepath.Join(server.dir, "data") }

// up starts the server's process and waits until it takes connections.
func up() error {
	server.cmd = command(
		server.cred, filepath.Join(server.bin, "postgres"), "-D", dataDir(), "-p", strconv.Itoa(server.port), "-k", server.dir, "-c",
		"listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200",
		// What need not be durable is not: an immediate end loses up to this much of it.
		"-c", "wal_writer_delay=10s",
	)
	if err := server.cmd.Start(); err != nil {
		return err
	}
	var err error
	for range 150 {
		if err = answers(); err == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return fmt.Errorf("PostgreSQL did not come up: %w", err)
}

func answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn("postgres"))
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

// Restart ends the server under its clients and starts it again after a while:
// immediately, as if it were killed, or with rolled-back transactions, as an operator does it.
func Restart(immediate bool, away time.Duration) error {
	how := syscall.SIGINT
	if immediate {
		how = syscall.SIGQUIT
	}
	if err := server.cmd.Process.Signal(how); err != nil {
		return err
	}
	_ = server.cmd.Wait() // an immediate end is not a success
	time.Sleep(away)
	return up()
}

// serverUser gives the directory to a user that PostgreSQL accepts: it refuses to run as root.
func serverUser(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user nobody: %w", err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
}

func command(cred *syscall.Credential, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred, Pdeathsig: syscall.SIGINT}
	cmd.Dir = "/"
	return cmd
}

func run(cred *syscall.Credential, name string, args ...string) error {
	out, err := command(cred, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(name), err, strings.TrimSpace(string(out)))
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
