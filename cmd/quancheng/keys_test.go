package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// said runs a command and returns what it printed, or how it failed.
func said(c *cobra.Command, args ...string) string {
	var out bytes.Buffer
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&out)
	c.SilenceErrors, c.SilenceUsage = true, true
	if err := c.Execute(); err != nil {
		return err.Error()
	}
	return out.String()
}

// Keys are made once, rotated without losing the old ones, and shown without secrets.
func TestKeysCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys.json")
	if out := said(keysCommand(), "new", file); strings.Count(out, "signing") != 1 || strings.Count(out, "payloads") != 1 {
		t.Errorf("new: %s", out)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if out := said(keysCommand(), "new", file); !strings.Contains(out, "keys rotate") {
		t.Errorf("new over keys: %s", out)
	}
	if now, _ := os.ReadFile(file); !bytes.Equal(now, before) {
		t.Fatal("the keys were overwritten")
	}
	if out := said(keysCommand(), "rotate", file, "--after", "1h"); strings.Count(out, "signing") != 2 ||
		strings.Count(out, "payloads") != 2 {
		t.Errorf("rotate: %s", out)
	}
	if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", i.Mode(), err)
	}
	public := said(keysCommand(), "show", file, "--public")
	if strings.Contains(public, "private") || strings.Count(public, `"public"`) != 4 { // two that sign requests, two of the house
		t.Errorf("public: %s", public)
	}
	if out := said(keysCommand(), "show", file+"x"); !strings.Contains(out, "no such file") {
		t.Errorf("no file: %s", out)
	}
}

// Nothing starts without keys, and says in both languages what to do.
func TestNoStartWithoutKeys(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"empty.json": "", "half.json": `{"signing": [{"id": "s-1", "pub`,
		"other.json": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"cut.json":   `{"signing": [{"id": "s-1", "public": "AAAA", "private": "AAAA", "from": "2026-01-01T00:00:00Z"}], "payload": []}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	unreadable := []string{"empty.json", "half.json", "other.json", "cut.json", "none.json", "."}
	bad := filepath.Join(dir, "keys.json")
	if err := os.WriteFile(bad, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("QUANCHENG_DATABASE", "sqlite:"+filepath.Join(t.TempDir(), "none.db"))
	for name, make := range map[string]func() *cobra.Command{"serve": serveCommand, "worker": workerCommand, "repair": repairCommand} {
		t.Setenv("QUANCHENG_KEYS", "")
		if out := said(make()); !strings.Contains(out, "没有密钥") || !strings.Contains(out, "quancheng keys new") {
			t.Errorf("%s: %s", name, out)
		}
		t.Setenv("QUANCHENG_KEYS", bad)
		if out := said(make()); !strings.Contains(out, "密钥不可用") || !strings.Contains(out, "no signing key") {
			t.Errorf("%s with bad keys: %s", name, out)
		}
		for _, file := range unreadable {
			t.Setenv("QUANCHENG_KEYS", filepath.Join(dir, file))
			if out := said(make()); !strings.Contains(out, "密钥不可用") || strings.Contains(out, "AAAA") {
				t.Errorf("%s with %s: %s", name, file, out)
			}
		}
	}
}

// TestLostKeysOfADesk: keys are made once; lost ones are not replaced in silence.
func TestLostKeysOfADesk(t *testing.T) {
	dir := t.TempDir()
	file, mark := filepath.Join(dir, "keys", "keys.json"), filepath.Join(dir, "keys.made")
	first, err := devKeys(file, mark)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := devKeys(file, mark); err != nil || again.Encrypting().ID != first.Encrypting().ID {
		t.Errorf("the second start has other keys: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := devKeys(file, mark); err == nil || !strings.Contains(err.Error(), "密钥文件") {
		t.Errorf("lost keys: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("new keys were made all the same")
	}
}
