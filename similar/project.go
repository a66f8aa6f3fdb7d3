package similar

import (
	"regexp"
	"slices"
	"strings"
)

// Project is what is compared of a project.
type Project struct {
	Name      string
	Need      string
	Functions []string
}

// projectView is a project as comparisons read it.
type projectView struct {
	exact     uint64 // hash of all of it
	name      bag    // without words of service
	need      bag
	all       bag
	functions []function
	denied    bag    // what it says it does not build
	kind      string // of service; empty: something is built
	owners    []string
}

// function of a project with the weight that it has among the others.
type function struct {
	bag    bag
	weight float64
	text   string
}

// mostFunctions that are compared of a project.
const mostFunctions = 60

// view reads a project with the weights of a corpus.
func (c *Corpus) view(p Project) *projectView {
	name, need := Fold(p.Name), Fold(p.Need)
	v := &projectView{exact: hash(strings.Join(append([]string{name, need}, p.Functions...), "\n"))}
	if v.kind = c.words.serviceOf(name); v.kind == "" {
		v.kind = c.words.workOf(p.Functions)
	}
	v.owners = ownersOf(name + "，" + need)
	v.name = c.bag(draft{}.add(c.words.cut(c.words.core(name)), 1))
	says, denies := draft{}, draft{}
	for _, clause := range clausesOf(need) {
		factor := c.repeated(clause)
		if m := founded.FindStringIndex(clause); m != nil { // what is there already is not built
			denies.add(c.words.cut(clause[m[0]:m[1]]), 1)
			clause = clause[:m[0]] + "，" + clause[m[1]:]
		}
		if i := denial(clause); i >= 0 {
			denies.add(c.words.cut(clause[i:]), 1)
			clause = clause[:i]
		}
		says.add(c.words.cut(clause), factor)
	}
	v.need, v.denied = c.bag(says), c.bag(denies)
	bags := []bag{v.name, v.need}
	for _, text := range p.Functions[:min(len(p.Functions), mostFunctions)] {
		f := c.function(Fold(text))
		v.functions = append(v.functions, f)
		bags = append(bags, f.bag)
	}
	v.all = join(bags...)
	return v
}

// function weighs a function: one that every system has says little.
func (c *Corpus) function(text string) function {
	f := function{bag: c.bag(draft{}.add(c.words.cut(text), 1)), text: text}
	f.weight = 0.35 + min(f.bag.total, 2)/3
	if c.words.common[text] {
		f.weight = 0.05
	}
	return f
}

// denials begin what a project says that it does not build.
var denials = regexp.MustCompile(`(?:不(?:再|另|另行|单独|再单独|重复|需|用)?(?:新建|建设|新增|增加|采购|购置|购买|开发|自建|建立|建|包含|包括|含|涉及|部署|改动|改造|变动))|无需(?:新建|建设|采购)`)

// founded is what a project says to stand on: 在一期泊位诱导基础上.
var founded = regexp.MustCompile(`(?:在|依托|利用)?[^，、]{0,6}(?:一期|已建|现有|原有|既有)[^，]{0,40}?(?:的)?基础上`)

// denial is the place in a clause from which it denies; -1: nowhere.
func denial(clause string) int {
	if at := denials.FindStringIndex(clause); at != nil {
		return at[0]
	}
	return -1
}

// serviceOf is the kind of work that a name says is done about a system; empty
// when something is built: "设备运维管理系统" is a system, "管理系统运维" is not.
func (v *Vocabulary) serviceOf(name string) (kind string) {
	best := -1
	for _, g := range v.service {
		for _, w := range g.words {
			i := strings.LastIndex(name, w)
			if i < 0 || i < best {
				continue
			}
			rest := name[i+len(w):]
			if g.name != "接入" && slices.ContainsFunc(v.build, func(b string) bool { return strings.Contains(rest, b) }) {
				continue
			}
			if g.name == "接入" &&
				slices.ContainsFunc(v.build, func(b string) bool { return strings.HasPrefix(rest, b) || strings.HasPrefix(rest, "管理"+b) }) {
				continue
			}
			best, kind = i, g.name
		}
	}
	return kind
}

// workOf is the kind of work that most of the functions are, whatever the name says.
func (v *Vocabulary) workOf(functions []string) string {
	for _, g := range v.work {
		n := 0
		for _, f := range functions {
			f = Fold(f)
			if slices.ContainsFunc(g.words, func(w string) bool { return strings.Contains(f, w) }) {
				n++
			}
		}
		if n >= 3 && 5*n >= 3*len(functions) {
			return g.name
		}
	}
	return ""
}

// core is a name without the words of service.
func (v *Vocabulary) core(name string) string {
	for _, g := range v.service {
		for _, w := range g.words {
			name = strings.ReplaceAll(name, w, "，")
		}
	}
	return name
}

// owner finds the bodies that a text names.
var owner = regexp.MustCompile(
	`[\p{Han}]{2,6}?(?:局|委员会|管委会|法院|检察院|档案馆|图书馆|博物馆|登记中心|中心|医院|学校|中学|小学|公司|办公室|分局|大队|支队|街道|社区|乡|镇|站|所|院|馆|园|[一二三四五六七八九十]中|[一二三四五六七八九十]小)`,
)

func ownersOf(text string) (out []string) {
	for _, m := range owner.FindAllString(text, 8) {
		for _, lead := range []string{"委托", "对", "为", "由", "将", "全", "县", "市", "区"} {
			m = strings.TrimPrefix(m, lead)
		}
		out = append(out, m)
	}
	return out
}
