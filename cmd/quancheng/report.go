package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/api/wire"
)

// reportRole may read the half-year report.
const reportRole = "OFFICE"

func reportCommand() *cobra.Command {
	c := &cobra.Command{Use: "report", Short: "Print reports"}
	c.AddCommand(halfYearCommand())
	return c
}

// halfYearCommand prints the figures of the half-year report with where each comes from.
func halfYearCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "half-year",
		Short: "Print the figures of the half-year report, from the live books or a snapshot",
		Args:  cobra.NoArgs,
	}
	server := serverFlag(c)
	from := c.Flags().String("from", "", "first business day, 2022-01-01")
	to := c.Flags().String("to", "", "last business day, 2022-06-30")
	snapshot := c.Flags().String("snapshot", "", "number of a snapshot, instead of the live books")
	take := c.Flags().Bool("take", false, "take a snapshot of the period, and print it")
	docx := c.Flags().String("docx", "", "write the report to a file for a word processor")
	pdf := c.Flags().String("pdf", "", "write the report to a PDF file")
	asJSON := c.Flags().Bool("json", false, "print the answer of the server")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *snapshot == "" && (*from == "" || *to == "") {
			return errors.New("say the period with --from and --to, or a --snapshot")
		}
		reader, err := signIn(c.Context(), *server, reportRole)
		if err != nil {
			return err
		}
		if *take {
			taken, err := reader.TakeReport(c.Context(), wire.ReportInput{From: *from, To: *to})
			if err != nil {
				return err
			}
			*snapshot = taken.Snapshot
		}
		for format, file := range map[string]string{"docx": *docx, "pdf": *pdf} {
			if file == "" {
				continue
			}
			raw, err := reader.ReportPaper(c.Context(), *from, *to, *snapshot, format)
			if err != nil {
				return err
			}
			if err := os.WriteFile(file, raw, 0o644); err != nil { //nolint:gosec // a report is for others to read
				return err
			}
		}
		r, err := reader.HalfYear(c.Context(), *from, *to, *snapshot)
		if err != nil {
			return err
		}
		if *asJSON {
			enc := json.NewEncoder(c.OutOrStdout())
			enc.SetIndent("", " ")
			enc.SetEscapeHTML(false)
			return enc.Encode(r)
		}
		return printHalfYear(c.OutOrStdout(), r)
	}
	return c
}

func printHalfYear(out io.Writer, r wire.HalfYear) error {
	if r.Snapshot != "" {
		fmt.Fprintf(out, "快照 %s · %s 至 %s · 截至 %s\n", r.Snapshot, r.From, r.To, r.AsOf.Format("2006-01-02 15:04:05"))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range r.Figures {
		value := f.Value
		if value == "" {
			value = "—"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.ID, value, f.Unit, f.Label)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, k := range r.Checks {
		if !k.Pass {
			fmt.Fprintf(out, "%s %s: %s\n", k.Level, k.ID, k.Message)
		}
	}
	return nil
}
