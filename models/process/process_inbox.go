package process

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Scope says which of a person's inboxes is meant.
type Scope string

// The scopes.
const (
	ScopeOpen      Scope = "open"      // all that I may act on: the next two
	ScopeMine      Scope = "mine"      // to me or my seat
	ScopeClaimable Scope = "claimable" // to a post of mine
	ScopeDone      Scope = "done"      // what I acted on, newest first
	ScopeCopies    Scope = "cc"        // what I was given to read, newest first
)

// InboxQuery asks for a page of a person's inbox.
type InboxQuery struct {
	Person    string
	Posts     []string // ROLE@DEPT; for ScopeOpen and ScopeClaimable
	Scope     Scope
	DueFrom   time.Time // zero: open; a light (红黄绿) is a range of due times
	DueBefore time.Time // zero: open, and with it tasks without a due time
	Process   string
	Element   string
	Dept      string
	Text      string   // words: each is part of a task's name, project code or business key
	Projects  []string // with Text: tasks of these projects too
	Sort      string   // of InboxSorting, or of the newest scopes "at", "-at"
	Cursor    string   // "" is the first page; else the cursor of the page before
	Limit     int
}

// ErrCursor says that a cursor was not made by Inbox.
var ErrCursor = models.Refuse("bad-cursor")

// Spot is where a task stands in an inbox: a moment in milliseconds since 1970, and its key.
type Spot struct{ At, Key int64 }

func spotAt(column string) models.Place[Spot] {
	return models.Place[Spot]{Column: column, Of: func(s Spot) any { return s.At }}
}

func spotKey(column string) models.Place[Spot] {
	return models.Place[Spot]{Column: column, Of: func(s Spot) any { return s.Key }}
}

// InboxSorting orders what is to be done; of what is past there is its moment only. What a matter costs is no order:
// not everybody who has a task of it may know.
var (
	InboxSorting = models.Sorting[Spot]{Usual: "due", Key: spotKey("c.key"),
		Places: map[string]models.Place[Spot]{"due": spotAt("c.due"), "createdAt": spotAt("c.born")}}
	pastSorting = models.Sorting[Spot]{Usual: "-at", Key: spotKey("c.task"), Places: map[string]models.Place[Spot]{"at": spotAt("c.at")}}
)

// SortingOf is that of an inbox.
func SortingOf(scope Scope) models.Sorting[Spot] {
	if _, past := newest[scope]; past {
		return pastSorting
	}
	return InboxSorting
}

// Inbox reads one page, by due time (ScopeDone, ScopeCopies: newest first) unless Sort says otherwise, and the cursor
// of the next page, "" after the last one. A page costs one short range of an index per principal.
func Inbox(tx *gorm.DB, q InboxQuery) ([]Task, string, error) {
	order, err := SortingOf(q.Scope).Pick(q.Sort)
	if err != nil {
		return nil, "", err
	}
	var after string
	var from []any
	if q.Cursor != "" {
		if after, from, err = order.After(q.Cursor); err != nil {
			return nil, "", ErrCursor
		}
	}
	var rows []Spot
	sql, args := q.page(order, after, from, q.Limit+1)
	if err := tx.Raw(sql, args...).Scan(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("inbox of %s: %w", q.Person, err)
	}
	next := ""
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		next = order.Cursor(rows[q.Limit-1])
	}
	keys := make([]int64, len(rows))
	for i, r := range rows {
		keys[i] = r.Key
	}
	tasks, err := tasksInOrder(tx, keys)
	return tasks, next, err
}

// CountInbox counts what Inbox would list, but no further than most: 100 says "99+".
func CountInbox(tx *gorm.DB, q InboxQuery, most int) (int, error) {
	order, err := SortingOf(q.Scope).Pick("")
	if err != nil {
		return 0, err
	}
	sql, args := q.page(order, "", nil, most)
	var n int
	err = tx.Raw("SELECT count(*) FROM ("+sql+") AS c", args...).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count inbox of %s: %w", q.Person, err)
	}
	return n, nil
}

// page is a statement over one index range per principal, merged.
func (q InboxQuery) page(order models.Order[Spot], after string, from []any, limit int) (string, []any) {
	if table, ok := newest[q.Scope]; ok {
		return q.newest(table, order, after, from, limit)
	}
	var principals []string
	if q.Scope != ScopeClaimable {
		principals = append(principals, q.Person)
	}
	if q.Scope != ScopeMine {
		principals = append(principals, q.Posts...)
	}
	var parts []string
	var args []any
	for _, p := range principals {
		where, vars := []string{"c.principal = ?"}, []any{p}
		add := func(cond string, v ...any) { where, vars = append(where, cond), append(vars, v...) }
		if after != "" {
			add(after, from...)
		}
		if !q.DueFrom.IsZero() {
			add("c.due >= ?", q.DueFrom.UnixMilli())
		}
		if !q.DueBefore.IsZero() {
			add("c.due < ?", q.DueBefore.UnixMilli())
		}
		join := q.filter("c.key", add)
		parts = append(parts, "SELECT * FROM (SELECT "+order.By.Column+" AS at, c.key AS key FROM task_candidate c"+join+
			" WHERE "+strings.Join(where, " AND ")+" ORDER BY "+order.SQL()+" LIMIT ?) AS p")
		args = append(args, append(vars, limit)...)
	}
	if len(parts) == 0 {
		return "SELECT 0 AS at, 0 AS key WHERE 1 = 0", nil
	}
	by := " ORDER BY at, key"
	if order.Down {
		by = " ORDER BY at DESC, key DESC"
	}
	if len(parts) == 1 {
		return parts[0] + by, args
	}
	return "SELECT DISTINCT at, key FROM (" + strings.Join(parts, " UNION ALL ") + ") AS u" + by + " LIMIT ?", append(args, limit)
}

// newest are the scopes that begin with the newest entry, and their tables.
var newest = map[Scope]string{ScopeDone: "task_done", ScopeCopies: "task_copy"}

func (q InboxQuery) newest(table string, order models.Order[Spot], after string, from []any, limit int) (string, []any) {
	where, vars := []string{"c.person = ?"}, []any{q.Person}
	add := func(cond string, v ...any) { where, vars = append(where, cond), append(vars, v...) }
	if after != "" {
		add(after, from...)
	}
	join := q.filter("c.task", add)
	sql := "SELECT c.at AS at, c.task AS key FROM " + table + " c" + join + " WHERE " + strings.Join(where, " AND ")
	return sql + " ORDER BY " + order.SQL() + " LIMIT ?", append(vars, limit)
}

// filter adds the conditions that need the task itself.
func (q InboxQuery) filter(key string, add func(string, ...any)) string {
	if q.Process == "" && q.Element == "" && q.Dept == "" && q.Text == "" {
		return ""
	}
	for _, f := range []struct{ column, value string }{{"t.process", q.Process}, {"t.element", q.Element}, {"t.dept", q.Dept}} {
		if f.value != "" {
			add(f.column+" = ?", f.value)
		}
	}
	if q.Text != "" {
		var all []string
		var likes []any
		for _, word := range strings.Fields(strings.ToLower(q.Text)) {
			like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%"
			all = append(
				all,
				`(lower(t.name) LIKE ? ESCAPE '\' OR lower(t.name_en) LIKE ? ESCAPE '\' OR lower(t.project) LIKE ? ESCAPE '\' OR `+
					`lower(t.business_key) LIKE ? ESCAPE '\')`,
			)
			likes = append(likes, like, like, like, like)
		}
		named := "(" + strings.Join(append(all, "TRUE"), " AND ") + ")"
		if len(q.Projects) > 0 {
			named, likes = "("+named+" OR t.project IN ?)", append(likes, q.Projects)
		}
		add(named, likes...)
	}
	return " JOIN task t ON t.key = " + key
}

func tasksInOrder(tx *gorm.DB, keys []int64) ([]Task, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var found []Task
	if err := tx.Where("key IN ?", keys).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("tasks: %w", err)
	}
	byKey := make(map[int64]Task, len(found))
	for _, t := range found {
		byKey[t.Key] = t
	}
	tasks := make([]Task, 0, len(keys))
	for _, k := range keys {
		if t, ok := byKey[k]; ok {
			tasks = append(tasks, t)
		}
	}
	return tasks, nil
}
