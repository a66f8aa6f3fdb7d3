package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/chaos"
)

// chaosCommand kills this very binary, again and again, while projects are played.
func chaosCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "chaos",
		Short: "Kill the platform at random while projects are played, and hold the books against what was acknowledged",
		Args:  cobra.NoArgs,
	}
	kills := c.Flags().Int("kills", 50, "how often")
	seed := c.Flags().Uint64("seed", 0, "of the random moments; 0: another one each time")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx, stop := interruptible(c.Context())
		defer stop()
		binary, err := os.Executable()
		if err != nil {
			return err
		}
		dir, err := os.MkdirTemp("", "quancheng-chaos-")
		if err != nil {
			return err
		}
		if *seed == 0 {
			*seed = uint64(time.Now().UnixNano())
		}
		fmt.Fprintf(c.OutOrStdout(), "seed %d\n", *seed)
		r, err := chaos.Run(ctx, chaos.Options{Binary: binary, Dir: dir, Kills: *kills, Seed: *seed, Out: c.OutOrStdout()})
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%d kills in %d rounds of ten projects; %d writes acknowledged, %d under way when the process died; back after %d ms (median)\n",
			r.Kills, r.Rounds, r.Acknowledged, r.InFlight(), r.Resurrection.Milliseconds())
		fmt.Fprintln(c.OutOrStdout(), "nothing acknowledged is missing, nothing happened twice, the sums hold, every project came to its end")
		return os.RemoveAll(dir)
	}
	return c
}
