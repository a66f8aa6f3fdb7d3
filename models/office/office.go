package office

import (
	"gorm.io/gorm"
)

// Dept is a department or an outside organisation.
type Dept struct {
	ID     string `gorm:"primaryKey"`
	Name   string
	NameEn string
	Kind   string
}

// Person of the directory.
type Person struct {
	ID     string `gorm:"primaryKey"`
	Name   string
	NameEn string
	Active bool
	Demo   bool
}

// Post is a role that a person holds in a department; its id is ROLE@DEPT.
type Post struct {
	ID        string `gorm:"primaryKey"`
	PersonID  string `gorm:"primaryKey"`
	Role      string
	DeptID    string
	Title     string
	IsPrimary bool
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
	err := tx.Raw(`SELECT DISTINCT p.person_id FROM post p JOIN person q ON q.id = p.person_id WHERE p.id IN ? AND q.active ORDER BY p.person_id`, posts).Scan(&ids).Error
	return ids, err
}

// InRole are the active persons who hold a role in any department, in stable order.
func InRole(tx *gorm.DB, role string) ([]string, error) {
	var ids []string
	err := tx.Raw(`SELECT DISTINCT p.person_id FROM post p JOIN person q ON q.id = p.person_id WHERE p.role = ? AND q.active ORDER BY p.person_id`, role).Scan(&ids).Error
	return ids, err
}

// PostsOf are the posts of a person, the primary one first.
func PostsOf(tx *gorm.DB, person string) ([]Post, error) {
	var posts []Post
	err := tx.Where("person_id = ?", person).Order("is_primary DESC, id").Find(&posts).Error
	return posts, err
}
