package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rules"
)

// actOfTwo is an act of the house with who asks, who confirms, who may do neither, and when it is done.
type actOfTwo struct {
	name, first, second, wrong string
	method, path               string
	body                       func(reason string) map[string]any
	done                       func() bool
	shows                      string // a word that the second person reads
}

// blockedFirm is a supplier with a valid credit code.
const blockedFirm = "91340123MA2N0P1Q2W"

// asked is a body of POST /second-requests.
func asked(act, subject string, terms map[string]any) func(string) map[string]any {
	return func(reason string) map[string]any {
		if terms == nil {
			terms = map[string]any{}
		}
		return map[string]any{"act": act, "subject": subject, "terms": terms, "reason": reason}
	}
}

// TestActsOfTwo plays each act of the house that a second person confirms: alone
// nothing happens, the same person twice and a wrong one are refused, a refusal
// keeps it undone and is not got around by asking again, the second person
// completes it, and a second word is refused.
func TestActsOfTwo(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		w := newTown(t, db)
		p := w.submitted()
		firm := uscc(blockedFirm)
		w.secondHouse(p.Code)
		const requests = "/api/v1/second-requests"
		day := models.DateOf(w.now.AddDate(0, 6, 0))
		for _, act := range []actOfTwo{
			{
				"blockExpert", "ding-wenshu", "zhao-kezhang", "lin-juzhang", "POST", requests,
				asked("blockExpert", "expert-03", map[string]any{"until": day}),
				func() bool { return w.rows("expert WHERE person = 'expert-03' AND blacklist_until IS NOT NULL") == 1 }, string(day),
			},
			{
				"unblockExpert", "ding-wenshu", "zhao-kezhang", "lin-juzhang", "POST", requests, asked("unblockExpert", "expert-03", nil),
				func() bool { return w.rows("expert WHERE person = 'expert-03' AND blacklist_until IS NOT NULL") == 0 }, "立即解除",
			},
			{
				"blockSupplier", "ding-wenshu", "zhao-kezhang", "lin-juzhang", "POST", requests,
				asked("blockSupplier", firm, map[string]any{"until": day, "name": "某某科技公司"}),
				func() bool { return w.rows("supplier_block WHERE uscc = '"+firm+"'") == 1 }, "某某科技公司",
			},
			{
				"unblockSupplier", "ding-wenshu", "zhao-kezhang", "lin-juzhang", "POST", requests, asked("unblockSupplier", firm, nil),
				func() bool { return w.rows("supplier_block WHERE uscc = '"+firm+"'") == 0 }, "某某科技公司",
			},
			{
				"repin", "zhao-kezhang", "lin-juzhang", "yan-shenji", "POST", requests,
				asked("repin", p.Code, map[string]any{"pack": "COUNTY-TEST.2"}),
				func() bool { return w.rows("project WHERE rule_pack = 'COUNTY-TEST.2'") == 1 }, "COUNTY-TEST.2",
			},
			{
				"sealedRead", "yan-shenji", "lian-shenji", "zhao-kezhang", "POST", "/api/v1/instances/" + p.InstanceKey + "/sealed-read",
				func(reason string) map[string]any { return map[string]any{"part": "sheet.a", "reason": reason} },
				func() bool { return w.unsealed("yan-shenji", p.Code) && !w.unsealed("lian-shenji", p.Code) }, "初核表",
			},
			{
				"backRegister", "zhou-min", "qin-heyan", "lin-juzhang", "POST", "/api/v1/projects",
				func(reason string) map[string]any {
					return map[string]any{
						"name": "补录的老项目", "type": "新建", "dept": "DP18", "mlpsLevel": 2, "businessDate": "2026-11-02", "lines": []any{},
						"form": map[string]any{"background": reason},
					}
				},
				func() bool {
					return w.rows("project WHERE name = '补录的老项目' AND drafted_on = '2026-11-02'") == 1
				}, "2026-11-02",
			},
		} {
			t.Run(act.name, func(t *testing.T) { w.playTwo(act) })
		}
		if n := w.rows("audit WHERE action LIKE 'second.%'"); n != 7*4 { // asked, refused, asked, confirmed
			t.Errorf("%d words in the audit", n)
		}
		w.secondsRefused(p, firm, string(day))
	})
}

// playTwo plays one act to its end.
func (w *town) playTwo(act actOfTwo) {
	const requests = "/api/v1/second-requests"
	no := wire.Decision{Reason: "依据不足，先补材料"}
	yes := wire.Decision{Accept: true, Reason: "材料核对无误"}
	done := act.done()
	w.do(act.wrong, act.method, act.path, act.body("理由写够五个字")).want(403, "")
	var r wire.SecondRequest
	w.do(act.first, act.method, act.path, act.body("理由写够五个字")).want(202, "").into(&r)
	if r.State != "waiting" || act.done() != done || done {
		w.t.Fatalf("%s was done by one person: %+v", act.name, r)
	}
	w.do(act.first, act.method, act.path, act.body("换一个说法的理由")).want(422, "asked-already")
	at := requests + "/" + r.ID
	w.do(act.first, "POST", at, yes).want(403, "")
	w.do(act.wrong, "POST", at, yes).want(403, "")
	var page wire.SecondRequestPage
	w.do(act.second, "GET", requests, nil).want(200, "").into(&page)
	if len(page.Items) == 0 || page.Items[0].ID != r.ID || !page.Items[0].MayDecide || page.Items[0].Label == "" ||
		!strings.Contains(strings.Join(page.Items[0].Effects, "\n"), act.shows) {
		w.t.Fatalf("%s: the second person reads %+v", act.name, page.Items)
	}
	asks := w.askedFor(act.second, r.ID, true)
	w.do(act.second, "POST", at, wire.Decision{}).want(422, "invalid-data")
	w.do(act.second, "POST", at, no).want(200, "").into(&r)
	if r.State != "refused" || act.done() {
		w.t.Fatalf("%s refused: %+v", act.name, r)
	}
	if n := w.askedFor(act.second, r.ID, false); n != asks-1 {
		w.t.Errorf("%s: %d things to do, and %d when it is decided", act.name, asks, n)
	}
	w.do(act.second, "POST", at, yes).want(409, "checked-already")
	w.do(act.first, act.method, act.path, act.body("理由写够五个字")).want(422, "refused-as-it-is")
	w.do(act.first, act.method, act.path, act.body("已按意见补齐材料")).want(202, "").into(&r)
	at = requests + "/" + r.ID
	w.do(act.second, "GET", requests, nil).want(200, "").into(&page)
	if len(page.Items) == 0 || len(page.Items[0].Refusals) != 1 || page.Items[0].Refusals[0].Reason != no.Reason {
		w.t.Errorf("%s: the earlier refusal is not shown: %+v", act.name, page.Items)
	}
	w.askedFor(act.second, r.ID, true)
	w.do(act.second, "POST", at, yes).want(200, "").into(&r)
	w.askedFor(act.second, r.ID, false)
	if r.State != "confirmed" || !act.done() {
		w.t.Fatalf("%s confirmed: %+v", act.name, r)
	}
	w.do(act.second, "POST", at, yes).want(409, "checked-already")
	w.do(act.second, "POST", at, no).want(409, "checked-already")
	w.do(act.first, "GET", requests, nil).want(200, "").into(&page)
	if len(page.Items) == 0 || page.Items[0].ID != r.ID || page.Items[0].DecidedBy == nil {
		w.t.Errorf("%s: who asked does not see who confirmed: %+v", act.name, page.Items)
	}
}

// askedFor holds that a request stands among what a person has to do, and is counted there, while it waits for his word.
func (w *town) askedFor(person, request string, waits bool) int {
	w.t.Helper()
	asked := map[string]int{}
	for _, part := range []string{"act", "info"} {
		var page wire.NotificationPage
		w.do(person, "GET", "/api/v1/notifications?limit=100&part="+part, nil).want(200, "").into(&page)
		for _, n := range page.Items {
			if n.Kind == "second-asked" && n.Subject.Key == request && n.Asks == waits && n.Over != waits {
				asked[part]++
			}
		}
	}
	if asked["act"] != map[bool]int{true: 1}[waits] || asked["info"] != map[bool]int{false: 1}[waits] {
		w.t.Errorf("request %s, waiting %v, is told to %s as %v", request, waits, person, asked)
	}
	var me wire.Me
	w.do(person, "GET", "/api/v1/me", nil).want(200, "").into(&me)
	return me.Counts.UnreadAsks
}

// secondHouse brings what the demonstration has not: a second auditor, who registers
// past days and who confirms them, two packs, one of them a project's own.
func (w *town) secondHouse(project string) {
	w.t.Helper()
	w.appoint("zhou-min", "BACK_REGISTRAR", "DP34")
	w.appoint("qin-heyan", "BACK_VERIFIER", "DP34")
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		p := office.Person{ID: "lian-shenji", Name: "廉审", NameEn: "Lian", Active: true, Demo: true, Kind: office.Internal}
		if err := tx.Create(&p).Error; err != nil {
			return err
		}
		for i, id := range []string{"COUNTY-TEST.1", "COUNTY-TEST.2"} {
			pack, err := rules.NewestOn(tx, models.DateOf(w.now))
			if err != nil {
				return err
			}
			pack.ID, pack.Name, pack.ValidFrom = id, id, models.Date([]string{"2020-01-01", "2020-02-01"}[i])
			if err := tx.Create(&pack).Error; err != nil {
				return err
			}
		}
		return tx.Exec("UPDATE project SET rule_pack = 'COUNTY-TEST.1' WHERE code = ?", project).Error
	}))
	w.appoint("lian-shenji", "AUDITOR", "DP35")
	delete(w.tokens, "zhou-min") // his posts have changed
	w.signIn("zhou-min")         // the people of the demonstration play past days without a second person
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { return tx.Exec("UPDATE person SET demo = FALSE WHERE id = 'zhou-min'").Error }))
}

// unsealed reports whether an auditor has a part open before its moment.
func (w *town) unsealed(person, project string) bool {
	w.t.Helper()
	return w.rows("second_request WHERE act = 'sealedRead' AND state = 'confirmed' AND asked_by = '"+person+"' AND project = '"+project+
		"'") == 1
}

// secondsRefused are the bad inputs and bad days of such acts: nothing is written.
func (w *town) secondsRefused(p wire.Project, firm, day string) {
	const requests = "/api/v1/second-requests"
	rows := w.rows("second_request")
	for _, c := range []struct {
		person  string
		body    map[string]any
		status  int
		problem string
	}{
		{"ding-wenshu", asked("blockExpert", "zhou-min", map[string]any{"until": day})("评审中泄露信息"), 422, "not-an-expert"},
		{"ding-wenshu", asked("blockExpert", "expert-04", map[string]any{"until": "2020-01-01"})("评审中泄露信息"), 422, "invalid-input"},
		{"ding-wenshu", asked("blockExpert", "expert-04", nil)("评审中泄露信息"), 422, "invalid-input"},
		{"ding-wenshu", asked("blockExpert", "expert-04", map[string]any{"until": day})("短"), 422, "invalid-data"},
		{"ding-wenshu", asked("unblockExpert", "expert-04", nil)("评审中泄露信息"), 422, "not-blocked"},
		{"ding-wenshu", asked("blockSupplier", "1234", map[string]any{"until": day, "name": "某公司"})("围标串标属实"), 422, "invalid-input"},
		{"ding-wenshu", asked("blockSupplier", firm, map[string]any{"until": day})("围标串标属实"), 422, "invalid-input"},
		{"ding-wenshu", asked("backRegister", p.Code, nil)("直接要求补录的"), 422, "invalid-input"},
		{"ding-wenshu", asked("repin", p.Code, map[string]any{"pack": "COUNTY-TEST.1"})("不是科长的申请"), 403, "forbidden"},
		{"zhao-kezhang", asked("repin", p.Code, map[string]any{"pack": "NOBODY"})("按新规则办理"), 404, "not-found"},
		{"zhao-kezhang", asked("repin", "XM-2099-404", map[string]any{"pack": "COUNTY-TEST.1"})("按新规则办理"), 404, "not-found"},
		{"zhao-kezhang", asked("repin", p.Code, map[string]any{"pack": "COUNTY-TEST.2"})("按新规则办理"), 422, "pack-pinned-already"},
		{"yan-shenji", asked("sealedRead", p.Code, map[string]any{"part": "draw.names"})("核查抽取过程"), 422, "sealed-never"},
		{"yan-shenji", asked("sealedRead", p.Code, map[string]any{"part": "expert.each"})("核查评审过程"), 422, "sealed-never"},
		{"yan-shenji", asked("sealedRead", p.Code, map[string]any{"part": "audit"})("核查评审过程"), 422, "sealed-open"},
		{"yan-shenji", asked("sealedRead", p.Code, map[string]any{"part": "no.such"})("核查评审过程"), 422, "invalid-input"},
		{"yan-shenji", asked("sealedRead", p.Code, map[string]any{"part": "sheet.a"})("再要一次已开的"), 422, "sealed-open"},
	} {
		raw, _ := json.Marshal(c.body)
		w.do(c.person, "POST", requests, json.RawMessage(raw)).want(c.status, c.problem)
	}
	if w.rows("second_request") != rows {
		w.t.Error("a refused request was written")
	}
	w.do("zhao-kezhang", "PUT", "/api/v1/experts/expert-04", map[string]any{"specialties": []any{}, "blockedUntil": day,
		"employers": []any{map[string]any{"orgName": "某大学", "tie": "employed", "fromYear": 2010}},
	}).want(422, "expert-block-by-second")

	var r wire.SecondRequest
	w.do("ding-wenshu", "POST", requests, asked("blockExpert", "expert-05", map[string]any{"until": day})("评审中泄露信息")).
		want(202, "").into(&r)
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { // somebody else has done so in the meantime
		return office.BlockExpert(tx, models.Acting{Person: models.System, At: w.now}, "expert-05", models.Date("2027-01-01"), "先办了")
	}))
	w.do("zhao-kezhang", "POST", requests+"/"+r.ID, wire.Decision{Accept: true}).want(409, "confirm-stale")
	w.do("ding-wenshu", "POST", requests, asked("blockExpert", "expert-06", map[string]any{"until": day})("评审中泄露信息")).
		want(202, "").into(&r)
	w.pass(5 * 24 * time.Hour)
	w.do("zhao-kezhang", "POST", requests+"/"+r.ID, wire.Decision{Accept: true}).want(409, "confirmation-expired")
	if w.rows("expert WHERE person = 'expert-06' AND blacklist_until IS NOT NULL") != 0 {
		w.t.Error("an act that nobody confirmed in time was done")
	}
}

// TestBreakGlass: the sealed account opens by two administrators, is told at once, and shuts by itself.
func TestBreakGlass(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.now = time.Now() // posts begin and end by the clock of the database
	why := wire.Because{Reason: "流程卡住须应急处理"}
	w.do("wei-anquan", "POST", "/api/v1/break-glass", why).want(403, "forbidden")
	w.do("zhao-kezhang", "POST", "/api/v1/break-glass", why).want(403, "forbidden")
	w.do("kang-xitong", "POST", "/api/v1/break-glass", wire.Because{Reason: "急"}).want(422, "")
	var r wire.Request
	w.do("kang-xitong", "POST", "/api/v1/break-glass", why).want(202, "").into(&r)
	w.do("kang-xitong", "POST", "/api/v1/break-glass", why).want(422, "asked-already")
	if w.rows("person WHERE id = 'break-glass'") != 0 {
		t.Fatal("the sealed account is open by one person")
	}
	decide := "/api/v1/requests/" + r.ID + "/decide"
	yes := wire.Decision{Accept: true, Reason: "情况属实同意启用"}
	w.do("kang-xitong", "POST", decide, yes).want(403, "")
	w.do("zhao-kezhang", "POST", decide, yes).want(403, "")
	var page wire.RequestPage
	w.do("wei-anquan", "GET", "/api/v1/requests?state=open", nil).want(200, "").into(&page)
	if len(page.Items) != 1 || !page.Items[0].MayDecide || page.Items[0].KindName != "启用应急账号" {
		t.Errorf("the security administrator finds %+v", page.Items)
	}
	var done wire.RequestDecided
	w.do("wei-anquan", "POST", decide, yes).want(200, "").into(&done)
	w.do("wei-anquan", "POST", decide, yes).want(409, "request-decided")
	if len(done.Codes) != 1 || done.Codes[0].Person != office.GlassAccount {
		t.Fatalf("opened with %+v", done.Codes)
	}
	var told wire.NotificationPage
	w.do("ji-shenji", "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	if len(told.Items) != 2 || !strings.Contains(told.Items[0].Text+told.Items[1].Text, "启用了应急账号") {
		t.Errorf("the audit administrator was told %+v", told.Items)
	}
	w.do("kang-xitong", "POST", "/api/v1/break-glass", why).want(409, "glass-open")
	var s wire.Session
	w.do("", "POST", "/api/v1/session", wire.SignIn{Person: office.GlassAccount, Password: done.Codes[0].Code}).want(200, "").into(&s)
	if w.rows("post_now WHERE person_id = 'break-glass' AND role = 'PROCESS_ADMIN'") != 1 {
		t.Error("the sealed account moves nothing")
	}
	w.tokens[office.GlassAccount] = s.Token
	w.do(office.GlassAccount, "GET", "/api/v1/me", nil).want(200, "")
	var post office.Post
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error { // four hours later
		if err := tx.Where("person_id = ?", office.GlassAccount).Take(&post).Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE post SET valid_to = valid_from WHERE person_id = ?", office.GlassAccount).Error
	}))
	if post.ValidTo == nil || post.ValidTo.Sub(post.ValidFrom) != 4*time.Hour {
		t.Errorf("the sealed account is open from %v to %v", post.ValidFrom, post.ValidTo)
	}
	w.do(office.GlassAccount, "GET", "/api/v1/me", nil).want(401, "")
	w.do("kang-xitong", "POST", "/api/v1/break-glass", why).want(202, "").into(&r)
	w.pass(31 * time.Minute)
	w.do("wei-anquan", "POST", "/api/v1/requests/"+r.ID+"/decide", yes).want(409, "request-too-old")
}

// uscc ends a credit code with its right last digit.
func uscc(code string) string {
	if c, ok := office.USCCCheck(code[:17]); ok {
		return code[:17] + string(c)
	}
	return code
}
