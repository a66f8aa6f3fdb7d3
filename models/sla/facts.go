package sla

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// What the clocks know of an application that is accepted (rule A14).
var _ = rules.Provide(rules.Source{
	Kind: books.SubjectProject, Points: []string{"intake"}, Facts: []string{"paused"}, Gather: pausedFacts,
})

// pausedFacts tells how many working days the clock of the review stood still up
// to the end of a day: the union of its pauses (rule G02). Before it runs, none.
func pausedFacts(tx *gorm.DB, s rules.Subject, on models.Date) (rules.Facts, error) {
	clocks, err := ClocksOf(tx, s.ID, s.Root, on.AddDays(1).Start().Add(-time.Second))
	if err != nil {
		return nil, err
	}
	n := 0
	if i := slices.IndexFunc(clocks, func(m MatterClock) bool { return m.ID == "review" }); i >= 0 {
		n = clocks[i].Held
	}
	paused, err := feel.FromGo(n)
	return rules.Facts{"paused": paused}, err
}
