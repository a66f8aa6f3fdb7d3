package api_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// finding is a rectification that a test plays through HTTP and the engine.
type finding struct {
	*town
	no, owner string // owner: who answers for it now
	files     int
}

// TestEveryWayOfARectification plays R1: “not ours” once and moved by the supervisor, more time once, sent back
// three times (mended again, the deputy director, an interview), referred up, asked after every ten working days,
// answered, and closed by somebody else.
func TestEveryWayOfARectification(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	f := &finding{town: w, owner: w.ownerOf("DP18")}
	chief, verifier := "zhao-kezhang", w.verifier()
	var raised wire.Rectification
	w.do(chief, "POST", "/api/v1/rectifications", wire.RectificationInput{
		Title: "系统之间互相推诿", Description: "群众在两个窗口之间跑", OwnerDept: "DP18", Severity: "B", Source: "hotline",
	}).want(201, "").into(&raised)
	f.no = raised.No
	w.pump()
	f.does(chief, "r1_dispatch", "ownerDept", "DP18", "severity", "B", "comment", "限期整改")

	// Not ours: once, and somebody else rules.
	f.does(f.owner, "r1_analysis", "stance", "object", "objection", "该事项由自然资源部门办理")
	f.open(f.owner, "")
	f.does(chief, "r1_ruling", "verdict", "move", "ownerDept", "DP05", "comment", "三定方案写明由你单位办理")
	f.owner = w.ownerOf("DP05")
	f.does(f.owner, "r1_analysis", "stance", "object", "objection", "也不是我单位的事项")
	f.does(chief, "r1_ruling", "verdict", "keep", "comment", "清单列明由你单位办理")
	f.refused(f.owner, "r1_analysis", "invalid-data", "stance", "object", "objection", "还是不归我单位办理")
	f.does(f.owner, "r1_analysis", "stance", "accept", "rootCause", "PROC", "why", "职责没有写清楚")
	measure := func(kind, due string) []any {
		return []any{map[string]any{"text": "明确牵头窗口", "kind": kind, "owner": "窗口负责人", "due": due}}
	}
	f.refused(f.owner, "r1_plan", "invalid-data", "measures", measure("corrective", "2020-01-01"))
	f.does(f.owner, "r1_plan", "measures", measure("preventive", day(w, 20)))
	w.operate("gao-fenguan", w.taskOf("gao-fenguan", "r1_approve"), "agree", wire.OperationRequest{Opinion: "同意方案"}).want(200, "")
	f.papers("rectification_notice rectification_plan")

	// More time: once.
	extend := []any{"act", "extend", "extendDays", 5, "extendReason", "等待系统改造"}
	f.does(f.owner, "r1_rectify", extend...)
	f.does(chief, "r1_extend", "verdict", "agree", "comment", "同意延期五个工作日")
	f.refused(f.owner, "r1_rectify", "invalid-data", extend...)

	// Sent back: the owner again, the deputy director, an interview.
	w.pass(2 * time.Hour)
	for i, then := range []string{"r1_rectify", "r1_escalate", "r1_interview"} {
		f.mended(i)
		f.does(verifier, "r1_verify", "method", "site", "result", "fail", "comment", "现场仍在推诿", "siteNote", "到窗口办了一件")
		switch then {
		case "r1_escalate":
			f.does("gao-fenguan", then, "comment", "三日内改到位，我来复查")
		case "r1_interview":
			f.does("lin-juzhang", then, "act", "call", "interviewOn", day(w, 2), "place", "局三楼会议室")
			f.does("lin-juzhang", then, "heldOn", day(w, 0), "with", "单位负责人", "comment", "当面说明原因，限期改正")
		}
	}
	f.state(books.RectReturned)

	// Referred up: open until the superior has answered, and asked after every ten working days.
	f.mended(9)
	f.does(verifier, "r1_verify", "method", "system", "result", "refer", "comment", "省级系统不支持，本级改不了")
	f.does(chief, "r1_refer", "toOrg", "省数据资源管理局", "facts", "不支持在线核验", "asked", "开放接口", "contact", "业务处", "workaround", "线下专窗代为核验")
	for range 2 {
		f.state(books.RectReferredUp)
		f.early()
		w.pass(21 * 24 * time.Hour)
		f.late()
		f.does(chief, "r1_follow", "contactedOn", day(w, 0), "comment", "省局答复仍在研究，下月排期")
	}
	f.does(f.owner, "r1_reply", "reply", "省级系统已经支持在线核验", "repliedOn", day(w, 0))
	f.does(verifier, "r1_verify", "method", "site", "result", "pass", "comment", "现场办理一件确认", "siteNote", "到窗口办了一件")
	f.state(books.RectClosed)
	f.papers("interview_notice rectification_check rectification_notice rectification_plan referral_letter")
	var r wire.Rectification
	w.do(chief, "GET", "/api/v1/rectifications/"+f.no, nil).want(200, "").into(&r)
	if r.Returns != 3 || r.OwnerDept != "DP05" || len(r.OpenTasks) != 0 {
		t.Errorf("%+v", r)
	}
	// A file that comes after it was closed, and one of somebody who has no part in it.
	w.files(f.owner, "/api/v1/rectifications/"+f.no+"/documents", "迟到.pdf", pdf+"late").want(409, "rectification-closed")
}

// papers says which kinds of numbered papers the finding's page shows; its owner opens each, a stranger none.
func (f *finding) papers(want string) {
	f.t.Helper()
	var docs wire.Documents
	f.do(f.owner, "GET", "/api/v1/rectifications/"+f.no+"/documents", nil).want(200, "").into(&docs)
	var kinds []string
	for _, d := range docs.Items {
		if !d.Paper {
			continue
		}
		var paper wire.Paper
		f.do(f.owner, "GET", "/api/v1/documents/"+d.ID, nil).want(200, "").into(&paper)
		f.do("zhou-min", "GET", "/api/v1/documents/"+d.ID, nil).want(404, "not-found")
		if paper.Number == "" || paper.Number != d.DocNo {
			f.t.Errorf("%s has the number %q, the list says %q", paper.Kind, paper.Number, d.DocNo)
		}
		if !slices.Contains(kinds, paper.Kind) {
			kinds = append(kinds, paper.Kind)
		}
	}
	slices.Sort(kinds)
	if got := strings.Join(kinds, " "); got != want {
		f.t.Errorf("papers %s, want %s", got, want)
	}
}

// day is a date some days from now.
func day(w *town, days int) string {
	return w.clock().AddDate(0, 0, days).In(time.FixedZone("CST", 8*3600)).Format(time.DateOnly)
}

func (f *finding) act(person, element string, kv []any) answer {
	f.t.Helper()
	data := map[string]any{}
	for i := 0; i+1 < len(kv); i += 2 {
		data[kv[i].(string)] = kv[i+1]
	}
	return f.operate(person, f.taskOf(person, element), "complete", wire.OperationRequest{Data: data})
}

func (f *finding) does(person, element string, kv ...any) {
	f.t.Helper()
	f.act(person, element, kv).want(200, "")
}

func (f *finding) refused(person, element, slug string, kv ...any) {
	f.t.Helper()
	f.act(person, element, kv).want(422, slug)
}

// open says which elements wait for a person.
func (f *finding) open(person, want string) {
	f.t.Helper()
	var got []string
	for _, scope := range []string{"mine", "claimable"} {
		var page wire.TaskPage
		f.do(person, "GET", "/api/v1/tasks?scope="+scope, nil).want(200, "").into(&page)
		for _, x := range page.Items {
			if x.Rectification == f.no {
				got = append(got, x.Element)
			}
		}
	}
	if s := strings.Join(got, " "); s != want {
		f.t.Errorf("%s has %q, want %q", person, s, want)
	}
}

func (f *finding) state(want string) {
	f.t.Helper()
	var r wire.Rectification
	f.do("zhao-kezhang", "GET", "/api/v1/rectifications/"+f.no, nil).want(200, "").into(&r)
	if r.State != want {
		f.t.Errorf("state %s, want %s", r.State, want)
	}
}

// mended is a remedy with a file of its own: the rectification is about no project.
func (f *finding) mended(n int) {
	f.t.Helper()
	var d wire.Document
	f.files++
	f.town.files(f.owner, "/api/v1/rectifications/"+f.no+"/documents", fmt.Sprintf("现场%d.pdf", n), pdf+strconv.Itoa(n)).want(201, "").into(&d)
	f.does(f.owner, "r1_rectify", "act", "done", "comment", fmt.Sprintf("第%d次整改，窗口合并受理并公示", n+1), "after", []any{d.ID})
}

// timer is the one that the rectification waits for.
func (f *finding) timer() (int64, contract.Timer) {
	f.t.Helper()
	var r books.Rectification
	f.must(f.db.Read(ctx()).Where("no = ?", f.no).Take(&r).Error)
	var all []process.Timer
	f.must(f.db.Read(ctx()).Where("root = ?", r.Root).Find(&all).Error)
	if len(all) != 1 {
		f.t.Fatalf("%d timers", len(all))
	}
	return r.Root, contract.Timer{Key: all[0].Key, Due: all[0].Due}
}

// early: nobody is asked before the time is over.
func (f *finding) early() {
	f.t.Helper()
	root, timer := f.timer()
	out, err := f.shell.c.Arrive(ctx(), contract.Arrival{Root: root, Timer: &timer})
	f.must(err)
	if out.Code != "not-due" {
		f.t.Errorf("before its time: %+v", out)
	}
	f.open("zhao-kezhang", "")
}

func (f *finding) late() {
	f.t.Helper()
	root, timer := f.timer()
	out, err := f.shell.c.Arrive(ctx(), contract.Arrival{Root: root, Timer: &timer})
	f.must(err)
	if out.Verdict != contract.Applied {
		f.t.Errorf("the timer: %+v", out)
	}
	f.open("zhao-kezhang", "r1_follow")
}
