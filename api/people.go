package api

import (
	"slices"
	"strings"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// directory answers names of people, posts and departments within one request.
type directory struct {
	c     *call
	depts map[string]office.Dept
	names map[string]office.Person
}

// directory knows the departments, which are few; people are read as they are asked for.
func (c *call) directory() (*directory, error) {
	c.stood = nil // an act of this call may have moved the organisation
	depts, _, err := c.organisation()
	if err != nil {
		return nil, err
	}
	return &directory{c: c, depts: depts, names: map[string]office.Person{}}, nil
}

// know reads people by id, at once.
func (d *directory) know(ids ...string) error {
	var ask []string
	for _, id := range ids {
		if _, known := d.names[id]; !known && id != "" && !strings.Contains(id, "@") {
			ask = append(ask, id)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	var people []office.Person
	if err := d.c.db().Where("id IN ?", ask).Find(&people).Error; err != nil {
		return err
	}
	for _, p := range people {
		d.names[p.ID] = p
	}
	return nil
}

// named takes over names that were read with something else.
func (d *directory) named(names []process.Name) {
	for _, n := range names {
		d.names[n.ID] = office.Person{ID: n.ID, Name: n.Zh, NameEn: n.En}
	}
}

func (d *directory) dept(id string) string {
	dept, ok := d.depts[id]
	switch {
	case !ok:
		return id
	case d.c.lang == texts.English && dept.NameEn != "":
		return dept.NameEn
	}
	return dept.Name
}

// post says a post ROLE@DEPT in words.
func (d *directory) post(id string) string {
	if id == "" {
		return ""
	}
	role, dept := models.SplitPost(id)
	return d.dept(dept) + " · " + d.c.text("role."+role)
}

// ref names a person (call know first), a post, or the system.
func (d *directory) ref(id, post string) wire.PersonRef {
	switch {
	case id == models.System:
		return wire.PersonRef{ID: id, Name: d.c.text("system")}
	case strings.Contains(id, "@"):
		return wire.PersonRef{ID: id, Name: d.post(id)}
	}
	r := wire.PersonRef{ID: id, Name: id, Post: d.post(post)}
	if p, ok := d.names[id]; ok {
		r.Name = personName(d.c.lang, p)
	}
	return r
}

// maybe is ref, or nil for nobody.
func (d *directory) maybe(id, post string) *wire.PersonRef {
	if id == "" {
		return nil
	}
	r := d.ref(id, post)
	return &r
}

func personName(lang texts.Lang, p office.Person) string {
	if lang == texts.English && p.NameEn != "" {
		return p.NameEn
	}
	return p.Name
}

func (d *directory) person(p office.Person, posts []office.Post) wire.Person {
	out := wire.Person{ID: p.ID, Name: personName(d.c.lang, p), Demo: p.Demo, Posts: []wire.Post{}}
	for _, post := range posts {
		out.Posts = append(out.Posts, wire.Post{
			ID: post.ID, Role: post.Role, RoleName: d.c.text("role." + post.Role), Dept: post.DeptID, DeptName: d.dept(post.DeptID),
			Title: post.Title, Primary: post.IsPrimary,
		})
	}
	return out
}

// listPeople is the directory. Without a session a dev server lists the demo people.
func listPeople(c *call) (any, error) {
	db := c.srv.DB.Read(c.Request.Context())
	q := db.Where("active").Order("id").Limit(500)
	if c.who == nil {
		if c.srv.Dev == nil {
			return nil, c.permit(signedIn)
		}
		q = q.Where("demo")
	}
	if c.who != nil && !c.knowsPool() { // himself everybody may see
		q = q.Where("(id = ? OR id NOT IN (SELECT person_id FROM post WHERE role = ?))", c.who.Person.ID, expertRole)
	}
	if text := c.Query("q"); text != "" {
		q = q.Where(`(name LIKE ? ESCAPE '!' OR id LIKE ? ESCAPE '!')`, like(text), like(strings.ToLower(text)))
	}
	if post := c.Query("post"); post != "" {
		q = q.Where("id IN (SELECT person_id FROM post_now WHERE id = ?)", post)
	}
	var people []office.Person
	if err := q.Find(&people).Error; err != nil {
		return nil, err
	}
	posts := map[string][]office.Post{}
	var all []office.Post
	if err := db.Order("is_primary DESC, id").Find(&all).Error; err != nil {
		return nil, err
	}
	for _, p := range all {
		posts[p.PersonID] = append(posts[p.PersonID], p)
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.People{People: []wire.Person{}}
	for _, p := range people {
		out.People = append(out.People, d.person(p, posts[p.ID]))
	}
	return out, nil
}

// knowsPool reports whether the person may know who is an expert (domain/access.md §2.4).
func (c *call) knowsPool() bool {
	return c.who.may(expertRead) ||
		slices.ContainsFunc(c.who.held(), func(p bundles.Post) bool { return slices.Contains(expertKnowers, p.Role) })
}

// like is a LIKE pattern for a part of a text; ! escapes.
func like(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
}
