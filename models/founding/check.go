package founding

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
)

const nameLimit = 60 // characters

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

// Check says everything that is wrong with a file at once, each with its place.
func (f File) Check() error {
	r := models.Refuse("setup-invalid")
	name(r, "/town/name", f.Town.Name)
	if f.Town.RegionCode != "" && !sixDigits.MatchString(f.Town.RegionCode) {
		r.Field("/town/regionCode", "setup-region-code")
	}
	f.checkUnits(r)
	f.checkFunctions(r)
	f.checkAdministrators(r)
	return r.OrNil()
}

func name(r *models.Refusal, pointer, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		r.Field(pointer, "field.required")
	case utf8.RuneCountInString(text) > nameLimit:
		r.Field(pointer, "setup-too-long", "limit", fmt.Sprint(nameLimit))
	case strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c == 0x7f }):
		r.Field(pointer, "setup-controls")
	}
}

func (f File) checkUnits(r *models.Refusal) {
	if len(f.Units) == 0 {
		r.Field("/units", "field.required")
	}
	ids, names, codes := map[string]int{}, map[string]int{}, map[string]int{}
	for i, u := range f.Units {
		at := fmt.Sprintf("/units/%d", i)
		name(r, at+"/name", u.Name)
		if !office.UnitID.MatchString(u.ID) {
			r.Field(at+"/id", "setup-unit-id")
		}
		twice(r, ids, at+"/id", u.ID, i)
		twice(r, names, at+"/name", u.Name, i)
		twice(r, codes, at+"/uscc", u.USCC, i)
		if u.Kind != "" && !slices.Contains(office.UnitKinds, u.Kind) {
			r.Field(at+"/kind", "setup-unit-kind", "kinds", strings.Join(office.UnitKinds, ", "))
		}
		if check, ok := office.USCCCheck(u.USCC); u.USCC != "" && !office.USCC(u.USCC) {
			if ok && len(u.USCC) == 18 {
				r.Field(at+"/uscc", "uscc-check", "digit", string(check))
			} else {
				r.Field(at+"/uscc", "uscc-form")
			}
		}
	}
	for i, u := range f.Units {
		if u.Parent != "" && !f.hasUnit(u.Parent) {
			r.Field(fmt.Sprintf("/units/%d/parent", i), "no-such-unit", "unit", u.Parent)
		} else if f.below(u) {
			r.Field(fmt.Sprintf("/units/%d/parent", i), "unit-below-itself")
		}
	}
}

// twice refuses a value that stood at an earlier place already.
func twice(r *models.Refusal, seen map[string]int, pointer, value string, i int) {
	if value == "" {
		return
	}
	if first, again := seen[value]; again {
		r.Field(pointer, "setup-twice", "first", fmt.Sprint(first+1))
		return
	}
	seen[value] = i
}

func (f File) hasUnit(id string) bool {
	return slices.ContainsFunc(f.Units, func(u Unit) bool { return u.ID == id })
}

// below reports whether a unit's parents lead back to itself.
func (f File) below(u Unit) bool {
	for range f.Units {
		i := slices.IndexFunc(f.Units, func(p Unit) bool { return p.ID == u.Parent })
		if u.Parent == "" || i < 0 {
			return false
		}
		u = f.Units[i]
	}
	return true
}

func (f File) checkFunctions(r *models.Refusal) {
	if len(f.Functions.Joint) == 0 {
		r.Field("/functions/joint", "setup-function-missing", "function", "joint")
	}
	joint := map[string]int{}
	for i, unit := range f.Functions.Joint {
		twice(r, joint, fmt.Sprintf("/functions/joint/%d", i), unit, i)
	}
	for _, a := range f.Functions.all() {
		switch {
		case a.unit == "" && a.optional:
		case a.unit == "":
			r.Field(a.pointer, "setup-function-missing", "function", a.function)
		case !f.hasUnit(a.unit):
			r.Field(a.pointer, "no-such-unit", "unit", a.unit)
		}
	}
}

// administrator is one of the three, with its place and role.
type administrator struct {
	Administrator
	role, pointer string
}

func (f File) administrators() []administrator {
	return []administrator{
		{f.Administrators.System, office.SysAdmin, "/administrators/system"},
		{f.Administrators.Security, office.SecAdmin, "/administrators/security"},
		{f.Administrators.Audit, office.AuditAdmin, "/administrators/audit"},
	}
}

// checkAdministrators: they are three people. Two of one name may be two people, two of one number are not.
func (f File) checkAdministrators(r *models.Refusal) {
	ids, mobiles := map[string]int{}, map[string]int{}
	for i, a := range f.administrators() {
		name(r, a.pointer+"/name", a.Name)
		if !office.PersonID.MatchString(a.ID) {
			r.Field(a.pointer+"/id", "setup-person-id")
		}
		if !office.Mobile(a.Mobile) {
			r.Field(a.pointer+"/mobile", "mobile-form")
		}
		if !f.hasUnit(a.Unit) {
			r.Field(a.pointer+"/unit", "no-such-unit", "unit", a.Unit)
		}
		for _, same := range []struct {
			seen           map[string]int
			pointer, value string
		}{{ids, a.pointer + "/id", a.ID}, {mobiles, a.pointer + "/mobile", a.Mobile}} {
			if first, again := same.seen[same.value]; again && same.value != "" {
				r.Field(same.pointer, "setup-same-administrator", "role", f.administrators()[first].role)
			} else {
				same.seen[same.value] = i
			}
		}
	}
}

// WithoutMobiles is the file without the numbers that nobody can encrypt. It was checked with them.
func (f File) WithoutMobiles() File {
	for _, a := range []*Administrator{&f.Administrators.System, &f.Administrators.Security, &f.Administrators.Audit} {
		a.Mobile = ""
	}
	return f
}
