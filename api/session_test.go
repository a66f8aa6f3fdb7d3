package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

func TestSession(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("zhou-min", "APPLY_CLERK@DP18")
		h.do("", "GET", "/api/v1/me", nil).want(401, "sign-in-needed")
		var me wire.Me
		h.do("zhou-min", "GET", "/api/v1/me", nil).want(200, "").into(&me)
		if me.Person.ID != "zhou-min" || !me.Dev || len(me.Person.Posts) != 1 || me.Person.Posts[0].RoleName != "经办人" {
			t.Errorf("me = %+v", me)
		}
		h.do("zhou-min", "GET", "/api/v1/me", nil, "Accept-Language", "en").want(200, "").into(&me)
		if me.Person.Name != "Demo zhou-min" {
			t.Errorf("in English the name is %q", me.Person.Name)
		}
		h.do("zhou-min", "DELETE", "/api/v1/session", nil).want(204, "")
		h.do("zhou-min", "GET", "/api/v1/me", nil).want(401, "sign-in-needed")
	})
}

func TestSessionEnds(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	h.do("zhou-min", "GET", "/api/v1/me", nil).want(200, "")
	h.now = h.now.Add(office.SessionIdle + time.Minute)
	h.do("zhou-min", "GET", "/api/v1/me", nil).want(401, "sign-in-needed")
}

func TestSignInByPassword(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), func(d *api.Deps) { d.Dev = nil })
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min"}).want(401, "wrong-credentials") // demo people are nobody here
	h.password("zhou-min", "长江后浪推前浪 2026")
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min", Password: "长江后浪推前浪 2026"}).want(200, "")
}

func TestAdministratorsHoldNoOtherRole(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("both", "SYS_ADMIN@DP34", "AUDIT_ADMIN@DP34")
	h.seat("busy", "SEC_ADMIN@DP34", "APPLY_CLERK@DP18")
	for _, who := range []string{"both", "busy"} {
		h.do("", "POST", "/api/v1/session", wire.SignIn{Person: who}).want(403, "sign-in-excluded")
	}
}

func TestCookieIsForThisSiteOnly(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	a := h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min"}).want(200, "")
	cookie := a.header.Get("Set-Cookie")
	for _, part := range []string{"qc_session=", "HttpOnly", "SameSite=Strict"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %s", cookie, part)
		}
	}
	r := httptest.NewRequest(http.MethodDelete, "/api/v1/session", nil)
	r.Header.Set("Cookie", strings.SplitN(cookie, ";", 2)[0])
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	h.send(r, nil).want(403, "cross-origin")
}

func TestDirectory(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	h.seat("li-qiang", "BUREAU_CHIEF@DP34")
	var all wire.People
	h.do("", "GET", "/api/v1/people", nil).want(200, "").into(&all)
	if len(all.People) != 2 {
		t.Errorf("%d demo people", len(all.People))
	}
	h.do("zhou-min", "GET", "/api/v1/people?post=BUREAU_CHIEF@DP34", nil).want(200, "").into(&all)
	if len(all.People) != 1 || all.People[0].ID != "li-qiang" {
		t.Errorf("holders: %+v", all.People)
	}
	h.do("zhou-min", "GET", "/api/v1/people?q=%25", nil).want(200, "").into(&all)
	if len(all.People) != 0 {
		t.Errorf("%% matched %+v", all.People)
	}
	h = newHouse(t, h.db, func(d *api.Deps) { d.Dev = nil })
	h.do("", "GET", "/api/v1/people", nil).want(401, "sign-in-needed")
}
