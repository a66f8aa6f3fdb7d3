package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/activities/live"
	"github.com/quancheng/quancheng/conformance"
	"github.com/quancheng/quancheng/engine/play"
	"github.com/quancheng/quancheng/models"
)

// conformanceCommand runs suites of cases; the status is 1 when one fails.
func conformanceCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "conformance DIR",
		Short: "Run a directory of BPMN, DMN and interchange cases",
		Long: `Run a directory of BPMN scenarios, faulty models, DMN test cases and models to interchange on the engine in
memory. With --live every event of a scenario is a transaction on a database, as in production, and rows and state are
compared with those of the engine in memory.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	only := c.Flags().String("only", "", "run only the cases whose id matches this regular expression")
	stored := c.Flags().Bool("stored", false, "store and load the state between any two steps")
	onDatabase := c.Flags().Bool("live", false, "play scenarios through the database")
	dsn := c.Flags().
		String("database", "",
			"with --live: an empty database that nobody else uses, sqlite:FILE or postgres://…; default: a temporary file")
	c.RunE = func(c *cobra.Command, args []string) error {
		o := conformance.Options{Driver: func() (play.Driver, error) { return play.NewMemory(*stored), nil }}
		if *only != "" {
			pattern, err := regexp.Compile(*only)
			if err != nil {
				return fmt.Errorf("--only: %w", err)
			}
			o.Only = pattern
		}
		if !*onDatabase {
			return runConformance(c, args[0], o, *asJSON)
		}
		return withScratch(c.Context(), *dsn, func(db *models.DB) error {
			o.Driver = live.Open(db).Driver
			return runConformance(c, args[0], o, *asJSON)
		})
	}
	return c
}

func runConformance(c *cobra.Command, dir string, o conformance.Options, asJSON bool) error {
	r, err := conformance.Run(dir, o)
	if err != nil {
		return err
	}
	write := r.WriteText
	if asJSON {
		write = r.WriteJSON
	}
	if err := write(c.OutOrStdout()); err != nil {
		return err
	}
	if r.Passed != r.Total {
		return errReported
	}
	return nil
}

// withScratch migrates a database for scenarios; an empty DSN is a temporary file.
func withScratch(ctx context.Context, dsn string, f func(*models.DB) error) error {
	if dsn == "" {
		dir, err := os.MkdirTemp("", "quancheng-conformance-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }() // a leftover in the temporary directory harms nobody
		dsn = "sqlite:" + filepath.Join(dir, "scratch.db")
	}
	return withDatabase(dsn, func(db *models.DB) error {
		if _, err := db.Migrate(ctx); err != nil {
			return err
		}
		return f(db)
	})
}
