package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/sla"
)

func calendarCommand() *cobra.Command {
	c := &cobra.Command{Use: "calendar", Short: "Look after the calendar of working days"}
	c.AddCommand(calendarPublishCommand())
	return c
}

// calendarPublishCommand makes a new version of the calendar and counts running due times again.
func calendarPublishCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "publish FILE",
		Short: "Add years to the calendar or correct them, and count running due times again",
		Long: `FILE holds years in full, as JSON: holidays, and weekend days that are worked.

  {"2027": {"holidays": ["2027-01-01"], "workdays": ["2027-01-03"]}}`,
		Args: cobra.ExactArgs(1),
	}
	dsn := databaseFlag(c)
	source := c.Flags().String("source", "", "the notice that says so, such as its number")
	reason := c.Flags().String("reason", "", "why, for the audit")
	for _, needed := range []string{"source", "reason"} {
		if err := c.MarkFlagRequired(needed); err != nil {
			panic(err)
		}
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		raw, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		var years map[string]calendar.Year
		if err := json.Unmarshal(raw, &years); err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		return withDatabase(*dsn, func(db *models.DB) error {
			now := time.Now()
			a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: *reason}
			return db.Tx(c.Context(), func(tx *gorm.DB) error {
				days, moved, err := sla.Publish(tx, a, years, *source)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "calendar version %d; the due times of %d tasks moved\n", days.Version, moved)
				return nil
			})
		})
	}
	return c
}
