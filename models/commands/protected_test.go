package commands_test

import (
	"errors"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/modelstest"
)

// What the law needs is not cut to nothing (rule B13), from the bound of its own rule on.
func TestProtectedLines(t *testing.T) {
	const sheet = `{"lines":[{"lineNo":1,"reviewed":"$A","reason":"$R"},{"lineNo":2,"reviewed":"0.00","reason":"PRICE"},{"lineNo":3,"reviewed":"$C","reason":"PRICE"}]}`
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		for _, c := range []struct {
			name                 string
			level                int
			software, assessment string
			refused              string
		}{
			{"supervision of a great project", 1, "1000000.00", "0.00", "D04"},
			{"supervision of a small one", 1, "999999.99", "0.00", ""},
			{"assessment from level 2 on", 2, "999999.99", "0.00", "D06"},
			{"assessment cut, and kept", 2, "999999.98", "0.01", ""},
			{"nothing is supported", 3, "0.00", "0.00", ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				d.on = "2022-02-15"
				d.tx(func(tx *gorm.DB) error {
					p, err := acts.Create(tx, d.who("APPLY_CLERK@DP18", 0), acts.Draft{
						Name: "示例平台" + c.name, Type: "新建", Dept: "DP18", MlpsLevel: c.level, Lines: []acts.Line{
							{Category: "软件开发", Name: "应用软件", Qty: "1", UnitPrice: "1000000.00"},
							{Category: "监理", Name: "工程监理", Qty: "1", UnitPrice: "40000.00"},
							{Category: "测评", Name: "等保测评", Qty: "1", UnitPrice: "20000.00"},
						},
					})
					d.vars = map[string]any{"projectCode": p.Code, "projectName": p.Name, "deptId": p.DeptID}
					return err
				})
				reason := "PRICE"
				if c.software == "1000000.00" {
					reason = ""
				}
				data := strings.NewReplacer("$A", c.software, "$R", reason, "$C", c.assessment).Replace(sheet)
				_, err := d.try(d.who("BUREAU_REVIEW_A@DP34", 0), "trimming.save", data)
				got := ""
				if r := (*models.Refusal)(nil); errors.As(err, &r) {
					for _, f := range r.Fields {
						got += f.Code + " " + f.Args["rule"]
					}
				}
				if want := strings.TrimSpace("protected-line " + c.refused); c.refused == "" && err != nil ||
					c.refused != "" && got != want {
					t.Errorf("%v (%s), want %q", err, got, c.refused)
				}
			})
		}
	})
}
