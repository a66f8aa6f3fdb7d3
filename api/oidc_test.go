package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
)

// TestSignInByProvider: a person goes to a provider that runs here and comes back signed in.
func TestSignInByProvider(t *testing.T) {
	provider, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = provider.Shutdown() })
	p := &api.Provider{
		ID: "province", Name: "皖政通", Issuer: provider.Issuer(), ClientID: provider.ClientID, ClientSecret: provider.ClientSecret,
		Redirect: "http://house.test/api/v1/sign-in/province/callback", Claim: "preferred_username", Scopes: []string{"profile"},
	}
	h := newHouse(
		t, modelstest.Open(t, modelstest.SQLite(t)), func(d *api.Deps) { d.Dev, d.Now, d.Providers = nil, time.Now, []*api.Provider{p} },
	)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	h.seat("sun-jie", "SYS_ADMIN@DP34")
	get := func(address string, cookies ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", address, nil)
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
		w := httptest.NewRecorder()
		h.h.ServeHTTP(w, r)
		return w
	}
	cookie := func(w *httptest.ResponseRecorder, name string) string {
		for _, k := range w.Result().Cookies() {
			if k.Name == name && k.Value != "" {
				return k.Name + "=" + k.Value
			}
		}
		return ""
	}
	// trip sends a person to the provider; change may spoil the address he comes back to.
	back := func(person, address, trip string, change func(url.Values)) *httptest.ResponseRecorder {
		provider.QueueUser(&mockoidc.MockUser{Subject: "s-" + person, PreferredUsername: person})
		stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		res, err := stay.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		back, err := url.Parse(res.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		q := back.Query()
		if change != nil {
			change(q)
		}
		return get(back.Path+"?"+q.Encode(), trip)
	}
	trip := func(person string, change func(url.Values)) *httptest.ResponseRecorder {
		out := get("/api/v1/sign-in/province")
		if out.Code != http.StatusFound || !strings.Contains(out.Header().Get("Location"), "code_challenge_method=S256") {
			t.Fatalf("answered %d %s", out.Code, out.Header().Get("Location"))
		}
		return back(person, out.Header().Get("Location"), cookie(out, "qc_oidc"), change)
	}
	w := trip("zhou-min", nil)
	session := cookie(w, "qc_session")
	if w.Code != http.StatusFound || w.Header().Get("Location") != "/" || session == "" {
		t.Fatalf("came back: %d %s", w.Code, w.Header().Get("Location"))
	}
	if me := get("/api/v1/me", session); me.Code != 200 || !strings.Contains(me.Body.String(), `"zhou-min"`) {
		t.Errorf("me: %d %s", me.Code, me.Body)
	}
	admin := trip("sun-jie", nil) // whose role demands a second factor sets one up all the same
	if me := get("/api/v1/me", cookie(admin, "qc_session")); !strings.Contains(me.Body.String(), `"pending":["factor"]`) {
		t.Errorf("an administrator: %s", me.Body)
	}
	for name, c := range map[string]struct {
		person string
		change func(url.Values)
		slug   string
	}{
		"another state": {"zhou-min", func(q url.Values) { q.Set("state", "other") }, "provider-state"},
		"another code":  {"zhou-min", func(q url.Values) { q.Set("code", "other") }, "provider-refused"},
		"a refusal":     {"zhou-min", func(q url.Values) { q.Set("error", "access_denied") }, "provider-refused"},
		"a stranger":    {"nobody-here", nil, "provider-unknown"},
	} {
		w := trip(c.person, c.change)
		if got := w.Header().Get("Location"); got != "/sign-in?problem="+c.slug || cookie(w, "qc_session") != "" {
			t.Errorf("%s: sent to %s", name, got)
		}
	}
	link := func(person, known string) string {
		post := h.do(person, "POST", "/api/v1/me/links/province", wire.FactorCode{}).want(200, "")
		var offer wire.LinkOffer
		post.into(&offer)
		kept, _, _ := strings.Cut(post.header.Get("Set-Cookie"), ";")
		return back(known, offer.Location, kept, nil).Header().Get("Location")
	}
	h.now = time.Now() // as the server: the provider has no other clock
	h.enter("zhou-min", h.code("zhou-min"))
	h.do("zhou-min", "PUT", "/api/v1/me/password", wire.NewPassword{Password: goodPassword}).want(200, "")
	if to := link("zhou-min", "known-otherwise"); to != "/account?linked=province" {
		t.Fatalf("linked: %s", to)
	}
	if w := trip("known-otherwise", nil); w.Header().Get("Location") != "/" ||
		!strings.Contains(get("/api/v1/me", cookie(w, "qc_session")).Body.String(), `"zhou-min"`) {
		t.Errorf("who is linked does not get in: %s", w.Header().Get("Location"))
	}
	h.seat("li-lei", "APPLY_CLERK@DP18")
	h.enter("li-lei", h.code("li-lei"))
	h.do("li-lei", "PUT", "/api/v1/me/password", wire.NewPassword{Password: goodPassword}).want(200, "")
	if to := link("li-lei", "known-otherwise"); to != "/account?problem=provider-linked" {
		t.Errorf("one claim for two accounts: %s", to)
	}
	h.do("zhou-min", "DELETE", "/api/v1/me/links/province", nil).want(204, "")
	if w := trip("known-otherwise", nil); w.Header().Get("Location") != "/sign-in?problem=provider-unknown" {
		t.Errorf("an ended link opens: %s", w.Header().Get("Location"))
	}
	if w := get("/api/v1/sign-in/province/callback?state=x&code=y"); w.Header().Get("Location") != "/sign-in?problem=provider-state" {
		t.Errorf("without a trip: %s", w.Header().Get("Location"))
	}
	if w := get("/api/v1/sign-in/elsewhere"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown provider: %d", w.Code)
	}
}
