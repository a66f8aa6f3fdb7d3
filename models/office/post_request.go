package office

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// The kinds of requests about posts.
const (
	RequestPost    = "post.grant"
	RequestPostEnd = "post.end"
)

// PostChange is the body of a request for a post, or for its end.
type PostChange struct {
	Person  string     `json:"person"`
	Role    string     `json:"role"`
	Unit    string     `json:"unit"`
	Title   string     `json:"title,omitempty"`
	Rank    *int       `json:"rank,omitempty"` // nil: what the role has
	Primary bool       `json:"primary,omitempty"`
	From    *time.Time `json:"from,omitempty"` // nil: at once
	To      *time.Time `json:"to,omitempty"`   // nil: open
}

var _ = RegisterRequests(RequestPost, RequestKind{Parts: []PartKind{{PartPosts, SecAdmin, releasePost}}, Benefits: benefitsOfPost})
var _ = RegisterRequests(RequestPostEnd, RequestKind{Parts: []PartKind{{PartPosts, SecAdmin, releasePostEnd}}})

func benefitsOfPost(r GrantRequest) []string {
	var p PostChange
	if r.Body.Into(&p) != nil {
		return nil
	}
	return []string{p.Person}
}

func releasePost(tx *gorm.DB, a models.Acting, r *GrantRequest, _ Cipher) (any, error) {
	var p PostChange
	if err := r.Body.Into(&p); err != nil {
		return nil, fmt.Errorf("request %d: %w", r.ID, err)
	}
	if err := CheckPost(tx, p, a.At); err != nil {
		return nil, err
	}
	return nil, GrantPost(tx, p, a.At, r.ID)
}

func releasePostEnd(tx *gorm.DB, a models.Acting, r *GrantRequest, _ Cipher) (any, error) {
	var p PostChange
	if err := r.Body.Into(&p); err != nil {
		return nil, fmt.Errorf("request %d: %w", r.ID, err)
	}
	until := a.At
	if p.To != nil && p.To.After(until) {
		until = *p.To
	}
	return nil, EndPost(tx, a, p.Person, PostID(p.Role, p.Unit), until)
}

// CheckPost refuses a post that the person may not be given, or the unit cannot have.
func CheckPost(tx *gorm.DB, p PostChange, at time.Time) error {
	role, known, err := RoleOf(tx, p.Role)
	if err != nil {
		return err
	}
	if !known {
		return models.Refuse("invalid-input").Field("/role", "no-such-role", "role", p.Role)
	}
	var person Person
	if err := tx.Where("id = ?", p.Person).Limit(1).Find(&person).Error; err != nil {
		return fmt.Errorf("person %s: %w", p.Person, err)
	}
	if person.ID == "" || person.LeftAt != nil {
		return models.Refuse("no-such-person").Field("/person", "no-such-person")
	}
	if p.To != nil && (p.From != nil && !p.From.Before(*p.To) || !p.To.After(at)) {
		return models.Refuse("invalid-input").Field("/to", "post-ends-before")
	}
	var held []string
	if err := tx.Model(&Post{}).Where("person_id = ? AND (valid_to IS NULL OR valid_to > ?)", p.Person, at.UTC()).Distinct().Pluck("role",
		&held).Error; err != nil {
		return fmt.Errorf("posts of %s: %w", p.Person, err)
	}
	sets, err := PermissionSets(tx)
	if err != nil {
		return err
	}
	if a, b, found := Excluding(Expand(sets, append(held, p.Role)...)); found {
		return models.Refuse("roles-exclude", "role", a, "other", b).Field("/role", "roles-never-together", "role", a, "other", b)
	}
	return checkPlace(tx, role, p.Unit, at)
}

// checkPlace refuses a role in a unit that cannot have it.
func checkPlace(tx *gorm.DB, role Role, unit string, at time.Time) error {
	var d Dept
	if err := tx.Where("id = ?", unit).Limit(1).Find(&d).Error; err != nil {
		return fmt.Errorf("unit %s: %w", unit, err)
	}
	if d.ID == "" || d.Ended(at) {
		return models.Refuse("no-such-unit", "unit", unit).Field("/unit", "no-such-unit", "unit", unit)
	}
	var serves []string
	err := tx.Model(&UnitFunction{}).
		Where("unit = ? AND (valid_to IS NULL OR valid_to > ?)", unit, at.UTC()).
		Pluck("function", &serves).
		Error
	if err != nil {
		return fmt.Errorf("functions of %s: %w", unit, err)
	}
	if !role.Fits(d.Kind, serves) {
		return models.Refuse("role-not-there", "role", role.Code, "unit", d.Name).
			Field("/unit", "role-not-there", "role", role.Code, "unit", d.Name)
	}
	return nil
}

// Fits reports whether a unit of a kind that serves as some functions may have the role.
func (r Role) Fits(kind string, serves []string) bool {
	switch {
	case len(r.Functions) > 0:
		return slices.ContainsFunc(r.Functions, func(f string) bool { return slices.Contains(serves, f) })
	case len(r.Kinds) > 0:
		return slices.Contains(r.Kinds, kind)
	case slices.Contains(Administrators, r.Code):
		return true
	}
	return !slices.Contains(OutsideKinds, kind)
}

// GrantPost writes a post of a request; one that the person holds already gets the new title, rank and end.
func GrantPost(tx *gorm.DB, p PostChange, at time.Time, request int64) error {
	row, err := ChangedPost(tx, p, at, request)
	if err != nil || row == nil {
		return err
	}
	if err := tx.Create(row).Error; err != nil {
		return fmt.Errorf("post %s of %s: %w", row.ID, p.Person, err)
	}
	return nil
}

// ChangedPost changes a post that a person holds already, or gives the row of a new one, which the caller writes.
func ChangedPost(tx *gorm.DB, p PostChange, at time.Time, request int64) (*Post, error) {
	from := models.Stamp(at)
	if p.From != nil && p.From.After(from) {
		from = models.Stamp(*p.From)
	}
	var rank int
	role, _, err := RoleOf(tx, p.Role)
	if err != nil {
		return nil, err
	}
	if rank = role.Rank; p.Rank != nil {
		rank = *p.Rank
	}
	if p.Primary {
		if err := tx.Model(&Post{}).Where("person_id = ? AND is_primary", p.Person).Update("is_primary", false).Error; err != nil {
			return nil, fmt.Errorf("primary post of %s: %w", p.Person, err)
		}
	}
	id := PostID(p.Role, p.Unit)
	held := tx.Model(&Post{}).Where("id = ? AND person_id = ? AND (valid_to IS NULL OR valid_to > ?)", id, p.Person, at.UTC()).
		Updates(map[string]any{"title": p.Title, "rank": rank, "is_primary": p.Primary, "valid_to": p.To, "request": request})
	if held.Error != nil || held.RowsAffected > 0 {
		return nil, held.Error
	}
	return &Post{
		ID: id, PersonID: p.Person, Role: p.Role, DeptID: p.Unit, Title: p.Title, Rank: rank, IsPrimary: p.Primary, ValidFrom: from,
		ValidTo: p.To, Request: request,
	}, nil
}

// EndPost ends a post of a person at a moment. The last holder of a post of the
// three administrators stays.
func EndPost(tx *gorm.DB, a models.Acting, person, post string, until time.Time) error {
	role, _ := models.SplitPost(post)
	if err := keepsAdministrator(tx, role, person); err != nil {
		return err
	}
	ended := tx.Model(&Post{}).
		Where("id = ? AND person_id = ? AND (valid_to IS NULL OR valid_to > ?)", post, person, until.UTC()).
		Update("valid_to", models.Stamp(until))
	switch {
	case ended.Error != nil:
		return fmt.Errorf("end of post %s of %s: %w", post, person, ended.Error)
	case ended.RowsAffected == 0:
		return models.Refuse("post-not-held", "person", person, "post", post)
	}
	return nil
}

// keepsAdministrator refuses to take the last holder from a post of the three administrators.
func keepsAdministrator(tx *gorm.DB, role, person string) error {
	if !slices.Contains(Administrators, role) {
		return nil
	}
	held, err := InRole(tx, role)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(held, func(p string) bool { return p != person }) {
		return models.Refuse("last-administrator", "role", role)
	}
	return nil
}

// CheckHeld refuses the end of a post that the person does not hold.
func CheckHeld(tx *gorm.DB, person, post string, at time.Time) error {
	var n int64
	if err := tx.Model(&Post{}).Where("id = ? AND person_id = ? AND (valid_to IS NULL OR valid_to > ?)", post, person,
		at.UTC()).Count(&n).Error; err != nil {
		return fmt.Errorf("post %s of %s: %w", post, person, err)
	}
	if n == 0 {
		return models.Refuse("post-not-held", "person", person, "post", post)
	}
	return nil
}
