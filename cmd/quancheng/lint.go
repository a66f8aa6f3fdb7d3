package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/forms"
)

// lintCommand prints what is wrong or doubtful in models; the status is 1 when there is an error among it.
func lintCommand() *cobra.Command {
	var camunda bool
	c := &cobra.Command{
		Use:   "lint FILE|DIR...",
		Short: "Check BPMN, DMN and form files; decision tables are analysed for gaps, overlaps and more",
		Long: `Check BPMN, DMN and form files, or the folders that hold them. DMN files may import each other. Decision tables are analysed: ` +
			`gaps, overlaps,
shadowed, dead and duplicate rules, outputs that never come, each with the inputs for which it shows; and
inputs, requirements and outputs that nobody reads.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			l := &linter{out: c.OutOrStdout(), camunda: camunda}
			files, err := modelFiles(args)
			if err != nil {
				return err
			}
			for _, file := range files {
				if err := l.read(file); err != nil {
					return err
				}
			}
			l.decisions()
			fmt.Fprintf(l.out, "%d errors, %d warnings in %d files\n", l.errors, l.warnings, len(files))
			if l.errors > 0 {
				return errReported
			}
			return nil
		},
	}
	c.Flags().BoolVar(&camunda, "camunda", false, "accept Camunda's functions, and variables that no requirement declares")
	return c
}

// linter counts what it prints.
type linter struct {
	out              io.Writer
	camunda          bool
	errors, warnings int
	files            []string // of the models
	models           []*dmn.Model
}

func (l *linter) read(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	switch filepath.Ext(file) {
	case ".dmn":
		m, problems := dmn.Parse(data)
		l.decisionProblems(file, problems)
		if m != nil {
			l.files, l.models = append(l.files, file), append(l.models, m)
		}
	case ".bpmn":
		m, problems := bpmn.Parse(data)
		if m != nil && !bpmn.HasErrors(problems) {
			problems = append(problems, bpmn.Check(m)...)
		}
		for _, d := range problems {
			l.print(file, d.Severity == bpmn.Error, d)
		}
	case ".form":
		if _, err := forms.Parse(data); err != nil {
			l.print(file, true, strings.TrimPrefix(err.Error(), "forms: "))
		}
	default:
		return fmt.Errorf("%s: only .bpmn, .dmn and .form files can be checked", file)
	}
	return nil
}

// modelFiles are the files that are named, and those of the folders that are.
func modelFiles(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			out = append(out, arg)
			continue
		}
		all, err := os.ReadDir(arg)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			if slices.Contains([]string{".bpmn", ".dmn", ".form"}, filepath.Ext(f.Name())) {
				out = append(out, filepath.Join(arg, f.Name()))
			}
		}
	}
	return out, nil
}

// decisions compiles and analyses the DMN files once all are there, as they may import each other.
func (l *linter) decisions() {
	_, found := dmn.NewDecisions(l.models, dmn.Options{Camunda: l.camunda})
	for i, problems := range found {
		l.decisionProblems(l.files[i], problems)
	}
}

func (l *linter) decisionProblems(file string, problems []dmn.Diagnostic) {
	for _, d := range problems {
		l.print(file, d.Severity == dmn.Error, d)
	}
}

func (l *linter) print(file string, isError bool, finding any) {
	if isError {
		l.errors++
	} else {
		l.warnings++
	}
	fmt.Fprintf(l.out, "%s:%s\n", file, finding)
}
