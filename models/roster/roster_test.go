package roster_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/roster"
	"github.com/quancheng/quancheng/trust"
	"github.com/quancheng/quancheng/trust/field"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

const head = "单位编号,单位名称,单位类别,账号,姓名,手机号,岗位,职务,主职,状态\n"

var (
	cipher = field.New(trust.New(time.Now().Add(-time.Hour)))
	now    = time.Now()
	sys    = models.Acting{Person: "sys", At: now, Posts: []string{"SYS_ADMIN@QH01"}, Reason: "导入名册"}
	sec    = models.Acting{Person: "sec", At: now, Posts: []string{"SEC_ADMIN@QH01"}, Reason: "导入名册"}
)

func code(err error) string {
	var r *models.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// town has a bureau and an applying unit with ann, who is its clerk.
func town(t testing.TB, db *models.DB) {
	t.Helper()
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		for _, u := range []office.Dept{{ID: "QH01", Name: "数据局", Kind: "bureau"}, {ID: "QH20", Name: "民政局", Kind: "applying"}} {
			if err := office.CreateUnit(tx, sys, u); err != nil {
				return err
			}
		}
		ann := office.Person{ID: "ann", Name: "安宁", Active: true, EmployerUnit: "QH20"}
		if err := ann.SetNumbers(cipher, "13800000001", ""); err != nil {
			return err
		}
		return errors.Join(
			office.Serve(tx, sys, "bureau", []string{"QH01"}), tx.Create(&ann).Error,
			tx.Create(&office.Person{ID: "sys", Name: "钱雨", Active: true, EmployerUnit: "QH01"}).Error,
			office.GrantPost(tx, office.PostChange{Person: "sys", Role: "SYS_ADMIN", Unit: "QH01", Primary: true}, now, 0),
			office.GrantPost(tx, office.PostChange{Person: "ann", Role: "APPLY_CLERK", Unit: "QH20", Title: "科员", Primary: true}, now, 0),
		)
	})
}

func plan(t testing.TB, db *models.DB, text string) roster.Plan {
	t.Helper()
	rows, err := roster.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := roster.Make(db.Read(t.Context()), rows, now, cipher)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func says(p roster.Plan) string {
	var out []string
	for kind, list := range map[string][]roster.Change{"unit": p.Units, "new": p.New, "changed": p.Changed, "leaving": p.Leaving} {
		for _, c := range list {
			what := []string{kind, c.ID}
			for _, f := range c.Fields {
				if kind != "unit" {
					what = append(what, f.Field+"="+f.After)
				}
			}
			out = append(out, strings.Join(append(append(what, c.Posts...), prefixed("-", c.Ends)...), " "))
		}
	}
	for _, r := range p.Refused {
		out = append(out, fmt.Sprintf("refused %d %s %s", r.Line, r.Column, r.Code))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

func prefixed(by string, all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = by + s
	}
	return out
}

// TestPlan: who is new, changed, leaves, and which rows are refused and why.
func TestPlan(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	town(t, db)
	const annRow = "QH20,,,ann,安宁,138****0001,经办人,科员,是,\n"
	for name, test := range map[string]struct{ rows, want string }{
		"nothing changes":     {annRow, ""},
		"by number":           {"QH20,,,,安宁,13800000001,APPLY_CLERK,科员,是,\n", ""},
		"by name and unit":    {"QH20,民政局,,,安宁,,经办人,科员,是,\n", ""},
		"somebody new":        {annRow + "QH20,,,,白玉,13800000002,部门领导,局长,,\n", "new qh20-001 APPLY_LEADER@QH20"},
		"a second post":       {annRow + "QH20,,,ann,安宁,,整改责任人,,,\n", "changed ann RECT_OWNER@QH20"},
		"another post":        {"QH20,,,ann,安宁,,整改责任人,,,\n", "changed ann RECT_OWNER@QH20 -APPLY_CLERK@QH20"},
		"renamed":             {"QH20,,,ann,安宁静,,经办人,科员,是,\n", "changed ann name=安宁静"},
		"a new number":        {"QH20,,,ann,安宁,13800000009,经办人,科员,是,\n", "changed ann mobile=138****0009"},
		"not on the list":     {"QH20,,,,白玉,13800000002,部门领导,局长,,\n", "leaving ann -APPLY_CLERK@QH20; new qh20-001 APPLY_LEADER@QH20"},
		"says that he leaves": {"QH20,,,ann,安宁,,,,,离岗\n", "leaving ann -APPLY_CLERK@QH20"},
		"a new unit":          {"QH30,水利局,,,水生,,经办人,,,\n", "new qh30-001 APPLY_CLERK@QH30; unit QH30"},
		"an unknown unit":     {"QH30,,,,水生,,经办人,,,\n", "refused 2 unitName no-such-unit"},
		"two units, one name": {"QH31,水利局,,,水生,,经办人,,,\nQH32,水利局,,,江河,,经办人,,,\n",
			"new qh31-001 APPLY_CLERK@QH31; refused 3 unitName unit-name-taken; unit QH31"},
		"no unit":           {",,,,水生,,经办人,,,\n", "refused 2 unit field.required"},
		"no name":           {annRow + "QH20,,,,,13800000002,经办人,,,\n", "refused 3 name field.required"},
		"no such role":      {annRow + "QH20,,,,白玉,,局座,,,\n", "refused 3 role no-such-role"},
		"a bad number":      {annRow + "QH20,,,,白玉,1380000,经办人,,,\n", "refused 3 mobile mobile-form"},
		"the number of ann": {annRow + "QH20,,,,白玉,13800000001,经办人,,,\n", "refused 3 name roster-number-taken"},
		"one number, two names": {annRow + "QH20,,,,白玉,13800000002,经办人,,,\nQH20,,,,黑石,13800000002,整改责任人,,,\n",
			"new qh20-001 APPLY_CLERK@QH20; refused 4 name roster-contradiction"},
		"the same row twice":  {annRow + annRow, "refused 3 role roster-twice"},
		"refused is not gone": {"QH20,,,ann,安宁,99,经办人,科员,是,\n", "refused 2 mobile mobile-form"},
		"a bureau's role":     {annRow + "QH20,,,,白玉,,科长,,,\n", "refused 3 role role-not-there"},
		"excluding roles": {"QH01,,,,李抽,,专家抽取员,,,\nQH01,,,,李抽,,抽取监督人,,,\n",
			"new qh01-001 DRAW_OPERATOR@QH01; refused 3 role roles-exclude"},
		"an administrator": {"QH01,,,sys,钱雨,,受理岗,,,\nQH01,,,,李新,,安全管理员,,,\n",
			"refused 2 name roster-administrator; refused 3 role roster-administrator"},
		"a formula stays text": {annRow + "QH20,,,,=1+1,,经办人,,,\n", "new qh20-001 APPLY_CLERK@QH20"},
	} {
		if got := says(plan(t, db, head+test.rows)); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestFiles: encodings, heads and sizes.
func TestFiles(t *testing.T) {
	body := head + "QH20,民政局,,ann,安宁,,经办人,,,\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(body)
	if err != nil {
		t.Fatal(err)
	}
	var template bytes.Buffer
	if err := roster.Template(&template); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		raw  string
		want string
	}{
		"plain": {body, ""}, "mark": {"\ufeff" + body, ""}, "gbk": {gbk, ""}, "tabs": {strings.ReplaceAll(body, ",", "\t"), ""},
		"english":      {"Unit id,Name,Role\nQH20,安宁,APPLY_CLERK\n", ""},
		"empty":        {"", "roster-empty"},
		"only a head":  {head, "roster-empty"},
		"the template": {template.String(), "roster-empty"},
		"no such head": {"单位编号,姓名,工资\nQH20,安宁,1\n", "roster-head"},
		"no names":     {"单位编号,岗位\nQH20,经办人\n", "roster-head"},
		"twice":        {"单位编号,姓名,姓名\nQH20,安宁,安宁\n", "roster-head"},
		"half a zip":   {"PK\x03\x04" + body, "roster-unreadable"},
		"other bytes":  {"\xff\xfe\x00" + body, "roster-encoding"},
		"too long":     {head + strings.Repeat("QH20,,,,安宁,,,,,\n", 100000), "roster-too-many"},
	} {
		rows, err := roster.Read([]byte(test.raw))
		if got := code(err); got != test.want || got == "" && (len(rows) != 1 || rows[0].Name != "安宁") {
			t.Errorf("%s: %q, %v, want %q", name, got, rows, test.want)
		}
	}
}

// TestTwoHalves: nothing is written before its half is released; the same list again changes nothing, neither does the export.
func TestTwoHalves(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		town(t, db)
		rows, err := roster.Read(
			[]byte(
				head + "QH20,,,ann,安宁,,经办人,科员,是,\nQH20,,,,白玉,13800000002,部门领导,局长,,\nQH20,,,,白玉,13800000002,整改责任人,,,\nQH30,水利局,,,水生,13800000003,经办人,,,\n",
			),
		)
		if err != nil {
			t.Fatal(err)
		}
		var id int64
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			r, _, err := roster.Ask(tx, sys, "名册.csv", rows, cipher)
			if bytes.Contains(r.Sealed, []byte("13800000002")) || bytes.Contains(r.Body, []byte("13800000002")) {
				t.Error("a request shows a number")
			}
			id = r.ID
			return err
		})
		count := func(what, want string) {
			t.Helper()
			var active, inactive, posts int64
			read := db.Read(t.Context())
			read.Model(&office.Person{}).Where("active").Count(&active)
			read.Model(&office.Person{}).Where("NOT active").Count(&inactive)
			read.Table("post_now").Count(&posts)
			if got := fmt.Sprintf("%d+%d %d", active, inactive, posts); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		var told any
		decide := func(a models.Acting, want string) {
			t.Helper()
			a.At = time.Now()
			err := db.Tx(t.Context(), func(tx *gorm.DB) (err error) { _, told, err = office.Decide(tx, a, id, true, cipher); return err })
			if code(err) != want {
				t.Fatalf("%s decides: %v, want %q", a.Person, err, want)
			}
		}
		count("asked", "2+0 2")
		decide(sec, "not-the-decider")
		decide(sys, "")
		count("accounts", "2+2 2")
		decide(sys, "not-the-decider")
		decide(sec, "")
		count("posts", "4+0 5")
		if codes, ok := told.([]office.Code); !ok || len(codes) != 2 || codes[0].Code == codes[1].Code {
			t.Errorf("codes: %v", told)
		}
		decide(sec, "request-decided")
		r, err := office.FindRequest(db.Read(t.Context()), id)
		if err != nil || r.State != office.RequestGranted || len(r.Sealed) > 0 {
			t.Errorf("the request: %+v, %v", r, err)
		}
		again := func(rows []roster.Row) {
			t.Helper()
			p, _, err := roster.Make(db.Read(t.Context()), rows, time.Now(), cipher)
			if err != nil || !p.Empty() || len(p.Refused) > 0 {
				t.Errorf("again: %s, %v", says(p), err)
			}
		}
		again(rows)
		var book bytes.Buffer
		if err := roster.Export(db.Read(t.Context()), &book, time.Now(), cipher, "R&D"); err != nil {
			t.Fatal(err)
		}
		exported, err := roster.Read(book.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprint(exported), "13800000002") || !strings.Contains(fmt.Sprint(exported), "138****0002") {
			t.Error("an export shows a number")
		}
		again(exported)
		if code(
			db.Tx(t.Context(), func(tx *gorm.DB) error { _, _, err := roster.Ask(tx, sys, "名册.csv", rows, cipher); return err }),
		) != "roster-nothing" {
			t.Error("a list that changes nothing makes a request")
		}
	})
}

// BenchmarkImport brings 40 units with 2,000 people in, both halves.
func BenchmarkImport(b *testing.B) {
	var text strings.Builder
	text.WriteString(head)
	for i := range 2000 {
		fmt.Fprintf(&text, "U%02d,单位%02d,,,姓名%04d,139%08d,经办人,科员,,\n", i%40, i%40, i, i)
	}
	rows, err := roster.Read([]byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		db := modelstest.Open(b, modelstest.Postgres(b))
		town(b, db)
		b.StartTimer()
		var id int64
		modelstest.Tx(b, db, func(tx *gorm.DB) error {
			r, _, err := roster.Ask(tx, sys, "名册.csv", rows, cipher)
			id = r.ID
			return err
		})
		for _, a := range []models.Acting{sys, sec} {
			modelstest.Tx(b, db, func(tx *gorm.DB) error { _, _, err := office.Decide(tx, a, id, true, cipher); return err })
		}
	}
}
