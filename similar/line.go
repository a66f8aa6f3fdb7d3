package similar

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Line is what is compared of a budget line.
type Line struct {
	Name string
	Spec string
	Unit string
}

// lineView is a line as comparisons read it.
type lineView struct {
	exact   uint64
	head    bag
	spec    bag
	all     bag
	action  string   // what is bought; empty: a thing
	vague   bool     // its name says nothing of its contents
	unit    string   // the group of its unit
	values  []value  // amounts of the specification
	words   []uint16 // for each row of words that exclude each other: which it has
	with    bool     // says what is included
	without bool     // says what is not
}

// view reads a line with the weights of a corpus.
func (c *Corpus) line(l Line) *lineView {
	name, spec, unit := Fold(l.Name), Fold(l.Spec), Fold(l.Unit)
	v := &lineView{exact: hash(name + "\n" + spec + "\n" + unit)}
	v.unit = c.words.unitOf(unit)
	v.action, v.vague = c.words.actionOf(name, spec, unit)
	for _, clause := range clausesOf(spec) {
		switch {
		case strings.Contains(clause, "不含") || strings.Contains(clause, "不包") || strings.Contains(clause, "裸机"):
			v.without = true
		case strings.Contains(clause, "含") || strings.Contains(clause, "包括"):
			v.with = true
		}
	}
	kept := dropAfter(spec, "不含")
	v.head = c.bag(draft{}.add(c.words.cut(name), 1))
	v.spec = c.bag(draft{}.add(c.words.cut(kept), 1))
	v.all = join(v.head, v.spec)
	v.values = valuesOf(spec+"，"+name, v.unit)
	v.words = make([]uint16, len(c.words.rows))
	for i, row := range c.words.rows {
		for k, w := range row[:min(len(row), 16)] {
			if strings.Contains(name, w) || strings.Contains(kept, w) {
				v.words[i] |= 1 << k
			}
		}
	}
	return v
}

// dropAfter leaves out the clauses that hold a word.
func dropAfter(text, word string) string {
	return strings.Join(slices.DeleteFunc(clausesOf(text), func(k string) bool { return strings.Contains(k, word) }), "，")
}

var perUnit = strings.NewReplacer("/", "·", "每", "·", " ", "")

// unitOf is the group of a unit; a unit over time ("台·年") is by time.
func (v *Vocabulary) unitOf(unit string) string {
	unit = strings.TrimSpace(perUnit.Replace(unit))
	if g, ok := v.units[unit]; ok {
		return g
	}
	if _, period, ok := strings.Cut(unit, "·"); ok {
		if g := v.units[period]; g == "year" {
			return g
		}
	}
	return unit
}

// actionOf is what a line buys, read from its name, then its unit, then the
// beginning of its specification. Vague names ("其他费用", "软件定制开发") hide their contents.
func (v *Vocabulary) actionOf(name, spec, unit string) (action string, vague bool) {
	if g := v.unitOf(unit); g == "year" {
		action = "rent"
	}
	for _, g := range v.action {
		for _, w := range g.words {
			if strings.Contains(name, w) {
				if slices.Contains(aboutSystems, g.name) && v.builds(name, w) {
					continue
				}
				if g.name == "thing" {
					return "", false
				}
				if g.name == "software" && strings.Contains(name, "设备") {
					continue
				}
				if action == "rent" && g.name != "maintain" {
					return action, false
				}
				return g.name, v.hides(g.name, name)
			}
		}
	}
	if action != "" || v.unitOf(unit) == "piece" {
		return action, false
	}
	for _, g := range v.action {
		for _, w := range g.words {
			if g.name != "thing" && g.name != "software" && g.name != "lump" && g.name != "part" && strings.Contains(spec, w) {
				return g.name, false
			}
		}
	}
	return "", false
}

// aboutSystems are the actions whose word may be what a system is for: 培训管理系统开发 is development.
var aboutSystems = []string{"supervise", "assess", "test", "train", "study", "maintain"}

// builds says that something built stands behind a word of a name.
func (v *Vocabulary) builds(name, word string) bool {
	_, rest, _ := strings.Cut(name, word)
	return slices.ContainsFunc(v.build, func(b string) bool { return strings.Contains(rest, b) })
}

// hides says that a name tells nothing of what a lump sum or a piece of
// development contains: without the words of [vague] little is left of it.
func (v *Vocabulary) hides(action, name string) bool {
	if action == "lump" {
		return true
	}
	if action != "develop" && action != "software" && action != "integrate" {
		return false
	}
	for _, w := range v.vague {
		name = strings.ReplaceAll(name, w, "")
	}
	return len([]rune(name)) < 2
}

// value is an amount of a specification in the base unit of its dimension.
type value struct {
	dim string
	n   float64
}

// scales are units of amounts: dimension and factor.
var scales = map[string]value{
	"kva": {
		"power", 1,
	}, "kw": {"power", 1}, "w": {"power", 0.001}, "tb": {"bytes", 1000}, "t": {"bytes", 1000}, "gb": {"bytes", 1}, "g": {"bytes", 1},
	"mb": {"bytes", 0.001},
	"gbps": {
		"bytes", 1,
	}, "mbps": {"bytes", 0.001}, "m": {"m", 1}, "米": {"m", 1}, "km": {"m", 1000}, "公里": {"m", 1000}, "h": {"hours", 1}, "小时": {"hours", 1},
	"核": {"cores", 1}, "c": {"cores", 1}, "vcpu": {"cores", 1},
	"路": {
		"ways", 1,
	}, "颗": {"ways", 1}, "cpu": {"ways", 1}, "英寸": {"inch", 1}, "寸": {"inch", 1}, "u": {"u", 1}, "口": {"ports", 1}, "个口": {"ports", 1},
	"像素": {"pixel", 1}, "hz": {"hz", 1}, "ah": {"ah", 1}, "v": {"volt", 1},
	"年": {
		"months", 12,
	}, "个月": {"months", 1}, "月": {"months", 1}, "芯": {"cores of a cable", 1}, "ppm": {"ppm", 1}, "dpi": {"dpi", 1}, "并发": {"sessions", 1},
	"用户": {"users", 1}, "流明": {"lumen", 1}, "页": {"pages", 1},
	"nit": {"nit", 1}, "倍": {"times", 1}, "mm": {"mm", 1}, "ups": {"", 0},
}

// number with what follows it; "双路" and "2路" are the same.
var number = regexp.MustCompile(`(\d+(?:\.\d+)?)\s*(万|亿|w(?:像素|$)|)\s*([a-z]+|个?[\p{Han}]{1,2})?`)

var digits = strings.NewReplacer(
	"一年", "1年", "两年", "2年", "二年", "2年", "三年", "3年", "五年", "5年", "双路", "2路", "双电源", "2电源", "四路", "4路", "单路", "1路", "半年", "6个月",
)

// marked are sizes written behind letters: P1.25, A4, IP67, WiFi6.
var marked = regexp.MustCompile(`(?:^|[^a-z])([a-z]{1,5})[-. ]?(\d+(?:\.\d+)?)(?:$|[^\da-z×*]|led)`)

func valuesOf(spec, unit string) (out []value) {
	for _, m := range marked.FindAllStringSubmatch(spec, 20) {
		if n, err := strconv.ParseFloat(m[2], 64); err == nil && !math.IsInf(n, 0) {
			out = append(out, value{"#" + m[1], n})
		}
	}
	for _, m := range number.FindAllStringSubmatch(digits.Replace(spec), 40) {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil || math.IsInf(n, 0) {
			continue
		}
		switch {
		case m[2] == "万":
			n *= 1e4
		case m[2] == "亿":
			n *= 1e8
		case m[2] == "w像素":
			n *= 1e4
			m[3] = "像素"
		}
		name := m[3]
		if strings.HasPrefix(name, "像") {
			name = "像素"
		}
		s, ok := scales[name]
		for r := []rune(name); !ok && len(r) > 1; { // "核cpu": the unit is the beginning
			r = r[:len(r)-1]
			s, ok = scales[string(r)]
		}
		if ok && s.dim != "" && !(s.dim == "m" && unit == "length") {
			out = append(out, value{s.dim, n * s.n})
		}
	}
	slices.SortFunc(out, func(x, y value) int {
		if x.dim != y.dim {
			return strings.Compare(x.dim, y.dim)
		}
		return cmp.Compare(x.n, y.n)
	})
	return slices.Compact(out)
}

// agree counts the dimensions in which two specifications have a value in
// common, and those in which all of their values are apart.
func agree(a, b []value) (same, apart float64) {
	for len(a) > 0 && len(b) > 0 {
		switch d := cmp.Compare(a[0].dim, b[0].dim); {
		case d < 0:
			a = a[1:]
			continue
		case d > 0:
			b = b[1:]
			continue
		}
		x, y := run(a), run(b)
		nearest := math.Inf(1)
		for _, p := range x {
			for _, q := range y {
				nearest = min(nearest, math.Abs(p.n-q.n)/max(p.n, q.n, 1e-9))
			}
		}
		switch {
		case nearest <= 0.15:
			same++
		case nearest > 0.7: // more than three times as much is another class
			apart += 2
		default:
			apart++
		}
		a, b = a[len(x):], b[len(y):]
	}
	return same, apart
}

// run is the values of the first dimension.
func run(list []value) []value {
	n := 1
	for n < len(list) && list[n].dim == list[0].dim {
		n++
	}
	return list[:n]
}

// features of a pair of lines, in the order of lineWeights.
func (c *Corpus) lineFeatures(a, b *lineView) []float64 {
	head := max(dice(a.head, b.head), 0.85*within(a.head, b.head, 0.2))
	spec := max(jaccard(a.spec, b.spec), 0.8*within(a.spec, b.spec, 0.8))
	all := max(jaccard(a.all, b.all), 0.7*within(a.all, b.all, 1))
	if a.vague || b.vague {
		head, all = 0, spec
	}
	same, apart := agree(a.values, b.values)
	left := denies(a, b)
	if apart >= 2 && same == 0 { // the same thing in another size is bought at another price
		head, spec, all = head*0.4, spec*0.4, all*0.4
	}
	if excluding(a.words, b.words) > 0 || c.words.otherAction(a.action, b.action) == 1 {
		head, spec, all = head*0.75, spec*0.75, all*0.75
	}
	if left > 0 { // with and without licences are two goods, however alike the rest
		head, spec, all, same = head*0.4, spec*0.4, all*0.4, same*0.4
	}
	return []float64{
		head, spec, all, min(same, 3) / 3, min(apart, 2) / 2, c.words.otherAction(a.action, b.action), otherUnit(a.unit, b.unit),
		excluding(a.words, b.words), left,
	}
}

// otherAction is 1 when two lines buy different things, a half when they are near.
func (v *Vocabulary) otherAction(a, b string) float64 {
	switch {
	case a == b:
		return 0
	case v.near[[2]string{a, b}]:
		return 0.4
	}
	return 1
}

// otherUnit is 1 when units do not convert; a job ("项") may be one of anything.
func otherUnit(a, b string) float64 {
	switch {
	case a == b || a == "" || b == "":
		return 0
	case a == "job" || b == "job":
		return 0.25
	}
	return 1
}

// excluding is 1 when the two have different words of a row that exclude each other.
func excluding(a, b []uint16) float64 {
	for i, x := range a {
		if y := b[i]; x != 0 && y != 0 && x&y == 0 {
			return 1
		}
	}
	return 0
}

// denies is 1 when one line leaves out what the other includes.
func denies(a, b *lineView) float64 {
	if a.without && b.with && !b.without || b.without && a.with && !a.without {
		return 1
	}
	return 0
}
