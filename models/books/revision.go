package books

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// RevisionContent is an application as a revision froze it.
type RevisionContent struct {
	Name      string         `json:"name"`
	Type      string         `json:"type"`
	MlpsLevel int            `json:"mlpsLevel"`
	Form      map[string]any `json:"form"`
	Lines     []BudgetLine   `json:"lines"`
}

// Revisions of a project, oldest first, without their contents.
func Revisions(tx *gorm.DB, project string) (all []Revision, err error) {
	err = tx.Omit("content").Where("project = ?", project).Order("revision_no").Find(&all).Error
	if err != nil {
		return nil, fmt.Errorf("revisions of %s: %w", project, err)
	}
	return all, nil
}

// RevisionOf is what a revision froze; refused as not found when there is none of the number.
func RevisionOf(tx *gorm.DB, project string, no int) (c RevisionContent, err error) {
	var rows []Revision
	if err = tx.Where("project = ? AND revision_no = ?", project, no).Find(&rows).Error; err != nil {
		return c, fmt.Errorf("revision %d of %s: %w", no, project, err)
	}
	if len(rows) == 0 {
		return c, models.Refuse("not-found")
	}
	if err = models.DecodeExact(rows[0].Content, &c); err != nil {
		return c, fmt.Errorf("revision %d of %s: %w", no, project, err)
	}
	return c, nil
}

// The parts of an application in which revisions differ.
const (
	PartHeader = "header" // name, type, mlpsLevel
	PartForm   = "form"
	PartLines  = "lines"
)

// RevisionChange is one thing in which a revision differs from an earlier one: a field of the header or the form,
// or a column of a line; of a line that came or went the whole, without a field.
type RevisionChange struct {
	Part   string
	Field  string // key of the form, column of a line
	Line   int    // number of the line in the later revision; of one that went in the earlier one
	Before any    // nil: was not there
	After  any    // nil: is not there any more
}

// Compare says in what an application differs from an earlier revision of it. Lines are the same when they buy
// the same, wherever they stand; what is left is compared by number.
func (c RevisionContent) Compare(earlier RevisionContent) (out []RevisionChange) {
	add := func(part, field string, line int, before, after any) {
		if !reflect.DeepEqual(before, after) {
			out = append(out, RevisionChange{part, field, line, before, after})
		}
	}
	add(PartHeader, "name", 0, earlier.Name, c.Name)
	add(PartHeader, "type", 0, earlier.Type, c.Type)
	add(PartHeader, "mlpsLevel", 0, earlier.MlpsLevel, c.MlpsLevel)
	keys := slices.AppendSeq(slices.Collect(maps.Keys(earlier.Form)), maps.Keys(c.Form))
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		add(PartForm, key, 0, earlier.Form[key], c.Form[key])
	}
	for _, pair := range pairLines(earlier.Lines, c.Lines) {
		switch before, after := pair[0], pair[1]; {
		case before == nil:
			add(PartLines, "", after.LineNo, nil, columnsOf(*after))
		case after == nil:
			add(PartLines, "", before.LineNo, columnsOf(*before), nil)
		default:
			was, is := columnsOf(*before), columnsOf(*after)
			for _, column := range lineColumns {
				add(PartLines, column, after.LineNo, was[column], is[column])
			}
		}
	}
	return out
}

var lineColumns = []string{"category", "name", "spec", "qty", "unit", "unitPrice", "amount", "remark"}

func columnsOf(l BudgetLine) map[string]any {
	return map[string]any{
		"category": l.Category, "name": l.Name, "spec": l.Spec, "qty": l.Qty.String(), "unit": l.Unit, "unitPrice": l.UnitPrice.String(),
		"amount": l.Declared.String(), "remark": l.Remark,
	}
}

// pairLines puts lines of two revisions side by side: those that buy the same, then by number, then what came and went.
func pairLines(before, after []BudgetLine) (pairs [][2]*BudgetLine) {
	used := map[int]bool{}
	match := map[int]*BudgetLine{}
	for _, same := range []func(a, b BudgetLine) bool{
		func(a, b BudgetLine) bool { return a.Category == b.Category && a.Name == b.Name && a.Spec == b.Spec },
		func(a, b BudgetLine) bool { return a.LineNo == b.LineNo },
	} {
		for i := range after {
			for j := range before {
				if match[i] == nil && !used[j] && same(before[j], after[i]) {
					match[i], used[j] = &before[j], true
				}
			}
		}
	}
	for i := range after {
		pairs = append(pairs, [2]*BudgetLine{match[i], &after[i]})
	}
	for j := range before {
		if !used[j] {
			pairs = append(pairs, [2]*BudgetLine{&before[j], nil})
		}
	}
	return pairs
}
