package api

import (
	"slices"

	"github.com/quancheng/quancheng/models"
)

// expertRole is the role of those whom a draw names.
const expertRole = "EXPERT"

// sealed takes the drawn experts out of the holders of a task whom the caller may
// not know: applicants, suppliers and other experts learn no names
// (domain: access.md §2.3, draw.names). Himself everybody may see.
func (c *call) sealed(principals []string) ([]string, error) {
	if c.who == nil || c.who.sees == seesAll || len(principals) == 0 {
		return principals, nil
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
