package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/models"
)

// reconcileCommand compares our books with the bureaus' now. The platform does so by itself each morning.
func reconcileCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "reconcile",
		Short: "Compare the books of a day, or of some days, with the bureaus'",
		Long:  "Compare the books with the bureaus'. Their addresses and keys come from the environment, as for `quancheng serve`.",
		Args:  cobra.NoArgs,
	}
	dsn := databaseFlag(c)
	from := c.Flags().String("date", "", "the day, or the first of some days: 2022-06-30")
	to := c.Flags().String("to", "", "the last of some days")
	if err := c.MarkFlagRequired("date"); err != nil {
		panic(err)
	}
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *to == "" {
			*to = *from
		}
		first, err := models.ParseDate(*from)
		last, err2 := models.ParseDate(*to)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		_, at, err := bureausFromEnvironment()
		if err != nil {
			return err
		}
		if len(at) == 0 {
			return errors.New("no bureau is configured: set QUANCHENG_FINANCE_URL and QUANCHENG_FINANCE_KEY, or those of PROCUREMENT")
		}
		return withDatabase(*dsn, func(db *models.DB) error {
			link := partnerlink.New(partnerlink.Config{DB: db, Partners: at})
			for _, name := range slices.Sorted(maps.Keys(at)) {
				run, err := link.Reconcile(c.Context(), name, first, last)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "%s %s…%s: %d match, %d differ\n", name, first, last, run.Matched, run.Differences)
			}
			return nil
		})
	}
	return c
}
