package papers

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/feel"
)

// functions are what templates may call beside FEEL's own (docs/papers.md).
// What cannot be written so is null with a warning, which refuses the paper.
var functions = map[string]*feel.Func{
	"wan":  function("wan", "an amount in 元", 1, func(a []feel.Value) feel.Value { return ofAmount(a[0], wan) }),
	"yuan": function("yuan", "an amount in 元", 1, func(a []feel.Value) feel.Value { return ofAmount(a[0], yuan) }),
	"capital": function(
		"capital", "an amount from 0 to 999999999999.99 with at most two decimals", 1,
		func(a []feel.Value) feel.Value { return ofAmount(a[0], Capital) },
	),
	"pct":     function("pct", "two numbers, the second one not zero", 2, percent),
	"cnDate":  function("cnDate", "a date", 1, func(a []feel.Value) feel.Value { return ofDate(a[0], cnDate) }),
	"hanDate": function("hanDate", "a date", 1, func(a []feel.Value) feel.Value { return ofDate(a[0], hanDate) }),
	"cnList":  function("cnList", "a list of texts with at least one", 1, cnList),
}

func function(name, wants string, n int, do func([]feel.Value) feel.Value) *feel.Func {
	f := &feel.Func{Name: name, Params: []feel.Param{{Name: "value"}, {Name: "of"}}[:n]}
	f.Invoke = func(c *feel.Call, args []feel.Value) feel.Value {
		v := do(args)
		if v == nil {
			c.Warn(name + " takes " + wants)
		}
		return v
	}
	return f
}

func number(v feel.Value) (decimal.Decimal, bool) {
	n, ok := v.(feel.Number)
	if !ok {
		return decimal.Decimal{}, false
	}
	d, err := decimal.NewFromString(n.Decimal().Text('f'))
	return d, err == nil
}

func ofAmount(v feel.Value, write func(decimal.Decimal) (string, bool)) feel.Value {
	if d, ok := number(v); ok {
		if s, ok := write(d); ok {
			return s
		}
	}
	return nil
}

var tenThousand = decimal.New(1, 4)

// wan is an amount in 万元 with two decimals, half up.
func wan(d decimal.Decimal) (string, bool) { return d.DivRound(tenThousand, 2).StringFixed(2), true }

// yuan is an amount in 元 with two decimals and a comma every three digits.
func yuan(d decimal.Decimal) (string, bool) {
	whole, rest, _ := strings.Cut(d.Abs().StringFixed(2), ".")
	var parts []string
	for len(whole) > 3 {
		parts = append([]string{whole[len(whole)-3:]}, parts...)
		whole = whole[:len(whole)-3]
	}
	out := strings.Join(append([]string{whole}, parts...), ",") + "." + rest
	if d.Round(2).IsNegative() {
		out = "-" + out
	}
	return out, true
}

func percent(a []feel.Value) feel.Value {
	n, ok := number(a[0])
	of, ok2 := number(a[1])
	if !ok || !ok2 || of.IsZero() {
		return nil
	}
	return n.Mul(decimal.New(100, 0)).DivRound(of, 2).StringFixed(2) + "%"
}

const (
	digits = "零壹贰叁肆伍陆柒捌玖"
)

// Capital writes an amount as cheques do: 人民币叁佰陆拾万零贰仟陆佰元整. It
// refuses amounts below zero, above 999,999,999,999.99, and parts of a 分.
func Capital(d decimal.Decimal) (string, bool) {
	cents := d.Shift(2)
	if d.IsNegative() || !cents.IsInteger() || cents.Cmp(decimal.New(1, 14)) >= 0 {
		return "", false
	}
	n := cents.IntPart()
	whole, jiao, fen := n/100, n/10%10, n%10
	out := "人民币"
	if whole > 0 {
		out += capitalWhole(whole) + "元"
	}
	switch {
	case n == 0:
		return out + "零元整", true
	case jiao == 0 && fen == 0:
		return out + "整", true
	case jiao > 0:
		out += digit(jiao) + "角"
	case whole > 0:
		out += "零"
	}
	if fen > 0 {
		out += digit(fen) + "分"
	}
	return out, true
}

func digit(n int64) string { return string([]rune(digits)[n]) }

func capitalWhole(n int64) string {
	units := []string{"", "拾", "佰", "仟"}
	groups := []string{"", "万", "亿"}
	out, zero := "", false
	for g := 2; g >= 0; g-- {
		part := n
		for range g {
			part /= 10000
		}
		part %= 10000
		for u, scale := 3, int64(1000); u >= 0; u, scale = u-1, scale/10 {
			d := part / scale % 10
			if d == 0 {
				zero = out != ""
				continue
			}
			if zero {
				out += "零"
			}
			out, zero = out+digit(d)+units[u], false
		}
		if part > 0 {
			out += groups[g]
		}
	}
	return out
}

// ParseCapital reads what Capital writes.
func ParseCapital(s string) (decimal.Decimal, bool) {
	rest, ok := strings.CutPrefix(s, "人民币")
	if !ok {
		return decimal.Decimal{}, false
	}
	var total, group, d int64 // of 分 at last
	var cents int64
	for _, r := range rest {
		if i := strings.IndexRune(digits, r); i >= 0 {
			d = int64(i / len("零"))
			continue
		}
		switch r {
		case '拾':
			group, d = group+d*10, 0
		case '佰':
			group, d = group+d*100, 0
		case '仟':
			group, d = group+d*1000, 0
		case '万':
			total, group, d = total+(group+d)*10000, 0, 0
		case '亿':
			total, group, d = total+(group+d)*100000000, 0, 0
		case '元':
			cents, group, d = (total+group+d)*100, 0, 0
		case '角':
			cents, d = cents+d*10, 0
		case '分':
			cents, d = cents+d, 0
		case '整':
		default:
			return decimal.Decimal{}, false
		}
	}
	v := decimal.New(cents, -2)
	again, ok := Capital(v)
	return v, ok && again == s
}

func ofDate(v feel.Value, write func(feel.Date) string) feel.Value {
	switch v := v.(type) {
	case feel.Date:
		return write(v)
	case feel.DateTime:
		if d, ok := feel.ParseDate(v.String()[:10]); ok {
			return write(d)
		}
	}
	return nil
}

// cnDate is 2022年3月10日.
func cnDate(d feel.Date) string {
	return decimal.New(int64(d.Year()), 0).
		String() +
		"年" + decimal.New(int64(d.Month()), 0).
		String() +
		"月" + decimal.New(int64(d.Day()), 0).
		String() +
		"日"
}

const han = "〇一二三四五六七八九"

// hanDate is 二〇二二年三月十日.
func hanDate(d feel.Date) string {
	year := ""
	for _, r := range decimal.New(int64(d.Year()), 0).String() {
		year += string([]rune(han)[r-'0'])
	}
	return year + "年" + hanNumber(d.Month()) + "月" + hanNumber(d.Day()) + "日"
}

// hanNumber writes 1 to 99 in Chinese: 十, 二十一.
func hanNumber(n int) string {
	one := func(n int) string { return string([]rune(han)[n]) }
	switch {
	case n < 10:
		return one(n)
	case n == 10:
		return "十"
	case n < 20:
		return "十" + one(n%10)
	case n%10 == 0:
		return one(n/10) + "十"
	}
	return one(n/10) + "十" + one(n%10)
}

func cnList(a []feel.Value) feel.Value {
	l, ok := a[0].(feel.List)
	if !ok || len(l) == 0 {
		return nil
	}
	var parts []string
	for _, v := range l {
		s, ok := printed(v)
		if !ok {
			return nil
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "、")
}

// printed is a value as text; what has no text (null, a list, a context) has none.
func printed(v feel.Value) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case feel.Number:
		return v.Decimal().Text('f'), true
	case feel.Date:
		return cnDate(v), true
	case feel.DateTime:
		s := v.String()
		d, ok := feel.ParseDate(s[:10])
		return cnDate(d) + s[11:16], ok
	}
	return "", false
}
