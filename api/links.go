package api

import (
	"net/http"

	"golang.org/x/oauth2"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/texts"
)

// ownLinks lists the providers, and which of them know the person.
func ownLinks(c *call) (any, error) {
	own, err := office.Credentials(c.db(), c.who.Person.ID)
	if err != nil {
		return nil, err
	}
	linked := office.Links(own)
	out := wire.OwnLinks{Links: []wire.OwnLink{}}
	for _, p := range c.srv.Providers {
		l := wire.OwnLink{ID: p.ID, Name: p.called(c.lang)}
		if at, known := linked[p.ID]; known {
			since := in(at)
			l.Since = &since
		}
		out.Links = append(out.Links, l)
	}
	return out, nil
}

// called is a provider's name in a language.
func (p *Provider) called(lang texts.Lang) string {
	if lang == texts.English && p.NameEn != "" {
		return p.NameEn
	}
	return p.Name
}

// offerLink says where to go to be linked. Who has a second factor shows it first:
// a link opens the account as a password does.
func offerLink(c *call) (any, error) {
	var in wire.FactorCode
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, err := c.provider()
	if err != nil {
		return nil, err
	}
	config, _, err := p.config(c.Request.Context())
	if err != nil {
		return nil, c.away(p, err)
	}
	own, err := office.Credentials(c.db(), c.who.Person.ID)
	if err != nil {
		return nil, err
	}
	trip := newTrip(p)
	offer := func(tx *gorm.DB) error { return office.OfferLink(tx, c.actingAs(c.who.Person.ID), p.ID, trip.State) }
	if office.HasFactor(own) {
		policy, err := c.policy()
		if err != nil {
			return nil, err
		}
		err = c.prove(policy, func() error { return c.useFactor(in.Code, offer) })
		if err != nil {
			return nil, err
		}
	} else if err := c.srv.DB.Tx(c.Request.Context(), offer); err != nil {
		return nil, err
	}
	c.setTrip(&trip)
	return wire.LinkOffer{Location: trip.address(config)}, nil
}

// endLink takes a link away.
func endLink(c *call) (any, error) {
	return c.once(func(tx *gorm.DB) (reply, error) {
		return reply{Status: http.StatusNoContent}, office.Unlink(tx, c.actingAs(c.who.Person.ID), c.Param("provider"))
	})
}

// confirmLink makes the link that the person left for; false: he left to sign in.
func (c *call) confirmLink(p *Provider, trip oidcTrip, claim string) (bool, error) {
	var person string
	err := c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) (err error) {
		person, err = office.ConfirmLink(tx, c.actingAs(""), p.ID, trip.State, claim)
		return err
	})
	return person != "", err
}

// newTrip is a way to a provider and back that nobody can guess.
func newTrip(p *Provider) oidcTrip {
	return oidcTrip{Provider: p.ID, State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier()}
}
