package commands

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

var _ = foretold(map[string]Plan{
	"archive.collect": archiveCollect,
	"archive.detect":  archiveDetect,
	"archive.fix":     archiveFix,
	"archive.package": archivePackage,
})

// archiveRow is a submitted record.
type archiveRow struct {
	Stage    string    `json:"stage"`
	Category string    `json:"category"`
	Title    string    `json:"title"`
	DocNo    string    `json:"docNo"`
	Date     string    `json:"date"`
	Document documents `json:"document"`
}

// archiveCollect collects the records: what we issued ourselves comes by
// itself, the archivist adds the rest.
func archiveCollect(tx *gorm.DB, c Call) (Result, Write, error) {
	return saveRecords(tx, c)
}

// archiveFix adds what the test of the four properties found missing; a record
// of the same title is replaced.
func archiveFix(tx *gorm.DB, c Call) (Result, Write, error) {
	return saveRecords(tx, c)
}

// saveRecords replaces the records with those that a task has brought together.
func saveRecords(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := nothingBeside(tx, c.text("projectCode")); err != nil {
		return nil, nil, err
	}
	items, err := c.records(tx)
	if err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	return Result{"collected": true}, func() error {
		if err := tx.Where("project = ?", project).Delete(&books.ArchiveItem{}).Error; err != nil {
			return fmt.Errorf("records of %s: %w", project, err)
		}
		if len(items) > 0 {
			if err := tx.Create(&items).Error; err != nil {
				return fmt.Errorf("records of %s: %w", project, err)
			}
		}
		return c.record(tx, project)
	}, nil
}

// records are those that are there, or at first those that we issued, and what was submitted.
func (c Call) records(tx *gorm.DB) ([]books.ArchiveItem, error) {
	var in struct {
		Items []archiveRow `json:"items"`
	}
	if err := c.into(&in); err != nil {
		return nil, err
	}
	project, before := c.text("projectCode"), storedRecords
	if c.Name == "archive.collect" {
		before = ownRecords
	}
	items, err := before(tx, project)
	if err != nil {
		return nil, err
	}
	f := check()
	for i, r := range in.Items {
		item := books.ArchiveItem{
			Project: project, Stage: f.text(at("items", i, "stage"), r.Stage), Category: f.text(at("items", i, "category"), r.Category),
			Title: f.text(
				at("items", i, "title"), r.Title,
			), DocNo: strings.TrimSpace(r.DocNo), Dated: f.date(at("items", i, "date"), r.Date),
			Documents: models.JSONOf(r.Document),
		}
		if err := f.documents(tx, at("items", i, "document"), project, r.Document); err != nil {
			return nil, err
		}
		items = slices.DeleteFunc(items, func(old books.ArchiveItem) bool { return old.Title == item.Title })
		items = append(items, item)
	}
	for i := range items {
		items[i].No = i + 1
	}
	return items, f.OrNil()
}

func storedRecords(tx *gorm.DB, project string) ([]books.ArchiveItem, error) {
	return books.ArchiveItems(tx, project)
}

// stagesOf are the archive stages of documents of former releases, which had a number only.
var stagesOf = map[string]string{"审查意见书": "P4", "批复": "P5", "受理通知书": "P2", "补正通知书": "P2", "初验报告": "P9", "终验报告": "P9"}

// stageOf is the archive stage of a paper: that of the moment at which its kind is issued.
func stageOf(shelf *papers.Shelf, d papers.Document) string {
	if t, ok := shelf.Kind(d.Template); ok {
		if stage, _, _ := strings.Cut(t.Issued, " "); strings.HasPrefix(stage, "P") {
			return stage
		}
	}
	if stage := stagesOf[d.Kind]; stage != "" {
		return stage
	}
	return "P1"
}

// ownRecords are the documents that we issued and the contract.
func ownRecords(tx *gorm.DB, project string) ([]books.ArchiveItem, error) {
	docs, err := papers.Documents(tx, project)
	if err != nil {
		return nil, err
	}
	shelf, err := papers.ShelfOf(tx)
	if err != nil {
		return nil, err
	}
	var items []books.ArchiveItem
	for _, d := range slices.Backward(docs) {
		if d.DocNo == "" {
			continue
		}
		items = append(
			items,
			books.ArchiveItem{
				Project: project, Stage: stageOf(shelf, d), Category: d.Kind, Title: d.Title, DocNo: string(d.DocNo), Dated: d.Dated,
				Documents: models.JSONOf([]string{d.ID}),
			},
		)
	}
	k, ok, err := books.SignedContract(tx, project)
	if ok {
		items = append(
			items,
			books.ArchiveItem{
				Project: project, Stage: "P7", Category: "合同", Title: k.Title, DocNo: k.ContractNo, Dated: k.SignedOn,
				Documents: k.Documents,
			},
		)
	}
	return items, err
}

// archiveDetect is the test of the four properties: authentic, complete, usable, safe.
func archiveDetect(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable("archive.collect", "archive.fix"); err != nil {
		return nil, nil, err
	}
	items, err := storedRecords(tx, c.text("projectCode"))
	for _, b := range c.earlier("archive.collect", "archive.fix") {
		items, err = b.Call.records(tx) // those that will be stored
	}
	if err != nil {
		return nil, nil, err
	}
	problems := []string{}
	stages := map[string]bool{}
	for _, it := range items {
		stages[it.Stage] = true
		found, err := defects(tx, it)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, found...)
	}
	for _, must := range []struct{ stage, name string }{{"P5", "批复"}, {"P7", "合同"}, {"P9", "验收"}} {
		if !stages[must.stage] {
			problems = append(problems, "完整性：缺少"+must.name+"材料")
		}
	}
	return Result{"archiveOk": len(problems) == 0, "archiveProblems": problems}, nil, nil
}

// usable are the file types that the archive keeps readable.
var usable = []string{"application/pdf", "application/ofd", "image/", "application/vnd.openxmlformats-officedocument"}

func defects(tx *gorm.DB, it books.ArchiveItem) ([]string, error) {
	var ids []string
	if err := it.Documents.Into(&ids); err != nil {
		return nil, fmt.Errorf("record %s: %w", it.Title, err)
	}
	if len(ids) == 0 && it.DocNo == "" {
		return []string{"真实性：“" + it.Title + "”既无文件也无文号"}, nil
	}
	var docs []papers.Document
	if err := tx.Where("id IN ?", append(ids, "")).Order("id").Find(&docs).Error; err != nil {
		return nil, fmt.Errorf("files of %s: %w", it.Title, err)
	}
	var out []string
	for _, d := range docs {
		if d.DocNo != "" && d.FileName == "" {
			continue // made from the books: its fields are its content
		}
		if d.Digest == "" {
			out = append(out, "真实性：“"+d.Title+"”没有摘要")
		}
		if !slices.ContainsFunc(usable, func(p string) bool { return strings.HasPrefix(d.MediaType, p) }) {
			out = append(out, "可用性：“"+d.Title+"”的格式不能长期读取")
		}
	}
	return out, nil
}

// archivePackage hands the records over under one digest.
func archivePackage(tx *gorm.DB, c Call) (Result, Write, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	r := Result{} // the digest is that of records which may still have to be written
	return r, func() error {
		digest, err := packageDigest(tx, p.Code)
		if err != nil {
			return err
		}
		r["packageDigest"] = digest
		if c.Data, err = json.Marshal(map[string]string{"digest": digest}); err != nil {
			return err
		}
		if err := c.record(tx, p.Code); err != nil {
			return err
		}
		if err := books.SetStage(tx, c.Acting, &p, books.Archived); err != nil {
			return err
		}
		return sendOut(tx, c, p, "project.archived")
	}, nil
}

// PackageDigest is the digest under which the records of a project are handed over.
func PackageDigest(tx *gorm.DB, project string) (string, error) {
	var rows []books.Record
	if err := tx.Where("project = ? AND kind = ?", project, "archive.package").Order("id DESC").Limit(1).Find(&rows).Error; err != nil ||
		len(rows) == 0 {
		return "", err
	}
	var said struct {
		Digest string `json:"digest"`
	}
	if err := rows[0].Data.Into(&said); err != nil {
		return "", fmt.Errorf("package of %s: %w", project, err)
	}
	return said.Digest, nil
}

// packageDigest is SM3 over the list of records and the digests of their files.
func packageDigest(tx *gorm.DB, project string) (string, error) {
	var items []books.ArchiveItem
	if err := tx.Where("project = ?", project).Order("no").Find(&items).Error; err != nil {
		return "", fmt.Errorf("records of %s: %w", project, err)
	}
	var digests []string
	err := tx.Raw("SELECT id || ':' || digest || doc_digest FROM document WHERE project = ? ORDER BY id", project).Scan(&digests).Error
	if err != nil {
		return "", fmt.Errorf("files of %s: %w", project, err)
	}
	list := []any{}
	for _, it := range items {
		var ids []string
		if err := it.Documents.Into(&ids); err != nil {
			return "", fmt.Errorf("record %s: %w", it.Title, err)
		}
		list = append(list, []any{it.No, it.Stage, it.Category, it.Title, it.DocNo, it.Dated, ids})
	}
	sum := sm3.Sum(models.JSONOf(map[string]any{"items": list, "files": digests}))
	return hex.EncodeToString(sum[:]), nil
}
