package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/models"
)

// migrateCommand brings the schema up to date.
func migrateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema of the books up to date",
		Args:  cobra.NoArgs,
	}
	dsn := databaseFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return withDatabase(*dsn, func(db *models.DB) error {
			applied, err := db.Migrate(c.Context())
			if err != nil {
				return err
			}
			if len(applied) == 0 {
				fmt.Fprintln(c.OutOrStdout(), "the schema is up to date")
				return nil
			}
			fmt.Fprintf(c.OutOrStdout(), "applied migrations %v\n", applied)
			return nil
		})
	}
	return c
}
