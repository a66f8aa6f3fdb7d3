package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"
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
		Short: "Print the figures of the half-year report",
		Args:  cobra.NoArgs,
	}
	server := serverFlag(c)
	from := c.Flags().String("from", "", "first business day, 2022-01-01")
	to := c.Flags().String("to", "", "last business day, 2022-06-30")
	asJSON := c.Flags().Bool("json", false, "print the answer of the server")
	for _, f := range []string{"from", "to"} {
		if err := c.MarkFlagRequired(f); err != nil {
			panic(err)
		}
	}
	c.RunE = func(c *cobra.Command, _ []string) error {
		reader, err := signIn(c.Context(), *server, reportRole)
		if err != nil {
			return err
		}
		r, err := reader.HalfYear(c.Context(), *from, *to)
		if err != nil {
			return err
		}
		if *asJSON {
			enc := json.NewEncoder(c.OutOrStdout())
			enc.SetIndent("", " ")
			enc.SetEscapeHTML(false)
			return enc.Encode(r)
		}
		w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
		for _, f := range r.Figures {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.ID, f.Value, f.Unit, f.Label)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, k := range r.Checks {
			if !k.Pass {
				fmt.Fprintf(c.OutOrStdout(), "%s %s: %s\n", k.Level, k.ID, k.Message)
			}
		}
		return nil
	}
	return c
}
