package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/worker"
	"github.com/quancheng/quancheng/worker/temporal"
)

// repairCommand makes Temporal follow the books after a restore of either.
func repairCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "repair",
		Short: "Start a run for each open instance that has none in Temporal, ask again for starts that did not happen, and name runs that the " +
			"books do not know",
		Long: `Make Temporal follow the books after a restore of either: numbers are held to the marks, starts that did not happen are
asked for again, and each open instance gets a run. Runs of cases that the books do not know (they began after the moment of
the backup) are named; --terminate ends them.

--temporal embedded reaches the Temporal of the serve or dev that runs on the same data, or starts it where none runs.`,
		Args: cobra.NoArgs,
	}
	address := c.Flags().String("temporal", "embedded", "address of Temporal, or embedded")
	data := c.Flags().String("data", "data", "directory of the data, as serve or dev has it")
	marks := c.Flags().
		String("marks", "", "file of the high-water marks; default: the environment's "+marksVariable+", else marks.json below --data")
	terminate := c.Flags().Bool("terminate", false, "end the runs that the books do not know")
	dsn, keyFile := databaseFlag(c), keysFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		keys, err := loadKeys(*keyFile)
		if err != nil {
			return err
		}
		embedded, at, err := reach(c.Context(), *address, *dsn, *data)
		if err != nil {
			return err
		}
		p, err := open(c.Context(), *dsn, embedded, at, keys)
		if err != nil {
			return err
		}
		defer p.close()
		return repair(c, p, marksFile(*marks, *data), *terminate)
	}
	return c
}

// reach finds Temporal: at an address, in the process that serves the data, or in this one.
func reach(ctx context.Context, address, dsn, data string) (*temporal.Options, string, error) {
	if address != "embedded" {
		return nil, address, nil
	}
	file, sqlite := strings.CutPrefix(dsn, "sqlite:")
	o := &temporal.Options{LogFile: filepath.Join(data, "temporal.log")}
	who := ""
	if sqlite {
		dir := filepath.Dir(file)
		o.File, o.LogFile = filepath.Join(dir, "temporal.db"), filepath.Join(dir, "temporal.log")
		who = models.Holder(filepath.Join(dir, servingFile))
	} else {
		o.Postgres = dsn
		who = models.DatabaseHolder(ctx, dsn)
	}
	if who == "" {
		return o, "", nil
	}
	if at := temporalOf(who); at != "" {
		return nil, at, nil
	}
	return nil, "", errors.New("the data is in use by " + who + ", which names no Temporal")
}

func repair(c *cobra.Command, p *platform, marks string, terminate bool) error {
	ctx, out := c.Context(), c.OutOrStdout()
	raised, err := p.db.HoldMarks(ctx, marks)
	if err != nil {
		return err
	}
	for _, line := range raised {
		fmt.Fprintf(out, "raised %s: it was given out already\n", line)
	}
	strangers, err := worker.Strangers(ctx, p.db, p.temporal)
	if err != nil {
		return err
	}
	for _, id := range strangers {
		if !terminate {
			fmt.Fprintf(out, "%s runs in Temporal, and the books do not know it\n", id)
			continue
		}
		if err := p.temporal.TerminateWorkflow(ctx, id, "", "the restored books do not know this case"); err != nil {
			return fmt.Errorf("end %s: %w", id, err)
		}
		fmt.Fprintf(out, "%s has ended: the books do not know it\n", id)
	}
	n, err := worker.Repair(ctx, p.db, p.sender())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d open instances have a run\n", n)
	if len(strangers) > 0 && !terminate {
		fmt.Fprintf(out, "%d runs are of cases that began after the backup; look at them, and end them with --terminate\n", len(strangers))
		return errUndecided
	}
	return nil
}
