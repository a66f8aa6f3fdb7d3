package demo_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/workflows/definitions"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var postByFunction = regexp.MustCompile(`(?:for u in org\.(\w+) return )?"([A-Z_]+)@" \+ (?:org\.(\w+)|u\b)`)

// Every post that a shipped model names is held by somebody, installing twice
// changes nothing, and nobody holds two of the three administrators' posts.
func TestOrganisationStaffsTheModels(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		a := models.Acting{Person: models.System, At: time.Now()}
		for range 2 {
			if err := db.Tx(context.Background(), func(tx *gorm.DB) error { return demo.Install(tx, a) }); err != nil {
				t.Fatal(err)
			}
		}
		bundle, err := definitions.Shipped()
		if err != nil {
			t.Fatal(err)
		}
		read := db.Read(context.Background())
		posts := map[string]bool{}
		for _, f := range bundle.Of(".bpmn") {
			for _, m := range postByFunction.FindAllStringSubmatch(string(f.Data), -1) {
				found, err := office.PostsIn(read, m[2], m[1]+m[3], a.At)
				if err != nil || len(found) == 0 {
					t.Errorf("%s: %s: no unit, %v", f.Name, m[0], err)
				}
				for _, p := range found {
					posts[p] = true
				}
			}
		}
		if len(posts) < 10 {
			t.Fatalf("only %d posts were found in the models", len(posts))
		}
		for _, p := range []string{"APPLY_CLERK@DP18", "APPLY_LEADER@DP18", "RECT_OWNER@DP18", "EXPERT@EX00", "SUPPLIER_PM@SU01",
			"SUPERVISOR_PM@SV01", "FINANCE_LIAISON@DP22", "PROCUREMENT_LIAISON@DP31"} {
			posts[p] = true
		}
		for p := range posts {
			held, err := office.Members(read, p)
			if err != nil {
				t.Fatal(err)
			}
			if len(held) == 0 {
				t.Errorf("nobody holds %s", p)
			}
		}
		if experts, _ := office.Members(read, "EXPERT@EX00"); len(experts) < 9 {
			t.Errorf("%d experts: the largest review needs 7 and some avoid", len(experts))
		}
		var doubled int64
		if err := read.Raw(`SELECT count(*) FROM (SELECT person_id FROM post WHERE role IN ('SYS_ADMIN','SEC_ADMIN','AUDIT_ADMIN') GROUP BY person_id HAVING count(DISTINCT role) > 1) x`).Scan(&doubled).Error; err != nil ||
			doubled > 0 {
			t.Errorf("%d persons hold two administrators' posts (%v)", doubled, err)
		}
		var functions []string
		if err := read.Model(&office.UnitFunction{}).Distinct().Order("function").Pluck("function", &functions).Error; err != nil ||
			strings.Join(functions, " ") != "archive audit bureau county experts finance joint procurement" {
			t.Errorf("functions %v, %v", functions, err)
		}
		var seals int64
		if err := read.Model(&audit.AuditEntry{}).Where("chain = ?", "r:organisation").Count(&seals).Error; err != nil || seals != 1 {
			t.Errorf("%d audit entries, want 1 (%v)", seals, err)
		}
	})
}

// An organisation that a former release has installed gets the functions of its
// units and the codes of its companies, once; installing again moves nothing.
func TestFunctionsOverAFormerRelease(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		install := func() (version, functions int64) {
			t.Helper()
			err := db.Tx(t.Context(), func(tx *gorm.DB) error {
				return demo.Install(tx, models.Acting{Person: models.System, At: time.Now()})
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Read(t.Context()).Raw("SELECT version FROM org_version").Scan(&version).Error; err != nil {
				t.Fatal(err)
			}
			return version, count(t, db)
		}
		_, all := install()
		if err := db.Tx(t.Context(), func(tx *gorm.DB) error {
			return errors.Join(tx.Exec("DELETE FROM unit_function").Error, tx.Exec("UPDATE dept SET uscc = ''").Error)
		}); err != nil {
			t.Fatal(err)
		}
		first, again := install()
		if again != all || all == 0 {
			t.Errorf("%d functions, at first %d", again, all)
		}
		var coded int64
		if err := db.Read(t.Context()).Model(&office.Dept{}).Where("uscc <> ''").Count(&coded).Error; err != nil || coded != 2 {
			t.Errorf("%d companies with a code, %v", coded, err)
		}
		if second, _ := install(); second != first {
			t.Errorf("installing what is there moved the version from %d to %d", first, second)
		}
	})
}

func count(t *testing.T, db *models.DB) (n int64) {
	t.Helper()
	if err := db.Read(t.Context()).Model(&office.UnitFunction{}).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}
