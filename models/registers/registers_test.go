package registers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/spreadsheet"
	"github.com/quancheng/quancheng/workflows/definitions"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var noon = time.Date(2022, 7, 1, 12, 0, 0, 0, models.Zone)

// house is a database with units, the shipped registers and the six windows.
func house(t *testing.T, db *models.DB) {
	t.Helper()
	files, err := registers.Files(definitions.Registers())
	if err != nil {
		t.Fatal(err)
	}
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		for i, name := range []string{"数据局", "税务局", "自规局", "住建局", "公安局", "医保局", "人社局"} {
			if err := tx.Create(&office.Dept{ID: fmt.Sprintf("U%d", i), Name: name, Kind: "applying"}).Error; err != nil {
				return err
			}
		}
		if err := tx.Create(&office.UnitFunction{Function: "bureau", Unit: "U0",
			ValidFrom: noon.AddDate(-9, 0, 0).UTC()}).Error; err != nil {
			return err
		}
		if err := registers.Install(tx, clerk, files); err != nil {
			return err
		}
		d, err := registers.Newest(tx, "windows")
		if err != nil {
			return err
		}
		for i, w := range []string{"税务", "不动产", "房产", "公安", "医保", "人社"} {
			if _, err := registers.Add(tx, clerk, d, map[string]any{"window": w, "unit": fmt.Sprintf("U%d", i+1), "items": "9",
				"seats": "2", "staff": "1"}); err != nil {
				return err
			}
		}
		return nil
	})
}

var (
	clerk  = models.Acting{Person: "clerk", Posts: []string{"OFFICE@U0"}, At: noon, BusinessDate: "2022-07-01"}
	window = models.Acting{Person: "win", Posts: []string{"WINDOW@U1"}, At: noon, BusinessDate: "2022-07-01"}
)

func def(t *testing.T, db *models.DB, id string) *registers.Definition {
	t.Helper()
	d, err := registers.Newest(db.Read(context.Background()), id)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func add(db *models.DB, a models.Acting, d *registers.Definition, fields map[string]any) (e registers.Entry, err error) {
	err = db.Tx(context.Background(), func(tx *gorm.DB) error {
		e, err = registers.Add(tx, a, d, fields)
		return err
	})
	return e, err
}

func code(err error) string {
	var r *models.Refusal
	if !errors.As(err, &r) {
		return fmt.Sprint(err)
	}
	if len(r.Fields) > 0 {
		return r.Fields[0].Pointer + " " + r.Fields[0].Code
	}
	return r.Code
}

func TestADutyEntry(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		house(t, db)
		d := def(t, db, "duty")
		for _, c := range []struct {
			name   string
			who    models.Acting
			fields map[string]any
			want   string
		}{
			{"a Sunday", window, map[string]any{"window": "税务", "date": "2022-06-26", "handled": json.Number("2"), "calls": "3"}, ""},
			{"again", window, map[string]any{"window": "税务", "date": "2022-06-26", "handled": "1"}, "/window entry-there-already"},
			{"a Monday", window, map[string]any{"window": "税务", "date": "2022-06-27", "handled": "1"}, "/date form-field"},
			{"a Monday after hours", window, map[string]any{"window": "税务", "date": "2022-06-27", "handled": "1", "afterHours": true}, ""},
			{"a make-up Sunday", window, map[string]any{"window": "税务", "date": "2022-04-24", "handled": "1"}, "/date form-field"},
			{"of another window", window, map[string]any{"window": "公安", "date": "2022-06-26", "handled": "1"}, "register-not-yours"},
			{"of no window", clerk, map[string]any{"window": "公积金", "date": "2022-06-26", "handled": "1"}, "/window not-an-option"},
			{"tomorrow", clerk, map[string]any{"window": "公安", "date": "2022-07-02", "handled": "1"}, "/date date-in-future"},
			{"wide digits", clerk, map[string]any{"window": "公安", "date": "2022-06-26", "handled": "１"}, "/handled full-width-digits"},
			{"a year without a calendar", clerk, map[string]any{"window": "公安", "date": "2031-01-04", "handled": "1"},
				"/date calendar-year-missing"},
			{"negative", clerk, map[string]any{"window": "公安", "date": "2022-06-26", "handled": "-1"}, "/handled number-below"},
			{"half an item", clerk, map[string]any{"window": "公安", "date": "2022-06-26", "handled": "1.5"}, "/handled too-many-decimals"},
			{"a typed result", clerk, map[string]any{"window": "公安", "date": "2022-06-26", "handled": "1", "offDuty": true},
				"/offDuty field-computed"},
			{"nothing", clerk, map[string]any{}, "/window required"},
		} {
			_, err := add(db, c.who, d, c.fields)
			if got := code(err); err != nil && got != c.want || err == nil && c.want != "" {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		total(t, db, "duty_items", registers.Period{From: "2022-01-01", To: "2022-06-30"}, time.Time{}, "3", 2)
		total(t, db, "duty_windows", registers.Period{From: "2022-06-26", To: "2022-06-26"}, time.Time{}, "1", 1)
	})
}

func total(t *testing.T, db *models.DB, id string, p registers.Period, asOf time.Time, want string, rows int64) {
	t.Helper()
	tx := db.Read(context.Background())
	v, err := registers.Figure(tx, id, p, asOf)
	if err != nil || v.Value != want || v.Rows != rows {
		t.Errorf("%s is %q of %d rows, %v; want %q of %d", id, v.Value, v.Rows, err, want, rows)
	}
	_, behind, err := registers.FigureRows(tx, id, p, asOf)
	if err != nil || int64(len(behind)) != rows {
		t.Errorf("behind %s are %d rows, %v", id, len(behind), err)
	}
}

func TestTwoPeopleEditOneEntry(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		house(t, db)
		d := def(t, db, "duty")
		e, err := add(db, window, d, map[string]any{"window": "税务", "date": "2022-06-26", "handled": "2"})
		if err != nil {
			t.Fatal(err)
		}
		edit := func(a models.Acting, revision int, handled string) error {
			return db.Tx(context.Background(), func(tx *gorm.DB) error {
				_, err := registers.Edit(tx, a, d, e.ID, revision, map[string]any{"window": "税务", "date": "2022-06-26", "handled": handled})
				return err
			})
		}
		later := clerk
		later.At = noon.Add(time.Hour)
		if err := edit(later, 1, "5"); err != nil {
			t.Fatal(err)
		}
		if got := code(edit(window, 1, "7")); got != "stale-version" {
			t.Errorf("the second edit: %s", got)
		}
		all, err := registers.Revisions(db.Read(context.Background()), e.ID)
		if err != nil || len(all) != 2 || all[0].Actor != "clerk" || all[1].N1 != 20000 {
			t.Errorf("revisions %+v, %v", all, err)
		}
		half := registers.Period{From: "2022-01-01", To: "2022-06-30"}
		total(t, db, "duty_items", half, time.Time{}, "5", 1)
		total(t, db, "duty_items", half, noon.Add(time.Minute), "2", 1)
		total(t, db, "duty_items", half, noon.Add(-time.Minute), "0", 0)
		err = db.Tx(context.Background(), func(tx *gorm.DB) error {
			return tx.Exec("UPDATE register_revision SET actor = 'x'").Error
		})
		if err == nil {
			t.Error("history was rewritten")
		}
		err = db.Tx(context.Background(), func(tx *gorm.DB) error {
			_, err := registers.Strike(tx, later, d, e.ID, 2)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		total(t, db, "duty_items", half, time.Time{}, "0", 0)
	})
}

// seal is a register of a county's own: one file, and no line of Go.
const seal = `{"id":"seal","version":1,"name":{"zh":"公章使用台账","en":"Use of the seal"},"owner":"unit","date":"on","key":["no"],
 "fields":[{"key":"no","type":"text","label":{"zh":"编号"},"required":true,"slot":"t1"},{"key":"unit","type":"select","valuesKey":"units","required":true,"slot":"t2"},
  {"key":"on","type":"date","slot":"d1"},{"key":"what","type":"text","required":true,"slot":"t3"},{"key":"copies","type":"number","required":true,"min":1,"slot":"n1"},{"key":"phone","type":"text","slot":"t4"}],
 "computed":[{"key":"pages","type":"number","expr":"=copies * 2","slot":"n2"}],
 "write":["OFFICE@=entry.unit"],"verify":["BUREAU_CHIEF@=entry.unit"],"read":["@=entry.unit"],"mask":{"phone":["BUREAU_CHIEF@=entry.unit"]},"list":["on","no"],
 "totals":{"seal_uses":{"label":{"zh":"用印"},"fn":"count","field":""},"seal_copies":{"label":{"zh":"份数"},"fn":"sum","field":"copies","where":[["what","!=","试盖"]]}}}`

func deploy(t *testing.T, db *models.DB, file, body string) (notes, problems []string) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *gorm.DB) (err error) {
		notes, problems, err = registers.Deploy(tx, clerk, map[string][]byte{file: []byte(body)})
		return err
	})
	if (len(problems) > 0) != errors.Is(err, registers.ErrRefused) {
		t.Fatal(notes, problems, err)
	}
	return notes, problems
}

func TestANewRegisterIsOneFile(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		house(t, db)
		if notes, problems := deploy(t, db, "seal.json", seal); len(problems) > 0 || len(notes) != 1 {
			t.Fatal(notes, problems)
		}
		d := def(t, db, "seal")
		for i := range 5 {
			what := "盖合同"
			if i == 4 {
				what = "试盖"
			}
			if _, err := add(db, clerk, d, map[string]any{"no": fmt.Sprint(i), "unit": "U0", "on": "2022-06-0" + fmt.Sprint(i+1),
				"what": what, "copies": "3", "phone": "13912345678"}); err != nil {
				t.Fatal(err)
			}
		}
		total(t, db, "seal_copies", registers.Period{}, time.Time{}, "12", 4)
		tx := db.Read(context.Background())
		rows, next, err := registers.List(tx, registers.See(tx, clerk, d), registers.Query{Sort: "-no", Limit: 3})
		if err != nil || len(rows) != 3 || next == "" || rows[0].T1 != "4" || rows[0].N2 != 60000 {
			t.Fatalf("%+v %q %v", rows, next, err)
		}
		shown, err := registers.See(tx, clerk, d).Shown(rows[0])
		if err != nil || shown["phone"] != "139******78" {
			t.Errorf("the phone is shown as %v, %v", shown["phone"], err)
		}
		rows, next, err = registers.List(tx, registers.See(tx, clerk, d), registers.Query{Sort: "-no", Limit: 3, Cursor: next})
		if err != nil || len(rows) != 2 || next != "" || rows[1].T1 != "0" {
			t.Errorf("second page %+v %q %v", rows, next, err)
		}
		if rows, _, err := registers.List(tx, registers.See(tx, window, d), registers.Query{}); err != nil || len(rows) != 0 {
			t.Errorf("another unit reads %d, %v", len(rows), err)
		}
		_, _, err = registers.List(tx, registers.See(tx, clerk, d), registers.Query{Filter: map[string]string{"phone": "13912345678"}})
		if got := code(err); got != "query/filter[phone] unknown-filter" {
			t.Errorf("filtering by a masked field: %s", got)
		}
		if _, problems := deploy(t, db, "seal.json", strings.Replace(seal, `"min":1,`, "", 1)); len(problems) == 0 {
			t.Error("the same version with another text was taken")
		}
		second := strings.NewReplacer(`"version":1`, `"version":2`, `"slot":"t1"`, `"slot":"t9"`, `"key":"phone","type":"text","slot":"t4"`,
			`"key":"remark","type":"text"`, `"mask":{"phone":["BUREAU_CHIEF@=entry.unit"]},`, "",
			`"seal_uses":{"label":{"zh":"用印"},"fn":"count","field":""},`, "").
			Replace(seal)
		notes, problems := deploy(t, db, "seal.json", second)
		if told := strings.Join(notes, "\n"); len(problems) > 0 || !strings.Contains(told, "field no moves") ||
			!strings.Contains(told, "field phone is gone: 5 entries") || !strings.Contains(told, "total seal_uses is gone") {
			t.Errorf("%s %v", told, problems)
		}
		d = def(t, db, "seal")
		rows, _, err = registers.List(tx, registers.See(tx, clerk, d), registers.Query{Sort: "-no"})
		if err != nil || rows[0].T9 != "4" || rows[0].T1 != "" {
			t.Errorf("rows were not moved: %+v %v", rows[0], err)
		}
		if _, problems := deploy(t, db, "seal.json", strings.NewReplacer(`"version":1`, `"version":3`,
			`"key":"copies","type":"number","required":true,"min":1,"slot":"n1"`, `"key":"copies","type":"text","slot":"t5"`, `"fn":"sum"`,
			`"fn":"distinct"`).Replace(seal)); len(
			problems,
		) == 0 {
			t.Error("a number became a text under the entries")
		}
	})
}

func TestBrokenFilesAreRefused(t *testing.T) {
	for what, change := range map[string][2]string{
		"an unknown property": {`"version":1`, `"version":1,"colour":"red"`},
		"a slot twice":        {`"slot":"t3"`, `"slot":"t1"`},
		"a wrong slot":        {`"slot":"n1"`, `"slot":"t7"`},
		"a broken expression": {`=copies * 2`, `=copies * `},
		"an unknown name":     {`=copies * 2`, `=kopies * 2`},
		"a list of nothing":   {`"list":["on","no"]`, `"list":["when"]`},
		"a sum of texts":      {`"fn":"sum","field":"copies"`, `"fn":"sum","field":"what"`},
		"an unknown op":       {`"!="`, `"~"`},
		"nobody writes":       {`"write":["OFFICE@=entry.unit"]`, `"write":[]`},
		"read by a field":     {`"read":["@=entry.unit"]`, `"read":["@=entry.no"]`},
		"no name":             {`"zh":"公章使用台账",`, ``},
	} {
		if _, problems := registers.Parse([]byte(strings.Replace(seal, change[0], change[1], 1))); len(problems) == 0 {
			t.Errorf("%s was taken", what)
		}
	}
	if _, problems := registers.Parse([]byte(seal)); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestImport(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		house(t, db)
		d := def(t, db, "duty")
		take := func(data string, preview bool) (o registers.Outcome, err error) {
			err = db.Tx(context.Background(), func(tx *gorm.DB) error {
				o, err = registers.Import(tx, clerk, d, "六月值班.csv", []byte(data), preview)
				return err
			})
			return o, err
		}
		csv := "窗口,日期,值班人,办件,电话\n税务,2022-06-25,杜衡,3,4\n公安,2022/6/26,潘越,1,2\n税务,2022-04-24,杜衡,2,0\n公积金,2022-06-26,某人,1,0\n公安,2022-06-26,潘越,9,9\n医保,2022-06-26,方蕾,=1+1,0\n人社,1900-01-05,许茜,1,1\n"
		o, err := take(csv, true)
		if err != nil || o.Added != 2 || o.Refused != 5 || o.ID != 0 {
			t.Fatalf("%+v %v", o, err)
		}
		want := []string{"4B form-field", "5A not-an-option", "6A row-twice", "7D cell-formula", "8B date-of-1900"}
		for i, r := range o.Rejected {
			if got := fmt.Sprintf("%d%s %s", r.Row, r.Column, r.Code); i >= len(want) || got != want[i] {
				t.Errorf("rejected %d: %s", i, got)
			}
		}
		half := registers.Period{From: "2022-01-01", To: "2022-06-30"}
		total(t, db, "duty_items", half, time.Time{}, "0", 0) // a preview writes nothing
		if o, err = take(csv, false); err != nil || o.ID == 0 {
			t.Fatal(o, err)
		}
		total(t, db, "duty_items", half, time.Time{}, "4", 2)
		o, err = take("\xef\xbb\xbf窗口;日期;办件\n税务;2022-06-25;5\n公安;2022-06-26;1\n", false)
		if err != nil || o.Changed != 1 || o.Same != 1 || o.Added != 0 || len(o.Changes) != 1 || o.Changes[0].Field != "handled" {
			t.Errorf("%+v %v", o, err)
		}
		total(t, db, "duty_calls", half, time.Time{}, "6", 2) // a column that the sheet has not stays
		for name, bad := range map[string]string{"/file sheet-column-unknown": "窗口,日期,办件,颜色\n税务,2022-06-25,1,红\n",
			"/file sheet-column-missing": "窗口,日期\n税务,2022-06-25\n", "/file sheet-empty": "\n\n"} {
			if _, err := take(bad, false); code(err) != name {
				t.Errorf("%s: %s", name, code(err))
			}
		}
	})
}

func TestAnExportComesBack(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	house(t, db)
	d := def(t, db, "windows")
	tx := db.Read(context.Background())
	sheet, err := registers.Export(tx, registers.See(tx, clerk, d), registers.Query{}, "zh")
	if err != nil || len(sheet.Rows) != 6 {
		t.Fatal(sheet, err)
	}
	raw, err := spreadsheet.Write(sheet)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(context.Background(), func(tx *gorm.DB) error {
		o, err := registers.Import(tx, clerk, d, "windows.xlsx", raw, false)
		if o.Same != 6 || o.Refused > 0 {
			t.Errorf("%+v", o)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
