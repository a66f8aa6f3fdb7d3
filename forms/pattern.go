package forms

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// Patterns that form-js names with validationType.
var namedPatterns = map[string]*regexp.Regexp{
	"email": regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`),
	"phone": regexp.MustCompile(`^\+?[0-9][0-9 -]{4,18}$`),
}

// preparePattern compiles validate.pattern. It matches anywhere in the text, as
// in the browser, unless the pattern says otherwise.
func (c *component) preparePattern() error {
	if c.Validate.Pattern == "" {
		return nil
	}
	re, err := regexp.Compile(c.Validate.Pattern)
	if err != nil {
		return fmt.Errorf("pattern %s: %w", c.Validate.Pattern, err)
	}
	c.compiled = re
	return nil
}

func (c *component) pattern() *regexp.Regexp {
	if c.compiled != nil {
		return c.compiled
	}
	return namedPatterns[c.Validate.ValidationType]
}

// lookup finds a dotted path in nested maps.
func lookup(vars map[string]any, path string) (any, bool) {
	head, tail, nested := strings.Cut(path, ".")
	v, ok := vars[head]
	if !ok || !nested {
		return v, ok
	}
	inner, _ := v.(map[string]any)
	return lookup(inner, tail)
}

// plain turns a FEEL value back into JSON values.
func plain(v feel.Value) any {
	raw, err := feel.ToJSON(v)
	if err != nil {
		return nil
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var out any
	if dec.Decode(&out) != nil {
		return nil
	}
	return out
}
