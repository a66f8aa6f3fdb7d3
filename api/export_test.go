package api

import (
	"maps"
	"slices"
)

// RouteTable is the table of routes for tests: method, path.
func RouteTable() [][2]string {
	var out [][2]string
	for _, r := range routes {
		out = append(out, [2]string{r.Method, r.Path})
	}
	return out
}

// RoleNames are the roles for tests.
func RoleNames() []string {
	var out []string
	for name := range roles {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// ExportNames are the lists that leave as sheets, for tests.
func ExportNames() []string { return slices.Sorted(maps.Keys(exports)) }
