package api_test

import (
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestACampaign plays a campaign of one unit: list, approval, walks with an
// issue, the page, the end. Everything goes through HTTP and the engine.
func TestACampaign(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	unit, walker, coordinator := hallOf(t)
	today := string(models.DateOf(w.clock()))
	for _, code := range []string{"SX-1", "SX-2"} {
		w.do("he-zhengwu", "PUT", "/api/v1/service-items/"+code, wire.ServiceItemInput{
			Name: "事项" + code, Unit: unit, Kind: "行政许可", LegalDays: 20, PromisedDays: 5, Materials: []string{"身份证"},
			Steps: []string{"受理", "领证"}, ValidFrom: "2026-01-01",
		}).want(200, "")
	}
	w.do("zhao-kezhang", "POST", "/api/v1/campaigns", wire.CampaignInput{Name: "局长走流程", StartsOn: "2026-11-01", EndsOn: "2026-10-01",
		Units: []string{unit}}).
		want(422, "invalid-data")
	var c wire.Campaign
	w.do("he-zhengwu", "POST", "/api/v1/campaigns", wire.CampaignInput{Name: "局长走流程", StartsOn: "2026-11-02", EndsOn: "2026-12-31",
		Units: []string{unit}}).
		want(201, "").
		into(&c)
	w.pump()

	base := "/api/v1/campaigns/" + c.ID
	list := w.taskOf(coordinator, "w1u_list")
	w.operate(coordinator, list, "complete", wire.OperationRequest{Data: map[string]any{}}).want(422, "list-empty")
	w.do(coordinator, "PUT", base+"/units/"+unit+"/items", wire.CampaignItemsInput{Items: []string{"SX-1", "SX-2"}}).want(200, "")
	w.operate(coordinator, list, "complete", wire.OperationRequest{Data: map[string]any{}}).want(200, "")
	walk := wire.WalkInput{
		Campaign: c.ID, Item: "SX-1", Role: "企业", Channel: "window", On: today, Result: "办成", TicketNo: "A037",
		Steps:  []wire.WalkStep{{Name: "受理", WaitMinutes: 18, Materials: []string{"身份证", "规划许可证"}}},
		Issues: []wire.WalkIssue{{Title: "规划许可证已共享仍要复印件", Description: "窗口仍收", Kind: "MAT", Severity: "B", OwnerUnit: unit}},
	}
	w.do(walker, "POST", "/api/v1/walks", walk).want(422, "invalid-data") // the list is not approved
	w.operate("he-zhengwu", w.taskOf("he-zhengwu", "w1u_approve"), "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")

	var first, again wire.Walk
	w.do(walker, "POST", "/api/v1/walks", walk, "Idempotency-Key", "phone-1").want(201, "").into(&first)
	w.do(walker, "POST", "/api/v1/walks", walk, "Idempotency-Key", "phone-1").want(201, "").into(&again)
	if first.ID != again.ID || !first.IsDirector || len(first.Issues) != 1 || len(first.Extra) != 1 || !first.Counted {
		t.Errorf("%+v, again %+v", first, again)
	}
	var paper wire.Paper
	w.do(walker, "GET", "/api/v1/documents/"+first.Paper, nil).want(200, "").into(&paper)
	if want := "W-2026-" + unit + "-001/TY-1"; paper.Kind != "walk_record" || paper.Number != want {
		t.Errorf("the record of the walk is %s %s, want %s", paper.Kind, paper.Number, want)
	}
	w.do("he-zhengwu", "GET", "/api/v1/documents/"+first.Paper, nil).want(200, "")
	w.do("zhou-min", "GET", "/api/v1/documents/"+first.Paper, nil).want(404, "not-found")
	w.pump()
	walk.Item, walk.Issues, walk.NoIssue = "SX-2", nil, "办得很顺，没有问题"
	w.do("zhou-min", "POST", "/api/v1/walks", walk).want(403, "forbidden")
	w.do(walker, "POST", "/api/v1/walks", walk).want(201, "")

	w.do("zhao-kezhang", "GET", base, nil).want(200, "").into(&c)
	if c.Total.Walked != 2 || c.Total.Complete != 1 || c.Total.Found != 1 || c.Total.Open != 1 || !c.Units[0].Complete {
		t.Errorf("%+v %+v", c.Total, c.Units)
	}
	var walks wire.WalkPage
	w.do(walker, "GET", base+"/walks", nil).want(200, "").into(&walks)
	if len(walks.Items) != c.Total.Walks {
		t.Errorf("%d walks, the page says %d", len(walks.Items), c.Total.Walks)
	}
	w.do("zhou-min", "GET", base+"/walks", nil).want(200, "").into(&walks)
	if len(walks.Items) != 0 {
		t.Error("another unit reads the walks")
	}
	var issues wire.CampaignIssues
	w.do("he-zhengwu", "GET", base+"/issues?unit="+unit, nil).want(200, "").into(&issues)
	if len(issues.Items) != 1 || !strings.HasPrefix(issues.Items[0].No, "ZG-") {
		t.Errorf("%+v", issues)
	}
	w.pump() // the unit is complete, and with it the campaign
	w.operate("he-zhengwu", w.taskOf("he-zhengwu", "w1_summary"), "complete",
		wire.OperationRequest{Data: map[string]any{"summary": "一家单位走完两项"}}).
		want(200, "")
	w.do("he-zhengwu", "GET", base, nil).want(200, "").into(&c)
	if c.State != "CLOSED" || c.Summary == "" {
		t.Errorf("%+v", c)
	}
	walk.On = today
	w.do(walker, "POST", "/api/v1/walks", walk).want(422, "invalid-data")
	var b wire.Bulletin
	w.do("he-zhengwu", "POST", base+"/bulletins", nil).want(201, "").into(&b)
	if b.No != 1 || len(b.Units) != 1 {
		t.Errorf("%+v", b)
	}
}

// hallOf is a unit of the demonstration with its walker and its coordinator.
func hallOf(t *testing.T) (unit, walker, coordinator string) {
	t.Helper()
	posts, err := demo.Hall()
	if err != nil {
		t.Fatal(err)
	}
	for post, person := range posts {
		if role, u := models.SplitPost(post); role == "WALKER" && u == "DP07" {
			return u, person, posts["WALK_COORDINATOR@"+u]
		}
	}
	t.Fatal("nobody walks")
	return "", "", ""
}
