package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/models"
)

// databaseFlag is the flag of commands that work on the books directly. A
// password belongs into the environment, not into a command line that others see.
func databaseFlag(c *cobra.Command) *string {
	byDefault := os.Getenv("QUANCHENG_DATABASE")
	if byDefault == "" {
		byDefault = "sqlite:data/quancheng.db"
	}
	dsn := c.Flags().
		String("database", "", "sqlite:FILE or postgres://…; default: the environment's QUANCHENG_DATABASE, else sqlite:data/quancheng.db")
	c.PreRun = func(*cobra.Command, []string) {
		if *dsn == "" {
			*dsn = byDefault
		}
	}
	return dsn
}

// withDatabase opens the books for a command that ends by itself.
func withDatabase(dsn string, f func(db *models.DB) error) error {
	db, err := models.Open(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	return f(db)
}
