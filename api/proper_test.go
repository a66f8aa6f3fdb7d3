package api_test

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

// checkItems are the codes of the acceptance's check list.
func checkItems() []any {
	rows := []any{}
	for _, code := range []string{"letter", "plan", "budget", "minutes", "crypto", "running", "service"} {
		rows = append(rows, fields{"code": code, "result": "pass"})
	}
	return rows
}

// properForm is what a diligent applicant fills in; the sum is that of the lines.
func properForm(p wire.Project) fields {
	evidence := []any{}
	for i, l := range p.Lines {
		for _, firm := range []string{"甲公司", "乙公司", "丙公司"} {
			evidence = append(evidence, fields{"lineNo": i + 1, "kind": "quote", "source": firm, "amount": l.UnitPrice})
		}
	}
	target := func(kind, name string) any {
		return fields{"kind": kind, "name": name, "value": "3", "unit": "个", "method": "验收清单"}
	}
	return fields{
		"planEntry": "JH-" + p.Code, "leader": "分管领导", "contact": "联系人", "mobile": "13800000000", "plannedStart": "2026-12-01",
		"plannedEnd": "2027-12-01",
		"secrecy":    "none", "deployEnv": "cloud", "policyBasis": []any{fields{"title": "规划", "docNo": "1号"}}, "situation": "现状",
		"problem": "问题", "users": "用户 100 人",
		"whyNotExtend": "无法扩建", "architecture": []any{"x"}, "dataProduced": []any{fields{"name": "数据", "sharing": "free"}},
		"dataNeeded":      []any{fields{"name": "人口", "provider": "公安"}},
		"capabilityReuse": []any{fields{"capability": "CAP-GIS", "answer": "reuse", "reason": "直接调用"}}, "priceEvidence": evidence,
		"total": p.Totals.Declared, "funding": []any{fields{"type": "县级财政", "year": "2026", "amount": p.Totals.Declared}},
		"personalInfo": "none", "xinchuang": "已适配", "targets": []any{
			target(
				"output", "产出一",
			), target("output", "产出二"), target("output", "产出三"), target("benefit", "效益一"), target("benefit", "效益二"),
			target("satisfaction", "满意"),
		},
	}
}

// ready makes a draft one that the county's rules let through: form, plan entry,
// papers, and an answer to every reminder. Its version stays.
func (w *town) ready(code string) {
	w.t.Helper()
	var p wire.Project
	w.do(w.clerk, "GET", "/api/v1/projects/"+code, nil).want(200, "").into(&p)
	sum := models.Money{}
	for _, l := range p.Lines {
		m, err := models.ParseMoney(l.Declared)
		if err != nil {
			w.t.Fatal(err)
		}
		sum = sum.Add(m)
	}
	p.Totals.Declared = sum.String()
	err := w.db.Tx(ctx(), func(tx *gorm.DB) error {
		form := properForm(p)
		delete(form, "architecture") // a file of its own: below
		a := models.Acting{Person: w.clerk, At: w.clock().UTC(), BusinessDate: models.DateOf(w.clock())}
		for _, kind := range []string{"letter", "plan", "budget", "minutes", "crypto", "running", "service"} {
			var n int64
			if err := tx.Model(&papers.Document{}).Where("project = ? AND kind = ?", code, kind).Count(&n).Error; err != nil {
				return err
			}
			if n > 0 {
				continue
			}
			d := papers.Document{
				Project: code, Kind: kind, Title: kind, FileName: kind + ".pdf", MediaType: "application/pdf", Size: 1,
				Digest: fmt.Sprintf("%s-%s", code, kind),
			}
			if err := papers.AddDocument(tx, a, &d); err != nil {
				return err
			}
		}
		var plan papers.Document
		if err := tx.Where("project = ? AND kind = ?", code, "plan").Order("id").Take(&plan).Error; err != nil {
			return err
		}
		form["architecture"] = []any{plan.ID}
		if err := tx.Model(&books.Project{}).Where("code = ?", code).Update("form", models.JSONOf(form)).Error; err != nil {
			return err
		}
		if p.Form["planEntry"] == "JH-"+code {
			return nil // it comes back, and stands in the plan
		}
		_, err := books.AddPlanEntry(
			tx, a, books.PlanEntry{ID: "JH-" + code, FiscalYear: a.On().Year(), Unit: p.Dept, Name: p.Name, EstAmount: sum},
		)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.link2(code)
	w.answerChecks(w.clerk, "application", code)
}

// link2 says that a project is one with those of its unit that it is like.
func (w *town) link2(code string) {
	w.t.Helper()
	linked := []any{}
	for _, f := range w.checked(w.clerk, "application", code)["B09"].Findings {
		if ref, ok := f.Values["title"]; ok && ref != "" {
			linked = append(linked, fields{"code": f.Place[len("linked|0|"):]})
		}
	}
	if len(linked) == 0 {
		return
	}
	err := w.db.Tx(ctx(), func(tx *gorm.DB) error {
		p, err := books.FindProject(tx, code)
		if err != nil {
			return err
		}
		form := fields{}
		if err := p.Form.Into(&form); err != nil {
			return err
		}
		form["linkedProjects"] = linked
		return tx.Model(&books.Project{}).Where("code = ?", code).Update("form", models.JSONOf(form)).Error
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// checked are the results of a check point by rule.
func (w *town) checked(person, point, code string) map[string]wire.CheckResult {
	w.t.Helper()
	var out wire.Checks
	w.do(person, "GET", "/api/v1/checks/"+point+"/project/"+code, nil).want(200, "").into(&out)
	rules := map[string]wire.CheckResult{}
	for _, r := range out.Results {
		rules[r.Rule] = r
	}
	return rules
}

// answerChecks answers every reminder of a point that a person may answer.
func (w *town) answerChecks(person, point, code string) {
	w.t.Helper()
	in := wire.CheckAnswers{}
	for _, r := range w.checked(person, point, code) {
		for _, f := range r.Findings {
			if r.Mine && f.Must && f.Answer == nil {
				in.Answers = append(in.Answers, wire.CheckAnswerInput{Rule: r.Rule, Place: f.Place, Reason: "已核实，情况属实"})
			}
		}
	}
	if len(in.Answers) > 0 {
		w.do(person, "POST", "/api/v1/checks/"+point+"/project/"+code+"/answers", in).want(200, "")
	}
}
