package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/running"
	"github.com/quancheng/quancheng/texts"
)

const projectsStatus = `
Status: 0 done; 1 refused (the file is no workbook, or no project of it can be taken in;
nothing was written); 2 it could not be tried (usage, an unreadable file, the database).
Projects that cannot be taken in are named with sheet, row, column and reason, and are left out.`

func projectsCommand() *cobra.Command {
	c := &cobra.Command{Use: "projects", Short: "Take in projects that already run"}
	c.AddCommand(projectsImportCommand(), projectsTemplateCommand())
	for _, sub := range c.Commands() {
		sub.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exits{exitFailed, err} })
	}
	return c
}

func projectsImportCommand() *cobra.Command {
	var o importOptions
	var second string
	c := &cobra.Command{
		Use:   "import FILE.xlsx",
		Short: "Compare a workbook of projects that already run with the books, and ask to take them in",
		Long: `Compare a workbook of projects in mid-life (项目, 明细, 文号, 合同, 付款条款, 里程碑, 支付) with the
books: which can be taken in, at which stage their lives go on, and which cell of which row
stands against the others. Without --dry-run it waits, in the name of --as, for a second
person, who takes in all of it in one transaction; on the demonstration's data this is done
at once. The same workbook twice changes nothing. projects template writes an empty one.
` + projectsStatus,
		Args: oneFile,
	}
	dsn := databaseFlag(c)
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "only compare; write nothing, and ask for nothing")
	c.Flags().StringVar(&o.as, "as", "",
		"account of who registers past days (BACK_REGISTRAR, else BUREAU_ACCEPT); default: the only one there is")
	c.Flags().StringVar(&second, "second", "", "account of the second person, on the demonstration's data; default: the only section head")
	c.Flags().StringVar(&o.reason, "reason", "存量项目移交", "why, for the batch and the audit")
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		o.dsn = *dsn
		out, err := importProjects(c.Context(), o, second, args[0])
		if err != nil {
			return tell(c, err, *asJSON)
		}
		if *asJSON {
			err = printJSON(c.OutOrStdout(), out)
		} else {
			out.print(c.OutOrStdout())
		}
		if err == nil && out.State == "nothing" && out.Same == 0 {
			return &exits{exitRefused, models.Refuse("running-nothing")}
		}
		return err
	}
	return c
}

// projectsResult is what an import prints.
type projectsResult struct {
	ID       int64           `json:"id,omitempty"` // of the batch; 0: none was made
	File     string          `json:"file"`
	State    string          `json:"state"` // dry-run, nothing, waiting, accepted
	Rows     int             `json:"rows"`
	OK       int             `json:"ok"`
	Heed     int             `json:"heed"`
	Same     int             `json:"same"`
	Refused  int             `json:"refused"`
	Projects []projectsItem  `json:"projects"`
	Stray    []projectsWrong `json:"stray"`
	Taken    []projectsTaken `json:"taken,omitempty"`
}

// projectsTaken is a project that was taken in.
type projectsTaken struct {
	Project string `json:"project"`
	Ref     string `json:"ref"`
	Entry   string `json:"entry"`
}

type projectsItem struct {
	Line       int             `json:"line"`
	Ref        string          `json:"ref"`
	Name       string          `json:"name"`
	Unit       string          `json:"unit"`
	Entry      string          `json:"entry"`
	State      string          `json:"state"` // ok, heed, same, refused
	Project    string          `json:"project,omitempty"`
	Approved   models.Money    `json:"approved"`
	Issued     models.Money    `json:"issued"`
	Contracted models.Money    `json:"contracted"`
	Paid       models.Money    `json:"paid"`
	Notes      []string        `json:"notes"`
	Wrong      []projectsWrong `json:"wrong"`
}

type projectsWrong struct {
	Sheet  string `json:"sheet"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

func importProjects(ctx context.Context, o importOptions, second, name string) (out projectsResult, err error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return out, err
	}
	book, err := running.Read(raw)
	if err != nil {
		return out, err
	}
	file, now := filepath.Base(name), time.Now()
	err = withDatabase(o.dsn, func(db *models.DB) error {
		if _, err := db.Migrate(ctx); err != nil {
			return err
		}
		if o.dryRun {
			plan, err := running.Make(db.Read(ctx), book, models.DateOf(now))
			out.take(running.Import{FileName: file, State: "dry-run"}, plan)
			return err
		}
		return db.Tx(ctx, func(tx *gorm.DB) error { return out.ask(tx, o, second, book, file, now) })
	})
	return out, err
}

// ask makes the batch, and on the demonstration's data takes it in at once.
func (r *projectsResult) ask(tx *gorm.DB, o importOptions, second string, book running.Book, file string, now time.Time) error {
	a, err := actingAs(tx, "BACK_REGISTRAR", o.as, o.reason, now)
	if err != nil {
		if a, err = actingAs(tx, "BUREAU_ACCEPT", o.as, o.reason, now); err != nil {
			return err
		}
	}
	i, plan, err := running.Ask(tx, a, file, book)
	if err != nil {
		return err
	}
	if i.ID == 0 {
		i.State = "nothing"
	}
	demo, err := isDemo(tx)
	if err != nil {
		return err
	}
	if demo && i.State == running.Waiting {
		b, err := actingAs(tx, "BUREAU_CHIEF", second, o.reason, now)
		if err != nil {
			return err
		}
		days, err := calendar.Newest(tx)
		if err != nil {
			return err
		}
		if i, plan, err = running.Decide(tx, b, days, i.ID, true, o.reason); err != nil {
			return err
		}
	}
	r.take(i, plan)
	taken, err := running.Of(tx, i.ID)
	for _, p := range taken {
		r.Taken = append(r.Taken, projectsTaken{p.Project, p.Ref, p.Entry})
	}
	return err
}

func (r *projectsResult) take(i running.Import, p running.Plan) {
	*r = projectsResult{
		ID: i.ID, File: i.FileName, State: i.State, Rows: p.Rows, OK: p.Count(running.StateOK), Heed: p.Count(running.StateHeed),
		Same: p.Count(running.StateSame), Refused: p.Count(running.StateRefused), Projects: []projectsItem{}, Stray: wrongs(p.Stray),
	}
	for _, x := range p.Projects {
		item := projectsItem{
			Line: x.Line, Ref: x.Ref, Name: x.Name, Unit: x.Unit, Entry: x.Entry, State: x.State, Project: x.Project,
			Approved: x.Amounts.Approved, Issued: x.Amounts.Issued, Contracted: x.Amounts.Contracted, Paid: x.Amounts.Paid,
			Notes: []string{}, Wrong: wrongs(x.Wrong),
		}
		for _, n := range x.Notes {
			item.Notes = append(item.Notes, texts.Text(texts.Chinese, n.Code, n.Args))
		}
		r.Projects = append(r.Projects, item)
	}
}

func wrongs(all []running.Wrong) []projectsWrong {
	out := []projectsWrong{}
	for _, w := range all {
		out = append(out, projectsWrong{
			Sheet: running.SheetName(w.Sheet, false), Line: w.Line, Column: running.ColumnName(w.Sheet, w.Column, false), Code: w.Code,
			Detail: texts.Text(texts.Chinese, w.Code, w.Args),
		})
	}
	return out
}

func (r projectsResult) print(w io.Writer) {
	fmt.Fprintf(w, "%s：%d 行，%d 个项目；可收 %d，要留意 %d，已收过 %d，不能收 %d\n", r.File, r.Rows, len(r.Projects), r.OK, r.Heed, r.Same, r.Refused)
	for _, x := range r.Projects {
		fmt.Fprintf(w, "  第 %d 行  %s  %s  %s\n", x.Line, x.Name, zh("running.entry."+x.Entry), zh("running.state."+x.State))
		for _, n := range x.Notes {
			fmt.Fprintf(w, "      %s\n", n)
		}
		printWrongs(w, x.Wrong)
	}
	printWrongs(w, r.Stray)
	fmt.Fprintln(w, texts.Text(texts.Chinese, "running.done."+r.State, map[string]string{"id": fmt.Sprint(r.ID)}))
}

// zh is a text of the catalogue; one that is not there stays away: a cell that was not read.
func zh(key string) string {
	if !texts.Has(key) {
		return "—"
	}
	return texts.Text(texts.Chinese, key, nil)
}

func printWrongs(w io.Writer, all []projectsWrong) {
	for _, x := range all {
		fmt.Fprintf(w, "    ! “%s”表第 %d 行 %s：%s\n", x.Sheet, x.Line, x.Column, x.Detail)
	}
}

func projectsTemplateCommand() *cobra.Command {
	return templateCommand("Write an empty workbook with its sheets, and what goes where",
		"Write an empty workbook with its sheets and heads, and a last sheet that says what goes where.\n"+projectsStatus, running.Template)
}
