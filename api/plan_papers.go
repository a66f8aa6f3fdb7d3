package api

import (
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/plan"
)

// planDocuments are the files and papers of a plan: all of them for the house, for
// a unit what it filed itself, what is about its entries and what is published.
func (c *call) planDocuments(tx *gorm.DB, year int, house bool) ([]wire.Document, error) {
	var all []papers.Document
	q := tx.Omit("tree", "data").Where("plan_year = ? AND plan_year <> 0", year)
	if err := q.Order("created_at DESC, id DESC").Find(&all).Error; err != nil {
		return nil, err
	}
	own := map[string]bool{}
	if !house {
		var err error
		if own, err = c.ownPlanPapers(tx, year); err != nil {
			return nil, err
		}
	}
	all = slices.DeleteFunc(all, func(d papers.Document) bool { return !house && !own[d.ID] && !c.seesPlanDocument(d) })
	return c.documentsOf(all)
}

// publishedPapers are the papers of a plan that everybody reads.
var publishedPapers = []string{"plan_call", "annual_plan"}

func (c *call) seesPlanDocument(d papers.Document) bool {
	return d.CreatedBy == c.who.Person.ID || slices.Contains(publishedPapers, d.Template)
}

// ownPlanPapers are, by id, the papers of a year that are about entries of the units for which the person applies.
func (c *call) ownPlanPapers(tx *gorm.DB, year int) (map[string]bool, error) {
	of, err := plan.PaperUnits(tx, year)
	out := map[string]bool{}
	for id, unit := range of {
		if c.holdsUnit(unit) {
			out[id] = true
		}
	}
	return out, err
}

// seesPlanPaper refuses a paper of a plan to whom it does not concern: who sees the whole pool, and the unit whose entry it is about.
func (c *call) seesPlanPaper(d papers.Document) error {
	if !c.who.may(planRead) {
		return notFound()
	}
	if c.sightOfPool() == nil {
		return nil
	}
	own, err := c.ownPlanPapers(c.db(), d.PlanYear)
	if err != nil {
		return err
	}
	if !own[d.ID] {
		return notFound()
	}
	return nil
}

func uploadPlanDocument(c *call) (any, error) {
	year, err := c.planYear()
	if err != nil {
		return nil, err
	}
	return c.addDocument(papers.Document{PlanYear: year}, models.Notice{Kind: "plan", Key: plan.Key(year)})
}

func downloadPlanDocument(c *call) (any, error) {
	year, err := c.planYear()
	if err != nil {
		return nil, err
	}
	of := c.db().Where("plan_year = ?", year)
	if c.sightOfPool() != nil {
		of = of.Where("created_by = ?", c.who.Person.ID)
	}
	return c.sendDocument(of)
}
