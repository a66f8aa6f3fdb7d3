package figures

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Sheet is the kind of the cross-footing sheet (勾稽核对表), a paper beside the report.
const Sheet = "crossfoot_sheet"

// sides are what a check holds against each other, of its arguments; a check of many things at once has none.
var sides = map[string][2]string{
	"V01": {"{left}", "{plan}"}, "V02": {"{units}", "{plan}"}, "V03": {"{found}", "{closed}+{referred}+{open}"},
	"V04": {"{types}", "{national}+{other}"}, "V05": {"{reviewed}", "{declared}-{cut}-{deferred}"}, "V06": {"{pace}", "{need}"},
	"V09": {"{resolved}", "{accepted}"}, "V11": {"{lines}", "{headers}"}, "V13": {"{sum}", "{known}"}, "V14": {"{rectified}", "{found}"},
	"V15": {"{sum}", "{total}"},
}

// crossFootFacts are those of the sheet: each check with its sentence, its two sides, its result, and why it may stand.
func crossFootFacts(tx *gorm.DB, s Taken, words Words) (map[string]any, error) {
	_, checks, err := Kept(tx, s)
	if err != nil {
		return nil, err
	}
	notes, err := Notes(tx, s.ID)
	if err != nil {
		return nil, err
	}
	why := map[string]string{}
	for _, n := range notes {
		if n.ApprovedBy != "" {
			why[n.Validator] = n.Reason
		}
	}
	rows := []any{}
	for _, c := range checks {
		sentence, result := c.Sentence(words), "fail."+c.Level
		switch {
		case c.None:
			result = "none"
		case c.Pass:
			result = "pass"
		}
		rows = append(rows, map[string]any{
			"id": c.ID, "name": sentence, "left": c.side(0), "right": c.side(1), "result": words("check.result."+result, nil),
			"note": orDash(why[c.ID]),
		})
	}
	return map[string]any{"report": map[string]any{"period": s.Period().Title(), "asOf": models.DateOf(s.AsOf), "checks": rows}}, nil
}

func (c Check) side(n int) string {
	text, told := sides[c.ID]
	if !told || c.None {
		return orDash("")
	}
	side := text[n]
	for name, v := range c.Args {
		side = strings.ReplaceAll(side, "{"+name+"}", v)
	}
	return side
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
