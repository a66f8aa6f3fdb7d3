package office

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// How long a session lives: in all, and without a request (domain/compliance.md §1, level 3).
const (
	SessionLife = 12 * time.Hour
	SessionIdle = 15 * time.Minute
)

// Session is a signed-in person's. It lives here, so that it can be revoked;
// the token is known to the caller alone.
type Session struct {
	ID        string `gorm:"primaryKey"` // SHA-256 of the token
	PersonID  string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	EndedAt   *time.Time
	Remote    string
	Agent     string
	Pending   string     // steps of the sign-in that are still open, see Step; separated by commas
	Posts     string     // the posts it was opened with; "": of a former release
	FactorAt  *time.Time // when a second factor was shown
}

// Step of a sign-in that a session still waits for; until then it opens nothing else.
type Step string

// The steps, in the order in which they are taken.
const (
	CodeStep     Step = "code"     // show the second factor
	PasswordStep Step = "password" // set a password of one's own
	FactorStep   Step = "factor"   // set up a second factor
)

// Steps that the session still waits for.
func (s Session) Steps() []Step {
	var all []Step
	for _, step := range []Step{CodeStep, PasswordStep, FactorStep} {
		if slices.Contains(strings.Split(s.Pending, ","), string(step)) {
			all = append(all, step)
		}
	}
	return all
}

// Pending writes steps as a session keeps them.
func Pending(steps []Step) string {
	var words []string
	for _, q := range steps {
		words = append(words, string(q))
	}
	return strings.Join(words, ",")
}

// PostsMark names a person's posts: a session ends when they are not those it was opened with.
func PostsMark(posts []Post) string {
	var ids []string
	for _, p := range posts {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return "=" + strings.Join(ids, ",")
}

// TableName of the entity.
func (Session) TableName() string { return "session" }

// ErrNoSession says that a token opens nothing: unknown, expired or ended.
var ErrNoSession = errors.New("models: no such session")

// OpenSession makes a session, with the posts and the open steps of s, and the token for its holder.
func OpenSession(tx *gorm.DB, a models.Acting, life time.Duration, s Session) (string, Session, error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	token := base64.RawURLEncoding.EncodeToString(raw)
	at := a.At.UTC()
	s.ID, s.PersonID, s.CreatedAt, s.SeenAt, s.ExpiresAt, s.Remote = tokenID(token), a.Person, at, at, at.Add(life), a.Remote
	if err := tx.Create(&s).Error; err != nil {
		return "", s, fmt.Errorf("session of %s: %w", a.Person, err)
	}
	return token, s, nil
}

// Holder is a session with whose it is and the posts that he holds now.
type Holder struct {
	Session Session
	Person  Person // zero when he is not active any more
	Posts   []Post // the primary one first
}

// holderSQL has a row for each post, or one row. SQLite would read everybody's posts to join them: see aloneSQL.
const holderSQL = `SELECT %s, %s, o.id AS o_id, o.person_id AS o_person_id, o.role AS o_role, o.dept_id AS o_dept_id, o.title AS o_title,
	o.rank AS o_rank, o.is_primary AS o_is_primary, o.request AS o_request
FROM session s LEFT JOIN person p ON p.id = s.person_id AND p.active LEFT JOIN post_now o ON o.person_id = p.id
WHERE s.id = ? ORDER BY o.is_primary DESC, o.id`

// aloneSQL is holderSQL without the posts.
const aloneSQL = `SELECT %s, %s FROM session s LEFT JOIN person p ON p.id = s.person_id AND p.active WHERE s.id = ?`

// FindSession is the session that a token opens at a moment, and its holder, in one statement where a
// statement is a journey: every request begins with it. Without a request a session lives for idle.
func FindSession(tx *gorm.DB, token string, now time.Time, idle time.Duration) (Holder, error) {
	var rows []struct {
		Session Session `gorm:"embedded;embeddedPrefix:s_"`
		Person  Person  `gorm:"embedded;embeddedPrefix:p_"`
		Post    Post    `gorm:"embedded;embeddedPrefix:o_"`
	}
	query, err := holderColumns(tx)
	if err == nil {
		err = tx.Raw(query, tokenID(token)).Scan(&rows).Error
	}
	switch {
	case err != nil:
		return Holder{}, fmt.Errorf("session: %w", err)
	case len(rows) == 0 || !rows[0].Session.Alive(now, idle):
		return Holder{}, ErrNoSession
	}
	h := Holder{Session: rows[0].Session, Person: rows[0].Person}
	if tx.Name() == models.NameSQLite && h.Person.ID != "" {
		if h.Posts, err = PostsOf(tx, h.Person.ID); err != nil {
			return Holder{}, fmt.Errorf("session: %w", err)
		}
		return h, nil
	}
	for _, r := range rows {
		if r.Post.ID != "" {
			h.Posts = append(h.Posts, r.Post)
		}
	}
	return h, nil
}

// holderColumns is holderSQL with every column of a session and of a person, under the prefixes of its rows.
func holderColumns(tx *gorm.DB) (string, error) {
	var lists []any
	for _, of := range []struct {
		prefix string
		row    any
	}{{"s", &Session{}}, {"p", &Person{}}} {
		stmt := &gorm.Statement{DB: tx}
		if err := stmt.Parse(of.row); err != nil {
			return "", err
		}
		var columns []string
		for _, name := range stmt.Schema.DBNames {
			columns = append(columns, of.prefix+"."+name+" AS "+of.prefix+"_"+name)
		}
		lists = append(lists, strings.Join(columns, ", "))
	}
	if tx.Name() == models.NameSQLite {
		return fmt.Sprintf(aloneSQL, lists...), nil
	}
	return fmt.Sprintf(holderSQL, lists...), nil
}

// Alive reports whether a session opens anything at a moment. When the clock was
// set back behind its beginning it does not: nobody could say how old it is.
func (s Session) Alive(now time.Time, idle time.Duration) bool {
	return s.EndedAt == nil && now.Before(s.ExpiresAt) && now.Sub(s.SeenAt) <= idle && !now.Add(skew).Before(s.CreatedAt)
}

// StepDone takes a step from what a session waits for; a second factor is noted with its moment.
func StepDone(tx *gorm.DB, s Session, step Step, at time.Time) error {
	left := slices.DeleteFunc(s.Steps(), func(q Step) bool { return q == step })
	set := map[string]any{"pending": Pending(left)}
	if step != PasswordStep {
		set["factor_at"] = at.UTC()
	}
	return tx.Model(&Session{}).Where("id = ?", s.ID).Updates(set).Error
}

// SessionsOf are the sessions of a person that are alive, the one used last first.
func SessionsOf(tx *gorm.DB, person string, now time.Time, idle time.Duration) ([]Session, error) {
	var all []Session
	if err := tx.Where("person_id = ? AND ended_at IS NULL", person).Order("seen_at DESC, id").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("sessions of %s: %w", person, err)
	}
	return slices.DeleteFunc(all, func(s Session) bool { return !s.Alive(now, idle) }), nil
}

// EndSessions revokes all sessions of a person but one, "" for none.
func EndSessions(tx *gorm.DB, person, but string, now time.Time) error {
	return tx.Model(&Session{}).Where("person_id = ? AND id <> ? AND ended_at IS NULL", person, but).Update("ended_at", now.UTC()).Error
}

// SeenSession notes that the session was used.
func SeenSession(tx *gorm.DB, id string, now time.Time) error {
	return tx.Model(&Session{}).Where("id = ?", id).Update("seen_at", now.UTC()).Error
}

// EndSession revokes a session.
func EndSession(tx *gorm.DB, id string, now time.Time) error {
	return tx.Model(&Session{}).Where("id = ? AND ended_at IS NULL", id).Update("ended_at", now.UTC()).Error
}

func tokenID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
