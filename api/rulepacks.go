package api

import (
	"encoding/json"
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rulepacks"
	"github.com/quancheng/quancheng/models/rules"
)

// listRulePacks lists the packs; drafts are shown to those who rehearse.
func listRulePacks(c *call) (any, error) {
	all, err := rulepacks.All(c.db())
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.RulePackPage{Items: []wire.RulePack{}}
	for _, p := range all {
		if p.State != rules.PackPublished && !c.who.may(packLook) {
			continue
		}
		w, err := c.rulePack(d, p)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func (c *call) rulePack(d *directory, p rules.RulePack) (wire.RulePack, error) {
	if err := d.know(p.DraftedBy, p.PublishedBy); err != nil {
		return wire.RulePack{}, err
	}
	example, err := rulebook.Example()
	if err != nil {
		return wire.RulePack{}, err
	}
	now, err := rules.NewestOn(c.db(), models.DateOf(c.now))
	if err != nil {
		return wire.RulePack{}, err
	}
	w := wire.RulePack{
		ID: p.ID, Name: p.Name, ValidFrom: string(p.ValidFrom), ValidTo: string(p.ValidTo), State: p.State,
		Example: p.ID == example.ID || p.DraftedBy == "", InForce: p.ID == now.ID && !now.Expired(models.DateOf(c.now)),
		Base: p.Base, Digest: p.Digest, Reason: p.Reason, Drafted: d.maybe(p.DraftedBy, ""), Published: d.maybe(p.PublishedBy, ""),
	}
	if p.DraftedAt != nil {
		w.DraftedAt = new(p.DraftedAt.In(models.Zone))
	}
	if p.State == rules.PackPublished {
		w.At = new(p.At.In(models.Zone))
	}
	return w, nil
}

// knownPack is the pack of the address, drafts for those who rehearse.
func (c *call) knownPack() (rules.RulePack, error) {
	p, err := rulepacks.ByID(c.db(), c.Param("id"))
	if err == nil && p.State != rules.PackPublished && !c.who.may(packLook) {
		return p, notFound()
	}
	return p, err
}

func getRulePack(c *call) (any, error) {
	p, err := c.knownPack()
	if err != nil {
		return nil, err
	}
	d, err := rulepacks.Stored(c.db(), commands.Checks, p)
	if err != nil {
		return nil, err
	}
	return c.packDetail(d)
}

// packFile is what was sent as a file of a pack.
func (c *call) packFile(in wire.RulePackInput) (rulepacks.File, error) {
	raw, err := json.Marshal(
		map[string]any{"pack": in.Pack, "name": in.Name, "validFrom": in.ValidFrom, "validTo": in.ValidTo, "params": orList(in.Params)},
	)
	if err != nil {
		return rulepacks.File{}, refuse(http.StatusBadRequest, "malformed-json")
	}
	f, err := rulepacks.Parse(raw)
	if err != nil {
		return f, refuse(http.StatusUnprocessableEntity, "pack-file-wrong", "why", err.Error())
	}
	for _, one := range in.Checks {
		f.Checks = append(f.Checks, rules.File{Name: one.Name, Body: []byte(one.Body)})
	}
	if err := f.Check(); err != nil {
		return f, refuse(http.StatusUnprocessableEntity, "pack-file-wrong", "why", err.Error())
	}
	return f, nil
}

func orList(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("[]")
	}
	return raw
}

// draftRulePack keeps a draft, in place of the caller's own of the same id.
func draftRulePack(c *call) (any, error) {
	var in wire.RulePackInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f, err := c.packFile(in)
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		d, err := rulepacks.Make(tx, commands.Checks, f)
		if err != nil {
			return reply{}, err
		}
		if _, err := d.Keep(tx, a); err != nil {
			return reply{}, err
		}
		w, err := c.packDetail(d)
		return reply{Status: http.StatusCreated, Body: w}, err
	})
}

func dropRulePack(c *call) (any, error) {
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		return reply{Status: http.StatusNoContent}, rulepacks.Drop(tx, a, c.Param("id"))
	})
}

// lookRulePack says what a file would change; nothing is stored.
func lookRulePack(c *call) (any, error) {
	var in wire.RulePackInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f, err := c.packFile(in)
	if err != nil {
		return nil, err
	}
	d, err := rulepacks.Make(c.db(), commands.Checks, f)
	if err != nil {
		return nil, err
	}
	_, r, err := commands.Rehearse(c.db(), d)
	if err != nil {
		return nil, err
	}
	w, err := c.packDetail(d)
	w.Rehearsal = c.rehearsalOf(d.Pack, r)
	return w, err
}

// rehearseRulePack judges again what was judged so far, and notes what that said of a draft.
func rehearseRulePack(c *call) (any, error) {
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		d, err := c.storedPack(tx)
		if err != nil {
			return reply{}, err
		}
		_, r, err := commands.Rehearse(tx, d)
		if err != nil {
			return reply{}, err
		}
		if d.Pack.State == rules.PackDraft {
			if err := d.Rehearsed(tx, a, r); err != nil {
				return reply{}, err
			}
		}
		w, err := c.packDetail(d)
		w.Rehearsal = c.rehearsalOf(d.Pack, r)
		return reply{Status: http.StatusOK, Body: w}, err
	})
}

func (c *call) storedPack(tx *gorm.DB) (*rulepacks.Draft, error) {
	p, err := c.knownPack()
	if err != nil {
		return nil, err
	}
	return rulepacks.Stored(tx, commands.Checks, p)
}

func publishRulePack(c *call) (any, error) {
	var in wire.PublishPack
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		d, err := c.storedPack(tx)
		if err != nil {
			return reply{}, err
		}
		if _, err := d.Publish(tx, a, in.Digest); err != nil {
			return reply{}, err
		}
		w, err := c.packDetail(d)
		return reply{Status: http.StatusOK, Body: w}, err
	})
}

// packDetail is a pack with its rules, the difference that it makes, and what keeps it back.
func (c *call) packDetail(d *rulepacks.Draft) (wire.RulePackDetail, error) {
	var out wire.RulePackDetail
	people, err := c.directory()
	if err != nil {
		return out, err
	}
	if out.RulePack, err = c.rulePack(people, d.Pack); err != nil {
		return out, err
	}
	diff, err := d.Diff()
	if err != nil {
		return out, err
	}
	out.Problems, out.Remarks = []wire.PackNote{}, []wire.PackNote{}
	if d.Pack.State == rules.PackDraft {
		problems, err := d.Problems(c.db())
		if err != nil {
			return out, err
		}
		out.Diff, out.Problems, out.Remarks = diff, c.packNotes(problems), c.packNotes(d.Remarks(diff))
		if d.Pack.Rehearsed == d.Pack.Digest && len(d.Pack.Rehearsal) > 0 {
			var r rulepacks.Rehearsal
			if err := d.Pack.Rehearsal.Into(&r); err != nil {
				return out, err
			}
			out.Rehearsal = c.rehearsalOf(d.Pack, r)
		}
		mine := d.Pack.DraftedBy == c.who.Person.ID
		out.MayEdit = mine && c.who.may(packDraft)
		out.MayPublish = !mine && c.who.may(packPublish) && len(problems) == 0 && out.Rehearsal != nil
	}
	out.Checks = []wire.RuleFile{}
	for _, f := range d.Own() {
		out.Checks = append(out.Checks, wire.RuleFile{Name: f.Name, Body: string(f.Body)})
	}
	out.Rules = c.rulesOfPack(d, diff)
	return out, nil
}

func (c *call) packNotes(notes []rulepacks.Note) []wire.PackNote {
	out := make([]wire.PackNote, len(notes))
	for i, n := range notes {
		out[i] = wire.PackNote{Code: n.Code, Where: n.Where, Detail: ofParam(c.lang, n.Where, n.Code, n.Args)}
	}
	return out
}

func (c *call) rulesOfPack(d *rulepacks.Draft, diff rulepacks.Diff) []wire.RuleOfPack {
	out := []wire.RuleOfPack{}
	for _, q := range d.Params {
		i := slices.IndexFunc(out, func(r wire.RuleOfPack) bool { return r.Rule == q.Rule })
		if i < 0 {
			i, out = len(out), append(out, c.ruleOfPack(d, q.Rule))
		}
		p := wire.ParamOfPack{
			Key: q.Key, Name: paramName(c.lang, q.Rule+"."+q.Key), Value: q.Value, Before: new(q.Value),
			Unit: q.Unit, Basis: q.Basis, Verified: q.Verified, Floating: q.Floating,
		}
		for _, ch := range diff.Params {
			if ch.Rule == q.Rule && ch.Key == q.Key {
				p.Before = ch.Before
			}
		}
		out[i].Params = append(out[i].Params, p)
	}
	return out
}

func (c *call) ruleOfPack(d *rulepacks.Draft, id string) wire.RuleOfPack {
	w := wire.RuleOfPack{Rule: id, Name: id, Kind: "other", Basis: "—"}
	if r := d.Rule(id); r != nil {
		w.Name, w.Kind, w.Basis = c.inLanguage(rules.Sentence(r.Name)), r.Kind, r.Basis
		if r.Kind == rules.KindCheck {
			w.Severity = map[bool]string{true: "hard", false: "soft"}[r.Hard]
		}
	}
	return w
}

func (c *call) rehearsalOf(p rules.RulePack, r rulepacks.Rehearsal) *wire.RehearsalResult {
	w := &wire.RehearsalResult{
		Judged: r.Judged, Changed: r.Changed, Ahead: r.Ahead, Stops: r.Stops, Subjects: r.Subjects, Pinned: r.Pinned,
		Rows: []wire.RehearsedRow{},
	}
	if p.RehearsedAt != nil {
		w.At = new(p.RehearsedAt.In(models.Zone))
	}
	for _, row := range r.Rows {
		w.Rows = append(w.Rows, wire.RehearsedRow{
			Subject: row.Subject, Rule: row.Rule, Before: row.Before, After: row.After, Decided: row.Decided, Title: row.Title,
			Point:   row.Point,
			Changed: row.Changed, Stops: row.Stops, Counts: row.Findings, Missing: c.factNames(row.Missing), Reason: row.Reason,
		})
	}
	return w
}
