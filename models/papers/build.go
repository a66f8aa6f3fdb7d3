package papers

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/quancheng/quancheng/feel"
)

// expression is FEEL at a place of a template.
type expression struct {
	src     string
	line    int
	program *feel.Program
}

// pattern is text with expressions.
type pattern struct {
	src   string
	line  int
	parts []part
}

type part struct {
	literal string
	expr    *expression
}

// over are the variables of a row above those of the paper.
type over struct {
	row   feel.MapVars
	paper feel.Vars
}

// Get looks into the row first.
func (o over) Get(name string) (feel.Value, bool) {
	if v, ok := o.row[name]; ok {
		return v, true
	}
	return o.paper.Get(name)
}

// env has no clock: a paper says nothing that its facts do not say.
var env = feel.Env{}

func (e *expression) eval(vars feel.Vars) (feel.Value, error) {
	v, warnings := e.program.Eval(env, vars)
	if len(warnings) > 0 {
		return nil, fmt.Errorf("line %d: {%s}: %s", e.line, e.src, warnings[0].Message)
	}
	return v, nil
}

// fill is the text with the values of its expressions; instead of a missing value stands none, where that may be.
func (p *pattern) fill(vars feel.Vars, none string) (string, error) {
	var b strings.Builder
	for _, x := range p.parts {
		if x.expr == nil {
			b.WriteString(x.literal)
			continue
		}
		if none != "" && !x.expr.known(vars) {
			b.WriteString(none)
			continue
		}
		v, err := x.expr.eval(vars)
		if err != nil {
			return "", err
		}
		s, ok := printed(v)
		if !ok {
			return "", fmt.Errorf("line %d: {%s} has no value", x.expr.line, x.expr.src)
		}
		b.WriteString(s)
	}
	return tidy(b.String()), nil
}

// known reports whether an expression has a value, calls of functions over missing ones included.
func (e *expression) known(vars feel.Vars) bool {
	v, _ := e.program.Eval(env, vars)
	return v != nil
}

// Build makes the tree from the facts of its moment; an unknown field, and one without a value that is printed, is an error.
func (t *Template) Build(facts feel.Vars) (Doc, error) {
	vars := over{row: feel.MapVars{}, paper: facts}
	for name, f := range functions {
		vars.row[name] = f
	}
	for name := range t.types {
		if _, ok := facts.Get(name); !ok {
			vars.row[name] = nil
		}
	}
	b := &builder{vars: vars, part: "主体"}
	doc := Doc{Kind: t.Kind, Class: t.Class}
	if err := b.blocks(t.body, vars); err != nil {
		return doc, fmt.Errorf("paper %s: %w", t.Kind, err)
	}
	doc.Blocks = b.out
	if err := t.meta(&doc, vars); err != nil {
		return doc, fmt.Errorf("paper %s: %w", t.Kind, err)
	}
	b.numberAnnexes()
	return doc, nil
}

// Values fits facts, as JSON holds them, to the types that the template names.
func (t *Template) Values(facts map[string]any) (feel.MapVars, error) {
	vars := feel.MapVars{}
	for name, typ := range t.types {
		v, err := fit(typ, facts[name], name)
		if err != nil {
			return nil, fmt.Errorf("paper %s: %w", t.Kind, err)
		}
		vars[name] = v
	}
	return vars, nil
}

type builder struct {
	vars feel.Vars
	out  []Block
	part string
}

func (b *builder) blocks(nodes []*node, vars feel.Vars) error {
	for _, n := range nodes {
		if err := b.block(n, vars); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) add(x Block) {
	x.Part = b.part
	b.out = append(b.out, x)
}

func (b *builder) block(n *node, vars feel.Vars) error {
	switch n.kind {
	case "if":
		v, err := n.cond.eval(vars)
		if err != nil || v != true {
			return err
		}
		return b.blocks(n.inner, vars)
	case "each":
		return b.each(n, vars)
	case "table":
		return b.table(n, vars)
	case "fields":
		return b.fields(n, vars)
	case "sign":
		b.add(Block{Kind: "sign", Text: n.name})
		return nil
	case "boxes":
		items, err := fillAll(n.texts, vars, "")
		b.add(Block{Kind: "boxes", Items: items})
		return err
	case "annex":
		b.part = "附件"
	}
	text, err := n.text.fill(vars, "")
	if err == nil && strings.TrimSpace(text) == "" {
		err = fmt.Errorf("line %d: the text is empty", n.line)
	}
	b.add(Block{Kind: n.kind, Text: text})
	return err
}

func (b *builder) each(n *node, vars feel.Vars) error {
	rows, err := n.list(vars)
	for i, row := range rows {
		if err == nil {
			err = b.blocks(n.inner, over{row: feel.MapVars{n.name: row, "index": feel.Int(int64(i + 1))}, paper: vars})
		}
	}
	return err
}

// list is the list that a block repeats itself over; none is an empty one.
func (n *node) list(vars feel.Vars) (feel.List, error) {
	v, err := n.rows.eval(vars)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, fmt.Errorf("line %d: {%s} has no value", n.line, n.rows.src)
	}
	l, ok := v.(feel.List)
	if !ok {
		l = feel.List{v}
	}
	return l, nil
}

func (b *builder) table(n *node, vars feel.Vars) error {
	rows, err := n.list(vars)
	if err != nil {
		return err
	}
	t := &Table{Widths: n.table.Widths, Unit: n.table.Unit, Rows: [][]string{}}
	for _, c := range n.columns {
		t.Head, t.Right = append(t.Head, c.head), append(t.Right, c.right)
	}
	for i, row := range rows {
		inner := over{row: feel.MapVars{"index": feel.Int(int64(i + 1)), "item": row}, paper: vars}
		if c, ok := row.(*feel.Context); ok {
			for _, k := range c.Keys() {
				inner.row[k], _ = c.Get(k)
			}
		}
		var cells []string
		for _, c := range n.columns {
			s, err := c.cell.fill(inner, "—")
			if err != nil {
				return err
			}
			cells = append(cells, s)
		}
		t.Rows = append(t.Rows, cells)
	}
	if t.Total, err = fillAll(n.total, vars, ""); err != nil {
		return err
	}
	b.add(Block{Kind: "table", Table: t})
	return nil
}

func (b *builder) fields(n *node, vars feel.Vars) error {
	t := &Table{Widths: []int{26, 52, 26, 52}, Labels: true}
	for _, row := range n.fields {
		cells, err := fillAll(row, vars, "—")
		if err != nil {
			return err
		}
		t.Rows = append(t.Rows, cells)
	}
	b.add(Block{Kind: "fields", Table: t})
	return nil
}

func fillAll(ps []*pattern, vars feel.Vars, none string) ([]string, error) {
	var out []string
	for _, p := range ps {
		s, err := p.fill(vars, none)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// meta is what is said about the paper beside its text.
func (t *Template) meta(doc *Doc, vars feel.Vars) (err error) {
	m := &doc.Meta
	m.Name, m.NameEn, m.Seal, m.Template = t.Name.Zh, t.Name.En, t.Seal, t.digest
	if t.Seal != "" {
		m.SealMM = 42
	}
	for _, b := range doc.Blocks {
		if b.Kind == "title" && b.Part != "附件" {
			m.Title += b.Text
		}
		if b.Kind == "to" {
			m.To = strings.TrimSuffix(b.Text, "：")
		}
	}
	if m.To == "" && t.To != "" {
		if m.To, err = t.to.fill(vars, ""); err != nil {
			return err
		}
	}
	if m.Cc, err = fillAll(t.cc, vars, ""); err != nil {
		return err
	}
	read := func(root, field string) feel.Value {
		v, _ := vars.Get(root)
		if c, ok := v.(*feel.Context); ok {
			v, _ = c.Get(field)
			return v
		}
		return nil
	}
	text := func(root, field string) string { s, _ := read(root, field).(string); return s }
	m.No, m.Token, m.Signer = text("paper", "no"), text("paper", "token"), text("paper", "signer")
	m.House, m.Head, m.Office = text("house", "name"), text("house", "head"), text("house", "office")
	m.Late = read("paper", "backfilled") == true
	if d, ok := read("paper", "date").(feel.Date); ok {
		m.Date, m.Written = d.String(), cnDate(d)
	}
	if m.House == "" || m.Date == "" {
		return fmt.Errorf("house.name and paper.date are needed by every paper")
	}
	return nil
}

// numberAnnexes heads annexes 附件, or 附件1, 附件2 where there are several.
func (b *builder) numberAnnexes() {
	n := 0
	for _, x := range b.out {
		if x.Kind == "annex" {
			n++
		}
	}
	i := 0
	for k := range b.out {
		if b.out[k].Kind != "annex" {
			continue
		}
		i++
		b.out[k].Items = []string{"附件"}
		if n > 1 {
			b.out[k].Items[0] += fmt.Sprint(i)
		}
	}
}

// clean takes out of a text from outside what nobody sees and what moves the
// rest: control characters, marks of direction, blanks at the ends. Half-width
// brackets and commas beside Chinese become full-width.
func clean(s string) string {
	var out []rune
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u00a0' || r == '\u2028' || r == '\u2029':
			r = ' '
		case unicode.Is(unicode.C, r), unicode.Is(unicode.Variation_Selector, r), r == unicode.ReplacementChar, r >= 0xFFFE && r <= 0xFFFF:
			continue
		}
		if r == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		out = append(out, r)
	}
	text := []rune(strings.TrimSpace(string(out)))
	wide := map[rune]rune{'(': '（', ')': '）', ',': '，', ';': '；', ':': '：', '?': '？', '!': '！'}
	for i, r := range text {
		w, ok := wide[r]
		if ok && (i > 0 && chinese(text[i-1]) || i+1 < len(text) && chinese(text[i+1])) {
			text[i] = w
		}
	}
	return string(text)
}

func chinese(r rune) bool { return unicode.Is(unicode.Han, r) || r == '）' || r == '（' }

// tidy mends what meets where a text ends within a sentence: a full stop before another mark.
func tidy(s string) string {
	for _, mark := range []string{"。", "，", "；", "、", "："} {
		for strings.Contains(s, mark+mark) {
			s = strings.ReplaceAll(s, mark+mark, mark)
		}
	}
	for _, after := range []string{"，", "；", "、"} {
		s = strings.ReplaceAll(s, "。"+after, after)
		s = strings.ReplaceAll(s, after+"。", "。")
	}
	return s
}
