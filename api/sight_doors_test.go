package api_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// doors are all addresses by which something of a project could be read: every route that gives, with what belongs to the project in
// its path, every list as a sheet, and the search for each word.
func (w *town) doors(code string, words []string) []string {
	w.t.Helper()
	of := func(query string) (out []string) {
		w.t.Helper()
		w.must(w.db.Read(ctx()).Raw(query, code).Scan(&out).Error)
		return out
	}
	roots := of("SELECT CAST(key AS TEXT) FROM root_state WHERE project = ?")
	tasks := of("SELECT CAST(key AS TEXT) FROM task WHERE project = ?")
	papers := of("SELECT id FROM document WHERE project = ?")
	events := of("SELECT DISTINCT event FROM task_act WHERE task IN (SELECT key FROM task WHERE project = ?) AND event <> ''")
	confirmations := of("SELECT id FROM confirmation WHERE project = ?")
	fill := map[string]map[string][]string{
		"{code}": {"": {code}}, "{event}": {"": events}, "{no}": {"": {"ZG-2026-001"}}, "{year}": {"": {"2026"}}, "{kind}": {"": {"project"}},
		"{key}": {"/tasks/": tasks, "/instances/": roots},
		"{id}": {
			"/documents/": papers, "/files/": papers, "/checks/": {code}, "/confirmations/": confirmations, "/registers/": {"projects"},
		},
		"{point}": {"": {"application", "intake", "review", "sheet"}}, "{figure}": {"": {"declared_total", "cut_total"}},
	}
	var out []string
	for _, r := range api.RouteTable() {
		if r[0] != "GET" || r[1] == "/api/v1/events" || r[1] == "/api/v1/exports/{list}" || strings.HasPrefix(r[1], "/fake/") {
			continue // a stream has a test of its own
		}
		paths := []string{r[1]}
		for name, by := range fill {
			for where, values := range by {
				var next []string
				for _, path := range paths {
					if !strings.Contains(path, name) || !strings.Contains(path, where) {
						next = append(next, path)
						continue
					}
					for _, v := range values {
						next = append(next, strings.Replace(path, name, v, 1))
					}
				}
				paths = next
			}
		}
		for _, path := range paths {
			out = append(out, placeholders.Replace(path))
		}
	}
	for _, scope := range []string{"mine", "claimable", "open", "done", "cc"} {
		out = append(out, "/api/v1/tasks?scope="+scope, "/api/v1/exports/tasks?scope="+scope)
	}
	for _, list := range api.ExportNames() {
		out = append(out, "/api/v1/exports/"+list, "/api/v1/exports/"+list+"?project="+code)
	}
	for _, word := range words {
		out = append(out, "/api/v1/search?q="+url.QueryEscape(word), "/api/v1/projects?q="+url.QueryEscape(word))
	}
	return append(out, "/api/v1/search?q="+code, "/api/v1/audit?project="+code)
}

// said is what an answer says, with what is packed in it.
func said(raw []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return raw
	}
	var out bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			continue
		}
		_, _ = io.Copy(&out, r)
		_ = r.Close()
	}
	return out.Bytes()
}

// TestEveryDoor plants a word in each part of a project and calls every address as a person of each class: the word is read by whom
// the table lets read the part, and by nobody else, at whatever door (domain: access.md §2.5, S2).
func TestEveryDoor(t *testing.T) {
	if testing.Short() {
		t.Skip("calls every address as everybody")
	}
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	p := w.submitted()
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		if err := tx.Exec("UPDATE budget_line SET spec = ? WHERE project = ?", needles["lines.declared"], p.Code).Error; err != nil {
			return err
		}
		return tx.Exec("UPDATE project SET form = json_set(form, '$.situation', ?) WHERE code = ?", needles["need"], p.Code).Error
	}))
	w.operate("he-guangming", w.taskOf("he-guangming", "p1_leader"), "agree", wire.OperationRequest{}).want(200, "")
	w.operate("chen-shouli", w.taskOf("chen-shouli", "p2_check"), "complete", wire.OperationRequest{
		Opinion: needles["internal"], Data: map[string]any{"decision": "accept", "checklist": checkItems()},
	}).want(200, "")
	w.operate("li-xin", w.taskOf("li-xin", "p3_pre"), "complete", wire.OperationRequest{
		Opinion: needles["prereview"], Data: map[string]any{"comment": "技术路线可行，建议复用已有能力"},
	}).want(200, "")
	w.opinions(w.draw())
	lines := []any{
		map[string]any{"lineNo": 1, "reviewed": "1000000.00", "reason": "PRICE", "basis": needles["sheet.reason"]},
		map[string]any{"lineNo": 2, "reviewed": "246150.00"},
	}
	w.operate("li-xin", w.taskOf("li-xin", "p4_sheet"), "complete",
		wire.OperationRequest{Opinion: needles["sheet.a"], Data: map[string]any{"lines": lines}}).want(200, "")
	// who may read each word while B has still to enter his figures
	w.behind(p.Code, map[string]string{
		"need": "AP RA RB BH BU CL AU", "lines.declared": "AP RA RB BH BU CL AU FI", "internal": "RA BH BU AU",
		"prereview": "RA BH BU AU", "sheet.a": "RA", "sheet.reason": "RA",
	})
	w.operate("wang-ke", w.taskOf("wang-ke", "p4_cross"), "complete", wire.OperationRequest{Data: map[string]any{"lines": []any{
		map[string]any{"lineNo": 1, "reviewed": "1000000.00", "comment": "按市场价"}, map[string]any{"lineNo": 2, "reviewed": "246150.00"},
	}}}).want(200, "")
	// and when he has, and the draft is with the applying unit
	w.behind(p.Code, map[string]string{
		"need": "AP RA RB BH BU CL AU", "lines.declared": "AP RA RB BH BU CL AU FI", "internal": "RA RB BH BU AU",
		"prereview": "RA RB BH BU AU", "sheet.a": "RA RB BH AU", "sheet.reason": "AP RA RB BH BU CL AU FI",
	})
}

// behind calls all doors of a project as everybody and holds who reads what.
func (w *town) behind(code string, may map[string]string) {
	w.t.Helper()
	var words []string
	for part := range may {
		words = append(words, needles[part])
	}
	doors := w.doors(code, words)
	opened, read := 0, map[string]bool{}
	for class, person := range watchers {
		for _, door := range doors {
			a := w.do(person, "GET", door, nil)
			if a.status == 200 {
				opened++
			}
			text := said(a.body)
			if strings.HasPrefix(door, "/api/v1/search?") { // what was asked is told again
				_, text, _ = bytes.Cut(text, []byte(`"groups":`))
			}
			for part, classes := range may {
				at := bytes.Index(text, []byte(needles[part]))
				if at >= 0 {
					read[part+" "+class] = true
				}
				if at >= 0 && !slices.Contains(strings.Fields(classes), class) {
					w.t.Errorf("%s (%s) reads %s at %s: …%s", class, person, part, door, text[max(0, at-60):min(len(text), at+40)])
				}
			}
		}
	}
	if opened < len(doors) {
		w.t.Errorf("only %d of %d doors have opened for anybody", opened, len(doors)*len(watchers))
	}
	for part, classes := range may {
		for class := range strings.FieldsSeq(classes) {
			if !read[part+" "+class] {
				w.t.Errorf("%s reads %s nowhere", class, part)
			}
		}
	}
}
