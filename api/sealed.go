package api

import (
	"slices"
	"strings"

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
	if c.who == nil || len(principals) == 0 {
		return slices.Clone(principals), nil
	}
	if c.who.knowsExperts() {
		return c.untilMeeting(principals)
	}
	_, experts, err := c.organisation()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(principals), func(p string) bool {
		role, _ := models.SplitPost(p)
		return p != c.who.Person.ID && (role == expertRole || experts[p])
	}), nil
}

// untilMeeting takes out the experts whose meeting has an hour that has not come:
// until then the list is sealed from the house too.
func (c *call) untilMeeting(principals []string) ([]string, error) {
	persons := personsOf(principals)
	if len(persons) == 0 {
		return slices.Clone(principals), nil
	}
	var rows []struct {
		PersonID string
		Criteria models.JSON
	}
	err := c.db().Raw(`SELECT s.person_id, d.criteria FROM expert_seat s JOIN expert_draw d ON d.draw_no = s.draw_no
		WHERE s.person_id IN ? AND s.state IN ?
		AND d.list_digest <> ''`, persons, []string{books.SeatDrawn, books.SeatAccepted}).Scan(&rows).Error
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

// personsOf are the persons among principals; the rest are posts.
func personsOf(principals []string) []string {
	return slices.DeleteFunc(slices.Clone(principals), func(p string) bool { return strings.Contains(p, "@") })
}
