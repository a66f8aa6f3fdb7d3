package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/backup"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/worker/temporal"
)

// marksVariable is the setting of the file of high-water marks, best on a second medium.
const marksVariable = "QUANCHENG_MARKS"

// marksFile is that file: the flag's, the environment's, or beside the data.
func marksFile(flag, data string) string {
	return cmp.Or(flag, os.Getenv(marksVariable), filepath.Join(data, "marks.json"))
}

// placeFlags name where the platform keeps what is copied.
type placeFlags struct{ dsn, data, documents, marks *string }

func newPlaceFlags(c *cobra.Command) placeFlags {
	return placeFlags{databaseFlag(c), c.Flags().String("data", "data", "directory of the data, as serve or dev has it"), documentsFlag(c),
		c.Flags().
			String("marks", "", "file of the high-water marks; default: the environment's "+marksVariable+", else marks.json below --data"),
	}
}

func (f placeFlags) place(external bool) (backup.Place, error) {
	store, err := fileStore(*f.documents, *f.data)
	p := backup.Place{DSN: *f.dsn, Store: store, Marks: marksFile(*f.marks, *f.data), Temporal: "postgres"}
	if strings.HasPrefix(*f.dsn, "sqlite:") {
		p.Temporal = "sqlite:" + filepath.Join(filepath.Dir(strings.TrimPrefix(*f.dsn, "sqlite:")), "temporal.db")
	}
	if external {
		p.Temporal = backup.Elsewhere
	}
	return p, err
}

// backupCommand copies everything while the platform runs.
func backupCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "backup DIR",
		Short: "Copy the books, an embedded Temporal, the files and the high-water marks into a new directory, while the platform runs",
		Long: `Copy the books, an embedded Temporal, the files and the high-water marks into a new directory, while the platform runs.
On PostgreSQL the client programs pg_dump and pg_restore are needed. The keys are not in it: keep them apart.`,
		Args: cobra.ExactArgs(1),
	}
	f := newPlaceFlags(c)
	external := c.Flags().Bool("without-temporal", false, "leave Temporal out: it is a cluster with a backup of its own")
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := f.place(*external)
		if err != nil {
			return err
		}
		m, err := backup.Write(c.Context(), p, args[0], c.OutOrStdout())
		if err != nil {
			return err
		}
		fmt.Fprintf(
			c.OutOrStdout(), "backup of %s in %s; Temporal: %s\n", m.At.In(models.Zone).Format("2006-01-02 15:04:05"), args[0], m.Temporal,
		)
		if len(m.Missing) > 0 {
			fmt.Fprintf(
				c.OutOrStdout(), "%d files that the books name are not in the store: %s\n", len(m.Missing), strings.Join(m.Missing, " "),
			)
			return errReported
		}
		return nil
	}
	return c
}

// restoreCommand brings a backup back where nobody serves.
func restoreCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "restore DIR",
		Short: "Bring a backup back; numbers that were given out since are never given again",
		Long: `Bring a backup back. Stop every serve and worker first. What is in place is kept under another name beside it.

Numbers go on beyond the highest that anybody remembers: the books in place, the marks beside them, the backup. Sessions
end. With a Temporal cluster of its own run quancheng repair afterwards: it names cases that the restored books do not know.`,
		Args: cobra.ExactArgs(1),
	}
	f := newPlaceFlags(c)
	external := c.Flags().Bool("without-temporal", false, "leave Temporal as it is: it is a cluster of its own")
	reason := c.Flags().String("reason", "", "why, for the audit")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *reason == "" {
			return errors.New("say why with --reason")
		}
		p, err := f.place(*external)
		if err != nil {
			return err
		}
		leave, err := nobodyServes(c.Context(), *f.dsn, *f.data)
		if err != nil {
			return err
		}
		defer leave()
		r, err := backup.Restore(c.Context(), args[0], p, *reason, c.OutOrStdout())
		if err != nil {
			return err
		}
		out := c.OutOrStdout()
		fmt.Fprintf(
			out, "the books are those of %s; %d files came back\n", r.Manifest.At.In(models.Zone).Format("2006-01-02 15:04:05"), r.Files,
		)
		for _, line := range r.Raised {
			fmt.Fprintf(out, "raised %s\n", line)
		}
		for _, former := range r.Former {
			fmt.Fprintf(out, "what was there is kept as %s\n", former)
		}
		if p.Temporal == backup.Elsewhere || r.Manifest.Temporal == backup.Elsewhere {
			fmt.Fprintln(out, "Temporal is as it was: run quancheng repair --temporal HOST:PORT once it is reachable")
		}
		return nil
	}
	return c
}

// nobodyServes takes the places of a serving process for the time of a restore.
func nobodyServes(ctx context.Context, dsn, data string) (leave func(), err error) {
	if strings.HasPrefix(dsn, "sqlite:") {
		data = filepath.Dir(strings.TrimPrefix(dsn, "sqlite:"))
	}
	h, err := takePlace(ctx, data, &temporal.Options{Port: 1})
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(dsn, "sqlite:") {
		return h.release, nil
	}
	if who := models.DatabaseHolder(ctx, dsn); who != "" { // held on a connection that would be in the way of the restore itself
		h.release()
		return nil, inWords("already-served", map[string]string{"place": "PostgreSQL " + databaseName(dsn), "other": who})
	}
	return h.release, nil
}
