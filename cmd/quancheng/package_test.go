package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/notrun"
)

// packageHolds takes the archive package and the whole file of a project that was played to its
// end, and has them checked by a program that shares no code with ours; a letter
// that is changed, and a file that is taken away, are found.
func packageHolds(t *testing.T, server, code string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		notrun.Skip(t, "python3 is not here, so no second reader of the packages")
	}
	check := func(path string) (string, bool) {
		out, err := exec.Command(python, "../../scripts/verify_archive.py", path).CombinedOutput()
		return string(out), err == nil
	}
	for _, c := range []struct{ person, path, must string }{
		{"mo-dangan", "/api/v1/projects/" + code + "/archive-package", "metadata.xml"},
		{"yan-shenji", "/api/v1/projects/" + code + "/whole-file?reason=" + "%E7%BB%8F%E8%B4%A3%E5%AE%A1%E8%AE%A1%E8%B0%83%E5%8F%96",
			"audit/proof.json"},
	} {
		raw, err := download(t, server, c.person, c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			return
		}
		path := filepath.Join(t.TempDir(), "whole.zip")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Error(err)
		}
		if said, ok := check(path); !ok || !strings.Contains(said, "whole") {
			t.Errorf("%s: %s", c.path, said)
		}
		for name, change := range map[string]func(name string, data []byte) []byte{
			"was changed": func(name string, data []byte) []byte {
				if name == c.must {
					return append(data, ' ')
				}
				return data
			},
			"is missing": func(name string, data []byte) []byte {
				if name == c.must {
					return nil
				}
				return data
			},
		} {
			if err := os.WriteFile(path, rewritten(t, raw, change), 0o600); err != nil {
				t.Error(err)
			}
			if said, ok := check(path); ok || !strings.Contains(said, c.must+" "+name) {
				t.Errorf("%s: %s was not found: %s", c.path, name, said)
			}
		}
	}
}

func download(t *testing.T, server, person, path string) ([]byte, error) {
	who, err := client.SignIn(t.Context(), server, person, "", time.Minute)
	if err != nil {
		return nil, err
	}
	return who.File(t.Context(), path)
}

// rewritten is a ZIP file with each file as change gives it; nil leaves it out.
func rewritten(t *testing.T, raw []byte, change func(name string, data []byte) []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Error(err)
		return nil
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Error(err)
			return nil
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Error(err)
			return nil
		}
		if data = change(f.Name, data); data == nil {
			continue
		}
		w, err := to.Create(f.Name)
		if err != nil {
			t.Error(err)
			return nil
		}
		if _, err := w.Write(data); err != nil {
			t.Error(err)
			return nil
		}
	}
	if err := to.Close(); err != nil {
		t.Error(err)
		return nil
	}
	return out.Bytes()
}
