package bpmn

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// schemaRules are what the XML schema of the standard demands, and identity.
var schemaRules = []rule{
	{
		"schema-element", "§15.3", "remove the element, or put it where the standard allows it; own data belongs into extensionElements",
		checkElements,
	},
	{"schema-attribute", "§15.3", "mend the attribute; own attributes need a namespace of their own", checkAttributes},
	{"schema-count", "§15.3", "add what is missing, or remove what is too much", checkCounts},
	{"EXT002", "§8.3.1", "give every element an id of its own", checkUniqueIDs},
	{"EXT003", "§8.3.1", "give the element an id", checkMissingIDs},
	{"reference", "§15.3", "point the reference at an element of the right kind, by its id", checkReferences},
	{"import", "§8.2.2", "add an import with importType, location and namespace", checkImports},
	{"uri", "§8.2.1", "write a URI, such as http://www.w3.org/1999/XPath", checkURIs},
}

func checkElements(c *checker) {
	for _, n := range c.nodes[1:] {
		parent, ok := c.types[n.Parent]
		if !ok || n.Parent.Is("extensionElements") {
			continue
		}
		if schema.open(parent) {
			continue
		}
		if _, typ, allowed := schema.child(parent, n.Local); !allowed {
			c.fail(n, "%s is not allowed in %s", name(n), name(n.Parent))
		} else if t := schema.types[typ]; t != nil && t.abstract {
			c.fail(n, "%s is abstract and cannot be used", n.Local)
		}
	}
	for _, n := range c.nodes {
		typ, ok := c.types[n]
		if !ok || schema.open(typ) || n.Is("definitions") {
			continue
		}
		for _, child := range n.Elements() {
			if child.Space != NamespaceBPMN {
				c.fail(child, "%s of namespace %q stands directly in %s", child.Local, child.Space, name(n))
			}
		}
	}
}

func checkAttributes(c *checker) {
	for _, n := range c.nodes {
		typ, ok := c.types[n]
		if !ok || schema.types[typ] == nil {
			continue
		}
		for i := range n.Attrs {
			if a := &n.Attrs[i]; a.Space == "" {
				checkAttribute(c, n, typ, a)
			}
		}
		for _, t := range schema.lineage(typ) {
			for _, a := range t.attrs {
				if _, there := n.LookupAttr("", a.name); a.required && !there {
					c.fail(n, "%s needs the attribute %s", name(n), a.name)
				}
			}
		}
	}
}

func checkAttribute(c *checker, n *Node, typ string, a *Attr) {
	decl, ok := schema.attr(typ, a.Local)
	if !ok {
		c.relaxed(n, "%s has no attribute %s", name(n), a.Local)
		return
	}
	bad := ""
	switch decl.typ {
	case "boolean":
		if !oneOf(strings.TrimSpace(a.Value), "true", "false", "1", "0") {
			bad = "true or false"
		}
	case "integer", "int":
		if _, err := strconv.Atoi(strings.TrimSpace(a.Value)); err != nil &&
			!(a.Local == "loopMaximum" && strings.HasPrefix(a.Value, "=")) {
			bad = "a whole number"
		}
	case "ID":
		if !ncName.MatchString(a.Value) {
			bad = "a name without colon or space that begins with a letter or underscore"
		}
	default:
		if values := schema.enums[decl.typ]; values != nil && !oneOf(a.Value, values...) && values[len(values)-1] != "*" {
			bad = spokenList(values)
		}
	}
	if bad != "" {
		c.fail(n, "attribute %s of %s is %q, not %s", a.Local, name(n), a.Value, bad)
	}
}

var ncName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{M}\p{N}._·-]*$`)

func oneOf(s string, values ...string) bool {
	for _, v := range values {
		if s == v {
			return true
		}
	}
	return false
}

func checkCounts(c *checker) {
	for _, n := range c.nodes {
		typ, ok := c.types[n]
		if !ok {
			continue
		}
		counts := map[string]int{}
		for _, child := range n.Elements() {
			if child.Space != NamespaceBPMN {
				continue
			}
			if decl, _, ok := schema.child(typ, child.Local); ok {
				counts[decl.name]++
			}
		}
		for _, t := range schema.lineage(typ) {
			for _, d := range t.children {
				switch got := counts[d.name]; {
				case got < d.min:
					c.fail(n, "%s has %d of %s and needs at least %d", name(n), got, d.name, d.min)
				case d.max >= 0 && got > d.max:
					c.fail(n, "%s has %d of %s, but at most %d are allowed", name(n), got, d.name, d.max)
				}
			}
		}
	}
}

func checkUniqueIDs(c *checker) {
	for _, nodes := range c.byID {
		for _, n := range nodes[1:] {
			c.fail(n, "the id %s is used by %s in line %d already", n.ID(), nodes[0].Local, nodes[0].Line)
		}
	}
}

// needsID are elements that others refer to in every use of the standard.
var needsID = map[string]bool{
	"sequenceFlow": true, "message": true, "signal": true, "error": true, "escalation": true,
	"itemDefinition": true, "interface": true, "operation": true, "participant": true, "messageFlow": true,
	"dataObject": true, "dataObjectReference": true, "dataStore": true, "dataStoreReference": true, "dataInput": true, "dataOutput": true,
	"resource": true, "category": true, "collaboration": true, "choreography": true, "correlationProperty": true,
}

func checkMissingIDs(c *checker) {
	for _, n := range c.nodes {
		if n.ID() != "" {
			continue
		}
		const message = "%s has no id, so that nothing can refer to it"
		switch k := Kind(n.Local); {
		case k == KindProcess || k.IsGlobalTask() || k.IsFlowNode() && k != KindEvent:
			c.fail(n, message, n.Local)
		case needsID[n.Local]:
			c.relaxed(n, message, n.Local)
		}
	}
}

func checkReferences(c *checker) {
	for _, n := range c.nodes {
		typ, ok := c.types[n]
		if !ok {
			continue
		}
		for _, t := range schema.lineage(typ) {
			for _, a := range t.attrs {
				if v, there := n.LookupAttr("", a.name); there && a.target != "" {
					checkReference(c, n, a.name, v, a.target)
				}
			}
		}
		if decl, _, ok := schema.child(c.types[n.Parent], n.Local); ok && decl.target != "" && decl.typ != "" {
			checkReference(c, n, n.Local, n.Text(), decl.target)
		}
	}
}

// checkReference checks one reference. What another namespace defines cannot be looked up here.
func checkReference(c *checker, n *Node, what, ref, target string) {
	ref = strings.TrimSpace(ref)
	if prefix, _, ok := strings.Cut(ref, ":"); ok {
		space, declared := n.resolve(prefix)
		if !declared {
			c.fail(n, "%s %q uses the prefix %s, which is not declared", what, ref, prefix)
			return
		}
		if space != c.m.TargetNamespace {
			return
		}
	}
	to := c.find(ref)
	switch {
	case target == "tCallableElement" && ref != "" && (to == nil || to == n):
		return // in another file of the deployment
	case to == nil && n.Is("signal") && c.dialect:
		c.report(Warn, n, "%s of %s refers to %q, which does not exist", what, name(n), ref) // a type's own name; payloads are untyped
	case to == nil:
		c.fail(n, "%s of %s refers to %q, which does not exist", what, name(n), ref)
	case target != "tBaseElement" && !schema.derives(c.types[to], target):
		c.fail(n, "%s of %s refers to %s, which is of the wrong kind", what, name(n), name(to))
	}
}

func checkImports(c *checker) {
	for _, n := range c.each("import") {
		for _, a := range []string{"importType", "location", "namespace"} {
			if strings.TrimSpace(n.Attr(a)) == "" {
				c.fail(n, "the import has no %s", a)
			}
		}
	}
}

func checkURIs(c *checker) {
	attrs := map[string][]string{"definitions": {"expressionLanguage", "typeLanguage", "targetNamespace"}}
	for local, names := range attrs {
		for _, n := range c.each(local) {
			for _, a := range names {
				if v, ok := n.LookupAttr("", a); ok && !isURI(v) {
					c.fail(n, "attribute %s is %q, which is not a URI", a, v)
				}
			}
		}
	}
}

// isURI follows RFC 3986 as far as it can tell a URI from other text.
func isURI(s string) bool {
	if s == "" || strings.ContainsAny(s, " \t\n<>\"{}|\\^`") {
		return false
	}
	_, err := url.Parse(s)
	return err == nil && !badPercent.MatchString(s)
}

var badPercent = regexp.MustCompile(`%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)`)
