package api_test

import (
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestAUnitThatFindsNothing holds R09 over HTTP: nineteen walks without an issue are not asked about, the twentieth is,
// until the organiser has looked again, in words; he cannot beforehand, nor twice.
func TestAUnitThatFindsNothing(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	unit, walker, coordinator := hallOf(t)
	w.do("he-zhengwu", "PUT", "/api/v1/service-items/SX-1", wire.ServiceItemInput{
		Name: "事项", Unit: unit, Kind: "行政许可", LegalDays: 20, PromisedDays: 5, Materials: []string{"身份证"},
		Steps: []string{"受理", "领证"}, ValidFrom: "2026-01-01",
	}).want(200, "")
	var c wire.Campaign
	w.do("he-zhengwu", "POST", "/api/v1/campaigns", wire.CampaignInput{
		Name: "局长走流程", StartsOn: "2026-11-02", EndsOn: "2026-12-31", Units: []string{unit},
	}).want(201, "").into(&c)
	w.pump()
	base := "/api/v1/campaigns/" + c.ID
	w.do(coordinator, "PUT", base+"/units/"+unit+"/items", wire.CampaignItemsInput{Items: []string{"SX-1"}}).want(200, "")
	w.operate(coordinator, w.taskOf(coordinator, "w1u_list"), "complete", wire.OperationRequest{Data: map[string]any{}}).want(200, "")
	w.operate("he-zhengwu", w.taskOf("he-zhengwu", "w1u_approve"), "agree", wire.OperationRequest{Opinion: "同意"}).want(200, "")

	named := func(want bool, when string) {
		t.Helper()
		var c wire.Campaign
		w.do("he-zhengwu", "GET", base, nil).want(200, "").into(&c)
		if c.Units[0].NothingFound != want {
			t.Errorf("%s: named %v, want %v (%d walks, %d found)", when, c.Units[0].NothingFound, want, c.Units[0].Walks, c.Units[0].Found)
		}
	}
	walk := wire.WalkInput{
		Campaign: c.ID, Item: "SX-1", Role: "企业", Channel: "window", On: string(models.DateOf(w.clock())), Result: "办成", TicketNo: "A037",
		Steps: []wire.WalkStep{{Name: "受理", WaitMinutes: 18, Materials: []string{"身份证"}}}, NoIssue: "办得很顺，没有问题",
	}
	for range 19 {
		w.do(walker, "POST", "/api/v1/walks", walk).want(201, "")
	}
	named(false, "nineteen walks")
	look := base + "/units/" + unit + "/look"
	found := wire.CampaignItemAct{Found: "抽查三件，情况属实，确无问题"}
	w.do("he-zhengwu", "POST", look, found).want(422, "look-not-asked")
	w.do(walker, "POST", "/api/v1/walks", walk).want(201, "")
	named(true, "twenty walks")

	w.do(coordinator, "POST", look, found).want(403, "forbidden")
	w.do("he-zhengwu", "POST", look, wire.CampaignItemAct{Found: " 好 "}).want(422, "invalid-input")
	named(true, "looks that are refused")
	w.do("he-zhengwu", "POST", look, found).want(200, "")
	named(false, "looked at again")
	w.do("he-zhengwu", "POST", look, wire.CampaignItemAct{Found: "后来又改了一种说法"}).want(422, "look-not-asked")
}
