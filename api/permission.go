package api

import (
	"slices"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

// permission is what a route needs and what a role gives.
type permission string

// The permissions. Whose data they reach is the role's sight.
const (
	public        permission = "public"  // no session
	signedIn      permission = "session" // every signed-in person
	projectRead   permission = "project.read"
	projectCreate permission = "project.create" // draft, submit and withdraw for the own department
	documentAdd   permission = "document.add"
	taskRead      permission = "task.read"
	taskWork      permission = "task.work"
	processGovern permission = "process.govern" // suspend, resume, terminate, jump, reassign
	taskSupervise permission = "task.supervise" // urge without limit
	rectRead      permission = "rectification.read"
	rectRaise     permission = "rectification.raise"
	reportRead    permission = "report.read"
	partnerRead   permission = "partner.read"
	partnerWork   permission = "partner.operate" // register, link and send again
	partnerVerify permission = "partner.verify"  // the second person's check
	incidentRead  permission = "incident.read"
	incidentRetry permission = "incident.retry"
	auditRead     permission = "audit.read"
	dutyRead      permission = "duty.read"          // what was not done long after its due time
	backRegister  permission = "books.backregister" // business dates in the past (补录)
)

// sight is which projects a role sees.
type sight int

const (
	seesNothing sight = iota
	seesOwn           // those of the post's department or organisation, and those in which the person has an expert's seat
	seesAll
)

// role is what a role may do, and whose data it sees.
type role struct {
	sees sight
	may  []permission
}

var (
	business  = []permission{projectRead, taskRead, taskWork, rectRead}
	applicant = with(business, projectCreate, documentAdd, rectRaise) // the report names everybody's projects
	bureau    = with(business, documentAdd, rectRaise, reportRead, partnerRead)
	head      = with(bureau, dutyRead, taskSupervise, processGovern, partnerVerify, incidentRead, incidentRetry, auditRead)
	builder   = with(business, documentAdd)
	liaison   = with(business, documentAdd, partnerRead, partnerWork, partnerVerify, reportRead)
	reader    = []permission{dutyRead, projectRead, taskRead, rectRead, reportRead, partnerRead, incidentRead, auditRead}
)

// roles is the table of all roles. The three administrators see no business
// data, and exclude each other and every other role (domain/compliance.md §2).
// BACK_REGISTRAR is a permission that a person holds beside his post.
var roles = map[string]role{
	"APPLY_CLERK":         {seesOwn, applicant},
	"APPLY_LEADER":        {seesOwn, applicant},
	"RECT_OWNER":          {seesOwn, with(business, documentAdd)},
	"BUREAU_ACCEPT":       {seesAll, bureau},
	"BUREAU_REVIEW_A":     {seesAll, bureau},
	"BUREAU_REVIEW_B":     {seesAll, bureau},
	"BUREAU_LEGAL":        {seesAll, bureau},
	"BUREAU_CHIEF":        {seesAll, head},
	"BUREAU_DEPUTY":       {seesAll, head},
	"BUREAU_DIRECTOR":     {seesAll, head},
	"OFFICE":              {seesAll, bureau},
	"DRAW_OPERATOR":       {seesAll, bureau},
	"RECT_VERIFIER":       {seesAll, bureau},
	"ARCHIVIST":           {seesAll, bureau},
	"JOINT":               {seesAll, with(business, documentAdd, reportRead)},
	"COUNTY_LEADER":       {seesAll, with(business, dutyRead, taskSupervise, reportRead, partnerRead)},
	"FINANCE_LIAISON":     {seesAll, liaison},
	"PROCUREMENT_LIAISON": {seesAll, liaison},
	"EXPERT":              {seesOwn, []permission{projectRead, taskRead, taskWork}},
	"SUPPLIER_PM":         {seesOwn, builder},
	"SUPERVISOR_PM":       {seesOwn, builder},
	"AUDITOR":             {seesAll, reader},
	"BACK_REGISTRAR":      {seesNothing, []permission{backRegister}},
	"SYS_ADMIN":           {seesNothing, []permission{incidentRead, incidentRetry}},
	"SEC_ADMIN":           {seesNothing, nil},
	"AUDIT_ADMIN":         {seesNothing, []permission{auditRead}},
}

var administrators = []string{"SYS_ADMIN", "SEC_ADMIN", "AUDIT_ADMIN"}

func with(base []permission, more ...permission) []permission {
	return append(slices.Clone(base), more...)
}

// identity is a signed-in person with what he may do.
type identity struct {
	Person  office.Person
	Posts   []office.Post
	Session string
	granted map[permission]bool
	sees    sight
}

// newIdentity collects what the posts give. The demonstration plays its projects
// at their historical dates, so that its people may back-register on a dev server.
func newIdentity(p office.Person, posts []office.Post, session string, dev bool) *identity {
	w := &identity{Person: p, Posts: posts, Session: session, granted: map[permission]bool{signedIn: true}}
	for _, post := range posts {
		r := roles[post.Role]
		w.sees = max(w.sees, r.sees)
		for _, grant := range r.may {
			w.granted[grant] = true
		}
	}
	if dev && p.Demo && w.may(taskWork) {
		w.granted[backRegister] = true
	}
	return w
}

// excluded reports whether the posts break the separation of the three administrators.
func excluded(posts []office.Post) bool {
	admin := slices.ContainsFunc(posts, func(p office.Post) bool { return slices.Contains(administrators, p.Role) })
	return admin && slices.ContainsFunc(posts, func(p office.Post) bool { return p.Role != posts[0].Role })
}

func (w *identity) may(p permission) bool { return w.granted[p] }

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
		if roles[p.Role].sees == seesOwn {
			v.Depts = append(v.Depts, p.DeptID)
		}
	}
	return v
}

// permissions as the browser client shows or hides things by them.
func (w *identity) permissions() []string {
	out := []string{}
	for p := range w.granted {
		if p != signedIn {
			out = append(out, string(p))
		}
	}
	slices.Sort(out)
	return out
}
