package engine

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
)

// dutiesJSON is the table of duties (domain: access.md §3): of each the duties
// that it is separate from, by person or by unit, and the parties of a case that
// may not have it. A pair is written once and holds both ways.
//
//go:embed duties.json
var dutiesJSON []byte

// apart says who must differ.
type apart string

// What must differ between two separate duties.
const (
	apartPerson apart = "person"
	apartUnit   apart = "unit" // the person too
)

// parties are the roles of parties that a line of the table may name beside duties.
var parties = []string{Applicant, Supplier, Supervisor, Tester, Agency, Expert}

// duties is the table, both ways.
var duties = func() map[string]map[string]apart {
	var table map[string]map[string]apart
	if err := json.Unmarshal(dutiesJSON, &table); err != nil {
		panic("engine: duties.json: " + err.Error()) // part of the program
	}
	for duty, from := range maps.Clone(table) {
		for other, how := range from {
			if table[other] != nil {
				table[other][duty] = how
			} else if !slices.Contains(parties, other) {
				panic("engine: duties.json: " + duty + " is separate from " + other + ", which is no duty")
			}
		}
	}
	return table
}()

// Duties are the names that a task's duty may have, in order.
func Duties() []string { return slices.Sorted(maps.Keys(duties)) }
