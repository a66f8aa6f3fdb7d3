package seed

import (
	"fmt"
	"strings"
)

// What is filled in from the end of the construction to the final acceptance. The
// models of a former release ask for less; Scene.asked leaves out what they have no field for.

// named are rows of names.
func named(names []string) (rows []any) {
	for _, n := range names {
		rows = append(rows, fields{"name": n})
	}
	return rows
}

// delivered are the contract's deliverables with their files.
func delivered(s Scene) fields {
	var rows []any
	for _, name := range deliverables {
		rows = append(rows, with(fields{"name": name}, "document", s.file(name)))
	}
	return fields{"deliverables": rows}
}

// certificate is a proof by somebody independent, of today.
func (s Scene) certificate(kind, title string) fields {
	out := fields{"kind": kind, "certNo": "ZM-" + s.Code, "org": "示例测评中心", "dated": s.Today, "result": "pass", "level": s.MlpsLevel}
	return with(out, "document", s.file(title))
}

// evidenceOfSecurity is what the preliminary acceptance asks for: the filing of the protection level.
func evidenceOfSecurity(s Scene) fields {
	return s.either(fields{"certificates": []any{s.certificate("filing", "等级保护备案证明")}}, handIn(s, prelimPapers))
}

// tests are those of third parties.
func tests(s Scene) fields {
	return fields{"certificates": []any{
		s.certificate("test", "第三方测试报告"), s.certificate("assessment", "等级保护测评报告"), s.certificate("crypto", "密码应用安全性评估报告"),
	}}
}

// either is what the task's form has a list for: the first, or what a former release asked for.
func (s Scene) either(now, former fields) fields {
	if now = s.asked(now); len(now) > 0 {
		return now
	}
	return former
}

// materials are all that the final acceptance may ask the clerk for.
func materials(s Scene) fields { return handIn(s, finalPapers) }

// handIn are papers of the check list, those that the task's form offers.
func handIn(s Scene, all []material) fields {
	var rows []any
	offered := s.options("materials", "code")
	for _, m := range all {
		if offered[m.code] {
			rows = append(rows, with(fields{"code": m.code}, "document", s.file(m.title)))
		}
	}
	return fields{"materials": rows}
}

// recordsOfChanges are what an archivist finds missing.
func recordsOfChanges(s Scene) fields { return handIn(s, finalPapers[len(finalPapers)-1:]) }

// options are what a column of a list of the task's form lets one choose from.
func (s Scene) options(list, column string) map[string]bool {
	out := map[string]bool{}
	for _, c := range children(s.Task.Form) {
		if c["path"] != list {
			continue
		}
		for _, field := range children(c) {
			values, _ := field["values"].([]any)
			for _, v := range values {
				if option, ok := v.(map[string]any); ok && field["key"] == column {
					out[fmt.Sprint(option["value"])] = true
				}
			}
		}
	}
	return out
}

func children(component map[string]any) (out []map[string]any) {
	list, _ := component["components"].([]any)
	for _, c := range list {
		if m, ok := c.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

func accepted(s Scene) fields {
	out := fields{
		"date": s.Today, "conclusion": "pass", "items": []any{fields{"clause": "并发性能", "result": "pass"}},
		"group": []any{
			fields{"name": "甲", "org": "县数据资源管理局"}, fields{"name": "乙", "org": "县财政局"}, fields{"name": "丙", "org": "县委宣传部（网信办）"},
		},
	}
	return with(out, "signed", s.file("验收组签字页"))
}

// prelim fails once where the protection level is 3: those projects are rectified.
func prelim(s Scene) fields {
	out := s.asked(accepted(s))
	if s.MlpsLevel >= 3 && !s.Rectified {
		out["conclusion"], out["items"] = "fail", []any{fields{"clause": "并发性能", "result": "fail", "note": "响应超过 3 秒"}}
		return out
	}
	if out["signed"] == nil { // of a former release, which took a trial run of no days
		out["trialEnds"] = s.Today
	}
	return out
}

// trialOver ends the trial run, whose months have passed.
func trialOver(s Scene) fields {
	return with(fields{"decision": "finish", "availability": 99.9}, "logs", s.file("监测日志"))
}

// catalogued are the data resources that the application promised.
func catalogued(s Scene) fields {
	out := fields{"entries": []any{fields{"resource": "业务办理结果", "code": "ML-" + s.Code, "shared": "yes"}}}
	return with(out, "document", s.file("数据共享证明"))
}

func archiveOpinion(s Scene) fields {
	return with(fields{"conclusion": "pass"}, "document", s.file("档案验收意见"))
}

// final sits with the experts that were drawn.
func final(s Scene) fields {
	out := accepted(s)
	out["availability"] = 99.9
	for _, fact := range s.Task.Facts {
		if !strings.HasPrefix(fact.Label, "抽取的验收专家") {
			continue
		}
		var group []any
		for _, name := range strings.Split(fmt.Sprint(fact.Value), "、") {
			group = append(group, fields{"name": name, "org": "县专家库"})
		}
		out["group"] = group
	}
	return s.asked(out)
}
