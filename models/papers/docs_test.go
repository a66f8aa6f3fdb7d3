package papers_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of kinds into docs/papers.md")

// The table of kinds in docs/papers.md is what the templates say.
func TestKindsInTheDocs(t *testing.T) {
	s := shelf(t)
	var b strings.Builder
	b.WriteString(
		"| kind | name | class | numbered | issued | facts beside paper, house, project, contact, basis |\n|---|---|---|---|---|---|\n",
	)
	for _, k := range s.Kinds() {
		tmpl, _ := s.Kind(k)
		numbered, issued := tmpl.Series, tmpl.Issued
		if tmpl.Form != "" {
			numbered = "…/" + tmpl.Form + "-n"
		}
		if issued == "" {
			issued = "nothing issues it yet"
		}
		var own []string
		for name := range tmpl.Own {
			own = append(own, name)
		}
		slices.Sort(own)
		fmt.Fprintf(
			&b, "| `%s` | %s | %s | %s | %s | %s |\n", k, tmpl.Name.Zh, tmpl.Class, numbered, issued,
			strings.Join(append(slices.Clone(tmpl.Facts), own...), ", "),
		)
	}
	const file, mark = "../../docs/papers.md", "A kind without a moment is a template that nothing issues yet.\n\n"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(raw), mark)
	if !ok {
		t.Fatal("docs/papers.md has no place for the kinds")
	}
	if *update {
		if err := os.WriteFile(file, []byte(head+mark+b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if rest != b.String() {
		t.Error("docs/papers.md is stale: go test ./models/papers -run Docs -update")
	}
}
