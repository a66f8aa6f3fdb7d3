package api

import (
	"slices"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
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

// sealed takes the drawn experts out of the holders of a task whom the caller may
// not know: applicants, suppliers and other experts learn no names
// (domain: access.md §2.3, draw.names). Himself everybody may see.
func (c *call) sealed(principals []string) ([]string, error) {
	if c.who == nil || len(principals) == 0 {
		return slices.Clone(principals), nil
	}
	if c.who.sees == seesAll && !c.drawsOnly() {
		return c.untilMeeting(principals)
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

// drawsOnly says that all the person's posts are for draws: he learns no names.
func (c *call) drawsOnly() bool {
	return len(c.who.Posts) > 0 && !slices.ContainsFunc(c.who.Posts, func(p office.Post) bool { return p.Role != "DRAW_OPERATOR" && p.Role != "DRAW_SUPERVISOR" })
}

// untilMeeting takes out the experts whose meeting has an hour that has not come:
// until then the list is sealed from the house too.
func (c *call) untilMeeting(principals []string) ([]string, error) {
	var rows []struct {
		PersonID string
		Criteria models.JSON
	}
	err := c.db().Raw(`SELECT s.person_id, d.criteria FROM expert_seat s JOIN expert_draw d ON d.draw_no = s.draw_no
		WHERE s.person_id IN ? AND s.state IN ? AND d.list_digest <> ''`, principals, []string{books.SeatDrawn, books.SeatAccepted}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(principals), func(p string) bool {
		return p != c.who.Person.ID && slices.ContainsFunc(rows, func(r struct {
			PersonID string
			Criteria models.JSON
		}) bool {
			return r.PersonID == p && c.now.Before(meetingAt(books.ExpertDraw{Criteria: r.Criteria}))
		})
	}), nil
}
