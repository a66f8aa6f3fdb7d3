package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/texts"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/stamp"
)

// mediumVariable is the setting of the second medium of the audit's seals: a directory that is there.
const mediumVariable = "QUANCHENG_AUDIT_MEDIUM"

// The settings of the time-stamp authority: its address, and the roots (PEM) that its certificate goes back to.
const (
	stampVariable      = "QUANCHENG_TIMESTAMP"
	stampRootsVariable = "QUANCHENG_TIMESTAMP_ROOTS"
)

// stamps is the authority that is set; nil: none.
func stamps() (*stamp.Authority, error) {
	return stamp.Parse(os.Getenv(stampVariable), os.Getenv(stampRootsVariable))
}

func medium() audit.Medium { return audit.Medium(os.Getenv(mediumVariable)) }

func verifier(keys *trust.Keys, a *stamp.Authority) audit.Verifier {
	v := audit.Verifier{Known: keys.VerifyPaper, Medium: medium()}
	if a != nil {
		v.Stamped = a.Look
	}
	return v
}

// bindBooks binds, at the first start of a release that does, what the books hold already.
func bindBooks(ctx context.Context, db *models.DB) error {
	return db.Tx(ctx, func(tx *gorm.DB) error {
		return audit.Baseline(tx, models.Acting{Person: "system", At: time.Now(), Reason: "自此每行业务数据由审计绑定"})
	})
}

func auditCommand() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Look after the audit: its chains, the rows that they bind, its seals and their second medium"}
	c.AddCommand(auditVerifyCommand(), auditAnchorCommand())
	return c
}

// auditLook is what the command was asked to look at.
type auditLook struct {
	dsn, keys, medium *string
	row               string
	newest, full      bool
	asJSON            bool
}

// auditVerdict is what --json prints.
type auditVerdict struct {
	State    string            `json:"state"` // holds, broken, nothing
	Scope    string            `json:"scope"` // all, new, chain
	Chains   int               `json:"chains"`
	Entries  int               `json:"entries"`
	Rows     int               `json:"rows"`
	Seals    int               `json:"seals"`
	Unsigned int               `json:"unsigned"`
	Anchored int               `json:"anchored"`
	Stamped  int               `json:"stamped"`
	Gone     bool              `json:"mediumGone"`
	Signed   bool              `json:"signaturesChecked"`
	Broken   *audit.AuditBreak `json:"broken,omitempty"`
	Detail   string            `json:"detail"`
}

// auditVerifyCommand walks all chains; the status is 1 when a link does not hold, 2 when nothing was there to look at.
func auditVerifyCommand() *cobra.Command {
	var l auditLook
	c := &cobra.Command{
		Use:   "verify [CHAIN]",
		Short: "Find the first broken link of the audit chains (i:<root instance>, r:<register>), their rows in the books, and the seals",
		Long: `Find the first link that does not hold: of the chains, of the rows of the books that their entries bind (decisions, ledger,
sheets, contracts, payments, documents …), of the seals, their signatures and their copies on the second medium.
A CHAIN walks that chain alone. --new looks only at what came since the last look, and is cheap. --row says what stands behind
one row, such as ledger:12, document:5, sheet:XM-2026-001#2, or behind one entry, such as i:42#3.
The status is 0 when everything holds, 1 when a link does not, 2 when nothing was there to look at, or the second medium does not answer.`,
		Args: cobra.MaximumNArgs(1),
	}
	l.dsn, l.keys = databaseFlag(c), keysFlag(c)
	l.medium = c.Flags().String("medium", "", "directory of the second medium; default: the environment's "+mediumVariable)
	c.Flags().StringVar(&l.row, "row", "", "prove one row of the books, or one entry")
	c.Flags().BoolVar(&l.newest, "new", false, "look only at what came since the last look")
	c.Flags().BoolVar(&l.full, "full", false, "look at everything (the default)")
	c.Flags().BoolVar(&l.asJSON, "json", false, "print the verdict as JSON")
	c.MarkFlagsMutuallyExclusive("row", "new", "full")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 && (l.newest || l.row != "") {
			return errors.New("name a CHAIN, or give --new or --row")
		}
		v, err := l.verifier()
		if err != nil {
			return err
		}
		return withDatabase(*l.dsn, func(db *models.DB) error {
			if l.row != "" {
				return l.prove(c, db, v)
			}
			return l.verify(c, db, v, strings.Join(args, ""))
		})
	}
	return c
}

// verifier has the keys that are given, or those of a desk beside its database.
func (l auditLook) verifier() (audit.Verifier, error) {
	v := audit.Verifier{Medium: audit.Medium(cmp.Or(*l.medium, os.Getenv(mediumVariable)))}
	a, err := stamps()
	if err != nil {
		return v, err
	}
	if a != nil {
		v.Stamped = a.Look
	}
	file := cmp.Or(*l.keys, os.Getenv("QUANCHENG_KEYS"))
	if path, ok := strings.CutPrefix(*l.dsn, "sqlite:"); ok && file == "" {
		if desk := filepath.Join(filepath.Dir(path), "keys", "keys.json"); exists(desk) {
			file = desk
		}
	}
	if file == "" {
		return v, nil
	}
	keys, err := trust.Load(file)
	if err == nil {
		v.Known = keys.VerifyPaper
	}
	return v, err
}

func (l auditLook) verify(c *cobra.Command, db *models.DB, v audit.Verifier, chain string) error {
	out := auditVerdict{Scope: "all", Signed: v.Known != nil && chain == ""}
	var r audit.AuditResult
	remember := r.Remember
	err := db.Snapshot(c.Context(), func(tx *gorm.DB) (err error) {
		switch {
		case chain != "":
			out.Scope = "chain"
			r, err = v.Chain(tx, chain)
		case l.newest:
			var p audit.Progress
			out.Scope = "new"
			p, err = v.New(tx, 0)
			r, remember = p.AuditResult, p.Remember
		default:
			r, err = v.All(tx)
			remember = r.Remember
		}
		return err
	})
	if err != nil {
		return err
	}
	if chain == "" {
		if err := db.Tx(c.Context(), func(tx *gorm.DB) error { return remember(tx, time.Now()) }); err != nil {
			return err
		}
	}
	out.Chains, out.Entries, out.Rows, out.Seals, out.Unsigned, out.Anchored, out.Gone, out.Broken = r.Chains, r.Entries, r.Rows, r.Seals,
		r.Unsigned, r.Anchored, r.Gone, r.Break
	out.Stamped = r.Stamped
	return l.tell(c, out)
}

func (l auditLook) tell(c *cobra.Command, out auditVerdict) error {
	var ends error
	switch b := out.Broken; {
	case b != nil:
		out.State, ends = "broken", errReported
		out.Detail = cmp.Or(b.Chain, "seals") + ": " + breakText(b)
	case out.Entries == 0 && out.Scope == "new":
		out.State, out.Detail = "holds", "nothing is new since the last look"
	case out.Entries == 0:
		out.State, out.Detail, ends = "nothing", "there is nothing to verify: no entry was found, which proves nothing", errUndecided
	default:
		out.State, out.Detail = "holds", "every link holds"
	}
	if out.Gone && ends == nil {
		out.Detail, ends = out.Detail+", but the second medium does not answer: it may say otherwise", errUndecided
	}
	if l.asJSON {
		return errors.Join(printJSON(c.OutOrStdout(), out), ends)
	}
	fmt.Fprintf(c.OutOrStdout(), "%d chains, %d entries, %d seals, %d rows of the books\n", out.Chains, out.Entries, out.Seals, out.Rows)
	if out.Scope == "all" && out.Seals > 0 && !out.Signed {
		fmt.Fprintln(c.OutOrStdout(), "the signatures of the seals were not looked at: give --keys")
	}
	if out.Unsigned > 0 {
		fmt.Fprintf(c.OutOrStdout(), "%d seals have no signature: they are of before the house had a key\n", out.Unsigned)
	}
	if out.Anchored > 0 {
		fmt.Fprintf(c.OutOrStdout(), "%d seals are the same on the second medium\n", out.Anchored)
	}
	if out.Stamped > 0 {
		fmt.Fprintf(c.OutOrStdout(), "%d seals are stamped by the time-stamp authority\n", out.Stamped)
	}
	fmt.Fprintln(c.OutOrStdout(), out.Detail)
	return ends
}

func breakText(b *audit.AuditBreak) string {
	return texts.Text(texts.English, b.Cause, map[string]string{"seq": strconv.FormatInt(b.Seq, 10), "row": b.Row})
}

func (l auditLook) prove(c *cobra.Command, db *models.DB, v audit.Verifier) error {
	var p audit.Proof
	err := db.Snapshot(c.Context(), func(tx *gorm.DB) (err error) {
		p, err = v.Prove(tx, l.row)
		return err
	})
	if errors.Is(err, audit.ErrNoRow) {
		c.PrintErrln(texts.Text(texts.English, "audit-no-row", map[string]string{"row": l.row}))
		return errUndecided
	}
	if err != nil {
		return err
	}
	var ends error
	if p.Break != nil {
		ends = errReported
	}
	if l.asJSON {
		return errors.Join(printJSON(c.OutOrStdout(), p), ends)
	}
	w := c.OutOrStdout()
	if p.Break != nil {
		fmt.Fprintf(w, "%s: %s\n", cmp.Or(p.Break.Chain, "seals"), breakText(p.Break))
		return ends
	}
	fmt.Fprintf(
		w, "%s is as %s wrote it (%s, %s, entry %s#%d)\n", p.Row, p.Actor, p.Action, p.At.In(models.Zone).Format(time.DateTime), p.Chain,
		p.Seq,
	)
	switch {
	case p.Seal == 0:
		fmt.Fprintln(w, "no seal covers the entry yet")
	case p.SignedBy == "":
		fmt.Fprintf(w, "seal %d covers it, without a signature\n", p.Seal)
	default:
		fmt.Fprintf(w, "seal %d of %s covers it, signed with %s\n", p.Seal, p.SealedAt.In(models.Zone).Format(time.DateTime), p.SignedBy)
	}
	if p.Anchored {
		fmt.Fprintln(w, "the second medium has the same seal")
	}
	return nil
}

// auditAnchorCommand brings seals to the second medium now.
func auditAnchorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "anchor",
		Short: "Bring the seals to the second medium now; a worker does it each minute",
		Args:  cobra.NoArgs,
	}
	dsn := databaseFlag(c)
	dir := c.Flags().String("medium", "", "directory of the second medium; default: the environment's "+mediumVariable)
	anew := c.Flags().Bool("anew", false, "begin on a medium that is empty on purpose, after a restore or a change of the medium")
	c.RunE = func(c *cobra.Command, _ []string) error {
		m := audit.Medium(cmp.Or(*dir, os.Getenv(mediumVariable)))
		if m == "" {
			return fmt.Errorf("name the second medium: --medium or %s", mediumVariable)
		}
		return withDatabase(*dsn, func(db *models.DB) error {
			n := 0
			err := db.Tx(c.Context(), func(tx *gorm.DB) (err error) {
				n, err = m.Bring(tx, *anew)
				return err
			})
			if err == nil {
				fmt.Fprintf(c.OutOrStdout(), "%d seals were brought to %s\n", n, m)
			}
			return err
		})
	}
	return c
}
