package forms

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/feel"
)

// Lengths that hold when the form names none, in characters.
const (
	DefaultTextField = 500
	DefaultTextArea  = 10_000
	MaxChoices       = 200
)

// checks validate a present value of each kind and return what is stored.
var checks map[kind]func(p *pass, c *component, v any, at string, s *sight) any

func init() { // breaks the reference cycle checks → rows → checks
	checks = map[kind]func(*pass, *component, any, string, *sight) any{
		kindText:    checkText,
		kindNumber:  checkNumber,
		kindBool:    checkBool,
		kindChoice:  checkChoice,
		kindChoices: checkChoices,
		kindMoment:  checkMoment,
		kindFiles:   checkFiles,
	}
}

func checkText(p *pass, c *component, v any, at string, _ *sight) any {
	s, ok := v.(string)
	if !ok {
		p.add(at, c, "text")
		return nil
	}
	if !utf8.ValidString(s) || strings.IndexFunc(s, forbidden) >= 0 {
		p.add(at, c, "control")
		return nil
	}
	length, most := utf8.RuneCountInString(s), DefaultTextField
	if c.Type == "textarea" {
		most = DefaultTextArea
	}
	if c.Validate.MaxLength != nil {
		most = *c.Validate.MaxLength
	}
	if length > most {
		p.add(at, c, "maxLength", strconv.Itoa(most))
	}
	if least := c.Validate.MinLength; least != nil && length < *least {
		p.add(at, c, "minLength", strconv.Itoa(*least))
	}
	if re := c.pattern(); re != nil && !re.MatchString(s) {
		p.add(at, c, "pattern", c.Validate.PatternMessage)
	}
	return s
}

// forbidden are control characters other than line breaks and tabs.
func forbidden(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

var decimalText = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,10})?$`)

// plainNumber writes a JSON number without its exponent: a browser sends 1e-7.
func plainNumber(text string) string {
	if !withExponent.MatchString(text) {
		return text
	}
	return decimal.RequireFromString(text).String()
}

var withExponent = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,18})?[eE][+-]?[0-9]{1,2}$`)

func decimalOf(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func checkNumber(p *pass, c *component, v any, at string, s *sight) any {
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = plainNumber(v.String())
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	if !decimalText.MatchString(text) {
		p.add(at, c, "number")
		return nil
	}
	d := decimalOf(text)
	if c.Decimals != nil && -d.Exponent() > int32(*c.Decimals) && !d.Equal(d.Truncate(int32(*c.Decimals))) {
		p.add(at, c, "decimals", strconv.Itoa(*c.Decimals))
	}
	if least, ok := p.limit(c.Validate.Min, c.least, s); ok && d.LessThan(least) {
		p.add(at, c, "min", least.String())
	}
	if most, ok := p.limit(c.Validate.Max, c.most, s); ok && d.GreaterThan(most) {
		p.add(at, c, "max", most.String())
	}
	if step, ok := limit(c.Increment); ok && step.Sign() > 0 && !d.Mod(step).IsZero() {
		below := d.Div(step).Floor().Mul(step)
		p.add(at, c, "step", below.String(), below.Add(step).String())
	}
	if c.AsText {
		return text
	}
	return json.Number(d.StringFixed(max(0, -d.Exponent()))) // 007 is no JSON number
}

// limit is a bound that is written down, or what its expression gives.
func (p *pass) limit(raw json.RawMessage, program *feel.Program, s *sight) (decimal.Decimal, bool) {
	if program == nil {
		return limit(raw)
	}
	v, _ := program.Eval(p.env, s)
	text, err := json.Marshal(plain(v))
	if err != nil {
		return decimal.Decimal{}, false
	}
	return limit(text)
}

func limit(raw json.RawMessage) (decimal.Decimal, bool) {
	text := strings.Trim(string(raw), `"`)
	if !decimalText.MatchString(text) {
		return decimal.Decimal{}, false
	}
	return decimalOf(text), true
}

func checkBool(p *pass, c *component, v any, at string, _ *sight) any {
	b, ok := v.(bool)
	if !ok {
		p.add(at, c, "bool")
		return nil
	}
	return b
}

func checkChoice(p *pass, c *component, v any, at string, s *sight) any {
	if !p.choices(c, s)[choiceKey(v)] {
		p.add(at, c, "option")
	}
	return v
}

func checkChoices(p *pass, c *component, v any, at string, s *sight) any {
	list, ok := v.([]any)
	if !ok || len(list) > MaxChoices {
		p.add(at, c, "list")
		return nil
	}
	allowed, seen := p.choices(c, s), map[string]bool{}
	for i, item := range list {
		key := choiceKey(item)
		if !allowed[key] || seen[key] {
			p.add(at+"/"+strconv.Itoa(i), c, "option")
		}
		seen[key] = true
	}
	return list
}

// choices are the options as comparable keys.
func (p *pass) choices(c *component, s *sight) map[string]bool {
	out := map[string]bool{}
	for _, o := range c.Values {
		out[choiceKey(o.Value)] = true
	}
	var dynamic any
	switch {
	case c.options != nil:
		v, _ := c.options.Eval(p.env, s)
		dynamic = plain(v)
	case c.ValuesKey != "":
		head, tail, nested := strings.Cut(c.ValuesKey, ".")
		dynamic, _ = s.find(head)
		if inner, _ := dynamic.(map[string]any); nested {
			dynamic, _ = lookup(inner, tail)
		}
	}
	list, _ := dynamic.([]any)
	for _, o := range list {
		if m, ok := o.(map[string]any); ok {
			o = m["value"]
		}
		out[choiceKey(o)] = true
	}
	return out
}

func choiceKey(v any) string {
	if n, ok := v.(float64); ok {
		return "n" + strconv.FormatFloat(n, 'f', -1, 64)
	}
	if n, ok := v.(json.Number); ok {
		return "n" + n.String()
	}
	return fmt.Sprintf("%T:%v", v, v)
}

var layouts = map[string][]string{
	"date":     {"2006-01-02"},
	"time":     {"15:04", "15:04:05", "15:04Z07:00"},
	"datetime": {"2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.000Z07:00"},
}

// oneDigitHour is an hour that time.Parse takes and FEEL does not.
var oneDigitHour = regexp.MustCompile(`(^|T)[0-9]:`)

func checkMoment(p *pass, c *component, v any, at string, _ *sight) any {
	s, ok := v.(string)
	subtype := c.Subtype
	if subtype == "" {
		subtype = "date"
	}
	for _, layout := range layouts[subtype] {
		moment, err := time.ParseInLocation(layout, s, p.zone())
		if !ok || err != nil || oneDigitHour.MatchString(s) {
			continue
		}
		if c.NotPast && subtype != "time" && moment.Before(p.from(subtype)) {
			p.add(at, c, "past")
		}
		return c.zoned(s, layout, moment)
	}
	p.add(at, c, subtype)
	return nil
}

func (p *pass) zone() *time.Location {
	if p.env.Zone == nil {
		return time.UTC
	}
	return p.env.Zone
}

// from is the first moment that is not past: for a date the day that it is.
func (p *pass) from(subtype string) time.Time {
	now := p.env.Now.In(p.zone())
	if subtype == "date" {
		return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	}
	return now
}

// zoned writes a moment as the form wants its zone: without a zone it is that of
// the house. A form that wants none gets what was written.
func (c *component) zoned(s, layout string, moment time.Time) string {
	date := ""
	if c.Subtype == "datetime" {
		date = "2006-01-02T"
	}
	switch {
	case c.Subtype == "date" || c.Subtype == "":
		return s
	case c.Zone == "utc_normalized":
		return moment.UTC().Format(date + "15:04Z07:00")
	case c.Zone == "utc_offset" && !strings.Contains(layout, "Z07:00"):
		return moment.Format(date + "15:04Z07:00")
	}
	return s
}

var documentID = regexp.MustCompile(`^[0-9]{1,19}$`)

// checkFiles takes ids of documents that were uploaded before.
func checkFiles(p *pass, c *component, v any, at string, _ *sight) any {
	if s, ok := v.(string); ok {
		v = []any{s}
	}
	list, ok := v.([]any)
	if !ok || len(list) > MaxChoices {
		p.add(at, c, "files")
		return nil
	}
	for i, item := range list {
		if s, ok := item.(string); !ok || !documentID.MatchString(s) {
			p.add(at+"/"+strconv.Itoa(i), c, "files")
		}
	}
	return list
}
