package commands

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
)

var _ = foretold(map[string]Plan{
	"archive.gather":  archiveGather,
	"archive.add":     archiveAdd,
	"archive.examine": archiveExamine,
	"archive.receive": archiveReceive,
})

// partOf is the archive stage of what comes into being while a project stands in a stage.
var partOf = map[books.Stage]string{
	books.Draft: "P1", books.Submitted: "P2", books.Supplementing: "P2", books.Accepted: "P3", books.InReview: "P3", books.Trimming: "P4",
	books.Reviewed:  "P5",
	books.Approving: "P5", books.Approved: "P5", books.Budgeted: "P6", books.Procuring: "P6", books.Awarded: "P7", books.Contracted: "P8",
	books.Building:     "P8",
	books.PrelimPassed: "P9", books.TrialRun: "P9", books.FinalPassed: "P12",
}

// archiveGather brings together what the house has of a project, stage by stage: the papers
// that it issued, the contracts, and every file that was handed in.
func archiveGather(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable(); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	items, err := ownRecords(tx, project)
	if err != nil {
		return nil, nil, err
	}
	files, err := fileRecords(tx, project, items)
	if err != nil {
		return nil, nil, err
	}
	items = append(items, files...)
	for i := range items {
		items[i].No = i + 1
	}
	return Result{"archiveCount": len(items)}, func() error {
		if err := tx.Where("project = ?", project).Delete(&books.ArchiveItem{}).Error; err != nil {
			return fmt.Errorf("records of %s: %w", project, err)
		}
		if len(items) == 0 {
			return nil
		}
		if err := tx.CreateInBatches(&items, 100).Error; err != nil {
			return fmt.Errorf("records of %s: %w", project, err)
		}
		return nil
	}, nil
}

// fileRecords are the files of a project that no record names yet, by the stage in which they came.
func fileRecords(tx *gorm.DB, project string, named []books.ArchiveItem) ([]books.ArchiveItem, error) {
	var docs []papers.Document
	if err := tx.Where("project = ? AND file_name <> '' AND voided_on IS NULL",
		project).Order("created_at, id").Find(&docs).Error; err != nil {
		return nil, fmt.Errorf("files of %s: %w", project, err)
	}
	var changes []books.StageChange
	if err := tx.Where("project = ?", project).Order("seq").Find(&changes).Error; err != nil {
		return nil, fmt.Errorf("stages of %s: %w", project, err)
	}
	known := map[string]bool{}
	for _, it := range named {
		var ids []string
		if len(it.Documents) > 0 {
			if err := it.Documents.Into(&ids); err != nil {
				return nil, fmt.Errorf("record %s: %w", it.Title, err)
			}
		}
		for _, id := range ids {
			known[id] = true
		}
	}
	var out []books.ArchiveItem
	for _, d := range docs {
		if known[d.ID] {
			continue
		}
		stage := "P1"
		for _, s := range changes {
			if !s.At.After(d.CreatedAt) && partOf[s.Stage] != "" {
				stage = partOf[s.Stage]
			}
		}
		dated := d.Dated
		if dated == "" {
			dated = models.DateOf(d.CreatedAt)
		}
		out = append(
			out,
			books.ArchiveItem{
				Project: project, Stage: stage, Category: "过程文件", Title: d.Title, Dated: dated, Documents: models.JSONOf([]string{d.ID}),
			},
		)
	}
	return out, nil
}

// archiveAdd adds records to those that were gathered; one of the same title is replaced.
func archiveAdd(tx *gorm.DB, c Call) (Result, Write, error) { return saveRecords(tx, c) }

// mustHave are the stages whose records make a file whole, with what they are called.
var mustHave = []struct{ stage, name string }{
	{"P1", "申报"}, {"P2", "受理"}, {"P4", "审查意见"}, {"P5", "批复"}, {"P6", "采购"}, {"P7", "合同"}, {"P8", "建设与监理"}, {"P9", "验收"}, {"P10", "支付"},
}

// archiveExamine is the test of the four properties, record by record.
func archiveExamine(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable("archive.add"); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	items, err := storedRecords(tx, project)
	for _, b := range c.earlier("archive.add") {
		items, err = b.Call.records(tx) // those that will be stored
	}
	if err != nil {
		return nil, nil, err
	}
	problems, stages := []string{}, map[string]bool{}
	for _, it := range items {
		stages[it.Stage] = true
		found, err := examined(tx, it)
		if err != nil {
			return nil, nil, err
		}
		problems = append(problems, found...)
	}
	for _, must := range mustHave {
		if !stages[must.stage] {
			problems = append(problems, "完整性：缺少"+must.stage+" "+must.name+"材料")
		}
	}
	missing, err := unwritten(tx, project, items)
	if err != nil {
		return nil, nil, err
	}
	problems = append(problems, missing...)
	return Result{"archiveOk": len(problems) == 0, "archiveProblems": problems, "archiveCount": len(items)}, nil, nil
}

// macros are files that carry programs.
var macros = []string{".docm", ".xlsm", ".pptm", ".dotm", ".xltm"}

// examined is what is wrong with one record.
func examined(tx *gorm.DB, it books.ArchiveItem) ([]string, error) {
	out, err := defects(tx, it)
	if err != nil {
		return nil, err
	}
	if marks := papers.SecrecyMarks(it.Title); len(marks) > 0 {
		out = append(out, "安全性：“"+it.Title+"”带有密级标志"+strings.Join(marks, "、")+"，不能进入本平台归档")
	}
	var ids []string
	if len(it.Documents) > 0 {
		if err := it.Documents.Into(&ids); err != nil {
			return nil, fmt.Errorf("record %s: %w", it.Title, err)
		}
	}
	var docs []papers.Document
	if err := tx.Where("id IN ?", append(ids, "")).Order("id").Find(&docs).Error; err != nil {
		return nil, fmt.Errorf("files of %s: %w", it.Title, err)
	}
	if len(docs) < len(ids) {
		out = append(out, "真实性：“"+it.Title+"”的文件不存在")
	}
	for _, d := range docs {
		switch {
		case d.Tree != "" && !d.Whole():
			out = append(out, "真实性：“"+d.Title+"”与签发时的摘要不符")
		case d.FileName != "" && d.Size == 0:
			out = append(out, "可用性：“"+d.Title+"”是空文件")
		case slices.Contains(macros, strings.ToLower(path.Ext(d.FileName))):
			out = append(out, "安全性：“"+d.Title+"”含宏，请另存为不含宏的文件")
		}
	}
	return out, nil
}

// unwritten is what the books say must be in writing: signed contracts with their files, changes with theirs.
func unwritten(tx *gorm.DB, project string, items []books.ArchiveItem) ([]string, error) {
	contracts, err := books.Contracts(tx, project)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, k := range contracts {
		if k.State != books.ContractSigned || k.EndedOn != "" {
			continue
		}
		var ids []string
		if len(k.Documents) > 0 {
			if err := k.Documents.Into(&ids); err != nil {
				return nil, fmt.Errorf("files of %s: %w", k.ContractNo, err)
			}
		}
		if len(ids) == 0 && !slices.ContainsFunc(items, func(it books.ArchiveItem) bool {
			return it.Category == "合同" && strings.Contains(it.Title+it.DocNo, k.ContractNo) && string(it.Documents) != "[]"
		}) {
			out = append(out, "完整性：合同 "+k.ContractNo+" 没有合同文本")
		}
		changes, err := books.ContractChanges(tx, k.ContractNo)
		if err != nil {
			return nil, err
		}
		if len(changes) > 0 &&
			!slices.ContainsFunc(items, func(it books.ArchiveItem) bool { return strings.Contains(it.Category+it.Title, "变更") }) {
			out = append(out, "完整性：合同 "+k.ContractNo+" 有变更，缺少变更材料")
		}
	}
	return out, nil
}

// archiveReceive is the receipt: the archivist has counted.
func archiveReceive(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Count   amount `json:"count"`
		Comment string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	items, err := storedRecords(tx, project)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	if n := f.number("/count", in.Count, 0, 100_000); n.IntPart() != int64(len(items)) {
		f.Field("/count", "count-differs", "have", fmt.Sprint(len(items)))
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"archiveReceived": true}, func() error { return c.record(tx, project) }, nil
}
