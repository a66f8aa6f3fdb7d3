package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/process"
	inlife "github.com/quancheng/quancheng/models/running"
)

// inMidLife is a workbook with one project of each stage, of the county's thirty.
func inMidLife(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("../models/running/testdata/county.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string][]map[string]string
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	refs, contracts, seen := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range all["project"] {
		if !seen[p["entry"]] {
			seen[p["entry"]], refs[p["ref"]] = true, true
		}
	}
	for _, k := range all["contract"] {
		contracts[k["no"]] = refs[k["ref"]]
	}
	for key, rows := range all {
		all[key] = slices.DeleteFunc(rows, func(r map[string]string) bool {
			return r["ref"] != "" && !refs[r["ref"]] || r["ref"] == "" && !contracts[r["contract"]]
		})
	}
	var b bytes.Buffer
	if err := inlife.Write(&b, all); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook uploads projects that already run.
func (h *house) workbook(person string, raw []byte, fields map[string]string) answer {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "存量项目清单.xlsx")
	if err != nil {
		h.t.Fatal(err)
	}
	_, _ = part.Write(raw)
	for k, v := range fields {
		_ = w.WriteField(k, v)
	}
	_ = w.Close()
	r := httptest.NewRequestWithContext(ctx(), http.MethodPost, "/api/v1/running/imports", bytes.NewReader(body.Bytes()))
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+h.signIn(person))
	return h.send(r, body.Bytes())
}

// TestProjectsThatRunGoOn: asked by one, taken in by another, each project's tasks
// are those of its stage, and the one after its final acceptance is paid and archived.
func TestProjectsThatRunGoOn(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	raw := inMidLife(t)
	w.workbook("fang-lei", raw, nil).want(403, "forbidden")
	w.workbook("chen-shouli", []byte("no workbook"), nil).want(422, "running-not-xlsx")
	var look, asked, again wire.RunningPlan
	w.workbook("chen-shouli", raw, map[string]string{"dryRun": "true"}).want(200, "").into(&look)
	if look.OK+look.Heed != 6 || look.ID != "" || look.Refused != 0 {
		t.Fatalf("preview: %+v", look)
	}
	w.workbook("chen-shouli", raw, nil).want(202, "").into(&asked)
	path := "/api/v1/running/imports/" + asked.ID
	w.do("chen-shouli", "POST", path+"/decide", wire.Decision{Accept: true}).want(403, "forbidden")
	w.do("zhao-kezhang", "POST", path+"/decide", wire.Decision{Reason: "不"}).want(422, "invalid-data")
	var told wire.NotificationPage
	w.do("zhao-kezhang", "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	if len(told.Items) != 1 || told.Items[0].Subject.Kind != "running" || !strings.Contains(told.Items[0].Text, "存量项目清单.xlsx") {
		t.Errorf("told: %+v", told.Items)
	}
	var done wire.RunningPlan
	w.do("zhao-kezhang", "POST", path+"/decide", wire.Decision{Accept: true}).want(200, "").into(&done)
	w.do("zhao-kezhang", "POST", path+"/decide", wire.Decision{Accept: true}).want(409, "checked-already")
	if len(done.Taken) != 6 {
		t.Fatalf("taken: %+v", done)
	}
	w.workbook("chen-shouli", raw, nil).want(202, "").into(&again)
	if again.ID != asked.ID || again.State != "accepted" || again.Same != 6 {
		t.Errorf("again: %+v", again)
	}
	w.pump()
	want := map[string]string{
		"contract": "p10_request p8_kickoff", "building": "p10_request p10_request p8_report", "operating": "",
		"trial":      "p10_request p9_archive_pre p9_catalogue p9_materials p9_tests p9_trial",
		"acceptance": "p10_request p9_archive_pre p9_catalogue p9_materials p9_tests", "final": "p10_request",
	}
	codes := map[string]string{}
	for _, p := range done.Taken {
		codes[p.Entry] = p.Project
		if got := w.openElements(p.Project); got != want[p.Entry] {
			t.Errorf("%s: open are %q, want %q", p.Entry, got, want[p.Entry])
		}
		var page wire.Project
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Project, nil).want(200, "").into(&page)
		if !page.Backfilled {
			t.Errorf("%s is not marked", p.Project)
		}
		w.do("zhao-kezhang", "GET", "/api/v1/projects/"+p.Project+"/packages", nil).want(200, "")
	}
	w.finalGoesOn(codes["final"])
	w.buildingGoesOn(codes["building"])
}

// openElements are the elements of a project's open tasks.
func (w *town) openElements(project string) string {
	w.t.Helper()
	var tasks []process.Task
	err := w.db.Read(ctx()).
		Where("state <> ? AND root IN (SELECT key FROM root_state WHERE project = ?)", process.TaskClosed, project).
		Find(&tasks).
		Error
	w.must(err)
	var out []string
	for _, t := range tasks {
		out = append(out, t.Element)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (w *town) taskIn(person, project, element string) wire.TaskSummary {
	w.t.Helper()
	var t process.Task
	err := w.db.Read(ctx()).
		Where("state <> ? AND element = ? AND root IN (SELECT key FROM root_state WHERE project = ?)",
			process.TaskClosed, element, project).
		Order("key").
		First(&t).
		Error
	w.must(err)
	var d wire.TaskDetail
	w.do(person, "GET", fmt.Sprintf("/api/v1/tasks/%d", t.Key), nil).want(200, "").into(&d)
	return d.TaskSummary
}

// finalGoesOn: the retention is asked for, once the warranty is over, and not more than it; another clerk verifies it.
func (w *town) finalGoesOn(project string) {
	w.t.Helper()
	var of wire.Project
	w.do("zhao-kezhang", "GET", "/api/v1/projects/"+project, nil).want(200, "").into(&of)
	const clerk, other = "zhou-min", "tang-yue"
	for _, person := range []string{clerk, other} {
		w.appoint(person, "APPLY_CLERK", of.Dept)
		delete(w.tokens, person)
	}
	ask := w.taskIn(clerk, project, "p10_request")
	in := map[string]any{
		"term": "质保金", "amount": "94200.01", "invoiceNo": "FP-LAST", "taxCode": "91341700MA00DEM00W", "payee": "示例承建单位", "comment": "质保期满",
	}
	w.operate(clerk, ask, "complete", wire.OperationRequest{Data: in}).want(422, "")
	in["amount"] = "94200.00"
	w.operate(clerk, ask, "complete", wire.OperationRequest{Data: in}).want(200, "")
	verify := w.taskIn("zhao-kezhang", project, "p10_verify")
	w.operate(clerk, verify, "agree", wire.OperationRequest{}).want(403, "not-your-task") // who asks does not verify (access.md §9, 33)
	w.operate(other, verify, "agree", wire.OperationRequest{}).want(200, "")
	if got := w.openElements(project); got != "p10_verify" {
		w.t.Errorf("open are %q", got)
	}
}

// buildingGoesOn: the open milestone is reported, and only that.
func (w *town) buildingGoesOn(project string) {
	w.t.Helper()
	report := w.taskIn("cheng-jian", project, "p8_report")
	in := map[string]any{"percent": 60, "period": "2026-11", "evidence": []any{}, "comment": "接着报进度"}
	w.operate("cheng-jian", report, "complete", wire.OperationRequest{Data: in}).want(422, "") // without evidence
}
