package engine

import (
	_ "embed"
	"encoding/json"
)

// rolesJSON is the table of roles that the platform knows (domain: access.md §1):
// what kind of people hold them, and which role stands in where nobody does. A
// county may have more of kind "business".
//
//go:embed roles.json
var rolesJSON []byte

// roleKind says what people of a role are to the cases of the house.
type roleKind string

// The kinds of roles.
const (
	roleBusiness      roleKind = "business"
	roleExternal      roleKind = "external"      // outsiders: by a part in the case, or drawn
	roleReadOnly      roleKind = "readOnly"      // reads everything, does nothing
	roleAdministrator roleKind = "administrator" // one of the three
)

type roleSpec struct {
	Kind     roleKind `json:"kind"`
	Fallback string   `json:"fallback,omitempty"` // role that stands in where nobody holds this one
	Rank     int      `json:"rank"`               // where an organisation does not say it; 0 is the head
	Side     string   `json:"side,omitempty"`     // "applicant": of the applying unit
}

var roles = func() map[string]roleSpec {
	var table map[string]roleSpec
	if err := json.Unmarshal(rolesJSON, &table); err != nil {
		panic("engine: roles.json: " + err.Error()) // part of the program
	}
	return table
}()

// KnownRole reports whether the platform has a role; a county may have more, which somebody holds then.
func KnownRole(role string) bool { _, known := roles[role]; return known }

// sideApplicant marks the roles that act for the applying unit.
const sideApplicant = "applicant"

// kindOf is the kind of a role; what the platform does not know is a county's own.
func kindOf(role string) roleKind {
	if spec, known := roles[role]; known {
		return spec.Kind
	}
	return roleBusiness
}
