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
		Short: "Kill the platform and restart its database while projects are played, and hold the books against what was acknowledged",
		Args:  cobra.NoArgs,
	}
	kills := c.Flags().Int("kills", 50, "how often the process is killed")
	restarts := c.Flags().Int("restarts", 10, "how often PostgreSQL is restarted, where this machine has it")
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
		r, err := chaos.Run(
			ctx, chaos.Options{Binary: binary, Dir: dir, Kills: *kills, Restarts: *restarts, Seed: *seed, Out: c.OutOrStdout()},
		)
		if err != nil {
			return err
		}
		fmt.Fprintf(
			c.OutOrStdout(),
			"%d kills and %d restarts of PostgreSQL in %d rounds of ten projects; %d writes acknowledged, %d under way when trouble came, %d "+
				"requests asked to come again; ready again after %d ms (median)\n",
			r.Kills, r.Restarts, r.Rounds, r.Acknowledged, r.InFlight, r.Unavailable, r.Back().Milliseconds(),
		)
		fmt.Fprintf(
			c.OutOrStdout(),
			"nothing acknowledged is missing, nothing happened twice, the sums hold, every failure was clear, every project came to its end: %d "+
				"archived, %d rejected as they should be\n",
			r.Ends["ARCHIVED"], r.Ends["REJECTED"],
		)
		return os.RemoveAll(dir)
	}
	return c
}
