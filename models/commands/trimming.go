package commands

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

var _ = foretold(map[string]Plan{
	"trimming.save":      trimmingSave,
	"trimming.arbitrate": trimmingArbitrate,
	"trimming.issue":     trimmingIssue,
})

// trimmingSave is reviewer A's sheet: every line once, conservation kept.
func trimmingSave(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Lines []sheetRow `json:"lines"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	declared, err := declaredByLine(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	changes, err := f.sheet(tx, c, "lines", in.Lines, declared)
	if err != nil {
		return nil, nil, err
	}
	for _, no := range slices.Sorted(maps.Keys(declared)) {
		if _, ok := changes[no]; !ok {
			f.Field("/lines", "line-missing", "line", fmt.Sprint(no))
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	lines := replaced(changes, nil)
	r, save, err := planSheet(tx, c, p.Code, books.SheetA, lines)
	if err != nil {
		return nil, nil, err
	}
	r["flatCut"] = flatCut(lines)
	return r, func() error {
		if err := save(); err != nil {
			return err
		}
		return books.SetStage(tx, c.Acting, &p, books.Trimming)
	}, nil
}

// sheet checks rows against the declared lines.
func (f faults) sheet(tx *gorm.DB, c Call, list string, rows []sheetRow, declared map[int]models.Money) (map[int]books.SheetLine, error) {
	capabilities, err := capabilitiesByCode(tx)
	if err != nil {
		return nil, err
	}
	out := map[int]books.SheetLine{}
	for i, r := range rows {
		if !f.line(at(list, i, "lineNo"), r.LineNo, declared) {
			continue
		}
		if _, ok := out[r.LineNo]; ok {
			f.Field(at(list, i, "lineNo"), "twice", "item", fmt.Sprint(r.LineNo))
		}
		out[r.LineNo] = f.sheetLine(list, i, r, declared[r.LineNo], capabilities, c.Headers[groundsHeader] != "")
	}
	return out, nil
}

// trimmingArbitrate is the section head's decision on the lines that A and B dispute.
func trimmingArbitrate(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Lines []sheetRow `json:"lines"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	_, current, err := currentLines(tx, project)
	if err != nil {
		return nil, nil, err
	}
	disputed, err := disputedLines(tx, c, project, current)
	if err != nil {
		return nil, nil, err
	}
	declared, err := declaredByLine(tx, project)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	changes, err := f.sheet(tx, c, "lines", in.Lines, declared)
	if err != nil {
		return nil, nil, err
	}
	for _, no := range disputed {
		if _, ok := changes[no]; !ok {
			f.Field("/lines", "disputed-missing", "line", fmt.Sprint(no))
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return planSheet(tx, c, project, books.SheetArbitration, replaced(current, changes))
}

// trimmingIssue issues the review opinion: the sheet becomes the books.
func trimmingIssue(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	s, lines, err := currentLines(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	if s.Round == 0 {
		return nil, nil, models.Refuse("no-sheet")
	}
	r := figures(s)
	return r, func() error { return issueOpinion(tx, c, p, s, lines, r) }, nil
}

func issueOpinion(tx *gorm.DB, c Call, p books.Project, s books.Sheet, lines map[int]books.SheetLine, r Result) error {
	conclusion := "通过"
	if s.Reviewed.Sign() == 0 {
		conclusion = "不予支持"
	}
	d, err := c.paper(
		tx, c.Acting, "review_opinion", p, p.Name+" 审查意见书", map[string]any{"review": map[string]any{"conclusion": conclusion}},
	)
	if err != nil {
		return err
	}
	r["opinionNo"] = string(d.DocNo)
	reviewed, cut := map[key]models.Money{}, map[key]models.Money{}
	for no, l := range lines {
		reviewed[key{no, ""}] = l.Reviewed
		if l.Cut.Sign() > 0 {
			cut[key{no, string(l.Reason)}] = l.Cut
		}
	}
	round := fmt.Sprintf("s%d", s.Round)
	if err := level(tx, c, p.Code, books.LedgerReviewed, round, string(d.DocNo), reviewed); err != nil {
		return err
	}
	if err := level(tx, c, p.Code, books.LedgerCut, round, string(d.DocNo), cut); err != nil {
		return err
	}
	if err := tx.Model(&books.Sheet{}).Where("project = ? AND round = ?", p.Code, s.Round).Update("issued", true).Error; err != nil {
		return fmt.Errorf("sheet of %s: %w", p.Code, err)
	}
	p.ReviewedOn = c.Acting.On()
	stage := books.Reviewed
	if s.Reviewed.Sign() == 0 {
		stage = books.Rejected
	}
	if err := books.SetStage(tx, c.Acting, &p, stage); err != nil {
		return err
	}
	return books.SaveProject(tx, &p) // a recalculated one may be in its stage already
}
