package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/founding"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/trust/field"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// setupCommand founds a town without a browser.
func setupCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "setup --file FILE | --example",
		Short: "Move a town into an empty database: its units by function and its three administrators",
		Long: `Move a town into an empty database. FILE is JSON (- reads it from the standard input):
the town's name, its units, which unit serves as bureau, finance, procurement, county,
joint (a list), archive and experts (optional: discipline, audit, hall), and the three
administrators, who are three different people. Each gets a one-time code that is printed
this once; passwords and second factors are set by themselves at their first sign-in.
Nothing made up is installed. --example prints a complete file to begin with.

The administrators' mobile numbers are encrypted with the keys of --keys or QUANCHENG_KEYS.

Status: 0 founded, or the example printed; 1 refused (the file has errors, each named with
its place, or somebody has moved in before) and nothing written; 2 it could not be tried
(usage, an unreadable file, the database, the keys).`,
		Args: cobra.NoArgs,
	}
	dsn, keyFile := databaseFlag(c), keysFlag(c)
	file := c.Flags().String("file", "", "what the town is founded with, as JSON; -: the standard input")
	example := c.Flags().Bool("example", false, "print a complete file, and do nothing")
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exits{exitFailed, err} })
	c.RunE = func(c *cobra.Command, _ []string) error {
		switch {
		case *example && *file == "":
			_, err := c.OutOrStdout().Write(founding.Example())
			return err
		case *example == (*file != ""):
			return &exits{exitFailed, fmt.Errorf("give --file FILE, or --example")}
		}
		raw, err := readInput(c, *file)
		if err != nil {
			return tell(c, err, *asJSON)
		}
		out, err := setUp(c.Context(), *dsn, *keyFile, raw)
		if err != nil {
			return tell(c, err, *asJSON)
		}
		if *asJSON {
			return printJSON(c.OutOrStdout(), out)
		}
		out.print(c)
		return nil
	}
	return c
}

// readInput reads a file, or the standard input for "-".
func readInput(c *cobra.Command, name string) ([]byte, error) {
	if name != "-" {
		return os.ReadFile(name)
	}
	return io.ReadAll(c.InOrStdin())
}

// setupResult is what setup prints.
type setupResult struct {
	founding.Founded
	bundles.Staffing
	NoKeys bool `json:"mobilesNotKept,omitempty"`
}

// setUp founds the town and deploys the shipped models for it, in one transaction.
func setUp(ctx context.Context, dsn, keyFile string, raw []byte) (setupResult, error) {
	var out setupResult
	f, err := founding.Read(raw)
	if err != nil {
		return out, err
	}
	if err := f.Check(); err != nil { // before a database is made for it
		return out, err
	}
	c, err := fieldCipher(keyFile)
	if err != nil {
		return out, err
	}
	if c == nil {
		out.NoKeys = true
		f = f.WithoutMobiles()
	}
	err = withDatabase(dsn, func(db *models.DB) error {
		if _, err := db.Migrate(ctx); err != nil {
			return err
		}
		now := time.Now()
		a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: "首次启动"}
		return db.Tx(ctx, func(tx *gorm.DB) (err error) {
			if out.Founded, err = founding.Found(tx, a, f, c); err != nil {
				return err
			}
			if err := rulebook.Install(tx, now); err != nil {
				return err
			}
			bundle, err := definitions.Shipped()
			if err != nil {
				return err
			}
			if _, _, err = bundles.Deploy(tx, a, bundle); err != nil {
				return err
			}
			out.Staffing, err = bundles.StaffingOf(tx, now, bundle)
			return err
		})
	})
	return out, err
}

func (r setupResult) print(c *cobra.Command) {
	say := func(key string, args map[string]string) { fmt.Fprintln(c.OutOrStdout(), inWords(key, args)) }
	say("setup.done", map[string]string{"town": r.Town, "units": fmt.Sprint(r.Units), "functions": fmt.Sprint(len(r.Functions))})
	if len(r.NoUnit) > 0 {
		say("setup.no-unit", map[string]string{"functions": strings.Join(r.NoUnit, ", ")})
	}
	if len(r.Vacant) > 0 {
		say("setup.vacant", map[string]string{"count": fmt.Sprint(len(r.Vacant))})
	}
	if r.NoKeys {
		say("setup.no-keys", nil)
	}
	say("setup.codes", nil)
	for _, code := range r.Administrators {
		fmt.Fprintf(
			c.OutOrStdout(), "  %s  %s  %s  %s\n", texts.Text(texts.Chinese, "role."+code.Role, nil), code.Name, code.Person, code.Code,
		)
	}
}

// fieldCipher hides personal numbers with the keys of the process; nil where it has none.
func fieldCipher(keyFile string) (office.Cipher, error) {
	if keyFile == "" && os.Getenv("QUANCHENG_KEYS") == "" {
		return nil, nil
	}
	keys, err := loadKeys(keyFile)
	if err != nil {
		return nil, err
	}
	return field.New(keys), nil
}

// inviteToSetup prints the link to the setup page where nobody has moved in yet.
// It opens the page for half an hour, and founds one town.
func inviteToSetup(ctx context.Context, db *models.DB, base string, out io.Writer) error {
	var token string
	err := db.Tx(ctx, func(tx *gorm.DB) (err error) {
		empty, err := founding.Empty(tx)
		if err != nil || !empty {
			return err
		}
		token, err = founding.NewLink(tx, time.Now())
		return err
	})
	if err == nil && token != "" {
		_, err = fmt.Fprintf(out, "%s\n  %s/setup?token=%s\n", inWords("setup.ready", nil), base, token)
	}
	return err
}
