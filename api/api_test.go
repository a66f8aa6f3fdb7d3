package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/field"
	"github.com/quancheng/quancheng/workflows/contract"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

// house is a server with its database and a clock that tests turn.
type house struct {
	t      testing.TB
	db     *models.DB
	h      http.Handler
	router routers.Router
	mu     sync.Mutex
	now    time.Time
	tokens map[string]string
	log    bytes.Buffer
	cipher office.Cipher

	documents string
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, models.Zone)

// newHouse builds the real handler over a real database. change may be nil.
func newHouse(t testing.TB, db *models.DB, change func(*api.Deps)) *house {
	t.Helper()
	h := &house{
		t: t, db: db, now: noon, tokens: map[string]string{}, documents: t.TempDir(),
		cipher: field.New(trust.New(time.Now().Add(-time.Hour))),
	}
	d := api.Deps{
		Cipher: h.cipher, DB: db, Now: h.clock, Documents: h.documents, Log: slog.New(slog.NewTextHandler(&h.log, nil)), Dev: &api.Dev{},
		Sender: nobody{},
	}
	if change != nil {
		change(&d)
	}
	s, err := api.New(d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if h.h, err = s.Handler(); err != nil {
		t.Fatal(err)
	}
	spec, err := api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	if h.router, err = gorillamux.NewRouter(spec); err != nil {
		t.Fatal(err)
	}
	return h
}

// nobody is a shell that is away.
type nobody struct{}

func (nobody) Send(context.Context, contract.Request) (contract.Outcome, error) {
	return contract.Outcome{}, context.DeadlineExceeded
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
	if d > office.SessionIdle {
		clear(h.tokens)
	}
}

// seat gives a person posts, making department and person where they are missing.
func (h *house) seat(person string, posts ...string) {
	h.t.Helper()
	delete(h.tokens, person) // whose posts change signs in anew
	err := h.db.Tx(context.Background(), func(tx *gorm.DB) error {
		p := office.Person{ID: person, Name: "演示" + person, NameEn: "Demo " + person, Active: true, Demo: true, Kind: office.Internal}
		if err := tx.Save(&p).Error; err != nil {
			return err
		}
		for i, id := range posts {
			role, dept := models.SplitPost(id)
			if err := tx.Save(&office.Dept{ID: dept, Name: "部门" + dept, NameEn: "Department " + dept, Kind: "applying"}).Error; err != nil {
				return err
			}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&office.Post{ID: id, PersonID: person, Role: role, DeptID: dept,
				IsPrimary: i == 0}).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// answer is a response that kept to the contract.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

func (a answer) into(v any) answer {
	a.t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%v in %s", err, a.body)
	}
	return a
}

// want checks the status and, for a problem, its slug.
func (a answer) want(status int, slug string) answer {
	a.t.Helper()
	var p wire.Problem
	if status >= 400 {
		a.into(&p)
	}
	if a.status != status || slug != "" && p.Type != "/problems/"+slug {
		a.t.Fatalf("answered %d %s, want %d %s", a.status, a.body, status, slug)
	}
	return a
}

func (h *house) signIn(person string) string {
	h.t.Helper()
	if t := h.tokens[person]; t != "" {
		return t
	}
	var s wire.Session
	h.do("", "POST", "/api/v1/session", wire.SignIn{Person: person}).want(200, "").into(&s)
	h.tokens[person] = s.Token
	return s.Token
}

// do makes one request as a person ("" is nobody) and checks the answer
// against the OpenAPI document. Headers are name, value ….
func (h *house) do(person, method, path string, body any, headers ...string) answer {
	h.t.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		raw = b
	case string:
		raw = []byte(b)
	default:
		var err error
		if raw, err = json.Marshal(b); err != nil {
			h.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if person != "" {
		r.Header.Set("Authorization", "Bearer "+h.signIn(person))
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return h.send(r, raw)
}

func (h *house) send(r *http.Request, raw []byte) answer {
	h.t.Helper()
	w := httptest.NewRecorder()
	h.h.ServeHTTP(w, r)
	a := answer{h.t, w.Code, w.Header(), w.Body.Bytes()}
	h.conforms(r, raw, a)
	return a
}

// conforms validates an answer against the OpenAPI document.
func (h *house) conforms(r *http.Request, raw []byte, a answer) {
	h.t.Helper()
	route, params, err := h.router.FindRoute(r)
	if err != nil {
		return // not an address of the contract
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 a.status, Header: a.header,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, ExcludeResponseBody: !strings.Contains(a.header.Get("Content-Type"), "json"),
		},
	}
	in.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
		h.t.Errorf("%s %s answered against the contract: %v\n%s", r.Method, r.URL, err, a.body)
	}
}

// tries is how many wrong passwords lock an account.
var tries = office.DefaultPolicy().Int(office.LockTries)

func ctx() context.Context { return context.Background() }
