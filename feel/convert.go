package feel

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// FromGo turns Go data into FEEL values: FEEL values themselves, bool, string, integers, floats (by their
// shortest decimal text), json.Number, time.Time, time.Duration, slices and maps of these. Map entries are
// ordered by key.
func FromGo(v any) (Value, error) {
	switch v := v.(type) {
	case nil, bool, string, Number, Date, Time, DateTime, YearsMonths, DaysTime, List, *Context, *Range, *Func:
		return v, nil
	case int:
		return Int(int64(v)), nil
	case int64:
		return Int(v), nil
	case int32:
		return Int(int64(v)), nil
	case float64:
		if n, ok := Float(v); ok {
			return n, nil
		}
		return nil, fmt.Errorf("%v is not a number of FEEL", v)
	case json.Number:
		return ParseNumber(v.String())
	case time.Time:
		return DateTimeOf(v), nil
	case time.Duration:
		return DaysTimeOf(v), nil
	case []string:
		l := make(List, len(v))
		for i, s := range v {
			l[i] = s
		}
		return l, nil
	case []any:
		return listFromGo(v)
	case map[string]any:
		return contextFromGo(v)
	}
	return nil, fmt.Errorf("%T has no FEEL value", v)
}

func listFromGo(items []any) (Value, error) {
	l := make(List, len(items))
	for i, item := range items {
		v, err := FromGo(item)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i+1, err)
		}
		l[i] = v
	}
	return l, nil
}

func contextFromGo(m map[string]any) (Value, error) {
	c := NewContext(len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		v, err := FromGo(m[k])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		c.Set(k, v)
	}
	return c, nil
}
