package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/trust"
)

// paperDirectory is where a county keeps templates of its own; empty: it has none.
func paperDirectory() string { return os.Getenv("QUANCHENG_PAPERS") }

// paperDesk is what issues papers in this process. A template with a mistake lets
// no process start: file and line are in the error.
func paperDesk(keys *trust.Keys) (*papers.Desk, error) {
	shelf, err := papers.Load(paperDirectory())
	if err != nil {
		return nil, err
	}
	return &papers.Desk{Shelf: shelf, Signer: keys}, nil
}

func papersCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "papers",
		Short: "Check the templates of papers, list them, and look at one",
		Long: `Templates are shipped with the binary. QUANCHENG_PAPERS names a directory whose files
<kind>.md and house.yaml stand in their place; docs/papers.md says how they are written.`,
	}
	dir := c.PersistentFlags().
		String("dir", paperDirectory(), "directory of the county's templates; default: the environment's QUANCHENG_PAPERS")
	c.AddCommand(
		&cobra.Command{
			Use: "check", Short: "Read every template; mistakes are told with file and line", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				s, err := papers.Load(*dir)
				if err != nil {
					return err
				}
				fmt.Fprintln(c.OutOrStdout(), len(s.Kinds()), "templates")
				return nil
			},
		},
		&cobra.Command{
			Use: "list", Short: "List the kinds of papers, with the moment that issues each", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error { return listPapers(c, *dir) },
		},
		&cobra.Command{
			Use: "show KIND FILE", Short: "Render a template with made-up facts into a .html, .docx or .pdf file", Args: cobra.ExactArgs(2),
			RunE: func(_ *cobra.Command, args []string) error { return showPaper(*dir, args[0], args[1]) },
		},
	)
	return c
}

func listPapers(c *cobra.Command, dir string) error {
	s, err := papers.Load(dir)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "KIND\tNAME\tCLASS\tNUMBERED\tISSUED\tFILE")
	for _, k := range s.Kinds() {
		t, _ := s.Kind(k)
		numbered, issued := "〔年〕"+t.Series, t.Issued
		if t.Form != "" {
			numbered = "…/" + t.Form
		}
		if issued == "" {
			issued = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", k, t.Name.Zh, t.Class, numbered, issued, s.Source(k))
	}
	return w.Flush()
}

func showPaper(dir, kind, file string) error {
	s, err := papers.Load(dir)
	if err != nil {
		return err
	}
	t, ok := s.Kind(kind)
	if !ok {
		return fmt.Errorf("there is no paper of kind %q; papers list shows them", kind)
	}
	doc, err := s.Rehearse(t)
	if err != nil {
		return err
	}
	format := papers.FormatOf(file)
	raw, err := doc.Render(format)
	if err != nil {
		return err
	}
	return os.WriteFile(file, raw, 0o600)
}
