package api_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/activities/partnerlink"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/partners"
	"github.com/quancheng/quancheng/workflows/contract"
)

type fields = map[string]any

// life is what people submit with the plain tasks of a whole life, by element.
// The first preliminary acceptance fails and is rectified.
var life = map[string]fields{
	"p2_check":      {"decision": "accept", "checklist": []any{fields{"code": "申报函", "result": "pass"}}},
	"p3_pre":        {"comment": "技术路线可行，建议复用已有能力"},
	"p3_draw":       {"comment": "随机抽取"},
	"p3_statement":  {"confidential": true, "conflict": false},
	"p3_opinion":    opinion,
	"p3_lead":       {"conclusion": "revise", "summary": "修改后通过，按意见核减"},
	"p4_sheet":      {"lines": []any{fields{"lineNo": 1, "reviewed": "1000000.00", "reason": "PRICE", "basis": "高于同类项目"}, fields{"lineNo": 2, "reviewed": "246150.00"}}},
	"p4_cross":      {"lines": []any{fields{"lineNo": 1, "reviewed": "1000000.00"}}},
	"p4_consult":    {"answer": "agree"},
	"p6_plan":       {"packages": []any{fields{"packageNo": "1", "name": "智慧停车建设", "category": "service", "mode": "TENDER", "budget": "1246150.00", "limitPrice": "1240000.00", "lineNos": "1,2"}}},
	"p7_sign":       {"signedOn": "2026-11-24"},
	"p7_milestones": {"milestones": []any{fields{"no": 1, "name": "上线", "planDate": "2026-12-31"}}, "payments": []any{fields{"term": "首付款", "ratio": 30}, fields{"term": "余款", "ratio": 70, "milestoneNo": 1}}},
	"p8_kickoff":    {"startedOn": "2026-11-24", "team": []any{fields{"name": "程建", "role": "项目经理"}}},
	"p8_report":     {"percent": 100, "period": "2026-11"},
	"p9_materials":  {"materials": []any{}, "comment": "材料齐备"},
	"p12_collect": {"items": []any{
		fields{"stage": "P1", "category": "申报", "title": "申报书", "date": "2026-11-24"}, fields{"stage": "P5", "category": "批复", "title": "批复", "date": "2026-11-24"},
	}},
	"r1_dispatch": {"ownerDept": "DP18", "severity": "B", "comment": "限期整改"},
	"r1_analysis": {"rootCause": "SYS", "why": "诱导屏与平台接口超时"},
	"r1_plan":     {"measures": []any{fields{"text": "更换接口网关", "owner": "程建", "due": "2026-12-20"}}},
	"r1_rectify":  {"comment": "已更换并连续运行七天"},
	"r1_verify":   {"method": "site", "result": "pass", "comment": "现场复核通过"},
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

func wholeLife(t *testing.T, db *models.DB) {
	w := newTown(t, db)
	server := httptest.NewServer(w.h)
	t.Cleanup(server.Close)
	link := w.link(w.bureaus(server.URL))
	p := w.submitted()
	player := &player{town: w, code: p.Code, link: link}
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
	var rects wire.RectificationPage
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Code+"/rectifications", nil).want(200, "").into(&rects)
	if len(rects.Items) != 1 || rects.Items[0].State != "CLOSED" {
		t.Errorf("rectifications: %+v", rects.Items)
	}
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
		b, err := partners.New(partners.Config{Name: name, Hook: server + "/integrations/" + name, Key: w.key, File: filepath.Join(w.documents, name+".json"), Now: w.clock})
		w.must(err)
		s := httptest.NewServer(b.Handler())
		w.t.Cleanup(s.Close)
		go func() { _ = b.Run(runs) }()
		out[name] = partnerlink.Partner{URL: s.URL, Key: w.key}
	}
	return out
}

// player does what can be done.
type player struct {
	*town
	code     string
	link     *partnerlink.Link
	accepted int // preliminary acceptances
	paid     int // payment requests
	paper    int // documents
}

// turn moves everything one step: partners, messages, timers, people.
func (p *player) turn() {
	p.t.Helper()
	p.must(p.link.Deliver(ctx()))
	p.must(p.link.Receive(ctx()))
	p.pump()
	p.timers()
	var now wire.Project
	p.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.code, nil).want(200, "").into(&now)
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
	var due []models.Timer
	p.must(p.db.Read(ctx()).Where("due <= ? AND NOT refused", p.clock().UTC()).Find(&due).Error)
	for _, t := range due {
		raw, err := json.Marshal(engine.Event{Type: engine.FireTimer, Key: t.Key})
		p.must(err)
		id := "t:" + keyText(t.Key)
		_, err = p.shell.Send(ctx(), contract.Request{Root: t.Root, ID: id, Digest: id, Name: "timer", Event: raw})
		p.must(err)
	}
}

// act does an open task as one of those who may. Its page still answers when it is closed.
func (p *player) act(t wire.NextTask) {
	p.t.Helper()
	defer func() {
		p.t.Helper()
		p.do("zhao-kezhang", "GET", "/api/v1/tasks/"+t.Key, nil).want(200, "")
	}()
	for _, h := range t.Holders {
		who := h.ID
		if strings.Contains(who, "@") {
			var people wire.People
			p.do("zhao-kezhang", "GET", "/api/v1/people?post="+who, nil).want(200, "").into(&people)
			who = people.People[0].ID
		}
		var detail wire.TaskDetail
		p.do(who, "GET", "/api/v1/tasks/"+t.Key, nil).want(200, "").into(&detail)
		if detail.State != "open" {
			return // gone with what somebody else did
		}
		switch {
		case offers(detail, "complete"):
			data, later := p.data(detail)
			if !later {
				p.operate(who, detail.TaskSummary, "complete", wire.OperationRequest{Data: data}).want(200, "")
			}
			return
		case offers(detail, "agree"):
			p.operate(who, detail.TaskSummary, "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")
			return
		}
	}
}

// data is what is submitted with a task; later: not yet.
func (p *player) data(t wire.TaskDetail) (data fields, later bool) {
	var now wire.Project
	p.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.code, nil).want(200, "").into(&now)
	switch t.Element {
	case "p7_draft":
		award := p.fact("procurement.awarded", "win_bid_price")
		return fields{
			"contractNo": "YJ-2026-HT-01", "title": "智慧停车建设合同", "supplier": fields{"name": partners.Winner["name"], "uscc": partners.Winner["uscc"]}, "amount": award,
			"paymentTerms": []any{fields{"name": "首付款", "condition": "advance", "ratio": 30, "amount": share(p, award, "0.3")}, fields{"name": "余款", "condition": "final", "ratio": 70, "amount": rest(p, award, "0.3")}},
		}, false
	case "p9_prelim", "p9_final":
		d := fields{"date": "2026-11-24", "conclusion": "pass", "group": []any{fields{"name": "甲", "org": "DP18"}, fields{"name": "乙", "org": "DP34"}, fields{"name": "丙", "org": "EX00"}}, "items": []any{fields{"clause": "停车诱导", "result": "pass"}}}
		if t.Element == "p9_prelim" {
			p.accepted++
			d["trialEnds"] = "2026-11-24"
			if p.accepted == 1 {
				d["conclusion"], d["items"] = "fail", []any{fields{"clause": "停车诱导", "result": "fail", "note": "接口超时"}}
			}
		} else {
			d["availability"] = 99.9
		}
		return d, false
	case "p9_prelim_prepare", "p9_final_prepare":
		var materials []any
		for _, code := range []string{"summary", "user", "supervision", "settlement", "audit", "mlps", "crypto", "test", "sharing", "archive", "assets", "change"} {
			materials = append(materials, fields{"code": code})
		}
		return fields{"materials": materials}, false
	case "p10_request":
		if p.paid == 1 && now.Stage != "FINAL_ACCEPTED" {
			return nil, true // the rest is due after the final acceptance
		}
		p.paid++
		term, amount := "首付款", share(p, now.Totals.Contracted, "0.3")
		if p.paid > 1 {
			term, amount = "余款", rest(p, now.Totals.Contracted, "0.3")
		}
		return fields{"term": term, "amount": amount, "invoiceNo": "FP-" + keyText(int64(p.paid)), "payee": partners.Winner["name"]}, false
	}
	if t.Element == "p12_fix" { // what the four-property test found missing
		var items []any
		for _, it := range life["p12_collect"]["items"].([]any) { // the same titles, now with their files
			item := maps.Clone(it.(fields))
			item["document"] = []any{p.evidence()}
			items = append(items, item)
		}
		return fields{"comment": "已补正", "items": items}, false
	}
	data, ok := life[t.Element]
	if !ok {
		p.t.Fatalf("nothing is known about %s (%s)", t.Element, t.Name)
	}
	return data, false
}

// evidence is the id of a document that the clerk uploads.
func (p *player) evidence() string {
	p.t.Helper()
	p.paper++
	var d wire.Document
	p.upload("zhou-min", p.code, "材料.pdf", []byte("%PDF-1.7\n"+keyText(int64(p.paper))), "", "kind", "evidence").want(201, "").into(&d)
	return d.ID
}

// fact is a field of the newest partner's fact of a type.
func (p *player) fact(kind, field string) string {
	p.t.Helper()
	var f models.Fact
	p.must(p.db.Read(ctx()).Where("project = ? AND event_type = ?", p.code, kind).Order("id DESC").Take(&f).Error)
	var data map[string]any
	p.must(f.Data.Into(&data))
	text, _ := data[field].(string)
	return text
}
