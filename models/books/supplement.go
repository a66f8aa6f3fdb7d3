package books

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// partsJSON names the parts of an application, and the keys of header and form
// that belong to each; "lines" is the budget lines.
//
//go:embed parts.json
var partsJSON []byte

// Parts of an application, by code.
var Parts = func() map[string][]string {
	var parts map[string][]string
	if err := json.Unmarshal(partsJSON, &parts); err != nil {
		panic("books: parts.json: " + err.Error()) // part of the program
	}
	return parts
}()

// Changeable says what the applicant may change of an application that is to be supplemented.
type Changeable struct {
	All  bool            // everything: the model does not limit it
	Keys map[string]bool // of header and form, and "lines"
}

// May reports whether a key may be changed.
func (c Changeable) May(key string) bool { return c.All || c.Keys[key] }

// Names are the keys that may be changed, in order; nil when all may.
func (c Changeable) Names() []string {
	if c.All {
		return nil
	}
	return slices.Sorted(maps.Keys(c.Keys))
}

// ChangeableIn is what the notice that a project now answers lets its applicant
// change (补正: only what was asked for). Outside of supplementing it is everything.
func ChangeableIn(tx *gorm.DB, p Project) (Changeable, error) {
	if p.Stage != Supplementing {
		return Changeable{All: true}, nil
	}
	items, err := Asked(tx, p)
	if err != nil {
		return Changeable{}, err
	}
	out := Changeable{Keys: map[string]bool{}}
	for _, it := range items {
		if len(it.Fields) == 0 || string(it.Fields) == "null" {
			return Changeable{All: true}, nil
		}
		for _, part := range it.Parts() {
			for _, key := range Parts[part] {
				out.Keys[key] = true
			}
		}
	}
	return out, nil
}

// Asked is what the notice that a project answers now asks for.
func Asked(tx *gorm.DB, p Project) (items []SupplementItem, err error) {
	if err = tx.Where("project = ? AND round = ?", p.Code, p.SupplementRound).Order("no").Find(&items).Error; err != nil {
		err = fmt.Errorf("notice to %s: %w", p.Code, err)
	}
	return items, err
}

// Parts of the application that may be changed for an item; none of what cannot be read.
func (it SupplementItem) Parts() []string {
	parts := []string{}
	if err := it.Fields.Into(&parts); err != nil || parts == nil {
		return []string{}
	}
	return parts
}

// Changed are the keys in which two forms differ, in order. Numbers are equal by their value.
func Changed(before, after models.JSON) ([]string, error) {
	a, err := fieldsOf(before)
	if err != nil {
		return nil, err
	}
	b, err := fieldsOf(after)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(merged(a, b))) {
		if !same(a[key], b[key]) {
			out = append(out, key)
		}
	}
	return out, nil
}

func merged(a, b map[string]any) map[string]any {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func fieldsOf(form models.JSON) (map[string]any, error) {
	out := map[string]any{}
	if len(form) == 0 {
		return out, nil
	}
	if err := form.Into(&out); err != nil {
		return nil, errors.Join(errors.New("form of an application"), err)
	}
	return out, nil
}

// same compares values of a form; what is empty equals what is not there.
func same(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil || b == "" || b == false || same(b, nil) && b != nil
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return len(x) == 0 && b == nil
		}
		for key := range merged(x, y) {
			if !same(x[key], y[key]) {
				return false
			}
		}
		return true
	case []any:
		y, _ := b.([]any)
		return (b == nil || y != nil || len(x) == 0) && slices.EqualFunc(x, y, same)
	case string, bool:
		return a == b || b == nil && (a == "" || a == false)
	}
	x, okA := valueOf(a)
	y, okB := valueOf(b)
	return okA && okB && x.Equal(y)
}

func valueOf(v any) (decimal.Decimal, bool) {
	switch n := v.(type) {
	case json.Number:
		d, err := decimal.NewFromString(n.String())
		return d, err == nil
	case float64:
		return decimal.NewFromFloat(n), true
	}
	return decimal.Decimal{}, false
}
