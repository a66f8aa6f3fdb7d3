package process

import (
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// CaseFilter chooses root instances; zero values choose all.
type CaseFilter struct {
	Process  string
	Version  int    // of the process
	State    string // running, suspended, ended
	Element  string // where a token stands now
	Key      string // of the case, its business key or its project
	Person   string // began it, or has acted in it
	Before   time.Time
	Incident *bool  // has one that waits
	Root     int64  // this one alone
	Sort     string // of CaseSorting
	Cursor   string
	Limit    int
}

// FoundCase is a row of the search.
type FoundCase struct {
	RootState
	Suspended bool
	Incidents int
}

// CaseSorting is by when a case began, as its key tells, or moved last.
var CaseSorting = models.Sorting[FoundCase]{
	Usual: "-begunAt",
	Key:   models.Place[FoundCase]{Column: "r.key", Of: func(k FoundCase) any { return k.Key }},
	Places: map[string]models.Place[FoundCase]{
		"begunAt": {Column: "r.key", Of: func(k FoundCase) any { return k.Key }},
		"movedAt": {Column: "r.updated_at", Of: func(k FoundCase) any { return k.UpdatedAt }},
	},
}

// Cases lists root instances, the newest first unless Sort says otherwise, with the cursor of the next page. A page costs
// a short range of an index: of what is asked for most narrowly, or of the order.
func Cases(tx *gorm.DB, f CaseFilter) ([]FoundCase, string, error) {
	order, err := CaseSorting.Pick(f.Sort)
	if err != nil {
		return nil, "", err
	}
	q := tx.Table("root_state r").
		Select(`r.key, r.bundle, r.process, r.business_key, r.project, r.dept, r.step, r.open, r.created_at, r.updated_at, r.next_due,
		EXISTS (SELECT 1 FROM process_instance i WHERE i.root = r.key AND i.key = r.key AND i.state = 'suspended') AS suspended,
		(SELECT count(*) FROM incident x WHERE x.root = r.key AND x.resolved_at IS NULL) AS incidents`)
	if f.Root != 0 {
		q = q.Where("r.key = ?", f.Root)
	}
	return order.Page(f.narrow(q), f.Cursor, f.Limit)
}

func (f CaseFilter) narrow(q *gorm.DB) *gorm.DB {
	if f.Process != "" {
		q = q.Where("r.process = ?", f.Process)
	}
	if f.Version > 0 {
		q = q.Where("r.bundle = (SELECT d.bundle FROM definition d WHERE d.process = r.process AND d.version = ?)", f.Version)
	}
	switch f.State {
	case "ended":
		q = q.Where("NOT r.open")
	case "suspended":
		q = q.Where("r.open AND r.key IN (SELECT i.root FROM process_instance i WHERE i.state = 'suspended')")
	case "running":
		q = q.Where(
			"r.open AND NOT EXISTS (SELECT 1 FROM process_instance i WHERE i.root = r.key AND i.key = r.key AND i.state = 'suspended')",
		)
	}
	if f.Element != "" {
		q = q.Where("r.key IN (SELECT e.root FROM element_instance e WHERE e.element = ? AND e.state = 'active')", f.Element)
	}
	if f.Key != "" {
		q = f.keyed(q)
	}
	if f.Person != "" {
		q = q.Where(
			"r.key IN (SELECT p.root FROM case_party p WHERE p.person = ? UNION SELECT a.root FROM task_act a WHERE a.person = ?)",
			f.Person, f.Person,
		)
	}
	if !f.Before.IsZero() {
		q = q.Where("r.created_at <= ?", f.Before.UTC())
	}
	if f.Incident != nil {
		not := "NOT "
		if *f.Incident {
			not = ""
		}
		q = q.Where(not + "r.key IN (SELECT x.root FROM incident x WHERE x.resolved_at IS NULL)")
	}
	return q
}

// keyed looks for a key, a business key or a project, each whole.
func (f CaseFilter) keyed(q *gorm.DB) *gorm.DB {
	text := strings.TrimSpace(f.Key)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		n = -1
	}
	return q.Where("(r.key = ? OR r.business_key = ? OR r.project = ?)", n, text, text)
}

// ElementCount is how many tokens stand at an element, and how many of them are stuck.
type ElementCount struct {
	Process string
	Element string
	Name    string
	Tokens  int
	Stuck   int
}

// ElementCounts counts where the tokens of a process stand, over all its cases; "" of all processes. Scopes that only hold others are left
// out.
func ElementCounts(tx *gorm.DB, process string) ([]ElementCount, error) {
	var all []ElementCount
	err := tx.Raw(`SELECT e.process, e.element, MAX(e.name) AS name, count(*) AS tokens,
		count(x.key) AS stuck FROM element_instance e LEFT JOIN incident x ON x.element_key = e.key AND x.resolved_at IS NULL
		WHERE e.state = 'active' AND e.kind NOT IN ('process', 'subProcess', 'callActivity', 'adHocSubProcess', 'transaction') AND (? = ''
		OR e.process = ?)
		GROUP BY e.process, e.element ORDER BY tokens DESC, e.process, e.element LIMIT 500`, process, process).Scan(&all).Error
	return all, err
}
