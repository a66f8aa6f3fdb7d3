package office

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// RequestFilter chooses requests; zero values choose all.
type RequestFilter struct {
	State  string
	Sort   string // of RequestSorting
	Cursor string
	Limit  int
}

// RequestSorting is by when something was asked for, as its id tells, or by what is asked for.
var RequestSorting = models.Sorting[GrantRequest]{
	Usual: "-askedAt",
	Key:   models.Place[GrantRequest]{Column: "id", Of: func(r GrantRequest) any { return r.ID }},
	Places: map[string]models.Place[GrantRequest]{
		"askedAt": {Column: "id", Of: func(r GrantRequest) any { return r.ID }},
		"kind":    {Column: "kind", Of: func(r GrantRequest) any { return r.Kind }},
	},
}

// Requests are a page of requests with their parts and without what is sealed, the newest first unless Sort says otherwise, with the
// cursor of the next.
func Requests(tx *gorm.DB, f RequestFilter) ([]GrantRequest, string, error) {
	order, err := RequestSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	q := tx.Model(&GrantRequest{}).Omit("Sealed")
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	rows, next, err := order.Page(q, f.Cursor, f.Limit)
	if err != nil {
		return nil, "", fmt.Errorf("requests: %w", err)
	}
	at := map[int64]int{}
	var ids []int64
	for i, r := range rows {
		at[r.ID], ids = i, append(ids, r.ID)
	}
	var parts []GrantPart
	if err := tx.Where("request IN ?", ids).Order("request, ord").Find(&parts).Error; err != nil {
		return nil, "", fmt.Errorf("parts of requests: %w", err)
	}
	for _, p := range parts {
		r := &rows[at[p.Request]]
		r.Parts = append(r.Parts, p)
	}
	return rows, next, nil
}
