package dmn

import "github.com/beevik/etree"

// Model is one DMN file (DMN 1.5 §6.3.2, Definitions).
type Model struct {
	ID, Name, Namespace string
	Version             string // "1.1" … "1.5", from the XML namespace
	Imports             []Import
	Items               []*ItemDefinition
	Inputs              []*InputData
	Decisions           []*Decision
	Knowledge           []*BusinessKnowledgeModel
	Services            []*DecisionService

	prefixes map[string]string // of the root element, for type references written as QNames
	doc      *etree.Document   // the whole file, for Write
}

// Place is where an element stands in the file, 1-based.
type Place struct{ Line, Col int }

// Source is FEEL text with the place of its first character.
type Source struct {
	Text string
	Place
}

// Import of another model (§6.3.3). Its elements are reached as Name.element.
type Import struct {
	Name, Namespace, Type, Location string
	Place
}

// ItemDefinition is a named type (§7.3.2).
type ItemDefinition struct {
	Name         string
	TypeRef      string
	IsCollection bool
	Components   []*ItemDefinition
	Allowed      Source // unary tests every value (or element of a collection) must pass
	Constraint   Source // unary tests the value as a whole must pass (typeConstraint, DMN 1.5)
	Function     *FunctionItem
	Place
}

// FunctionItem is the signature of a function type (§7.3.4).
type FunctionItem struct {
	Parameters []InformationItem
	OutputType string
}

// InformationItem is a named, typed variable (§7.3.4).
type InformationItem struct {
	Name, TypeRef string
	Place
}

// InputData is a leaf of the requirements graph (§6.3.11).
type InputData struct {
	ID, Name string
	Variable InformationItem
	Place
}

// Requirements are the references of a decision or knowledge model to what it needs, as hrefs.
type Requirements struct{ Inputs, Decisions, Knowledge []Ref }

// Ref is an href ("#id" or "namespace#id").
type Ref struct {
	Href string
	Place
}

// Decision computes one value (§6.3.7).
type Decision struct {
	ID, Name string
	Variable InformationItem
	Requires Requirements
	Logic    Expression // nil: the decision has no logic
	Place
}

// BusinessKnowledgeModel is a reusable function (§6.3.9).
type BusinessKnowledgeModel struct {
	ID, Name string
	Variable InformationItem
	Requires Requirements
	Logic    *FunctionDefinition // nil: no encapsulated logic
	Place
}

// DecisionService makes part of the graph callable (§6.3.10).
type DecisionService struct {
	ID, Name                  string
	Variable                  InformationItem
	OutputDecisions           []Ref
	InputDecisions, InputData []Ref // its parameters: input data first, then decisions (§10.4)
	Place
}

// Expression is decision logic: one of the boxed expressions below (§10.2.1, §7.3.1).
type Expression interface {
	at() Place
	box() Box
}

// Box is what all boxed expressions share.
type Box struct {
	ID, TypeRef string
	Place
}

func (b Box) at() Place { return b.Place }
func (b Box) box() Box  { return b }

// Literal is FEEL text (§10.2.1.1).
type Literal struct {
	Box
	Source   Source
	Language string // empty: that of the file, FEEL
}

// Context is a list of entries, the last perhaps without a name: the result (§10.2.1.4).
type Context struct {
	Box
	Entries []ContextEntry
}

// ContextEntry is one entry of a Context. Variable.Name is empty for the result.
type ContextEntry struct {
	Variable InformationItem
	Value    Expression
}

// Invocation calls a function with bindings (§10.2.1.3).
type Invocation struct {
	Box
	Callee   Expression
	Bindings []Binding
}

// Binding is a parameter with its value.
type Binding struct {
	Parameter InformationItem
	Value     Expression
}

// ListBox is a boxed list (§10.2.1.5).
type ListBox struct {
	Box
	Items []Expression
}

// Relation is a table of values (§10.2.1.6).
type Relation struct {
	Box
	Columns []InformationItem
	Rows    [][]Expression
}

// FunctionDefinition is a boxed function (§10.2.1.7). Kind is FEEL, Java or PMML.
type FunctionDefinition struct {
	Box
	Kind       string
	Parameters []InformationItem
	Body       Expression
}

// Conditional is a boxed if (§10.2.1.8).
type Conditional struct {
	Box
	If, Then, Else Expression
}

// Filter is a boxed filter (§10.2.1.9).
type Filter struct {
	Box
	In, Match Expression
}

// Iterator is a boxed for, every or some (§10.2.1.10).
type Iterator struct {
	Box
	Kind     string // "for", "every", "some"
	Variable string
	In, Body Expression
}

// Table is a decision table (§8).
type Table struct {
	Box
	HitPolicy   string // UNIQUE, FIRST, PRIORITY, ANY, COLLECT, RULE ORDER, OUTPUT ORDER
	Aggregation string // of COLLECT: SUM, COUNT, MIN, MAX, or empty
	Inputs      []TableInput
	Outputs     []TableOutput
	Annotations []string // names of the annotation columns
	Rules       []TableRule
}

// TableInput is an input column.
type TableInput struct {
	ID, Label, TypeRef string
	Source             Source // the input expression
	Values             Source // allowed values, unary tests
	Place
}

// TableOutput is an output column.
type TableOutput struct {
	ID, Label, Name, TypeRef string
	Values                   Source // output values, unary tests; their order is the priority
	Default                  Source // FEEL, or empty
	Place
}

// TableRule is a row.
type TableRule struct {
	ID          string
	Inputs      []Source // unary tests
	Outputs     []Source // expressions
	Annotations []string
	Place
}
