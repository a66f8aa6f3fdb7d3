package api

import (
	"net/http"
	"slices"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

// permission is what a route needs, and what a role has by a room's grants.
type permission string

// What a route needs of everybody. The other permissions are the rooms'.
const (
	public   permission = "public"  // no session
	signedIn permission = "session" // every signed-in person
	signsIn  permission = "sign-in" // also who has not finished signing in
)

// sight is which projects a role sees.
type sight int

const (
	seesNothing sight = iota
	seesOwn           // those of the post's department or organisation, and those in which the person has an expert's seat
	seesAll
)

// roles of the house, with what they see. A room may bring others. The three
// administrators see no business data, and exclude each other and every other
// role (domain/compliance.md §2). BACK_REGISTRAR is a permission that a person
// holds beside his post.
var roles = map[string]sight{
	"APPLY_CLERK": seesOwn, "APPLY_FINANCE": seesOwn, "APPLY_LEADER": seesOwn, "RECT_OWNER": seesOwn,
	"BUREAU_ACCEPT": seesAll, "BUREAU_REVIEW_A": seesAll, "BUREAU_REVIEW_B": seesAll, "BUREAU_LEGAL": seesAll,
	"BUREAU_CHIEF": seesAll, "BUREAU_DEPUTY": seesAll, "BUREAU_DIRECTOR": seesAll,
	"OFFICE": seesAll, "DRAW_OPERATOR": seesAll, "RECT_VERIFIER": seesAll, "ARCHIVIST": seesAll,
	"PROCESS_ADMIN": seesAll, "BUREAU_INSPECTOR": seesAll, "DRAW_SUPERVISOR": seesAll,
	"JOINT": seesAll, "COUNTY_LEADER": seesAll, "FINANCE_LIAISON": seesAll, "PROCUREMENT_LIAISON": seesAll,
	"EXPERT": seesOwn, "SUPPLIER_PM": seesOwn, "SUPERVISOR_PM": seesOwn,
	"AUDITOR": seesAll, "BACK_REGISTRAR": seesNothing,
	"SYS_ADMIN": seesNothing, "SEC_ADMIN": seesNothing, "AUDIT_ADMIN": seesNothing,
}

// Roles that are mostly given the same.
var (
	applicants = []string{"APPLY_CLERK", "APPLY_LEADER"}
	heads      = []string{"BUREAU_CHIEF", "BUREAU_DEPUTY", "BUREAU_DIRECTOR"}
	bureau     = with(
		heads, "BUREAU_ACCEPT", "BUREAU_REVIEW_A", "BUREAU_REVIEW_B", "BUREAU_LEGAL", "OFFICE", "DRAW_OPERATOR", "RECT_VERIFIER",
		"ARCHIVIST", "PROCESS_ADMIN", "BUREAU_INSPECTOR", "DRAW_SUPERVISOR",
	)
	liaisons = []string{"FINANCE_LIAISON", "PROCUREMENT_LIAISON"}
	builders = []string{"SUPPLIER_PM", "SUPERVISOR_PM"}
	business = slices.Concat(applicants, bureau, liaisons, builders, []string{"APPLY_FINANCE", "RECT_OWNER", "JOINT", "COUNTY_LEADER"})
)

// grants are the roles that have a permission.
var grants = map[permission][]string{}

func with(group []string, more ...string) []string { return slices.Concat(group, more) }

// identity is a signed-in person with what he may do.
type identity struct {
	Person  office.Person
	Posts   []office.Post
	Session office.Session
	sets    []office.PermissionSet // of the county's own roles
	granted map[permission]bool
	sees    sight
}

// newIdentity collects what the posts give. The demonstration plays its projects
// at their historical dates, so that its people may back-register on a dev server.
func newIdentity(p office.Person, posts []office.Post, session office.Session, sets []office.PermissionSet, dev bool) *identity {
	w := &identity{Person: p, Posts: posts, Session: session, sets: sets, granted: map[permission]bool{signedIn: true, signsIn: true}}
	for _, post := range posts {
		for _, role := range office.Expand(sets, post.Role) {
			w.sees = max(w.sees, roles[role])
			for p, who := range grants {
				w.granted[p] = w.granted[p] || slices.Contains(who, role)
			}
		}
	}
	if dev && p.Demo && w.may(taskWork) {
		w.granted[backRegister] = true
	}
	return w
}

// excluded refuses posts that one person may not hold together.
func excluded(posts []office.Post, sets []office.PermissionSet) error {
	var held []string
	for _, p := range posts {
		held = append(held, p.Role)
	}
	if a, b, found := office.Excluding(office.Expand(sets, held...)); found {
		return refuse(http.StatusForbidden, "sign-in-excluded", "a", a, "b", b)
	}
	return nil
}

func (w *identity) may(p permission) bool { return w.granted[p] }

// mayIn reports whether a post gives a permission; the rights of the person's
// other posts do not count.
func (w *identity) mayIn(post string, p permission) bool {
	role, _ := models.SplitPost(post)
	return p == public || p == signedIn ||
		slices.ContainsFunc(office.Expand(w.sets, role), func(r string) bool { return slices.Contains(grants[p], r) })
}

// postWith is the first of the person's posts that gives a permission, else his
// primary one, "" of who has none.
func (w *identity) postWith(p permission) string {
	for _, post := range w.Posts {
		if w.mayIn(post.ID, p) {
			return post.ID
		}
	}
	if len(w.Posts) > 0 {
		return w.Posts[0].ID
	}
	return ""
}

func (w *identity) postIDs() []string {
	ids := make([]string, len(w.Posts))
	for i, p := range w.Posts {
		ids[i] = p.ID
	}
	return ids
}

// viewer limits what is read from the books to what the person may see; nil sees everything.
func (w *identity) viewer() *books.Viewer {
	if w.sees == seesAll {
		return nil
	}
	v := &books.Viewer{Expert: w.Person.ID}
	for _, p := range w.Posts {
		if !slices.Contains(v.Depts, p.DeptID) &&
			slices.ContainsFunc(office.Expand(w.sets, p.Role), func(r string) bool { return roles[r] == seesOwn }) {
			v.Depts = append(v.Depts, p.DeptID)
		}
	}
	return v
}

// permissions as the browser client shows or hides things by them.
func (w *identity) permissions() []string {
	out := []string{}
	for p, has := range w.granted {
		if has && p != signedIn && p != signsIn {
			out = append(out, string(p))
		}
	}
	slices.Sort(out)
	return out
}
