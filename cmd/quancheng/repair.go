package main

import (
	"fmt"

	"github.com/spf13/cobra"
	temporalclient "go.temporal.io/sdk/client"

	"github.com/quancheng/quancheng/worker"
)

// repairCommand makes Temporal follow the books after a restore of either.
func repairCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "repair",
		Short: "Start a run for each open instance that has none in Temporal, and ask again for starts that did not happen",
		Args:  cobra.NoArgs,
	}
	address := c.Flags().String("temporal", temporalclient.DefaultHostPort, "address of Temporal")
	dsn, keyFile := databaseFlag(c), keysFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		keys, err := loadKeys(*keyFile)
		if err != nil {
			return err
		}
		p, err := open(c.Context(), *dsn, nil, *address, keys)
		if err != nil {
			return err
		}
		defer p.close()
		n, err := worker.Repair(c.Context(), p.db, p.sender())
		if err != nil {
			return err
		}
		fmt.Fprintf(c.OutOrStdout(), "%d open instances have a run\n", n)
		return nil
	}
	return c
}
