package main

import (
	"fmt"
	"os"
	"slices"
	"time"

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
	clientsFlags(c, &o.Postgres, &o.SQLite)
	c.Flags().IntVar(&o.Rounds, "rounds", 3, "measurements of each way, in turns")
	c.Flags().IntVar(&o.People, "people", 2_000, "people of the organisation")
	c.Flags().IntVar(&o.Long, "long", 10_000, "steps of a case that has gone in circles for years")
	c.Flags().IntSliceVar(&o.Inbox, "inbox", []int{1_000, 100_000, 1_000_000}, "open tasks")
	c.RunE = func(c *cobra.Command, _ []string) error {
		o.Postgres, o.SQLite = atOnce(o.Postgres), atOnce(o.SQLite)
		if o.Rounds < 1 || o.Cases < 1 {
			return fmt.Errorf("--rounds and --cases are 1 at least, not %d and %d", o.Rounds, o.Cases)
		}
		ctx, stop := interruptible(c.Context())
		defer stop()
		o.Out = c.OutOrStdout()
		return bench.Run(ctx, o)
	}
	c.AddCommand(benchHTTPCommand(), benchRegistersCommand(), benchFindCommand(), benchGrowthCommand())
	return c
}

// benchGrowthCommand measures approvals in books that grow old and full.
func benchGrowthCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "growth",
		Short: "Measure approvals beside old acts and open cases: rate, disk and write-ahead log",
		Args:  cobra.NoArgs,
	}
	o := bench.GrowthOptions{}
	c.Flags().IntSliceVar(&o.Acts, "acts", []int{0, 300_000}, "old acts on tasks")
	c.Flags().IntSliceVar(&o.Open, "open", []int{10_000}, "open cases")
	c.Flags().IntVar(&o.Cases, "cases", 300, "approvals per measurement")
	c.Flags().BoolVar(&o.SQLite, "sqlite", true, "on SQLite too")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.Cases < 1 {
			return fmt.Errorf("--cases is 1 at least, not %d", o.Cases)
		}
		ctx, stop := interruptible(c.Context())
		defer stop()
		o.Out = c.OutOrStdout()
		return bench.Growth(ctx, o)
	}
	return c
}

// benchFindCommand measures searches as what is searched grows.
func benchFindCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "find",
		Short: "Measure the search, the search of cases and sheets that are taken out, as they grow",
		Args:  cobra.NoArgs,
	}
	o := bench.FindOptions{}
	c.Flags().IntSliceVar(&o.Things, "things", []int{10_000, 1_000_000}, "things that are searched")
	c.Flags().IntSliceVar(&o.Cases, "cases", []int{10_000, 1_000_000}, "cases")
	c.Flags().IntVar(&o.Elements, "elements", 10, "elements of each case")
	c.Flags().IntVar(&o.Rounds, "rounds", 40, "times that each is asked")
	c.Flags().IntVar(&o.Export, "export", 100_000, "rows of a sheet")
	c.Flags().BoolVar(&o.SQLite, "sqlite", false, "on SQLite too")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx, stop := interruptible(c.Context())
		defer stop()
		o.Out = c.OutOrStdout()
		return bench.Finding(ctx, o)
	}
	return c
}

// benchRegistersCommand measures lists, totals, imports, a campaign's page and the report at growing sizes.
func benchRegistersCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "registers",
		Short: "Measure registers, campaigns and the half-year report as they grow, on SQLite and PostgreSQL",
		Args:  cobra.NoArgs,
	}
	o := bench.RegisterOptions{}
	c.Flags().IntSliceVar(&o.Entries, "entries", []int{2_000, 200_000}, "entries of a register")
	c.Flags().IntSliceVar(&o.Walks, "walks", []int{2_000, 20_000}, "walks of a campaign")
	c.Flags().IntVar(&o.Units, "units", 34, "units of the campaign")
	c.Flags().IntVar(&o.Items, "items", 2_000, "items of each unit")
	c.Flags().IntVar(&o.Rounds, "rounds", 100, "times that each is asked")
	c.Flags().IntVar(&o.Sheet, "sheet", 10_000, "rows of an imported sheet")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx, stop := interruptible(c.Context())
		defer stop()
		o.Out = c.OutOrStdout()
		return bench.Registers(ctx, o)
	}
	return c
}

// benchHTTPCommand measures whole servers, two releases in turns.
func benchHTTPCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "http",
		Short: "Measure acts over HTTP, of this binary and of a former release in turns",
		Args:  cobra.NoArgs,
	}
	o := bench.HTTPOptions{}
	c.Flags().StringVar(&o.Former, "former", "", "binary of a former release; scripts/bench-former.sh COMMIT builds it")
	clientsFlags(c, &o.Postgres, &o.SQLite)
	c.Flags().IntVar(&o.Rounds, "rounds", 5, "measurements of each release, in turns")
	c.Flags().DurationVar(&o.Round, "round", 5*time.Second, "how long each takes")
	c.RunE = func(c *cobra.Command, _ []string) error {
		o.Postgres, o.SQLite = atOnce(o.Postgres), atOnce(o.SQLite)
		if o.Rounds < 1 {
			return fmt.Errorf("--rounds is 1 at least, not %d", o.Rounds)
		}
		ctx, stop := interruptible(c.Context())
		defer stop()
		var err error
		if o.Binary, err = os.Executable(); err != nil {
			return err
		}
		o.Out = c.OutOrStdout()
		return bench.HTTP(ctx, o)
	}
	return c
}

func clientsFlags(c *cobra.Command, postgres, sqlite *[]int) {
	c.Flags().IntSliceVar(postgres, "clients", []int{1, 4, 16, 64}, "clients at once on PostgreSQL; 0: it is left out")
	c.Flags().IntSliceVar(sqlite, "sqlite-clients", []int{1, 4}, "clients at once on SQLite; 0: it is left out")
}

// atOnce leaves out what is no number of clients.
func atOnce(clients []int) []int {
	return slices.DeleteFunc(clients, func(n int) bool { return n < 1 })
}
