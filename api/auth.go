package api

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

const cookieName = "qc_session"

// seenEvery is how often a session's use is written down.
const seenEvery = time.Minute

// token is what the caller shows: a bearer token, else the browser's cookie.
func (c *call) token() string {
	if scheme, t, ok := strings.Cut(c.GetHeader("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(t)
	}
	t, err := c.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return t
}

// identify finds out who asks. An unknown or expired session is nobody's, and
// one whose posts have changed ends: what it was opened with holds no more. What a
// second person has confirmed is done in the name of who asked.
func (c *call) identify() error {
	if held, ok := c.Request.Context().Value(heldKey{}).(heldRequest); ok {
		return c.inNameOf(held)
	}
	token := c.token()
	if token == "" {
		return nil
	}
	ctx := c.Request.Context()
	session, w, err := c.holder(token)
	if err != nil || w == nil {
		return err
	}
	if moved(session, w) {
		c.ended = "posts-changed"
		return c.srv.DB.Tx(ctx, func(tx *gorm.DB) error {
			if err := office.EndSession(tx, session.ID, c.now); err != nil {
				return err
			}
			a := models.Acting{
				Person: session.PersonID, Remote: c.ClientIP(), At: c.now.UTC(), BusinessDate: models.DateOf(c.now),
				Reason: "posts changed",
			}
			return audit.Audit(tx, sessionChain, a, audit.AuditEntry{Action: "session.end", Subject: "session:" + session.ID[:16]})
		})
	}
	c.who = w
	if c.now.Sub(session.SeenAt) < seenEvery {
		return nil
	}
	return c.srv.DB.Tx(ctx, func(tx *gorm.DB) error { return office.SeenSession(tx, session.ID, c.now) })
}

// holder is the session that a token opens, and its person; nil for nobody.
func (c *call) holder(token string) (office.Session, *identity, error) {
	idle, err := c.idle()
	if err != nil {
		return office.Session{}, nil, err
	}
	h, err := office.FindSession(c.srv.DB.Read(c.Request.Context()), token, c.srv.Now(), idle)
	if errors.Is(err, office.ErrNoSession) || err == nil && h.Person.ID == "" {
		return h.Session, nil, nil
	}
	if err != nil {
		return h.Session, nil, err
	}
	sets, err := c.ownRoles()
	if err != nil {
		return h.Session, nil, err
	}
	return h.Session, newIdentity(h.Person, h.Posts, h.Session, sets, c.srv.Dev != nil), nil
}

// moved reports whether the person's posts are not those the session was opened with.
func moved(s office.Session, w *identity) bool {
	return s.Posts != "" && s.Posts != office.PostsMark(w.Posts)
}

// identity reads a person with his posts; nil when he is not active any more.
func (s *Server) identity(c *call, person string, session office.Session) (*identity, error) {
	db := s.DB.Read(c.Request.Context())
	var p office.Person
	err := db.Where("id = ? AND active", person).Take(&p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	posts, err := office.PostsOf(db, person)
	if err != nil {
		return nil, err
	}
	sets, err := c.ownRoles()
	if err != nil {
		return nil, err
	}
	return newIdentity(p, posts, session, sets, s.Dev != nil), nil
}

// permit refuses who may not use the route. What needs no session passes.
func (c *call) permit(needs permission) error {
	switch {
	case needs == public:
		return nil
	case c.who == nil:
		p := refuse(http.StatusUnauthorized, cmp.Or(c.ended, "sign-in-needed"))
		p.Header = map[string]string{"WWW-Authenticate": `Bearer realm="quancheng"`}
		return p
	case needs != signsIn && len(c.who.Session.Steps()) > 0:
		return refuse(http.StatusForbidden, "sign-in-unfinished")
	case !c.who.may(needs):
		return refuse(http.StatusForbidden, "forbidden")
	}
	return nil
}
