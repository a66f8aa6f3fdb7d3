package acts

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

const mostRows = 500 // of a draft, complete or not

// readIncomplete reads rows that are no lines yet. They are kept as they were
// typed; only their places must be places among all rows, and a row that lacks
// nothing has to come as a line, with a line's checks.
func readIncomplete(f *models.Refusal, in []books.IncompleteLine, lines int) []books.IncompleteLine {
	all := lines + len(in)
	taken := map[int]bool{}
	out := make([]books.IncompleteLine, 0, len(in))
	for i, l := range in {
		l.Category, l.Name, l.Spec, l.Unit = strings.TrimSpace(
			l.Category,
		), strings.TrimSpace(
			l.Name,
		), strings.TrimSpace(
			l.Spec,
		), strings.TrimSpace(
			l.Unit,
		)
		l.Qty, l.UnitPrice, l.Remark = strings.TrimSpace(l.Qty), strings.TrimSpace(l.UnitPrice), strings.TrimSpace(l.Remark)
		switch {
		case l.LineNo < 1 || l.LineNo > all || taken[l.LineNo] || all > mostRows:
			f.Field(fmt.Sprintf("/incomplete/%d/no", i), "number-range", "low", "1", "high", fmt.Sprint(min(all, mostRows)))
		case len(l.Missing()) == 0:
			f.Field(fmt.Sprintf("/incomplete/%d", i), "line-complete")
		}
		taken[l.LineNo] = true
		out = append(out, l)
	}
	return out
}

// makeRoom numbers lines around the places that incomplete rows take.
func makeRoom(lines []books.BudgetLine, incomplete []books.IncompleteLine) {
	taken := map[int]bool{}
	for _, l := range incomplete {
		taken[l.LineNo] = true
	}
	no := 0
	for i := range lines {
		for no++; taken[no]; no++ {
		}
		lines[i].LineNo = no
	}
}

func writeIncomplete(tx *gorm.DB, project string, rows []books.IncompleteLine) error {
	if err := tx.Where("project = ?", project).Delete(&books.IncompleteLine{}).Error; err != nil {
		return fmt.Errorf("incomplete lines of %s: %w", project, err)
	}
	if len(rows) == 0 {
		return nil
	}
	for i := range rows {
		rows[i].Project = project
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("incomplete lines of %s: %w", project, err)
	}
	return nil
}
