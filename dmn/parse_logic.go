package dmn

// box reads one boxed expression; false when the element is none.
func (r *reader) box(n *node) (Expression, bool) {
	switch n.name {
	case "literalExpression":
		return r.literal(n), true
	case "context":
		return r.context(n), true
	case "decisionTable":
		return r.table(n), true
	case "invocation":
		return r.invocation(n), true
	case "list":
		return r.list(n), true
	case "relation":
		return r.relation(n), true
	case "functionDefinition":
		return r.function(n), true
	case "conditional":
		return r.conditional(n), true
	case "filter":
		return r.filter(n), true
	case "for", "every", "some":
		return r.iterator(n), true
	}
	return nil, false
}

// logic is the first boxed expression among the children, or nil.
func (r *reader) logic(n *node) Expression {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.space != n.space {
			continue
		}
		if e, ok := r.box(c); ok {
			return e
		}
	}
	return nil
}

func (r *reader) required(n *node, what string) Expression {
	e := r.logic(n)
	if e == nil {
		p := Place{}
		if n != nil {
			p = n.Place
		}
		r.fail("expression-missing", p, "", "%s has no expression", what)
		return nothing(p)
	}
	return e
}

// nothing stands where an expression is missing.
func nothing(at Place) Literal {
	return Literal{Box: Box{Place: at}, Source: Source{Text: "null", Place: at}}
}

func boxOf(n *node) Box { return Box{ID: n.attr("id"), TypeRef: typeRef(n), Place: n.Place} }

func (r *reader) literal(n *node) Expression {
	return Literal{Box: boxOf(n), Source: n.source(), Language: n.attr("expressionLanguage")}
}

func (r *reader) context(n *node) Expression {
	c := Context{Box: boxOf(n)}
	for _, e := range n.all("contextEntry") {
		entry := ContextEntry{Value: r.required(e, "a context entry")}
		if v := e.child("variable"); v != nil {
			entry.Variable = information(v)
		}
		c.Entries = append(c.Entries, entry)
	}
	return c
}

func (r *reader) invocation(n *node) Expression {
	i := Invocation{Box: boxOf(n), Callee: r.required(n, "an invocation")}
	for _, b := range n.all("binding") {
		p := b.child("parameter")
		if p == nil {
			r.fail("parameter-missing", b.Place, "", "a binding has no parameter")
			continue
		}
		binding := Binding{Parameter: information(p), Value: r.logic(b)}
		if binding.Value == nil { // an unbound parameter is null
			binding.Value = nothing(b.Place)
		}
		i.Bindings = append(i.Bindings, binding)
	}
	return i
}

func (r *reader) list(n *node) Expression {
	return ListBox{Box: boxOf(n), Items: r.expressions(n)}
}

// expressions are all boxed expressions among the children.
func (r *reader) expressions(n *node) []Expression {
	var out []Expression
	for _, c := range n.children {
		if c.space != n.space {
			continue
		}
		if e, ok := r.box(c); ok {
			out = append(out, e)
		}
	}
	return out
}

func (r *reader) relation(n *node) Expression {
	rel := Relation{Box: boxOf(n)}
	for _, c := range n.all("column") {
		rel.Columns = append(rel.Columns, information(c))
	}
	for _, row := range n.all("row") {
		cells := r.expressions(row)
		if len(cells) != len(rel.Columns) {
			r.fail("relation-shape", row.Place, "", "the row has %d cells for %d columns", len(cells), len(rel.Columns))
			continue
		}
		rel.Rows = append(rel.Rows, cells)
	}
	return rel
}

func (r *reader) function(n *node) *FunctionDefinition {
	f := &FunctionDefinition{Box: boxOf(n), Kind: n.attr("kind"), Body: r.logic(n)}
	if f.Kind == "" {
		f.Kind = "FEEL"
	}
	for _, p := range n.all("formalParameter") {
		f.Parameters = append(f.Parameters, information(p))
	}
	return f
}

func (r *reader) conditional(n *node) Expression {
	return Conditional{
		Box: boxOf(n), If: r.required(n.child("if"), "if"), Then: r.required(n.child("then"), "then"),
		Else: r.required(n.child("else"), "else"),
	}
}

func (r *reader) filter(n *node) Expression {
	return Filter{Box: boxOf(n), In: r.required(n.child("in"), "in"), Match: r.required(n.child("match"), "match")}
}

func (r *reader) iterator(n *node) Expression {
	body := "satisfies"
	if n.name == "for" {
		body = "return"
	}
	variable := normalise(n.attr("iteratorVariable"))
	if variable == "" {
		r.fail("name-missing", n.Place, n.attr("id"), "%s has no iteratorVariable", n.name)
	}
	return Iterator{
		Box: boxOf(n), Kind: n.name, Variable: variable, In: r.required(n.child("in"), "in"), Body: r.required(n.child(body), body),
	}
}

func (r *reader) table(n *node) Expression {
	t := Table{Box: boxOf(n), HitPolicy: n.attr("hitPolicy"), Aggregation: n.attr("aggregation")}
	if t.HitPolicy == "" {
		t.HitPolicy = "UNIQUE"
	}
	for _, in := range n.all("input") {
		t.Inputs = append(t.Inputs, tableInput(in))
	}
	for _, out := range n.all("output") {
		t.Outputs = append(t.Outputs, TableOutput{ID: out.attr("id"), Label: out.attr("label"), Name: normalise(out.attr("name")),
			TypeRef: typeRef(
				out,
			), Values: out.child("outputValues").source(), Default: out.child("defaultOutputEntry").source(), Place: out.Place})
	}
	for _, a := range n.all("annotation") {
		t.Annotations = append(t.Annotations, a.attr("name"))
	}
	for i, rule := range n.all("rule") {
		row := TableRule{ID: rule.attr("id"), Inputs: sources(rule, "inputEntry"), Outputs: sources(rule, "outputEntry"), Place: rule.Place}
		for _, a := range rule.all("annotationEntry") {
			row.Annotations = append(row.Annotations, a.childText("text"))
		}
		if len(row.Inputs) != len(t.Inputs) || len(row.Outputs) != len(t.Outputs) {
			r.fail("table-shape", rule.Place, row.ID, "rule %d has %d input and %d output entries; the table has %d inputs and %d outputs",
				i+1, len(row.Inputs), len(row.Outputs), len(t.Inputs), len(t.Outputs))
			continue
		}
		t.Rules = append(t.Rules, row)
	}
	if len(t.Outputs) == 0 {
		r.fail("table-shape", n.Place, t.ID, "the decision table has no output")
	}
	return t
}

func tableInput(n *node) TableInput {
	in := TableInput{
		ID: n.attr("id"), Label: n.attr("label"), Values: n.child("inputValues").source(), Source: n.child("inputExpression").source(),
		Place: n.Place,
	}
	if e := n.child("inputExpression"); e != nil {
		in.TypeRef = typeRef(e)
	}
	return in
}

func sources(n *node, name string) []Source {
	var out []Source
	for _, c := range n.all(name) {
		s := c.source()
		if s.Line == 0 {
			s.Place = c.Place
		}
		out = append(out, s)
	}
	return out
}
