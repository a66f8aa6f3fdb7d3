package books

import (
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
)

// Rules is the book of the county's rules, over the books' facts.
var Rules = &rules.Book{
	Base: rulebook.Files, Example: rulebook.Example,
	Calendar: func(tx *gorm.DB) (feel.Calendar, error) {
		days, err := calendar.Newest(tx)
		return calendar.Civil{Calendar: days}, err
	},
	Pinned: func(tx *gorm.DB, project string) (string, error) {
		p, err := FindProject(tx, project)
		return p.RulePack, err
	},
}
