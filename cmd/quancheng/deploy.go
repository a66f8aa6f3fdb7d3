package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// deployCommand lets a folder of models, decisions and forms in, or says why not.
func deployCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "deploy DIR | --shipped",
		Short: "Check a folder of .bpmn, .dmn and .form files, with registers/*.json, and make it the newest version",
		Long: `Check a folder of .bpmn, .dmn and .form files, with registers/*.json, and make it the newest version.

--shipped takes the models that come with this program instead of a folder. At its start a program installs them by
itself, unless the county has deployed models of its own: those are replaced only when somebody asks for it here.`,
		Args: cobra.MaximumNArgs(1),
	}
	shipped := c.Flags().Bool("shipped", false, "deploy what comes with the program, also over models of the county's own")
	dsn := databaseFlag(c)
	reason := c.Flags().String("reason", "", "why, for the audit")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *shipped == (len(args) == 1) {
			return errors.New("give a folder, or --shipped")
		}
		if *shipped {
			return deployShipped(c, *dsn, *reason)
		}
		folder := os.DirFS(args[0])
		files, err := registers.Files(folder)
		if err != nil {
			return err
		}
		src, err := definitions.Load(folder)
		if err != nil && len(files) == 0 { // a folder may hold registers alone
			return err
		}
		return withDatabase(*dsn, func(db *models.DB) error {
			now := time.Now()
			a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: *reason}
			return db.Tx(c.Context(), func(tx *gorm.DB) error {
				if err := deployRegisters(c.OutOrStdout(), tx, a, files); err != nil || len(src.Files) == 0 {
					return err
				}
				fresh, problems, err := bundles.Deploy(tx, a, src)
				return announce(c.OutOrStdout(), tx, src, fresh, problems, err)
			})
		})
	}
	return c
}

// deployShipped takes the program's own models, as somebody asked for it with a reason.
func deployShipped(c *cobra.Command, dsn, reason string) error {
	if reason == "" {
		return errors.New("say why with --reason: models of the county's own may be replaced")
	}
	src, err := definitions.Shipped()
	if err != nil {
		return err
	}
	return withDatabase(dsn, func(db *models.DB) error {
		now := time.Now()
		a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: reason}
		return db.Tx(c.Context(), func(tx *gorm.DB) error {
			fresh, problems, err := bundles.Deploy(tx, a, src)
			return announce(c.OutOrStdout(), tx, src, fresh, problems, err)
		})
	})
}

// announce says what has become of a deployment.
func announce(w io.Writer, tx *gorm.DB, src definitions.Bundle, fresh bool, problems []bundles.Diagnostic, err error) error {
	for _, p := range problems {
		fmt.Fprintln(w, p)
	}
	if err != nil {
		return err
	}
	if !fresh {
		fmt.Fprintf(w, "%s was deployed before\n", src.Digest)
		return nil
	}
	fmt.Fprintf(w, "deployed %s\n", src.Digest)
	return printStarts(w, tx, src.Digest)
}

// deployRegisters makes registers the newest versions, and says what becomes of their rows and figures.
func deployRegisters(w io.Writer, tx *gorm.DB, a models.Acting, files map[string][]byte) error {
	notes, problems, err := registers.Deploy(tx, a, files)
	for _, line := range append(notes, problems...) {
		fmt.Fprintln(w, line)
	}
	return err
}

// printStarts says what begins instances of the processes of a bundle from now on.
func printStarts(w io.Writer, tx *gorm.DB, bundle string) error {
	starts, err := process.StartsOf(tx, bundle)
	if err != nil {
		return err
	}
	for _, s := range starts {
		by := s.Name
		switch {
		case s.Due != nil:
			by = "next at " + s.Due.In(models.Zone).Format(time.RFC3339)
		case s.Kind == process.SubTimer:
			by = "its moments are past"
		}
		fmt.Fprintf(w, "%s starts at %s by %s: %s\n", s.Process, s.Element, s.Kind, by)
	}
	return nil
}
