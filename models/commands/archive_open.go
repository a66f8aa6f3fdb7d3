package commands

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// nothingBeside refuses to archive a project while a further package of it or a
// change of a contract is still on its way: what is handed over must be whole.
func nothingBeside(tx *gorm.DB, project string) error {
	open, err := process.OpenBeside(tx, project, books.BesideLife...)
	if err != nil || len(open) == 0 {
		return err
	}
	var what []string
	for _, r := range open {
		what = append(what, strings.TrimPrefix(r.BusinessKey, project+"/"))
	}
	return models.Refuse("beside-open", "what", strings.Join(what, "、"))
}
