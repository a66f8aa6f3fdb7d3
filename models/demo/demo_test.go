package demo_test

import (
	"context"
	"regexp"
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

var fixedPost = regexp.MustCompile(`[A-Z_]+@(?:DP|SU|SV|EX)\d\d`)

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
		posts := map[string]bool{}
		for _, f := range bundle.Of(".bpmn") {
			for _, p := range fixedPost.FindAllString(string(f.Data), -1) {
				posts[p] = true
			}
		}
		if len(posts) < 10 {
			t.Fatalf("only %d posts were found in the models", len(posts))
		}
		for _, p := range []string{"APPLY_CLERK@DP18", "APPLY_LEADER@DP18", "RECT_OWNER@DP18", "EXPERT@EX00", "SUPPLIER_PM@SU01", "SUPERVISOR_PM@SV01", "FINANCE_LIAISON@DP22", "PROCUREMENT_LIAISON@DP31"} {
			posts[p] = true
		}
		read := db.Read(context.Background())
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
		if err := read.Raw(`SELECT count(*) FROM (SELECT person_id FROM post WHERE role IN ('SYS_ADMIN','SEC_ADMIN','AUDIT_ADMIN') GROUP BY person_id HAVING count(DISTINCT role) > 1) x`).Scan(&doubled).Error; err != nil || doubled > 0 {
			t.Errorf("%d persons hold two administrators' posts (%v)", doubled, err)
		}
		var seals int64
		if err := read.Model(&audit.AuditEntry{}).Where("chain = ?", "r:organisation").Count(&seals).Error; err != nil || seals != 1 {
			t.Errorf("%d audit entries, want 1 (%v)", seals, err)
		}
	})
}
