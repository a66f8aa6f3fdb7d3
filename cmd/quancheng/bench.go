package main

import (
	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/bench"
)

// benchCommand prints what the shell costs.
func benchCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure steps and inboxes on SQLite and PostgreSQL",
		Args:  cobra.NoArgs,
	}
	o := bench.Options{}
	c.Flags().IntVar(&o.Cases, "cases", 100, "approvals per measurement")
	c.Flags().IntVar(&o.Lanes, "lanes", 8, "approvals at once")
	c.Flags().IntVar(&o.Rounds, "rounds", 3, "measurements of each way, in turns")
	c.Flags().IntSliceVar(&o.Inbox, "inbox", []int{1_000, 100_000, 1_000_000}, "open tasks")
	c.RunE = func(c *cobra.Command, _ []string) error {
		o.Out = c.OutOrStdout()
		return bench.Run(c.Context(), o)
	}
	return c
}
