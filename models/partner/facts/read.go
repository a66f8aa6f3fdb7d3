package facts

import (
	"encoding/json"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Read gives an event as the fact that it would be, without posting it: for
// comparison with the books. ok is false when it is of no type that we know, or
// its data cannot be read.
func Read(tx *gorm.DB, e Event) (f books.Fact, amount *models.Money, ok bool, err error) {
	k, known := kinds[e.Type]
	if !known {
		return f, nil, false, nil
	}
	d, amount, wrong := k.read(e)
	if wrong != nil {
		return f, nil, false, nil //nolint:nilerr // bad data is a person's case, not an error
	}
	p, _, err := match(tx, e, d)
	if err != nil {
		return f, nil, false, err
	}
	f, err = k.fact(tx, models.Acting{}, e, d, p.Code)
	return f, amount, true, err
}

// AmountOf is the amount of a posted fact, nil for one without.
func AmountOf(f books.Fact) *models.Money {
	k := kinds[f.EventType]
	if k.amount == "" {
		return nil
	}
	m, err := f.DataOf().Money(k.amount)
	if err != nil {
		return nil
	}
	return &m
}

// Stated is the amount that the data of an event state, nothing for a type without one.
func Stated(event string, data json.RawMessage) (models.Money, bool) {
	for _, name := range []string{kinds[event].amount, "amount", "approved"} { // of ours: what they are about
		if name == "" {
			continue
		}
		d, err := decode(data)
		if err != nil {
			return models.Money{}, false
		}
		if m, err := d.Money(name); err == nil {
			return m, true
		}
	}
	return models.Money{}, false
}
