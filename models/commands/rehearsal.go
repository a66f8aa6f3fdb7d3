package commands

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rulepacks"
	"github.com/quancheng/quancheng/models/rules"
)

// decidedBy is the stage at which what a check point is about has been decided. An
// act at another point, such as a payment, is decided when it is judged.
var decidedBy = map[string]books.Stage{
	"application": books.Submitted, "intake": books.Accepted, "draw": books.Trimming, "review": books.Trimming, "sheet": books.Reviewed,
	"approval": books.Approved, "procurement": books.Procuring, "award": books.Awarded, "contract": books.Contracted,
	"acceptance.prelim": books.PrelimPassed, "acceptance.final": books.FinalPassed, "archive": books.Archived,
}

// Matters are the projects that rules were asked about, in the order of their
// codes; of one, or of all when none is named.
func Matters(tx *gorm.DB, codes ...string) ([]rulepacks.Matter, error) {
	var all []struct {
		Code, Name, RulePack string
		Stage                books.Stage
		RevisionNo           int
	}
	q := tx.Model(&books.Project{}).Select("code, name, rule_pack, stage, revision_no").Order("code")
	if len(codes) > 0 {
		q = q.Where("code IN ?", codes)
	}
	if err := q.Find(&all).Error; err != nil {
		return nil, fmt.Errorf("projects to rehearse: %w", err)
	}
	out := make([]rulepacks.Matter, len(all))
	for i, p := range all {
		out[i] = rulepacks.Matter{
			Subject: rules.Subject{Kind: books.SubjectProject, ID: p.Code, Revision: p.RevisionNo, Project: p.Code},
			Title:   p.Name, Pack: p.RulePack, Over: p.Stage.Closed() || p.Stage == books.Archived,
			Past: func(point string) bool {
				by, known := decidedBy[point]
				return !known || p.Stage.Reached(by)
			},
		}
	}
	return out, nil
}

// Rehearse is the difference that a draft makes, and what it would have changed of
// everything that was judged so far.
func Rehearse(tx *gorm.DB, d *rulepacks.Draft, codes ...string) (rulepacks.Diff, rulepacks.Rehearsal, error) {
	diff, err := d.Diff()
	if err != nil {
		return diff, rulepacks.Rehearsal{}, err
	}
	matters, err := Matters(tx, codes...)
	if err != nil {
		return diff, rulepacks.Rehearsal{}, err
	}
	r, err := d.Rehearse(tx, diff, matters)
	return diff, r, err
}
