package process

import (
	"encoding/base64"
	"encoding/binary"
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
	Cursor    string   // "" is the first page; else the cursor of the page before
	Limit     int
}

// ErrCursor says that a cursor was not made by Inbox.
var ErrCursor = models.Refuse("bad-cursor")

// Inbox reads one page by due time (ScopeDone, ScopeCopies: newest first) and the cursor
// of the next page, "" after the last one. A page costs one short range of an index per principal.
func Inbox(tx *gorm.DB, q InboxQuery) ([]Task, string, error) {
	at, key, err := readCursor(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	var rows []struct {
		At  int64
		Key int64
	}
	sql, args := q.page(q.Cursor != "", at, key, q.Limit+1)
	if err := tx.Raw(sql, args...).Scan(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("inbox of %s: %w", q.Person, err)
	}
	next := ""
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last := rows[q.Limit-1]
		next = writeCursor(last.At, last.Key)
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
	sql, args := q.page(false, 0, 0, most)
	var n int
	err := tx.Raw("SELECT count(*) FROM ("+sql+") AS c", args...).Scan(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count inbox of %s: %w", q.Person, err)
	}
	return n, nil
}

// page is a statement over one index range per principal, merged.
func (q InboxQuery) page(resume bool, at, key int64, limit int) (string, []any) {
	if table, ok := newest[q.Scope]; ok {
		return q.newest(table, resume, at, key, limit)
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
		if resume {
			add("(c.due, c.key) > (?, ?)", at, key)
		}
		if !q.DueFrom.IsZero() {
			add("c.due >= ?", q.DueFrom.UnixMilli())
		}
		if !q.DueBefore.IsZero() {
			add("c.due < ?", q.DueBefore.UnixMilli())
		}
		join := q.filter("c.key", add)
		parts = append(parts, "SELECT * FROM (SELECT c.due AS at, c.key AS key FROM task_candidate c"+join+
			" WHERE "+strings.Join(where, " AND ")+" ORDER BY c.due, c.key LIMIT ?) AS p")
		args = append(args, append(vars, limit)...)
	}
	if len(parts) == 0 {
		return "SELECT 0 AS at, 0 AS key WHERE 1 = 0", nil
	}
	if len(parts) == 1 {
		return parts[0] + " ORDER BY at, key", args
	}
	return "SELECT DISTINCT at, key FROM (" + strings.Join(parts, " UNION ALL ") + ") AS u ORDER BY at, key LIMIT ?", append(args, limit)
}

// newest are the scopes that begin with the newest entry, and their tables.
var newest = map[Scope]string{ScopeDone: "task_done", ScopeCopies: "task_copy"}

func (q InboxQuery) newest(table string, resume bool, at, key int64, limit int) (string, []any) {
	where, vars := []string{"c.person = ?"}, []any{q.Person}
	add := func(cond string, v ...any) { where, vars = append(where, cond), append(vars, v...) }
	if resume {
		add("(c.at, c.task) < (?, ?)", at, key)
	}
	join := q.filter("c.task", add)
	return "SELECT c.at AS at, c.task AS key FROM " + table + " c" + join + " WHERE " + strings.Join(
			where, " AND ",
		) + " ORDER BY c.at DESC, c.task DESC LIMIT ?", append(
			vars, limit,
		)
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
				`(lower(t.name) LIKE ? ESCAPE '\' OR lower(t.name_en) LIKE ? ESCAPE '\' OR lower(t.project) LIKE ? ESCAPE '\' OR lower(t.business_key) LIKE ? ESCAPE '\')`,
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

func writeCursor(at, key int64) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(at))
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(raw, uint64(key)))
}

func readCursor(s string) (at, key int64, err error) {
	if s == "" {
		return 0, 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) != 16 {
		return 0, 0, ErrCursor
	}
	return int64(binary.BigEndian.Uint64(raw)), int64(binary.BigEndian.Uint64(raw[8:])), nil
}
