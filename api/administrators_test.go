package api_test

import (
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

const reasoned = `"reason":"按申请表 2026-11 号"`

// TestAdministratorsActs: each act of administration is one's alone, and refused
// to every other role (domain/access.md §6). The world is made anew for each act,
// so that the one who may really does it.
func TestAdministratorsActs(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	h := newHouse(t, db, nil)
	for _, role := range api.RoleNames() {
		h.seat(person(role), role+"@DP18")
	}
	subject := func() { h.seat("chen-jing", "APPLY_CLERK@DP18") }
	inactive := func() {
		subject()
		if err := db.Tx(ctx(), func(tx *gorm.DB) error {
			return tx.Model(&office.Person{}).Where("id = ?", "chen-jing").Update("active", false).Error
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		act, method, path, body string
		who                     []string
		status                  int
		before                  func()
	}{
		{"create", "POST", "/api/v1/accounts", `{"id":"new-one","name":"新人",` + reasoned + `}`, []string{"SYS_ADMIN"}, 201, nil},
		{"activate", "POST", "/api/v1/accounts/chen-jing/activate", `{` + reasoned + `}`, []string{"SEC_ADMIN"}, 200, inactive},
		{"lock", "POST", "/api/v1/accounts/chen-jing/disable", `{` + reasoned + `}`, []string{"SEC_ADMIN"}, 200, subject},
		{"unlock", "POST", "/api/v1/accounts/chen-jing/unlock", `{` + reasoned + `}`, []string{"SEC_ADMIN"}, 200, subject},
		{"sign out", "POST", "/api/v1/accounts/chen-jing/sign-out", `{` + reasoned + `}`, []string{"SEC_ADMIN"}, 200, subject},
		{"code", "POST", "/api/v1/accounts/chen-jing/code", `{` + reasoned + `}`, []string{"SEC_ADMIN"}, 200, subject},
		{"ask for a factor", "POST", "/api/v1/accounts/chen-jing/factor-reset", `{` + reasoned + `}`, []string{"SYS_ADMIN"}, 202, subject},
		{"grant", "POST", "/api/v1/requests/1/decide", `{"accept":true,` + reasoned + `}`, []string{"SEC_ADMIN"}, 200, nil},
		{"policy", "PUT", "/api/v1/policies", `{"values":{"lock.tries":"6"},` + reasoned + `}`, []string{"SEC_ADMIN"}, 200, nil},
		{"own role", "PUT", "/api/v1/permission-sets/COUNTY_CIO", `{"name":"首席数据官","bases":["JOINT"],` + reasoned + `}`,
			[]string{"SEC_ADMIN"}, 200, nil},
		{"read", "GET", "/api/v1/audit", "", []string{"AUDIT_ADMIN", "AUDITOR"}, 200, nil},
		{"export", "GET", "/api/v1/audit/export?reason=quarterly-check", "", []string{"AUDIT_ADMIN", "AUDITOR"}, 200, nil},
		{"verify", "GET", "/api/v1/audit/verify", "", []string{"AUDIT_ADMIN"}, 200, nil},
		{"review", "GET", "/api/v1/grants/2026-11-16", "", []string{"AUDIT_ADMIN"}, 200, nil},
	} {
		for _, role := range append(api.RoleNames(), "") {
			may := false
			for _, w := range c.who {
				may = may || w == role
			}
			if may && c.before != nil {
				c.before()
			}
			var body any
			if c.body != "" {
				body = c.body
			}
			who, want, slug := "", 401, "sign-in-needed"
			if role != "" {
				who, want, slug = person(role), 403, ""
			}
			if may {
				want = c.status
			}
			if a := h.do(who, c.method, c.path, body); a.status != want {
				t.Errorf("%s as %q answered %d, want %d %s: %s", c.act, role, a.status, want, slug, a.body)
			}
		}
	}
}

// TestTheThree: what each of the three may not do to himself or by a detour.
func TestTheThree(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("sun-jie", "SYS_ADMIN@DP34")
		h.seat("wei-anquan", "SEC_ADMIN@DP34")
		h.seat("song-xuan", "AUDIT_ADMIN@DP34")
		ask := func(person, role string) answer {
			return h.do(
				"sun-jie", "POST", "/api/v1/requests",
				`{"kind":"post.grant","person":"`+person+`","role":"`+role+`","unit":"DP34",`+reasoned+`}`,
			)
		}
		ask("wei-anquan", "APPLY_CLERK").want(422, "roles-exclude")
		ask("song-xuan", "SEC_ADMIN").want(422, "roles-exclude")
		h.do("wei-anquan", "POST", "/api/v1/accounts/wei-anquan/disable", `{`+reasoned+`}`).want(403, "own-grant")
		h.seat("second", "SEC_ADMIN@DP34")
		h.do("second", "POST", "/api/v1/accounts/wei-anquan/disable", `{`+reasoned+`}`).want(200, "")
		h.seat("third", "SEC_ADMIN@DP34")
		h.do("third", "POST", "/api/v1/accounts/sun-jie/disable", `{`+reasoned+`}`).want(422, "last-administrator")
		for _, admin := range []string{"sun-jie", "song-xuan", "third"} {
			h.do(admin, "GET", "/api/v1/tasks", nil).want(403, "forbidden")
			h.do(admin, "GET", "/api/v1/projects", nil).want(403, "forbidden")
		}
		for _, bases := range []string{`["SYS_ADMIN","JOINT"]`, `["AUDITOR"]`, `["SUPPLIER_PM","JOINT"]`} {
			h.do("third", "PUT", "/api/v1/permission-sets/COUNTY_CIO", `{"name":"首席数据官","bases":`+bases+`,`+reasoned+`}`).
				want(422, "set-mixes-duties")
		}
		h.do("third", "PUT", "/api/v1/permission-sets/JOINT", `{"name":"联审","bases":["APPLY_CLERK"],`+reasoned+`}`).
			want(422, "invalid-input")
		h.do("third", "PUT", "/api/v1/policies",
			`{"values":{"lock.tries":"1","factor.roles":"JOINT","network.proxies":"0.0.0.0/0","x":"1"},`+reasoned+`}`).
			want(422, "invalid-input")
	})
}

// TestAnOwnRole may what its bases may, and is granted like any other.
func TestAnOwnRole(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("sun-jie", "SYS_ADMIN@DP34")
	h.seat("wei-anquan", "SEC_ADMIN@DP34")
	h.seat("li-lei", "APPLY_CLERK@DP18")
	h.do("wei-anquan", "PUT", "/api/v1/permission-sets/COUNTY_DESK", `{"name":"县专班","bases":["APPLY_LEADER","RECT_OWNER"],`+reasoned+`}`).
		want(200, "")
	var asked wire.Request
	h.do("sun-jie", "POST", "/api/v1/requests", `{"kind":"post.grant","person":"li-lei","role":"COUNTY_DESK","unit":"DP18",`+reasoned+`}`).
		want(202, "").
		into(&asked)
	h.do("wei-anquan", "POST", "/api/v1/requests/"+asked.ID+"/decide", `{"accept":true,`+reasoned+`}`).want(200, "")
	delete(h.tokens, "li-lei")
	var page wire.AccountPage
	h.do("wei-anquan", "GET", "/api/v1/accounts?q=li-lei", nil).want(200, "").into(&page)
	if len(page.Items) != 1 || len(page.Items[0].May) != 2 {
		t.Fatalf("accounts: %+v", page.Items)
	}
	for _, m := range page.Items[0].May {
		if m.Post == "COUNTY_DESK@DP18" && (m.Request != asked.ID || len(m.Permissions) == 0) {
			t.Errorf("why he may: %+v", m)
		}
	}
	h.do("li-lei", "GET", "/api/v1/tasks", nil).want(200, "")
}

// TestLostFactor: one asks, another decides within half an hour, and a new one is set up.
func TestLostFactor(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("sun-jie", "SYS_ADMIN@DP34")
	h.seat("wei-anquan", "SEC_ADMIN@DP34")
	h.seat("li-lei", "BUREAU_CHIEF@DP34")
	h.first("li-lei")
	ask := func() (r wire.Request) {
		h.do("sun-jie", "POST", "/api/v1/accounts/li-lei/factor-reset", `{`+reasoned+`}`).want(202, "").into(&r)
		return r
	}
	late := ask()
	h.pass(31 * 60 * 1e9)
	h.do("wei-anquan", "POST", "/api/v1/requests/"+late.ID+"/decide", `{"accept":true,`+reasoned+`}`).want(409, "request-too-old")
	token := h.tokens["li-lei"]
	r := ask()
	h.do("sun-jie", "POST", "/api/v1/requests/"+r.ID+"/decide", `{"accept":true,`+reasoned+`}`).want(403, "")
	h.do("wei-anquan", "POST", "/api/v1/requests/"+r.ID+"/decide", `{"accept":true,`+reasoned+`}`).want(200, "")
	h.do("", "GET", "/api/v1/me", nil, "Authorization", "Bearer "+token).want(401, "")
	if got := pending(h.enter("li-lei", goodPassword)); got != "factor" {
		t.Errorf("pending %s", got)
	}
}
