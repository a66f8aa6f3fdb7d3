package figures

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/papers"
)

// Paper is the kind of the report's paper.
const Paper = "half_year_report"

// Words gives the words of a key with its arguments; figures are named by the catalogue.
type Words func(key string, args map[string]string) string

// Title of the report of a period.
func (p Period) Title() string {
	from, to := p.From, p.To
	half := map[string]string{"01-01/06-30": "上半年", "07-01/12-31": "下半年", "01-01/12-31": ""}
	if name, ok := half[string(from[5:])+"/"+string(to[5:])]; ok && from[:4] == to[:4] {
		return string(from[:4]) + "年" + name
	}
	return fmt.Sprintf("%s至%s", from, to)
}

// Facts of the report's paper, from a snapshot alone: they are the same again whenever they are asked for.
func Facts(tx *gorm.DB, s Taken, words Words) (map[string]any, error) {
	all, checks, err := Kept(tx, s)
	if err != nil {
		return nil, err
	}
	sections, err := Sections(tx, s.ID)
	if err != nil {
		return nil, err
	}
	notes, err := Notes(tx, s.ID)
	if err != nil {
		return nil, err
	}
	return facts(s.Period(), all, sections, foot(checks, notes, words), words), nil
}

// LiveFacts are those of the live books, with the shipped narrative.
func LiveFacts(p Period, all []Figure, words Words) (map[string]any, error) {
	sections, err := shipped()
	return facts(p, all, sections, nil, words), err
}

func facts(p Period, all []Figure, sections []Section, notes []any, words Words) map[string]any {
	told, rows := []any{}, []any{}
	for _, s := range sections {
		told = append(told, map[string]any{"title": s.Title, "text": Told(s.Body, all)})
	}
	if len(notes) > 0 {
		told = append(told, notes...)
	}
	for _, f := range all {
		value := f.Value
		if value == "" {
			value = "—"
		}
		if f.Denominator != "" {
			value += fmt.Sprintf("（%s/%s）", f.Numerator, f.Denominator)
		}
		rows = append(
			rows,
			map[string]any{
				"id": f.ID, "name": words("figure."+f.ID, nil), "value": value + f.Unit,
				"definition": words("definition."+f.ID, nil),
			},
		)
	}
	return map[string]any{"report": map[string]any{"period": p.Title(), "sections": told, "figures": rows, "corrections": []any{}}}
}

// foot tells the failed checks that stand, each with its reason.
func foot(checks []Check, notes []Note, words Words) []any {
	text := ""
	for _, n := range notes {
		if n.ApprovedBy == "" {
			continue
		}
		for _, c := range checks {
			if c.ID == n.Validator {
				text += fmt.Sprintf("%s：%s。%s\n", c.ID, c.Sentence(words), n.Footnote)
			}
		}
	}
	if text == "" {
		return nil
	}
	return []any{map[string]any{"title": "注", "text": text}}
}

// Draw is the report's paper before it has a number: the same snapshot gives the same bytes.
func Draw(tx *gorm.DB, a models.Acting, p Period, facts map[string]any) (papers.Doc, error) {
	return papers.Draft(tx, a, Paper, p.Title()+"工作汇报", facts)
}

// Lock ends the work on a snapshot: it becomes a numbered paper. A check that
// blocks and was neither mended nor annotated is refused, each with its sentence.
func Lock(tx *gorm.DB, a models.Acting, id int64, words Words) (Taken, error) {
	s, err := forUpdate(tx, id)
	if err != nil {
		return s, err
	}
	if err := Signable(tx, s, words); err != nil {
		return s, err
	}
	all, err := Facts(tx, s, words)
	if err != nil {
		return s, err
	}
	d, err := papers.Issue(tx, a, Paper, "", s.Period().Title()+"工作汇报", all)
	if err != nil {
		return s, err
	}
	facts, err := crossFootFacts(tx, s, words)
	if err != nil {
		return s, err
	}
	sheet, err := papers.Issue(tx, a, Sheet, "", s.Period().Title()+"勾稽核对表", facts)
	if err != nil {
		return s, err
	}
	at := models.Stamp(a.At)
	s.State, s.Document, s.Sheet, s.LockedAt, s.LockedBy = Locked, d.ID, sheet.ID, &at, a.Person
	s.Version++
	if err := tx.Save(&s).Error; err != nil {
		return s, fmt.Errorf("snapshot %d: %w", id, err)
	}
	return s, note(tx, a, s, "report.lock", map[string]any{"document": string(d.DocNo), "sheet": string(sheet.DocNo)})
}
