package api_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// attack is one try, and what it is answered.
type attack struct {
	no           int
	who          string
	method, path string
	body         any
	status       int
	problem, why string
}

// repelled holds what each attack is answered, and that none has written anything.
func (w *town) repelled(attacks []attack) {
	w.t.Helper()
	state := func() string {
		return fmt.Sprint(
			w.rows("task_act"), w.rows("confirmation"), w.rows("task_copy"), w.rows("task WHERE state <> 'closed'"), w.rows("post"),
			w.rows("deputyship"), w.rows("second_request"),
		)
	}
	before := state()
	for _, a := range attacks {
		got := w.do(a.who, a.method, a.path, a.body)
		var told wire.Problem
		if got.status >= 400 {
			got.into(&told)
		}
		if got.status != a.status || a.problem != "" && told.Type != "/problems/"+a.problem || told.Why != a.why {
			w.t.Errorf("attack %d, %s %s %s: %d %s", a.no, a.who, a.method, a.path, got.status, got.body)
		}
		if after := state(); after != before {
			w.t.Fatalf("attack %d has written something: %s, was %s", a.no, after, before)
		}
	}
}

// doneTask is the newest task of an element that a person has done.
func (w *town) doneTask(person, element string) string {
	w.t.Helper()
	var page wire.TaskPage
	w.do(person, "GET", "/api/v1/tasks?scope=done", nil).want(200, "").into(&page)
	for _, x := range page.Items {
		if x.Element == element {
			return "/api/v1/tasks/" + x.Key
		}
	}
	w.t.Fatalf("%s has done no %s", person, element)
	return ""
}

// TestAttacksUnderReview goes on where TestAttacks ends: what is tried while the sheets are written, and at the joint review.
func TestAttacksUnderReview(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.appoint("li-xin", "BUREAU_REVIEW_B", "DP34") // A, who could be B if he were not A
	code := w.reviewed()
	w.opinions(w.draw())
	w.operate("li-xin", w.taskOf("li-xin", "p4_sheet"), "complete", wire.OperationRequest{Data: map[string]any{"lines": []any{
		map[string]any{"lineNo": 1, "reviewed": "1000000.00", "reason": "PRICE", "basis": "高于同类项目"},
		map[string]any{"lineNo": 2, "reviewed": "246150.00"},
	}}}).want(200, "")
	cross := w.taskOf("wang-ke", "p4_cross")
	task, sheet := "/api/v1/tasks/"+cross.Key, w.doneTask("li-xin", "p4_sheet")
	crossed := map[string]any{"lines": []any{
		map[string]any{"lineNo": 1, "reviewed": "1000000.00", "comment": "按市场价"}, map[string]any{"lineNo": 2, "reviewed": "246150.00"},
	}}
	give := func(person string, version int) wire.OperationRequest {
		return wire.OperationRequest{To: person, Reason: "请代为办理此件", Version: version}
	}
	copyTo := func(person string, version int) wire.OperationRequest {
		return wire.OperationRequest{Persons: []string{person}, Version: version}
	}
	days := func(deputy string) wire.DeputyshipInput {
		return wire.DeputyshipInput{Deputy: deputy, From: w.now, To: w.now.Add(48 * time.Hour), Reason: "外出开会两天"}
	}
	w.repelled([]attack{
		{2, "zhao-kezhang", "POST", task + "/reassign", give("li-xin", cross.Version), 422, "duty-separated", ""},
		// Of a group he is not even among the candidates.
		{8, "li-xin", "POST", task + "/complete", wire.OperationRequest{Data: crossed, Version: cross.Version}, 403, "not-your-task", ""},
		{21, "li-xin", "POST", sheet + "/cc", copyTo("wang-ke", 1), 422, "receiver-not-eligible", "duty"},
		{22, "zhou-min", "GET", "/api/v1/experts", nil, 403, "forbidden", ""},
		{28, "zhao-kezhang", "POST", task + "/cc", copyTo("cheng-jian", cross.Version), 422, "receiver-not-eligible", "external"},
		{13, "wang-ke", "POST", "/api/v1/deputyships", days("he-guangming"), 422, "deputy-too-far", ""},
		{21, "wang-ke", "POST", "/api/v1/deputyships", days("wang-ke"), 422, "deputy-self", ""},
	})
	for person, want := range map[string]bool{
		"zhou-min": false, "cheng-jian": false, "wang-ke": false, "cao-chouqu": true, "yan-shenji": true,
	} {
		for _, path := range []string{"/api/v1/people?post=EXPERT@EX00", "/api/v1/people?q=expert"} {
			if got := w.do(person, "GET", path, nil).want(200, ""); strings.Contains(string(got.body), `"expert-01"`) != want {
				t.Errorf("attack 22: %s learns the experts: %v", person, !want)
			}
		}
	}
	w.operate("wang-ke", cross, "complete", wire.OperationRequest{Data: crossed}).want(200, "")
	w.repelled([]attack{
		{20, "wang-ke", "POST", task + "/recall", wire.OperationRequest{Reason: "看错了，要改数", Version: cross.Version + 1}, 422, "", ""},
	})

	p := &player{town: w, code: code, of: village, link: w.link(nil), foreseen: map[string]bool{}, does: map[string][]string{}}
	var now wire.Project
	for range 40 {
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+code, nil).want(200, "").into(&now)
		if len(now.OpenTasks) == 1 && now.OpenTasks[0].Element == "p5_joint" {
			break
		}
		p.step()
	}
	task = "/api/v1/tasks/" + now.OpenTasks[0].Key
	var joint wire.TaskDetail
	w.do("hua-fagai", "GET", task, nil).want(200, "").into(&joint)
	v := joint.Version
	add := func(person string) wire.OperationRequest {
		return wire.OperationRequest{Persons: []string{person}, Reason: "请一并会签", Version: v}
	}
	without := func(seat int) wire.OperationRequest {
		return wire.OperationRequest{Seat: seat, Reason: "不再需要其意见", Version: v}
	}
	accepted := w.doneTask("chen-shouli", "p2_check")
	jump := wire.CaseRequest{Reason: "直接出具批复文件", Target: "p5_director"}
	w.repelled([]attack{
		{4, "hua-fagai", "POST", task + "/transfer", give("jin-yusuan", v), 422, "receiver-not-eligible", "not-receiver"},
		{5, "hua-fagai", "POST", task + "/addBefore", add("cheng-jian"), 422, "receiver-not-eligible", "external"},
		{5, "cheng-jian", "GET", task, nil, 404, "not-found", ""},
		{6, "hua-fagai", "POST", task + "/addParallel", add("zhou-min"), 422, "receiver-not-eligible", "applicant"},
		{7, "hua-fagai", "POST", task + "/removeSign", without(2), 422, "seat-by-rule", ""},
		{7, "zhao-kezhang", "POST", task + "/removeSign", without(1), 422, "seat-by-rule", ""},
		{14, "zhao-kezhang", "POST", "/api/v1/instances/" + now.InstanceKey + "/jump", jump, 422, "approval-unsigned", ""},
		{28, "zhou-min", "POST", task + "/cc", copyTo("cheng-jian", v), 404, "not-found", ""},
		{28, "chen-shouli", "POST", accepted + "/cc", copyTo("cheng-jian", 1), 422, "receiver-not-eligible", "no-sight"},
		{29, "gong-caigou", "GET", sheet, nil, 404, "not-found", ""},
		{17, "zhou-min", "GET", "/api/v1/exports/projects?sort=reviewed", nil, 422, "unknown-filter", ""},
	})
}

// TestAttacksOnOnesOwn: who drafts does not sign, and who is disabled is out at once.
func TestAttacksOnOnesOwn(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.appoint("zhou-min", "APPLY_LEADER", "DP18")
	delete(w.tokens, "zhou-min")
	w.submitted()
	leader := w.taskOf("he-guangming", "p1_leader")
	var mine wire.TaskPage
	w.do("zhou-min", "GET", "/api/v1/tasks?scope=mine", nil).want(200, "").into(&mine)
	var held wire.TaskPage
	w.do("zhou-min", "GET", "/api/v1/tasks?scope=claimable", nil).want(200, "").into(&held)
	if len(mine.Items)+len(held.Items) != 0 {
		t.Errorf("attack 9: to sign his own draft is offered: %+v %+v", mine.Items, held.Items)
	}
	token, agrees := w.signIn("fang-lei"), wire.OperationRequest{Version: leader.Version}
	w.repelled([]attack{
		{9, "zhou-min", "POST", "/api/v1/tasks/" + leader.Key + "/agree", agrees, 403, "not-your-task", ""},
		{34, "kang-xitong", "POST", "/api/v1/accounts/fang-lei/activate", `{` + reasoned + `}`, 403, "forbidden", ""},
		{35, "wei-anquan", "POST", "/api/v1/accounts/wei-anquan/disable", `{` + reasoned + `}`, 403, "own-grant", ""},
	})
	w.do("wei-anquan", "POST", "/api/v1/accounts/fang-lei/disable", `{`+reasoned+`}`).want(200, "")
	w.do("", "GET", "/api/v1/projects", nil, "Authorization", "Bearer "+token).want(401, "sign-in-needed")
	w.do("", "GET", "/api/v1/exports/projects", nil, "Authorization", "Bearer "+token).want(401, "sign-in-needed")
}

// repels are, for each of the forty attacks, the tests that hold it.
var repels = map[int]string{
	1: "TestAttacks", 2: "TestAttacksUnderReview", 3: "TestAttacks", 4: "TestAttacksUnderReview", 5: "TestAttacksUnderReview",
	6: "TestAttacksUnderReview TestScenarios", 7: "TestAttacksUnderReview", 8: "TestAttacksUnderReview TestScenarios",
	9:  "TestAttacksOnOnesOwn",
	10: "TestAttacks", 11: "TestAttacks TestScenarios", 12: "TestScenarios", 13: "TestAttacksUnderReview",
	14: "TestAttacks TestAttacksUnderReview",
	15: "TestSecondPerson TestActsOfTwo", 16: "TestAttacks", 17: "TestAttacks TestEveryDoor", 18: "TestAttacks", 19: "TestWhoHearsWhat",
	20: "TestAttacks TestSecondRoundIsClosedAgain", 21: "TestAttacksUnderReview TestEveryDoor", 22: "TestAttacks TestAttacksUnderReview",
	23: "TestAttacks", 24: "TestExpertsDoNotSeeEachOther", 25: "TestADrawOfTwoPeople", 26: "TestAttacks TestEveryDoor", 27: "TestAttacks",
	28: "TestAttacksUnderReview", 29: "TestEveryDoor", 30: "TestBadWalkToThePlan TestActsOfTwo", 31: "TestWalkOfOneClerk",
	32: "TestRectificationInvariants", 33: "TestProjectsThatRunGoOn", 34: "TestAdministratorsActs TestAttacksOnOnesOwn", 35: "TestTheThree",
	36: "TestAttacks", 37: "TestAttacks", 38: "TestTwoHalves TestPlan", 39: "TestAttacksOnOnesOwn", 40: "TestAttacks",
}

// TestEveryAttackIsRepelled: the forty attacks each have a test, and the tests are there.
func TestEveryAttackIsRepelled(t *testing.T) {
	var all []byte
	for _, pattern := range []string{"*_test.go", "../models/commands/*_test.go", "../models/roster/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, raw...)
		}
	}
	for no := range 40 {
		names := strings.Fields(repels[no+1])
		if len(names) == 0 {
			t.Errorf("attack %d has no test", no+1)
		}
		for _, name := range names {
			if !bytes.Contains(all, []byte("func "+name+"(t *testing.T)")) {
				t.Errorf("attack %d: there is no %s", no+1, name)
			}
		}
	}
}
