package process

import (
	"regexp"
	"slices"

	"github.com/quancheng/quancheng/models"
)

var variableName = regexp.MustCompile(`^[\pL_][\pL\pN_]{0,119}$`)

// written are the variables of a case that the platform itself writes when a person begins it: whose it is, of which unit, its number.
var written = []string{"initiator", "deptId", "businessKey"}

// NamesOf refuses variables that people set from outside a form under a name that no expression can read, or, where
// whole is false, that the platform writes: who is asked next would be theirs to choose. The places are those below at.
func NamesOf(vars map[string]any, at string, whole bool) error {
	refusal := models.Refuse("invalid-data")
	for name := range vars {
		switch {
		case !variableName.MatchString(name):
			refusal.Field(at, "variable-name")
		case !whole && slices.Contains(written, name):
			refusal.Field(at+"/"+name, "variable-reserved", "name", name)
		}
	}
	return refusal.OrNil()
}
