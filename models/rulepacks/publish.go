package rulepacks

import (
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/rules"
)

// leastReason is how many characters a reason has at least (domain/access.md §5).
const leastReason = 5

// Keep stores a draft, in place of what the same person drafted under this id before.
func (d *Draft) Keep(tx *gorm.DB, a models.Acting) (rules.RulePack, error) {
	if len([]rune(strings.TrimSpace(a.Reason))) < leastReason {
		return d.Pack, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	was, err := ByID(tx, d.Pack.ID)
	there := err == nil
	var missing *models.Refusal
	switch {
	case err != nil && !errors.As(err, &missing):
		return d.Pack, err
	case there && was.State == rules.PackPublished:
		return d.Pack, models.Refuse("pack-published", "pack", was.ID)
	case there && was.DraftedBy != a.Person:
		return d.Pack, models.Refuse("pack-drafted-by-another", "pack", was.ID)
	}
	at := models.Stamp(a.At)
	p := d.Pack
	p.At, p.DraftedAt, p.DraftedBy, p.Reason, p.State = at, &at, a.Person, strings.TrimSpace(a.Reason), rules.PackDraft
	write := tx.Create
	if there {
		write = tx.Save
	}
	if err := write(&p).Error; err != nil {
		return p, fmt.Errorf("rule pack %s: %w", p.ID, err)
	}
	if err := rules.KeepFiles(tx, p.ID, d.Files); err != nil {
		return p, err
	}
	d.Pack = p
	return p, record(tx, a, p, "drafted", map[string]any{"base": p.Base})
}

// Rehearsed notes what the rehearsal of a draft said, so that it can be published.
func (d *Draft) Rehearsed(tx *gorm.DB, a models.Acting, r Rehearsal) error {
	at := models.Stamp(a.At)
	done := tx.Model(&rules.RulePack{}).Where("id = ? AND state = ? AND digest = ?", d.Pack.ID, rules.PackDraft, d.Pack.Digest).
		Updates(map[string]any{"rehearsed": d.Pack.Digest, "rehearsed_at": at, "rehearsal": models.JSONOf(r)})
	if done.Error != nil {
		return fmt.Errorf("rule pack %s: %w", d.Pack.ID, done.Error)
	}
	if done.RowsAffected == 0 {
		return models.Refuse("pack-moved-on", "pack", d.Pack.ID)
	}
	d.Pack.Rehearsed, d.Pack.RehearsedAt, d.Pack.Rehearsal = d.Pack.Digest, &at, models.JSONOf(r)
	return record(tx, a, d.Pack, "rehearsed", r)
}

// Publish is the second person's word: the draft as its digest names it is in
// force from its first day. Published twice at once, one wins. A draft that would
// stop acts that lie ahead takes the publisher's own reason.
func (d *Draft) Publish(tx *gorm.DB, a models.Acting, digest string) (rules.RulePack, error) {
	p := d.Pack
	kept, err := ByID(tx, p.ID)
	switch {
	case err != nil:
		return p, err
	case kept.State == rules.PackPublished:
		return p, models.Refuse("pack-published", "pack", p.ID)
	case p.DraftedBy == a.Person:
		return p, models.Refuse("second-person-needed")
	case digest != p.Digest:
		return p, models.Refuse("pack-moved-on", "pack", p.ID)
	case p.Rehearsed != p.Digest:
		return p, models.Refuse("pack-not-rehearsed", "pack", p.ID)
	}
	if err := d.Publishable(tx); err != nil {
		if now, again := ByID(tx, p.ID); again == nil && now.State == rules.PackPublished { // somebody else was faster since we looked
			return p, models.Refuse("pack-published", "pack", p.ID)
		}
		return p, err
	}
	var said Rehearsal
	if err := p.Rehearsal.Into(&said); err != nil {
		return p, fmt.Errorf("rehearsal of rule pack %s: %w", p.ID, err)
	}
	if said.Stops > 0 && len([]rune(strings.TrimSpace(a.Reason))) < leastReason {
		return p, models.Refuse("pack-stops-acts", "pack", p.ID, "stops", fmt.Sprint(said.Stops)).Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	done := tx.Model(&rules.RulePack{}).Where("id = ? AND state = ? AND digest = ?", p.ID, rules.PackDraft, p.Digest).
		Updates(map[string]any{"state": rules.PackPublished, "published_by": a.Person, "at": at})
	if done.Error != nil {
		return p, fmt.Errorf("rule pack %s: %w", p.ID, done.Error)
	}
	if done.RowsAffected == 0 {
		return p, models.Refuse("pack-published", "pack", p.ID)
	}
	p.State, p.PublishedBy, p.At = rules.PackPublished, a.Person, at
	d.Pack = p
	return p, record(tx, a, p, "published", map[string]any{"validFrom": p.ValidFrom, "draftedBy": p.DraftedBy, "stops": said.Stops})
}

// Publishable refuses a draft that has problems, all of them at once.
func (d *Draft) Publishable(tx *gorm.DB) error {
	problems, err := d.Problems(tx)
	if err != nil {
		return err
	}
	refusal := models.Refuse("pack-not-publishable", "pack", d.Pack.ID)
	for _, n := range problems {
		refusal.Fields = append(refusal.Fields, models.FieldError{Pointer: "/" + n.Where, Code: n.Code, Args: n.Args})
		refusal.Fields[len(refusal.Fields)-1].Args = n.Args
	}
	return refusal.OrNil()
}

// Drop throws one's own draft away.
func Drop(tx *gorm.DB, a models.Acting, id string) error {
	p, err := ByID(tx, id)
	switch {
	case err != nil:
		return err
	case p.State == rules.PackPublished:
		return models.Refuse("pack-published", "pack", id)
	case p.DraftedBy != a.Person:
		return models.Refuse("pack-drafted-by-another", "pack", id)
	}
	if err := rules.KeepFiles(tx, id, nil); err != nil {
		return err
	}
	if err := tx.Where("id = ? AND state = ?", id, rules.PackDraft).Delete(&rules.RulePack{}).Error; err != nil {
		return fmt.Errorf("rule pack %s: %w", id, err)
	}
	return record(tx, a, p, "dropped", nil)
}

// ByID is a pack, drafted or published; refused with "not-found" where there is none.
func ByID(tx *gorm.DB, id string) (rules.RulePack, error) {
	p, err := rules.PackByID(tx, id)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return p, models.Refuse("not-found", "what", id)
	}
	return p, err
}

// All are the packs, the newest first day first.
func All(tx *gorm.DB) (out []rules.RulePack, err error) {
	if err := tx.Order("valid_from DESC, id DESC").Find(&out).Error; err != nil {
		return nil, fmt.Errorf("rule packs: %w", err)
	}
	return out, nil
}

func record(tx *gorm.DB, a models.Acting, p rules.RulePack, what string, detail any) error {
	return audit.Audit(tx, "rulepack:"+p.ID, a, audit.AuditEntry{
		Action: "rulepack." + what, Subject: "rulepack:" + p.ID, Reason: a.Reason, Digest: p.Digest, Detail: models.JSONOf(detail),
	})
}
