package api_test

import (
	"strconv"

	"github.com/shopspring/decimal"
)

func keyText(k int64) string { return strconv.FormatInt(k, 10) }

// share is a part of an amount, in 分; rest is what it leaves.
func share(p *player, amount, part string) string {
	d, err := decimal.NewFromString(amount)
	p.must(err)
	return d.Mul(decimal.RequireFromString(part)).StringFixed(2)
}

func rest(p *player, amount, part string) string {
	d, err := decimal.NewFromString(amount)
	p.must(err)
	return d.Sub(decimal.RequireFromString(share(p, amount, part))).StringFixed(2)
}
