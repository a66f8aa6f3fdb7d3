package founding_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/founding"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/field"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var now = time.Date(2026, 5, 6, 9, 0, 0, 0, models.Zone)

func acting() models.Acting {
	return models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now), Reason: "首次启动"}
}

func example(t *testing.T) founding.File {
	t.Helper()
	f, err := founding.Read(founding.Example())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// fields are the places and codes of a refusal.
func fields(err error) []string {
	var r *models.Refusal
	if !errors.As(err, &r) {
		return nil
	}
	var out []string
	for _, f := range r.Fields {
		out = append(out, f.Pointer+" "+f.Code)
	}
	return out
}

// TestBadFiles: each fault is named with its place, and all at once.
func TestBadFiles(t *testing.T) {
	if err := example(t).Check(); err != nil {
		t.Fatalf("the example: %v", err)
	}
	for name, test := range map[string]struct {
		change func(*founding.File)
		want   []string
	}{
		"no town": {func(f *founding.File) { f.Town.Name = " " }, []string{"/town/name field.required"}},
		"function missing": {func(f *founding.File) { f.Functions.Archive, f.Functions.Joint = "", nil },
			[]string{"/functions/archive setup-function-missing", "/functions/joint setup-function-missing"}},
		"no such unit":    {func(f *founding.File) { f.Functions.Joint[1] = "QH77" }, []string{"/functions/joint/1 no-such-unit"}},
		"one joint twice": {func(f *founding.File) { f.Functions.Joint[1] = "QH05" }, []string{"/functions/joint/1 setup-twice"}},
		"two of one name": {func(f *founding.File) { f.Units[3].Name = f.Units[0].Name }, []string{"/units/3/name setup-twice"}},
		"one id twice": {func(f *founding.File) { f.Units = append(f.Units, f.Units[1]) },
			[]string{"/units/9/id setup-twice", "/units/9/name setup-twice"}},
		"check digit": {func(f *founding.File) { f.Units[0].USCC = "11349901MB0000019X" }, []string{"/units/0/uscc uscc-check"}},
		"below itself": {func(f *founding.File) { f.Units[0].Parent, f.Units[1].Parent = "QH02", "QH01" },
			[]string{"/units/0/parent unit-below-itself", "/units/1/parent unit-below-itself"}},
		"one person three times": {func(f *founding.File) {
			f.Administrators.Security, f.Administrators.Audit = f.Administrators.System, f.Administrators.System
		}, []string{"/administrators/audit/id setup-same-administrator", "/administrators/audit/mobile setup-same-administrator",
			"/administrators/security/id setup-same-administrator", "/administrators/security/mobile setup-same-administrator"}},
		"one number twice": {func(f *founding.File) { f.Administrators.Audit.Mobile = f.Administrators.System.Mobile },
			[]string{"/administrators/audit/mobile setup-same-administrator"}},
		"no account": {func(f *founding.File) { f.Administrators.Audit.ID = "宋璇" },
			[]string{"/administrators/audit/id setup-person-id"}},
	} {
		f := example(t)
		test.change(&f)
		got := fields(f.Check())
		slices.Sort(got)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	for text, want := range map[string]string{
		`{"town": {"name": 5}}`:          "/town/name setup-wrong-type",
		`{"towns": {}}`:                  "/towns setup-unknown-field",
		`{"town"`:                        " setup-no-json",
		`{} {}`:                          " setup-trailing",
		`{"functions":{"joint":"QH01"}}`: "/functions/joint setup-wrong-type",
	} {
		if _, err := founding.Read([]byte(text)); !slices.Equal(fields(err), []string{want}) {
			t.Errorf("%s: %q, want %q", text, fields(err), want)
		}
	}
}

// TestFounding: once, whole or not at all; the link opens it for half an hour and founds one town.
func TestFounding(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		c := field.New(trust.New(time.Now().Add(-time.Hour)))
		var token string
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) { token, err = founding.NewLink(tx, now); return err })
		link := func(token string, at time.Time, want string) {
			t.Helper()
			err := db.Tx(t.Context(), func(tx *gorm.DB) error { _, err := founding.CheckLink(tx, token, at); return err })
			var r *models.Refusal
			if got := ""; errors.As(err, &r) && r.Code != want || err == nil && want != got {
				t.Errorf("link: %v, want %q", err, want)
			}
		}
		link(token, now.Add(29*time.Minute), "")
		link(token+"x", now, "setup-link-wrong")
		link("", now, "setup-link-wrong")
		link(token, now.Add(founding.LinkLife), "setup-link-late")
		link(token, now.Add(-time.Hour), "setup-link-late")

		f := example(t)
		broken := db.Tx(t.Context(), func(tx *gorm.DB) error {
			if _, err := founding.Found(tx, acting(), f, c); err != nil {
				return err
			}
			return errors.New("the power fails")
		})
		if empty, err := founding.Empty(db.Read(t.Context())); broken == nil || err != nil || !empty {
			t.Fatalf("half a founding stays: %v, %v", empty, err)
		}
		var made founding.Founded
		modelstest.Tx(t, db, func(tx *gorm.DB) (err error) { made, err = founding.Found(tx, acting(), f, c); return err })
		if len(made.Administrators) != 3 || made.Administrators[1].Role != office.SecAdmin || len(made.Administrators[0].Code) != 14 {
			t.Errorf("administrators: %+v", made.Administrators)
		}
		if made.Functions["joint"] == "" || strings.Count(made.Functions["joint"], ",") != 2 {
			t.Errorf("functions: %v", made.Functions)
		}
		link(token, now, "already-founded")
		err := db.Tx(t.Context(), func(tx *gorm.DB) error { _, err := founding.Found(tx, acting(), f, c); return err })
		var r *models.Refusal
		if !errors.As(err, &r) || r.Code != "already-founded" {
			t.Errorf("a second founding: %v", err)
		}
		var p office.Person
		if err := db.Read(t.Context()).Where("id = ?", f.Administrators.System.ID).Take(&p).Error; err != nil {
			t.Fatal(err)
		}
		mobile, err := p.Number(c, office.NumberMobile)
		if err != nil || mobile != f.Administrators.System.Mobile || strings.Contains(string(p.MobileEnc), mobile) {
			t.Errorf("mobile: %q, %v", mobile, err)
		}
		if raw, _ := json.Marshal(made); strings.Contains(string(raw), mobile) {
			t.Error("a result shows a mobile number")
		}
		if held, err := office.InRole(db.Read(t.Context()), office.AuditAdmin); err != nil || !slices.Equal(held, []string{"song-xuan"}) {
			t.Errorf("audit administrators: %v, %v", held, err)
		}
	})
}
