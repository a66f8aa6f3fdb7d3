package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestVersionSaysWhatThisIs: the release, which the changelog knows, what it was built from, and what of others is in it.
func TestVersionSaysWhatThisIs(t *testing.T) {
	said := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		c := versionCommand()
		c.SetOut(&out)
		c.SetArgs(args)
		if err := c.Execute(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if got := said(); !strings.HasPrefix(got, "quancheng "+release+" ") || strings.Count(got, "\n") != 1 {
		t.Error(got)
	}
	var b build
	if err := json.Unmarshal([]byte(said("--json")), &b); err != nil || b.Version != release || b.Go == "" {
		t.Errorf("%+v, %v", b, err)
	}
	if got := said("--notices"); !strings.Contains(got, "github.com/gin-gonic/gin") || !strings.Contains(got, "bpmn-js") {
		t.Error(got)
	}
	var bom struct {
		BomFormat  string
		Components []struct {
			Name, Purl string
			Licenses   []struct{ License struct{ ID, Name string } }
		}
	}
	if err := json.Unmarshal([]byte(said("--sbom")), &bom); err != nil || bom.BomFormat != "CycloneDX" || len(bom.Components) < 100 {
		t.Errorf("%d components, %v", len(bom.Components), err)
	}
	for _, c := range bom.Components {
		if c.Name == "" || len(c.Licenses) != 1 || c.Licenses[0].License.ID == "" && c.Licenses[0].License.Name == "" {
			t.Errorf("%+v", c)
		}
	}
	changes, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil || !strings.Contains(string(changes), "## "+release) && !strings.Contains(string(changes), "## Unreleased") {
		t.Errorf("the changelog knows no %s (%v)", release, err)
	}
}
