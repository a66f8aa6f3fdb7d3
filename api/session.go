package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

const sessionChain = "r:session"

// signIn opens a session. Whoever fails is told nothing about whether the
// person exists.
func signIn(c *call) (any, error) {
	var in wire.SignIn
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if wait, ok := c.srv.signIns.address(c.ClientIP(), c.now); !ok {
		return nil, tooMany(wait)
	}
	who, err := c.authenticate(in)
	if err != nil {
		return nil, err
	}
	before := c.who // the session that the browser brought ends with the next sign-in
	c.who = who
	a := models.Acting{Person: who.Person.ID, Remote: c.ClientIP(), At: c.now.UTC(), BusinessDate: models.DateOf(c.now)}
	var token string
	var session office.Session
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if err := office.SignedIn(tx, who.Person.ID); err != nil {
			return err
		}
		if before != nil {
			if err := office.EndSession(tx, before.Session, c.now); err != nil {
				return err
			}
		}
		if token, session, err = office.OpenSession(tx, a, clip(c.Request.UserAgent(), 200)); err != nil {
			return err
		}
		return audit.Audit(tx, sessionChain, a, audit.AuditEntry{Action: "session.open", Subject: "session:" + session.ID[:16]})
	})
	if err != nil {
		return nil, err
	}
	me, err := c.me()
	if err != nil {
		return nil, err
	}
	c.setCookie(token, int(office.SessionLife.Seconds()))
	return wire.Session{Token: token, ExpiresAt: session.ExpiresAt, Me: me}, nil
}

func (c *call) authenticate(in wire.SignIn) (*identity, error) {
	who, err := c.srv.identity(c, in.Person, "")
	if err != nil {
		return nil, err
	}
	if c.srv.Dev != nil && who != nil && who.Person.Demo && in.Password == "" {
		return who, separated(who)
	}
	account := office.Account(in.Person, who != nil)
	if err := c.try(account); err != nil {
		return nil, err
	}
	stored := ""
	if who != nil {
		stored = who.Person.Password
	}
	if !c.srv.passes(c, stored, in.Password) {
		c.srv.Log.Warn("sign-in failed", "request", c.id, "account", account, "remote", c.ClientIP())
		return nil, errors.Join(refuse(http.StatusUnauthorized, "wrong-credentials"), c.auditFailure(account))
	}
	return who, separated(who)
}

// try counts an attempt, and refuses it while the account is locked.
func (c *call) try(account string) error {
	var wait time.Duration
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		wait, err = office.TrySignIn(tx, account, c.now)
		return err
	})
	if err != nil || wait <= 0 {
		return err
	}
	p := refuse(http.StatusTooManyRequests, "account-locked", "tries", strconv.Itoa(office.SignInTries), "minutes", strconv.Itoa(int(math.Ceil(wait.Minutes()))))
	p.RetryAfter = int(math.Ceil(wait.Seconds()))
	return p
}

// passes checks a password when its turn comes; who goes away before has none.
func (s *Server) passes(c *call, stored, password string) bool {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return checkPassword(stored, password)
	case <-c.Request.Context().Done():
		return false
	}
}

func separated(who *identity) error {
	if excluded(who.Posts) {
		return refuse(http.StatusForbidden, "roles-exclude")
	}
	return nil
}

func (c *call) auditFailure(account string) error {
	t := audit.AccessTally{Person: account, Action: audit.SignInRefused, Subject: "person:" + account, Remote: c.ClientIP()}
	return c.srv.DB.Tx(context.WithoutCancel(c.Request.Context()), func(tx *gorm.DB) error {
		return audit.CountAccess(tx, c.now, t)
	})
}

func signOut(c *call) (any, error) {
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if err := office.EndSession(tx, c.who.Session, c.now); err != nil {
			return err
		}
		a := models.Acting{Person: c.who.Person.ID, Remote: c.ClientIP(), At: c.now.UTC(), BusinessDate: models.DateOf(c.now)}
		return audit.Audit(tx, sessionChain, a, audit.AuditEntry{Action: "session.end", Subject: "session:" + c.who.Session[:16]})
	})
	c.setCookie("", -1)
	return reply{Status: http.StatusNoContent}, err
}

func (c *call) setCookie(token string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: cookieName, Value: token, Path: "/", MaxAge: maxAge, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https",
	})
}

func tooMany(wait int) *problem {
	p := refuse(http.StatusTooManyRequests, "too-many-requests")
	p.RetryAfter = max(wait, 1)
	return p
}

// clip cuts a text to n bytes at most, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}
