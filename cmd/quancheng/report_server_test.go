package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
)

// halfYearSaid is a locked report in which every part is said.
const halfYearSaid = `{"from":"2022-01-01","to":"2022-06-30","title":"2022年上半年","asOf":"2022-07-05T09:00:00+08:00","snapshot":"1",
"state":"LOCKED","version":3,"document":"d1","sheet":"d2",
"figures":[{"id":"walk_items","label":"走流程事项","value":"552","unit":"项","definition":"口径<1>"},{"id":"walk_issues","value":"","label":"问题"}],
"checks":[{"id":"V01","level":"block","pass":false,"message":"差一项"},{"id":"V03","level":"block","pass":true}],
"sections":[{"seq":1,"title":"走流程","body":"共{{walk_items}}项","text":"共552项","revision":2,"owner":"OFFICE"}],
"typed":[{"section":1,"text":"17"}],"stage":"SIGNING","instanceKey":"9","taker":"qin-heyan"}`

// reportServer knows one snapshot, or none, and no second one.
func reportServer(t *testing.T, snapshots string) string {
	t.Helper()
	mux := http.NewServeMux()
	say := func(path, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	}
	say("GET /api/v1/people", `{"people":[{"id":"qin-heyan","posts":[{"id":"OFFICE@DP34"}]}]}`)
	say("POST /api/v1/session", `{"token":"t","me":{"person":{"id":"qin-heyan"}}}`)
	say("GET /api/v1/reports", `{"items":[`+snapshots+`]}`)
	known := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("snapshot") == "1" {
				_, _ = w.Write([]byte(body))
				return
			}
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"type":"/problems/not-found","title":"没有","status":404}`))
		}
	}
	mux.HandleFunc("GET /api/v1/reports/half-year", known(halfYearSaid))
	mux.HandleFunc("GET /api/v1/reports/half-year/paper", known("a paper"))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func halfYearOf(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd, out := halfYearCommand(), &bytes.Buffer{}
	cmd.SetOut(out)
	cmd.SetErr(out)
	cmd.SilenceUsage, cmd.SilenceErrors = true, true
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

// A snapshot that is not there is an error that says which are, also when a file was asked for: none is left behind.
func TestReportOfNoSnapshot(t *testing.T) {
	t.Setenv("QUANCHENG_USER", "")
	file := filepath.Join(t.TempDir(), "report.docx")
	one := reportServer(t, `{"id":"1","from":"2022-01-01","to":"2022-06-30"}`)
	for _, c := range []struct {
		server, want string
		more         []string
	}{
		{one, "--snapshot 7: there is no such snapshot; there are 1 (2022-01-01 to 2022-06-30)", nil},
		{one, "--snapshot 7: there is no such snapshot; there are 1 ", []string{"--json", "--docx", file}},
		{reportServer(t, ""), "--snapshot 7: there is no such snapshot, nor any other; take one with", nil},
	} {
		out, err := halfYearOf(t, append([]string{"--server", c.server, "--snapshot", "7"}, c.more...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || statusOf(err) != exitRefused || out != "" {
			t.Errorf("%v: %v, printed %q", c.more, err, out)
		}
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("a file is left: %v", err)
	}
}

// --json prints all that the server says, in the form in which it says it.
func TestReportAsJSON(t *testing.T) {
	t.Setenv("QUANCHENG_USER", "")
	file := filepath.Join(t.TempDir(), "report.pdf")
	out, err := halfYearOf(t, "--server", reportServer(t, ""), "--snapshot", "1", "--json", "--pdf", file)
	if err != nil {
		t.Fatal(err)
	}
	var said, printed wire.HalfYear
	if err := json.Unmarshal([]byte(halfYearSaid), &said); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out), &printed); err != nil || !reflect.DeepEqual(printed, said) {
		t.Errorf("%v: %s", err, out)
	}
	var keys map[string]any
	if err := json.Unmarshal([]byte(out), &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"from", "to", "title", "asOf", "snapshot", "state", "figures", "checks", "sections", "typed"} {
		if keys[key] == nil {
			t.Errorf("%s is not printed", key)
		}
	}
	if strings.Contains(out, `\u003c`) {
		t.Errorf("signs are escaped for a browser: %s", out)
	}
	if raw, err := os.ReadFile(file); err != nil || string(raw) != "a paper" {
		t.Errorf("the file: %s, %v", raw, err)
	}
}
