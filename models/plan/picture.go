package plan

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Budget is the picture of a year in 元: what the treasury lets it have, what
// former years still need of it, and what the entries would take.
type Budget struct {
	Control   models.Money
	Carried   models.Money // approved in former years and not issued yet
	Available models.Money // Control less Carried; below zero when former years need more
	Within    models.Money // of the entries above the line
	Beyond    models.Money // of those below it
	Urgent    models.Money // admitted outside the plan
	Lines     int          // entries above the line
	From      []CarriedProject
}

// CarriedProject is a project of a former year that still waits for money.
type CarriedProject struct {
	Project string
	Name    string
	Amount  models.Money
}

// Placed is an entry in its order, with the sum up to it.
type Placed struct {
	Entry
	Rank   int // from 1; 0: not ranked
	Sum    models.Money
	Within bool
}

// Picture ranks the entries of a year that may still come into its plan, draws
// the line where the money ends, and sums. The line is drawn before the first
// entry that does not fit: a smaller one below it does not slip past.
func Picture(tx *gorm.DB, c Call, all []Entry) ([]Placed, Budget, error) {
	b := Budget{Control: c.Control}
	var err error
	if b.From, err = carried(tx, c.FiscalYear); err != nil {
		return nil, b, err
	}
	for _, p := range b.From {
		b.Carried = b.Carried.Add(p.Amount)
	}
	b.Available = b.Control.Sub(b.Carried)
	ranked, rest := []Entry{}, []Entry{}
	for _, e := range all {
		if e.Urgent {
			if e.State == InPlan {
				b.Urgent = b.Urgent.Add(e.YearAmount)
			}
			rest = append(rest, e)
		} else if e.State == Sent || e.State == Returned || e.State == Passed || e.State == InPlan {
			ranked = append(ranked, e)
		} else {
			rest = append(rest, e)
		}
	}
	Order(ranked)
	out := make([]Placed, 0, len(all))
	var sum models.Money
	over := false
	for i, e := range ranked {
		sum = sum.Add(e.YearAmount)
		over = over || sum.Cmp(b.Available) > 0
		p := Placed{Entry: e, Rank: i + 1, Sum: sum, Within: !over}
		if over {
			b.Beyond = b.Beyond.Add(e.YearAmount)
		} else {
			b.Within, b.Lines = sum, i+1
		}
		out = append(out, p)
	}
	for _, e := range rest {
		out = append(out, Placed{Entry: e})
	}
	return out, b, nil
}

// carried are the live projects of former years whose approval finance has not issued in full.
func carried(tx *gorm.DB, year int) (out []CarriedProject, err error) {
	err = tx.Raw(
		`SELECT p.code AS project, p.name AS name, SUM(CASE WHEN l.kind = ? THEN l.amount ELSE -l.amount END) AS amount
		FROM project p JOIN ledger l ON l.project = p.code AND l.kind IN ?
		WHERE p.stage NOT IN ? AND p.approved_on IS NOT NULL AND p.approved_on < ?
		GROUP BY p.code, p.name HAVING SUM(CASE WHEN l.kind = ? THEN l.amount ELSE -l.amount END) > 0 ORDER BY p.code`,
		books.LedgerApproved, []books.LedgerKind{books.LedgerApproved, books.LedgerIssued},
		[]books.Stage{
			books.Withdrawn, books.Rejected, books.Terminated, books.Archived,
		},
		yearStart(year), books.LedgerApproved,
	).Scan(&out).Error
	if err != nil {
		return nil, fmt.Errorf("what former years need of %d: %w", year, err)
	}
	return out, nil
}

// TrimRate is what reviews have cut of what a unit declared: estimates leave room for it.
type TrimRate struct {
	Unit     string
	Declared models.Money
	Cut      models.Money
}

// TrimRates of the units that had something reviewed before a day.
func TrimRates(tx *gorm.DB, on models.Date) (map[string]TrimRate, error) {
	var rows []TrimRate
	err := tx.Raw(`SELECT p.dept_id AS unit, SUM(CASE WHEN l.kind = ? THEN l.amount ELSE 0 END) AS declared,
		SUM(CASE WHEN l.kind = ? THEN l.amount ELSE 0 END) AS cut
		FROM project p JOIN ledger l ON l.project = p.code WHERE p.reviewed_on IS NOT NULL AND p.reviewed_on <= ? AND l.kind IN ?
		GROUP BY p.dept_id`,
		books.LedgerDeclared, books.LedgerCut, on, []books.LedgerKind{books.LedgerDeclared, books.LedgerCut}).
		Scan(&rows).
		Error
	if err != nil {
		return nil, fmt.Errorf("what reviews have cut: %w", err)
	}
	out := map[string]TrimRate{}
	for _, r := range rows {
		out[r.Unit] = r
	}
	return out, nil
}
