package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// Telling are the rules by which the numbers of a day are told: those in force, and where they have run out the last
// ones. To tell a number is no act: nothing is refused (Z03).
func (b *Book) Telling(tx *gorm.DB, on models.Date) (Edition, error) {
	pack, err := NewestOn(tx, on)
	if errors.Is(err, ErrNoPack) {
		pack, err = b.Example()
	}
	if err != nil {
		return Edition{}, err
	}
	return b.EditionOf(tx, pack, pack, on)
}

// With is the edition with other values of some parameters: a campaign may want more days than the pack gives.
// Without rules there is nothing to change.
func (e Edition) With(own Tree) (Edition, error) {
	if e.ready == nil {
		return e, nil
	}
	tree := maps.Clone(e.ready.tree)
	for rule, keys := range own {
		tree[rule] = maps.Clone(tree[rule])
		if tree[rule] == nil {
			tree[rule] = map[string]json.Number{}
		}
		maps.Copy(tree[rule], keys)
	}
	return MakeEdition(e, e.ready.checks, tree, e.ready.calendar)
}

// Refuse adds to a refusal what a rule finds, what it cannot know, and that it is broken. Own takes the findings that
// the room says in its own words, or that do not refuse here; nil: none.
func (e Edition) Refuse(to *models.Refusal, res Result, own func(Finding) bool) {
	if e.ready == nil || e.ready.checks.Rules[res.Rule] == nil {
		to.Field("", "rule-unknown", "rule", res.Rule)
		return
	}
	rep, r := Report{Edition: e}, e.ready.checks.Rules[res.Rule]
	if res.State == Error {
		rep.fault(to, r, Error, Finding{Detail: brokenSentence(res.Reason)})
		return
	}
	for _, f := range res.Findings {
		if own == nil || !own(f) {
			rep.fault(to, r, res.State, f)
		}
	}
	if unknown := res.unknown(); unknown != nil {
		rep.fault(to, r, Unknown, *unknown)
	}
}

// Percent is the ratio of two numbers as rule X01 shows it; "" where there is nothing that it could be a ratio of.
func (e Edition) Percent(n, of decimal.Decimal) (string, error) {
	facts, err := numbered(map[string]decimal.Decimal{"n": n, "d": of})
	if err != nil {
		return "", err
	}
	res := JudgeRule("X01", facts, e)
	said, ok := res.Value.(*feel.Context)
	if !ok {
		return "", fmt.Errorf("rule X01 of %s / %s: %s %s", n, of, res.State, res.Reason)
	}
	shown, _ := said.Get("shown")
	if _, isNumber := shown.(feel.Number); !isNumber {
		return "", nil
	}
	ratio, err := decimal.NewFromString(shownText(shown))
	if err != nil {
		return "", fmt.Errorf("rule X01 of %s / %s: %w", n, of, err)
	}
	scale, err := decimal.NewFromString(e.Params("X01")["scale"].String())
	if err != nil {
		return "", fmt.Errorf("rule X01: scale: %w", err)
	}
	return ratio.StringFixed(int32(scale.IntPart())), nil
}

// Wording is a number as rule X02 words it: 12 as 10余; money is never worded.
func (e Edition) Wording(n decimal.Decimal, money bool) (string, error) {
	facts, err := numbered(map[string]decimal.Decimal{"n": n})
	if err != nil {
		return "", err
	}
	facts["money"] = money
	res := JudgeRule("X02", facts, e)
	said, ok := res.Value.(string)
	if !ok {
		return "", fmt.Errorf("rule X02 of %s: %s %s", n, res.State, res.Reason)
	}
	return said, nil
}

func numbered(of map[string]decimal.Decimal) (Facts, error) {
	out := Facts{}
	for name, d := range of {
		n, err := feel.ParseNumber(d.String())
		if err != nil {
			return nil, fmt.Errorf("fact %s: %w", name, err)
		}
		out[name] = n
	}
	return out, nil
}
