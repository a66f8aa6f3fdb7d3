package roster

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
)

// RequestImport is the kind of requests that bring a list in: units and accounts
// by the system administrator, posts by the security administrator.
const RequestImport = "organisation.import"

var _ = office.RegisterRequests(RequestImport, office.RequestKind{Parts: []office.PartKind{
	{Name: office.PartAccounts, Needs: office.SysAdmin, Release: releaseAccounts},
	{Name: office.PartPosts, Needs: office.SecAdmin, Release: releasePosts},
}})

// Body is what a request shows of its list, without personal numbers.
type Body struct {
	File string `json:"file"`
	Plan
}

const sealedPlace = "request/" + RequestImport

// Ask stores a list as a request of two halves. Nothing of it is written before.
// Without keys personal numbers are left out.
func Ask(tx *gorm.DB, a models.Acting, file string, rows []Row, c office.Cipher) (office.GrantRequest, Plan, error) {
	if c == nil {
		rows = withoutNumbers(rows)
	}
	plan, accepted, err := Make(tx, rows, a.At, c)
	if err != nil {
		return office.GrantRequest{}, plan, err
	}
	if plan.Empty() {
		return office.GrantRequest{}, plan, models.Refuse("roster-nothing", "refused", fmt.Sprint(len(plan.Refused)))
	}
	sealed, err := json.Marshal(accepted)
	if err != nil {
		return office.GrantRequest{}, plan, fmt.Errorf("roster: %w", err)
	}
	key := ""
	if c != nil {
		if sealed, key, err = c.Seal(sealed, sealedPlace); err != nil {
			return office.GrantRequest{}, plan, err
		}
	}
	r, err := office.Ask(tx, a, RequestImport, Body{file, plan}, sealed, key)
	return r, plan, err
}

func withoutNumbers(rows []Row) []Row {
	out := make([]Row, len(rows))
	for i, r := range rows {
		r.Mobile, r.IDNo = "", ""
		out[i] = r
	}
	return out
}

// planOf makes the plan of a request anew: the organisation may have changed since it was asked for.
func planOf(tx *gorm.DB, a models.Acting, r *office.GrantRequest, c office.Cipher) (Plan, error) {
	raw := r.Sealed
	if r.KeyID != "" {
		if c == nil {
			return Plan{}, office.ErrNoCipher
		}
		var err error
		if raw, err = c.Open(r.Sealed, r.KeyID, sealedPlace); err != nil {
			return Plan{}, err
		}
	}
	var rows []Row
	if err := json.Unmarshal(raw, &rows); err != nil {
		return Plan{}, fmt.Errorf("request %d: %w", r.ID, err)
	}
	plan, _, err := Make(tx, rows, a.At, c)
	stale := slices.DeleteFunc(slices.Clone(plan.Refused), func(f Refused) bool { return f.Code == handover }) // who has tasks stays
	if err == nil && len(stale) > 0 {
		first := stale[0]
		return plan, models.Refuse("roster-stale").
			Field(fmt.Sprintf("/%d/%s", first.Line, first.Column), first.Code, pairsOf(first.Args)...)
	}
	return plan, err
}

func pairsOf(m map[string]string) []string {
	var out []string
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}

// releaseAccounts writes units and accounts. New accounts are inactive.
func releaseAccounts(tx *gorm.DB, a models.Acting, r *office.GrantRequest, c office.Cipher) (any, error) {
	plan, err := planOf(tx, a, r, c)
	if err != nil {
		return nil, err
	}
	for _, u := range plan.units {
		write := office.ChangeUnit
		if u.fresh {
			write = office.CreateUnit
		}
		if err := write(tx, a, u.dept); err != nil {
			return nil, err
		}
	}
	var fresh []office.Person
	for _, p := range plan.people {
		if p.leaves || !p.fresh && !p.changed {
			continue
		}
		if err := p.seal(c); err != nil {
			return nil, err
		}
		if p.fresh {
			fresh = append(fresh, p.person)
		} else if err := tx.Save(&p.person).Error; err != nil {
			return nil, fmt.Errorf("person %s: %w", p.person.ID, err)
		}
	}
	if len(fresh) > 0 {
		if err := tx.CreateInBatches(&fresh, 100).Error; err != nil {
			return nil, fmt.Errorf("new accounts: %w", err)
		}
	}
	return nil, note(tx, a, r, "organisation.accounts", plan)
}

// seal encrypts the numbers that the list brings, and with them the one that stays.
func (p *personPlan) seal(c office.Cipher) (err error) {
	if p.mobile == "" && p.idno == "" {
		return nil
	}
	mobile, idno := p.mobile, p.idno
	if mobile == "" {
		if mobile, err = p.person.Number(c, office.NumberMobile); err != nil {
			return err
		}
	}
	if idno == "" {
		if idno, err = p.person.Number(c, office.NumberID); err != nil {
			return err
		}
	}
	return p.person.SetNumbers(c, mobile, idno)
}

// releasePosts activates new accounts, grants and ends posts, and disables who
// leaves. Whoever is activated gets a one-time code, shown this once.
func releasePosts(tx *gorm.DB, a models.Acting, r *office.GrantRequest, c office.Cipher) (any, error) {
	plan, err := planOf(tx, a, r, c)
	if err != nil {
		return nil, err
	}
	at := models.Stamp(a.At)
	var activated []office.Person
	var ids []string
	var posts []office.Post
	for _, p := range plan.people {
		if p.fresh {
			return nil, models.Refuse("roster-stale").Field(fmt.Sprintf("/%d/account", p.line), "no-such-person")
		}
		if !p.leaves && p.person.State() == office.StateInactive {
			activated, ids = append(activated, p.person), append(ids, p.person.ID)
		}
		granted, err := p.write(tx, at, r.ID)
		if err != nil {
			return nil, err
		}
		posts = append(posts, granted...)
	}
	if len(posts) > 0 {
		if err := tx.CreateInBatches(&posts, 100).Error; err != nil {
			return nil, fmt.Errorf("posts of request %d: %w", r.ID, err)
		}
	}
	if len(ids) > 0 {
		for some := range slices.Chunk(ids, 500) {
			if err := tx.Model(&office.Person{}).Where("id IN ?", some).Update("active", true).Error; err != nil {
				return nil, fmt.Errorf("activate: %w", err)
			}
		}
	}
	codes, err := office.IssueCodes(tx, a.At, office.CodeLife, activated...)
	if err != nil {
		return nil, err
	}
	return codes, note(tx, a, r, "organisation.posts", plan)
}

// write ends what ends, and gives the rows of posts that begin.
func (p *personPlan) write(tx *gorm.DB, at time.Time, request int64) ([]office.Post, error) {
	for _, e := range p.end {
		if err := tx.Model(&office.Post{}).Where("id = ? AND person_id = ? AND (valid_to IS NULL OR valid_to > ?)", e.ID, p.person.ID,
			at).Update("valid_to", at).Error; err != nil {
			return nil, fmt.Errorf("end of %s: %w", e.ID, err)
		}
	}
	if p.leaves {
		if err := tx.Model(&office.Person{}).Where("id = ?", p.person.ID).Updates(map[string]any{"active": false,
			"left_at": at}).Error; err != nil {
			return nil, fmt.Errorf("disable %s: %w", p.person.ID, err)
		}
		return nil, nil
	}
	var fresh []office.Post
	for _, g := range p.grant {
		row, err := office.ChangedPost(tx, g, at, request)
		if err != nil {
			return nil, err
		}
		if row != nil {
			fresh = append(fresh, *row)
		}
	}
	return fresh, nil
}

// note keeps in the audit what a half has changed, in numbers and ids.
func note(tx *gorm.DB, a models.Acting, r *office.GrantRequest, action string, plan Plan) error {
	counts := map[string]any{
		"request": r.ID, "units": len(plan.units), "new": len(plan.New), "changed": len(plan.Changed), "leaving": len(plan.Leaving),
	}
	return audit.Audit(
		tx, office.RequestChain, a,
		audit.AuditEntry{Action: action, Subject: fmt.Sprintf("request:%d", r.ID), Digest: r.Digest, Detail: models.JSONOf(counts)},
	)
}
