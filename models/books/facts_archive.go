package books

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// What the books know of the records of a project (domain/checks.md §3, F08, F09).
var _ = rules.Provide(rules.Source{Kind: SubjectProject, Points: []string{"archive"}, Facts: []string{"items"}, Gather: archiveFacts})

// recordClasses are how long the records of a stage are kept, in the words of rule F08.
var recordClasses = map[string]string{"P3": "process", "P6": "procurement", "P8": "process", "P10": "process", "P11": "process"}

// RecordClass of a stage; what is not said otherwise is the core of a file.
func RecordClass(stage string) string {
	if class := recordClasses[strings.TrimSpace(stage)]; class != "" {
		return class
	}
	return "core"
}

func archiveFacts(tx *gorm.DB, s rules.Subject, _ models.Date) (rules.Facts, error) {
	items, err := ArchiveItems(tx, s.ID)
	if err != nil {
		return nil, err
	}
	rows := []any{}
	for _, it := range items {
		class := RecordClass(it.Stage)
		rows = append(
			rows, map[string]any{"code": fmt.Sprint(it.No), "category": class, "formedOn": string(it.Dated), "permanent": class == "core"},
		)
	}
	return factsOf(map[string]any{"items": rows})
}
