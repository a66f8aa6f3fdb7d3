package engine

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/feel"
)

// expr is a compiled expression of a model: FEEL after "=", else a literal text.
type expr struct {
	text    string
	program *feel.Program // nil: value is the literal
	value   feel.Value
}

func literal(v feel.Value) *expr { return &expr{text: feel.Text(v), value: v} }

// fault is trouble with run-time data. It stops a token as an incident.
type fault struct{ code, message string }

func (f *fault) Error() string { return f.code + ": " + f.message }

func faultf(code, format string, args ...any) *fault {
	return &fault{code, fmt.Sprintf(format, args...)}
}

// vars makes the variables visible at a node readable for expressions: the
// node's own, then those of the scopes around it up to the process instance.
type vars struct {
	x     *exec
	n     *node
	extra feel.MapVars
}

// Get finds a variable. "params" are the rule parameters, "org" the units by
// function and "businessKey" the key of the instance, where no variable has these names.
func (v vars) Get(name string) (feel.Value, bool) {
	if value, ok := v.extra[name]; ok {
		return value, true
	}
	for n := v.n; n != nil; n = n.parent {
		if value, ok := n.Vars[name]; ok {
			return value, true
		}
		if n.Process != "" {
			break
		}
	}
	switch name {
	case "params":
		if v.x.params == nil && v.x.in.Params != nil {
			v.x.params = contextOf(v.x.in.Params)
		}
		return v.x.params, v.x.in.Params != nil
	case "org":
		if v.x.org == nil {
			v.x.org = v.x.roster().Context()
		}
		return v.x.org, true
	case "businessKey":
		if v.n != nil {
			if key := v.n.instance().BusinessKey; key != "" {
				return key, true
			}
		}
	}
	return nil, false
}

// eval evaluates an expression at a node. A FEEL error is null, with the reason in the warning.
func (x *exec) eval(n *node, e *expr, extra feel.MapVars) (feel.Value, string) {
	if e == nil {
		return nil, ""
	}
	if e.program == nil {
		return e.value, ""
	}
	value, warnings := e.program.Eval(x.env(), vars{x, n, extra})
	if len(warnings) > 0 {
		return value, warnings[0].Message
	}
	return value, ""
}

func (x *exec) env() feel.Env {
	return feel.Env{Now: x.in.Now, Zone: x.in.Zone, Calendar: x.in.Calendar}
}

// wrong is the fault of an expression that gave another kind of value than was needed.
func wrong(code, what string, e *expr, v feel.Value, why string) *fault {
	if why != "" {
		why = ": " + why
	}
	if e == nil {
		return faultf(code, "the model does not say %s", what)
	}
	return faultf(code, "%s %s gives %s%s", what, e.text, feel.Text(v), why)
}

// truth evaluates a condition. Null and other types are faults.
func (x *exec) truth(n *node, what string, e *expr, extra feel.MapVars) (bool, error) {
	v, why := x.eval(n, e, extra)
	if b, ok := v.(bool); ok {
		return b, nil
	}
	return false, wrong("condition", what, e, v, why)
}

// name evaluates an expression that must give a text that is not empty.
func (x *exec) name(n *node, what string, e *expr) (string, error) {
	if e == nil {
		return "", wrong("name", what, nil, nil, "")
	}
	v, why := x.eval(n, e, nil)
	if s, ok := v.(string); ok && s != "" {
		return s, nil
	}
	return "", wrong("name", what, e, v, why)
}

// key evaluates a correlation key: a text or a number.
func (x *exec) key(n *node, e *expr) (string, error) {
	if e == nil {
		return "", nil
	}
	v, why := x.eval(n, e, nil)
	switch v := v.(type) {
	case string:
		return v, nil
	case feel.Number:
		return v.String(), nil
	}
	return "", wrong("correlation-key", "the correlation key", e, v, why)
}

// count evaluates an expression that must give an integer of at least min.
func (x *exec) count(n *node, what string, e *expr, min int64) (int, error) {
	v, why := x.eval(n, e, nil)
	if s, ok := v.(string); ok && e.program == nil {
		if number, err := feel.ParseNumber(strings.TrimSpace(s)); err == nil {
			v = number
		}
	}
	if number, ok := v.(feel.Number); ok {
		if i, whole := number.Int64(); whole && i >= min && i <= maxActivations*100 {
			return int(i), nil
		}
	}
	return 0, wrong("number", what, e, v, why)
}

// texts evaluates an expression that lists texts; a literal is comma-separated.
func (x *exec) texts(n *node, what string, e *expr) ([]string, error) {
	if e == nil {
		return nil, nil
	}
	v, why := x.eval(n, e, nil)
	switch v := v.(type) {
	case nil:
		if why == "" {
			return nil, nil
		}
	case string:
		return splitList(v), nil
	case feel.List:
		out := make([]string, 0, len(v))
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil, wrong("candidates", what, e, v, "each must be a text")
			}
			out = append(out, s)
		}
		return out, nil
	}
	return nil, wrong("candidates", what, e, v, why)
}

func splitList(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
