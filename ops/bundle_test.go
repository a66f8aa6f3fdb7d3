package ops

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The bundle holds what a house without a network needs. A file stands in for the binary, which other tests run.
func TestTheOfflineBundle(t *testing.T) {
	binary, file := filepath.Join(t.TempDir(), "quancheng"), filepath.Join(t.TempDir(), "b.tar.gz")
	if err := os.WriteFile(binary, []byte("binary"), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("../scripts/bundle.sh", file, binary).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var names strings.Builder
	for in := tar.NewReader(z); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(h.Name, "/")
		names.WriteString(name + "\n")
	}
	for _, want := range []string{
		"quancheng\n", "SHA256SUMS\n", "systemd/quancheng.service\n", "prometheus/quancheng.rules.yaml\n", "grafana/quancheng.json\n",
		"docs/operations.md\n",
		"docker/compose.yaml\n", "fonts/", "licences/LICENSE\n", "licences/THIRD-PARTY-NOTICES.md\n", "licences/github.com_gin-gonic_gin@",
		"licences/go.temporal.io_sdk@",
	} {
		if !strings.Contains(names.String(), want) {
			t.Errorf("the bundle has no %q", want)
		}
	}
}
