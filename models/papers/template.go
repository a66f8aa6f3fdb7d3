package papers

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"go.yaml.in/yaml/v4"

	"github.com/quancheng/quancheng/feel"
)

// Diagnostic is an author's mistake in a template.
type Diagnostic struct {
	Line    int // 1-based
	Message string
}

func (d Diagnostic) String() string { return fmt.Sprintf("%d: %s", d.Line, d.Message) }

// Named is a name in both languages.
type Named struct {
	Zh string `yaml:"zh" json:"zh"`
	En string `yaml:"en" json:"en"`
}

// Front is what a template says of itself, before its text (docs/papers.md).
type Front struct {
	Kind      string         `yaml:"kind"`
	Name      Named          `yaml:"name"`
	Class     string         `yaml:"class"`     // G, L, M, N, F, R, B
	Series    string         `yaml:"series"`    // 受 in 县数资受〔2022〕1号; numbers have no gap per series and year
	Form      string         `yaml:"form"`      // of forms and records instead: HY in XM-2022-003/HY-1
	Object    string         `yaml:"object"`    // what form numbers count for, in braces; empty: the project
	Seal      string         `yaml:"seal"`      // 公章, 业务章; empty: none
	Signers   []string       `yaml:"signers"`   // roles, in the order they sign
	Boxes     []string       `yaml:"-"`         // signature boxes of the text
	To        string         `yaml:"to"`        // who it is sent to
	Cc        []string       `yaml:"cc"`        // copies: the imprint of class G
	Keep      string         `yaml:"keep"`      // archive category
	Retention string         `yaml:"retention"` // 永久, 30年 …
	Void      string         `yaml:"void"`      // v1 … v5
	Read      string         `yaml:"read"`      // r1 … r7
	Issued    string         `yaml:"issued"`    // the moment of the life cycle; empty: nothing issues it yet
	Facts     []string       `yaml:"facts"`     // roots of the vocabulary
	Own       map[string]any `yaml:"own"`       // facts of this kind alone, with their types
}

// Template is a parsed papers/<kind>.md: front matter and blocks. It is safe for concurrent use.
type Template struct {
	Front
	body   []*node
	to     *pattern
	object *pattern
	cc     []*pattern
	digest string
	types  map[string]feel.Type // of its facts
}

// Digest is SM3 of the file.
func (t *Template) Digest() string { return t.digest }

// node is a block of a template.
type node struct {
	line    int
	kind    string // title h1 h2 p to attach annex sign boxes note table fields if each
	text    *pattern
	texts   []*pattern
	rows    *expression // of a table, of each
	cond    *expression
	name    string // of each: the variable
	table   tableSpec
	columns []column
	total   []*pattern
	fields  [][]*pattern
	inner   []*node
}

type column struct {
	head  string
	cell  *pattern
	right bool // an amount
}

// parser reads one template.
type parser struct {
	lines []string
	at    int // index of the next line
	found []Diagnostic
	scope feel.Scope
	t     *Template
}

func (p *parser) report(line int, format string, args ...any) {
	p.found = append(p.found, Diagnostic{line, fmt.Sprintf(format, args...)})
}

// Parse reads a template, and compiles what is in braces against the facts that it
// names. What it does not know, a field above all, is a diagnostic with its line;
// with one there is no template.
func Parse(src []byte) (*Template, []Diagnostic) {
	sum := sm3.Sum(src)
	p := &parser{t: &Template{digest: hex.EncodeToString(sum[:])}}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	p.lines = strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	end := p.front()
	if len(p.found) > 0 {
		return nil, p.found
	}
	p.at = end
	p.t.body = p.blocks(0)
	p.t.body = addressed(p.t.body)
	if len(p.t.body) == 0 {
		p.report(end+1, "the template has no text")
	}
	if len(p.found) > 0 {
		slices.SortStableFunc(p.found, func(a, b Diagnostic) int { return a.Line - b.Line })
		return nil, p.found
	}
	return p.t, nil
}

var kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{1,40}$`)

// front reads the front matter, and returns the index of the first line after it.
func (p *parser) front() int {
	end := 1
	for end < len(p.lines) && strings.TrimSpace(p.lines[end]) != "---" {
		end++
	}
	if strings.TrimSpace(p.lines[0]) != "---" || end >= len(p.lines) {
		p.report(1, "the file begins with its front matter between two lines ---")
		return 0
	}
	dec := yaml.NewDecoder(strings.NewReader(strings.Join(p.lines[1:end], "\n")))
	dec.KnownFields(true)
	if err := dec.Decode(&p.t.Front); err != nil {
		p.report(yamlLine(err)+1, "front matter: %v", err)
		return 0
	}
	line := func(key string) int { // of the front matter
		for i, l := range p.lines[:end] {
			if strings.HasPrefix(l, key+":") {
				return i + 1
			}
		}
		return 1
	}
	p.checkFront(line)
	p.scopeOf(line)
	if len(p.found) > 0 {
		return 0
	}
	p.t.to = p.pattern(line("to"), p.t.To, p.scope)
	if p.t.Form != "" {
		object := p.t.Object
		if object == "" {
			object = "{project.code}"
		}
		p.t.object = p.pattern(line("object"), object, p.scope)
	}
	for _, c := range p.t.Cc {
		p.t.cc = append(p.t.cc, p.pattern(line("cc"), c, p.scope))
	}
	return end + 1
}

var yamlPlace = regexp.MustCompile(`line (\d+)`)

func yamlLine(err error) (n int) {
	if m := yamlPlace.FindStringSubmatch(err.Error()); m != nil {
		_, _ = fmt.Sscan(m[1], &n)
	}
	return n
}

func (p *parser) checkFront(line func(string) int) {
	f := p.t.Front
	switch {
	case !kindPattern.MatchString(f.Kind):
		p.report(line("kind"), "kind %q: small letters, digits and underscores", f.Kind)
	case f.Name.Zh == "" || f.Name.En == "":
		p.report(line("name"), "name: {zh: …, en: …} is needed")
	case !slices.Contains([]string{"G", "L", "M", "N", "F", "R", "B"}, f.Class):
		p.report(line("class"), "class %q is none of G, L, M, N, F, R, B", f.Class)
	case (f.Series == "") == (f.Form == ""):
		p.report(line("series"), "either series (numbered per year) or form (numbered per object) is needed")
	}
}

// scopeOf collects what expressions may name.
func (p *parser) scopeOf(line func(string) int) {
	p.t.types = map[string]feel.Type{}
	for _, root := range slices.Concat(always, p.t.Facts) {
		t, ok := vocabulary[root]
		if !ok {
			p.report(line("facts"), "facts: there is no root %q in the vocabulary", root)
			continue
		}
		p.t.types[root] = t
	}
	for name, shape := range p.t.Own {
		t, err := typeOf(shape)
		if err != nil {
			p.report(line("own"), "own: %s: %v", name, err)
			continue
		}
		if p.t.types[name] != nil || functions[name] != nil {
			p.report(line("own"), "own: %s is a name of the vocabulary", name)
		}
		p.t.types[name] = t
	}
	p.scope.Names = map[string]feel.Type{}
	for name, t := range p.t.types {
		p.scope.Names[name] = t
	}
	for name := range functions {
		p.scope.Names[name] = feel.Any
	}
}

// addressed makes the first paragraph after the title that ends with a colon the addressee.
func addressed(body []*node) []*node {
	for _, n := range body {
		if n.kind == "title" {
			continue
		}
		if n.kind == "p" && n.text != nil && strings.HasSuffix(n.text.src, "：") {
			n.kind = "to"
		}
		break
	}
	return body
}
