package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestTheBundleStartsAsAnotherUser: what scripts/bundle.sh puts together is unpacked by somebody without rights, agrees with its
// checksums, and starts as him, with no home, no cache and nothing else of the machine that built it.
func TestTheBundleStartsAsAnotherUser(t *testing.T) {
	nobody, err := user.Lookup("nobody")
	if err != nil || os.Getuid() != 0 {
		t.Skip("needs to be root, and a user nobody")
	}
	if out, err := exec.Command("git", "rev-parse", "--show-toplevel").CombinedOutput(); err != nil {
		t.Skipf("no clone, no bundle: %s", out)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	work, err := os.MkdirTemp("", "quancheng-bundle-") // not below t.TempDir, which is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(work) })
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(work, "b.tar.gz")
	pack := exec.Command("../../scripts/bundle.sh", file, binary)
	pack.Env = append(os.Environ(), "LEVEL=1") // it is not passed on
	if out, err := pack.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	home := filepath.Join(work, "home")
	for _, err := range []error{os.Chmod(work, 0o755), os.Chmod(file, 0o644), os.Mkdir(home, 0o700), os.Chown(home, uid, gid)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	as := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(name, args...)
		c.Dir, c.Env = home, []string{"PATH=/usr/bin:/bin", asMain + "=1"}
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		return c
	}
	unpack := "tar -xzf " + file + " --strip-components=1 && sha256sum --quiet -c SHA256SUMS && ./quancheng version"
	if out, err := as("sh", "-ec", unpack).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	p := &platformProcess{t: t, dir: filepath.Join(home, "data"), address: address}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(p.dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(p.dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	p.cmd = as("./quancheng", "dev", "--data", p.dir, "--listen", address, "--seed=false")
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.ended = make(chan error, 1)
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(p.kill)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	for ready := false; !ready; {
		if resp, err := http.Get("http://" + address + "/readyz"); err == nil {
			_ = resp.Body.Close()
			ready = resp.StatusCode == http.StatusOK
		}
		select {
		case err := <-p.ended:
			p.cmd = nil
			t.Fatalf("the server ended by itself: %v\n%s", err, p.log())
		case <-ctx.Done():
			t.Fatalf("the server is not ready\n%s", p.log())
		case <-time.After(50 * time.Millisecond):
		}
	}
	books, err := os.Stat(filepath.Join(p.dir, "quancheng.db"))
	if err != nil {
		t.Fatal(err)
	}
	if s := books.Sys().(*syscall.Stat_t); int(s.Uid) != uid || books.Mode().Perm()&0o077 != 0 {
		t.Errorf("the books are of user %d, mode %o", s.Uid, books.Mode().Perm())
	}
	cmd := p.cmd
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("the server did not end well: %v\n%s", err, p.log())
	}
	p.cmd = nil
}
