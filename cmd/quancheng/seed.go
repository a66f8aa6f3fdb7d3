package main

import (
	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/seed"
)

// seedCommand plays the demo projects at a server, as a browser would.
func seedCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "seed",
		Short: "Play the ten demo projects to their stages through the HTTP API; may run again",
		Args:  cobra.NoArgs,
	}
	server := serverFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return seed.Run(c.Context(), *server, c.OutOrStdout())
	}
	return c
}
