package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/similar"
)

// similarityCommand holds the detection of duplicates against labelled pairs.
func similarityCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "similarity FILE.jsonl",
		Short: "Compare pairs of projects and budget lines with their labels: precision and recall of rules A03, B09 and B10",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }() // it was only read
			project, line, bad, err := similar.Judge(f, similar.Shipped())
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			for _, why := range bad {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %v; left out\n", args[0], why)
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(map[string]similar.Judged{"project": project, "line": line})
			}
			for _, k := range []struct {
				kind string
				similar.Judged
			}{{"project", project}, {"line", line}} {
				fmt.Fprintf(
					cmd.OutOrStdout(), "%-8s %d pairs  threshold %.2f  precision %.4f  recall %.4f  wrong %d\n", k.kind, k.Pairs,
					k.Threshold, k.Precision, k.Recall, len(k.Wrong),
				)
				for _, w := range k.Wrong {
					fmt.Fprintf(cmd.OutOrStdout(), "  %s  %.4f  labelled %v  %v  %s\n", w.ID, w.Score, w.Similar, w.Words, w.Why)
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return cmd
}
