package api_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/seed"
)

// sideExit is an end off the straight way, how a life comes to it, and where the project stands then.
type sideExit struct {
	end, stage string
	of         func(*seed.Project)
	play       func(walk)
}

var sideExits = []sideExit{
	{end: "qc_p2_acceptance/p2_withdrawn", stage: "WITHDRAWN", play: func(x walk) {
		x.done("p2_check", "complete", fills(fields{"decision": "supplement", "supplementItems": []any{
			fields{"item": "建设方案", "requirement": "补充部署方案", "fields": []string{"solution"}},
		}}))
		x.until("p2_supplement")
		x.now = x.now.AddDate(0, 1, 0) // nobody answers for ten working days
		clear(x.tokens)
	}},
	{end: "qc_lifecycle/life_closed", stage: "WITHDRAWN", play: func(x walk) {
		x.until("p2_check")
		x.do(x.clerk, "POST", "/api/v1/projects/"+x.code+"/withdraw", wire.ProjectAct{Reason: "单位决定本年度不再申报"}).want(200, "")
		x.pump()
	}},
	{end: "qc_p4_trimming/p4_unsupported", stage: "REJECTED", of: func(p *seed.Project) {
		for i := range p.Lines {
			p.Lines[i].Reviewed, p.Lines[i].Reason, p.Lines[i].Basis = decimal.Zero, "INVALID", "需求不成立，现有平台可满足"
		}
	}},
	{end: "qc_p5_approval/p5_again", stage: "APPROVING TRIMMING", play: func(x walk) {
		x.done("p5_director", "disagree", wire.OperationRequest{Opinion: "核减依据不充分，请重新核算", Reason: "核减依据不充分"})
	}},
	{end: "qc_p5_approval/p5_terminated", stage: "TERMINATED", play: func(x walk) {
		x.untilStage("APPROVED")
		x.told("budget.rejected", `{"reason_code":"NO_FUND","reason":"本年度财力不足"}`)
		x.done("p5_budget_fix", "complete", fills(fields{"decision": "stop", "comment": "本年度不再安排，终止项目"}))
	}},
	{end: "qc_p6_procurement/p6_terminated", stage: "TERMINATED", play: func(x walk) {
		x.untilStage("APPROVED")
		x.told("budget.issued", strings.Replace(issued, "1000000.00", "1246150.00", 1))
		x.untilStage("PROCURING")
		at := `"package_no":"S1","section_code":"` + x.code + `-S1"`
		x.told("procurement.plan_filed", `{"plan_no":"CG-1","filed_at":"2026-11-24"}`)
		x.told("procurement.failed", `{`+at+`,"reason_code":"任务取消","at":"2026-11-24"}`)
		x.done("p6_failed", "complete", fills(fields{"decision": "stop", "reason": "采购任务取消，终止项目"}))
	}},
}

// TestSideExits plays a project to each end off the straight way: the case ends there, nobody has a task left, and
// what was refused or stopped is told to the bureaus that wait for it.
func TestSideExits(t *testing.T) {
	for _, e := range sideExits {
		t.Run(e.end, func(t *testing.T) {
			w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
			p := w.submitted()
			of := village
			of.Lines = append([]seed.Line(nil), village.Lines...)
			if e.of != nil {
				e.of(&of)
			}
			x := walk{&player{town: w, code: p.Code, of: of, foreseen: map[string]bool{}, does: map[string][]string{}}}
			if e.play != nil {
				e.play(x)
			}
			for range 40 {
				if x.came(e.end) {
					break
				}
				x.step()
			}
			x.do(x.chief, "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
			if !x.came(e.end) || !strings.Contains(e.stage, p.Stage) {
				t.Fatalf("%s: %s, open %+v\n%s", e.end, p.Stage, p.OpenTasks, x.log.String())
			}
			if len(p.OpenTasks) > 0 && !strings.Contains(e.stage, " ") {
				t.Errorf("%s is over, and open are %+v", p.Stage, p.OpenTasks)
			}
		})
	}
}

// came reports whether a case has come to an end event.
func (w *town) came(end string) bool {
	w.t.Helper()
	var n int64
	process, element, _ := strings.Cut(end, "/")
	w.must(w.db.Read(ctx()).Table("element_instance").Where("process = ? AND element = ?", process, element).Count(&n).Error)
	return n > 0
}

// untilStage plays the script until the project stands there.
func (x walk) untilStage(stage string) {
	x.t.Helper()
	var now wire.Project
	for range 80 {
		x.do(x.chief, "GET", "/api/v1/projects/"+x.code, nil).want(200, "").into(&now)
		if now.Stage == stage {
			x.pump()
			return
		}
		x.step()
	}
	x.t.Fatalf("never %s: %s, open %+v\n%s", stage, now.Stage, now.OpenTasks, x.log.String())
}

// told has a bureau tell something of the project.
func (x walk) told(kind, data string) {
	x.t.Helper()
	e := event(x.code+"-"+kind, kind, x.code, data)
	e.OccurredAt, e.SentAt = x.clock(), x.clock()
	x.hook(e).want(202, "")
	x.must(x.town.link(nil).Receive(ctx()))
	x.pump()
}
