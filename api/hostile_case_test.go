package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/texts"
)

// A form's file field takes files that are one's own or kept with the matter: no number that leads nowhere, no file of
// somebody else, none of another matter of one's own.
func TestFilesThatAreNotOnesOwn(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	var own, used, others wire.Document
	w.files("zhou-min", "/api/v1/files", "行程.pdf", pdf).want(201, "").into(&own)
	w.files("zhou-min", "/api/v1/files", "旧行程.pdf", pdf).want(201, "").into(&used)
	w.files("he-guangming", "/api/v1/files", "别人的.pdf", pdf).want(201, "").into(&others)
	with := func(ids ...any) map[string]any { return map[string]any{"where": "合肥", "days": 1, "scan": ids} }
	w.begins("zhou-min", wire.BeginRequest{Data: with(used.ID)})
	for name, id := range map[string]string{"nowhere": "999999", "somebody else's": others.ID, "another matter's": used.ID} {
		var p wire.Problem
		w.do("zhou-min", "POST", leave+"/instances", wire.BeginRequest{Data: with(own.ID, id)}).want(422, "invalid-data").into(&p)
		if len(p.Errors) != 1 || p.Errors[0].Pointer != "/data/scan/1" || p.Errors[0].Detail == "" {
			t.Errorf("%s: %+v", name, p.Errors)
		}
	}
	if n := w.rows("root_state WHERE process = 'leave'"); n != 1 {
		t.Errorf("refused, and begun: %d", n)
	}
	b := w.begins("zhou-min", wire.BeginRequest{Data: with(own.ID)})
	chief, ok := w.openTask("he-guangming", b.Key, "chief")
	if !ok {
		t.Fatal("no task of the leader")
	}
	w.operate("he-guangming", chief, "disagree", wire.OperationRequest{Opinion: "改期"}).want(200, "")
	mend := w.taskOf("zhou-min", "mend")
	w.operate("zhou-min", mend, "complete", wire.OperationRequest{Data: with(used.ID)}).want(422, "invalid-data")
	w.operate("zhou-min", mend, "complete", wire.OperationRequest{Data: with(own.ID)}).want(200, "")
}

// Whom a model names as owner of its cases operates them: their page, a variable, trying again. What the platform itself wrote is not
// for him to change, nor for whoever publishes a message.
func TestOwnerOperatesHisCases(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.deploy("owned", func(s string) string {
		s = strings.Replace(s, `start="APPLY_CLERK"`, `start="APPLY_CLERK" owner="OFFICE@DP34"`, 1)
		return strings.Replace(s, `tFormalExpression">=approved<`, `tFormalExpression">=approved and budget &gt; 5<`, 1)
	}, "begin.bpmn", "begin.form")
	b := w.begins("zhou-min", wire.BeginRequest{Data: trip})
	w.operate("he-guangming", w.taskOf("he-guangming", "chief"), "agree", wire.OperationRequest{}).want(200, "")
	at := "/api/v1/instances/" + b.Key
	var o wire.CaseOperation
	w.do("ding-wenshu", "GET", at+"/operation", nil).want(200, "").into(&o)
	if !o.MayRepair || len(o.Incidents) != 1 || !o.Incidents[0].MayRetry || len(o.Incidents[0].Missing) != 1 ||
		o.Incidents[0].Missing[0] != "budget" || o.Incidents[0].Cause != "条件算不出是或否" {
		t.Fatalf("the owner's page: %+v", o)
	}
	w.do("zhou-min", "GET", at+"/operation", nil).want(403, "forbidden") // began it, does not govern it
	w.do("fang-lei", "GET", at+"/operation", nil).want(404, "not-found")
	retry := "/api/v1/incidents/" + o.Incidents[0].Key + "/retry"
	w.do("zhou-min", "POST", retry, wire.Reason{Reason: because}).want(403, "forbidden")
	w.do("fang-lei", "POST", retry, wire.Reason{Reason: because}).want(404, "not-found")
	if body := string(w.do("kang-xitong", "GET", "/api/v1/incidents", nil).want(200, "").body); strings.Contains(body, "budget") {
		t.Errorf("the administrator reads content: %s", body)
	}
	set := func(vars map[string]any) wire.Repair {
		return wire.Repair{Scope: b.Key, Variables: vars, Reason: because}
	}
	for _, vars := range []map[string]any{{"initiator": "lin-juzhang"}, {"deptId": "DP34"}, {"businessKey": "x"}, {"": 1}, {"a b": 1},
		{strings.Repeat("x", 121): 1}, {"1": 1}} {
		w.do("ding-wenshu", "POST", at+"/variables/preview", set(vars)).want(422, "invalid-data")
		w.do("ding-wenshu", "POST", at+"/variables", set(vars)).want(422, "invalid-data")
		w.do("zhou-min", "POST", "/api/v1/messages", wire.MessageRequest{Name: "leave.slip", CorrelationKey: b.Matter, Variables: vars}).
			want(422, "invalid-data")
	}
	repair := set(map[string]any{"budget": 9})
	repair.Incident = o.Incidents[0].Key
	var f wire.Foretold
	w.do("ding-wenshu", "POST", at+"/variables/preview", repair).want(200, "").into(&f)
	if f.Stuck || len(f.Steps) < 2 {
		t.Errorf("foretold: %+v", f)
	}
	repair.Incident = ""
	w.do("ding-wenshu", "POST", at+"/variables", repair).want(200, "")
	w.do("ding-wenshu", "POST", retry, wire.Reason{Reason: because}).want(200, "")
	w.do("ding-wenshu", "POST", retry, wire.Reason{Reason: because}).want(404, "no-such-incident")
	w.do("zhou-min", "POST", "/api/v1/messages", wire.MessageRequest{Name: "leave.slip", CorrelationKey: b.Matter}).want(200, "")
	w.pump()
	w.do("ding-wenshu", "POST", at+"/variables", repair).want(409, "case-ended")
}

// Each reason for which the engine lets a case stand still has words.
func TestIncidentsHaveCauses(t *testing.T) {
	code := regexp.MustCompile(`(?:faultf|wrong|fault\{)\(?"([a-z-]+)"|whyEmptyBlock += "([a-z-]+)"`)
	files, err := filepath.Glob("../engine/*.go")
	found := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllStringSubmatch(string(raw), -1) {
			found[m[1]+m[2]] = true
		}
	}
	if err != nil || len(found) < 20 {
		t.Fatalf("%d codes, %v", len(found), err)
	}
	for c := range found {
		if !texts.Has("incident." + c) {
			t.Errorf("texts have no incident.%s", c)
		}
	}
}

// What is too large is refused in words that reach who sent it: a browser that is cut off while it sends takes the line for down,
// and tries for ever.
func TestTooLargeIsAnsweredOverTheLine(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.leaves()
	server := httptest.NewServer(w.h)
	defer server.Close()
	line, err := net.Dial("tcp", server.Listener.Addr().String())
	w.must(err)
	defer func() { _ = line.Close() }()
	w.must(line.SetDeadline(time.Now().Add(time.Minute)))
	body := `{"data":{"where":"` + strings.Repeat("五", 5_000_000/3) + `"}}`
	_, err = fmt.Fprintf(line, "POST %s/drafts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIdempotency-Key: big\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", leave, w.signIn("zhou-min"), len(body), body)
	w.must(err)
	answer, err := http.ReadResponse(bufio.NewReader(line), nil)
	w.must(err)
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("answered %s", answer.Status)
	}
}
