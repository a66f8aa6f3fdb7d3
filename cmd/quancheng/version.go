package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// release is the version of the platform; CHANGELOG.md says what is in it.
const release = "0.2.0"

// thirdParty is what the binary and the browser client are made of besides ourselves. Generated:
// go test ./ops -run ThirdParty -write
//
//go:embed third-party.json
var thirdParty []byte

// part is something of somebody else's that is passed on with the program.
type part struct {
	Kind    string `json:"kind"` // go, npm, font
	Name    string `json:"name"`
	Version string `json:"version"`
	Licence string `json:"licence"` // SPDX
}

// build is what --json prints.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Dirty   bool   `json:"dirty,omitempty"` // built from changed sources
	Built   string `json:"committedAt,omitempty"`
	Go      string `json:"go"`
	System  string `json:"system"`
}

func thisBuild() build {
	b := build{Version: release, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Built = s.Value
		case "vcs.modified":
			b.Dirty = s.Value == "true"
		}
	}
	return b
}

func versionCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "version",
		Short: "Say which release this is, what it was built from, and what of others is in it",
		Args:  cobra.NoArgs,
	}
	asJSON := c.Flags().Bool("json", false, "print it as JSON")
	notices := c.Flags().Bool("notices", false, "list what of others is in it, with the licences")
	sbom := c.Flags().Bool("sbom", false, "print a bill of materials (CycloneDX 1.5, JSON)")
	c.MarkFlagsMutuallyExclusive("json", "notices", "sbom")
	c.RunE = func(c *cobra.Command, _ []string) error {
		b := thisBuild()
		var parts []part
		if err := json.Unmarshal(thirdParty, &parts); err != nil {
			return fmt.Errorf("third-party.json: %w", err)
		}
		w := c.OutOrStdout()
		switch {
		case *asJSON:
			return printJSON(w, b)
		case *sbom:
			return printJSON(w, bill(b, parts))
		case *notices:
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			for _, p := range parts {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.Kind, p.Name, p.Version, p.Licence)
			}
			return t.Flush()
		}
		_, err := fmt.Fprintf(w, "quancheng %s %s %s %s\n", b.Version, orUnknown(b.Commit), b.Go, b.System)
		return err
	}
	return c
}

func orUnknown(commit string) string {
	if commit == "" {
		return "(no commit)"
	}
	return commit
}

// licensed names a licence by its SPDX identifier, or in words where it has none.
func licensed(licence string) []any {
	by := "id"
	if licence == "bpmn.io" || licence == "NOASSERTION" {
		by = "name"
	}
	return []any{map[string]any{"license": map[string]any{by: licence}}}
}

// bill is the bill of materials in CycloneDX. It has no moment and no serial number: the same release gives the same bill.
func bill(b build, parts []part) map[string]any {
	components := []map[string]any{}
	for _, p := range parts {
		kind, purl := "library", ""
		switch p.Kind {
		case "go":
			purl = "pkg:golang/" + p.Name + "@" + p.Version
		case "npm":
			purl = "pkg:npm/" + p.Name + "@" + p.Version
		default:
			kind = "data"
		}
		component := map[string]any{"type": kind, "name": p.Name, "version": p.Version, "licenses": licensed(p.Licence)}
		if purl != "" {
			component["purl"], component["bom-ref"] = purl, purl
		}
		components = append(components, component)
	}
	return map[string]any{
		"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
		"metadata": map[string]any{
			"component": map[string]any{
				"type": "application", "name": "quancheng", "version": b.Version, "licenses": licensed("Apache-2.0"),
			},
		},
		"components": components,
	}
}
