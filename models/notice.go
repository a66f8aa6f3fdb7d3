package models

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"
)

// Notice says that something changed; whoever may see it reads it again.
type Notice struct {
	Kind    string   `json:"kind"` // task, project, rectification, partner, incident, notification
	Key     string   `json:"key"`
	Project string   `json:"project,omitempty"`
	Dept    string   `json:"dept,omitempty"`    // department that the matter belongs to
	Stage   bool     `json:"stage,omitempty"`   // the project has come to another stage, which everybody learns who sees it
	Persons []string `json:"persons,omitempty"` // whom it concerns by name
	Posts   []string `json:"posts,omitempty"`   // whom it concerns by post
}

const (
	channel    = "qc_change"
	maxPayload = 7900 // PostgreSQL allows 8000 bytes
)

// notices of the transaction under way, and who wants to hear them when it is committed.
type (
	noticesKey struct{}
	board      struct {
		mu        sync.Mutex
		listeners map[int]func(Notice)
		next      int
	}
)

// Notify announces a change when, and only when, the transaction of Tx commits:
// to this process, and on PostgreSQL to all of them.
func Notify(tx *gorm.DB, n Notice) error {
	list, ok := tx.Statement.Context.Value(noticesKey{}).(*[]Notice)
	if !ok {
		return fmt.Errorf("notify %s %s: not in a transaction", n.Kind, n.Key)
	}
	*list = append(*list, n)
	return nil
}

// sendNotices hands the notices of a transaction to PostgreSQL, which tells them when it commits.
func sendNotices(tx *gorm.DB, notices []Notice) error {
	payloads := make([]string, len(notices))
	for i, n := range notices {
		raw, err := json.Marshal(n)
		if err == nil && len(raw) > maxPayload {
			raw, err = json.Marshal(Notice{Kind: n.Kind, Key: n.Key, Project: n.Project, Dept: n.Dept, Stage: n.Stage})
		}
		if err != nil {
			return fmt.Errorf("notify %s %s: %w", n.Kind, n.Key, err)
		}
		payloads[i] = string(raw)
	}
	if err := tx.Exec("SELECT pg_notify(?, value) FROM json_array_elements_text(?)", channel, string(JSONOf(payloads))).Error; err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	return nil
}

// Listen calls f for each change until ctx ends, and with an empty notice each
// time it begins to hear: what was announced before that went by unheard. f must not block.
func (db *DB) Listen(ctx context.Context, f func(Notice)) error {
	if db.SQLite() {
		remove := db.board.add(f)
		defer remove()
		f(Notice{})
		<-ctx.Done()
		return nil
	}
	for ctx.Err() == nil {
		if err := db.listenPostgres(ctx, f); err != nil && ctx.Err() == nil {
			select { // the connection broke: try again
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

func (db *DB) listenPostgres(ctx context.Context, f func(Notice)) error {
	pool, err := db.write.DB()
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return errors.New("models: not a pgx connection")
		}
		if _, err := c.Conn().Exec(ctx, "LISTEN "+channel); err != nil {
			return err
		}
		f(Notice{})
		for {
			got, err := c.Conn().WaitForNotification(ctx)
			if err != nil {
				_ = c.Conn().Close(context.WithoutCancel(ctx)) // it listens: it must not go back to the pool
				return err
			}
			var n Notice
			if json.Unmarshal([]byte(got.Payload), &n) == nil {
				f(n)
			}
		}
	})
}

func (b *board) add(f func(Notice)) (remove func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listeners == nil {
		b.listeners = map[int]func(Notice){}
	}
	b.next++
	id := b.next
	b.listeners[id] = f
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.listeners, id)
	}
}

func (b *board) tell(notices []Notice) {
	b.mu.Lock()
	listeners := make([]func(Notice), 0, len(b.listeners))
	for _, f := range b.listeners {
		listeners = append(listeners, f)
	}
	b.mu.Unlock()
	for _, n := range notices {
		for _, f := range listeners {
			f(n)
		}
	}
}

// Concerns reports whether a notice is about a person in one of his posts.
func (n Notice) Concerns(person string, posts []string) bool {
	if slices.Contains(n.Persons, person) {
		return true
	}
	return slices.ContainsFunc(n.Posts, func(p string) bool { return slices.Contains(posts, p) })
}
