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

// Organisation is every row that a snapshot of the organisation is made of.
type Organisation struct {
	Units     []Dept
	People    []Person // without names
	Posts     []Post
	Functions []UnitFunction
}

// ReadOrganisation reads the organisation as the transaction sees it.
func ReadOrganisation(tx *gorm.DB) (Organisation, error) {
	var o Organisation
	for _, read := range []error{
		tx.Select("id", "kind").Order("id").Find(&o.Units).Error,
		tx.Select("id", "active").Order("id").Find(&o.People).Error,
		tx.Order("id, person_id").Find(&o.Posts).Error,
		tx.Order("function, ord, unit, valid_from").Find(&o.Functions).Error,
	} {
		if read != nil {
			return o, fmt.Errorf("organisation: %w", read)
		}
	}
	return o, nil
}
