package api

import (
	"net/http"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// createAccount makes an account that is inactive and has no post.
func createAccount(c *call) (any, error) {
	var in wire.NewAccount
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	p := office.Person{
		ID: in.ID, Name: strings.TrimSpace(in.Name), NameEn: strings.TrimSpace(in.NameEn), EmployerUnit: in.Unit, Kind: in.Kind,
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := office.CreateAccount(tx, a, c.srv.Cipher, p, in.Mobile, in.IDNo); err != nil {
			return reply{}, err
		}
		return c.accountReply(tx, http.StatusCreated, p.ID, nil)
	})
}

// accountAct is something a security administrator does to an account.
func accountAct(act func(tx *gorm.DB, a models.Acting, person string) ([]office.Code, error)) handler {
	return func(c *call) (any, error) {
		var in wire.Because
		if err := c.decode(&in); err != nil {
			return nil, err
		}
		a, err := c.acting("", "", in.Reason)
		if err != nil {
			return nil, err
		}
		var out reply
		err = c.srv.DB.Tx(c.Request.Context(), func(tx *gorm.DB) error { // the answer may hold a code: it is kept for nobody
			c.tx = tx
			defer func() { c.tx = nil }()
			codes, err := act(tx, a, c.Param("id"))
			if err != nil {
				return err
			}
			out, err = c.accountReply(tx, http.StatusOK, c.Param("id"), codes)
			return err
		})
		return out, err
	}
}

// disableAccount keeps a person out who has handed over what only he could do.
func disableAccount(tx *gorm.DB, a models.Acting, person string) error {
	if err := process.HandedOver(tx, person); err != nil {
		return err
	}
	return office.DisableAccount(tx, a, person)
}

// silent is an act that hands out no codes.
func silent(act func(tx *gorm.DB, a models.Acting, person string) error) func(*gorm.DB, models.Acting, string) ([]office.Code, error) {
	return func(tx *gorm.DB, a models.Acting, person string) ([]office.Code, error) {
		return nil, act(tx, a, person)
	}
}

// askFactorReset asks to forget somebody's lost second factor.
func askFactorReset(c *call) (any, error) {
	var in wire.Because
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := tx.Where("id = ?", c.Param("id")).Take(&office.Person{}).Error; err != nil {
			return reply{}, notFound()
		}
		r, err := office.Ask(tx, a, office.RequestFactor, office.FactorReset{Person: c.Param("id")}, nil, "")
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

func (c *call) accountReply(tx *gorm.DB, status int, person string, codes []office.Code) (reply, error) {
	var people []office.Person
	if err := tx.Where("id = ?", person).Find(&people).Error; err != nil {
		return reply{}, err
	}
	if len(people) == 0 {
		return reply{}, notFound()
	}
	list, err := c.accounts(people)
	if err != nil {
		return reply{}, err
	}
	out := list[0]
	for _, k := range codes {
		out.Code, out.CodeEnds = k.Code, &k.EndsAt
	}
	return reply{Status: status, Body: out}, nil
}

// listAccounts shows accounts with their posts and state, of a unit or by a part of a name; numbers are masked.
func listAccounts(c *call) (any, error) {
	list, next, err := c.accountPage(c.Query("cursor"), c.limit())
	return wire.AccountPage{Items: list, Next: next}, err
}

// accountSorting is by what an account is called.
var accountSorting = models.Sorting[office.Person]{
	Usual: "id",
	Key:   models.Place[office.Person]{Column: "id", Of: func(p office.Person) any { return p.ID }},
	Places: map[string]models.Place[office.Person]{
		"id":   {Column: "id", Of: func(p office.Person) any { return p.ID }},
		"name": {Column: "name", Of: func(p office.Person) any { return p.Name }},
	},
}

func (c *call) accountPage(cursor string, limit int) ([]wire.Account, string, error) {
	order, err := accountSorting.Pick(c.Query("sort"))
	if err != nil {
		return nil, "", err
	}
	q := c.db().Model(&office.Person{})
	if unit := c.Query("unit"); unit != "" {
		q = q.Where("(employer_unit = ? OR id IN (SELECT person_id FROM post_now WHERE dept_id = ?))", unit, unit)
	}
	if text := c.Query("q"); text != "" {
		q = q.Where(`(name LIKE ? ESCAPE '!' OR id LIKE ? ESCAPE '!')`, like(text), like(strings.ToLower(text)))
	}
	switch c.Query("state") {
	case office.StateActive:
		q = q.Where("active")
	case office.StateInactive:
		q = q.Where("NOT active AND left_at IS NULL")
	case office.StateLeft:
		q = q.Where("left_at IS NOT NULL")
	}
	people, next, err := order.Page(q, cursor, limit)
	if err != nil {
		return nil, "", err
	}
	list, err := c.accounts(people)
	return list, next, err
}

func (c *call) accounts(people []office.Person) ([]wire.Account, error) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	locked, err := office.Locked(c.db(), c.now)
	if err != nil {
		return nil, err
	}
	factor, err := office.WithFactor(c.db(), ids)
	if err != nil {
		return nil, err
	}
	sets, err := office.PermissionSets(c.db())
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := []wire.Account{}
	for _, p := range people {
		posts, err := office.PostsOf(c.db(), p.ID)
		if err != nil {
			return nil, err
		}
		a := wire.Account{
			Person: d.person(
				p, posts,
			), State: p.State(), Kind: p.Kind, Unit: p.EmployerUnit, Mobile: c.masked(p, office.NumberMobile),
			IDNo:   c.masked(p, office.NumberID),
			Locked: locked[p.ID], Factor: slices.Contains(factor, p.ID), May: []wire.Held{},
		}
		if p.EmployerUnit != "" {
			a.UnitName = d.dept(p.EmployerUnit)
		}
		for _, post := range posts {
			h := wire.Held{Post: post.ID, Request: keyText(post.Request), Permissions: []string{}}
			if post.Request == 0 {
				h.Request = ""
			}
			for _, role := range office.Expand(sets, post.Role) {
				h.Permissions = append(h.Permissions, permissionsOf(role)...)
			}
			slices.Sort(h.Permissions)
			h.Permissions = slices.Compact(h.Permissions)
			a.May = append(a.May, h)
		}
		out = append(out, a)
	}
	return out, nil
}

// masked is a personal number as everybody may see it. One that the present keys
// do not open keeps nobody from the rest of the list.
func (c *call) masked(p office.Person, number string) string {
	text, err := p.Number(c.srv.Cipher, number)
	if err != nil {
		c.srv.Log.Error("a personal number does not open", "request", c.id, "person", p.ID, "error", err)
		text = "********"
	}
	return office.Mask(text)
}

// permissionsOf are what a shipped role may.
func permissionsOf(role string) []string {
	out := []string{}
	for p, who := range grants {
		if slices.Contains(who, role) {
			out = append(out, string(p))
		}
	}
	slices.Sort(out)
	return out
}
