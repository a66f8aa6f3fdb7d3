package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/search"
)

func TestMain(m *testing.M) { modelstest.Main(m) }

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// all sees every room.
var all = search.Sight{Business: true, All: true, Oversees: true, Person: "wang"}

type row = map[string]any

// fill writes things by the way of their own tables.
func fill(t *testing.T, db *models.DB) {
	t.Helper()
	modelstest.Tx(t, db, func(tx *gorm.DB) error {
		put := func(table string, r row) error { return tx.Table(table).Create(r).Error }
		for _, d := range []string{"A 县水利局", "B 县公安局"} {
			id, name, _ := strings.Cut(d, " ")
			if err := put("dept", row{"id": id, "name": name, "kind": "applying"}); err != nil {
				return err
			}
		}
		for i, p := range []string{"XM-2022-003 应急指挥 B", "XM-2022-004 智慧水利（防汛） A", "XM-2022-005 100%_'覆盖\"网 B"} {
			f := strings.Fields(p)
			err := put(
				"project",
				row{
					"code": f[0], "name": f[1], "dept_id": f[2], "type": "新建", "mlps_level": 2, "form": "{}",
					"stage": "DRAFT", "drafted_on": "2022-01-01", "version": 1,
					"created_at": noon.Add(time.Duration(i) * time.Hour), "created_by": "zhou", "updated_at": noon,
				},
			)
			if err != nil {
				return err
			}
		}
		if err := put("document", row{"id": "7", "project": "XM-2022-004", "kind": "批复", "title": "关于智慧水利项目的批复", "doc_no": "县数资审〔2022〕6号",
			"created_by": "zhou", "created_at": noon}); err != nil {
			return err
		}
		if err := put("document", row{"id": "8", "project": "XM-2022-004", "kind": "crypto", "title": "密码应用方案", "created_by": "zhou",
			"created_at": noon}); err != nil {
			return err
		}
		err := put(
			"rectification",
			row{
				"no": "ZG-2022-0001", "source": "walk", "title": "取水许可仍要纸质图", "owner_dept": "A", "severity": "A",
				"state": "OPEN", "blocking": false, "found_on": "2022-03-01", "registrar": "li", "created_at": noon,
				"updated_at": noon, "version": 1,
			},
		)
		if err != nil {
			return err
		}
		for _, p := range []string{"li 李水利 internal CLERK", "zhao 赵专家 internal EXPERT", "su 水利供应商 external SUPPLIER_PM"} {
			f := strings.Fields(p)
			if err := put("person", row{"id": f[0], "name": f[1], "active": true, "demo": false, "kind": f[2]}); err != nil {
				return err
			}
			if err := put("post", row{"id": f[3] + "@A", "person_id": f[0], "role": f[3], "dept_id": "A", "is_primary": true}); err != nil {
				return err
			}
		}
		if err := put("bundle", row{"digest": "b", "deployed_at": noon, "deployed_by": "li"}); err != nil {
			return err
		}
		for i, who := range []string{"li", "chen"} {
			if err := put("root_state", row{"key": i + 1, "bundle": "b", "process": "cloud", "business_key": fmt.Sprintf("YZ-%d", i+1),
				"dept": "A", "step": 1, "state": []byte("{}"), "open": true, "created_at": noon, "updated_at": noon}); err != nil {
				return err
			}
			if err := put("begun", row{"root": i + 1, "person": who, "post": "CLERK@A", "version": 1, "form": "", "title": "水利视频 " + who,
				"data": "{}", "at": noon}); err != nil {
				return err
			}
		}
		return put(
			"service_item",
			row{
				"code": "SL-01", "version": 1, "name": "取水许可", "unit": "A", "kind": "许可",
				"legal_days": 20, "promised_days": 5, "instant": false, "materials": "[]", "steps": "[]",
				"valid_from": "2022-01-01", "recorded_at": noon, "actor": "li",
			},
		)
	})
}

func find(t *testing.T, db *models.DB, question string, s search.Sight, kinds ...search.Kind) string {
	t.Helper()
	got, err := search.Find(db.Read(context.Background()), search.Question{Words: search.Words(question), Kinds: kinds, Most: 50, Sight: s})
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	var out []string
	for _, k := range search.Kinds {
		for _, h := range got[k] {
			out = append(out, string(h.Kind)+":"+h.Ref)
		}
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	clerk := search.Sight{Business: true, Depts: []string{"A"}, Person: "li", Posts: []string{"CLERK@A"}}
	other := search.Sight{Business: true, Depts: []string{"B"}, Person: "chen"}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		fill(t, db)
		for _, x := range []struct {
			question string
			sight    search.Sight
			want     string
		}{
			{"水利", all, "project:XM-2022-004 matter:2 matter:1 document:7 rectification:ZG-2022-0001 person:li"},
			{"水利 防汛", all, "project:XM-2022-004"},
			{"智慧水利防汛", all, ""}, // a bracket stands between
			{"防汛）", all, "project:XM-2022-004"},
			{"xm-2022", all, "project:XM-2022-005 project:XM-2022-004 project:XM-2022-003"},
			{"(2022)6号", all, "document:7"},
			{"取水", all, "rectification:ZG-2022-0001 item:SL-01"},
			{"水", all, ""},
			{"", all, ""},
			{"%_", all, "project:XM-2022-005"},
			{"%_'", all, "project:XM-2022-005"},
			{`覆盖"网`, all, "project:XM-2022-005"},
			{"%%", all, ""},
			{`\'; --`, all, ""},
			{"密码", all, "document:8"},
			{"水利", clerk, "project:XM-2022-004 matter:1 document:7 rectification:ZG-2022-0001 person:li"},
			{"水利", other, "matter:2 person:li"},
			{"应急", other, "project:XM-2022-003"},
			{"应急", clerk, ""},
			{"专家", all, ""},
			{"专家", search.Sight{Business: true, Experts: true}, "person:zhao"},
			{"水利", search.Sight{All: true, Oversees: true}, ""}, // an administrator
		} {
			if got := find(t, db, x.question, x.sight); got != x.want {
				t.Errorf("%q: %s\nwant %s", x.question, got, x.want)
			}
		}
	})
}

// What is renamed, thrown away or let go is found as it is now.
func TestIndexFollowsTheRows(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		fill(t, db)
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			for _, sql := range []string{
				"UPDATE project SET name = '数字河湖' WHERE code = 'XM-2022-004'", "UPDATE dept SET name = '县水务局' WHERE id = 'A'",
				"DELETE FROM document WHERE id = '7'", "UPDATE person SET active = FALSE WHERE id = 'li'",
			} {
				if err := tx.Exec(sql).Error; err != nil {
					return err
				}
			}
			return nil
		})
		if got := find(t, db, "水利", all, search.Project, search.Document, search.Person, search.Rectification); got != "" {
			t.Error(got)
		}
		if got := find(t, db, "水务 河湖", all); got != "project:XM-2022-004" {
			t.Error(got)
		}
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			if err := tx.Exec("UPDATE project SET name = '不留痕迹' WHERE code = 'XM-2022-003'").Error; err != nil {
				return err
			}
			return context.Canceled
		})
		if err == nil || find(t, db, "痕迹", all) != "" || find(t, db, "应急", all) == "" {
			t.Error("a transaction that was taken back left its words")
		}
	})
}

// Many hits are read from the newest backwards, and pages meet without a gap.
func TestManyHits(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		fill(t, db)
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			return tx.Exec(
				`INSERT INTO service_item (code, version, name, unit, kind, legal_days, promised_days, instant, materials, steps, valid_from, recorded_at, actor)
				WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 4200) SELECT 'X' || n, 1, '停车许可第' || n || '号', 'B', '许可', 0, 0, FALSE, '[]', '[]', '2022-01-01', '2022-01-01 00:00:00+00:00', 'li' FROM s`,
			).Error
		})
		var got []string
		before := int64(0)
		for {
			hits, err := search.Find(
				db.Read(context.Background()),
				search.Question{Words: search.Words("许可"), Kinds: []search.Kind{search.Item}, Most: 1000, Before: before, Sight: all},
			)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits[search.Item] {
				got, before = append(got, h.Ref), h.ID
			}
			if len(hits[search.Item]) < 1000 {
				break
			}
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != 4201 {
			t.Errorf("%d of 4201", len(got))
		}
		// Among many, each sees what is his for whatever reason, once.
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			return tx.Exec(`INSERT INTO search_entry (kind, ref, title, words, dept, project, root, person, process)
				SELECT x.kind, 'many' || x.n, '停车许可', '停车许可', x.dept, x.project, 0, x.person, x.process FROM (
				SELECT 1 AS n, 'project' AS kind, 'A' AS dept, 'many1' AS project, '' AS person, '' AS process
				UNION ALL SELECT 2, 'project', 'B', 'many2', '', '' UNION ALL SELECT 3, 'document', '', '', 'li', ''
				UNION ALL SELECT 4, 'rectification', 'A', '', 'li', '' UNION ALL SELECT 5, 'rectification', 'B', 'XM-2022-004', '', ''
				UNION ALL SELECT 6, 'matter', 'B', '', 'li', '' UNION ALL SELECT 7, 'matter', 'B', '', 'su', 'cloud'
				UNION ALL SELECT 8, 'matter', 'B', '', 'su', 'own') AS x`).Error
		})
		for person, want := range map[string]string{
			"li":   "project:many1 matter:many7 matter:many6 document:many3 rectification:many5 rectification:many4 rectification:ZG-2022-0001",
			"chen": "",
		} {
			s := search.Sight{Business: true, Person: person}
			if person == "li" {
				s.Depts, s.Processes = []string{"A"}, []string{"cloud"}
			}
			kinds := []search.Kind{search.Project, search.Matter, search.Document, search.Rectification}
			if got := find(t, db, "许可", s, kinds...); got != want {
				t.Errorf("%s finds among many %q, want %q", person, got, want)
			}
		}
	})
}

func TestMeant(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		fill(t, db)
		for question, want := range map[string]string{"XM-2022-0031": "XM-2022-003", "XM-2022-99999": "", "水利": ""} {
			hits, err := search.Meant(db.Read(context.Background()), all, search.Words(question))
			got := ""
			for _, h := range hits {
				got += h.Ref
			}
			if err != nil || got != want {
				t.Errorf("%s: %q, %v", question, got, err)
			}
		}
	})
}

// What a sample of the newest says of how common a word is changes where the search looks, never what it finds: words of the old, of
// the new, of everything, of nothing, and numbers whose pairs everything has.
func TestSampleChangesNoAnswer(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		modelstest.Tx(t, db, func(tx *gorm.DB) error {
			return tx.Exec(`INSERT INTO search_entry (kind, ref, title, words, dept)
				WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 6000)
				SELECT CASE WHEN n % 11 = 0 THEN 'rectification' ELSE 'item' END, 'R' || CAST(n AS TEXT), 'R',
					'xm-2026-' || CAST(n AS TEXT) || CASE WHEN n < 4900 THEN '旧事共享' ELSE '新办共享' END || CASE WHEN n % 1500 = 7 THEN '水库' ELSE '' END, CASE WHEN n % 2 = 0 THEN 'A' ELSE 'B' END FROM s`).Error
		})
		own := search.Sight{Business: true, Depts: []string{"A"}, Person: "wang"}
		for _, s := range []search.Sight{all, own} {
			for _, question := range []string{
				"旧事", "新办", "共享", "水库", "旧事 水库", "新办 水库", "xm-2026-77", "xm-2026", "77", "5999", "没有", "旧办", "xm-2026 水库",
			} {
				words := search.Words(question)
				for _, kind := range []search.Kind{search.Item, search.Rectification} {
					q := db.Read(context.Background()).Table("search_entry").Where("kind = ?", kind)
					for _, w := range words {
						q = q.Where("text LIKE ?", "%"+w+"%")
					}
					if !s.All && kind == search.Rectification {
						q = q.Where("dept = 'A'")
					}
					var want []string
					if err := q.Order("id DESC").Limit(30).Pluck("ref", &want).Error; err != nil {
						t.Fatal(err)
					}
					got, err := search.Find(db.Read(context.Background()), search.Question{Words: words, Most: 30, Sight: s})
					if err != nil {
						t.Fatal(err)
					}
					var refs []string
					for _, h := range got[kind] {
						refs = append(refs, h.Ref)
					}
					if !slices.Equal(refs, want) {
						t.Errorf("%q among %s: %v, want %v", question, kind, refs, want)
					}
				}
			}
		}
	})
}
