package commands_test

import (
	"context"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
)

// papersOf are the numbered papers of a finding by kind, the last of each.
func (d *desk) papersOf(no string) (map[string]papers.Document, int) {
	d.t.Helper()
	var docs []papers.Document
	if err := d.db.Read(context.Background()).Where("rectification = ? AND template <> ''", no).Order("created_at, id").Find(&docs).Error; err != nil {
		d.t.Fatal(err)
	}
	out := map[string]papers.Document{}
	for _, doc := range docs {
		out[doc.Template] = doc
	}
	return out, len(docs)
}

// The plan in force, the call to an interview and the letter to the superior are papers with numbers,
// and belong to the finding.
func TestPapersOfARectification(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		no := d.issue("两个窗口互相推诿", "", "DP18")
		owner, director, chief := "RECT_OWNER@DP18", "BUREAU_DIRECTOR@DP34", "BUREAU_CHIEF@DP34"
		d.run(owner, "rectification.respond", `{"stance":"accept","rootCause":"SYS","why":"系统之间没有接口"}`)
		d.run(owner, "rectification.measures",
			`{"measures":[{"text":"合并窗口","owner":"甲","due":"2026-12-04"},{"text":"建立会商制度","kind":"preventive","owner":"乙","due":"2026-12-18"}]}`)
		if _, n := d.papersOf(no); n != 1 {
			t.Errorf("%d papers before the plan is approved, want the notice", n)
		}
		d.system("rectification.approve")
		made, _ := d.papersOf(no)
		plan := made["rectification_plan"]
		text := said(t, plan)
		for _, want := range []string{"合并窗口 | 甲 | 2026年12月4日", "预防措施", "建立会商制度", "系统之间没有接口"} {
			if !strings.Contains(text, want) {
				t.Errorf("the plan does not say %q: %s", want, text)
			}
		}
		if string(plan.DocNo) != no+"/FA-1" {
			t.Errorf("the plan's number is %s", plan.DocNo)
		}

		for data, want := range map[string]string{
			`{"act":"call"}`: "invalid-data; /interviewOn: date-format; /place: required",
			`{"act":"call","interviewOn":"2026-11-01","place":"局会议室"}`:           "invalid-data; /interviewOn: due-in-past",
			`{"act":"held","heldOn":"2027-01-01","with":"丙","comment":"当面说明原因"}`: "invalid-data; /heldOn: date-in-future",
		} {
			if got := d.refused(director, "rectification.summon", data); got != want {
				t.Errorf("%s: %s", data, got)
			}
		}
		if r := d.run(director, "rectification.summon", `{"act":"call","interviewOn":"2026-11-26","place":"局三楼会议室"}`); r["interviewState"] != "called" {
			t.Errorf("called: %v", r)
		}
		r := d.run(director, "rectification.summon", `{"heldOn":"2026-11-24","with":"丙","comment":"当面说明原因，限期改正"}`)
		if r["interviewState"] != "held" || r["rectState"] != books.RectReturned {
			t.Errorf("held: %v", r)
		}
		made, n := d.papersOf(no)
		if text := said(t, made["interview_notice"]); n != 3 || !strings.Contains(text, "请于2026年11月26日到局三楼会议室接受约谈") ||
			made["interview_notice"].Series != "约" || made["interview_notice"].Seq != 1 {
			t.Errorf("%d papers, the notice %s says %s", n, made["interview_notice"].DocNo, text)
		}

		d.letters(no, chief)
	})
}

// letters: without a number a letter goes out and gives its own; with one nothing does.
func (d *desk) letters(no, chief string) {
	d.t.Helper()
	got := d.refused(chief, "rectification.referral", `{"toOrg":"","contact":"丁","workaround":"限流","replyDue":"2026-11-01"}`)
	if got != "invalid-data; /replyDue: due-in-past; /toOrg: required" && got != "invalid-data; /toOrg: required; /replyDue: due-in-past" {
		d.t.Error(got)
	}
	d.run(chief, "rectification.referral", `{"toOrg":"省数据资源管理局","system":"省统一受理平台","facts":"不支持电子证照核验。",
		"asked":"开放核验接口","replyDue":"2026-12-31","contact":"业务处","workaround":"设专窗代为核验"}`)
	made, n := d.papersOf(no)
	letter := made["referral_letter"]
	text := said(d.t, letter)
	for _, want := range []string{
		"省数据资源管理局：", "发现省统一受理平台存在以下问题：不支持电子证照核验。", "恳请开放核验接口，并于2026年12月31日前函复。", "设专窗代为核验",
	} {
		if !strings.Contains(text, want) {
			d.t.Errorf("the letter does not say %q: %s", want, text)
		}
	}
	r, err := books.FindRectification(d.db.Read(context.Background()), no)
	if err != nil || r.LetterNo != string(letter.DocNo) || !strings.Contains(r.LetterNo, "函〔2026〕1号") || r.State != books.RectReferredUp {
		d.t.Errorf("the finding is at %s with the letter %s of %s, %v", r.State, r.LetterNo, letter.DocNo, err)
	}
	other := d.issue("省级平台打不开", "", "DP18")
	d.run(chief, "rectification.referral", `{"toOrg":"省局","letterNo":"工单 77","contact":"丁","workaround":"限流"}`)
	if made, _ := d.papersOf(other); made["referral_letter"].ID != "" {
		d.t.Error("a letter goes out although a ticket has gone already")
	}
	if _, again := d.papersOf(no); again != n {
		d.t.Errorf("%d papers of the first, %d before", again, n)
	}
}
