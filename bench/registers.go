package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// RegisterOptions of a run over registers and campaigns.
type RegisterOptions struct {
	Out     io.Writer
	Entries []int // of a register, from few to many
	Walks   []int // of a campaign, from few to many
	Units   int   // of the campaign
	Items   int   // of each unit
	Rounds  int   // of each question
	Sheet   int   // rows of an imported sheet
}

// Registers measures lists, totals, the campaign's page and the half-year report at several sizes, on
// both databases: what a page costs must not grow with what lies behind it.
func Registers(ctx context.Context, o RegisterOptions) error {
	return onBoth(o.Out, true, func(name, dsn, _ string) error { return o.on(ctx, name, dsn) })
}

var registrar = models.Acting{
	Person: models.System, Posts: []string{"WINDOW_HEAD@H"}, At: time.Date(2022, 7, 1, 9, 0, 0, 0, models.Zone), BusinessDate: "2022-07-01",
}

func (o RegisterOptions) on(ctx context.Context, name, dsn string) error {
	fmt.Fprintf(o.Out, "\n%s\n", name)
	db, err := models.Open(dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	files, err := registers.Files(definitions.Registers())
	if err != nil {
		return err
	}
	if err := db.Tx(ctx, func(tx *gorm.DB) error { return registers.Install(tx, registrar, files) }); err != nil {
		return err
	}
	if err := o.entries(ctx, db); err != nil {
		return err
	}
	if err := o.sheet(ctx, db); err != nil {
		return err
	}
	if err := o.campaign(ctx, db); err != nil {
		return err
	}
	return o.report(ctx, db)
}

// numbers is a table s of the numbers from a to b, on both databases.
const numbers = `WITH RECURSIVE s(n) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT n + 1 FROM s WHERE n < ?) `

// day of a number: a date of 2022.
const day = `'2022-' || substr('0' || CAST(n % 6 + 1 AS TEXT), 1, 2) || '-' ||
	substr('00' || CAST(n % 28 + 1 AS TEXT), length(CAST(n % 28 + 1 AS TEXT)) + 1, 2)`

// entries fills the duty log step by step and asks at each size.
func (o RegisterOptions) entries(ctx context.Context, db *models.DB) error {
	d, err := registers.Newest(db.Read(ctx), "duty")
	if err != nil {
		return err
	}
	s := registers.See(db.Read(ctx), registrar, d)
	list := func(q registers.Query) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			_, _, err := registers.List(tx, s, q)
			return err
		}
	}
	questions := []question{
		{"entries, first page", list(registers.Query{})},
		{"entries of one window", list(registers.Query{Filter: map[string]string{"window": "窗口3"}})},
		{"entries by window", list(registers.Query{Sort: "window"})},
		{"entries of a month", list(registers.Query{From: "2022-03-01", To: "2022-03-31"})},
		{"totals of a day", func(tx *gorm.DB) error {
			_, err := registers.Totals(tx, s, registers.Period{From: "2022-03-05", To: "2022-03-05"}, time.Time{}, "")
			return err
		}},
	}
	return o.grow(ctx, db, "entries", o.Entries, questions, func(tx *gorm.DB, from, to int) error {
		return tx.Exec(
			numbers+`INSERT INTO register_entry (register, def_version, state, revision, owner, on_date, recorded_at, backfilled, actor,
				created_at, created_by, body, t1, d1, n1, n2, n8, key_live)
			SELECT 'duty', 1, 'recorded', 1, 'U', `+day+`, ?, FALSE, 'x', ?, 'x', '{"handled":1}',
			'窗口' || CAST(n % 6 AS TEXT), `+day+`, n % 9 * 10000, 10000, 10000, CAST(n AS TEXT) FROM s`,
			from, to, registrar.At.UTC(), registrar.At.UTC(),
		).Error
	})
}

// question that is timed.
type question struct {
	name string
	ask  func(tx *gorm.DB) error
}

// grow fills a table to each size and asks the questions there.
func (o RegisterOptions) grow(
	ctx context.Context, db *models.DB, what string, sizes []int, questions []question, fill func(tx *gorm.DB, from, to int) error,
) error {
	first := map[string]time.Duration{}
	from := 1
	for _, to := range sizes {
		if to >= from {
			if err := db.Tx(ctx, func(tx *gorm.DB) error { return fill(tx, from, to) }); err != nil {
				return fmt.Errorf("bench: %d %s: %w", to, what, err)
			}
			from = to + 1
		}
		if err := db.Tx(ctx, func(tx *gorm.DB) error { return tx.Exec("ANALYZE").Error }); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
		for _, q := range questions {
			var took times
			for range o.Rounds {
				began := time.Now()
				if err := q.ask(db.Read(ctx)); err != nil {
					return fmt.Errorf("bench: %s: %w", q.name, err)
				}
				took = append(took, time.Since(began))
			}
			if first[q.name] == 0 {
				first[q.name] = took.at(0.5)
			}
			fmt.Fprintf(
				o.Out, "  %-24s of %7d %s: p50 %s, p95 %s (ratio %.2f)\n", q.name, to, what, ms(took.at(0.5)), ms(took.at(0.95)),
				float64(took.at(0.5))/float64(first[q.name]),
			)
		}
	}
	return nil
}

// sheet measures the import of one sheet, preview included.
func (o RegisterOptions) sheet(ctx context.Context, db *models.DB) error {
	d, err := registers.Newest(db.Read(ctx), "village_visits")
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("乡镇,村（社区）,日期,培训人,参训人数\n")
	for n := range o.Sheet {
		fmt.Fprintf(&b, "镇%d,村%d,2022-0%d-%02d,某人,%d\n", n%20, n, n%6+1, n%28+1, n%40)
	}
	for _, preview := range []bool{true, false} {
		began := time.Now()
		err := db.Tx(ctx, func(tx *gorm.DB) error {
			out, err := registers.Import(tx, registrar, d, "sheet.csv", []byte(b.String()), preview)
			if err == nil && out.Added != o.Sheet {
				err = fmt.Errorf("bench: %d of %d rows were taken", out.Added, o.Sheet)
			}
			return err
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(o.Out, "  a sheet of %d rows, preview %v: %s\n", o.Sheet, preview, ms(time.Since(began)))
	}
	return nil
}

// campaign fills a campaign with walks step by step and asks for its page at each size.
func (o RegisterOptions) campaign(ctx context.Context, db *models.DB) error {
	err := db.Tx(ctx, func(tx *gorm.DB) error {
		for _, sql := range []string{
			"INSERT INTO campaign (id, name, starts_on, ends_on, state, created_at, created_by) " +
				"SELECT 'B', 'bench', '2022-01-01', '2022-12-31', 'RUNNING', CURRENT_TIMESTAMP, 'x' FROM s WHERE n = 1",
			"INSERT INTO dept (id, name, kind) SELECT 'W' || CAST(n AS TEXT), 'unit', 'applying' FROM s",
			"INSERT INTO campaign_unit (campaign, unit, list_state) SELECT 'B', 'W' || CAST(n AS TEXT), 'APPROVED' FROM s",
		} {
			if err := tx.Exec(numbers+sql, 1, o.Units).Error; err != nil {
				return err
			}
		}
		return tx.Exec(
			numbers+"INSERT INTO campaign_item (campaign, unit, item, version, name) "+
				"SELECT 'B', 'W' || CAST(n % ? + 1 AS TEXT), 'I' || CAST(n AS TEXT), 1, 'item' FROM s",
			1, o.Units*o.Items, o.Units,
		).Error
	})
	if err != nil {
		return fmt.Errorf("bench: campaign: %w", err)
	}
	days, err := calendar.Default()
	if err != nil {
		return err
	}
	k, err := campaign.Find(db.Read(ctx), "B")
	if err != nil {
		return err
	}
	inForce, err := commands.RulesOn(db.Read(ctx), "2022-06-30")
	if err != nil {
		return err
	}
	walks := func(f campaign.WalkFilter) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			_, _, err := campaign.Walks(tx, f)
			return err
		}
	}
	questions := []question{
		{"the campaign's page", func(tx *gorm.DB) error {
			_, err := campaign.Live(tx, k, "2022-06-30", days, inForce)
			return err
		}},
		{"walks, first page", walks(campaign.WalkFilter{Campaign: "B"})},
		{"walks of one unit", walks(campaign.WalkFilter{Campaign: "B", Unit: "W3"})},
	}
	return o.grow(ctx, db, "walks", o.Walks, questions, func(tx *gorm.DB, from, to int) error {
		return tx.Exec(
			numbers+`INSERT INTO walk (campaign, unit, campaign_item, walker, is_director, role, channel, on_date, steps, minutes, visits, extra,
				result, proof, issues, counted, due_on, late, recorded_on, recorded_at, backfilled, actor, event)
			SELECT 'B', i.unit, i.id, 'x', TRUE, '群众', 'window', `+day+`, '[]', 1, 1, '[]', '办成', '[]', 0, TRUE,
			'2022-12-31', FALSE, '2022-07-01', ?, FALSE, 'x', CAST(n AS TEXT)
			FROM s JOIN campaign_item i ON i.campaign = 'B' AND i.item = 'I' || CAST(n AS TEXT)`,
			from, to, registrar.At.UTC(),
		).Error
	})
}
