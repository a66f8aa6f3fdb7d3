package registers

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
)

// Numbers are stored as whole ten-thousandths: exact, and the same on both databases.
const scaleDigits = 4

// largest is the greatest number of an entry, so that a sum of millions stays within 64 bits.
var largest = decimal.New(1, 12)

// number is an exact number of a definition.
type number struct{ decimal.Decimal }

func scaled(d decimal.Decimal) int64 { return d.Shift(scaleDigits).IntPart() }

func unscaled(n int64) decimal.Decimal { return decimal.New(n, -scaleDigits) }

var plainNumber = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?$`)

// fullWidth reports digits or signs of the wide kind, which look like numbers and are none.
func fullWidth(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= '０' && r <= '９' || r == '．' || r == '－' || r == '，' }) >= 0
}

// readNumber reads a number as people write it: thousands may be parted by commas.
func readNumber(text string) (decimal.Decimal, string) {
	if fullWidth(text) {
		return decimal.Decimal{}, "full-width-digits"
	}
	text = strings.TrimSpace(text)
	if grouped.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	if !plainNumber.MatchString(text) || len(text) > 40 {
		return decimal.Decimal{}, "not-a-number"
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return d, "not-a-number"
	}
	return d, ""
}

var grouped = regexp.MustCompile(`^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$`)

var (
	dateForm = regexp.MustCompile(`^([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?$`)
	yes      = map[string]bool{
		"true": true, "是": true, "√": true, "1": true, "yes": true, "false": false, "否": false, "0": false,
		"no": false,
	}
)

// readDate reads 2022-06-05, 2022/6/5, 2022.6.5 or 2022年6月5日.
func readDate(text string) (models.Date, string) {
	if fullWidth(text) {
		return "", "full-width-digits"
	}
	m := dateForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", "not-a-date"
	}
	iso := fmt.Sprintf("%s-%02s-%02s", m[1], m[2], m[3])
	if m[1] == "1900" || m[1] == "1899" { // what a spreadsheet shows of a small number
		return "", "date-of-1900"
	}
	d, err := models.ParseDate(strings.ReplaceAll(iso, " ", "0"))
	if err != nil {
		return "", "not-a-date"
	}
	return d, ""
}

// read turns what was entered in a field into its value in the body; nil is
// nothing. Text is read as people write it, so that a sheet and a page say the same.
func (f *Field) read(in any, options func(key string) ([]Option, error)) (any, *models.FieldError, error) {
	wrong := func(code string, args ...string) (any, *models.FieldError, error) {
		return nil, &models.FieldError{Code: code, Args: models.Pairs(args)}, nil
	}
	if f.Type == TypeList || f.Type == TypeFiles {
		return f.readList(in)
	}
	text, ok := textOf(in)
	if !ok {
		return wrong("field-type", "type", f.Type)
	}
	if f.Type != TypeTextarea {
		text = strings.TrimSpace(text)
	}
	if strings.TrimSpace(text) == "" {
		return nil, nil, nil
	}
	switch f.Type {
	case TypeNumber:
		return f.readNumber(text)
	case TypeDate:
		d, code := readDate(text)
		if code != "" {
			return wrong(code)
		}
		return string(d), nil, nil
	case TypeBoolean:
		b, known := yes[strings.ToLower(text)]
		if !known {
			return wrong("not-yes-or-no")
		}
		return b, nil, nil
	case TypeSelect:
		all, err := f.options(options)
		if err != nil {
			return nil, nil, err
		}
		var names []string
		for _, o := range all {
			if text == o.Value || text == o.Label.Zh || text == o.Label.En {
				return o.Value, nil, nil
			}
			names = append(names, o.Label.Zh)
		}
		if len(names) > 12 {
			names = append(names[:12], "…")
		}
		return wrong("not-an-option", "options", strings.Join(names, "、"))
	}
	limit := f.MaxLength
	if limit == 0 {
		limit = map[bool]int{true: 4000, false: 400}[f.Type == TypeTextarea]
	}
	switch {
	case utf8.RuneCountInString(text) > limit:
		return wrong("text-too-long", "limit", fmt.Sprint(limit))
	case f.pattern != nil && !f.pattern.MatchString(text):
		return wrong("text-form")
	}
	return text, nil, nil
}

func (f *Field) options(named func(key string) ([]Option, error)) ([]Option, error) {
	if f.ValuesKey == "" {
		return f.Values, nil
	}
	return named(f.ValuesKey)
}

func (f *Field) readNumber(text string) (any, *models.FieldError, error) {
	d, code := readNumber(text)
	args := []string{}
	switch {
	case code != "":
	case d.Abs().GreaterThanOrEqual(largest):
		code = "number-too-large"
	case !d.Equal(d.Truncate(int32(f.Decimals))): //nolint:gosec // 0 to 4
		code, args = "too-many-decimals", []string{"limit", fmt.Sprint(f.Decimals)}
	case f.Min != nil && d.LessThan(f.Min.Decimal):
		code, args = "number-below", []string{"limit", f.Min.String()}
	case f.Max != nil && d.GreaterThan(f.Max.Decimal):
		code, args = "number-above", []string{"limit", f.Max.String()}
	default:
		return json.Number(d.String()), nil, nil
	}
	return nil, &models.FieldError{Code: code, Args: models.Pairs(args)}, nil
}

// readList reads an array of texts, or a text parted by 、or line breaks.
func (f *Field) readList(in any) (any, *models.FieldError, error) {
	var parts []string
	switch v := in.(type) {
	case nil:
	case string:
		parts = strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune("、;；\n", r) })
	case []any:
		for _, e := range v {
			text, ok := textOf(e)
			if !ok {
				return nil, &models.FieldError{Code: "field-type", Args: map[string]string{"type": f.Type}}, nil
			}
			parts = append(parts, text)
		}
	default:
		return nil, &models.FieldError{Code: "field-type", Args: map[string]string{"type": f.Type}}, nil
	}
	var out []any
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			if utf8.RuneCountInString(p) > 400 || len(out) == 200 {
				return nil, &models.FieldError{Code: "text-too-long", Args: map[string]string{"limit": "400"}}, nil
			}
			out = append(out, p)
		}
	}
	if out == nil {
		return nil, nil, nil
	}
	return out, nil, nil
}

// textOf is a JSON scalar as people write it.
func textOf(in any) (string, bool) {
	switch v := in.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		return fmt.Sprint(v), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

// feelOf is a stored value as expressions see it.
func feelOf(kind string, v any) feel.Value {
	switch x := v.(type) {
	case bool:
		return x
	case json.Number:
		if n, err := feel.ParseNumber(x.String()); err == nil {
			return n
		}
	case string:
		if kind == TypeDate {
			t := models.Date(x).Start()
			if d, ok := feel.NewDate(t.Year(), int(t.Month()), t.Day()); ok && !t.IsZero() {
				return d
			}
			return nil
		}
		return x
	case []any:
		var l feel.List
		for _, e := range x {
			l = append(l, feelOf(TypeText, e))
		}
		return l
	}
	return nil
}

// stored is the value of an expression as the body keeps it.
func stored(kind string, v feel.Value) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case bool:
		return x, nil
	case string:
		return x, nil
	case feel.Number:
		d, err := decimal.NewFromString(x.String())
		if err != nil || d.Abs().GreaterThanOrEqual(largest) {
			return nil, fmt.Errorf("%s is too large", x)
		}
		return json.Number(d.Round(scaleDigits).String()), nil
	}
	raw, err := feel.ToJSON(v)
	if err != nil {
		return nil, fmt.Errorf("a %s cannot be kept: %w", kind, err)
	}
	var out any
	return out, models.DecodeExact(raw, &out)
}
