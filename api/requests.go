package api

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

// askForPost stores a request for a post, or for its end. What could not be
// granted is refused at once.
func askForPost(c *call) (any, error) {
	var in wire.PostRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	if !c.mayAskFor(in.Unit) {
		return nil, refuse(http.StatusForbidden, "forbidden")
	}
	body := office.PostChange{
		Person: in.Person, Role: in.Role, Unit: in.Unit, Title: in.Title, Rank: in.Rank, Primary: in.Primary, From: in.From, To: in.To,
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if in.Kind == office.RequestPost {
			if err := office.CheckPost(tx, body, a.At); err != nil {
				return reply{}, err
			}
		} else if err := office.CheckHeld(tx, in.Person, office.PostID(in.Role, in.Unit), a.At); err != nil {
			return reply{}, err
		}
		r, err := office.Ask(tx, a, in.Kind, body, nil, "")
		if err != nil {
			return reply{}, err
		}
		out, err := c.requests(r)
		if err != nil {
			return reply{}, err
		}
		return reply{Status: http.StatusAccepted, Body: out[0]}, nil
	})
}

// mayAskFor: the system administrator asks for every unit, a head for his own.
func (c *call) mayAskFor(unit string) bool {
	return slices.ContainsFunc(c.who.Posts, func(p office.Post) bool {
		return p.Role == office.SysAdmin || p.Rank == 0 && p.DeptID == unit && slices.Contains(grants[grantRequest], p.Role)
	})
}

func listRequests(c *call) (any, error) {
	found, next, err := office.Requests(c.db(), office.RequestFilter{
		State: c.Query("state"), Sort: c.Query("sort"), Cursor: c.Query("cursor"), Limit: c.limit(),
	})
	if err != nil {
		return nil, err
	}
	page := wire.RequestPage{Next: next}
	page.Items, err = c.requests(found...)
	return page, err
}

func getRequest(c *call) (any, error) {
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	r, err := office.FindRequest(c.db(), id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	out, err := c.requests(r)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// decideRequest grants or refuses the part that waits. The answer may hold
// one-time codes, so it is never kept for an Idempotency-Key: a second try is
// told that the request is decided.
func decideRequest(c *call) (any, error) {
	var in wire.Decision
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	if !in.Accept && utf8.RuneCountInString(strings.TrimSpace(in.Reason)) < minReason {
		return nil, invalid().field("/reason", "reason-required", "limit", strconv.Itoa(minReason))
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	var out wire.RequestDecided
	err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error {
		c.tx = tx
		defer func() { c.tx = nil }()
		r, told, err := office.Decide(tx, a, id, in.Accept, c.srv.Cipher)
		if err != nil {
			return err
		}
		if codes, ok := told.([]office.Code); ok {
			out.Codes = oneTimeCodes(codes)
		}
		all, err := c.requests(r)
		if err == nil {
			out.Request = all[0]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func oneTimeCodes(codes []office.Code) []wire.OneTimeCode {
	var out []wire.OneTimeCode
	for _, code := range codes {
		out = append(out, wire.OneTimeCode{Person: code.Person, Name: code.Name, Role: code.Role, Code: code.Code})
	}
	return out
}

// requests are as people read them.
func (c *call) requests(all ...office.GrantRequest) ([]wire.Request, error) {
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	var people []string
	for _, r := range all {
		people = append(people, r.AskedBy)
		for _, p := range r.Parts {
			people = append(people, p.DecidedBy)
		}
	}
	if err := d.know(people...); err != nil {
		return nil, err
	}
	out := []wire.Request{}
	for _, r := range all {
		w := wire.Request{
			ID: keyText(
				r.ID,
			), Kind: r.Kind, KindName: c.text("request." + r.Kind), Body: map[string]any{}, Digest: r.Digest, Reason: r.Reason,
			AskedBy: d.ref(r.AskedBy, ""), AskedAt: r.AskedAt.In(models.Zone), State: r.State, Parts: []wire.RequestPart{},
		}
		if err := r.Body.Into(&w.Body); err != nil {
			return nil, err
		}
		next := r.Next()
		w.MayDecide = next != nil && slices.ContainsFunc(c.who.Posts, func(p office.Post) bool { return p.Role == next.Needs })
		for _, p := range r.Parts {
			part := wire.RequestPart{
				Part: p.Part, PartName: c.text("part." + p.Part), Needs: p.Needs, NeedsName: c.text("role." + p.Needs), State: p.State,
				DecidedBy: d.maybe(p.DecidedBy, ""), Reason: p.Reason,
			}
			if p.DecidedAt != nil {
				at := p.DecidedAt.In(models.Zone)
				part.DecidedAt = &at
			}
			w.Parts = append(w.Parts, part)
		}
		out = append(out, w)
	}
	return out, nil
}
