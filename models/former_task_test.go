package models_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// TestTasksOfAFormerRelease: rows of release 6b780a7 get what former.json says of
// their elements, and where cases run the kinds of units and their posts say which unit serves as what.
func TestTasksOfAFormerRelease(t *testing.T) {
	elements := []string{
		"p1_draft", "p1_leader", "p2_supplement", "p3_pre", "p4_head", "p5_joint", "p6_plan", "p7_sign", "p8_report", "p9_final",
		"p10_verify", "p12_fix", "r1_plan", "holiday", "p10",
	}
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": modelstest.SQLite, "postgres": modelstest.Postgres} {
		t.Run(name, func(t *testing.T) {
			db := opened(t, dsn(t))
			apply(t, db, migrations(t), 17, 17)
			rows := []string{
				`INSERT INTO dept (id, name, name_en, kind) VALUES ('a', 'a', 'a', 'bureau'), ('b', 'b', 'b', 'experts'), ('c', 'c', 'c', 'applying')`,
				`INSERT INTO person (id, name, name_en, active, demo) VALUES ('p', 'p', 'p', true, true)`,
				`INSERT INTO post (id, person_id, role, dept_id, title, is_primary) VALUES ('JOINT@c', 'p', 'JOINT', 'c', '', true), ('ARCHIVIST@a', 'p', 'ARCHIVIST', 'a', '', false)`,
				`INSERT INTO bundle (digest, deployed_at, deployed_by) VALUES ('d', '2026-03-02 09:00:00', 'p')`,
				`INSERT INTO root_state (bundle, process, step, state, open, created_at, updated_at) VALUES ('d', 'p', 1, '', true, '2026-03-02 09:00:00', '2026-03-02 09:00:00')`,
			}
			for i, e := range elements {
				rows = append(
					rows,
					fmt.Sprintf(
						`INSERT INTO task (key, root, instance, element_key, bundle, process, element, name, batch, version, round, priority, state, created_at, detail)
					VALUES (%d, 1, 1, 1, 'd', 'p', '%s', '', false, 1, 1, 1, 'open', '2026-03-02 09:00:00', '{}')`,
						i, e,
					),
				)
			}
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				for _, row := range rows {
					if err := tx.Exec(row).Error; err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Migrate(context.Background()); err != nil {
				t.Fatal(err)
			}
			asFormerSays(t, db, len(elements))
			var functions []string
			if err := db.Read(context.Background()).Raw("SELECT function || ' ' || unit FROM unit_function ORDER BY 1").Scan(&functions).Error; err != nil {
				t.Fatal(err)
			}
			if want := []string{"archive a", "bureau a", "experts b", "joint c"}; !slices.Equal(functions, want) {
				t.Errorf("functions %v, want %v", functions, want)
			}
		})
	}
}

func asFormerSays(t *testing.T, db *models.DB, n int) {
	t.Helper()
	var tasks []struct{ Element, Edits, About string }
	if err := db.Read(context.Background()).Raw("SELECT element, edits, about FROM task").Scan(&tasks).Error; err != nil ||
		len(tasks) != n {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	known := 0
	for _, task := range tasks {
		edits, about, err := definitions.Former(task.Element)
		if err != nil {
			t.Fatal(err)
		}
		if task.Edits != strings.Join(edits, ",") || task.About != about {
			t.Errorf("%s edits %q and is about %q; former.json: %v, %q", task.Element, task.Edits, task.About, edits, about)
		}
		if about != "" {
			known++
		}
	}
	if known != n-2 {
		t.Errorf("%d of %d elements are known", known, n)
	}
}
