package registers_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/registers"
)

// TestIndicators: the ratio is computed, and what misses its target asks for a rectification.
func TestIndicators(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		house(t, db)
		d := def(t, db, "indicators")
		base := map[string]any{
			"name": "即办件占比", "unit": "U1", "numeratorName": "即办事项", "denominatorName": "许可事项",
			"source": "事项库", "target": "90", "better": "high",
		}
		for _, c := range []struct {
			code, n, d, better string
			refused            string
			value, gap         any
			raises             bool
		}{
			{"A", "320", "340", "high", "", "94.12", "0", false},
			{"B", "306", "340", "high", "", "90", "0", false}, // exactly at the line
			{"C", "305", "340", "high", "", "89.71", "1", true},
			{"D", "36", "40", "low", "", "90", "0", false},
			{"E", "37", "40", "low", "", "92.5", "1", true},
			{"F", "0", "0", "high", "", nil, nil, false},
			{"G", "1", "0", "high", "/denominator form-field", nil, nil, false},
			{"H", "-1", "5", "high", "/numerator number-below", nil, nil, false},
		} {
			fields := maps.Clone(base)
			fields["code"], fields["date"], fields["numerator"], fields["denominator"], fields["better"] = c.code, "2022-06-30", c.n, c.d,
				c.better
			e, err := add(db, clerk, d, fields)
			if c.refused != "" {
				if code(err) != c.refused {
					t.Errorf("%s: %v", c.code, code(err))
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", c.code, err)
				continue
			}
			kept, err := e.Fields()
			if err != nil {
				t.Fatal(err)
			}
			if text(kept["value"]) != text(c.value) || text(kept["gap"]) != text(c.gap) {
				t.Errorf("%s: value %v, gap %v", c.code, kept["value"], kept["gap"])
			}
			_, asks, err := registers.Asks(db.Read(context.Background()), clerk, d, e, true)
			if err != nil || asks != c.raises {
				t.Errorf("%s: raises %v, %v", c.code, asks, err)
			}
		}
		total(t, db, "indicators_short", registers.Period{From: "2022-01-01", To: "2022-06-30"}, time.Time{}, "2", 2)
	})
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// TestARegisterOfOneFile: the file that docs/process-authoring.md shows is a
// register; not a line of Go knows it.
func TestARegisterOfOneFile(t *testing.T) {
	page, err := os.ReadFile("../../docs/process-authoring.md")
	if err != nil {
		t.Fatal(err)
	}
	file := regexp.MustCompile("(?s)```json\n(\\{\"id\":\"seal\".*?)\n```").FindSubmatch(page)
	if file == nil {
		t.Fatal("the page shows no register")
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		house(t, db)
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			return registers.Install(tx, clerk, map[string][]byte{"seal.json": file[1]})
		})
		d := def(t, db, "seal")
		office := models.Acting{Person: "office", Posts: []string{"OFFICE@U1"}, At: noon, BusinessDate: "2022-07-01"}
		for _, c := range []struct {
			name   string
			who    models.Acting
			fields map[string]any
			want   string
		}{
			{"a use", office, map[string]any{"no": "1", "unit": "U1", "on": "2022-06-01", "what": "合同", "copies": "3"}, ""},
			{"the same number", office, map[string]any{"no": "1", "unit": "U1", "on": "2022-06-01", "what": "合同", "copies": "3"},
				"/no entry-there-already"},
			{"a trial print", office, map[string]any{"no": "2", "unit": "U1", "on": "2022-06-02", "what": "试盖", "copies": "1"}, ""},
			{"too many", office, map[string]any{"no": "3", "unit": "U1", "on": "2022-06-02", "what": "通知", "copies": "501"},
				"/copies form-field"},
			{"of another unit", office, map[string]any{"no": "4", "unit": "U2", "on": "2022-06-02", "what": "通知", "copies": "1"},
				"register-not-yours"},
		} {
			if _, err := add(db, c.who, d, c.fields); err == nil && c.want != "" || err != nil && code(err) != c.want {
				t.Errorf("%s: %v, want %s", c.name, code(err), c.want)
			}
		}
		half := registers.Period{From: "2022-01-01", To: "2022-06-30"}
		total(t, db, "seal_uses", half, time.Time{}, "2", 2)
		total(t, db, "seal_copies", half, time.Time{}, "3", 1)
	})
}
