package commands_test

import (
	"context"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/papers"
)

const archivist = "ARCHIVIST@DP34"

// TestRecords: what the house has is gathered by itself; what is not whole, not readable or not
// allowed is found record by record; the receipt counts.
func TestRecords(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.building()
		code := d.project().Code
		d.on = ""
		d.tx(func(tx *gorm.DB) error {
			return tx.Model(&books.Contract{}).Where("project = ?", code).Update("documents", models.JSON("[]")).Error
		})
		for _, doc := range []papers.Document{
			{Title: "方案（机密★1年）", FileName: "a.pdf", MediaType: "application/pdf", Size: 9, Digest: "a"},
			{Title: "概算表", FileName: "b.XLSM", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Size: 9,
				Digest: "b"},
			{Title: "空白", FileName: "c.pdf", MediaType: "application/pdf", Digest: "c"},
			{Title: "旧格式", FileName: "d.wps", MediaType: "application/octet-stream", Size: 9, Digest: "d"},
		} {
			doc.Project, doc.Kind = code, "attachment"
			d.tx(func(tx *gorm.DB) error { return papers.AddDocument(tx, d.who(clerk, 0), &doc) })
		}
		r := d.system("archive.gather")
		items, err := books.ArchiveItems(db.Read(context.Background()), code)
		if err != nil || len(items) != r["archiveCount"] || len(items) < 8 {
			t.Fatalf("%d records, %v, %v", len(items), r, err)
		}
		found := d.problems()
		for _, want := range []string{"安全性：“方案（机密★1年）”带有密级标志", "安全性：“概算表”含宏", "可用性：“空白”是空文件", "可用性：“旧格式”的格式不能长期读取", "完整性：缺少P9 验收材料",
			"完整性：缺少P10 支付材料", "没有合同文本"} {
			if !strings.Contains(found, want) {
				t.Errorf("%s was not found in %s", want, found)
			}
		}
		d.mended(code)
		if got := d.problems(); got != "" {
			t.Errorf("mended, and yet %s", got)
		}
		if got := d.refused(archivist, "archive.receive", `{"count":1}`); got != "invalid-data; /count: count-differs" {
			t.Error(got)
		}
	})
}

func (d *desk) problems() string {
	d.t.Helper()
	r := d.system("archive.examine")
	list, _ := r["archiveProblems"].([]string)
	return strings.Join(list, "；")
}

// mended replaces what was found, and adds what is missing.
func (d *desk) mended(code string) {
	d.tx(func(tx *gorm.DB) error {
		// taken out of the platform
		if err := tx.Where("project = ? AND title IN ?", code, []string{"方案（机密★1年）"}).Delete(&books.ArchiveItem{}).Error; err != nil {
			return err
		}
		return tx.Model(&books.Contract{}).Where("project = ?", code).Update("documents", models.JSONOf([]string{"1"})).Error
	})
	file := papers.Document{
		Project: code, Kind: "attachment", Title: "另存", FileName: "e.pdf", MediaType: "application/pdf", Size: 9, Digest: "e",
	}
	d.tx(func(tx *gorm.DB) error { return papers.AddDocument(tx, d.who(clerk, 0), &file) })
	var rows []string
	for _, title := range []string{"P1 概算表", "P1 空白", "P1 旧格式", "P2 受理材料", "P4 意见", "P5 批复件", "P6 采购文件", "P8 监理资料", "P9 验收资料", "P10 支付资料"} {
		stage, name, _ := strings.Cut(title, " ")
		rows = append(rows, `{"stage":"`+stage+`","category":"过程文件","title":"`+name+`","date":"2022-12-01","document":["`+file.ID+`"]}`)
	}
	d.run(clerk, "archive.add", `{"items":[`+strings.Join(rows, ",")+`]}`)
	if got, err := commands.PackageDigest(d.db.Read(context.Background()), code); err != nil || got != "" {
		d.t.Errorf("a digest before the hand-over: %s, %v", got, err)
	}
}
