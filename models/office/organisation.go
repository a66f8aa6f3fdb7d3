package office

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// UnitFunction says that a unit serves as something for a while: as the bureau,
// as finance, as one of the joint reviewers. ValidTo does not belong to the time.
type UnitFunction struct {
	Function  string `gorm:"primaryKey"`
	Unit      string `gorm:"primaryKey"`
	Ord       int
	ValidFrom time.Time `gorm:"primaryKey"`
	ValidTo   *time.Time
}

// TableName of the entity.
func (UnitFunction) TableName() string { return "unit_function" }

// PostsIn are the posts of a role in the units that serve as a function at a
// moment, in the order of the units: the liaison of finance, the experts of the pool.
func PostsIn(tx *gorm.DB, role, function string, at time.Time) ([]string, error) {
	var rows []UnitFunction
	err := tx.Where("function = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)", function, at.UTC(), at.UTC()).
		Order("ord, unit, valid_from").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("units that serve as %s: %w", function, err)
	}
	var posts []string
	for _, r := range rows {
		if post := PostID(role, r.Unit); !slices.Contains(posts, post) {
			posts = append(posts, post)
		}
	}
	return posts, nil
}

// Serving is the first unit that serves as a function at a moment; empty where none does.
func Serving(tx *gorm.DB, function string, at time.Time) (string, error) {
	var units []string
	err := tx.Raw(`SELECT unit FROM unit_function WHERE function = ? AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)
		ORDER BY ord, unit LIMIT 1`,
		function, at.UTC(), at.UTC()).
		Scan(&units).
		Error
	if err != nil || len(units) == 0 {
		return "", err
	}
	return units[0], nil
}

// ServingName is the name of the first unit that serves as a function at a moment; empty where none does.
func ServingName(tx *gorm.DB, function string, at time.Time) (string, error) {
	var names []string
	err := tx.Raw(`SELECT d.name FROM unit_function f JOIN dept d ON d.id = f.unit WHERE f.function = ? AND f.valid_from <= ?
		AND (f.valid_to IS NULL OR f.valid_to > ?)
		ORDER BY f.ord, f.unit LIMIT 1`, function, at.UTC(), at.UTC()).
		Scan(&names).
		Error
	if err != nil || len(names) == 0 {
		return "", err
	}
	return names[0], nil
}

// Organisation is every row that a snapshot of the organisation is made of.
type Organisation struct {
	Units     []Dept
	People    []Person // without names and numbers
	Posts     []Post   // with those that heirs of ended units hold
	Functions []UnitFunction
	Proxies   []Deputyship
}

// ReadOrganisation reads the organisation as the transaction sees it.
func ReadOrganisation(tx *gorm.DB) (Organisation, error) {
	var o Organisation
	for _, read := range []error{
		tx.Select("id", "kind", "parent", "successor", "valid_from", "valid_to").Order("id").Find(&o.Units).Error,
		tx.Select("id", "active", "employer_unit").Order("id").Find(&o.People).Error,
		tx.Order("id, person_id, valid_from").Find(&o.Posts).Error,
		tx.Order("function, ord, unit, valid_from").Find(&o.Functions).Error,
		tx.Order("id").Find(&o.Proxies).Error,
	} {
		if read != nil {
			return o, fmt.Errorf("organisation: %w", read)
		}
	}
	o.Posts = append(o.Posts, inherited(o.Posts, heirs(o.Units))...)
	return o, nil
}

// heir is a unit that took over from another one (as in the view unit_heir).
type heir struct {
	Unit, Heir string
	Since      time.Time
}

// heirs are the successors of ended units, at first and second hand.
func heirs(units []Dept) []heir {
	byID := make(map[string]Dept, len(units))
	for _, u := range units {
		byID[u.ID] = u
	}
	var out []heir
	for _, u := range units {
		var since time.Time
		for seen, next := []string{u.ID}, u; next.Successor != "" && next.ValidTo != nil && !slices.Contains(seen, next.Successor); {
			if next.ValidTo.After(since) {
				since = *next.ValidTo
			}
			out = append(out, heir{u.ID, next.Successor, since})
			seen = append(seen, next.Successor)
			next = byID[next.Successor]
		}
	}
	return out
}

// inherited are the posts of ended units as those hold them who have the same role
// with the successor: so what waits for the old post is theirs to do.
func inherited(posts []Post, heirs []heir) []Post {
	var out []Post
	for _, h := range heirs {
		for _, p := range posts {
			if p.DeptID != h.Heir {
				continue
			}
			p.ID, p.DeptID, p.IsPrimary = PostID(p.Role, h.Unit), h.Unit, false
			if p.ValidFrom.Before(h.Since) {
				p.ValidFrom = h.Since
			}
			if p.ValidTo == nil || p.ValidFrom.Before(*p.ValidTo) {
				out = append(out, p)
			}
		}
	}
	return out
}
