package api_test

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

const goodPassword = "Quiet-River 7 stones"

// real is a house in which people sign in as in production.
func real(t testing.TB, db *models.DB) *house {
	return newHouse(t, db, func(d *api.Deps) { d.Dev = nil })
}

// code gives a person a one-time code.
func (h *house) code(person string) (code string) {
	h.t.Helper()
	modelstest.Tx(h.t, h.db, func(tx *gorm.DB) error {
		made, err := office.IssueCodes(tx, h.clock(), office.FounderCodeLife, office.Person{ID: person})
		if err == nil {
			code = made[0].Code
		}
		return err
	})
	return code
}

// enter signs in by a password or code, whose session is used from then on.
func (h *house) enter(person, password string) wire.Me {
	h.t.Helper()
	var s wire.Session
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: person, Password: password}).want(200, "").into(&s)
	h.tokens[person] = s.Token
	return s.Me
}

// authenticator is a person's telephone.
type authenticator struct {
	h   *house
	key string
}

// now is the code that it shows; the clock goes on by a step first, because each is taken once.
func (a authenticator) now() string {
	a.h.mu.Lock()
	a.h.now = a.h.now.Add(30 * time.Second)
	a.h.mu.Unlock()
	code, err := totp.GenerateCode(a.key, a.h.clock())
	if err != nil {
		a.h.t.Fatal(err)
	}
	return code
}

// first takes a person through his first sign-in.
func (h *house) first(person string) (authenticator, []string) {
	h.t.Helper()
	h.enter(person, h.code(person))
	h.do(person, "PUT", "/api/v1/me/password", wire.NewPassword{Password: goodPassword}).want(200, "")
	var offer wire.FactorOffer
	h.do(person, "POST", "/api/v1/me/factor", wire.FactorCode{}).want(200, "").into(&offer)
	a := authenticator{h, offer.Key}
	var codes wire.RecoveryCodes
	h.do(person, "PUT", "/api/v1/me/factor", wire.FactorCode{Code: a.now()}).want(200, "").into(&codes)
	return a, codes.Codes
}

func pending(m wire.Me) string { return strings.Join(m.Pending, ",") }

// TestFirstSignIn: a one-time code opens the setting of a password and a second
// factor and nothing else; then both are asked for, each code once.
func TestFirstSignIn(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := real(t, db)
		h.seat("sun-jie", "SYS_ADMIN@DP34")
		code := h.code("sun-jie")
		if got := pending(h.enter("sun-jie", strings.ToLower(strings.ReplaceAll(code, "-", " ")))); got != "password,factor" {
			t.Fatalf("pending %s", got)
		}
		h.do("sun-jie", "GET", "/api/v1/notifications", nil).want(403, "sign-in-unfinished")
		h.do("sun-jie", "POST", "/api/v1/me/factor", wire.FactorCode{}).want(403, "sign-in-unfinished") // the password first
		for _, weak := range []string{"kurz", "alllowercaseletters", "Sun-Jie-is-2026!"} {
			h.do("sun-jie", "PUT", "/api/v1/me/password", wire.NewPassword{Password: weak}).want(422, "password-weak")
		}
		var me wire.Me
		h.do("sun-jie", "PUT", "/api/v1/me/password", wire.NewPassword{Password: goodPassword}).want(200, "").into(&me)
		if pending(me) != "factor" {
			t.Fatalf("pending %v", me.Pending)
		}
		h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "sun-jie", Password: code}).want(401, "wrong-credentials") // used
		var offer wire.FactorOffer
		h.do("sun-jie", "POST", "/api/v1/me/factor", wire.FactorCode{}).want(200, "").into(&offer)
		phone := authenticator{h, offer.Key}
		h.do("sun-jie", "PUT", "/api/v1/me/factor", wire.FactorCode{Code: "000000"}).want(403, "wrong-code")
		var codes wire.RecoveryCodes
		h.do("sun-jie", "PUT", "/api/v1/me/factor", wire.FactorCode{Code: phone.now()}).want(200, "").into(&codes)
		if len(codes.Codes) != 10 || pending(codes.Me) != "" {
			t.Fatalf("%d codes, pending %v", len(codes.Codes), codes.Me.Pending)
		}
		h.do("sun-jie", "GET", "/api/v1/notifications", nil).want(200, "")

		if got := pending(h.enter("sun-jie", goodPassword)); got != "code" {
			t.Fatalf("pending %s", got)
		}
		h.do("sun-jie", "GET", "/api/v1/notifications", nil).want(403, "sign-in-unfinished")
		h.do("sun-jie", "POST", "/api/v1/me/factor", wire.FactorCode{}).want(403, "sign-in-unfinished")
		h.do("sun-jie", "PUT", "/api/v1/me/password", wire.NewPassword{Current: goodPassword, Password: "Another-River 8"}).
			want(403, "sign-in-unfinished")
		used := phone.now()
		h.do("sun-jie", "POST", "/api/v1/session/code", wire.FactorCode{Code: used}).want(200, "")
		h.do("sun-jie", "GET", "/api/v1/notifications", nil).want(200, "")
		h.enter("sun-jie", goodPassword)
		h.do("sun-jie", "POST", "/api/v1/session/code", wire.FactorCode{Code: used}).want(422, "code-replayed")
		h.do("sun-jie", "POST", "/api/v1/session/code", wire.FactorCode{Code: codes.Codes[0]}).want(200, "")
		h.enter("sun-jie", goodPassword)
		h.do("sun-jie", "POST", "/api/v1/session/code", wire.FactorCode{Code: codes.Codes[0]}).want(422, "code-replayed")
	})
}

// TestCodesAreCountedToo: who knows the password has no more tries at the second factor.
func TestCodesAreCountedToo(t *testing.T) {
	h := real(t, modelstest.Open(t, modelstest.SQLite(t)))
	h.seat("sun-jie", "SYS_ADMIN@DP34")
	h.first("sun-jie")
	locked := 0
	for range 3 * tries {
		w := h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "sun-jie", Password: goodPassword})
		if w.status == 429 {
			locked++
			continue
		}
		var s wire.Session
		w.into(&s)
		h.do("", "POST", "/api/v1/session/code", wire.FactorCode{Code: "000000"}, "Authorization", "Bearer "+s.Token)
	}
	if locked == 0 {
		t.Error("signing in again by the password gave new tries at the code")
	}
}

// TestLockIsPerAddress: who guesses locks himself out, not the person.
func TestLockIsPerAddress(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := real(t, db)
		h.seat("zhou-min", "APPLY_CLERK@DP18")
		h.password("zhou-min", goodPassword)
		from := func(address, password string) answer {
			r := httptest.NewRequest("POST", "/api/v1/session", strings.NewReader(`{"person":"zhou-min","password":"`+password+`"}`))
			r.Header.Set("Content-Type", "application/json")
			r.RemoteAddr = address
			return h.send(r, nil)
		}
		for range tries {
			from("10.6.6.6:1", "wrong").want(401, "wrong-credentials")
		}
		from("10.6.6.6:1", goodPassword).want(429, "account-locked")
		from("10.0.0.1:1", goodPassword).want(200, "")
		for i := range tries { // one household of IPv6 is one address
			from("[2001:db8::"+string(rune('1'+i))+"]:1", "wrong").want(401, "wrong-credentials")
		}
		from("[2001:db8::99]:1", goodPassword).want(429, "account-locked")
		var locks int64
		if err := db.Read(ctx()).Model(&audit.AuditEntry{}).Where("action = 'session.lock'").Count(&locks).Error; err != nil || locks != 2 {
			t.Errorf("%d locks in the audit, %v", locks, err)
		}
	})
}

// TestForwardedAddresses: only the proxies that are named may say from where a call came.
func TestForwardedAddresses(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	remote := func(peer, forwarded string) string {
		r := httptest.NewRequest("POST", "/api/v1/session", strings.NewReader(`{"person":"zhou-min"}`))
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-For", forwarded)
		var s wire.Session
		h.send(r, nil).want(200, "").into(&s)
		var own wire.OwnSessions
		h.do("", "GET", "/api/v1/me/sessions", nil, "Authorization", "Bearer "+s.Token).want(200, "").into(&own)
		for _, o := range own.Sessions {
			if o.This {
				return o.Remote
			}
		}
		return ""
	}
	if got := remote("127.0.0.1:1", "10.1.1.1"); got != "127.0.0.1" {
		t.Errorf("nobody is trusted, yet %s was believed", got)
	}
	modelstest.Tx(t, h.db, func(tx *gorm.DB) error {
		return office.SetPolicy(
			tx, models.Acting{Person: "wei-anquan", At: noon}, map[string]string{office.TrustedProxies: "127.0.0.1 10.9.0.0/16"},
		)
	})
	h = newHouse(t, h.db, nil)
	for _, c := range [][3]string{
		{"127.0.0.1:1", "10.1.1.1", "10.1.1.1"},
		{"127.0.0.1:1", "1.2.3.4, 10.1.1.1", "10.1.1.1"},           // what stands before anybody may have written
		{"127.0.0.1:1", "1.2.3.4, 10.1.1.1, 10.9.3.3", "10.1.1.1"}, // two proxies
		{"10.8.0.1:1", "10.1.1.1", "10.8.0.1"},                     // not a proxy
		{"127.0.0.1:1", "nonsense", "127.0.0.1"},
		{"127.0.0.1:1", "", "127.0.0.1"},
	} {
		if got := remote(c[0], c[1]); got != c[2] {
			t.Errorf("%s forwards %q: taken for %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

// TestPasswordsAge: a password is changed after 90 days, and a former one does not come again.
func TestPasswordsAge(t *testing.T) {
	h := real(t, modelstest.Open(t, modelstest.SQLite(t)))
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	h.password("zhou-min", goodPassword)
	if got := pending(h.enter("zhou-min", goodPassword)); got != "" {
		t.Errorf("pending %s", got)
	}
	h.do("zhou-min", "PUT", "/api/v1/me/password", wire.NewPassword{Current: "wrong", Password: "Another-River 8"}).
		want(403, "wrong-password")
	h.pass(91 * 24 * time.Hour)
	if got := pending(h.enter("zhou-min", goodPassword)); got != "password" {
		t.Errorf("after 91 days pending %s", got)
	}
	h.do("zhou-min", "PUT", "/api/v1/me/password", wire.NewPassword{Password: goodPassword}).want(422, "password-weak")
	h.do("zhou-min", "PUT", "/api/v1/me/password", wire.NewPassword{Password: "Another-River 8"}).want(200, "")
	h.do("zhou-min", "PUT", "/api/v1/me/password", wire.NewPassword{Current: "Another-River 8", Password: goodPassword}).
		want(422, "password-weak")
}

// TestSessionsEnd: by their owner, by a change of posts, by a clock set back, by disabling.
func TestSessionsEnd(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := newHouse(t, db, nil)
		h.seat("zhou-min", "APPLY_CLERK@DP18")
		other := h.signIn("zhou-min")
		delete(h.tokens, "zhou-min")
		h.signIn("zhou-min")
		var own wire.OwnSessions
		h.do("zhou-min", "GET", "/api/v1/me/sessions", nil).want(200, "").into(&own)
		if len(own.Sessions) != 2 {
			t.Fatalf("%d sessions", len(own.Sessions))
		}
		for _, s := range own.Sessions {
			if !s.This {
				h.do("zhou-min", "DELETE", "/api/v1/me/sessions/"+s.ID, nil).want(204, "")
			}
		}
		h.do("", "GET", "/api/v1/me", nil, "Authorization", "Bearer "+other).want(401, "sign-in-needed")
		h.do("zhou-min", "DELETE", "/api/v1/me/sessions/0123456789abcdef", nil).want(404, "not-found")

		token := h.signIn("zhou-min")
		h.seat("zhou-min", "APPLY_CLERK@DP18", "APPLY_LEADER@DP18")
		h.do("", "GET", "/api/v1/me", nil, "Authorization", "Bearer "+token).want(401, "posts-changed")
		h.do("", "GET", "/api/v1/me", nil, "Authorization", "Bearer "+token).want(401, "sign-in-needed")

		token = h.signIn("zhou-min")
		h.pass(-time.Hour)
		h.do("", "GET", "/api/v1/me", nil, "Authorization", "Bearer "+token).want(401, "sign-in-needed")
		h.pass(time.Hour)
		if err := db.Tx(ctx(), func(tx *gorm.DB) error {
			return tx.Where("person_id = ?", "zhou-min").Delete(&office.Post{}).Error
		}); err != nil {
			t.Fatal(err)
		}
		h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min"}).want(403, "no-post")
	})
}

// TestClockSetBackRevivesNoCode: a one-time code is taken between its making and its end only.
func TestClockSetBackRevivesNoCode(t *testing.T) {
	h := real(t, modelstest.Open(t, modelstest.SQLite(t)))
	h.seat("zhou-min", "APPLY_CLERK@DP18")
	code := h.code("zhou-min")
	h.pass(-time.Hour)
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min", Password: code}).want(401, "wrong-credentials")
	h.pass(26 * time.Hour)
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min", Password: code}).want(401, "wrong-credentials")
	h.pass(-2 * time.Hour)
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min", Password: code}).want(200, "")
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: "zhou-min", Password: code}).want(401, "wrong-credentials")
}

// TestACodeIsTakenOnce also when two take it at the same moment.
func TestACodeIsTakenOnce(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		h := real(t, db)
		h.seat("sun-jie", "SYS_ADMIN@DP34")
		phone, _ := h.first("sun-jie")
		code := phone.now()
		var mu sync.Mutex
		var wg sync.WaitGroup
		taken := 0
		for range 8 {
			wg.Go(func() {
				err := db.Tx(ctx(), func(tx *gorm.DB) error {
					return office.UseFactor(tx, models.Acting{Person: "sun-jie", At: h.clock()}, h.cipher, code)
				})
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					taken++
				}
			})
		}
		wg.Wait()
		if taken != 1 {
			t.Errorf("one code was taken %d times", taken)
		}
	})
}

// TestSecretsAreSealed: who reads the database makes no codes of anybody's second factor.
func TestSecretsAreSealed(t *testing.T) {
	h := real(t, modelstest.Open(t, modelstest.SQLite(t)))
	h.seat("sun-jie", "SYS_ADMIN@DP34")
	phone, _ := h.first("sun-jie")
	var rows []office.Credential
	if err := h.db.Read(ctx()).Where("kind = ?", office.TOTPCredential).Find(&rows).Error; err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if rows[0].KeyID == "" || strings.Contains(rows[0].Data, phone.key) {
		t.Errorf("the key lies in clear: %+v", rows[0])
	}
}
