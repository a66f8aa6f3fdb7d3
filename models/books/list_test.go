package books_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/modelstest"
)

// listed makes five projects of two departments, two of them at the same moment.
func listed(t *testing.T, db *models.DB) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *gorm.DB) error {
		a := models.Acting{Person: models.System, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
		if err := demo.Install(tx, a); err != nil {
			return err
		}
		for i, dept := range []string{"DP18", "DP02", "DP18", "DP18", "DP02"} {
			at := models.Stamp(a.At.Add(time.Duration(i/2) * time.Hour))
			p := books.Project{
				Code: fmt.Sprintf(
					"XM-%d-%03d", 2022+i%2, i+1,
				), Name: fmt.Sprintf("平台 GIS 100%%_%d", i), DeptID: dept, Type: "新建", Form: models.JSON("{}"),
				Stage: books.Draft, DraftedOn: "2022-01-01", CreatedAt: at, UpdatedAt: at,
			}
			if err := tx.Create(&p).Error; err != nil {
				return err
			}
			r := books.Rectification{Title: p.Name, Project: models.Optional(p.Code), OwnerDept: dept, Severity: "B", Source: "manual"}
			a.At = at
			if err := books.NewRectification(tx, a, &r); err != nil {
				return err
			}
		}
		if err := books.SetStage(tx, a, &books.Project{Code: "XM-2022-001", DeptID: "DP18", Name: "平台", Type: "新建", Form: models.JSON("{}"),
			Stage: books.Draft, DraftedOn: "2022-01-01"}, books.Submitted); err != nil {
			return err
		}
		c := books.Contract{
			ContractNo: "HT-1", Project: "XM-2022-003", Amount: models.Money{}, State: books.ContractDraft, SupplierOrg: "SU01",
		}
		return tx.Create(&c).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestProjectsAreListed(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		listed(t, db)
		for name, c := range map[string]struct {
			f    books.ProjectFilter
			want string
		}{
			"all, in pages":               {books.ProjectFilter{Limit: 2}, "5 4 3 2 1"},
			"a department":                {books.ProjectFilter{Dept: "DP02", Limit: 1}, "5 2"},
			"own":                         {books.ProjectFilter{Viewer: &books.Viewer{Depts: []string{"DP02"}}}, "5 2"},
			"a supplier's":                {books.ProjectFilter{Viewer: &books.Viewer{Depts: []string{"SU01"}}}, "3"},
			"nobody's":                    {books.ProjectFilter{Viewer: &books.Viewer{}}, ""},
			"a stage":                     {books.ProjectFilter{Stages: []books.Stage{books.Submitted, books.Archived}}, "1"},
			"a year":                      {books.ProjectFilter{Year: 2023}, "4 2"},
			"part of a name, in any case": {books.ProjectFilter{Query: "gis 100%_4"}, "5"},
			"a sign that is no wildcard":  {books.ProjectFilter{Query: "%%"}, ""},
			"part of a code":              {books.ProjectFilter{Query: "2022-00"}, "5 3 1"},
		} {
			var got []string
			for {
				rows, next, err := books.Projects(db.Read(context.Background()), c.f)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range rows {
					got = append(got, r.Code[len(r.Code)-1:])
					if r.DeptName == "" {
						t.Errorf("%s has no department name", r.Code)
					}
				}
				if c.f.Cursor = next; next == "" {
					break
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s: %s, want %s", name, s, c.want)
			}
		}
		if _, _, err := books.Projects(db.Read(context.Background()), books.ProjectFilter{Cursor: "nonsense"}); err == nil {
			t.Error("a cursor that is none was taken")
		}
	})
}

func TestRectificationsAreListed(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		listed(t, db)
		f := books.RectificationFilter{Limit: 2, States: []string{books.RectOpen}}
		var got []string
		for {
			rows, next, counts, err := books.Rectifications(db.Read(context.Background()), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				got = append(got, r.No)
			}
			if counts[books.RectOpen] != 5 {
				t.Errorf("counts %v", counts)
			}
			if f.Cursor = next; next == "" {
				break
			}
		}
		if len(got) != 5 || got[0] != "ZG-2026-005" || got[4] != "ZG-2026-001" {
			t.Errorf("listed %v", got)
		}
		rows, _, _, err := books.Rectifications(
			db.Read(context.Background()),
			books.RectificationFilter{Viewer: &books.Viewer{Depts: []string{"DP02"}}, Project: "XM-2023-002"},
		)
		if err != nil || len(rows) != 1 || rows[0].ProjectName == "" || rows[0].OwnerDeptName == "" {
			t.Errorf("%+v, %v", rows, err)
		}
	})
}
