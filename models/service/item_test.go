package service_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/service"
	"github.com/quancheng/quancheng/spreadsheet"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var (
	noon  = time.Date(2022, 7, 1, 12, 0, 0, 0, models.Zone)
	clerk = models.Acting{Person: "clerk", At: noon, BusinessDate: "2022-01-01"}
)

func anybody(string) bool { return true }

// licences are the 340 licence items of domain/data-model.md §6.3.
func licences() spreadsheet.Sheet {
	s := spreadsheet.Sheet{Heads: []string{"事项编码", "事项名称", "实施单位", "类别", "法定时限", "承诺时限", "即办件", "材料"}}
	add := func(n, legal, promised int, instant string) {
		for range n {
			code := fmt.Sprintf("XK-%04d", len(s.Rows))
			s.Rows = append(
				s.Rows,
				[]any{
					code, "许可" + code, "税务局", "行政许可", spreadsheet.Number(fmt.Sprint(legal)), spreadsheet.Number(fmt.Sprint(promised)),
					instant, "申请表、身份证",
				},
			)
		}
	}
	add(313, 20, 0, "是")
	add(6, 25, 0, "是")
	add(1, 24, 0, "是")
	add(17, 18, 18, "否")
	add(2, 20, 12, "否")
	add(1, 20, 10, "否")
	return s
}

func TestSharesAreComputed(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		raw, err := spreadsheet.Write(licences())
		if err != nil {
			t.Fatal(err)
		}
		take := func(a models.Acting, raw []byte) (o service.Outcome) {
			modelstest.Tx(t, db, func(tx *gorm.DB) (err error) {
				o, err = service.Import(tx, a, "事项.xlsx", raw, anybody)
				return err
			})
			return o
		}
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			return tx.Create(&office.Dept{ID: "U1", Name: "税务局", Kind: "applying"}).Error
		})
		if o := take(clerk, raw); o.Added != 340 || o.Refused != 0 {
			t.Fatalf("%+v", o)
		}
		if o := take(clerk, raw); o.Same != 340 {
			t.Errorf("again: %+v", o)
		}
		half := service.At{On: "2022-06-30"}
		shares(t, db, half, "95.00", "95.00", "94.12")
		later := clerk
		later.At, later.BusinessDate = noon.Add(time.Hour), "2022-05-01"
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			i, err := service.Newest(tx, "XK-0000")
			if err != nil {
				return err
			}
			i.Instant, i.PromisedDays, i.ValidFrom = false, 20, "2022-05-01"
			_, err = service.Save(tx, later, i, 1)
			return err
		})
		shares(t, db, half, "94.71", "94.71", "93.82")
		shares(t, db, service.At{On: "2022-04-30"}, "95.00", "95.00", "94.12")
		shares(t, db, service.At{On: "2022-06-30", AsOf: noon.Add(time.Minute)}, "95.00", "95.00", "94.12")
		shares(t, db, service.At{On: "2021-12-31"}, "", "", "")
		rows, err := service.FigureRows(db.Read(context.Background()), half)
		if err != nil || len(rows) != 340 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
		err = db.Tx(context.Background(), func(tx *gorm.DB) error {
			return tx.Exec("UPDATE service_item SET promised_days = 0").Error
		})
		if err == nil {
			t.Error("the past was rewritten")
		}
	})
}

// rulesOf are the shipped rules.
func rulesOf(t *testing.T) rules.Edition {
	t.Helper()
	checks, err := rulebook.ExampleChecks()
	if err != nil {
		t.Fatal(err)
	}
	pack, err := rulebook.Example()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := pack.Tree()
	if err != nil {
		t.Fatal(err)
	}
	e, err := rules.MakeEdition(rules.Edition{Pack: "T"}, checks, tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func shares(t *testing.T, db *models.DB, at service.At, want ...string) {
	t.Helper()
	all, err := service.Figures(db.Read(context.Background()), at, rulesOf(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range all {
		if f.Value != want[i] {
			t.Errorf("%s on %s is %q, want %q", f.ID, at.On, f.Value, want[i])
		}
	}
}

func TestWhatIsWrongWithAnItem(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	modelstest.Tx(t, db, func(tx *gorm.DB) error { return tx.Create(&office.Dept{ID: "U1", Name: "税务局"}).Error })
	for name, c := range map[string]struct {
		change func(*service.Item)
		want   string
	}{
		"fine":       {func(*service.Item) {}, ""},
		"no unit":    {func(i *service.Item) { i.Unit = "X" }, "/unit unit-unknown"},
		"slower":     {func(i *service.Item) { i.PromisedDays = 21 }, "/promisedDays promised-above-legal"},
		"instant":    {func(i *service.Item) { i.Instant = true }, "/promisedDays instant-takes-no-days"},
		"kind":       {func(i *service.Item) { i.Kind = "许可" }, "/kind not-an-option"},
		"ends first": {func(i *service.Item) { i.ValidTo = "2021-01-01" }, "/validTo item-ends-before"},
	} {
		i := service.Item{
			Code: name, Name: "x", Unit: "U1", Kind: service.KindLicence, LegalDays: 20, PromisedDays: 5, ValidFrom: "2022-01-01",
		}
		c.change(&i)
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			_, err := service.Save(tx, clerk, i, 0)
			return err
		})
		var r *models.Refusal
		got := ""
		if errors.As(err, &r) && len(r.Fields) > 0 {
			got = r.Fields[0].Pointer + " " + r.Fields[0].Code
		}
		if got != c.want || err != nil && c.want == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
