package roster

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/texts"
)

// world is the organisation that a list is compared with.
type world struct {
	now    time.Time
	cipher office.Cipher
	units  map[string]*office.Dept
	names  map[string]string // unit id by present name
	serves map[string][]string
	people map[string]*office.Person
	posts  map[string][]*office.Post // open ones, by person
	mobile map[string]string         // person by mark
	idno   map[string]string
	named  map[string][]string // persons by name
	sets   []office.PermissionSet
}

func readWorld(tx *gorm.DB, now time.Time, c office.Cipher) (*world, error) {
	w := &world{
		now: now, cipher: c, units: map[string]*office.Dept{}, names: map[string]string{}, serves: map[string][]string{},
		people: map[string]*office.Person{}, posts: map[string][]*office.Post{}, mobile: map[string]string{}, idno: map[string]string{},
		named: map[string][]string{},
	}
	var units []office.Dept
	var people []office.Person
	var posts []office.Post
	var functions []office.UnitFunction
	for _, err := range []error{
		tx.Order("id").Find(&units).Error, tx.Order("id").Find(&people).Error,
		tx.Where("valid_to IS NULL OR valid_to > ?", now.UTC()).Order("person_id, is_primary DESC, id").Find(&posts).Error,
		tx.Where("valid_to IS NULL OR valid_to > ?", now.UTC()).Find(&functions).Error,
	} {
		if err != nil {
			return nil, fmt.Errorf("roster: %w", err)
		}
	}
	sets, err := office.PermissionSets(tx)
	if err != nil {
		return nil, err
	}
	w.sets = sets
	for i := range units {
		u := &units[i]
		w.units[u.ID] = u
		if !u.Ended(now) {
			w.names[u.Name] = u.ID
		}
	}
	for i := range people {
		p := &people[i]
		w.people[p.ID] = p
		if p.LeftAt != nil {
			continue // who has left comes back by account only
		}
		w.named[p.Name] = append(w.named[p.Name], p.ID)
		if p.MobileMark != "" {
			w.mobile[p.MobileMark] = p.ID
		}
		if p.IDNoMark != "" {
			w.idno[p.IDNoMark] = p.ID
		}
	}
	for i := range posts {
		w.posts[posts[i].PersonID] = append(w.posts[posts[i].PersonID], &posts[i])
	}
	for _, f := range functions {
		w.serves[f.Unit] = append(w.serves[f.Unit], f.Function)
	}
	return w, nil
}

func (w *world) mark(number string) string {
	if number == "" || w.cipher == nil {
		return ""
	}
	return w.cipher.Mark([]byte(number))
}

// unitOf is where a person works: his employer, else where the primary post is.
func (w *world) unitOf(p *office.Person) string {
	if p.EmployerUnit != "" || len(w.posts[p.ID]) == 0 {
		return p.EmployerUnit
	}
	return w.posts[p.ID][0].DeptID
}

// isAdministrator reports whether a person holds a post of the three administrators, whom no list touches.
func (w *world) isAdministrator(person string) bool {
	return slices.ContainsFunc(w.posts[person], func(p *office.Post) bool { return slices.Contains(office.Administrators, p.Role) })
}

// roleOf finds a role by its code or by its name in either language.
func roleOf(text string) (office.Role, bool) {
	if r, ok := office.RoleNamed(strings.ToUpper(text)); ok {
		return r, true
	}
	for _, r := range office.Roles {
		for _, lang := range []texts.Lang{texts.Chinese, texts.English} {
			if strings.EqualFold(strings.ReplaceAll(texts.Text(lang, "role."+r.Code, nil), " ", ""), strings.ReplaceAll(text, " ", "")) {
				return r, true
			}
		}
	}
	return office.Role{}, false
}
