package api

import (
	"slices"

	"github.com/quancheng/quancheng/models"
)

// expertRole is the role of those whom a draw names.
const expertRole = "EXPERT"

// insider is 0 for the post of an outside organisation, else 1.
func insider(principal string) int {
	if role, _ := models.SplitPost(principal); slices.Contains(builders, role) {
		return 0
	}
	return 1
}

// sealed takes the drawn experts out of the holders of a task whom the caller may
// not know: applicants, suppliers and other experts learn no names
// (domain: access.md §2.3, draw.names). Himself everybody may see.
func (c *call) sealed(principals []string) ([]string, error) {
	if c.who == nil || c.who.sees == seesAll || len(principals) == 0 {
		return slices.Clone(principals), nil
	}
	var experts []string
	err := c.db().Raw(`SELECT DISTINCT person_id FROM post WHERE role = ? AND person_id IN ?`, expertRole, principals).Scan(&experts).Error
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(principals), func(p string) bool {
		role, _ := models.SplitPost(p)
		return p != c.who.Person.ID && (role == expertRole || slices.Contains(experts, p))
	}), nil
}
