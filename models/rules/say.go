package rules

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Sentence is a text with its values filled in, in both languages.
type Sentence struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// readRoles reads answeredBy: a FEEL list of roles.
func readRoles(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	program, err := compileExpr(strings.TrimPrefix(text, "="))
	if err != nil {
		return nil, fmt.Errorf("answeredBy: %w", err)
	}
	v, _ := program.Eval(feel.Env{}, feel.MapVars{})
	list, ok := v.(feel.List)
	if !ok {
		return nil, fmt.Errorf("answeredBy %q is no list of roles", text)
	}
	var out []string
	for _, item := range list {
		role, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("answeredBy %q is no list of roles", text)
		}
		out = append(out, role)
	}
	return out, nil
}

func compileExpr(text string) (*feel.Program, error) {
	parsed, problems := feel.Parse(text, feel.Options{})
	if parsed == nil {
		return nil, fmt.Errorf("%v", problems)
	}
	program, problems := parsed.Compile(feel.Scope{Open: true})
	if program == nil {
		return nil, fmt.Errorf("%v", problems)
	}
	return program, nil
}

// compileText compiles what stands in braces.
func (c *Checks) compileText(rule, text string) (errs []error) {
	for _, part := range braces(text) {
		if !part.expr || isName(part.text) || c.says[part.text] != nil {
			continue
		}
		program, err := compileExpr(part.text)
		if err != nil {
			errs = append(errs, fmt.Errorf("sentence of rule %s, {%s}: %w", rule, part.text, err))
			continue
		}
		c.says[part.text] = program
	}
	return errs
}

func isName(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
}

type piece struct {
	text  string
	expr  bool
	money bool // {money total}: an amount in 元
}

func braces(text string) (out []piece) {
	for text != "" {
		before, rest, open := strings.Cut(text, "{")
		if before != "" {
			out = append(out, piece{text: before})
		}
		if !open {
			return out
		}
		inside, after, _ := strings.Cut(rest, "}")
		name, money := strings.CutPrefix(inside, "money ")
		out = append(out, piece{name, true, money})
		text = after
	}
	return out
}

// detail is the sentence of a finding: the first whose When is its fault, act, ref or field, else the general one.
func (c *Checks) detail(r *Rule, f Finding, params *feel.Context) Sentence {
	for _, key := range []any{f.Values["fault"], f.Act, f.Ref, f.Field, ""} {
		for _, s := range r.Says {
			if s.When == key && (s.When != "" || key == "") {
				return c.fill(r, s.Text, f, params)
			}
		}
	}
	return Sentence(r.Name)
}

// satisfy is what would make a finding go away.
func (c *Checks) satisfy(r *Rule, f Finding, params *feel.Context) Sentence {
	return c.fill(r, r.Satisfy, f, params)
}

func (c *Checks) fill(r *Rule, t Text, f Finding, params *feel.Context) Sentence {
	own, _ := params.Get(r.ID)
	ownParams, _ := own.(*feel.Context)
	render := func(text string, word func(Text) string, money func(feel.Value) string) string {
		vars := func(name string) (feel.Value, bool) {
			if v, ok := f.vars[name]; ok {
				if code, isText := v.(string); isText {
					if w, known := c.words[code]; known {
						return word(w), true
					}
					if d, is := saidDuration(code); is {
						return word(d), true
					}
				}
				if list, isList := v.(feel.List); isList {
					return c.named(list, word), true
				}
				return v, true
			}
			return ownParams.Get(name)
		}
		var b strings.Builder
		for _, p := range braces(text) {
			if !p.expr {
				b.WriteString(p.text)
				continue
			}
			say := shown
			if p.money {
				say = money
			}
			if isName(p.text) { // also one that FEEL keeps for itself, such as “of”
				v, _ := vars(p.text)
				b.WriteString(say(v))
			} else if program := c.says[p.text]; program != nil {
				v, _ := program.Eval(feel.Env{}, lookup(vars))
				b.WriteString(say(v))
			}
		}
		return b.String()
	}
	return Sentence{
		ZH: render(t.ZH, func(w Text) string { return w.ZH }, yuanZH), EN: render(t.EN, func(w Text) string { return w.EN }, yuanEN),
	}
}

func (c *Checks) named(list feel.List, word func(Text) string) feel.List {
	out := make(feel.List, len(list))
	for i, item := range list {
		out[i] = item
		if code, ok := item.(string); ok {
			if w, known := c.words[code]; known {
				out[i] = word(w)
			}
		}
	}
	return out
}

type lookup func(string) (feel.Value, bool)

// Get returns a value of the finding, or a parameter of its rule.
func (l lookup) Get(name string) (feel.Value, bool) { return l(name) }

// shown is a value as people read it.
func shown(v feel.Value) string {
	switch v := v.(type) {
	case nil:
		return "—"
	case string:
		return v
	case feel.Number:
		return v.String()
	case feel.List:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = shown(item)
		}
		return strings.Join(parts, "、")
	}
	raw, err := feel.ToJSON(v)
	if err != nil {
		return "—"
	}
	return strings.Trim(string(raw), `"`)
}
