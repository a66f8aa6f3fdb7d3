package api

import (
	"slices"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
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

// expertsKnown are the roles whose holders know who was drawn; the rest of the
// bureau, its supervisor of the draw too, learns how many.
var expertsKnown = with(heads, "BUREAU_REVIEW_A", "BUREAU_REVIEW_B", "PROCESS_ADMIN", "AUDITOR")

func (w *identity) knowsExperts() bool {
	return slices.ContainsFunc(w.Posts, func(p office.Post) bool {
		return slices.ContainsFunc(office.Expand(w.sets, p.Role), func(role string) bool { return slices.Contains(expertsKnown, role) })
	})
}

// sealed takes the drawn experts out of the holders of a task whom the caller may
// not know: applicants, suppliers and other experts learn no names
// (domain: access.md §2.3, draw.names). Himself everybody may see.
func (c *call) sealed(principals []string) ([]string, error) {
	if c.who == nil || c.who.knowsExperts() || len(principals) == 0 {
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
