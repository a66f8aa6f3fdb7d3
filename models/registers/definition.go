package registers

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// Text in both languages.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en,omitempty"`
}

// In is the text in a language, the Chinese one where there is no other.
func (t Text) In(lang string) string {
	if lang == "en" && t.En != "" {
		return t.En
	}
	return t.Zh
}

// The types of fields.
const (
	TypeText     = "text"
	TypeTextarea = "textarea"
	TypeNumber   = "number"
	TypeDate     = "date"
	TypeBoolean  = "boolean"
	TypeSelect   = "select" // one of values, or of the list that valuesKey names
	TypeList     = "list"   // several texts
	TypeFiles    = "files"  // ids of documents
)

var types = []string{TypeText, TypeTextarea, TypeNumber, TypeDate, TypeBoolean, TypeSelect, TypeList, TypeFiles}

// Option of a select.
type Option struct {
	Value string `json:"value"`
	Label Text   `json:"label"`
	Unit  string `json:"-"` // that the value belongs to: "WINDOW@=entry.window" means a post in it
}

// Field of a register.
type Field struct {
	Key         string   `json:"key"`
	Type        string   `json:"type"`
	Label       Text     `json:"label"`
	Description Text     `json:"description,omitzero"`
	Required    bool     `json:"required,omitempty"`
	Slot        string   `json:"slot,omitempty"` // t1…t12, n1…n8, d1…d4; none: in the body only
	Min         *number  `json:"min,omitempty"`
	Max         *number  `json:"max,omitempty"`
	Decimals    int      `json:"decimals,omitempty"` // places behind the point, 0 to 4
	MaxLength   int      `json:"maxLength,omitempty"`
	Pattern     string   `json:"pattern,omitempty"`
	Values      []Option `json:"values,omitempty"`
	ValuesKey   string   `json:"valuesKey,omitempty"` // "units", or the id of a register whose keys are the values

	pattern *regexp.Regexp
}

// Computed field: its expression is evaluated once, when an entry is saved.
type Computed struct {
	Key   string `json:"key"`
	Label Text   `json:"label"`
	Type  string `json:"type,omitempty"` // number, text, date or boolean; by the slot when none
	Expr  string `json:"expr"`
	Slot  string `json:"slot,omitempty"`

	program *feel.Program
}

// Invariant is what must hold of every entry; Message tells people about one where it does not.
type Invariant struct {
	Field   string `json:"field"`
	Expr    string `json:"expr"`
	Message Text   `json:"message"`

	program *feel.Program
}

// Total is a figure over the entries.
type Total struct {
	Label  Text        `json:"label"`
	Unit   string      `json:"unit,omitempty"`
	Fn     string      `json:"fn"`    // count, sum, distinct, min, max, last
	Field  string      `json:"field"` // none for count
	Where  []Condition `json:"where,omitempty"`
	Period string      `json:"period,omitempty"` // within (default): dated in the period; until: dated up to its end
}

// Condition is [field, op, value]; op is = != < <= > >= or in.
type Condition struct {
	Field, Op string
	Value     any
}

// UnmarshalJSON reads the triple.
func (c *Condition) UnmarshalJSON(raw []byte) error {
	var t []any
	if err := models.DecodeExact(raw, &t); err != nil {
		return err
	}
	if len(t) != 3 {
		return fmt.Errorf("a condition is [field, op, value]")
	}
	var ok1, ok2 bool
	c.Field, ok1 = t[0].(string)
	c.Op, ok2 = t[1].(string)
	c.Value = t[2]
	if !ok1 || !ok2 {
		return fmt.Errorf("a condition is [field, op, value]")
	}
	return nil
}

// MarshalJSON writes the triple.
func (c Condition) MarshalJSON() ([]byte, error) { return json.Marshal([]any{c.Field, c.Op, c.Value}) }

// Begins is the rectification that an entry raises: at once when When holds at its first saving, else when a person asks.
type Begins struct {
	Title       string `json:"title"`       // =expression or text
	Description string `json:"description"` // =expression or text
	Unit        string `json:"unit"`        // =expression: the unit that must mend it
	Severity    string `json:"severity"`    // A, B, C
	Source      string `json:"source"`      // as models.RectSources
	When        string `json:"when,omitempty"`

	title, description, unit, when *feel.Program
}

// Definition of a register, as its file says.
type Definition struct {
	ID         string              `json:"id"`
	Version    int                 `json:"version"`
	Name       Text                `json:"name"`
	About      Text                `json:"about,omitzero"`
	Owner      string              `json:"owner"`             // the field whose value owns the entry, or a function of units ("bureau")
	Key        []string            `json:"key,omitempty"`     // what one live entry only may have; none: every entry is its own
	Date       string              `json:"date,omitempty"`    // the field with the business date; none: the day of recording
	Planned    bool                `json:"planned,omitempty"` // business dates may lie ahead
	Fields     []Field             `json:"fields"`
	Computed   []Computed          `json:"computed,omitempty"`
	Invariants []Invariant         `json:"invariants,omitempty"`
	Write      []string            `json:"write"`
	Verify     []string            `json:"verify,omitempty"`
	Read       []string            `json:"read,omitempty"`
	Mask       map[string][]string `json:"mask,omitempty"` // field → who sees it in full
	Checks     string              `json:"checks,omitempty"`
	List       []string            `json:"list"`
	Totals     map[string]Total    `json:"totals,omitempty"`
	Begins     *Begins             `json:"begins,omitempty"`

	rights map[string][]right
	masks  map[string][]right
}

// Field of a key, nil when there is none.
func (d *Definition) Field(key string) *Field {
	for i := range d.Fields {
		if d.Fields[i].Key == key {
			return &d.Fields[i]
		}
	}
	return nil
}

// Slot and type of a field or computed field.
func (d *Definition) slot(key string) (slot, kind string) {
	if f := d.Field(key); f != nil {
		return f.Slot, f.Type
	}
	for _, c := range d.Computed {
		if c.Key == key {
			return c.Slot, c.Type
		}
	}
	return "", ""
}

var (
	idForm   = regexp.MustCompile(`^[a-z][a-z0-9_-]{1,39}$`)
	keyForm  = regexp.MustCompile(`^[a-z][A-Za-z0-9]{0,39}$`)
	figForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{1,59}$`)
	slotForm = regexp.MustCompile(`^(t([1-9]|1[0-2])|n[1-8]|d[1-4])$`)
	ops      = []string{"=", "!=", "<", "<=", ">", ">=", "in"}
	fns      = []string{"count", "sum", "distinct", "min", "max", "last"}
)

// Parse reads a file and checks all of it; the problems are an author's mistakes, with their place.
func Parse(raw []byte) (*Definition, []string) {
	d := &Definition{}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(d); err != nil {
		return nil, []string{err.Error()}
	}
	p := &parser{d: d}
	p.head()
	p.fields()
	p.computed()
	p.people()
	p.figures()
	p.begins()
	return d, p.problems
}

type parser struct {
	d        *Definition
	problems []string
}

func (p *parser) say(format string, args ...any) {
	p.problems = append(p.problems, p.d.ID+": "+fmt.Sprintf(format, args...))
}

func (p *parser) head() {
	d := p.d
	if !idForm.MatchString(d.ID) {
		p.say("id %q: small letters, digits, - and _", d.ID)
	}
	if d.Version < 1 {
		p.say("version must be 1 or more")
	}
	if d.Name.Zh == "" {
		p.say("name.zh is missing")
	}
	if d.Owner == "" {
		p.say("owner is missing: a field, or a function of units such as bureau")
	}
	for _, key := range d.Key {
		if f := d.Field(key); f == nil || !f.Required && f.Slot == "" {
			p.say("key %q is no field", key)
		}
	}
	if d.Date != "" {
		if f := d.Field(d.Date); f == nil || f.Type != TypeDate {
			p.say("date %q is no field of type date", d.Date)
		} else {
			f.Required = true
		}
	}
	for _, key := range d.Key {
		if f := d.Field(key); f != nil {
			f.Required = true
		}
	}
	if d.Checks != "" && d.Checks != "entry."+d.ID {
		p.say("checks is %q; the check point of this register is entry.%s", d.Checks, d.ID)
	}
}

func (p *parser) fields() {
	seen, slots := map[string]bool{}, map[string]string{}
	take := func(key, slot, kind string) {
		if !keyForm.MatchString(key) || slices.Contains([]string{"state", "owner", "entry", "org"}, key) {
			p.say("field %q: letters and digits, a small letter first, and not a word of the platform", key)
		}
		if seen[key] {
			p.say("field %q is there twice", key)
		}
		seen[key] = true
		if slot == "" {
			return
		}
		if !slotForm.MatchString(slot) || !fits(slot, kind) {
			p.say("field %q: slot %q does not hold a %s (t1–t12 texts, n1–n8 numbers and yes/no, d1–d4 dates)", key, slot, kind)
		}
		if other := slots[slot]; other != "" {
			p.say("slot %s is %q and %q", slot, other, key)
		}
		slots[slot] = key
	}
	for i := range p.d.Fields {
		f := &p.d.Fields[i]
		if !slices.Contains(types, f.Type) {
			p.say("field %q: type %q is none of %s", f.Key, f.Type, strings.Join(types, ", "))
		}
		if f.Label.Zh == "" {
			f.Label = Text{Zh: f.Key}
		}
		if f.Pattern != "" {
			var err error
			if f.pattern, err = regexp.Compile("^(?:" + f.Pattern + ")$"); err != nil {
				p.say("field %q: pattern: %v", f.Key, err)
			}
		}
		if f.Decimals < 0 || f.Decimals > scaleDigits {
			p.say("field %q: decimals are 0 to %d", f.Key, scaleDigits)
		}
		if f.Type == TypeSelect && (len(f.Values) > 0) == (f.ValuesKey != "") {
			p.say("field %q: a select has values, or valuesKey", f.Key)
		}
		take(f.Key, f.Slot, f.Type)
	}
	for i := range p.d.Computed {
		c := &p.d.Computed[i]
		if c.Type == "" {
			c.Type = map[byte]string{'t': TypeText, 'n': TypeNumber, 'd': TypeDate}[(c.Slot + "t")[0]]
		}
		if c.Label.Zh == "" {
			c.Label = Text{Zh: c.Key}
		}
		take(c.Key, c.Slot, c.Type)
	}
}

func fits(slot, kind string) bool {
	switch kind {
	case TypeNumber, TypeBoolean:
		return slot[0] == 'n'
	case TypeDate:
		return slot[0] == 'd'
	case TypeList, TypeFiles:
		return false
	}
	return slot[0] == 't'
}

// compile makes an expression ready; text that does not begin with = is a constant.
func (p *parser) compile(where, text string) *feel.Program {
	src, ok := strings.CutPrefix(text, "=")
	if !ok {
		return nil
	}
	e, faults := feel.Parse(src, feel.Options{})
	var prog *feel.Program
	if e != nil {
		var more []feel.Diagnostic
		prog, more = e.Compile(feel.Scope{Names: p.names(), Open: false})
		faults = append(faults, more...)
	}
	for _, f := range faults {
		if f.Severity == feel.Error {
			p.say("%s: %d:%d %s", where, f.Line, f.Col, f.Message)
		}
	}
	return prog
}

// names are what expressions may say: every field, and the contexts of an entry and of the units' functions.
func (p *parser) names() map[string]feel.Type {
	m := map[string]feel.Type{"entry": feel.Any, "org": feel.Any}
	for _, f := range p.d.Fields {
		m[f.Key] = feel.Any
	}
	for _, c := range p.d.Computed {
		m[c.Key] = feel.Any
	}
	return m
}

func (p *parser) computed() {
	for i := range p.d.Computed {
		c := &p.d.Computed[i]
		if c.program = p.compile("computed "+c.Key, c.Expr); c.program == nil && !strings.HasPrefix(c.Expr, "=") {
			p.say("computed %s: an expression begins with =", c.Key)
		}
	}
	for i := range p.d.Invariants {
		v := &p.d.Invariants[i]
		if v.program = p.compile("invariant on "+v.Field, v.Expr); v.program == nil && !strings.HasPrefix(v.Expr, "=") {
			p.say("invariant on %s: an expression begins with =", v.Field)
		}
		if p.d.Field(v.Field) == nil {
			p.say("invariant: %q is no field", v.Field)
		}
		if v.Message.Zh == "" {
			p.say("invariant on %s: message.zh is missing", v.Field)
		}
	}
}

func (p *parser) figures() {
	for _, key := range p.d.List {
		if slot, kind := p.d.slot(key); kind == "" || slot == "" {
			p.say("list: %q is no field with a slot", key)
		}
	}
	for id, t := range p.d.Totals {
		if !figForm.MatchString(id) {
			p.say("total %q: small letters, digits and _", id)
		}
		if !slices.Contains(fns, t.Fn) {
			p.say("total %s: fn %q is none of %s", id, t.Fn, strings.Join(fns, ", "))
		}
		slot, kind := p.d.slot(t.Field)
		switch {
		case t.Fn == "count" && t.Field == "":
		case slot == "":
			p.say("total %s: %q is no field with a slot", id, t.Field)
		case t.Fn == "sum" && kind != TypeNumber:
			p.say("total %s: %q is no number", id, t.Field)
		}
		if t.Period != "" && t.Period != "within" && t.Period != "until" {
			p.say("total %s: period is within or until", id)
		}
		for _, c := range t.Where {
			if _, _, err := p.d.condition(c); err != nil {
				p.say("total %s: %v", id, err)
			}
		}
	}
}

func (p *parser) begins() {
	b := p.d.Begins
	if b == nil {
		return
	}
	b.title, b.description = p.compile("begins.title", b.Title), p.compile("begins.description", b.Description)
	b.unit, b.when = p.compile("begins.unit", b.Unit), p.compile("begins.when", b.When)
	if b.Title == "" || !strings.HasPrefix(b.Unit, "=") {
		p.say("begins: title and unit (=expression) are needed")
	}
	if !slices.Contains([]string{"A", "B", "C"}, b.Severity) || !slices.Contains(models.RectSources, b.Source) {
		p.say("begins: severity is A, B or C; source one of %s", strings.Join(models.RectSources, ", "))
	}
}
