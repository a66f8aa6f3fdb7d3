package office

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Dept is a unit: a department, a section of one, or an outside organisation.
type Dept struct {
	ID         string `gorm:"primaryKey"`
	Name       string // the present one; UnitName keeps those before
	NameEn     string
	Kind       string // see UnitKinds
	Parent     string // "": none
	AgencyCode string
	USCC       string `gorm:"column:uscc"` // 统一社会信用代码, GB 32100: 18 characters
	Successor  string // took over when the unit ended
	ValidFrom  time.Time
	ValidTo    *time.Time // does not belong to it; nil: open
}

// Ended reports whether the unit has ended at a moment.
func (d Dept) Ended(at time.Time) bool { return d.ValidTo != nil && !at.Before(*d.ValidTo) }

// Person of the directory.
type Person struct {
	ID           string `gorm:"primaryKey"`
	Name         string
	NameEn       string
	Active       bool
	Demo         bool
	Kind         string `gorm:"default:internal"` // internal, external
	EmployerUnit string // where the person works; "": where the primary post is
	MobileEnc    []byte // encrypted, see Cipher
	IDNoEnc      []byte `gorm:"column:idno_enc"`
	MobileMark   string // the same for equal numbers, see Cipher
	IDNoMark     string `gorm:"column:idno_mark"`
	KeyID        string // of the key that both are encrypted with
	LeftAt       *time.Time
}

// What a person is to the house.
const (
	Internal = "internal" // of the government
	External = "external" // a supplier's, a supervisor's, an expert: sees nothing without a part in a case
)

// States of a person.
const (
	StateInactive = "inactive" // an account that the security administrator has not activated yet
	StateActive   = "active"
	StateLeft     = "left" // disabled
)

// State of the person's account.
func (p Person) State() string {
	switch {
	case p.LeftAt != nil:
		return StateLeft
	case p.Active:
		return StateActive
	}
	return StateInactive
}

// Post is a role that a person holds in a unit for a while; its id is ROLE@UNIT.
type Post struct {
	ID        string `gorm:"primaryKey"`
	PersonID  string `gorm:"primaryKey"`
	Role      string
	DeptID    string
	Title     string
	Rank      int // 0 is the head
	IsPrimary bool
	ValidFrom time.Time  `gorm:"primaryKey"` // zero: since ever
	ValidTo   *time.Time // does not belong to it; nil: open
	Request   int64      // GrantRequest that it comes from; 0: none
}

// TableName of the entity.
func (Dept) TableName() string { return "dept" }

// TableName of the entity.
func (Person) TableName() string { return "person" }

// TableName of the entity.
func (Post) TableName() string { return "post" }

// PostID is ROLE@DEPT.
func PostID(role, dept string) string { return role + "@" + dept }

// Members are the active persons who hold one of some posts, in stable order.
func Members(tx *gorm.DB, posts ...string) ([]string, error) {
	var ids []string
	if len(posts) == 0 {
		return nil, nil
	}
	err := tx.Raw(`SELECT DISTINCT p.person_id FROM post_now p JOIN person q ON q.id = p.person_id WHERE p.id IN ? AND q.active
		ORDER BY p.person_id`, posts).
		Scan(&ids).
		Error
	return ids, err
}

// InRole are the active persons who hold a role in any department, in stable order.
func InRole(tx *gorm.DB, role string) ([]string, error) {
	var ids []string
	err := tx.Raw(`SELECT DISTINCT p.person_id FROM post_now p JOIN person q ON q.id = p.person_id WHERE p.role = ? AND q.active
		ORDER BY p.person_id`, role).
		Scan(&ids).
		Error
	return ids, err
}

// nowColumns are what is read of the view: SQLite gives its times no type.
var nowColumns = []string{"id", "person_id", "role", "dept_id", "title", "rank", "is_primary", "request"}

// PostsOf are the posts that a person holds now, the primary one first, with those
// of ended units whose successor he serves.
func PostsOf(tx *gorm.DB, person string) ([]Post, error) {
	var posts []Post
	err := tx.Table("post_now").Select(nowColumns).Where("person_id = ?", person).Order("is_primary DESC, id").Find(&posts).Error
	return posts, err
}

// DeptName is the name of a department, its id where nobody knows it.
func DeptName(tx *gorm.DB, id string) (string, error) { return nameOf(tx, "dept", id) }

// PersonName is the name of a person, the id where nobody knows it.
func PersonName(tx *gorm.DB, id string) (string, error) { return nameOf(tx, "person", id) }

func nameOf(tx *gorm.DB, table, id string) (string, error) {
	var names []string
	if err := tx.Table(table).Where("id = ?", id).Limit(1).Pluck("name", &names).Error; err != nil {
		return "", fmt.Errorf("name of %s: %w", id, err)
	}
	if len(names) == 0 || names[0] == "" {
		return id, nil
	}
	return names[0], nil
}
