package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/founding"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/roster"
	"github.com/quancheng/quancheng/texts"
)

const organisationStatus = `
Status: 0 done; 1 refused (the file is no list, or there is nothing to ask for; nothing was
written); 2 it could not be tried (usage, an unreadable file, the database, the keys).
Rows that are refused are named with line, column and reason, and are left out.`

func organisationCommand() *cobra.Command {
	c := &cobra.Command{Use: "organisation", Short: "Bring lists of units, people and posts in and out"}
	c.AddCommand(organisationImportCommand(), organisationTemplateCommand(), organisationExportCommand())
	for _, sub := range c.Commands() {
		sub.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exits{exitFailed, err} })
	}
	return c
}

// oneFile is the argument of the commands: a file, else the usage is wrong.
func oneFile(c *cobra.Command, args []string) error {
	if err := cobra.ExactArgs(1)(c, args); err != nil {
		return &exits{exitFailed, err}
	}
	return nil
}

// importOptions are the flags of an import.
type importOptions struct {
	dsn, keys, as, reason string
	dryRun                bool
}

func organisationImportCommand() *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import FILE.xlsx|FILE.csv",
		Short: "Compare a list with the organisation, and ask for what it would change",
		Long: `Compare a list of units, people and posts with the organisation: who is new, who changes,
who leaves (whoever works in a unit of the list and is not on it), and which rows are refused
and why. Without --dry-run it becomes a request of two halves in the name of --as: the system
administrator releases units and accounts (inactive), the security administrator the posts;
nothing is written before. On the demonstration's data it is done at once. A CSV may be UTF-8
or GBK. organisation template writes an empty list with its head.
` + organisationStatus,
		Args: oneFile,
	}
	dsn, keys := databaseFlag(c), keysFlag(c)
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "only compare; write nothing, and ask for nothing")
	c.Flags().StringVar(&o.as, "as", "", "account of the system administrator who asks; default: the only one there is")
	c.Flags().StringVar(&o.reason, "reason", "导入名册", "why, for the request and the audit")
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		o.dsn, o.keys = *dsn, *keys
		out, err := importFile(c.Context(), o, args[0])
		if err != nil {
			return tell(c, err, *asJSON)
		}
		if *asJSON {
			return printJSON(c.OutOrStdout(), out)
		}
		out.print(c.OutOrStdout())
		return nil
	}
	return c
}

// importResult is what an import prints.
type importResult struct {
	File    string          `json:"file"`
	Rows    int             `json:"rows"`
	Same    int             `json:"same"`
	Units   []roster.Change `json:"units"`
	New     []roster.Change `json:"new"`
	Changed []roster.Change `json:"changed"`
	Leaving []roster.Change `json:"leaving"`
	Refused []refusedRow    `json:"refused"`
	Request int64           `json:"request,omitempty"` // 0: none was made
	State   string          `json:"state"`             // dry-run, nothing, open, done
	Codes   []office.Code   `json:"codes,omitempty"`   // of new accounts, shown this once
	NoKeys  bool            `json:"numbersNotKept,omitempty"`
}

// refusedRow is a row that is left out, in words.
type refusedRow struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func importFile(ctx context.Context, o importOptions, name string) (out importResult, err error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return out, err
	}
	rows, err := roster.Read(raw)
	if err != nil {
		return out, err
	}
	c, err := cipherBeside(o.dsn, o.keys)
	if err != nil {
		return out, err
	}
	out.NoKeys = c == nil
	err = withDatabase(o.dsn, func(db *models.DB) error {
		if _, err := db.Migrate(ctx); err != nil {
			return err
		}
		now := time.Now()
		if o.dryRun {
			plan, _, err := roster.Make(db.Read(ctx), rows, now, c)
			out.take(plan, filepath.Base(name), "dry-run")
			return err
		}
		return db.Tx(ctx, func(tx *gorm.DB) error { return out.ask(tx, o, rows, filepath.Base(name), now, c) })
	})
	return out, err
}

// ask makes the request, and on the demonstration's data releases it at once.
func (r *importResult) ask(tx *gorm.DB, o importOptions, rows []roster.Row, file string, now time.Time, c office.Cipher) error {
	plan, _, err := roster.Make(tx, rows, now, c)
	if err != nil {
		return err
	}
	if plan.Empty() {
		r.take(plan, file, "nothing")
		return nil
	}
	a, err := actingAs(tx, office.SysAdmin, o.as, o.reason, now)
	if err != nil {
		return err
	}
	request, plan, err := roster.Ask(tx, a, file, rows, c)
	if err != nil {
		return err
	}
	r.take(plan, file, office.RequestOpen)
	r.Request = request.ID
	demo, err := isDemo(tx)
	if err != nil || !demo {
		return err
	}
	sec, err := actingAs(tx, office.SecAdmin, "", o.reason, now)
	if err != nil {
		return err
	}
	for _, who := range []models.Acting{a, sec} {
		_, told, err := office.Decide(tx, who, request.ID, true, c)
		if err != nil {
			return err
		}
		if codes, ok := told.([]office.Code); ok {
			r.Codes = codes
		}
	}
	r.State = "done"
	return nil
}

// actingAs is a person who holds a role: the one that is named, else the only one.
func actingAs(tx *gorm.DB, role, named, reason string, now time.Time) (models.Acting, error) {
	held, err := office.InRole(tx, role)
	if err != nil {
		return models.Acting{}, err
	}
	for _, person := range held {
		if named == person || named == "" && len(held) == 1 {
			posts, err := office.PostsOf(tx, person)
			if err != nil {
				return models.Acting{}, err
			}
			a := models.Acting{Person: person, At: now, BusinessDate: models.DateOf(now), Reason: reason}
			for _, p := range posts {
				a.Posts = append(a.Posts, p.ID)
			}
			a.Post = a.Posts[0]
			return a, nil
		}
	}
	return models.Acting{}, models.Refuse(
		"roster-as", "role", texts.Text(texts.Chinese, "role."+role, nil), "people", strings.Join(held, ", "),
	)
}

// isDemo reports whether the database holds the demonstration and no town.
func isDemo(tx *gorm.DB) (bool, error) {
	town, err := founding.TownName(tx)
	if err != nil || town != "" {
		return false, err
	}
	var n int64
	err = tx.Model(&office.Person{}).Where("demo").Count(&n).Error
	return n > 0, err
}

// cipherBeside is fieldCipher, with the keys of a dev server where a SQLite file lies beside them.
func cipherBeside(dsn, keyFile string) (office.Cipher, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok && keyFile == "" && os.Getenv("QUANCHENG_KEYS") == "" {
		beside := filepath.Join(filepath.Dir(path), "keys", "keys.json")
		if _, err := os.Stat(beside); err == nil {
			keyFile = beside
		}
	}
	return fieldCipher(keyFile)
}

func (r *importResult) take(p roster.Plan, file, state string) {
	r.File, r.State, r.Rows, r.Same, r.Units, r.New, r.Changed, r.Leaving = file, state, p.Rows, p.Same, p.Units, p.New, p.Changed,
		p.Leaving
	r.Refused = []refusedRow{}
	for _, f := range p.Refused {
		r.Refused = append(
			r.Refused,
			refusedRow{f.Line, roster.ColumnName(f.Column, false), f.Code, texts.Text(texts.Chinese, f.Code, roleInWords(f.Args))},
		)
	}
}

func roleInWords(args map[string]string) map[string]string {
	for _, name := range []string{"role", "other"} {
		if key := "role." + args[name]; texts.Has(key) {
			args[name] = texts.Text(texts.Chinese, key, nil)
		}
	}
	return args
}

func (r importResult) print(w io.Writer) {
	fmt.Fprintf(
		w, "%s：%d 行；新增 %d，变更 %d，离岗 %d，一样 %d，单位 %d，不能收 %d\n", r.File, r.Rows, len(r.New), len(r.Changed), len(r.Leaving), r.Same,
		len(r.Units), len(r.Refused),
	)
	for _, list := range []struct {
		name string
		all  []roster.Change
	}{{"单位", r.Units}, {"新增", r.New}, {"变更", r.Changed}, {"离岗", r.Leaving}} {
		for _, c := range list.all {
			fmt.Fprintf(w, "  %s  %s  %s", list.name, c.ID, c.Name)
			for _, f := range c.Fields {
				fmt.Fprintf(w, "  %s：%s→%s", roster.ColumnName(f.Field, false), f.Before, f.After)
			}
			for _, p := range c.Posts {
				fmt.Fprintf(w, "  +%s", p)
			}
			for _, p := range c.Ends {
				fmt.Fprintf(w, "  -%s", p)
			}
			fmt.Fprintln(w)
		}
	}
	for _, f := range r.Refused {
		fmt.Fprintf(w, "  第 %d 行 %s：%s\n", f.Line, f.Column, f.Detail)
	}
	fmt.Fprintln(w, inWords("import."+r.State, map[string]string{"request": fmt.Sprint(r.Request)}))
	for _, code := range r.Codes {
		fmt.Fprintf(w, "  %s  %s  %s\n", code.Name, code.Person, code.Code)
	}
}

func organisationTemplateCommand() *cobra.Command {
	return templateCommand("Write an empty list with its head, and what goes where",
		"Write an empty list with its head, and a second sheet that says what goes where.\n"+organisationStatus, roster.Template)
}

// templateCommand writes an empty file that people fill in.
func templateCommand(short, long string, write func(io.Writer) error) *cobra.Command {
	c := &cobra.Command{Use: "template FILE.xlsx", Short: short, Long: long, Args: oneFile}
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return tell(c, err, *asJSON)
		}
		return saved(c, args[0], b.Bytes(), *asJSON)
	}
	return c
}

func organisationExportCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "export FILE.xlsx", Short: "Write the organisation as a list of the same columns, numbers masked",
		Long: "Write the organisation as a list of the same columns. Personal numbers are masked; brought back they change " +
			"nothing.\n" + organisationStatus,
		Args: oneFile,
	}
	dsn, keys := databaseFlag(c), keysFlag(c)
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		var b bytes.Buffer
		cipher, err := cipherBeside(*dsn, *keys)
		if err == nil {
			err = withDatabase(*dsn, func(db *models.DB) error {
				if _, err := db.Migrate(c.Context()); err != nil {
					return err
				}
				return roster.Export(db.Read(c.Context()), &b, time.Now(), cipher, "")
			})
		}
		if err != nil {
			return tell(c, err, *asJSON)
		}
		return saved(c, args[0], b.Bytes(), *asJSON)
	}
	return c
}

// saved writes a file and says so.
func saved(c *cobra.Command, name string, raw []byte, asJSON bool) error {
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		return tell(c, err, asJSON)
	}
	if asJSON {
		return printJSON(c.OutOrStdout(), map[string]any{"file": name, "bytes": len(raw)})
	}
	_, err := fmt.Fprintln(c.OutOrStdout(), name)
	return err
}
