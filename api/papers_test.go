package api_test

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/trust"
)

// press issues papers of a project by their templates' samples, as somebody, a minute after each other.
type press struct {
	*town
	code string
	at   time.Time
}

// printing is a town whose papers are signed by a key of the house, with a project that has been submitted.
func printing(t *testing.T) *press {
	t.Helper()
	db := modelstest.Open(t, modelstest.SQLite(t))
	shelf, err := papers.Load("")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Use(&papers.Desk{Shelf: shelf, Signer: trust.New(noon.Add(-time.Hour))}); err != nil {
		t.Fatal(err)
	}
	w := newTown(t, db)
	p := w.submitted()
	return &press{town: w, code: p.Code, at: noon}
}

func (w *press) tx(f func(tx *gorm.DB) error) {
	w.t.Helper()
	if err := w.db.Tx(context.Background(), f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *press) issue(person, kind string) (d papers.Document) {
	w.t.Helper()
	w.at = w.at.Add(time.Minute)
	w.tx(func(tx *gorm.DB) (err error) {
		shelf, err := papers.ShelfOf(tx)
		if err != nil {
			return err
		}
		tmpl, _ := shelf.Kind(kind)
		d, err = papers.Issue(tx, models.Acting{Person: person, At: w.at.UTC()}, kind, w.code, tmpl.Name.Zh, tmpl.Sample())
		return err
	})
	return d
}

// get asks without the contract's check of the answer: pages and files are no JSON.
func (w *press) get(path, accept string) (int, string) {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", accept)
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

// A paper is downloaded in its formats by who may read it, the same bytes again; nobody else learns that it is there.
func TestPaperIsDownloaded(t *testing.T) {
	w := printing(t)
	d := w.issue(models.System, "acceptance_notice")
	at := "/api/v1/documents/" + d.ID
	var shown wire.Paper
	w.do("zhou-min", "GET", at, nil).want(200, "").into(&shown)
	if shown.Number != string(d.DocNo) || shown.Signature != "valid" || shown.Digest != d.DocDigest || shown.MayVoid ||
		shown.Verify != "/verify/"+d.VerifyToken {
		t.Errorf("the applicant is shown %+v", shown)
	}
	for format, begins := range map[string]string{"html": "<!doctype html>", "pdf": "%PDF-", "docx": "PK"} {
		first := w.do("zhou-min", "GET", at+"?format="+format, nil).want(200, "")
		again := w.do("zhao-kezhang", "GET", at+"?format="+format, nil).want(200, "")
		if !strings.HasPrefix(strings.ToLower(string(first.body[:min(20, len(first.body))])), strings.ToLower(begins)) ||
			string(first.body) != string(again.body) {
			t.Errorf("%s begins %q, or is other bytes at the second time", format, first.body[:min(20, len(first.body))])
		}
		if first.header.Get("ETag") == "" || first.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", format, first.header)
		}
	}
	for _, c := range []struct {
		who, path string
		status    int
		code      string
	}{
		{"zhou-min", at + "?format=ofd", 422, "paper-ofd-reserved"},
		{"zhou-min", at + "?format=exe", 422, ""},
		{"zhou-min", "/api/v1/documents/999999", 404, "not-found"},
		{"stranger", at, 404, "not-found"}, // of another unit
		{"stranger", at + "?format=pdf", 404, "not-found"},
		{"", at, 401, ""},
	} {
		if c.who == "stranger" {
			w.seat("stranger", "APPLY_CLERK@DP01")
		}
		if c.who == "" {
			if status, _ := w.get(c.path, "application/json"); status != c.status {
				t.Errorf("%s without a session: %d", c.path, status)
			}
			continue
		}
		w.do(c.who, "GET", c.path, nil).want(c.status, c.code)
	}
}

// A paper becomes void by two heads: number and text stay, marked, and everybody who verifies it is told.
func TestPaperIsVoid(t *testing.T) {
	w := printing(t)
	d, next := w.issue(models.System, "acceptance_notice"), w.issue(models.System, "acceptance_notice")
	other := w.issue(models.System, "supplement_notice")
	at := "/api/v1/documents/" + d.ID + "/void"
	reason := "受理日期登记有误，改发新件"
	ask := wire.VoidRequest{Reason: reason, ReplacedBy: next.ID}
	var asked, void wire.Paper
	w.do("zhou-min", "POST", at, ask).want(403, "forbidden")
	w.do("zhao-kezhang", "POST", at, wire.VoidRequest{Reason: reason, Confirm: true}).want(422, "paper-void-unasked")
	w.do("zhao-kezhang", "POST", at, wire.VoidRequest{Reason: "有误"}).want(422, "invalid-data")
	w.do("zhao-kezhang", "POST", at, wire.VoidRequest{Reason: reason, ReplacedBy: other.ID}).want(422, "invalid-data")
	w.do("zhao-kezhang", "POST", at, ask).want(200, "").into(&asked)
	if asked.Void != nil || asked.Asked == nil || asked.Asked.Number != string(next.DocNo) {
		t.Errorf("asked: %+v", asked)
	}
	w.verified(d, "有效")
	w.do("zhao-kezhang", "POST", at, wire.VoidRequest{Reason: reason, Confirm: true}).want(422, "paper-void-second")
	w.seat("second", "BUREAU_DEPUTY@DP34")
	w.do("second", "POST", at, wire.VoidRequest{Reason: reason, Confirm: true}).want(200, "").into(&void)
	if void.Void == nil || void.Number != string(d.DocNo) || void.Void.AskedBy == nil || void.Void.AskedBy.ID != "zhao-kezhang" ||
		void.Digest != d.DocDigest || void.MayVoid {
		t.Errorf("void: %+v", void)
	}
	w.do("zhao-kezhang", "POST", at, ask).want(422, "paper-void-already")
	w.do("second", "POST", at, wire.VoidRequest{Reason: reason, Confirm: true}).want(422, "paper-void-already")
	if html := string(w.do("zhou-min", "GET", "/api/v1/documents/"+d.ID+"?format=html", nil).want(200, "").body); !strings.Contains(
		html, `class="void">作废`,
	) ||
		!strings.Contains(html, string(d.DocNo)) {
		t.Error("the void paper is not marked, or has lost its number")
	}
	w.verified(d, "作废")
	w.verified(next, "有效")
	if n := w.issue(models.System, "acceptance_notice"); n.Seq != next.Seq+1 {
		t.Errorf("after a void one comes %s", n.DocNo)
	}
	var verdict wire.AuditVerdict
	w.do("ji-shenji", "GET", "/api/v1/audit/verify", nil).want(200, "").into(&verdict)
	if !verdict.Intact {
		t.Errorf("audit: %+v", verdict)
	}
}

// verified asks for a paper as the public does, on the page and beside it.
func (w *press) verified(d papers.Document, state string) {
	w.t.Helper()
	for _, path := range []string{"/api/v1/verify/", "/verify/"} {
		status, body := w.get(path+d.VerifyToken, "application/json")
		if status != 200 || !strings.Contains(body, `"`+state+`"`) || !strings.Contains(body, string(d.DocNo)) {
			w.t.Errorf("%s of %s: %d %s", path, d.DocNo, status, body)
		}
		if strings.Contains(body, "停车") {
			w.t.Errorf("the public reads what the paper says: %s", body)
		}
	}
	if status, page := w.get("/verify/"+d.VerifyToken, "text/html"); status != 200 || !strings.Contains(page, state) && state != "有效" {
		w.t.Errorf("page of %s: %d", d.DocNo, status)
	}
}

// Whoever alters a paper in the books is found out; a token that nobody has issued names nothing.
func TestPaperIsVerified(t *testing.T) {
	w := printing(t)
	d := w.issue(models.System, "acceptance_notice")
	w.verified(d, "有效")
	for _, token := range []string{"", "AAAAAAAAAAAAAAAAAAAA", strings.ToLower(d.VerifyToken), d.VerifyToken[:19], "%00", "'%20OR%201=1"} {
		if status, body := w.get("/api/v1/verify/"+token, "application/json"); status != 404 {
			t.Errorf("token %q: %d %s", token, status, body)
		}
	}
	if status, page := w.get("/verify/AAAAAAAAAAAAAAAAAAAA", "text/html"); status != 404 || !strings.Contains(page, "查不到") {
		t.Errorf("a page of nothing: %d", status)
	}
	for name, alter := range map[string]map[string]any{
		"the text": {"tree": strings.Replace(d.Tree, "受理", "不受理", 1)},
		"text and digest": {"tree": strings.Replace(d.Tree, "受理", "不受理", 1),
			"doc_digest": digestOf(strings.Replace(d.Tree, "受理", "不受理", 1))},
		"the signature":                {"signature": append([]byte{d.Signature[0] ^ 1}, d.Signature[1:]...)},
		"the signature, as it was not": {"signature": []byte("x")},
	} {
		w.tx(func(tx *gorm.DB) error {
			return tx.Model(&papers.Document{}).Where("id = ?", d.ID).Updates(alter).Error
		})
		w.verified(d, "存疑")
		var shown wire.Paper
		w.do("zhao-kezhang", "GET", "/api/v1/documents/"+d.ID, nil).want(200, "").into(&shown)
		if shown.Signature != "invalid" {
			t.Errorf("%s is altered, and the signature is %s", name, shown.Signature)
		}
		w.tx(func(tx *gorm.DB) error {
			return tx.Model(&papers.Document{}).
				Where("id = ?", d.ID).
				Updates(map[string]any{"tree": d.Tree, "doc_digest": d.DocDigest, "signature": d.Signature}).
				Error
		})
	}
	w.verified(d, "有效")
}

// Sealed papers and those with figures are seen by whom, and from when, access.md says:
// in the list, in the timeline and when they are asked for.
func TestPaperSight(t *testing.T) {
	w := printing(t)
	for person, post := range map[string]string{
		"clerk": "APPLY_CLERK@DP18", "chief": "BUREAU_CHIEF@DP34", "idle": "BUREAU_REVIEW_A@DP34", "ra": "BUREAU_REVIEW_A@DP34",
		"rb":       "BUREAU_REVIEW_B@DP34",
		"operator": "DRAW_OPERATOR@DP34", "finance": "FINANCE_LIAISON@DP07", "buyer": "PROCUREMENT_LIAISON@DP08",
		"leader": "COUNTY_LEADER@DP00", "auditor": "AUDITOR@DP09",
		"e1": "EXPERT@EX00", "e2": "EXPERT@EX00", "e3": "EXPERT@EX00",
	} {
		w.seat(person, post)
	}
	meeting := noon.Add(48 * time.Hour)
	w.tx(func(tx *gorm.DB) error {
		rows := []any{
			&books.Record{
				Project: w.code, Kind: "review.pre", Data: models.JSON("{}"), Actor: "ra", At: noon.UTC(),
				BusinessDate: models.DateOf(noon),
			},
			&books.Review{Project: w.code, Cycle: 1},
			&books.ExpertDraw{
				DrawNo: "CQ-2026-900", Project: w.code, Cycle: 1, Seed: "00",
				Criteria: models.JSONOf(map[string]any{"meetingAt": meeting.Format(time.RFC3339)}), Pool: models.JSON(`["e1","e2","e3"]`),
				At: noon.UTC(), Actor: "operator",
			},
			&books.ExpertSeat{Project: w.code, Cycle: 1, PersonID: "e1", DrawNo: "CQ-2026-900", State: books.SeatSigned},
			&books.ExpertSeat{Project: w.code, Cycle: 1, PersonID: "e2", DrawNo: "CQ-2026-900", State: books.SeatAccepted},
			&books.ExpertSeat{Project: w.code, Cycle: 1, PersonID: "e3", DrawNo: "CQ-2026-900", State: books.SeatVoid},
		}
		for _, r := range rows {
			if err := tx.Create(r).Error; err != nil {
				return err
			}
		}
		return nil
	})
	everybody := []string{"clerk", "chief", "idle", "ra", "rb", "operator", "finance", "buyer", "leader", "auditor", "e1", "e2", "e3"}
	see := func(when string, d papers.Document, who ...string) {
		t.Helper()
		for _, person := range everybody {
			want := false
			for _, x := range who {
				want = want || x == person
			}
			w.seen(when, person, d, want)
		}
	}
	draw := w.issue("operator", "draw_record")
	pledge := w.issue("e1", "avoidance_pledge")
	opinion := w.issue("e1", "expert_opinion")
	see("drawn", draw)
	see("drawn", pledge, "e1")
	see("one opinion", opinion, "e1")
	w.pass(49 * time.Hour)
	see("the meeting", draw, "clerk", "ra", "chief", "auditor", "e1", "e2")
	w.tx(func(tx *gorm.DB) error {
		return tx.Model(&books.ExpertSeat{}).Where("person_id = ?", "e2").Update("state", books.SeatSigned).Error
	})
	see("all opinions", opinion, "e1", "e2")
	group := w.issue("e1", "group_opinion")
	see("concluded", opinion, "e1", "e2", "ra", "chief", "auditor")
	see("concluded", pledge, "e1", "chief", "auditor")
	see("concluded", group, "chief", "idle", "ra", "rb", "operator", "auditor", "e1", "e2")
	var shown wire.Paper
	if w.do("ra", "GET", "/api/v1/documents/"+opinion.ID, nil).want(200, "").into(&shown); shown.By != nil {
		t.Errorf("reviewer A learns that the opinion is %s's", shown.By.ID)
	}
	if w.do("chief", "GET", "/api/v1/documents/"+opinion.ID, nil).want(200, "").into(&shown); shown.By == nil || shown.By.ID != "e1" {
		t.Errorf("the chief does not learn whose opinion it is: %+v", shown.By)
	}
	consult := w.issue("chief", "trim_consultation")
	see("sent", consult, "clerk", "chief", "idle", "ra", "rb", "operator", "finance", "leader", "auditor")
	see("sent", group, "clerk", "chief", "idle", "ra", "rb", "operator", "auditor", "e1", "e2")
	see("sent", opinion, "e1", "e2", "ra", "chief", "auditor")
	w.tx(func(tx *gorm.DB) error { // another round: reviewer B has to enter figures of his own again
		t := process.Task{
			Key: 900001, Root: 900001, Project: w.code, Command: "trimming.cross", State: "open", Detail: models.JSON("{}"),
			CreatedAt: w.at,
		}
		if err := tx.Create(&t).Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO task_candidate (principal, due, key) VALUES (?, 0, ?)", "BUREAU_REVIEW_B@DP34", t.Key).Error
	})
	see("cross-check", consult, "clerk", "chief", "idle", "ra", "operator", "finance", "leader", "auditor")
	see("cross-check", opinion, "e1", "e2", "ra", "chief", "auditor")
	w.tx(func(tx *gorm.DB) error {
		s := books.Sheet{
			Project: w.code, Round: 1, Kind: books.SheetB, Actor: "rb", At: w.at.UTC().Add(time.Second), BusinessDate: models.DateOf(w.at),
		}
		return tx.Create(&s).Error
	})
	see("what he saw stays seen", consult, "clerk", "chief", "idle", "ra", "rb", "operator", "finance", "leader", "auditor")
	see("what is sent is his too", opinion, "e1", "e2", "ra", "rb", "chief", "auditor")
	again := w.issue("chief", "trim_consultation")
	see("a new round", again, "clerk", "chief", "idle", "ra", "operator", "finance", "leader", "auditor")
	w.tx(func(tx *gorm.DB) error { return tx.Exec("DELETE FROM task_candidate WHERE key = 900001").Error })
	final := w.issue("chief", "review_opinion")
	see("issued", group, "clerk", "chief", "idle", "ra", "rb", "operator", "leader", "auditor", "e1", "e2")
	see("issued", final, "clerk", "chief", "idle", "ra", "rb", "operator", "finance", "leader", "auditor")
	sheet := w.issue("chief", "approval_sheet")
	see("approved", sheet, "chief", "ra", "leader", "auditor")
}

// seen checks that a person sees a paper everywhere, or nowhere.
func (w *press) seen(when, person string, d papers.Document, want bool) {
	w.t.Helper()
	project := w.do(person, "GET", "/api/v1/projects/"+w.code+"/documents", nil)
	if project.status != 200 {
		if want {
			w.t.Errorf("%s: %s does not see the project", when, person)
		}
		w.do(person, "GET", "/api/v1/documents/"+d.ID, nil).want(404, "not-found")
		return
	}
	var list wire.Documents
	project.into(&list)
	listed := false
	for _, x := range list.Items {
		listed = listed || x.ID == d.ID
	}
	told := false
	for cursor := ""; ; {
		var page wire.TimelinePage
		w.do(person, "GET", "/api/v1/projects/"+w.code+"/timeline?limit=200"+cursor, nil).want(200, "").into(&page)
		for _, e := range page.Items {
			told = told || e.ID == "document-"+d.ID
		}
		if page.Next == "" {
			break
		}
		cursor = "&cursor=" + page.Next
	}
	got := w.do(person, "GET", "/api/v1/documents/"+d.ID, nil)
	if listed != want || told != want || (got.status == 200) != want || !want && got.status != 404 {
		w.t.Errorf(
			"%s: %s sees %s: %v; listed %v, in the timeline %v, asked for %s", when, person, d.Template, want, listed, told,
			strconv.Itoa(got.status),
		)
	}
}

// digestOf is the digest that a tree would have.
func digestOf(tree string) string {
	sum := sm3.Sum([]byte(tree))
	return hex.EncodeToString(sum[:])
}
