package bpmn

import "slices"

var dataRules = []rule{
	{"EXT020", "§8.4.10", "give both the same isCollection", checkCollections},
	{"EXT078", "§10.4.1", "put the property into a process, activity or event", checkProperties},
	{"EXT079", "§10.4.1", "use data objects of the process instead", checkSubProcessData},
	{"EXT082", "§10.4.1", "let data flow from inputs and to outputs", checkDataDirections},
	{"EXT084", "§10.4.1", "list the data input in an input set", inSets("dataInput", "inputSet", "dataInputRefs")},
	{"EXT088", "§10.4.1", "list the data output in an output set", inSets("dataOutput", "outputSet", "dataOutputRefs")},
	{"EXT085", "§10.4.1", "list the input in dataInputRefs too", subset("inputSet", "optionalInputRefs", "dataInputRefs")},
	{"EXT086", "§10.4.1", "list the input in dataInputRefs too", subset("inputSet", "whileExecutingInputRefs", "dataInputRefs")},
	{"EXT089", "§10.4.1", "list the output in dataOutputRefs too", subset("outputSet", "optionalOutputRefs", "dataOutputRefs")},
	{"EXT090", "§10.4.1", "list the output in dataOutputRefs too", subset("outputSet", "whileExecutingOutputRefs", "dataOutputRefs")},
	{"EXT087", "§10.4.1", "let input set and output set name each other", checkIORules},
	{"EXT091", "§10.4.1", "use the same item definition on both ends, or add a transformation", checkAssociationTypes},
	{"EXT092", "§10.4.1", "keep one source, or add a transformation", checkAssociationSources},
	{"EXT093", "§10.5.1", "give the event one data input or output for each event definition", checkEventData},
	{"EXT094", "§10.5.1", "give the data the item definition of what the event carries", checkEventDataTypes},
}

func checkCollections(c *checker) {
	for _, n := range c.each("dataObject", "dataInput", "dataOutput") {
		def := c.findKind(n.Attr("itemSubjectRef"), "itemDefinition")
		if def != nil && boolAttr(n, "isCollection", false) != boolAttr(def, "isCollection", false) {
			c.fail(n, "isCollection of %s differs from its item definition %s", name(n), def.ID())
		}
	}
}

func checkProperties(c *checker) {
	for _, n := range c.each("property") {
		if p := Kind(n.Parent.Local); !n.Parent.Is("process") && !p.IsActivity() && !p.IsEvent() {
			c.fail(n, "%s stands in %s", name(n), name(n.Parent))
		}
	}
}

func checkSubProcessData(c *checker) {
	for _, n := range c.each("ioSpecification") {
		if isSubProcess(n.Parent) {
			c.fail(n, "the sub-process %s has an input and output specification", n.Parent.ID())
		}
	}
}

// checkDataDirections: inside a process its inputs are sources and its outputs targets; for an activity or event it is the other way round.
func checkDataDirections(c *checker) {
	for _, n := range c.each("dataInputAssociation", "dataOutputAssociation") {
		for _, end := range []string{"sourceRef", "targetRef"} {
			for _, ref := range refTexts(n, end) {
				d := c.find(ref)
				if d == nil || !d.Is("dataInput") && !d.Is("dataOutput") {
					continue
				}
				own := n.Parent.Is(d.Parent.Local) && d.Parent == n.Parent || d.Parent.Parent == n.Parent
				wrong := d.Is("dataInput") == (end == "sourceRef")
				if !own {
					wrong = !wrong
				}
				if wrong {
					c.fail(n, "%s has %s as %s, against the direction of the data", name(n), name(d), end)
				}
			}
		}
		for _, ref := range refTexts(n, map[string]string{"dataInputAssociation": "targetRef",
			"dataOutputAssociation": "sourceRef"}[n.Local]) {
			if d := c.find(ref); d != nil && (d.Is("dataInput") || d.Is("dataOutput")) && d.Parent != n.Parent &&
				d.Parent.Parent != n.Parent {
				c.fail(n, "%s of %s uses %s, which belongs to another element", name(n), name(n.Parent), name(d))
			}
		}
	}
}

func inSets(data, set, refs string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each(data) {
			if n.ID() == "" {
				continue
			}
			listed := slices.ContainsFunc(n.Parent.ChildrenNamed(set), func(s *Node) bool { return c.lists(s, refs, n.ID()) })
			if !listed {
				c.fail(n, "%s is in no %s", name(n), set)
			}
		}
	}
}

func subset(set, part, all string) func(*checker) {
	return func(c *checker) {
		for _, n := range c.each(set) {
			for _, ref := range refTexts(n, part) {
				if !c.lists(n, all, ref) {
					c.fail(n, "%s lists %s in %s, but not in %s", name(n), ref, part, all)
				}
			}
		}
	}
}

func checkIORules(c *checker) {
	for _, p := range [][3]string{{"inputSet", "outputSetRefs", "inputSetRefs"}, {"outputSet", "inputSetRefs", "outputSetRefs"}} {
		for _, n := range c.each(p[0]) {
			for _, ref := range refTexts(n, p[1]) {
				if other := c.find(ref); other != nil && !slices.Contains(refTexts(other, p[2]), n.ID()) {
					c.fail(n, "%s names %s, which does not name it in return", name(n), ref)
				}
			}
		}
	}
}

func checkAssociationTypes(c *checker) {
	for _, n := range c.each("dataInputAssociation", "dataOutputAssociation") {
		if n.Child("transformation") != nil || n.Child("assignment") != nil {
			continue
		}
		target := c.item(c.find(n.Child("targetRef").Text()))
		for _, ref := range refTexts(n, "sourceRef") {
			if source := c.item(c.find(ref)); source != nil && target != nil && source.Attr("structureRef") != target.Attr("structureRef") {
				c.fail(n, "%s connects data of different types and has no transformation", name(n))
			}
		}
	}
}

func checkAssociationSources(c *checker) {
	for _, n := range c.each("dataInputAssociation", "dataOutputAssociation") {
		count := len(refTexts(n, "sourceRef"))
		switch {
		case n.Child("transformation") != nil || n.Child("assignment") != nil || count == 1:
		case count == 0 && n.Is("dataOutputAssociation"): // as bpmn-js draws it: it shows where data go, and moves none
			c.relaxed(n, "%s names no data output, so that it is only drawn", name(n))
		default:
			c.fail(n, "%s has %d sources and no transformation", name(n), count)
		}
	}
}

// eventData is the data inputs of a throw event or the data outputs of a catch event.
func eventData(n *Node) []*Node {
	if Kind(n.Local).IsThrow() {
		return n.ChildrenNamed("dataInput")
	}
	return n.ChildrenNamed("dataOutput")
}

func checkEventData(c *checker) {
	for _, n := range c.kinds(Kind.IsEvent) {
		if data, defs := eventData(n), c.definitions(n); len(data) > 0 && len(data) != len(defs) {
			c.fail(n, "%s has %d event definitions and data for %d", name(n), len(defs), len(data))
		}
	}
}

// payload is the reference of an event definition to what it carries.
var payload = map[string]string{
	string(MessageEvent): "messageRef", string(ErrorEvent): "errorRef",
	string(EscalationEvent): "escalationRef", string(SignalEvent): "signalRef",
}

func checkEventDataTypes(c *checker) {
	for _, n := range c.kinds(Kind.IsEvent) {
		data, defs := eventData(n), c.definitions(n)
		if len(data) != len(defs) {
			continue
		}
		for i, d := range defs {
			carried := c.find(d.Attr(payload[d.Local]))
			if payload[d.Local] == "" || carried == nil {
				continue
			}
			if !sameItem(c.item(data[i]), c.item(carried)) {
				c.fail(data[i], "%s of %s has not the type of %s", name(data[i]), name(n), name(carried))
			}
		}
	}
}
