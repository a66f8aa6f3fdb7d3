package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/engine/verify"
	"github.com/quancheng/quancheng/forms"
)

// verifyCommand prints what the admission gate finds in models; the status is 1 when it would refuse them, and 2 when it does not know.
func verifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify FILE|DIR...",
		Short: "Check models as a deployment would, and explore what they can do",
		Long: `Check models as a deployment would: structure after repairs, expressions, candidates, forms and decisions
(when some are given), and soundness. Each process is explored with every choice possible: can it get stuck, leave
tokens behind, go round for ever, or hold elements that nothing reaches? A finding shows the way there.

The verdict is "sound", "unsound" (a deployment is refused), or "undecided": it depends on how conditions turn out, there
are too many states, or nothing can be executed. The status is 0, 1 or 2.`,
		Args: cobra.MinimumNArgs(1),
	}
	lang := c.Flags().String("lang", "zh", "language of the findings: zh or en")
	asJSON := c.Flags().Bool("json", false, "print the findings as JSON")
	limit := c.Flags().Int("states", verify.DefaultLimit, "how many states of each process to explore")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *lang != "zh" && *lang != "en" {
			return fmt.Errorf("--lang: %q is not zh or en", *lang)
		}
		b, err := readBundle(args)
		if err != nil {
			return err
		}
		b.around.Limit = *limit
		findings := append(b.findings, verify.Admit(b.models, b.around)...)
		write := writeFindings
		if *asJSON {
			write = writeFindingsJSON
		}
		if err := write(c.OutOrStdout(), findings, *lang); err != nil {
			return err
		}
		switch verify.VerdictOf(findings) {
		case verify.Unsound:
			return errReported
		case verify.Undecided:
			return errUndecided
		}
		return nil
	}
	return c
}

// bundle is what the arguments hold.
type bundle struct {
	models   []verify.File
	around   verify.Surroundings
	findings []verify.Finding // in decisions and forms
}

// readBundle reads files, and all models, decisions and forms of directories.
// Forms and decisions are looked up only when some are given.
func readBundle(args []string) (*bundle, error) {
	b := &bundle{}
	var decisions []*dmn.Model
	var decisionFiles []string
	for _, file := range expand(args) {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		switch filepath.Ext(file) {
		case ".dmn":
			m, diags := dmn.Parse(data)
			b.add(file, diags)
			if m != nil {
				decisions, decisionFiles = append(decisions, m), append(decisionFiles, file)
			}
		case ".form":
			f, err := forms.Parse(data)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if b.around.Resources.Forms == nil {
				b.around.Resources.Forms = map[string]bool{}
			}
			b.around.Resources.Forms[f.ID] = true
		default:
			b.models = append(b.models, verify.File{Name: file, Data: data})
		}
	}
	if len(b.models) == 0 {
		return nil, fmt.Errorf("%s: no BPMN model", strings.Join(args, ", "))
	}
	if decisions != nil {
		ds, diags := dmn.NewDecisions(decisions, dmn.Options{})
		for i, file := range decisionFiles {
			b.add(file, diags[i])
		}
		b.around.Resources.Decisions = ds
	}
	return b, nil
}

func (b *bundle) add(file string, diags []dmn.Diagnostic) {
	for _, d := range diags {
		severity := bpmn.Warn
		if d.Severity == dmn.Error {
			severity = bpmn.Error
		}
		b.findings = append(
			b.findings,
			verify.Note(
				bpmn.Diagnostic{
					Rule: d.Rule, Severity: severity, Line: d.Line, Col: d.Col, Element: d.Element, Message: d.Message, Hint: d.Hint,
				},
				file,
			),
		)
	}
}

// expand replaces directories by the files of a bundle in them.
func expand(args []string) []string {
	var out []string
	for _, a := range args {
		if info, err := os.Stat(a); err != nil || !info.IsDir() {
			out = append(out, a)
			continue
		}
		for _, ext := range []string{"bpmn", "dmn", "form"} {
			files, _ := filepath.Glob(filepath.Join(a, "*."+ext)) // the pattern is well-formed
			out = append(out, files...)
		}
	}
	return out
}

// verdicts are their words for people.
var verdicts = map[verify.Verdict]map[string]string{
	verify.Sound:     {"zh": "可以部署", "en": "sound"},
	verify.Unsound:   {"zh": "不能部署", "en": "unsound"},
	verify.Undecided: {"zh": "无法判定", "en": "undecided"},
}

func writeFindings(w io.Writer, findings []verify.Finding, lang string) error {
	var b strings.Builder
	errors := 0
	for _, f := range findings {
		level := map[string][2]string{"zh": {"错误", "警告"}, "en": {"error", "warning"}}[lang][f.Severity]
		if f.Severity == bpmn.Error {
			errors++
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s %s: %s\n", f.File, f.Line, f.Col, level, f.Code, f.Text(lang))
		if len(f.Trace) > 0 {
			fmt.Fprintf(&b, "    %s\n", strings.Join(f.Trace, " → "))
		}
	}
	summary := map[string]string{"zh": "%d 个错误，%d 个警告：%s\n", "en": "%d errors, %d warnings: %s\n"}[lang]
	fmt.Fprintf(&b, summary, errors, len(findings)-errors, verdicts[verify.VerdictOf(findings)][lang])
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFindingsJSON(w io.Writer, findings []verify.Finding, lang string) error {
	type row struct {
		Severity string `json:"severity"`
		Text     string `json:"text"`
		Line     int    `json:"line,omitempty"`
		Col      int    `json:"col,omitempty"`
		verify.Finding
	}
	rows := []row{}
	for _, f := range findings {
		rows = append(rows, row{[]string{"error", "warning"}[f.Severity], f.Text(lang), f.Line, f.Col, f})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(map[string]any{"verdict": verify.VerdictOf(findings), "findings": rows})
}
