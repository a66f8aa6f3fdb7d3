package bpmn

import (
	_ "embed"
	"strings"
)

//go:embed schema.txt
var schemaText string

// schema is the XML schema of the standard as data. It is read once and never changed.
var schema = parseSchema(schemaText)

type schemaDoc struct {
	elements map[string]schemaElement // global elements by name
	types    map[string]*schemaType
	enums    map[string][]string
	unions   map[string][]string
}

type schemaElement struct{ typ, head string }

type schemaType struct {
	name, base string
	abstract   bool
	mixed      bool
	any        bool
	attrs      []schemaAttr
	children   []schemaChild
}

type schemaAttr struct {
	name, typ, target string
	required          bool
}

type schemaChild struct {
	name, typ, target string // typ is empty for a reference to a global element
	min, max          int    // max -1: any number
}

func parseSchema(text string) *schemaDoc {
	s := &schemaDoc{map[string]schemaElement{}, map[string]*schemaType{}, map[string][]string{}, map[string][]string{}}
	var t *schemaType
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") && len(words[0]) == 1 {
			continue
		}
		if line[0] == ' ' {
			t.addLine(words)
			continue
		}
		switch words[0] {
		case "element":
			e := schemaElement{typ: words[2]}
			if len(words) > 3 {
				e.head = words[3]
			}
			s.elements[words[1]] = e
		case "enum":
			s.enums[words[1]] = words[2:]
		case "union":
			s.unions[words[1]] = words[2:]
		case "type":
			t = &schemaType{name: words[1]}
			s.types[t.name] = t
			for _, w := range words[2:] {
				switch w {
				case "abstract":
					t.abstract = true
				case "mixed":
					t.mixed = true
				default:
					t.base = w
				}
			}
		}
	}
	return s
}

func (t *schemaType) addLine(words []string) {
	target := ""
	if last := words[len(words)-1]; strings.HasPrefix(last, "->") {
		target, words = last[2:], words[:len(words)-1]
	}
	switch {
	case words[0] == "any":
		t.any = true
	case words[0][0] == '@':
		t.attrs = append(t.attrs, schemaAttr{words[0][1:], words[1], target, len(words) > 2 && words[2] == "required"})
	default:
		c := schemaChild{name: words[0], target: target, min: int(words[1][0] - '0'), max: -1}
		if words[2] != "*" {
			c.max = int(words[2][0] - '0')
		}
		if len(words) > 3 {
			c.typ = words[3]
		}
		t.children = append(t.children, c)
	}
}

// lineage lists a type and its bases, the most basic first: the order in which their children stand.
func (s *schemaDoc) lineage(typ string) []*schemaType {
	var out []*schemaType
	for t := s.types[typ]; t != nil; t = s.types[t.base] {
		out = append([]*schemaType{t}, out...)
	}
	return out
}

// derives reports whether a type is the target type, one of its extensions, or a member of the target union.
func (s *schemaDoc) derives(typ, target string) bool {
	if target == "tBaseElement" {
		return true
	}
	if members, ok := s.unions[target]; ok {
		for _, m := range members {
			if s.derives(typ, m) {
				return true
			}
		}
		return false
	}
	for t := typ; t != ""; {
		if t == target {
			return true
		}
		next := s.types[t]
		if next == nil {
			return false
		}
		t = next.base
	}
	return false
}

// stands reports whether element name may stand where head is expected.
func (s *schemaDoc) stands(name, head string) bool {
	for n := name; n != ""; n = s.elements[n].head {
		if n == head {
			return true
		}
	}
	return false
}

// child finds how a type allows a child element: its declaration and its type.
func (s *schemaDoc) child(typ, name string) (decl schemaChild, childType string, ok bool) {
	for _, t := range s.lineage(typ) {
		for _, c := range t.children {
			if c.typ != "" && c.name == name {
				return c, c.typ, true
			}
			if c.typ == "" && s.stands(name, c.name) {
				return c, s.elements[name].typ, true
			}
		}
	}
	return schemaChild{}, "", false
}

// attr finds an attribute of a type.
func (s *schemaDoc) attr(typ, name string) (schemaAttr, bool) {
	for t := s.types[typ]; t != nil; t = s.types[t.base] {
		for _, a := range t.attrs {
			if a.name == name {
				return a, true
			}
		}
	}
	return schemaAttr{}, false
}

func (s *schemaDoc) open(typ string) bool {
	for t := s.types[typ]; t != nil; t = s.types[t.base] {
		if t.any {
			return true
		}
	}
	return false
}
