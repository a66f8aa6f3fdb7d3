package feel

import (
	"strings"
)

// Text is the built-in string(): a string as it is, every other value as FEEL writes it, null as "null".
func Text(v Value) string {
	if s, ok := v.(string); ok {
		return s
	}
	s, complete := textWithin(v, maxText)
	if !complete {
		s += "…"
	}
	return s
}

// maxText bounds texts of values. Lists and contexts may share parts, so that a value of little memory can have
// a text of any length.
const maxText = 16 << 20

// textWithin is the text of a value up to about limit bytes, and whether that is all.
func textWithin(v Value, limit int) (string, bool) {
	b := textBuilder{limit: limit}
	writeValue(&b, v)
	return b.String(), !b.full()
}

// textBuilder is full when it has reached its limit; writers of lists and contexts stop then.
type textBuilder struct {
	strings.Builder
	limit int
	depth int
}

func (b *textBuilder) full() bool { return b.Len() >= b.limit }

// enter goes a level down; beyond maxNesting the builder is full. Leave with b.depth--.
func (b *textBuilder) enter() {
	if b.depth++; b.depth > maxNesting {
		b.limit = 0
	}
}

// writeValue prints a value as FEEL source as far as there is a literal for it.
func writeValue(b *textBuilder, v Value) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		if v {
			b.WriteString("true")
		} else {
			b.WriteString("false")
		}
	case string:
		b.WriteString(quote(v))
	case Number:
		b.WriteString(v.String())
	case List:
		writeList(b, v)
	case *Context:
		writeContext(b, v)
	case *Range:
		writeRange(b, v)
	case *Func:
		writeFunc(b, v)
	case interface{ String() string }:
		b.WriteString(v.String())
	}
}

// quote writes a string literal with the escapes FEEL has.
func quote(s string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	return `"` + r.Replace(s) + `"`
}

func writeList(b *textBuilder, l List) {
	b.enter()
	defer func() { b.depth-- }()
	b.WriteByte('[')
	for i, e := range l {
		if b.full() {
			return
		}
		if i > 0 {
			b.WriteString(", ")
		}
		writeValue(b, e)
	}
	b.WriteByte(']')
}

func writeContext(b *textBuilder, c *Context) {
	b.enter()
	defer func() { b.depth-- }()
	b.WriteByte('{')
	for i, k := range c.keys {
		if b.full() {
			return
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(keyText(k))
		b.WriteString(": ")
		writeValue(b, c.values[i])
	}
	b.WriteByte('}')
}

func writeRange(b *textBuilder, r *Range) {
	switch {
	case r.LowUnbounded && r.HighUnbounded:
		b.WriteString("(..)")
		return
	case r.LowUnbounded:
		b.WriteString(pick(r.HighIncluded, "<=", "<"))
		writeValue(b, r.High)
		return
	case r.HighUnbounded:
		b.WriteString(pick(r.LowIncluded, ">=", ">"))
		writeValue(b, r.Low)
		return
	}
	b.WriteString(pick(r.LowIncluded, "[", "("))
	writeValue(b, r.Low)
	b.WriteString("..")
	writeValue(b, r.High)
	b.WriteString(pick(r.HighIncluded, "]", ")"))
}

func pick(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

func writeFunc(b *textBuilder, f *Func) {
	b.WriteString("function(")
	for i, p := range f.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
		if p.Type != nil {
			b.WriteString(": " + p.Type.String())
		}
	}
	b.WriteByte(')')
}

// keyText writes a context key as a name when it is one, else as a string literal.
func keyText(k string) string {
	if isPlainWord(k) {
		return k
	}
	return quote(k)
}
