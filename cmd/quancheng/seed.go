package main

import (
	"encoding/json"
	"os"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/seed"
)

// seedCommand plays a data set at a server, as a browser would.
func seedCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "seed",
		Short: "Play the ten demo projects and the county's half-year, or another data set, through the HTTP API; may run again",
		Args:  cobra.NoArgs,
	}
	server := serverFlag(c)
	county := c.Flags().
		Bool("county", true, "play service items, campaign, walks, issues, cases and registers beside the projects; false: the projects alone")
	file := c.Flags().String("data", "", "play the data set of this file instead of the shipped one (see --example)")
	example := c.Flags().Bool("example", false, "print the whole shipped data set, and play nothing")
	c.MarkFlagsMutuallyExclusive("county", "data", "example")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if !*county && !*example && *file == "" {
			return seed.Run(c.Context(), *server, c.OutOrStdout())
		}
		d, err := dataSet(*file)
		if err != nil {
			return err
		}
		if *example {
			enc := json.NewEncoder(c.OutOrStdout())
			enc.SetIndent("", " ")
			enc.SetEscapeHTML(false)
			return enc.Encode(d)
		}
		return seed.Play(c.Context(), *server, d, c.OutOrStdout())
	}
	return c
}

// dataSet is that of a file, or the shipped one.
func dataSet(file string) (seed.Data, error) {
	if file == "" {
		return seed.Example()
	}
	f, err := os.Open(file)
	if err != nil {
		return seed.Data{}, err
	}
	defer func() { _ = f.Close() }()
	return seed.ReadData(f)
}
