package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/texts"
)

func auditCommand() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Look after the audit chains"}
	c.AddCommand(auditVerifyCommand())
	return c
}

// auditVerifyCommand walks all chains; the status is 1 when a link does not hold.
func auditVerifyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "verify [CHAIN]",
		Short: "Find the first broken link of the audit chains (i:<root instance>, r:<register>)",
		Args:  cobra.MaximumNArgs(1),
	}
	dsn := databaseFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		chain := ""
		if len(args) > 0 {
			chain = args[0]
		}
		return withDatabase(*dsn, func(db *models.DB) error {
			r, err := audit.VerifyAudit(db.Read(c.Context()), chain)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%d chains, %d entries, %d seals\n", r.Chains, r.Entries, r.Seals)
			if r.Break == nil && r.Entries == 0 {
				fmt.Fprintln(c.OutOrStdout(), "there is nothing to verify: no entry was found, which proves nothing")
				return errUndecided
			}
			if r.Break == nil {
				fmt.Fprintln(c.OutOrStdout(), "every link holds")
				return nil
			}
			where := r.Break.Chain
			if where == "" {
				where = "seals"
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", where, texts.Text(texts.English, r.Break.Cause, map[string]string{"seq": strconv.FormatInt(r.Break.Seq, 10)}))
			return errReported
		})
	}
	return c
}
