package commands

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

var targetWords = map[string]string{"output": "产出指标", "benefit": "效益指标", "satisfaction": "满意度指标"}

// applicationPaper is the revision that was frozen: its digest, what it says of need and targets, and the files with it.
func applicationPaper(_ Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	var form struct {
		Situation string `json:"situation"`
		Problem   string `json:"problem"`
		WhyNot    string `json:"whyNotExtend"`
		Targets   []struct {
			Kind   string `json:"kind"`
			Name   string `json:"name"`
			Value  any    `json:"value"`
			Unit   string `json:"unit"`
			Method string `json:"method"`
		} `json:"targets"`
	}
	if err := p.Form.Into(&form); err != nil {
		return fmt.Errorf("form of %s: %w", p.Code, err)
	}
	app := root(all, "app")
	var digest string
	err := tx.Raw("SELECT digest FROM application_revision WHERE project = ? AND revision_no = ?", p.Code, p.RevisionNo).Scan(&digest).Error
	if err != nil {
		return fmt.Errorf("revision %d of %s: %w", p.RevisionNo, p.Code, err)
	}
	targets := []any{}
	for _, t := range form.Targets {
		targets = append(
			targets,
			map[string]any{"l1": targetWords[t.Kind], "name": t.Name, "value": fmt.Sprint(t.Value), "unit": t.Unit, "method": t.Method},
		)
	}
	docs, err := papers.Documents(tx, p.Code)
	if err != nil {
		return err
	}
	materials := []any{}
	for _, d := range slices.Backward(docs) {
		if d.Template == "" && d.Digest != "" {
			materials = append(materials, map[string]any{"no": len(materials) + 1, "name": d.Title, "digest8": digest8(d.Digest)})
		}
	}
	app["digest8"], app["targets"], app["materials"] = digest8(digest), targets, materials
	app["necessity"] = strings.Join(
		slices.DeleteFunc([]string{form.Situation, form.Problem}, func(s string) bool { return strings.TrimSpace(s) == "" }), "；",
	)
	app["solution"] = form.WhyNot
	return nil
}

// lapsePaper names the notice that nobody answered, and the day until which.
func lapsePaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	last, err := lastDocument(tx, p.Code, "补正通知书")
	if err != nil {
		return err
	}
	var asked papers.Document
	if err := tx.Where("id = ?", last.ID).Limit(1).Find(&asked).Error; err != nil {
		return fmt.Errorf("notice to %s: %w", p.Code, err)
	}
	var said struct {
		DueOn models.Date `json:"dueOn"`
	}
	if len(asked.Data) > 0 {
		if err := asked.Data.Into(&said); err != nil {
			return fmt.Errorf("facts of %s: %w", asked.DocNo, err)
		}
	}
	no := string(asked.DocNo)
	if no == "" {
		no = "补正通知书"
	}
	if said.DueOn == "" { // a notice of a former release
		said.DueOn = c.Acting.On()
	}
	all["noticeNo"], all["dueOn"] = no, said.DueOn
	return nil
}

// jointPaper are the joint reviewers' opinions; a seat nobody signed is printed as such.
func jointPaper(c Call, tx *gorm.DB, _ books.Project, all map[string]any) error {
	acts, err := process.ActsOf(tx, c.Root)
	if err != nil {
		return err
	}
	posts, err := office.PostsIn(tx, "JOINT", "joint", c.Acting.At)
	if err != nil {
		return err
	}
	rows := []any{}
	for _, post := range posts {
		_, unit, _ := strings.Cut(post, "@")
		name, err := office.DeptName(tx, unit)
		if err != nil {
			return err
		}
		row := map[string]any{"unit": name, "verdict": "未签署"}
		for _, a := range acts {
			if a.Void || a.Post != post || verdicts[a.Operation] == "" {
				continue
			}
			who, err := office.PersonName(tx, a.Person)
			if err != nil {
				return err
			}
			on := a.BusinessDate
			if on == "" {
				on = models.DateOf(a.At)
			}
			row["verdict"], row["opinion"], row["signer"], row["on"] = verdicts[a.Operation], a.Opinion, who, on
		}
		rows = append(rows, row)
	}
	all["joint"] = rows
	return nil
}

// needPaper sets what was approved against what is going to be bought, line by line.
func needPaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	v, err := c.procurement(tx)
	if err != nil {
		return err
	}
	t, err := books.TotalsOf(tx, p.Code)
	if err != nil {
		return err
	}
	sheet, err := books.CurrentSheet(tx, p.Code)
	if err != nil {
		return err
	}
	packs, in := []any{}, map[int]books.PackageView{}
	for _, k := range v.Packages {
		var nos []int
		if err := k.LineNos.Into(&nos); err != nil {
			return fmt.Errorf("package %s of %s: %w", k.PackageNo, p.Code, err)
		}
		for _, no := range nos {
			in[no] = k
		}
		packs = append(
			packs,
			map[string]any{
				"no": k.PackageNo, "name": k.Name, "budget": k.Budget, "limit": k.LimitPrice,
				"method": k.Mode, "methodReason": k.ModeReason,
			},
		)
	}
	rows := []any{}
	for _, l := range sheet.Lines {
		reviewed := l.Declared
		if l.Reviewed != nil {
			reviewed = *l.Reviewed
		}
		k, bought := in[l.LineNo]
		switch {
		case bought && reviewed.Sign() > 0:
			rows = append(
				rows, map[string]any{"no": l.LineNo, "name": l.Name, "reviewed": reviewed, "package": k.PackageNo, "result": "一致"},
			)
		case bought: // nothing was approved for it
			rows = append(
				rows, map[string]any{"no": l.LineNo, "name": l.Name, "reviewed": reviewed, "package": k.PackageNo, "result": "新增内容"},
			)
		case reviewed.Sign() > 0:
			rows = append(rows, map[string]any{"no": l.LineNo, "name": l.Name, "reviewed": reviewed, "result": "未列入"})
		}
	}
	all["package"], all["rows"], all["planNo"], all["planTotal"], all["issued"] = packs, rows, v.PlanNo, v.Total, t[p.Code].Issued
	return nil
}

// kickoffPaper is the kick-off as it was registered.
func kickoffPaper(c Call, _ *gorm.DB, _ books.Project, all map[string]any) error {
	var in struct {
		StartedOn string `json:"startedOn"`
		Team      []any  `json:"team"`
	}
	err := c.into(&in)
	all["build"] = map[string]any{"startedOn": in.StartedOn, "team": in.Team}
	return err
}

// progressPaper is where every milestone stands, and what the one that was reported has for it.
func progressPaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	var last []books.Progress
	if err := tx.Where("project = ?", p.Code).Order("id DESC").Limit(1).Find(&last).Error; err != nil || len(last) == 0 {
		return err
	}
	now := last[0]
	var stones []books.Milestone
	if err := tx.Where("project = ?", p.Code).Order("no").Find(&stones).Error; err != nil {
		return fmt.Errorf("milestones of %s: %w", p.Code, err)
	}
	rows := []any{}
	for _, m := range stones {
		var before []int
		err := tx.Model(&books.Progress{}).
			Where("project = ? AND milestone_no = ? AND id <> ?", p.Code, m.No, now.ID).
			Order("id DESC").
			Limit(1).
			Pluck("percent", &before).
			Error
		if err != nil {
			return fmt.Errorf("progress of %s: %w", p.Code, err)
		}
		row := map[string]any{"no": m.No, "name": m.Name, "planOn": m.PlanDate, "actualPct": m.Percent}
		if m.No == now.MilestoneNo {
			row["delta"] = m.Percent
			if len(before) > 0 {
				row["delta"] = m.Percent - before[0]
			}
		}
		rows = append(rows, row)
	}
	var ids []string
	if err := now.Evidence.Into(&ids); err != nil {
		return fmt.Errorf("evidence of %s: %w", p.Code, err)
	}
	evidence, err := filesOf(tx, ids)
	all["build"], all["evidence"] = map[string]any{"period": now.Period, "milestones": rows}, evidence
	return err
}

// filesOf are files by title and the beginning of their digests.
func filesOf(tx *gorm.DB, ids []string) ([]any, error) {
	var docs []papers.Document
	if err := tx.Select("title", "digest").Where("id IN ?", append(ids, "")).Order("id").Find(&docs).Error; err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	out := []any{}
	for _, d := range docs {
		out = append(out, map[string]any{"name": d.Title, "digest8": digest8(d.Digest)})
	}
	return out, nil
}

// materialsPaper is the check list of the final acceptance (rule D08).
func materialsPaper(_ Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	var have []string
	if err := tx.Model(&books.Material{}).Where("project = ?", p.Code).Pluck("code", &have).Error; err != nil {
		return fmt.Errorf("papers of %s: %w", p.Code, err)
	}
	rows := []any{}
	for i, code := range materialCodes {
		ok := "缺"
		switch {
		case slices.Contains(have, code):
			ok = "有"
		case code == "mlps" && p.MlpsLevel < 2, code == "crypto" && p.MlpsLevel < 3, code == "change":
			ok = "不适用"
		}
		rows = append(rows, map[string]any{"no": i + 1, "name": texts.Text(texts.Chinese, "material."+code, nil), "ok": ok})
	}
	all["accept"] = map[string]any{"kind": "终验", "materials": rows}
	return nil
}

// archivePaper is what stands in the archive of a project, and how the four properties were found.
func archivePaper(c Call, tx *gorm.DB, p books.Project, all map[string]any) error {
	items, err := storedRecords(tx, p.Code)
	if err != nil {
		return err
	}
	rows := []any{}
	for _, it := range items {
		rows = append(
			rows,
			map[string]any{
				"no": it.No, "stage": it.Stage, "title": it.Title, "docNo": it.DocNo, "date": it.Dated,
				"form": "电子", "retention": Retention(tx, it),
			},
		)
	}
	out := root(all, "archive")
	out["count"], out["items"] = len(rows), rows
	tests := []any{}
	for _, property := range []string{"真实性", "完整性", "可用性", "安全性"} {
		tests = append(tests, map[string]any{"property": property, "item": fourProperties[property], "result": "符合"})
	}
	out["tests"] = tests
	if c.Name != "archive.package" {
		return nil
	}
	out["packageDigest"], err = PackageDigest(tx, p.Code)
	return err
}

// fourProperties are what the test looks at.
var fourProperties = map[string]string{
	"真实性": "每件有文件或者文号，文件有摘要", "完整性": "批复、合同、验收材料齐全", "可用性": "格式可以长期读取", "安全性": "文件以摘要命名，改动即可发现",
}

// Retention is how long a record is kept: as the template of its paper says, else as a contract.
func Retention(tx *gorm.DB, it books.ArchiveItem) string {
	shelf, err := papers.ShelfOf(tx)
	if err != nil {
		return ""
	}
	if t, ok := shelf.Kind(it.Category); ok {
		return t.Retention
	}
	return map[string]string{"process": "30年", "procurement": "15年", "core": "永久"}[books.RecordClass(it.Stage)]
}
