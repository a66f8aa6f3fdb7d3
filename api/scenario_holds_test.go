package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// at is the value at a path such as /items/0/id.
func at(v any, path string) any {
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		switch of := v.(type) {
		case map[string]any:
			v = of[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(of) {
				return nil
			}
			v = of[i]
		default:
			return nil
		}
	}
	return v
}

// holds says where a value lacks what is wanted of it: objects may have more,
// lists have each wanted item somewhere; "" when it holds all.
func holds(got, want any) string {
	switch w := want.(type) {
	case map[string]any:
		if list, is := got.([]any); is && w["length"] != nil {
			return holds(float64(len(list)), w["length"])
		}
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is no object", got)
		}
		for name, value := range w {
			if value == nil {
				if g[name] != nil {
					return name + " is there"
				}
			} else if why := holds(g[name], value); why != "" {
				return name + ": " + why
			}
		}
	case []any:
		g, _ := got.([]any)
		for _, item := range w {
			if !slices.ContainsFunc(g, func(have any) bool { return holds(have, item) == "" }) {
				raw, _ := json.Marshal(item)
				return fmt.Sprintf("no item with %s", raw)
			}
		}
	default:
		if fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Sprintf("%v, want %v", got, want)
		}
	}
	return ""
}
