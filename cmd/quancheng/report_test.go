package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What names no report, or two, is refused with what to write instead, before a server is asked.
func TestWhichReport(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string // "": taken
	}{
		{[]string{"--from", "2022-01-01", "--to", "2022-06-30"}, ""},
		{[]string{"--from", "2022-06-30", "--to", "2022-06-30", "--take"}, ""},
		{[]string{"--snapshot", "3"}, ""},
		{nil, "say the period with --from and --to, or a --snapshot"},
		{[]string{"--from", "2022-01-01"}, "say the period"},
		{[]string{"--from", "2022-1-1", "--to", "2022-06-30"}, "--from 2022-1-1: write a day as 2022-06-30"},
		{[]string{"--from", "2022-01-01", "--to", "2022-06-31"}, "--to 2022-06-31: write a day"},
		{[]string{"--from", "2022-07-01", "--to", "2022-06-30"}, "--to 2022-06-30 is before --from 2022-07-01"},
		{[]string{"--snapshot", "abc"}, "--snapshot abc: give the number"},
		{[]string{"--snapshot", "0"}, "--snapshot 0: give the number"},
		{[]string{"--snapshot", "3", "--from", "2022-01-01", "--to", "2022-06-30"}, "has its own period"},
		{[]string{"--snapshot", "3", "--take"}, "has its own period"},
	} {
		cmd := halfYearCommand()
		if err := cmd.ParseFlags(c.args); err != nil {
			t.Fatal(err)
		}
		flag := func(name string) string { return cmd.Flag(name).Value.String() }
		err := whichReport(flag("from"), flag("to"), flag("snapshot"), flag("take") == "true")
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %q", c.args, err, c.want)
		}
	}
}

// A paper goes to a file as a whole, or what is there stays.
func TestPaperOfAReport(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "there.docx")
	if err := os.WriteFile(there, []byte("former"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"": "", there: "", filepath.Join(dir, "new.docx"): "", dir: "this is a directory",
		filepath.Join(dir, "none", "a.docx"): "there is no directory", filepath.Join(there, "a.docx"): "there is no directory",
	} {
		err := reportPaper{"docx", file}.possible()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := (reportPaper{"docx", there}).write([]byte("later")); err != nil {
		t.Error(err)
	}
	if raw, err := os.ReadFile(there); err != nil || string(raw) != "later" {
		t.Errorf("%s, %v", raw, err)
	}
	if err := (reportPaper{"docx", dir}).write([]byte("x")); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("over a directory: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v are left, %v", left, err)
	}
}
