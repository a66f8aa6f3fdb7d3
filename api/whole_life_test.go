package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/partners"
	"github.com/quancheng/quancheng/seed"
	"github.com/quancheng/quancheng/workflows/contract"
)

type fields = map[string]any

// village is the project as the script of the demonstration knows it: what is
// reviewed of each line, and protection level 3, at which the first acceptance fails.
var village = seed.Project{
	Name: application.Name, Dept: application.Dept, MlpsLevel: 3,
	Lines: []seed.Line{
		{
			Qty: decimal.NewFromInt(1), UnitPrice: decimal.NewFromInt(1_200_000), Reviewed: decimal.NewFromInt(1_000_000), Reason: "PRICE",
			Basis: "高于同类项目",
		},
		{Qty: decimal.NewFromInt(300), UnitPrice: decimal.RequireFromString("820.50"), Reviewed: decimal.NewFromInt(246_150)},
	},
}

// TestWholeLife takes a project by hand from its application to the archive:
// the fake bureaus answer by themselves, the first acceptance fails and is
// rectified, and the books balance at the end.
func TestWholeLife(t *testing.T) {
	if testing.Short() {
		t.Skip("plays a whole life")
	}
	modelstest.Each(t, wholeLife)
}

// explained: how the level of approval was found is in the books, row by row.
func (w *town) explained(code string) {
	w.t.Helper()
	var e rules.RuleEval
	w.must(w.db.Read(ctx()).Where("project = ? AND decision = 'approval_level'", code).Take(&e).Error)
	var inputs map[string]any
	w.must(e.Inputs.Into(&inputs))
	var hits []rules.TableHit
	w.must(e.Hits.Into(&hits))
	if len(inputs) == 0 || inputs["params"] != nil || len(hits) != 1 || len(hits[0].Rules) != 1 || string(e.Output) != "2" ||
		e.Pack == "" || e.InForce == "" || e.Event == "" {
		w.t.Errorf("the approval level was found by %+v: inputs %s, output %s, hits %s", e, e.Inputs, e.Output, e.Hits)
	}
}

func wholeLife(t *testing.T, db *models.DB) {
	w := newTown(t, db)
	server := httptest.NewServer(w.h)
	t.Cleanup(server.Close)
	link := w.link(w.bureaus(server.URL))
	p := w.submitted()
	player := &player{town: w, code: p.Code, of: village, link: link, foreseen: map[string]bool{}, does: map[string][]string{}}
	for range 400 {
		player.turn()
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code, nil).want(200, "").into(&p)
		if p.Stage == "ARCHIVED" {
			break
		}
	}
	if p.Stage != "ARCHIVED" || p.Totals.Paid != p.Totals.Contracted || p.Totals.Contracted == "0.00" || p.Totals.Issued != "1246150.00" {
		t.Fatalf("in the end: %s, %+v, open %+v, breaches %+v\n%s", p.Stage, p.Totals, p.OpenTasks, p.Breaches, w.log.String())
	}
	player.foresawEnough()
	var rects wire.RectificationPage
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/rectifications", nil).want(200, "").into(&rects)
	if len(rects.Items) != 1 || rects.Items[0].State != "CLOSED" {
		t.Fatalf("rectifications: %+v", rects.Items)
	}
	var closed wire.Rectification
	w.do("zhao-kezhang", "GET", "/api/v1/rectifications/"+rects.Items[0].No, nil).want(200, "").into(&closed)
	if len(closed.Before) != 1 || len(closed.After) != 2 || closed.StepsCut != 1 || closed.DaysCut != "0.5" || closed.Method != "site" {
		t.Errorf("the closed finding shows %+v", closed)
	}
	w.explained(p.Code)
	for _, path := range []string{"/timeline", "/diagram", "/ledger", "/documents"} {
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+path, nil).want(200, "")
	}
	var verdict wire.AuditVerdict
	w.do("ji-shenji", "GET", "/api/v1/audit/verify", nil).want(200, "").into(&verdict)
	if !verdict.Intact {
		t.Errorf("audit: %+v", verdict)
	}
	var incidents wire.IncidentPage
	w.do("zhao-kezhang", "GET", "/api/v1/incidents", nil).want(200, "").into(&incidents)
	if len(incidents.Items) > 0 {
		t.Errorf("incidents: %+v", incidents.Items)
	}
}

// bureaus runs the fake bureaus against the server and says where they take events.
func (w *town) bureaus(server string) map[string]partnerlink.Partner {
	out := map[string]partnerlink.Partner{}
	runs, stop := context.WithCancel(ctx())
	w.t.Cleanup(stop)
	for _, name := range []string{"finance", "procurement"} {
		b, err := partners.New(
			partners.Config{
				Name: name, Hook: server + "/integrations/" + name, Key: w.key, File: filepath.Join(w.documents, name+".json"),
				Now: w.clock,
			},
		)
		w.must(err)
		s := httptest.NewServer(b.Handler())
		w.t.Cleanup(s.Close)
		go func() { _ = b.Run(runs) }()
		out[name] = partnerlink.Partner{URL: s.URL + "/fake/" + name + "/events", Key: w.key}
	}
	return out
}

// player does what can be done.
type player struct {
	filed int // files so far
	*town
	code string
	of   seed.Project // what the script knows of the project
	link *partnerlink.Link

	foreseen map[string]bool // acts by element and operation → whether all of what follows was known
	does     map[string][]string
}

// turn moves everything one step: partners, messages, timers, people.
func (p *player) turn() {
	p.t.Helper()
	p.must(p.link.Deliver(ctx()))
	p.must(p.link.Receive(ctx()))
	p.step()
}

// step moves messages, timers and people.
func (p *player) step() {
	p.t.Helper()
	p.pump()
	p.timers()
	var now wire.Project
	p.do(p.chief, "GET", "/api/v1/projects/"+p.code, nil).want(200, "").into(&now)
	if len(now.OpenTasks) == 0 {
		time.Sleep(5 * time.Millisecond) // a bureau answers in its own time
		return
	}
	for _, t := range now.OpenTasks {
		p.act(t)
	}
}

// timers fires what is due.
func (p *player) timers() {
	p.t.Helper()
	var due []process.Timer
	p.must(p.db.Read(ctx()).Where("due <= ? AND NOT refused", p.clock().UTC()).Find(&due).Error)
	for _, t := range due {
		raw, err := json.Marshal(engine.Event{Type: engine.FireTimer, Key: t.Key})
		p.must(err)
		id := "t:" + strconv.FormatInt(t.Key, 10)
		_, err = p.shell.Send(ctx(), contract.Request{Root: t.Root, ID: id, Digest: id, Name: "timer", Event: raw})
		p.must(err)
	}
}

// seconds are who confirms what waits for a second person, by role.
var seconds = map[string]string{"BUREAU_LEGAL": "xu-fazhi", "BUREAU_REVIEW_B": "wang-ke"}

// act does an open task as the first of those who may. Its page still answers when it is closed.
func (p *player) act(t wire.NextTask) {
	p.t.Helper()
	defer func() {
		p.t.Helper()
		if got := p.do(p.chief, "GET", "/api/v1/tasks/"+t.Key, nil); got.status != http.StatusOK {
			p.t.Fatalf("the page of %s: %s", t.Element, got.body)
		}
	}()
	if len(t.Holders) == 0 {
		return
	}
	who, detail := p.whoMay(t)
	if detail.State != "open" {
		return // gone with what somebody else did
	}
	if detail.Element == "p4_head" {
		p.answerChecks(p.head, "sheet", p.code)
	}
	if bad := walkOfOneClerk[detail.Element]; bad != nil {
		p.operate(who, detail.TaskSummary, "complete", wire.OperationRequest{Data: bad}).want(422, "invalid-data")
	}
	if operation, in, ok := p.answer(detail); ok {
		before := p.foretold(who, detail.TaskSummary, operation, in)
		var done wire.OperationResult
		a := p.operate(who, detail.TaskSummary, operation, in)
		if second := seed.Second(t.Element); second != "" && a.status == 202 {
			a.into(&done)
			word := "/api/v1/confirmations/" + done.Confirmation
			p.do(who, "POST", word, wire.Decision{Accept: true}).want(403, "")
			a = p.do(seconds[second], "POST", word, wire.Decision{Accept: true})
			done = wire.OperationResult{}
		}
		a.want(200, "").into(&done)
		p.held(detail.Element+" "+operation, before, done)
	}
}

// walkOfOneClerk is what once went through, by element: progress and papers without a file, a group of the
// supplier's people, a trial run of no days, an acceptance of another century.
var walkOfOneClerk = map[string]fields{
	"p8_report": {"percent": 100, "period": "2026-11"}, "p9_request": {"deliverables": []any{fields{"name": "应用系统"}}},
	"p9_prelim": {
		"date": "2026-11-24", "conclusion": "pass", "items": []any{fields{"clause": "x", "result": "pass"}},
		"group": suppliers, "trialEnds": "2026-11-24",
	},
	"p9_trial":     {"decision": "finish", "availability": 99.9},
	"p9_materials": {"materials": []any{fields{"code": "summary"}, fields{"code": "user"}}},
	"p9_final": {
		"date": "2099-01-01", "conclusion": "pass", "items": []any{fields{"clause": "x", "result": "pass"}},
		"group": suppliers, "availability": 10,
	},
}

var suppliers = []any{fields{"name": "某甲", "org": "示例软件有限公司"}, fields{"name": "某乙", "org": "示例软件有限公司"}, fields{"name": "程建", "org": "个人"}}

// whoMay is the first holder who may act, post by post: a duty may be separate from another one of his.
// When nobody may, it is the last one, and what he does is refused.
func (p *player) whoMay(t wire.NextTask) (who string, detail wire.TaskDetail) {
	p.t.Helper()
	for _, holder := range t.Holders {
		ids := []string{holder.ID}
		if strings.Contains(holder.ID, "@") {
			var people wire.People
			p.do(p.chief, "GET", "/api/v1/people?post="+holder.ID, nil).want(200, "").into(&people)
			ids = nil
			for _, x := range people.People {
				ids = append(ids, x.ID)
			}
		}
		for _, id := range ids {
			got := p.do(id, "GET", "/api/v1/tasks/"+t.Key, nil)
			if got.status != http.StatusOK {
				continue
			}
			who, detail = id, wire.TaskDetail{}
			got.into(&detail)
			if slices.ContainsFunc(detail.Operations, func(o wire.AllowedOperation) bool { return o.Primary }) {
				return who, detail
			}
		}
	}
	return who, detail
}

// answer is what the script of the demonstration does with a task; false: not yet. The
// records lack papers at first, so that the test of the four properties finds something.
func (p *player) answer(t wire.TaskDetail) (string, wire.OperationRequest, bool) {
	p.t.Helper()
	switch t.Element {
	case "p12_collect":
		return "complete", wire.OperationRequest{Data: fields{"items": p.records("")}}, true
	case "r1_rectify":
		return "complete", wire.OperationRequest{
			Data: fields{
				"comment": "连接池已扩大，压测达标", "before": []any{p.evidence()}, "after": []any{p.evidence(), p.evidence()}, "stepsCut": 1,
				"daysCut": "0.5",
			},
		}, true
	case "p12_fix":
		return "complete", wire.OperationRequest{Data: fields{"comment": "已补正", "items": p.records(p.evidence())}}, true
	}
	s := seed.Scene{Project: p.of, Task: t, Today: "2026-11-24"}
	s.Code = p.code
	p.do(p.chief, "GET", "/api/v1/projects/"+p.code, nil).want(200, "").into(&s.Now)
	var rects wire.RectificationPage
	p.do(p.chief, "GET", "/api/v1/projects/"+p.code+"/rectifications", nil).want(200, "").into(&rects)
	s.Rectified = len(rects.Items) > 0
	var packages wire.Packages
	p.do(p.chief, "GET", "/api/v1/projects/"+p.code+"/packages", nil).want(200, "").into(&packages)
	s.Buys(packages)
	s.Files = map[string][]string{}
	for _, title := range seed.Files(t.Element) {
		s.Files[title] = []string{p.evidence()}
	}
	if t.Element == "p9_trial" {
		p.must(p.db.Tx(ctx(), func(tx *gorm.DB) error { return books.AgeTrial(tx, p.code) }))
	}
	return seed.Answer(s)
}

func (p *player) records(document string) []any {
	var items []any
	for _, stage := range []string{"P1", "P5", "P6", "P8", "P10"} {
		item := fields{"stage": stage, "category": "过程文件", "title": stage + " 过程文件", "date": "2026-11-24"}
		if document != "" {
			item["document"] = []any{document}
		}
		items = append(items, item)
	}
	return items
}

// evidence is the id of a document that the clerk uploads.
func (p *player) evidence() string {
	p.t.Helper()
	var d wire.Document
	p.filed++ // each file is another one: evidence counts once
	p.upload(p.clerk, p.code, "材料.pdf", fmt.Appendf(nil, "%%PDF-1.7\n%% %s %d\n", p.code, p.filed), "", "kind", "evidence").
		want(201, "").
		into(&d)
	return d.ID
}
