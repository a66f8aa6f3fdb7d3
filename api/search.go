package api

import (
	"errors"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/search"
)

// The page of a search that shows all kinds.
const (
	taskKind      = "task"
	hitsShown     = 5
	mostPageHits  = 50
	searchSubject = "search" // of the access row; what was asked is nobody's
)

// expertKnowers are the roles that may know who is an expert (domain/access.md §2.4).
var expertKnowers = []string{"AUDITOR", "DRAW_OPERATOR", "DRAW_SUPERVISOR", "EXPERT_KEEPER"}

// find searches all rooms, or the rest of one kind.
func find(c *call) (any, error) {
	out := wire.SearchResult{Query: c.Query("q"), Words: search.Words(c.Query("q")), Groups: []wire.SearchGroup{}}
	if out.Words == nil {
		out.Words = []string{}
	}
	if err := c.note(audit.AccessTally{Action: audit.AccessSearch, Subject: searchSubject}); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(out.Words, func(w string) bool { return len([]rune(w)) > 1 }) {
		out.Hint = c.text("search.short")
		return out, nil
	}
	f, err := c.finder(out.Words)
	if err != nil {
		return nil, err
	}
	if err := f.all(&out); err != nil {
		return nil, err
	}
	return out, c.searchNumbers(f, &out)
}

// searchNumbers finds what bears the number, and what may have been meant by one that nothing bears.
func (c *call) searchNumbers(f *finder, out *wire.SearchResult) error {
	brackets := strings.NewReplacer("(", "〔", ")", "〕", "[", "〔", "]", "〕", "（", "〔", "）", "〕", "【", "〔", "】", "〕")
	asked := strings.ToLower(strings.TrimSpace(out.Query))
	exact, err := search.Numbered(c.db(), f.sight, asked, brackets.Replace(asked))
	if err != nil {
		return err
	}
	hits, err := f.seen(exact, 1)
	if err != nil {
		return err
	}
	if len(hits) > 0 {
		out.Exact = &hits[0]
	}
	if len(out.Groups) > 0 {
		return nil
	}
	meant, err := search.Meant(c.db(), f.sight, out.Words)
	if err != nil {
		return err
	}
	out.Meant, err = f.seen(meant, hitsShown)
	return err
}

// finder answers one search of a person.
type finder struct {
	c      *call
	d      *directory
	words  []string
	sight  search.Sight
	depts  []string
	papers map[string]*paperSight // by project
}

func (c *call) finder(words []string) (*finder, error) {
	f := &finder{c: c, words: words, papers: map[string]*paperSight{}, depts: c.QueryArray("dept")}
	var err error
	if f.d, err = c.directory(); err != nil {
		return nil, err
	}
	f.sight, err = c.searchSight()
	return f, err
}

// searchSight is what the person sees of each kind.
func (c *call) searchSight() (search.Sight, error) {
	s := search.Sight{
		Business: c.who.may(taskRead), All: c.who.sees == seesAll, Person: c.who.Person.ID, Posts: c.who.postIDs(),
		Oversees: c.who.may(processGovern),
	}
	if v := c.who.viewer(); v != nil {
		s.Depts = v.Depts
	}
	for _, p := range c.who.held() {
		s.Oversees = s.Oversees || p.Role == roleAuditor
		s.Experts = s.Experts || slices.Contains(expertKnowers, p.Role)
		if slices.Contains(unitHeads, p.Role) {
			s.Heads = append(s.Heads, p.Unit)
		}
	}
	if s.Oversees {
		return s, nil
	}
	all, err := process.NewestDefinitions(c.db())
	if err != nil {
		return s, err
	}
	for _, d := range all {
		b, err := c.srv.Bundles.Load(c.Request.Context(), d.Bundle)
		if err != nil {
			return s, err
		}
		if m := b.Matter(d.Process); m != nil && (m.Sight != "" || m.Owner != "") {
			s.Processes = append(s.Processes, d.Process)
		}
	}
	return s, nil
}

// all fills the groups: the first hits of each kind, or a page of the one that is asked for.
func (f *finder) all(out *wire.SearchResult) error {
	kind, before := f.c.Query("kind"), int64(0)
	q := search.Question{Words: f.words, Depts: f.depts, Most: most + 1, Sight: f.sight}
	shown := hitsShown
	if kind != "" {
		var err error
		if before, err = f.c.before(); err != nil {
			return err
		}
		shown = min(f.c.limit(), mostPageHits)
		q.Kinds, q.Before = []search.Kind{search.Kind(kind)}, before
	}
	found, err := search.Find(f.c.db(), q)
	if err != nil {
		return err
	}
	for _, k := range search.Kinds {
		if k == search.Matter && (kind == "" || kind == taskKind) { // tasks come after projects
			if err := f.tasks(out, found[search.Project], shown); err != nil {
				return err
			}
		}
		if err := f.group(out, k, found[k], shown); err != nil {
			return err
		}
	}
	return nil
}

func (f *finder) group(out *wire.SearchResult, kind search.Kind, hits []search.Hit, shown int) error {
	if len(hits) == 0 {
		return nil
	}
	g := wire.SearchGroup{
		Kind: string(kind), Name: f.c.text("search.kind." + string(kind)), Count: min(len(hits), most), More: len(hits) > most,
	}
	seen, last, err := f.judged(hits, shown+1)
	if err != nil || len(seen) == 0 {
		return err
	}
	if len(seen) > shown {
		seen, g.Next = seen[:shown], keyText(last[shown-1])
	}
	if f.eachJudged(kind) { // what was not looked at is not counted: it may be hidden
		g.Count, g.More = len(seen), g.Next != ""
	}
	g.Items, err = f.hits(seen)
	out.Groups = append(out.Groups, g)
	return err
}

// eachJudged reports whether hits of a kind are judged one by one, beside the condition of the question.
func (f *finder) eachJudged(kind search.Kind) bool {
	return kind == search.Document || kind == search.Matter && len(f.sight.Processes) > 0
}

// judged are the hits that the person sees, up to want, with their places.
func (f *finder) judged(hits []search.Hit, want int) ([]search.Hit, []int64, error) {
	var seen []search.Hit
	var at []int64
	for _, h := range hits {
		if len(seen) == want {
			break
		}
		ok, err := f.judge(h)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			seen, at = append(seen, h), append(at, h.ID)
		}
	}
	return seen, at, nil
}

func (f *finder) judge(h search.Hit) (bool, error) {
	switch {
	case h.Kind == search.Document:
		return f.judgeDocument(h)
	case h.Kind != search.Matter || f.sight.Oversees || !slices.Contains(f.sight.Processes, h.Process):
		return true, nil
	}
	root, err := process.RootByKey(f.c.db(), h.Root)
	if err != nil {
		return false, err
	}
	return unhidden(f.c.seesCase(root))
}

// unhidden turns a refusal into no.
func unhidden(err error) (bool, error) {
	var p *problem
	var r *models.Refusal
	if errors.As(err, &p) && p.Slug == "not-found" || errors.As(err, &r) && r.Code == "not-found" {
		return false, nil
	}
	return err == nil, err
}

// judgeDocument asks who may read the paper now; files that people brought are their project's.
func (f *finder) judgeDocument(h search.Hit) (bool, error) {
	var doc papers.Document
	err := f.c.db().
		Select("id", "project", "kind", "template", "matter", "loose", "created_by", "created_at").
		Where("id = ?", h.Ref).
		Take(&doc).
		Error
	if err == nil && (doc.Matter != 0 || doc.Loose) {
		return unhidden(f.c.seesLooseFile(doc))
	}
	if err != nil || doc.Template == "" || doc.Project == "" {
		return err == nil, err
	}
	s := f.papers[doc.Project]
	if s == nil {
		p, err := books.FindProject(f.c.db(), doc.Project)
		if err != nil {
			return false, err
		}
		if s, err = f.c.paperSight(p); err != nil {
			return false, err
		}
		f.papers[doc.Project] = s
	}
	return s.sees(doc)
}

func (f *finder) seen(hits []search.Hit, want int) ([]wire.SearchHit, error) {
	all, _, err := f.judged(hits, want)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return f.hits(all)
}

// tasks of the person: those named so, and those of the projects that were found.
func (f *finder) tasks(out *wire.SearchResult, projects []search.Hit, shown int) error {
	c := f.c
	q := process.InboxQuery{
		Person: c.who.Person.ID, Posts: c.who.postIDs(), Scope: process.ScopeOpen, Text: strings.Join(f.words, " "), Limit: shown,
	}
	for _, p := range projects {
		q.Projects = append(q.Projects, p.Ref)
	}
	if c.Query("kind") == taskKind {
		q.Cursor = c.Query("cursor")
	}
	tasks, next, err := process.Inbox(c.db(), q)
	if err != nil || len(tasks) == 0 {
		return err
	}
	q.Cursor = ""
	n, err := process.CountInbox(c.db(), q, most+1)
	if err != nil {
		return err
	}
	v, err := c.taskView(tasks)
	if err != nil {
		return err
	}
	g := wire.SearchGroup{
		Kind: taskKind, Name: c.text("search.kind.task"), Count: min(n, most), More: n > most, Next: next, Items: []wire.SearchHit{},
	}
	for _, t := range tasks {
		w := v.summary(t, q.Scope)
		g.Items = append(
			g.Items,
			wire.SearchHit{
				Kind: taskKind, Key: w.Key, Title: w.Name, No: w.Project, Note: w.ProjectName + w.RectificationTitle, Dept: w.Dept,
				DeptName: w.DeptName, Project: w.Project, Due: &w.Due,
			},
		)
	}
	out.Groups = append(out.Groups, g)
	return nil
}

// hits are shown with what tells them from others.
func (f *finder) hits(all []search.Hit) ([]wire.SearchHit, error) {
	notes, err := f.notes(all)
	if err != nil {
		return nil, err
	}
	out := []wire.SearchHit{}
	for _, h := range all {
		w := wire.SearchHit{
			Kind: string(h.Kind), Key: h.Ref, No: h.No, Title: h.Title, Note: notes[string(h.Kind)+h.Ref], Dept: h.Dept, Project: h.Project,
		}
		if h.Dept != "" {
			w.DeptName = f.d.dept(h.Dept)
		}
		out = append(out, w)
	}
	return out, nil
}

// noteSources say of each kind where its note comes from: a key and a code in words.
var noteSources = map[search.Kind]struct {
	sql    string
	prefix string // of the code's words in the catalogue; "": the words themselves
}{
	search.Project:       {"SELECT code AS key, stage AS note FROM project WHERE code IN ?", "stage."},
	search.Rectification: {"SELECT no AS key, state AS note FROM rectification WHERE no IN ?", "rectState."},
	search.Document:      {"SELECT id AS key, kind AS note FROM document WHERE id IN ?", ""},
	search.Person: {
		`SELECT person_id AS key, MIN(CASE WHEN is_primary THEN id ELSE '~' || id END) AS note
			FROM post_now WHERE person_id IN ? GROUP BY person_id`,
		"post",
	},
}

func (f *finder) notes(all []search.Hit) (map[string]string, error) {
	refs, out := map[search.Kind][]string{}, map[string]string{}
	for _, h := range all {
		refs[h.Kind] = append(refs[h.Kind], h.Ref)
		if h.Kind == search.Matter {
			root, err := process.RootByKey(f.c.db(), h.Root)
			if err != nil {
				return nil, err
			}
			state, err := f.c.standing(root)
			if err != nil {
				return nil, err
			}
			out[string(h.Kind)+h.Ref] = f.c.text("search.state." + state)
		}
	}
	for kind, some := range refs {
		src, ok := noteSources[kind]
		if !ok {
			continue
		}
		var rows []struct{ Key, Note string }
		if err := f.c.db().Raw(src.sql, some).Scan(&rows).Error; err != nil {
			return nil, err
		}
		for _, r := range rows {
			switch src.prefix {
			case "":
			case "post":
				r.Note = f.d.post(strings.TrimPrefix(r.Note, "~"))
			default:
				r.Note = f.c.text(src.prefix + r.Note)
			}
			if kind == search.Document {
				r.Note = f.documentKind(r.Note)
			}
			out[string(kind)+r.Key] = r.Note
		}
	}
	return out, nil
}

// documentKind is a kind of file in words; numbered papers bear their own name.
func (f *finder) documentKind(kind string) string {
	if slices.Contains(models.DocumentKinds, kind) {
		return f.c.text("documentKind." + kind)
	}
	return kind
}
