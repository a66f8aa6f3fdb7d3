package books

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/similar"
)

// Detection holds an application against all others that were submitted, as they
// were submitted last. The index is kept in memory by what it was made of, and
// what was found by what it was found in (sim_result), so that an act reads what
// the page before it has computed.

// listed is the last submission of a project, without its content.
type listed struct {
	Project     string
	Digest      string
	SubmittedOn models.Date
}

// submissions are the last revisions of all projects that were submitted in a
// time, but some. They are many and asked for at each act: read column by column.
func submissions(tx *gorm.DB, without []string, since, until models.Date) (out []listed, err error) {
	rows, err := tx.Raw(`SELECT p.code, r.digest, p.submitted_on
		FROM project p JOIN application_revision r ON r.project = p.code AND r.revision_no = p.revision_no
		WHERE p.code NOT IN ? AND p.submitted_on BETWEEN ? AND ? ORDER BY p.code`, without, since, until).Rows()
	if err != nil {
		return nil, fmt.Errorf("submissions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s listed
		if err := rows.Scan(&s.Project, &s.Digest, &s.SubmittedOn); err != nil {
			return nil, fmt.Errorf("submissions: %w", err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("submissions: %w", err)
	}
	return out, nil
}

// named are the projects that were found.
func named(tx *gorm.DB, d Detected) (map[string]Project, error) {
	var codes []string
	for _, a := range d.Projects {
		codes = append(codes, a.Ref)
	}
	for _, a := range d.Lines {
		code, _, _ := strings.Cut(a.Ref, "/")
		codes = append(codes, code)
	}
	out := map[string]Project{}
	if len(codes) == 0 {
		return out, nil
	}
	var all []Project
	if err := tx.Omit("form").Where("code IN ?", codes).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("similar projects: %w", err)
	}
	for _, p := range all {
		out[p.Code] = p
	}
	return out, nil
}

// submitted is what detection reads of a revision's content.
type submitted struct {
	Name  string       `json:"name"`
	Form  models.JSON  `json:"form"`
	Lines []BudgetLine `json:"lines"`
}

// texts of a project: of its form what says the need, its modules, else what its lines buy.
type texts struct {
	project similar.Project
	lines   []similar.Line
	numbers []int
}

// mostModules that lines stand in for.
const mostModules = 40

func textsOf(name string, form models.JSON, lines []BudgetLine) texts {
	var f struct {
		Situation string `json:"situation"`
		Problem   string `json:"problem"`
		Modules   []struct {
			Module string `json:"module"`
		} `json:"functionPoints"`
	}
	if len(form) > 0 {
		_ = form.Into(&f) // a form that is not readable says nothing; the submission refuses it
	}
	t := texts{project: similar.Project{Name: name, Need: strings.Trim(f.Situation+"。"+f.Problem, "。")}}
	for _, m := range f.Modules {
		if m.Module != "" {
			t.project.Functions = append(t.project.Functions, m.Module)
		}
	}
	named := len(t.project.Functions) > 0
	for _, l := range lines {
		line := similar.Line{Name: l.Name, Spec: l.Spec, Unit: l.Unit}
		t.lines, t.numbers = append(t.lines, line), append(t.numbers, l.LineNo)
		if !named && len(t.project.Functions) < mostModules && builds(line) {
			t.project.Functions = append(t.project.Functions, l.Name)
		}
	}
	return t
}

// builds says that a line makes something: work about a system is done again each time.
func builds(l similar.Line) bool {
	switch similar.Shipped().Buys(l) {
	case "lump", "supervise", "assess", "test", "train", "study", "maintain", "harden":
		return false
	}
	return !similar.Shipped().Nothing(l)
}

// corpus is the index of one set of weights. It grows; who asks leaves out what his
// books do not have, so that one may serve several databases and snapshots.
type corpus struct {
	sync.RWMutex
	projects *similar.Projects
	lines    *similar.Lines
	members  map[string]string // digest of a revision → its project
	notes    sync.Pool
	asked    askedLines
}

// kept are the indexes last used, by the digest of what weighs their words.
var kept struct {
	sync.Mutex
	order []string
	byKey map[string]*corpus
}

// mostKept indexes are in memory at a time.
const mostKept = 4

// settled projects give their words fixed weights: those submitted before this
// month, once there are so many. Before, all others that are there weigh.
const settled = 64

// indexOf is the index over some submissions.
func indexOf(tx *gorm.DB, all []listed, on models.Date) (*corpus, error) {
	base := all
	var old []listed
	for _, s := range all {
		if s.SubmittedOn < on[:8]+"01" {
			old = append(old, s)
		}
	}
	if len(old) >= settled {
		base = old
	}
	key := digestOf(base)
	kept.Lock()
	c := kept.byKey[key]
	if c == nil {
		c = &corpus{notes: sync.Pool{New: func() any { return new(similar.Search) }}}
		if kept.byKey == nil {
			kept.byKey = map[string]*corpus{}
		}
		if kept.order = append(kept.order, key); len(kept.order) > mostKept {
			delete(kept.byKey, kept.order[0])
			kept.order = kept.order[1:]
		}
		kept.byKey[key] = c
	}
	kept.Unlock()
	return c, c.hold(tx, base, all)
}

func digestOf(all []listed) string {
	h := sha256.New()
	for _, s := range all {
		h.Write([]byte(s.Digest))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// hold makes the index of base when there is none yet, and puts in what it lacks.
func (c *corpus) hold(tx *gorm.DB, base, all []listed) error {
	c.RLock()
	var missing []listed
	for _, s := range all {
		if _, ok := c.members[s.Digest]; !ok {
			missing = append(missing, s)
		}
	}
	ready := c.projects != nil && len(missing) == 0
	c.RUnlock()
	if ready {
		return nil
	}
	c.Lock()
	defer c.Unlock()
	if c.projects == nil {
		read, err := contents(tx, base)
		if err != nil {
			return err
		}
		var codes, places []string
		var projects []similar.Project
		var lines []similar.Line
		for _, s := range base {
			t := read[s.Digest]
			codes, projects = append(codes, s.Digest), append(projects, t.project)
			for i, l := range t.lines {
				places, lines = append(places, place(s.Digest, t.numbers[i])), append(lines, l)
			}
		}
		c.projects, c.lines = similar.ReadProjects(similar.Shipped(), codes, projects), similar.ReadLines(similar.Shipped(), places, lines)
		c.members = map[string]string{}
		for _, s := range base {
			c.members[s.Digest] = s.Project
		}
	}
	missing = missing[:0]
	for _, s := range all {
		if _, ok := c.members[s.Digest]; !ok {
			missing = append(missing, s)
		}
	}
	read, err := contents(tx, missing)
	if err != nil {
		return err
	}
	for _, s := range missing {
		t := read[s.Digest]
		c.projects.Add(s.Digest, t.project)
		for i, l := range t.lines {
			c.lines.Add(place(s.Digest, t.numbers[i]), l)
		}
		c.members[s.Digest] = s.Project
	}
	return nil
}

func place(digest string, line int) string { return fmt.Sprintf("%s/%d", digest, line) }

// contents reads the texts of submissions by digest.
func contents(tx *gorm.DB, all []listed) (map[string]texts, error) {
	out := map[string]texts{}
	for len(all) > 0 {
		n := min(len(all), 200)
		var rows []Revision
		codes := make([]string, n)
		want := map[string]bool{}
		for i, s := range all[:n] {
			codes[i] = s.Project
			want[s.Digest] = true
		}
		if err := tx.Select("project", "digest", "content").Where("project IN ?", codes).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("contents of submissions: %w", err)
		}
		for _, r := range rows {
			if !want[r.Digest] {
				continue
			}
			var s submitted
			if err := r.Content.Into(&s); err != nil {
				return nil, fmt.Errorf("revision of %s: %w", r.Project, err)
			}
			out[r.Digest] = textsOf(s.Name, s.Form, s.Lines)
		}
		all = all[n:]
	}
	return out, nil
}

// Detected is what was found for an application. Scores have two decimals: what
// is finer moves with every new neighbour, and answers should last.
type Detected struct {
	Projects []Alike          `json:"projects"`
	Lines    []AlikeLine      `json:"lines"`  // those most like lines of others
	Prices   map[int][]string `json:"prices"` // by line: lines of others (project/line) with which its price may be compared
}

// Alike is one thing that the application is like.
type Alike struct {
	Ref   string   `json:"ref"` // project, or project/line
	Score float64  `json:"score"`
	Words []string `json:"words"`
}

// AlikeLine is a line that is like another project's.
type AlikeLine struct {
	Line int `json:"line"`
	Alike
}

// Bounds of storage, not of judgement.
const (
	mostSimilar  = 50
	similarYears = 10
	leastScore   = 0.5
	likeLines    = 12 // kept of each line
)

// Detect finds what a project is like among the submissions of ten years, never
// its own earlier declarations. What was found in the same texts is not computed again.
func Detect(tx *gorm.DB, p Project, on models.Date) (Detected, error) {
	q, err := questionOf(tx, p, on)
	if err != nil {
		return Detected{}, err
	}
	return q.answer(tx)
}

// Foreseen is what an act on a project will ask, found before the act.
type Foreseen struct {
	code, key string
	found     Detected
}

// Foresee finds what an act on a project will ask, reading only: nobody waits for
// it who holds a case. Keep stores it where the act looks.
func Foresee(tx *gorm.DB, code string, on models.Date) (f Foreseen, err error) {
	p, err := FindProject(tx, code)
	if err != nil {
		return f, err
	}
	q, err := questionOf(tx, p, on)
	if err != nil {
		return f, err
	}
	f = Foreseen{code: code, key: q.key}
	f.found, err = q.answer(tx)
	return f, err
}

// Keep stores what was foreseen in place of what was before.
func (f Foreseen) Keep(tx *gorm.DB, at time.Time) error {
	if err := tx.Where("project = ? AND digest <> ?", f.code, f.key).Delete(&simResult{}).Error; err != nil {
		return fmt.Errorf("what %s was like: %w", f.code, err)
	}
	row := simResult{Project: f.code, Digest: f.key, Body: models.JSONOf(f.found), At: models.Stamp(at)}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("what %s is like: %w", f.code, err)
	}
	return nil
}

// question is what is asked for a project, and what it is held against.
type question struct {
	code string
	on   models.Date
	own  texts
	all  []listed
	key  string // digest of what the answer depends on
}

func questionOf(tx *gorm.DB, p Project, on models.Date) (q question, err error) {
	before, err := declaredBefore(tx, p)
	if err != nil {
		return q, err
	}
	since := models.Date(fmt.Sprintf("%04d-%s", on.Year()-similarYears, string(on)[5:]))
	q = question{code: p.Code, on: on}
	if q.all, err = submissions(tx, append(before, p.Code), since, on); err != nil {
		return q, err
	}
	lines, err := Lines(tx, p.Code)
	if err != nil {
		return q, err
	}
	q.own = textsOf(p.Name, p.Form, lines)
	q.key = foundIn(q.own, q.all)
	return q, nil
}

// answers lately given, by key.
var answers struct {
	sync.Mutex
	order []string
	byKey map[string]Detected
}

// mostAnswers are in memory at a time.
const mostAnswers = 128

func (q question) answer(tx *gorm.DB) (Detected, error) {
	answers.Lock()
	d, ok := answers.byKey[q.key]
	answers.Unlock()
	if ok {
		return d, nil
	}
	var row simResult
	if err := tx.Where("project = ? AND digest = ?", q.code, q.key).Limit(1).Find(&row).Error; err != nil {
		return d, fmt.Errorf("what %s is like: %w", q.code, err)
	}
	if row.Digest != "" {
		if err := row.Body.Into(&d); err != nil {
			return d, fmt.Errorf("what %s is like: %w", q.code, err)
		}
		return d, nil
	}
	c, err := indexOf(tx, q.all, q.on)
	if err != nil {
		return d, err
	}
	d = c.find(q.own, q.all)
	answers.Lock()
	defer answers.Unlock()
	if answers.byKey == nil {
		answers.byKey = map[string]Detected{}
	}
	if answers.order = append(answers.order, q.key); len(answers.order) > mostAnswers {
		delete(answers.byKey, answers.order[0])
		answers.order = answers.order[1:]
	}
	answers.byKey[q.key] = d
	return d, nil
}

// simResult keeps what was found.
type simResult struct {
	Project string `gorm:"primaryKey"`
	Digest  string `gorm:"primaryKey"`
	Body    models.JSON
	At      time.Time
}

// TableName of the entity.
func (simResult) TableName() string { return "sim_result" }

// foundIn is the digest of what a result depends on.
func foundIn(own texts, all []listed) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	_ = enc.Encode([]any{own.project, own.lines, own.numbers, similar.Shipped().Digest()})
	h.Write([]byte(digestOf(all)))
	return hex.EncodeToString(h.Sum(nil))
}
