package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

const sessionChain = "r:session"

// signIn opens a session by a password, or by the one-time code of a first
// sign-in. Whoever fails is told nothing about whether the person exists.
func signIn(c *call) (any, error) {
	var in wire.SignIn
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if wait, ok := c.srv.signIns.address(office.Network(c.ClientIP()), c.now); !ok {
		return nil, tooMany(wait)
	}
	who, steps, err := c.authenticate(in)
	if err != nil {
		return nil, err
	}
	token, session, err := c.enter(who, steps, "session.open")
	if err != nil {
		return nil, err
	}
	me, err := c.me()
	if err != nil {
		return nil, err
	}
	return wire.Session{Token: token, ExpiresAt: session.ExpiresAt, Me: me}, nil
}

// enter opens a session for who has shown who he is; the steps are still open in
// it. The session that the browser brought ends.
func (c *call) enter(who *identity, steps []office.Step, action string) (string, office.Session, error) {
	policy, err := c.policy()
	if err != nil {
		return "", office.Session{}, err
	}
	before := c.who
	a := c.actingAs(who.Person.ID)
	life := time.Duration(policy.Int(office.SessionHours)) * time.Hour
	var token string
	session := office.Session{Agent: clip(c.Request.UserAgent(), 200), Pending: office.Pending(steps), Posts: office.PostsMark(who.Posts)}
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		if !slices.Contains(steps, office.CodeStep) { // until then wrong codes count on
			if err := office.SignedIn(tx, who.Person.ID, c.ClientIP()); err != nil {
				return err
			}
		}
		if before != nil {
			if err := office.EndSession(tx, before.Session.ID, c.now); err != nil {
				return err
			}
		}
		if token, session, err = office.OpenSession(tx, a, life, session); err != nil {
			return err
		}
		return audit.Audit(tx, sessionChain, a, audit.AuditEntry{Action: action, Subject: "session:" + session.ID[:16]})
	})
	if err != nil {
		return "", session, err
	}
	who.Session, c.who = session, who
	c.setCookie(token, int(life.Seconds()))
	return token, session, nil
}

// actingAs says who acts before a session is there.
func (c *call) actingAs(person string) models.Acting {
	return models.Acting{Person: person, Remote: c.ClientIP(), At: c.now.UTC(), BusinessDate: models.DateOf(c.now)}
}

func (c *call) authenticate(in wire.SignIn) (*identity, []office.Step, error) {
	who, err := c.srv.identity(c, in.Person, office.Session{})
	if err != nil {
		return nil, nil, err
	}
	if c.srv.Dev != nil && who != nil && who.Person.Demo && in.Password == "" {
		return who, nil, allowed(who)
	}
	policy, err := c.policy()
	if err != nil {
		return nil, nil, err
	}
	account := office.Account(in.Person, who != nil)
	last, err := c.try(account, policy)
	if err != nil {
		return nil, nil, err
	}
	var own []office.Credential
	if who != nil {
		if own, err = office.Credentials(c.db(), who.Person.ID); err != nil {
			return nil, nil, err
		}
	}
	password := office.Password(own)
	right, err := c.passes(password.Data, in.Password)
	if err != nil {
		return nil, nil, err
	}
	if !right && who != nil {
		if right, err = c.useCode(who.Person.ID, in.Password); err != nil {
			return nil, nil, err
		}
		password = office.Credential{} // whatever it was: a new one is due
	}
	if !right {
		c.srv.Log.Warn("sign-in failed", "request", c.id, "account", account, "remote", c.ClientIP())
		return nil, nil, errors.Join(refuse(http.StatusUnauthorized, "wrong-credentials"), c.auditFailure(account, last))
	}
	steps := stepsOf(who, own, policy)
	if password.ID == 0 || office.PasswordExpired(password, policy, c.now) {
		steps = append(steps, office.PasswordStep)
	}
	return who, steps, allowed(who)
}

// useCode ends the one-time code of who was given one for his first sign-in, and says whether it was right.
func (c *call) useCode(person, code string) (right bool, err error) {
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		right, err = office.UseCode(tx, person, code, c.now)
		return err
	})
	return right, err
}

// stepsOf are what a sign-in asks for beside a password: the second factor of who
// has one, and setting one up of whose role demands it.
func stepsOf(who *identity, own []office.Credential, policy office.Policy) []office.Step {
	demands := policy.List(office.FactorRoles)
	switch {
	case office.HasFactor(own):
		return []office.Step{office.CodeStep}
	case slices.ContainsFunc(who.Posts, func(p office.Post) bool { return slices.Contains(demands, p.Role) }):
		return []office.Step{office.FactorStep}
	}
	return nil
}

// try counts an attempt, and refuses it while the account is locked for this address.
func (c *call) try(account string, policy office.Policy) (last bool, err error) {
	var wait time.Duration
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		wait, last, err = office.TrySignIn(tx, account, c.ClientIP(), policy, c.now)
		return err
	})
	if err != nil || wait <= 0 {
		return last, err
	}
	p := refuse(
		http.StatusTooManyRequests, "account-locked", "tries", strconv.Itoa(policy.Int(office.LockTries)), "minutes",
		strconv.Itoa(int(math.Ceil(wait.Minutes()))),
	)
	p.RetryAfter = int(math.Ceil(wait.Seconds()))
	return false, p
}

// passes checks a password when the turn of its address comes.
func (c *call) passes(stored, password string) (right bool, err error) {
	err = c.hash(func() { right = office.PasswordMatches(stored, password) })
	return right, err
}

// hash does what is expensive when the turn of the caller's address comes.
func (c *call) hash(work func()) error {
	err := c.srv.hashing.do(c.Request.Context(), office.Network(c.ClientIP()), work)
	if errors.Is(err, errBusy) {
		return tooMany(1)
	}
	return err
}

// allowed refuses whose posts let nobody in.
func allowed(who *identity) error {
	if len(who.Posts) == 0 {
		return refuse(http.StatusForbidden, "no-post")
	}
	return excluded(who.Posts, who.sets)
}

// auditFailure counts a wrong sign-in; the one that locked the account is an entry of its own.
func (c *call) auditFailure(account string, locked bool) error {
	t := audit.AccessTally{Person: account, Action: audit.SignInRefused, Subject: "person:" + account, Remote: c.ClientIP()}
	return c.srv.DB.Tx(context.WithoutCancel(c.Request.Context()), func(tx *gorm.DB) error {
		if locked {
			if err := audit.Audit(tx, sessionChain, c.actingAs(account),
				audit.AuditEntry{Action: "session.lock", Subject: "person:" + account}); err != nil {
				return err
			}
		}
		return audit.CountAccess(tx, c.now, t)
	})
}

func signOut(c *call) (any, error) {
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { return c.endSession(tx, c.who.Session.ID) })
	c.setCookie("", -1)
	return reply{Status: http.StatusNoContent}, err
}

// endSession ends one of the caller's own sessions.
func (c *call) endSession(tx *gorm.DB, id string) error {
	if err := office.EndSession(tx, id, c.now); err != nil {
		return err
	}
	return audit.Audit(
		tx, sessionChain, c.actingAs(c.who.Person.ID), audit.AuditEntry{Action: "session.end", Subject: "session:" + id[:16]},
	)
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
