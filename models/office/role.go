package office

import (
	"slices"
)

// Administrators are the three who run the house and see none of its business
// (domain/compliance.md §2): system, security and audit administrator.
var Administrators = []string{SysAdmin, SecAdmin, AuditAdmin}

// The three administrators' roles.
const (
	SysAdmin   = "SYS_ADMIN"
	SecAdmin   = "SEC_ADMIN"
	AuditAdmin = "AUDIT_ADMIN"
)

// Role is what may be held as a post, and by whom (domain/access.md §1).
type Role struct {
	Code      string
	Rank      int      // that a post gets unless it says another; 0 is the head
	Functions []string // a unit that serves as one of them holds it; none: any unit of the house
	Kinds     []string // only units of these kinds hold it: outside organisations
	Never     []string // groups or roles that the same person may not hold beside it
}

// Groups of roles that exclude others together.
const (
	everyOther = "*"          // every role but this
	government = "government" // every role of the house's own units
)

// Roles of the house, in the order of the page.
var Roles = []Role{
	{
		Code: "APPLY_CLERK", Rank: 3,
	}, {Code: "APPLY_IT", Rank: 2}, {Code: "APPLY_FINANCE", Rank: 3}, {Code: "APPLY_LEADER"}, {Code: "RECT_OWNER", Rank: 3},
	{
		Code: "BUREAU_ACCEPT", Rank: 3, Functions: bureau,
	}, {Code: "BUREAU_REVIEW_A", Rank: 3, Functions: bureau}, {Code: "BUREAU_REVIEW_B", Rank: 3, Functions: bureau},
	{
		Code: "BUREAU_LEGAL", Rank: 3, Functions: bureau,
	}, {Code: "BUREAU_CHIEF", Rank: 2, Functions: bureau}, {Code: "BUREAU_DEPUTY", Rank: 1, Functions: bureau},
	{
		Code: "BUREAU_DIRECTOR", Functions: bureau,
	}, {Code: "BUREAU_INSPECTOR", Rank: 3, Functions: bureau}, {Code: "OFFICE", Rank: 3, Functions: bureau},
	{Code: "PROCESS_ADMIN", Rank: 2, Functions: bureau},
	{Code: "DRAW_OPERATOR", Rank: 3, Functions: bureau, Never: []string{"DRAW_SUPERVISOR", "EXPERT", "EXPERT_KEEPER"}},
	{Code: "DRAW_SUPERVISOR", Rank: 3, Functions: []string{"discipline", "bureau"}, Never: []string{"EXPERT"}},
	{Code: "EXPERT_KEEPER", Rank: 3, Functions: []string{"experts", "bureau"}, Never: []string{"EXPERT"}},
	{
		Code: "EXPERT", Rank: 3, Functions: []string{"experts"},
		Never: slices.Concat(outside, []string{"BUREAU", "COUNTY_LEADER", "FINANCE_LIAISON", "PROCUREMENT_LIAISON"}),
	},
	{Code: "JOINT", Rank: 1, Functions: []string{"joint"}}, {Code: "COUNTY_LEADER", Functions: []string{"county"}},
	{
		Code: "FINANCE_LIAISON", Rank: 3, Functions: []string{"finance"},
	}, {Code: "PROCUREMENT_LIAISON", Rank: 3, Functions: []string{"procurement"}},
	{Code: "SUPPLIER_PM", Rank: 3, Kinds: []string{"supplier"}, Never: []string{government, "SUPERVISOR_PM", "TEST_PM", "AGENCY_PM"}},
	{Code: "SUPERVISOR_PM", Rank: 3, Kinds: []string{"supervisor"}, Never: []string{government, "TEST_PM", "AGENCY_PM"}},
	{
		Code: "TEST_PM", Rank: 3, Kinds: []string{"tester"}, Never: []string{government, "AGENCY_PM"},
	}, {Code: "AGENCY_PM", Rank: 3, Kinds: []string{"agency"}, Never: []string{government}},
	{Code: "ARCHIVIST", Rank: 3, Functions: []string{"archive", "bureau"}}, {Code: "RECT_VERIFIER", Rank: 3, Functions: bureau},
	{
		Code: "ORGANISER", Rank: 3, Functions: bureau,
	}, {Code: "WALK_COORDINATOR", Rank: 3}, {Code: "WALKER"}, {Code: "WINDOW", Rank: 3}, {Code: "WINDOW_HEAD", Rank: 2},
	{Code: "REGISTER_WRITER", Rank: 3}, {Code: "REGISTER_VERIFIER", Rank: 3}, {Code: "REPORT_OWNER", Rank: 3, Functions: bureau},
	{Code: "RULE_DRAFTER", Rank: 3, Functions: bureau}, {Code: "RULE_PUBLISHER", Rank: 2, Functions: bureau},
	{
		Code: "MODEL_AUTHOR", Rank: 3, Functions: bureau,
	}, {Code: "MODEL_PUBLISHER", Rank: 2, Functions: bureau}, {Code: "PI_OFFICER", Rank: 3, Functions: bureau},
	{Code: "AUDITOR", Rank: 3, Functions: []string{"audit", "discipline"}, Never: []string{everyOther}},
	{
		Code: "BACK_REGISTRAR", Rank: 3, Functions: []string{"bureau", "finance", "procurement"},
	}, {Code: "BACK_VERIFIER", Rank: 3, Functions: []string{"bureau", "finance", "procurement"}},
	{
		Code: SysAdmin, Rank: 3, Never: []string{everyOther},
	}, {Code: SecAdmin, Rank: 3, Never: []string{everyOther}}, {Code: AuditAdmin, Rank: 3, Never: []string{everyOther}},
}

var (
	bureau  = []string{"bureau"}
	outside = []string{"SUPPLIER_PM", "SUPERVISOR_PM", "TEST_PM", "AGENCY_PM"}
)

// UnitKinds are what a unit may be. The kinds of outside organisations name who may work there.
var UnitKinds = []string{
	"county", "bureau", "applying", "finance", "procurement", "joint", "archive", "discipline", "audit", "hall", "section", "township",
	"vertical", "institution", "experts", "supplier", "supervisor", "tester", "agency",
}

// OutsideKinds are kinds of organisations that are not of the government.
var OutsideKinds = []string{"experts", "supplier", "supervisor", "tester", "agency"}

// RoleNamed is a role by its code.
func RoleNamed(code string) (Role, bool) {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.Code == code })
	if i < 0 {
		return Role{}, false
	}
	return Roles[i], true
}

// External reports whether only people from outside the government hold the role.
func (r Role) External() bool { return len(r.Kinds) > 0 || r.Code == "EXPERT" }

// Excluding is the first pair of roles that one person may not hold together; false: there is none.
func Excluding(held []string) (a, b string, found bool) {
	for i, one := range held {
		for _, other := range held[i+1:] {
			if one != other && (excludes(one, other) || excludes(other, one)) {
				return one, other, true
			}
		}
	}
	return "", "", false
}

func excludes(code, other string) bool {
	r, _ := RoleNamed(code)
	o, known := RoleNamed(other)
	return slices.ContainsFunc(r.Never, func(never string) bool {
		switch never {
		case everyOther:
			return true
		case government:
			return known && !o.External()
		case "BUREAU":
			return slices.Contains(o.Functions, "bureau")
		}
		return never == other
	})
}
