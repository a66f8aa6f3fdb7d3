package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// reportRole may read the half-year report.
const reportRole = "OFFICE"

func reportCommand() *cobra.Command {
	c := &cobra.Command{Use: "report", Short: "Print reports"}
	c.AddCommand(halfYearCommand())
	return c
}

// halfYearCommand prints the figures of the half-year report with where each comes from.
func halfYearCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "half-year",
		Short: "Print the figures of the half-year report, from the live books or a snapshot",
		Args:  cobra.NoArgs,
	}
	server := serverFlag(c)
	from := c.Flags().String("from", "", "first business day, 2022-01-01")
	to := c.Flags().String("to", "", "last business day, 2022-06-30")
	snapshot := c.Flags().String("snapshot", "", "number of a snapshot, instead of the live books")
	take := c.Flags().Bool("take", false, "take a snapshot of the period, and print it")
	docx := c.Flags().String("docx", "", "write the report to a file for a word processor")
	pdf := c.Flags().String("pdf", "", "write the report to a PDF file")
	asJSON := c.Flags().Bool("json", false, "print the answer of the server")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := whichReport(*from, *to, *snapshot, *take); err != nil {
			return err
		}
		papers := []reportPaper{{"docx", *docx}, {"pdf", *pdf}}
		for _, p := range papers {
			if err := p.possible(); err != nil {
				return err
			}
		}
		reader, err := signIn(c.Context(), *server, reportRole)
		if err != nil {
			return err
		}
		if *take {
			taken, err := reader.TakeReport(c.Context(), wire.ReportInput{From: *from, To: *to})
			if err != nil {
				return err
			}
			*snapshot = taken.Snapshot
		}
		for _, p := range papers {
			if p.file == "" {
				continue
			}
			raw, err := reader.ReportPaper(c.Context(), *from, *to, *snapshot, p.format)
			if err != nil {
				return noSnapshot(c.Context(), reader, *snapshot, err)
			}
			if err := p.write(raw); err != nil {
				return err
			}
		}
		r, err := reader.HalfYear(c.Context(), *from, *to, *snapshot)
		if err != nil {
			return noSnapshot(c.Context(), reader, *snapshot, err)
		}
		if *asJSON {
			enc := json.NewEncoder(c.OutOrStdout())
			enc.SetIndent("", " ")
			enc.SetEscapeHTML(false)
			return enc.Encode(r)
		}
		return printHalfYear(c.OutOrStdout(), r)
	}
	return c
}

// whichReport refuses what names no report, or two, before a server is asked.
func whichReport(from, to, snapshot string, take bool) error {
	switch {
	case snapshot != "" && (from != "" || to != "" || take):
		return errors.New("a --snapshot has its own period: leave out --from, --to and --take")
	case snapshot != "":
		if n, err := strconv.ParseInt(snapshot, 10, 64); err != nil || n < 1 {
			return fmt.Errorf("--snapshot %s: give the number of a snapshot, such as 3; the page of reports lists them", snapshot)
		}
		return nil
	case from == "" || to == "":
		return errors.New("say the period with --from and --to, or a --snapshot")
	}
	for _, of := range [][2]string{{"--from", from}, {"--to", to}} {
		if _, err := time.Parse(time.DateOnly, of[1]); err != nil {
			return fmt.Errorf("%s %s: write a day as 2022-06-30", of[0], of[1])
		}
	}
	if to < from {
		return fmt.Errorf("--to %s is before --from %s", to, from)
	}
	return nil
}

// noSnapshot says of a snapshot that is not there which ones are; other errors stay as they are.
func noSnapshot(ctx context.Context, reader *client.Client, snapshot string, err error) error {
	if snapshot == "" || client.Slug(err) != "not-found" {
		return err
	}
	var there wire.ReportList
	if err := reader.Get(ctx, "/api/v1/reports", &there); err != nil {
		return fmt.Errorf("--snapshot %s: there is no such snapshot; those there are cannot be listed: %w", snapshot, err)
	}
	if len(there.Items) == 0 {
		return fmt.Errorf("--snapshot %s: there is no such snapshot, nor any other; take one with --from, --to and --take", snapshot)
	}
	var all []string
	for _, s := range there.Items {
		all = append(all, fmt.Sprintf("%s (%s to %s)", s.ID, s.From, s.To))
	}
	return fmt.Errorf("--snapshot %s: there is no such snapshot; there are %s", snapshot, strings.Join(all, ", "))
}

// reportPaper is a format of the report with the file that it goes to; "": it is not wanted.
type reportPaper struct{ format, file string }

// possible refuses, before a server is asked, a file that cannot be written.
func (p reportPaper) possible() error {
	if p.file == "" {
		return nil
	}
	at, err := os.Stat(p.file)
	if err == nil && at.IsDir() {
		return fmt.Errorf("--%s %s: this is a directory; name a file in it, such as %s", p.format, p.file,
			filepath.Join(p.file, "report."+p.format))
	}
	if dir, err := os.Stat(filepath.Dir(p.file)); err != nil || !dir.IsDir() {
		return fmt.Errorf("--%s %s: there is no directory %s; make it first", p.format, p.file, filepath.Dir(p.file))
	}
	return nil
}

// write replaces the file as a whole: what is there stays when the new one cannot be written.
func (p reportPaper) write(raw []byte) error {
	if at, err := os.Stat(p.file); err == nil && !at.Mode().IsRegular() {
		return os.WriteFile(p.file, raw, 0o644) //nolint:gosec // a pipe or a terminal
	}
	fresh, err := os.CreateTemp(filepath.Dir(p.file), ".report-*")
	if err == nil {
		_, err = fresh.Write(raw)
		err = errors.Join(err, fresh.Chmod(0o644), fresh.Close()) // a report is for others to read
		if err == nil {
			err = os.Rename(fresh.Name(), p.file)
		}
		if err != nil {
			err = errors.Join(err, os.Remove(fresh.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("--%s %s: it cannot be written, choose another place: %w", p.format, p.file, err)
	}
	return nil
}

func printHalfYear(out io.Writer, r wire.HalfYear) error {
	if r.Snapshot != "" {
		fmt.Fprintf(out, "快照 %s · %s 至 %s · 截至 %s\n", r.Snapshot, r.From, r.To, r.AsOf.Format("2006-01-02 15:04:05"))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range r.Figures {
		value := f.Value
		if value == "" {
			value = "—"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.ID, value, f.Unit, f.Label)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, k := range r.Checks {
		if !k.Pass {
			fmt.Fprintf(out, "%s %s: %s\n", k.Level, k.ID, k.Message)
		}
	}
	return nil
}
