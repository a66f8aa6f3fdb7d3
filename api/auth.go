package api

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"gorm.io/gorm"

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

// identify finds out who asks. An unknown or expired session is nobody's.
func (c *call) identify() error {
	token := c.token()
	if token == "" {
		return nil
	}
	ctx := c.Request.Context()
	session, err := office.FindSession(c.srv.DB.Read(ctx), token, c.now, c.srv.SessionIdle)
	if errors.Is(err, office.ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	w, err := c.srv.identity(c, session.PersonID, session.ID)
	if err != nil || w == nil {
		return err
	}
	c.who = w
	if c.now.Sub(session.SeenAt) < seenEvery {
		return nil
	}
	return c.srv.DB.Tx(ctx, func(tx *gorm.DB) error { return office.SeenSession(tx, session.ID, c.now) })
}

// identity reads a person with his posts; nil when he is not active any more.
func (s *Server) identity(c *call, person, session string) (*identity, error) {
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
	return newIdentity(p, posts, session, s.Dev != nil), nil
}

// permit refuses who may not use the route. What needs no session passes.
func (c *call) permit(needs permission) error {
	switch {
	case needs == public:
		return nil
	case c.who == nil:
		p := refuse(http.StatusUnauthorized, "sign-in-needed")
		p.Header = map[string]string{"WWW-Authenticate": `Bearer realm="quancheng"`}
		return p
	case !c.who.may(needs):
		return refuse(http.StatusForbidden, "forbidden")
	}
	return nil
}
