package seed

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Setting is something about a played project that can be chosen.
type Setting struct{ Key, Default, Text string }

// Settings are all of them, in the order of the help.
var Settings = []Setting{
	{"name", "智慧停车管理系统", "项目名称 name of the project"},
	{"unit", "", "申报单位 id of the applying unit; default: of those with a demo clerk and leader the one with the fewest projects"},
	{"type", "新建", "项目类型 kind of project, of the platform's list"},
	{"mlpsLevel", "2", "等保等级 protection level, 1 to 4"},
	{"total", "1360000", "申报总额 declared total in 元; decides simple or expert review, and by what is left of it the level of approval"},
	{"lines", "3", "预算行数 number of budget lines, 1 to 50; the total is split among them"},
	{"amounts", "", "各行金额 declared amount of each line in 元, such as 300000,200000; instead of total and lines"},
	{"cut", "10", "核减率 percent that the review takes off each line, 0 to 99"},
	{"level", "", "审批层级 1 to 4; instead of total: 540000, 1360000, 3000000, 8000000"},
	{"review", "", "评审方式 simple or expert; simple stands for a total of 300000"},
	{"packages", "1", "采购包数 number of procurement packages, at most that of the lines"},
	{"ways", "", "side ways, separated by commas; a mark that lies on one takes it by itself"},
}

// Ways are the names of the side ways with what they are.
func Ways() map[string]string {
	out := map[string]string{}
	for name, w := range ways {
		out[name] = w.text
	}
	return out
}

// choice is what was set, checked.
type choice struct {
	project Project
	ways    []string
}

const maxLines = 50

var (
	totalOfLevel = map[string]string{"1": "540000", "2": "1360000", "3": "3000000", "4": "8000000"}
	simpleTotal  = "300000"
)

// choose reads settings key=value, over what the marks need, over the defaults.
func choose(set, marks []string) (choice, error) {
	given := map[string]string{}
	for _, s := range set {
		key, value, ok := strings.Cut(s, "=")
		if !ok || !slices.ContainsFunc(Settings, func(k Setting) bool { return k.Key == key }) {
			return choice{}, fmt.Errorf("--set %s: there is no such key; keys are %s", s, strings.Join(keys(), ", "))
		}
		if _, twice := given[key]; twice {
			return choice{}, fmt.Errorf("--set %s: set twice", key)
		}
		given[key] = value
	}
	values, err := combine(given, marks)
	if err != nil {
		return choice{}, err
	}
	return read(values)
}

func keys() (out []string) {
	for _, s := range Settings {
		out = append(out, s.Key)
	}
	return out
}

// combine adds what the marks and the ways need; what excludes each other is an error.
func combine(given map[string]string, marks []string) (map[string]string, error) {
	v := maps.Clone(given)
	for _, mark := range marks {
		for key, needed := range detours[mark] {
			switch {
			case key == "ways":
				v["ways"] = union(v["ways"], needed)
			case v[key] == "" && (v["total"] != "" || v["amounts"] != ""): // the sums decide, and are the caller's
			case v[key] == "" || given[key] == "" && higher(key, needed, v[key]):
				v[key] = needed
			case v[key] != needed && !higher(key, v[key], needed):
				return nil, fmt.Errorf("%s is reached with %s=%s, not with %s=%s", mark, key, needed, key, v[key])
			}
		}
	}
	for _, name := range list(v["ways"]) {
		for key, value := range ways[name].set {
			if v["amounts"] == "" && v["level"] == "" && v[key] == "" {
				v[key] = value
			}
		}
	}
	for _, pair := range [][2]string{{"total", "amounts"}, {"lines", "amounts"}, {"total", "level"}, {"amounts", "level"},
		{"total", "review"}, {"amounts", "review"}} {
		if v[pair[0]] != "" && v[pair[1]] != "" {
			return nil, fmt.Errorf("%s and %s exclude each other", pair[0], pair[1])
		}
	}
	switch review, level := v["review"], v["level"]; {
	case review != "" && review != "simple" && review != "expert":
		return nil, fmt.Errorf("review=%s: it is simple or expert", review)
	case review == "simple" && level != "" && level != "1":
		return nil, errors.New("a simple review goes with level 1")
	case review == "simple":
		v["total"] = simpleTotal
	case level != "" && totalOfLevel[level] == "":
		return nil, fmt.Errorf("level=%s: it is 1, 2, 3 or 4", level)
	case level != "":
		v["total"] = totalOfLevel[level]
	}
	for _, s := range Settings {
		v[s.Key] = cmp.Or(v[s.Key], s.Default)
	}
	return v, nil
}

// higher reports whether a level passes everything that a lower one needs.
func higher(key, has, needs string) bool { return key == "level" && has > needs }

func union(a, b string) string {
	out := list(a)
	for _, name := range list(b) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, ",")
}

func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}

func read(v map[string]string) (choice, error) {
	c := choice{project: Project{Name: v["name"], Dept: v["unit"], Type: v["type"]}, ways: list(v["ways"])}
	var err error
	whole := func(key string, least, most int) int {
		n, e := strconv.Atoi(v[key])
		if e != nil || n < least || n > most {
			err = errors.Join(err, fmt.Errorf("%s=%s: it is a number from %d to %d", key, v[key], least, most))
		}
		return n
	}
	c.project.MlpsLevel = whole("mlpsLevel", 1, 4)
	cut, lines := whole("cut", 0, 99), whole("lines", 1, maxLines)
	for _, name := range c.ways {
		if _, ok := ways[name]; !ok {
			err = errors.Join(
				err, fmt.Errorf("ways=%s: there is no such way; ways are %s", name, strings.Join(slices.Sorted(maps.Keys(ways)), ", ")),
			)
		}
	}
	if err != nil {
		return c, err
	}
	amounts, err := amounts(v, lines)
	if err != nil {
		return c, err
	}
	c.project.Packages = whole("packages", 1, len(amounts))
	c.project.Lines = budget(amounts, cut)
	return c, err
}

// amounts of the lines: those given, or the total in equal parts, the rest with the first.
func amounts(v map[string]string, lines int) ([]decimal.Decimal, error) {
	if v["amounts"] != "" {
		var out []decimal.Decimal
		for _, text := range list(v["amounts"]) {
			d, err := decimal.NewFromString(text)
			if err != nil || !d.IsPositive() || !d.Equal(d.Round(2)) {
				return nil, fmt.Errorf("amounts=%s: %s is not an amount in 元", v["amounts"], text)
			}
			out = append(out, d)
		}
		if len(out) == 0 || len(out) > maxLines {
			return nil, fmt.Errorf("amounts=%s: between 1 and %d of them", v["amounts"], maxLines)
		}
		return out, nil
	}
	total, err := decimal.NewFromString(v["total"])
	if err != nil || total.LessThan(decimal.NewFromInt(int64(lines))) || !total.Equal(total.Round(2)) {
		return nil, fmt.Errorf("total=%s: it is an amount in 元, at least 1 for each line", v["total"])
	}
	part := total.Div(decimal.NewFromInt(int64(lines))).RoundDown(0)
	out := slices.Repeat([]decimal.Decimal{part}, lines)
	out[0] = total.Sub(part.Mul(decimal.NewFromInt(int64(lines - 1))))
	return out, nil
}

// wares are what the lines of a played project buy, over and over.
var wares = []Line{
	{
		Category: "软件开发", Name: "应用软件开发", Unit: "项",
	}, {Category: "硬件", Name: "服务器", Unit: "批"}, {Category: "软件开发", Name: "数据治理与接口开发", Unit: "项"},
	{Category: "硬件", Name: "前端采集设备", Unit: "批"}, {Category: "软件开发", Name: "系统集成", Unit: "项"},
}

func budget(amounts []decimal.Decimal, cut int) []Line {
	var out []Line
	for i, a := range amounts {
		l := wares[i%len(wares)]
		if i >= len(wares) {
			l.Name = fmt.Sprintf("%s（%d）", l.Name, i/len(wares)+1)
		}
		l.Qty, l.UnitPrice = decimal.NewFromInt(1), a
		out = append(out, l.reduced(cut))
	}
	return out
}

// reduced is the line after a review that takes some percent off.
func (l Line) reduced(cut int) Line {
	l.Reviewed = l.Declared().Mul(decimal.New(int64(100-cut), -2)).Round(2)
	if !l.Reviewed.Equal(l.Declared()) {
		l.Reason, l.Basis = "PRICE", "高于近三年同类合同与三家询价的低值"
	}
	return l
}
