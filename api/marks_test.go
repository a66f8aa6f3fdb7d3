package api_test

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestEveryExportIsMarked: what leaves the house as a list or as a report that was not issued says whose copy it is. Papers, files and
// archives leave with the bytes that their digests and seals stand for; who took them is in the audit.
func TestEveryExportIsMarked(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.submitted()
	of := func(role string) (person string) {
		w.must(w.db.Read(ctx()).Raw("SELECT min(person_id) FROM post WHERE id LIKE ?", role+"@%").Scan(&person).Error)
		return person
	}
	chief, sys, auditor := of("BUREAU_CHIEF"), of("SYS_ADMIN"), of("AUDIT_ADMIN")
	half := "/api/v1/reports/half-year/paper?from=2022-01-01&to=2022-06-30&format="
	type export struct{ route, person, path string }
	all := []export{
		{"/api/v1/audit/export", auditor, "/api/v1/audit/export?reason=quarterly-check"},
		{"/api/v1/stuck-cases/export", chief, "/api/v1/stuck-cases/export"},
		{"/api/v1/service-items/export", chief, "/api/v1/service-items/export"},
		{"/api/v1/organisation/export", sys, "/api/v1/organisation/export"},
		{"", chief, half + "html"}, {"", chief, half + "docx"},
	}
	for _, list := range []string{"projects", "tasks"} {
		all = append(all, export{"/api/v1/exports/{list}", chief, "/api/v1/exports/" + list})
	}
	for _, e := range all {
		a := w.do(e.person, "GET", e.path, nil).want(200, "")
		var who wire.Me
		w.do(e.person, "GET", "/api/v1/me", nil).want(200, "").into(&who)
		if text := unpacked(t, a.body); !strings.Contains(text, who.Person.Name) || !strings.Contains(text, "导出") {
			t.Errorf("%s does not say that it is %s's copy", e.path, who.Person.Name)
		}
	}
	elsewhere := "/api/v1/registers/{id}/export" // TestASheetIsPreviewedAndTaken has one
	for _, r := range api.RouteTable() {
		if r[1] != elsewhere && (strings.HasSuffix(r[1], "/export") || strings.Contains(r[1], "/exports/")) {
			if !slices.ContainsFunc(all, func(e export) bool { return e.route == r[1] }) {
				t.Errorf("%s is not tried", r[1])
			}
		}
	}
}

// unpacked is the text of a file, and of what an archive holds.
func unpacked(t *testing.T, raw []byte) string {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return string(raw)
	}
	var b strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(part)
	}
	return b.String()
}

// TestNobodyIsNamedBeforeTheDraw: a preview of the draw says that experts follow, and names none: not to who draws, not to the head, not
// by chance either, as often as one looks. Who supervises the draw reads none when he is asked.
func TestNobodyIsNamedBeforeTheDraw(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.submitted()
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete", wire.OperationRequest{Data: map[string]any{
		"decision": "accept", "checklist": checkItems()}}).want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete",
		wire.OperationRequest{Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"}}).want(200, "")
	var experts []string
	of := "SELECT p.name FROM person p JOIN post o ON o.person_id = p.id WHERE o.id LIKE 'EXPERT%'"
	w.must(w.db.Read(ctx()).Raw(of).Scan(&experts).Error)
	if len(experts) < 5 {
		t.Fatalf("experts: %v", experts)
	}
	named := func(when string, body []byte) {
		for _, e := range experts {
			if strings.Contains(string(body), e) || strings.Contains(string(body), "expert-") {
				t.Errorf("%s: %s", when, body)
				return
			}
		}
	}
	task := w.taskOf("cao-chouqu", "p3_draw")
	draw := wire.OperationRequest{Operation: "complete", Version: task.Version, Data: map[string]any{"comment": "随机抽取", "number": "4820"}}
	for range 3 {
		a := w.do("cao-chouqu", "POST", "/api/v1/tasks/"+task.Key+"/preview", draw).want(200, "")
		named("a preview", a.body)
		var next wire.Consequences
		a.into(&next)
		if len(next.Possible)+len(next.Opens) == 0 {
			t.Errorf("a preview says nothing of what follows: %s", a.body)
		}
	}
	draw.Operation = ""
	var done wire.OperationResult
	a := w.do("cao-chouqu", "POST", "/api/v1/tasks/"+task.Key+"/complete", draw).want(202, "")
	named("asking for the second person", a.body)
	a.into(&done)
	named("what the second person is asked", w.do("xu-fazhi", "GET", "/api/v1/confirmations", nil).want(200, "").body)
	named("the task, while it waits", w.do("cao-chouqu", "GET", "/api/v1/tasks/"+task.Key, nil).want(200, "").body)
	confirmed := w.do("xu-fazhi", "POST", "/api/v1/confirmations/"+done.Confirmation, wire.Decision{Accept: true})
	named("its confirmation", confirmed.want(200, "").body)
}
