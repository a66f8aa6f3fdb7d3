package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rulepacks"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/texts"
)

// rulepackCommand is how a county changes its rules at a terminal.
func rulepackCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rulepack",
		Short: "Compare, rehearse and publish rule packs of the county",
		Long: `Compare, rehearse and publish rule packs of the county. FILE is
{"pack", "validFrom", "params": [{"rule", "key", "value", …}]} like the shipped params.json, or a folder with
params.json and checks/*.dmn. What it does not name stays as in the published pack that it would follow.`,
	}
	c.AddCommand(rulepackDiff(), rulepackRehearse(), rulepackPublish())
	return c
}

// onDraft makes a subcommand about a draft, which it gets within a snapshot or a transaction.
func onDraft(
	c *cobra.Command, within func(*models.DB, context.Context, func(*gorm.DB) error) error,
	do func(tx *gorm.DB, d *rulepacks.Draft, asJSON bool) error,
) *cobra.Command {
	c.Args = cobra.ExactArgs(1)
	dsn := databaseFlag(c)
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := rulepacks.Read(args[0])
		if err != nil {
			return tell(c, err, *asJSON)
		}
		if path, sqlite := strings.CutPrefix(*dsn, "sqlite:"); sqlite {
			if _, err := os.Stat(path); err != nil {
				return tell(
					c, fmt.Errorf("there are no books at %s; name them with --database or QUANCHENG_DATABASE: %w", path, err), *asJSON,
				)
			}
		}
		err = withDatabase(*dsn, func(db *models.DB) error {
			return within(db, c.Context(), func(tx *gorm.DB) error {
				d, err := rulepacks.Make(tx, commands.Checks, f)
				if err != nil {
					return err
				}
				return do(tx, d, *asJSON)
			})
		})
		if err != nil {
			return tell(c, err, *asJSON)
		}
		return nil
	}
	return c
}

func rulepackDiff() *cobra.Command {
	c := &cobra.Command{Use: "diff FILE", Short: "Parameters and decisions that a draft changes, and what keeps it from being published"}
	return onDraft(c, (*models.DB).Snapshot, func(tx *gorm.DB, d *rulepacks.Draft, asJSON bool) error {
		diff, err := d.Diff()
		if err != nil {
			return err
		}
		problems, err := d.Problems(tx)
		if err != nil {
			return err
		}
		notes := d.Remarks(diff)
		if asJSON {
			return printJSON(c.OutOrStdout(), struct {
				rulepacks.Diff
				Problems []rulepacks.Note `json:"problems"`
				Remarks  []rulepacks.Note `json:"remarks"`
			}{diff, problems, notes})
		}
		if err := printDiff(c.OutOrStdout(), diff); err != nil {
			return err
		}
		printNotes(c.OutOrStdout(), problems, notes)
		return nil
	})
}

func rulepackRehearse() *cobra.Command {
	c := &cobra.Command{
		Use: "rehearse FILE", Short: "Judge what was judged so far again under a draft; nothing is stored",
		Long: `Judge what was judged so far again under a draft; nothing is stored. With --json a list of
{"subject", "rule", "before", "after", "decided"} for each rule that the draft can change: the state of a check
(pass, remind, block, unknown, error), the value of a route or computation, null where it has not been judged yet.
"decided": the act is done; false: the subject still comes to it.`,
	}
	return onDraft(c, (*models.DB).Snapshot, func(tx *gorm.DB, d *rulepacks.Draft, asJSON bool) error {
		diff, r, err := commands.Rehearse(tx, d)
		if err != nil {
			return err
		}
		if asJSON {
			if r.Rows == nil {
				r.Rows = []rulepacks.Row{}
			}
			return printJSON(c.OutOrStdout(), r.Rows)
		}
		return printRehearsal(c.OutOrStdout(), diff, r)
	})
}

func rulepackPublish() *cobra.Command {
	c := &cobra.Command{
		Use: "publish FILE", Short: "Draft a pack, then, by another person, publish it",
		Long: `Draft a pack, then, by another person, publish it. The first call, --as who holds RULE_DRAFTER, keeps the
draft with its rehearsal; the second, --as another person who holds RULE_PUBLISHER, publishes the same content.`,
	}
	person := c.Flags().
		String("as", os.Getenv("QUANCHENG_USER"),
			"who does it: id of a person who holds RULE_DRAFTER, or RULE_PUBLISHER; default: the environment's QUANCHENG_USER")
	reason := c.Flags().String("reason", "", "why, for the audit; a draft takes one, and so does publishing what stops acts")
	return onDraft(c, (*models.DB).Tx, func(tx *gorm.DB, d *rulepacks.Draft, asJSON bool) error {
		if *person == "" {
			return fmt.Errorf("publishing takes two persons: say who you are with --as or QUANCHENG_USER")
		}
		now := time.Now()
		a := models.Acting{Person: *person, At: now, BusinessDate: models.DateOf(now), Reason: *reason}
		kept, err := rulepacks.ByID(tx, d.Pack.ID)
		drafted := err == nil && kept.State == rules.PackDraft && kept.Digest == d.Pack.Digest && kept.DraftedBy != a.Person
		step := draftPack
		if drafted {
			step = publishPack
			if d, err = rulepacks.Stored(tx, commands.Checks, kept); err != nil {
				return err
			}
		}
		p, r, err := step(tx, d, a)
		if err != nil {
			return err
		}
		if asJSON {
			return printJSON(
				c.OutOrStdout(),
				map[string]any{
					"pack": p.ID, "state": p.State, "digest": p.Digest, "draftedBy": p.DraftedBy,
					"publishedBy": p.PublishedBy, "rehearsal": r,
				},
			)
		}
		if p.State == rules.PackDraft {
			fmt.Fprintf(
				c.OutOrStdout(), "%s is drafted (%s). It waits for another person: rulepack publish %s --as …\n", p.ID, p.Digest[:12],
				c.Flags().Arg(0),
			)
		} else {
			fmt.Fprintf(c.OutOrStdout(), "%s is published, in force from %s\n", p.ID, p.ValidFrom)
		}
		printSums(c.OutOrStdout(), r)
		return nil
	})
}

// draftPack keeps a draft that could be published, with its rehearsal.
func draftPack(tx *gorm.DB, d *rulepacks.Draft, a models.Acting) (rules.RulePack, rulepacks.Rehearsal, error) {
	if err := holds(tx, &a, "RULE_DRAFTER"); err != nil {
		return d.Pack, rulepacks.Rehearsal{}, err
	}
	if err := d.Publishable(tx); err != nil {
		return d.Pack, rulepacks.Rehearsal{}, err
	}
	if _, err := d.Keep(tx, a); err != nil {
		return d.Pack, rulepacks.Rehearsal{}, err
	}
	_, r, err := commands.Rehearse(tx, d)
	if err != nil {
		return d.Pack, r, err
	}
	return d.Pack, r, d.Rehearsed(tx, a, r)
}

// publishPack rehearses a kept draft as things are now, and publishes it.
func publishPack(tx *gorm.DB, d *rulepacks.Draft, a models.Acting) (rules.RulePack, rulepacks.Rehearsal, error) {
	if err := holds(tx, &a, "RULE_PUBLISHER"); err != nil {
		return d.Pack, rulepacks.Rehearsal{}, err
	}
	_, r, err := commands.Rehearse(tx, d)
	if err != nil {
		return d.Pack, r, err
	}
	if err := d.Rehearsed(tx, a, r); err != nil {
		return d.Pack, r, err
	}
	p, err := d.Publish(tx, a, d.Pack.Digest)
	return p, r, err
}

// holds finds the post in which the person acts.
func holds(tx *gorm.DB, a *models.Acting, role string) error {
	posts, err := office.PostsOf(tx, a.Person)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(posts, func(p office.Post) bool { return p.Role == role })
	if i < 0 {
		return fmt.Errorf("%s holds no post %s", a.Person, role)
	}
	a.Post = posts[i].ID
	return nil
}

func printDiff(out io.Writer, d rulepacks.Diff) error {
	fmt.Fprintf(out, "%s over %s, from %s\n", d.Pack, d.Base, d.ValidFrom)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range d.Params {
		before := "(new)"
		if p.Before != nil {
			before = p.Before.String()
		}
		fmt.Fprintf(w, "%s.%s\t%s → %s\t%s\t%s\n", p.Rule, p.Key, before, p.After, p.Unit, p.Basis)
	}
	for _, x := range d.Decisions {
		fmt.Fprintf(w, "%s\t%s\t%s\t\n", x.ID, x.Change, x.By)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(d.Params)+len(d.Decisions) == 0 {
		fmt.Fprintln(out, "nothing changes")
	}
	if len(d.Rules) > 0 {
		fmt.Fprintf(out, "rules that can answer otherwise: %s\n", strings.Join(d.Rules, " "))
	}
	return nil
}

func printNotes(out io.Writer, problems, remarks []rulepacks.Note) {
	for i, n := range append(slices.Clone(problems), remarks...) {
		kind := "problem"
		if i >= len(problems) {
			kind = "note"
		}
		fmt.Fprintf(out, "%s: %s: %s\n", kind, n.Where, texts.Text(texts.English, n.Code, n.Args))
	}
}

func printRehearsal(out io.Writer, d rulepacks.Diff, r rulepacks.Rehearsal) error {
	fmt.Fprintf(out, "%s over %s\n", d.Pack, d.Base)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range r.Rows {
		said := "stays"
		switch {
		case row.Stops:
			said = "would be refused"
		case row.Changed && row.Decided:
			said = "would have been"
		case row.Changed:
			said = "would be"
		case row.Before == nil && !row.Decided:
			said = "no evaluation yet"
		case row.Before == nil:
			said = "was never asked"
		}
		fmt.Fprintf(w, "%s\t%s\t%s → %s\t%s\t%s\n", row.Rule, row.Subject, shownJSON(row.Before), shownJSON(row.After), said, row.Title)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	printSums(out, r)
	return nil
}

func shownJSON(v any) string { return string(models.JSONOf(v)) }

func printSums(out io.Writer, r rulepacks.Rehearsal) {
	fmt.Fprintf(
		out,
		"%d evaluations judged again: %d change, of %d subjects; %d of them lie ahead, %d acts would be refused. %d running subjects keep the "+
			"pack that they have pinned.\n",
		r.Judged, r.Changed, r.Subjects, r.Ahead, r.Stops, r.Pinned,
	)
}
