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

// applied puts a project with a submission into the books.
func applied(t *testing.T, tx *gorm.DB, code, dept, name, need, modules string, lines ...books.BudgetLine) books.Project {
	t.Helper()
	at := time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC)
	var points []map[string]any
	for _, m := range strings.Fields(modules) {
		points = append(points, map[string]any{"module": m})
	}
	form := models.JSONOf(map[string]any{"situation": need, "functionPoints": points})
	p := books.Project{
		Code: code, Name: name, DeptID: dept, Type: "新建", Form: form, Stage: books.Submitted, DraftedOn: "2022-02-01",
		SubmittedOn: "2022-03-01", RevisionNo: 1, CreatedAt: at, UpdatedAt: at,
	}
	for i := range lines {
		lines[i].Project, lines[i].LineNo = code, i+1
	}
	r := books.Revision{
		Project: code, RevisionNo: 1, Digest: "digest-" + code, SubmittedAt: at, BusinessDate: "2022-03-01",
		Content: models.JSONOf(map[string]any{"name": name, "form": form, "lines": lines}),
	}
	for _, row := range []any{&p, &r} {
		if err := tx.Create(row).Error; err != nil {
			t.Fatal(err)
		}
	}
	if len(lines) > 0 {
		if err := tx.Create(&lines).Error; err != nil {
			t.Fatal(err)
		}
	}
	return p
}

var parking = []string{"城区停车难、收费乱。拟整合路内泊位和公共停车场，建设泊位监测、无感支付、停车诱导和稽查管理平台，开通市民停车小程序。", "泊位监测 无感支付 停车诱导 稽查管理 停车小程序"}

func TestDetection(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		ctx := context.Background()
		a := models.Acting{Person: models.System, At: time.Date(2022, 4, 1, 0, 0, 0, 0, time.UTC), BusinessDate: "2022-04-01"}
		err := db.Tx(ctx, func(tx *gorm.DB) error {
			if err := demo.Install(tx, a); err != nil {
				return err
			}
			applied(
				t, tx, "XM-2022-101", "DP18", "智慧停车管理平台", parking[0], parking[1],
				books.BudgetLine{Name: "地磁检测器", Spec: "NB-IoT，IP68", Unit: "个"}, books.BudgetLine{Name: "工程监理", Unit: "项"},
			)
			applied(t, tx, "XM-2022-102", "DP02", "森林防火视频预警系统", "在林区建设双光谱云台，自动识别烟火并告警。", "双光谱监控 烟火识别 告警推送")
			own := applied(
				t, tx, "XM-2022-103", "DP02", "县城静态交通一体化项目", "将公共停车场和道路泊位纳入统一平台，提供车位引导、自动计费、无感支付、欠费追缴和市民小程序。", "泊位检测 车位引导 自动计费 欠费追缴 小程序",
				books.BudgetLine{Name: "车位地磁检测器", Spec: "NB-IoT IP68", Unit: "套"}, books.BudgetLine{Name: "项目监理", Unit: "项"},
			)
			again := own
			again.Code, again.PreviousProject = "XM-2022-104", "XM-2022-103"
			if err := tx.Create(&again).Error; err != nil {
				return err
			}
			first, err := books.Detect(tx, own, "2022-04-01")
			if err != nil {
				return err
			}
			if len(first.Projects) == 0 || first.Projects[0].Ref != "XM-2022-101" || first.Projects[0].Score < 0.75 ||
				len(first.Projects[0].Words) == 0 {
				t.Errorf("the same under another name: %+v", first.Projects)
			}
			for _, p := range first.Projects {
				if p.Ref == own.Code || p.Ref == "XM-2022-102" {
					t.Errorf("not like it: %+v", p)
				}
			}
			if l := first.Lines; len(l) != 1 || l[0].Line != 1 || l[0].Ref != "XM-2022-101/1" || first.Prices[2] == nil {
				t.Errorf("lines: %+v, prices: %v", l, first.Prices)
			}
			second, err := books.Detect(tx, again, "2022-04-01")
			if err != nil {
				return err
			}
			for _, p := range second.Projects {
				if p.Ref == "XM-2022-103" {
					t.Error("an earlier declaration of its own is no duplicate")
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		foreseen, err := books.Foresee(db.Read(ctx), "XM-2022-103", a.On())
		if err != nil {
			t.Fatal(err)
		}
		err = db.Tx(ctx, func(tx *gorm.DB) error { return foreseen.Keep(tx, a.At) })
		if err != nil {
			t.Fatal(err)
		}
		var kept int64
		if err := db.Read(ctx).Table("sim_result").Count(&kept).Error; err != nil || kept != 1 {
			t.Errorf("%d results are kept: %v", kept, err)
		}
	})
}

func TestInventoryIsImported(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		a := models.Acting{Person: models.System, At: time.Date(2022, 4, 1, 0, 0, 0, 0, time.UTC)}
		err := db.Tx(context.Background(), func(tx *gorm.DB) error {
			for _, year := range []int{2018, 2019} {
				if err := books.SaveInventory(tx, a, []books.System{{Unit: "DP18", Name: "数字城管", BuiltYear: year},
					{Unit: "DP02", Name: "OA"}}); err != nil {
					return err
				}
			}
			all, err := books.Inventory(tx)
			if err != nil {
				return err
			}
			if len(all) != 2 || all[1].BuiltYear != 2019 {
				t.Errorf("%+v", all)
			}
			if err := books.SaveInventory(tx, a, []books.System{{Unit: "DP18", Name: "好"}, {Unit: "", Name: ""}}); err == nil ||
				!strings.Contains(fmt.Sprint(err), "inventory-incomplete") {
				t.Errorf("an incomplete row: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
