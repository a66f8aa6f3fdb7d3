// Package ops holds no code: its tests keep what is shipped to operators true.
package ops

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/quancheng/quancheng/activities/meters"
)

// metrics are those that serve and worker show, and that the node exporter and Prometheus itself do.
var metrics = []string{
	"up", "quancheng_oldest_waiting_seconds", "quancheng_http_request_seconds", "quancheng_distrusted_requests_total",
	"quancheng_database_connections",
	"quancheng_outbox_entries", "quancheng_partner_inbox_events", "quancheng_open_incidents", "quancheng_stuck_roots",
	"quancheng_audit_broken", "node_filesystem_avail_bytes", "process_resident_memory_bytes",
}

var (
	aMetric = regexp.MustCompile(`\b(?:quancheng|node|process)_[a-z_]+|\bup\b`)
	aKind   = regexp.MustCompile(`kind=~?"([a-z_|]+)"`)
)

// Each kind of waiting thing has an alert, and no alert is about a kind or a metric that is not there.
func TestAlertsAreAboutWhatIsMeasured(t *testing.T) {
	raw, err := os.ReadFile("prometheus/quancheng.rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr, For string
				Labels           map[string]string
				Annotations      map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	alerted := map[string]bool{}
	for _, r := range file.Groups[0].Rules {
		if r.Labels["severity"] == "" || r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.For == "" {
			t.Errorf("%s says too little", r.Alert)
		}
		measured(t, r.Alert, r.Expr)
		for _, m := range aKind.FindAllStringSubmatch(r.Expr, -1) {
			for kind := range strings.SplitSeq(m[1], "|") {
				alerted[kind] = true
			}
		}
	}
	for _, k := range meters.Kinds {
		if !alerted[k.Name] {
			t.Errorf("no alert is about %s", k.Name)
		}
		delete(alerted, k.Name)
	}
	if len(alerted) > 0 {
		t.Errorf("alerts are about kinds that nobody measures: %v", alerted)
	}
}

func measured(t *testing.T, who, expr string) {
	t.Helper()
	for _, m := range aMetric.FindAllString(expr, -1) {
		m = strings.TrimSuffix(strings.TrimSuffix(m, "_bucket"), "_count")
		if !slices.Contains(metrics, m) {
			t.Errorf("%s is about %s, which nobody measures", who, m)
		}
	}
}

func TestTheDashboardIsAboutWhatIsMeasured(t *testing.T) {
	raw, err := os.ReadFile("grafana/quancheng.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(raw, &board); err != nil || len(board.Panels) == 0 {
		t.Fatalf("%d panels, %v", len(board.Panels), err)
	}
	for _, p := range board.Panels {
		measured(t, p.Title, p.Targets[0].Expr)
	}
}

// Every unit starts a command that the program has, as a user of its own, with settings that it reads.
func TestUnits(t *testing.T) {
	units, err := filepath.Glob("systemd/*.service")
	if err != nil || len(units) != 3 {
		t.Fatalf("%v, %v", units, err)
	}
	for _, u := range units {
		raw, err := os.ReadFile(u)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"User=quancheng\n", "EnvironmentFile=/etc/quancheng/quancheng.env\n", "/opt/quancheng/quancheng ",
			"NoNewPrivileges=true\n", "ProtectSystem=strict\n", "UMask=0077\n"} {
			if !strings.Contains(string(raw), want) {
				t.Errorf("%s has no %q", u, want)
			}
		}
	}
	raw, err := os.ReadFile("systemd/quancheng.env.example")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z][A-Z_0-9]+)=`).FindAllStringSubmatch(string(raw), -1) {
		if !strings.Contains(string(page), m[1]) {
			t.Errorf("docs/operations.md does not explain %s", m[1])
		}
	}
}
