package books

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// FactData are the fields of a partner's event. Fields that we do not know are
// kept; what is missing reads as empty.
type FactData map[string]any

// DataOf reads the data of a stored fact.
func (f Fact) DataOf() FactData {
	var d FactData
	if err := f.Data.Into(&d); err != nil {
		return nil
	}
	return d
}

// Text of a field.
func (d FactData) Text(name string) string {
	switch v := d[name].(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	default:
		return fmt.Sprint(v)
	}
}

// Money of a field; money travels as a string in 元.
func (d FactData) Money(name string) (models.Money, error) { return models.ParseMoney(d.Text(name)) }

// Deleted reports whether the partner has deleted the record in its own books. 0 and 2 both
// mean "not deleted" among partners.
func (d FactData) Deleted() bool {
	v := d.Text("is_deleted")
	return v == "1" || v == "true"
}

// Date of a field that holds a date or a moment.
func (d FactData) Date(name string) models.Date {
	s := d.Text(name)
	if len(s) < 10 {
		return ""
	}
	day, err := models.ParseDate(s[:10])
	if err != nil {
		return ""
	}
	return day
}

// Party reads a company: {name, uscc}, or its name alone.
func (d FactData) Party(name string) (company, uscc string) {
	if m, ok := d[name].(map[string]any); ok {
		p := FactData(m)
		return p.Text("name"), p.Text("uscc")
	}
	return d.Text(name), ""
}

// FactsOf are the facts of a project of some types, in the order in which they
// happened: arrival does not matter (integration.md §5). One that was deleted is none.
func FactsOf(tx *gorm.DB, project string, types ...string) ([]Fact, error) {
	var facts []Fact
	if err := tx.Where("project = ? AND event_type IN ?", project, types).Order("occurred_at, seq, id").Find(&facts).Error; err != nil {
		return nil, fmt.Errorf("facts of %s: %w", project, err)
	}
	return slices.DeleteFunc(facts, func(f Fact) bool { return f.DataOf().Deleted() }), nil
}
