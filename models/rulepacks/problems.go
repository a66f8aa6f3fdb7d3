package rulepacks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// Note is something about a draft that a person should know. Code is a sentence
// of the catalogue (package texts).
type Note struct {
	Code  string            `json:"code"`
	Where string            `json:"where,omitempty"` // B06.L3, checks/B.dmn
	Args  map[string]string `json:"args,omitempty"`
}

func note(code, where string, args ...string) Note { return Note{code, where, models.Pairs(args)} }

// Problems keep a draft from being published: a decision that cannot run, a
// parameter that is missing or no number, a name or day that is taken.
func (d *Draft) Problems(tx *gorm.DB) ([]Note, error) {
	out := []Note{}
	if d.faults != nil {
		for line := range strings.Lines(d.faults.Error()) {
			where, why, _ := strings.Cut(strings.TrimSpace(line), ": ")
			out = append(out, note("pack-decision-broken", where, "why", why))
		}
	}
	tree := rules.Tree{}
	for _, q := range d.Params {
		if !isNumber(q) {
			out = append(out, note("pack-no-number", q.Rule+"."+q.Key, "value", q.Value.String()))
			continue
		}
		if tree[q.Rule] == nil {
			tree[q.Rule] = map[string]json.Number{}
		}
		tree[q.Rule][q.Key] = q.Value
		if v, _ := decimal.NewFromString(q.Value.String()); v.IsNegative() {
			out = append(out, note("pack-negative", q.Rule+"."+q.Key, "value", q.Value.String()))
		}
	}
	for _, p := range d.checks.Lacking(tree) {
		out = append(out, note("pack-lacks", p))
	}
	var others []rules.RulePack
	if err := tx.Where("state = ? AND (id = ? OR valid_from = ? AND id > ?)", rules.PackPublished, d.Pack.ID, d.Pack.ValidFrom,
		d.Pack.ID).Find(&others).Error; err != nil {
		return nil, fmt.Errorf("rule packs: %w", err)
	}
	for _, o := range others {
		code := "pack-same-day"
		if o.ID == d.Pack.ID {
			code = "pack-published"
		}
		out = append(out, note(code, "", "pack", o.ID, "day", string(o.ValidFrom)))
	}
	return out, nil
}

// much is the least amount of which equal values of different parameters mean the same.
var much = decimal.NewFromInt(1000)

// Remarks say what is probably not meant: a parameter that nothing reads, steps
// in the wrong order, a value that other rules have too and keep.
func (d *Draft) Remarks(diff Diff) []Note {
	out := []Note{}
	for _, c := range diff.Params {
		name := c.Rule + "." + c.Key
		if c.Before == nil && !d.read(name) {
			out = append(out, note("pack-param-unread", name))
		}
		for _, q := range d.Params {
			if q.Rule == c.Rule && q.Key != c.Key && q.Unit == c.Unit && c.Before != nil && isNumber(q) {
				was, now := order(*c.Before, d.before(q)), order(c.After, q.Value)
				if was != 0 && now != 0 && was != now {
					out = append(
						out,
						note(
							"pack-order-turned", name, "other", q.Rule+"."+q.Key, "value", c.After.String(), "otherValue", q.Value.String(),
						),
					)
				}
			}
			if c.Before != nil && *c.Before != c.After && q.Rule != c.Rule && q.Unit == c.Unit && order(q.Value, *c.Before) == 0 &&
				atLeast(q.Value, much) {
				out = append(
					out, note("pack-same-value-stays", q.Rule+"."+q.Key, "other", name, "value", q.Value.String(), "now", c.After.String()),
				)
			}
		}
	}
	return out
}

func (d *Draft) read(param string) bool {
	for _, r := range d.checks.Rules {
		if r.Reads(param) {
			return true
		}
	}
	return false
}

// before is the value that a parameter of the draft had; its own if it is new.
func (d *Draft) before(q rules.RuleParam) json.Number {
	var was []rules.RuleParam
	if d.Base.Params.Into(&was) == nil {
		for _, p := range was {
			if p.Rule == q.Rule && p.Key == q.Key {
				return p.Value
			}
		}
	}
	return q.Value
}

func order(a, b json.Number) int {
	x, errX := decimal.NewFromString(a.String())
	y, errY := decimal.NewFromString(b.String())
	if errX != nil || errY != nil {
		return 0
	}
	return x.Cmp(y)
}

func atLeast(a json.Number, least decimal.Decimal) bool {
	x, err := decimal.NewFromString(a.String())
	return err == nil && x.GreaterThanOrEqual(least)
}
