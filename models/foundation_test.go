package models_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

func TestParseMoney(t *testing.T) {
	for in, want := range map[string]string{"0": "0.00", "2702600": "2702600.00", "0.1": "0.10", "-5.05": "-5.05",
		"9999999999999999.99": "9999999999999999.99"} {
		m, err := models.ParseMoney(in)
		if err != nil || m.String() != want {
			t.Errorf("ParseMoney(%q) = %s, %v; want %s", in, m, err, want)
		}
	}
	for _, in := range []string{"", "1.005", "1e3", " 1", "1,000", "NaN", "99999999999999999", "1."} {
		if m, err := models.ParseMoney(in); !errors.Is(err, models.ErrMoney) {
			t.Errorf("ParseMoney(%q) = %s, %v; want ErrMoney", in, m, err)
		}
	}
	var m models.Money
	if err := json.Unmarshal([]byte(`12.5`), &m); err == nil {
		t.Error("a JSON number may have passed through a float and must be refused")
	}
}

// Sums of amounts that floats get wrong are exact on both databases, and the
// value that comes back is the value that went in.
func TestMoneyIsExactInTheDatabase(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		type purse struct {
			ID     int64 `gorm:"primaryKey"`
			Amount models.Money
		}
		sum := models.Yuan(decimal.Zero)
		err := db.Tx(ctx, func(tx *gorm.DB) error {
			if err := tx.Migrator().CreateTable(&purse{}); err != nil {
				return err
			}
			for i, s := range []string{"0.10", "0.20", "9007199254740993.01", "-0.01"} {
				m, err := models.ParseMoney(s)
				if err != nil {
					return err
				}
				sum = sum.Add(m)
				if err := tx.Create(&purse{ID: int64(i + 1), Amount: m}).Error; err != nil {
					return err
				}
			}
			var got models.Money
			if err := tx.Raw("SELECT sum(amount) FROM purses").Scan(&got).Error; err != nil {
				return err
			}
			if got.Cmp(sum) != 0 {
				t.Errorf("sum = %s, want %s", got, sum)
			}
			var n int64
			tenth, _ := models.ParseMoney("0.1")
			if err := tx.Raw("SELECT count(*) FROM purses WHERE amount = ?", tenth).Scan(&n).Error; err != nil {
				return err
			}
			if n != 1 {
				t.Errorf("found %d rows of 0.10, want 1", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAuditChainLinks(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		a := models.Acting{Person: "zhou-min", Post: "APPLY_CLERK@DP18", At: time.Now(), BusinessDate: "2022-02-15", Reason: "补录"}
		for i := range 3 {
			err := db.Tx(ctx, func(tx *gorm.DB) error {
				return audit.Audit(
					tx, "r:test", a,
					audit.AuditEntry{Action: "test", Subject: "thing:1", Detail: models.JSONOf(map[string]any{"b": i, "a": "中文 <&>"})},
				)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var entries []audit.AuditEntry
		if err := db.Read(ctx).Where("chain = ?", "r:test").Order("seq").Find(&entries).Error; err != nil {
			t.Fatal(err)
		}
		if len(entries) != 3 || entries[0].Prev != "" || entries[1].Prev != entries[0].Hash || entries[2].Prev != entries[1].Hash ||
			entries[2].Seq != 3 {
			t.Errorf("the chain does not link: %+v", entries)
		}
		if entries[2].BusinessDate != "2022-02-15" {
			t.Errorf("business date = %q", entries[2].BusinessDate)
		}
	})
}

func TestUniqueBreachIsRecognised(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		add := func() error {
			return db.Tx(context.Background(), func(tx *gorm.DB) error {
				return tx.Create(&office.Dept{ID: "DP01", Name: "示例局", Kind: "applying"}).Error
			})
		}
		if err := add(); err != nil {
			t.Fatal(err)
		}
		if err := add(); !models.IsUnique(err) {
			t.Errorf("a second row with the same key gave %v", err)
		}
	})
}
