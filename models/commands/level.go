package commands

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// key is what amounts of a ledger are kept by: the line, and the reason of a cut.
type key struct {
	line   int
	reason string
}

// level brings the entries of a kind to a target by appending differences: the
// ledger is never rewritten. The round makes the natural keys of a repetition differ.
func level(tx *gorm.DB, c Call, project string, kind books.LedgerKind, round, ref string, target map[key]models.Money) error {
	var sums []struct {
		LineNo int
		Reason models.Optional
		Amount models.Money
	}
	err := tx.Raw(`SELECT line_no, reason, SUM(amount) AS amount FROM ledger WHERE project = ? AND kind = ? GROUP BY line_no, reason`,
		project, kind).
		Scan(&sums).
		Error
	if err != nil {
		return fmt.Errorf("ledger of %s: %w", project, err)
	}
	differences := map[key]models.Money{}
	for k, m := range target {
		differences[k] = m
	}
	for _, s := range sums {
		k := key{s.LineNo, string(s.Reason)}
		differences[k] = differences[k].Sub(s.Amount)
	}
	for _, k := range sorted(differences) {
		if differences[k].Sign() == 0 && len(sums) > 0 {
			continue
		}
		e := books.LedgerEntry{
			Kind: kind, Project: project, LineNo: &k.line, Amount: differences[k], Reason: models.Optional(k.reason),
			NaturalKey: fmt.Sprintf("%s/%d/%s/%s", project, k.line, round, k.reason), Ref: ref,
		}
		if err := c.post(tx, e); err != nil {
			return err
		}
	}
	return nil
}

func sorted(m map[key]models.Money) []key {
	keys := make([]key, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		if a.line != b.line {
			return a.line - b.line
		}
		return slices.Compare([]string{a.reason}, []string{b.reason})
	})
	return keys
}
