package api_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http/httptest"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/founding"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestMovingIn: an empty house is founded by its link, once; the list comes in by two halves.
func TestMovingIn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		var token string
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) { token, err = founding.NewLink(tx, h.clock()); return err })
		setup := func(token string, change func(map[string]any)) answer {
			var body map[string]any
			if err := json.Unmarshal(founding.Example(), &body); err != nil {
				t.Fatal(err)
			}
			for _, a := range []string{"system", "security", "audit"} {
				body["administrators"].(map[string]any)[a].(map[string]any)["mobile"] = map[string]string{"system": "13900000001",
					"security": "13900000002", "audit": "13900000003"}[a]
			}
			if change != nil {
				change(body)
			}
			return h.do("", "POST", "/api/v1/setup", map[string]any{"token": token, "setup": body})
		}
		h.do("", "GET", "/api/v1/setup?token="+token, nil).want(200, "")
		h.do("", "GET", "/api/v1/setup?token="+token+"x", nil).want(403, "setup-link-wrong")
		setup(strings.ToLower(token)+"0", nil).want(403, "setup-link-wrong")
		bad := setup(
			token, func(b map[string]any) { b["functions"].(map[string]any)["joint"] = []string{"QH05", "XX"} },
		).want(422, "setup-invalid")
		if !bytes.Contains(bad.body, []byte("/setup/functions/joint/1")) {
			t.Errorf("no place: %s", bad.body)
		}
		var done wire.SetupDone
		setup(token, nil).want(200, "").into(&done)
		if len(done.Administrators) != 3 {
			t.Errorf("administrators: %+v", done)
		}
		setup(token, nil).want(409, "already-founded")
		h.do("", "GET", "/api/v1/setup?token="+token, nil).want(409, "already-founded")
	})
}

// upload sends a list as a person.
func (h *house) upload(person, list string, fields map[string]string) answer {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "名册.csv")
	if err != nil {
		h.t.Fatal(err)
	}
	_, _ = part.Write([]byte(list))
	for k, v := range fields {
		_ = w.WriteField(k, v)
	}
	_ = w.Close()
	r := httptest.NewRequest("POST", "/api/v1/organisation/import", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Authorization", "Bearer "+h.signIn(person))
	rec := httptest.NewRecorder()
	h.h.ServeHTTP(rec, r)
	return answer{h.t, rec.Code, rec.Header(), rec.Body.Bytes()}
}

// TestImportOverHTTP: previewed, asked for, released by two people; refused to everybody else.
func TestImportOverHTTP(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("sys", "SYS_ADMIN@QH01")
	h.seat("sec", "SEC_ADMIN@QH01")
	const list = "单位编号,单位名称,姓名,岗位,职务\nQH30,水利局,水生,经办人,科员\nQH30,,水生,没有的岗位,\n"
	var preview wire.ImportPreview
	h.upload("sys", list, map[string]string{"dryRun": "true"}).want(200, "").into(&preview)
	if len(preview.New) != 1 || len(preview.Refused) != 1 || preview.Refused[0].Line != 3 || preview.Refused[0].Column != "岗位" ||
		preview.Request != nil {
		t.Errorf("preview: %+v", preview)
	}
	h.upload("sec", list, nil).want(403, "forbidden")
	h.upload("sys", "单位编号,工资\nA,1\n", nil).want(422, "roster-head")
	h.upload("sys", list, nil).want(202, "").into(&preview)
	path := "/api/v1/requests/" + preview.Request.ID
	h.do("sec", "POST", path+"/decide", map[string]any{"accept": true}).want(403, "not-the-decider")
	h.do("sys", "POST", path+"/decide", map[string]any{"accept": true}).want(200, "")
	h.do("sec", "POST", path+"/decide", map[string]any{"accept": false}).want(422, "invalid-input")
	var decided wire.RequestDecided
	h.do("sec", "POST", path+"/decide", map[string]any{"accept": true}).want(200, "").into(&decided)
	if decided.State != "granted" || len(decided.Codes) != 1 || decided.Codes[0].Person != "qh30-001" {
		t.Errorf("decided: %+v", decided)
	}
	var accounts wire.AccountPage
	h.do("sys", "GET", "/api/v1/accounts?unit=QH30", nil).want(200, "").into(&accounts)
	if len(accounts.Items) != 1 || accounts.Items[0].State != "active" || len(accounts.Items[0].Posts) != 1 {
		t.Errorf("accounts: %+v", accounts)
	}
	h.upload("sys", list, nil).want(422, "roster-nothing")
	h.do("sys", "PUT", "/api/v1/units/QH30", map[string]any{"name": "水务局", "kind": "applying", "reason": "县里机构改革"}).want(200, "")
	var units wire.Units
	h.do("sys", "GET", "/api/v1/units", nil).want(200, "").into(&units)
	found := false
	for _, u := range units.Units {
		found = found || u.ID == "QH30" && u.Name == "水务局" && len(u.FormerNames) == 1 && u.FormerNames[0] == "水利局"
	}
	if !found {
		t.Errorf("the former name is lost: %+v", units)
	}
}

// TestAccountNumbers: personal numbers are checked, shown masked, and nobody else's.
func TestAccountNumbers(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("sys", "SYS_ADMIN@QH01")
	make := func(id, unit, mobile string) answer {
		return h.do(
			"sys", "POST", "/api/v1/accounts", map[string]any{"id": id, "name": "新人", "unit": unit, "mobile": mobile, "reason": "按申请表新增"},
		)
	}
	var made wire.Account
	make("new-one", "QH01", "13900000001").want(201, "").into(&made)
	if made.Mobile != "139****0001" || made.State != "inactive" || made.Unit != "QH01" {
		t.Errorf("made: %+v", made)
	}
	for _, bad := range []struct{ id, unit, mobile, says string }{
		{"new-one", "QH01", "", "已有登录名"}, {"new-two", "QH01", "13900000001", "号码相同"},
		{"new-two", "QH01", "1390000", "手机号是"}, {"new-two", "NONE", "", "没有单位"},
	} {
		if a := make(bad.id, bad.unit, bad.mobile).want(422, "invalid-input"); !bytes.Contains(a.body, []byte(bad.says)) {
			t.Errorf("%+v: %s", bad, a.body)
		}
	}
}

// TestHandover: who has tasks that nobody else could do is not disabled, neither by hand nor by a list.
func TestHandover(t *testing.T) {
	w := newTown(t, modelstest.Open(t, modelstest.SQLite(t)))
	w.seat("sys", "SYS_ADMIN@ZZ01")
	w.seat("sec", "SEC_ADMIN@ZZ01")
	w.draft()
	w.taskOf("zhou-min", "p1_draft")
	disable := func() answer {
		return w.do("sec", "POST", "/api/v1/accounts/zhou-min/disable", map[string]any{"reason": "调离本单位"})
	}
	disable().want(409, "handover-needed")
	var preview wire.ImportPreview
	w.house.upload("sys", "单位编号,账号,姓名,状态\n"+"DP18,zhou-min,周敏,离岗\n", map[string]string{"dryRun": "true"}).want(200, "").into(&preview)
	found := false
	for _, r := range preview.Refused {
		found = found || r.Code == "handover-needed" && r.Line == 2
	}
	for _, l := range preview.Leaving {
		found = found && l.ID != "zhou-min"
	}
	if !found {
		t.Errorf("preview: %+v", preview)
	}
	disable().want(409, "handover-needed")
}
