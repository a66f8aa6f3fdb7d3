package bench

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/figures"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/texts"
)

// report measures the half-year report over what entries and campaign have filled: the figures of the live books, a
// snapshot and its page, what was corrected since, and the paper in each format.
func (o RegisterOptions) report(ctx context.Context, db *models.DB) error {
	p := figures.Period{From: "2022-01-01", To: "2022-06-30"}
	words := func(key string, args map[string]string) string { return texts.Text(texts.Chinese, key, args) }
	var taken figures.Taken
	began := time.Now()
	err := db.Tx(ctx, func(tx *gorm.DB) error {
		house := office.UnitFunction{Function: "bureau", Unit: "W1", ValidFrom: p.From.Start().AddDate(-9, 0, 0).UTC()}
		if err := tx.Create(&house).Error; err != nil {
			return err
		}
		id, err := figures.Snapshot(tx, registrar, p, time.Time{})
		if err == nil {
			taken, err = figures.FindTaken(tx, id)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("bench: snapshot: %w", err)
	}
	fmt.Fprintf(o.Out, "  a snapshot with its rows: %s\n", ms(time.Since(began)))
	few := o
	few.Rounds = max(1, o.Rounds/10)
	draw := func(format string) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			facts, err := figures.Facts(tx, taken, words)
			if err != nil {
				return err
			}
			doc, err := figures.Draw(tx, registrar, p, facts)
			if err != nil {
				return err
			}
			_, err = doc.Render(format)
			return err
		}
	}
	return few.grow(ctx, db, "snapshot", []int{1}, []question{
		{"figures, live", func(tx *gorm.DB) error { _, _, err := figures.HalfYear(tx, p.From, p.To); return err }},
		{"figures of the snapshot", func(tx *gorm.DB) error { _, _, err := figures.Kept(tx, taken); return err }},
		{"corrections", func(tx *gorm.DB) error { _, err := figures.Corrections(tx, taken, nil); return err }},
		{"the report as .docx", draw("docx")},
		{"the report as PDF", draw("pdf")},
	}, func(*gorm.DB, int, int) error { return nil })
}
