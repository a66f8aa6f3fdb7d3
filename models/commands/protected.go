package commands

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// protection is a category of lines that the law needs from some bound on.
type protection struct {
	category  string
	rule, key string // its parameter
	needed    func(bound decimal.Decimal, reviewed models.Money, p books.Project) bool
}

var protections = []protection{
	{"监理", "D04", "contract", func(bound decimal.Decimal, reviewed models.Money, _ books.Project) bool {
		return reviewed.Decimal().GreaterThanOrEqual(bound)
	}},
	{"测评", "D06", "filing", func(bound decimal.Decimal, _ models.Money, p books.Project) bool {
		return decimal.NewFromInt(int64(p.MlpsLevel)).GreaterThanOrEqual(bound)
	}},
}

// keepProtected holds rule B13: supervision and assessment are not cut to
// nothing in a project that must have them. One that is not supported at all keeps nothing.
func keepProtected(tx *gorm.DB, c Call, project string, lines []books.SheetLine) error {
	var reviewed models.Money
	for _, l := range lines {
		reviewed = reviewed.Add(l.Reviewed)
	}
	if reviewed.Sign() == 0 {
		return nil
	}
	p, err := books.FindProject(tx, project)
	if err != nil {
		return err
	}
	declared, err := books.Lines(tx, project)
	if err != nil {
		return err
	}
	kept := map[string]models.Money{} // by category
	names := map[string][]string{}
	for i, l := range declared {
		if i < len(lines) && lines[i].LineNo == l.LineNo && l.Declared.Sign() > 0 {
			kept[l.Category] = kept[l.Category].Add(lines[i].Reviewed)
			names[l.Category] = append(names[l.Category], l.Name)
		}
	}
	f := check()
	for _, x := range protections {
		param, err := c.param(x.rule, x.key)
		if err != nil {
			return err
		}
		bound, err := decimal.NewFromString(param.String())
		if err != nil {
			return fmt.Errorf("parameter %s.%s: %w", x.rule, x.key, err)
		}
		if names[x.category] != nil && kept[x.category].Sign() == 0 && x.needed(bound, reviewed, p) {
			f.Field("/lines", "protected-line", "category", x.category, "names", strings.Join(names[x.category], "、"), "rule", x.rule)
		}
	}
	return f.OrNil()
}
