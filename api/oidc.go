package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

// Provider is a house that vouches for people: a province's unified sign-in. Its
// claim names the person: as the account itself, or as it was linked to one.
type Provider struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	NameEn       string   `json:"nameEn,omitempty"`
	Issuer       string   `json:"issuer"`
	ClientID     string   `json:"clientId"`
	ClientSecret string   `json:"clientSecret,omitempty"`
	Redirect     string   `json:"redirect"` // https://this-house/api/v1/sign-in/<id>/callback
	Claim        string   `json:"claim"`    // "sub", "preferred_username" …
	Scopes       []string `json:"scopes,omitempty"`

	once     sync.Mutex
	provider *oidc.Provider
}

var providerID = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// ReadProviders reads the providers of a settings file, a JSON list.
func ReadProviders(file string) ([]*Provider, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []*Provider
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for i, p := range all {
		switch {
		case !providerID.MatchString(p.ID) || slices.ContainsFunc(all[:i], func(q *Provider) bool { return q.ID == p.ID }):
			return nil, fmt.Errorf("%s: provider %d: id %q is no word of its own (a-z, 0-9, -)", file, i+1, p.ID)
		case p.Name == "" || p.Issuer == "" || p.ClientID == "" || p.Redirect == "" || p.Claim == "":
			return nil, fmt.Errorf("%s: provider %s: name, issuer, clientId, redirect and claim are needed", file, p.ID)
		}
	}
	return all, nil
}

// oidcCookie keeps what must come back with the person, for as long as he may take.
const (
	oidcCookie = "qc_oidc"
	oidcLife   = 10 * time.Minute
)

// oidcTrip is what the browser keeps while the person is away at a provider.
type oidcTrip struct {
	Provider, State, Nonce, Verifier string
}

// config asks the provider for its addresses, the first time.
func (p *Provider) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	p.once.Lock()
	defer p.once.Unlock()
	if p.provider == nil {
		found, err := oidc.NewProvider(context.WithoutCancel(p.context(ctx)), p.Issuer)
		if err != nil {
			return nil, nil, err
		}
		p.provider = found
	}
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: p.provider.Endpoint(), RedirectURL: p.Redirect,
		Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
	}, p.provider, nil
}

func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: 10 * time.Second})
}

func listProviders(c *call) (any, error) {
	out := wire.Providers{Providers: []wire.ProviderButton{}}
	for _, p := range c.srv.Providers {
		out.Providers = append(out.Providers, wire.ProviderButton{ID: p.ID, Name: p.called(c.lang)})
	}
	return out, nil
}

func (c *call) provider() (*Provider, error) {
	i := slices.IndexFunc(c.srv.Providers, func(p *Provider) bool { return p.ID == c.Param("provider") })
	if i < 0 {
		return nil, notFound()
	}
	return c.srv.Providers[i], nil
}

// leaveForProvider sends the browser to a provider: authorization code with PKCE.
func leaveForProvider(c *call) (any, error) {
	p, err := c.provider()
	if err != nil {
		return nil, err
	}
	config, _, err := p.config(c.Request.Context())
	if err != nil {
		return nil, c.away(p, err)
	}
	trip := newTrip(p)
	c.setTrip(&trip)
	c.Redirect(http.StatusFound, trip.address(config))
	return written, nil
}

// away says that a provider does not answer.
func (c *call) away(p *Provider, err error) error {
	c.srv.Log.Error("sign-in provider", "provider", p.ID, "error", err)
	return refuse(http.StatusBadGateway, "provider-away", "name", p.called(c.lang))
}

// address is where the browser goes.
func (t oidcTrip) address(config *oauth2.Config) string {
	return config.AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier))
}

// comeFromProvider takes the person whom a provider sends back, and sends the
// browser on to the first page; what went wrong stands in its address.
func comeFromProvider(c *call) (any, error) {
	p, err := c.provider()
	if err != nil {
		return nil, err
	}
	trip, ok := c.trip()
	c.setTrip(nil)
	if !ok || trip.Provider != p.ID || c.Query("state") == "" || c.Query("state") != trip.State {
		return c.backToSignIn("provider-state", nil)
	}
	claim, err := c.vouched(p, trip)
	if err != nil {
		return c.backToSignIn("provider-refused", err)
	}
	if came, err := c.confirmLink(p, trip, claim); came || err != nil {
		to := url.Values{"linked": {p.ID}}
		if err != nil {
			to = url.Values{"problem": {problemOf(err).Slug}}
			c.srv.Log.Warn("link to a provider", "request", c.id, "error", err)
		}
		c.Redirect(http.StatusFound, "/account?"+to.Encode())
		return written, nil
	}
	who, err := c.linked(p, claim)
	if err != nil {
		return nil, err
	}
	if who == nil {
		return c.backToSignIn("provider-unknown", c.auditFailure(office.Account(p.ID+" "+claim, false), false))
	}
	if err := allowed(who); err != nil {
		return c.backToSignIn(problemOf(err).Slug, nil)
	}
	policy, err := c.policy()
	if err != nil {
		return nil, err
	}
	own, err := office.Credentials(c.db(), who.Person.ID)
	if err != nil {
		return nil, err
	}
	if _, _, err := c.enter(who, stepsOf(who, own, policy), "session.open.oidc"); err != nil {
		return nil, err
	}
	c.Redirect(http.StatusFound, "/")
	return written, nil
}

// vouched exchanges the code, and reads the claim of a token whose signature,
// issuer, audience, end and nonce are right.
func (c *call) vouched(p *Provider, trip oidcTrip) (string, error) {
	if said := c.Query("error"); said != "" {
		return "", fmt.Errorf("the provider says %s", clip(said, 60))
	}
	ctx := p.context(c.Request.Context())
	config, provider, err := p.config(ctx)
	if err != nil {
		return "", err
	}
	token, err := config.Exchange(ctx, c.Query("code"), oauth2.VerifierOption(trip.Verifier))
	if err != nil {
		return "", err
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return "", err
	}
	if id.Nonce != trip.Nonce {
		return "", errors.New("another nonce")
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return "", err
	}
	claim, _ := claims[p.Claim].(string)
	if claim == "" {
		return "", fmt.Errorf("no claim %q", p.Claim)
	}
	return claim, nil
}

// linked is the person whom a claim names: by a link that was made, else the
// account of that name; nil when there is none.
func (c *call) linked(p *Provider, claim string) (*identity, error) {
	var link office.Credential
	err := c.db().Where("kind = ? AND data = ? AND used_at IS NULL", office.OIDCCredential, p.ID+" "+claim).Take(&link).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return c.srv.identity(c, claim, office.Session{})
	case err != nil:
		return nil, err
	}
	return c.srv.identity(c, link.Person, office.Session{})
}

func (c *call) backToSignIn(slug string, cause error) (any, error) {
	if cause != nil {
		c.srv.Log.Warn("sign-in by a provider", "request", c.id, "problem", slug, "error", cause)
	}
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		return audit.CountAccess(
			tx, c.now,
			audit.AccessTally{
				Person: office.Account(c.Param("provider"), false), Action: audit.SignInRefused, Subject: "provider:" + c.Param("provider"),
				Code: slug, Remote: c.ClientIP(),
			},
		)
	})
	c.Redirect(http.StatusFound, "/sign-in?problem="+url.QueryEscape(slug))
	return written, err
}

func (c *call) setTrip(trip *oidcTrip) {
	k := &http.Cookie{
		// Lax: it comes back from another house
		Name: oidcCookie, Path: "/api/v1/sign-in/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1,
		Secure: c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https",
	}
	if trip != nil {
		k.Value, k.MaxAge = strings.Join([]string{trip.Provider, trip.State, trip.Nonce, trip.Verifier}, "."), int(oidcLife.Seconds())
	}
	http.SetCookie(c.Writer, k)
}

func (c *call) trip() (oidcTrip, bool) {
	value, err := c.Cookie(oidcCookie)
	parts := strings.Split(value, ".")
	if err != nil || len(parts) != 4 {
		return oidcTrip{}, false
	}
	return oidcTrip{parts[0], parts[1], parts[2], parts[3]}, true
}

func random() string {
	raw := make([]byte, 24)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(raw)
}
