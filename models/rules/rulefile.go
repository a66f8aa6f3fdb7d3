package rules

import (
	"encoding/xml"
	"fmt"
	"html"
	"strings"
)

// Kinds of rules: a check finds, a route chooses a way, a compute gives a value.
const (
	KindCheck   = "check"
	KindRoute   = "route"
	KindCompute = "compute"
)

// Rule is what a pack's file says of a decision beside its logic (qc:rule).
type Rule struct {
	ID         string
	Name       Text
	Kind       string // KindCheck, KindRoute, KindCompute
	Hard       bool   // of a check: a finding refuses our act; else it is answered
	Each       string // the list whose rows are decided one by one, bound to "row"; empty: decided once
	Requires   Shape
	AnsweredBy []string // roles
	Basis      string   // legal basis; "—" for local practice
	Breach     bool     // after a partner's fact a finding is a breach with a task
	Clock      bool     // a lateness: never refuses
	Binds      bool     // an answer holds for the facts that were answered, whatever of them the finding shows
	Says       []Say
	Satisfy    Text
	File       string

	params []string // "B06.L3": read by it or by what it requires; "W06" for the whole rule
	broken string   // why it cannot be run
}

// Text is a sentence in both languages; what stands in braces is FEEL over the
// finding's values and the rule's parameters.
type Text struct {
	ZH string `xml:"zh,attr" json:"zh"`
	EN string `xml:"en,attr" json:"en"`
}

// Say is a sentence for the findings whose fault, proposed act, ref or field is When; empty: for all others.
type Say struct {
	When string `xml:"when,attr"`
	Text
}

// Point is a check point: the rules that are judged at it, in order.
type Point struct {
	Name    string
	Before  bool // soft findings are answered before the act
	Rules   []string
	Service string // id of the decision service
}

// Word is what a code in a sentence is called.
type Word struct {
	Code string `xml:"code,attr"`
	Text
}

const qcNamespace = "https://quancheng.dev/schema/bpmn/1.0"

// ruleXML is what the DMN reader leaves out: our extensions.
type fileXML struct {
	Words     []Word `xml:"extensionElements>word"`
	Decisions []struct {
		Whole string   `xml:",innerxml"`
		ID    string   `xml:"id,attr"`
		Rule  *ruleXML `xml:"extensionElements>rule"`
		Logic []struct {
			Text string `xml:",innerxml"`
		} `xml:",any"`
	} `xml:"decision"`
	Functions []struct {
		Whole string `xml:",innerxml"`
		ID    string `xml:"id,attr"`
	} `xml:"businessKnowledgeModel"`
	Services []struct {
		ID    string `xml:"id,attr"`
		Point *struct {
			Name    string `xml:"name,attr"`
			Answers string `xml:"answers,attr"`
		} `xml:"extensionElements>point"`
		Outputs []struct {
			Href string `xml:"href,attr"`
		} `xml:"outputDecision"`
	} `xml:"decisionService"`
}

type ruleXML struct {
	XMLName    xml.Name
	Kind       string `xml:"kind,attr"`
	Severity   string `xml:"severity,attr"`
	Each       string `xml:"each,attr"`
	Requires   string `xml:"requires,attr"`
	AnsweredBy string `xml:"answeredBy,attr"`
	Basis      string `xml:"basis,attr"`
	Breach     bool   `xml:"breach,attr"`
	Clock      bool   `xml:"clock,attr"`
	Binds      string `xml:"binds,attr"` // "facts"
	Name       Text   `xml:"name"`
	Says       []Say  `xml:"say"`
	Satisfy    Text   `xml:"satisfy"`
}

// extensions are the rules, points and words of a file.
type extensions struct {
	rules  []*Rule
	points []Point
	words  []Word
	logic  map[string]string // of each decision, as written
	source map[string]string // of decisions and functions as a whole, spaces aside
}

func readExtensions(f File) (out extensions, errs []error) {
	var x fileXML
	if err := xml.Unmarshal(f.Body, &x); err != nil {
		return out, []error{fmt.Errorf("%s: %w", f.Name, err)}
	}
	out.words, out.logic, out.source = x.Words, map[string]string{}, map[string]string{}
	for _, f := range x.Functions {
		out.source[f.ID] = strings.Join(strings.Fields(f.Whole), " ")
	}
	for _, d := range x.Decisions {
		out.source[d.ID] = strings.Join(strings.Fields(d.Whole), " ")
		for _, l := range d.Logic {
			out.logic[d.ID] += html.UnescapeString(l.Text)
		}
		if d.Rule == nil || d.Rule.XMLName.Space != qcNamespace {
			continue // a helper
		}
		r, err := d.Rule.read(d.ID)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: rule %s: %w", f.Name, d.ID, err))
			continue
		}
		r.File = f.Name
		out.rules = append(out.rules, r)
	}
	for _, s := range x.Services {
		if s.Point == nil {
			continue
		}
		p := Point{Name: s.Point.Name, Before: s.Point.Answers == "before", Service: s.ID}
		for _, o := range s.Outputs {
			p.Rules = append(p.Rules, o.Href[strings.LastIndexByte(o.Href, '#')+1:])
		}
		out.points = append(out.points, p)
	}
	return out, errs
}

func (x ruleXML) read(id string) (*Rule, error) {
	r := &Rule{
		ID: id, Name: x.Name, Kind: x.Kind, Hard: x.Severity == "hard", Each: x.Each, Basis: x.Basis, Breach: x.Breach,
		Clock: x.Clock, Binds: x.Binds == "facts",
		Says: x.Says, Satisfy: x.Satisfy,
	}
	switch {
	case x.Kind != KindCheck && x.Kind != KindRoute && x.Kind != KindCompute:
		return nil, fmt.Errorf("kind %q is none of check, route, compute", x.Kind)
	case x.Kind == KindCheck && x.Severity != "hard" && x.Severity != "soft":
		return nil, fmt.Errorf("severity %q is none of hard, soft", x.Severity)
	}
	var err error
	if r.Requires, err = ParseShape(x.Requires); err != nil {
		return nil, err
	}
	if _, bound := r.Requires.Find("row"); bound != (r.Each != "") {
		return nil, fmt.Errorf("a rule with “each” requires columns of “row”, and no other does")
	}
	r.AnsweredBy, err = readRoles(x.AnsweredBy)
	return r, err
}
