package commands

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"inspection.record": inspectionRecord,
	"inspection.close":  inspectionClose,
})

// InspectionProcess is the process of a spot check.
const InspectionProcess = "qc_inspection"

// inspectors come in pairs.
const inspectors = 2

// DrawInspections draws projects under construction by chance, and for each two
// inspectors who have no part in it, and begins their spot checks (双随机). Seeds and
// pools are kept, so that anyone can repeat the draws.
func DrawInspections(tx *gorm.DB, a models.Acting, size int, reason string) (books.InspectionDraw, []books.Inspection, error) {
	f := check()
	f.reason("/reason", reason)
	if size < 1 || size > 50 {
		f.Field("/size", "number-range", "low", "1", "high", "50")
	}
	if err := f.OrNil(); err != nil {
		return books.InspectionDraw{}, nil, err
	}
	var pool []string
	err := tx.Raw("SELECT code FROM project WHERE stage = ? AND code NOT IN (SELECT project FROM inspection WHERE closed_on IS NULL) "+
		"ORDER BY code", books.Building).
		Scan(&pool).
		Error
	if err != nil {
		return books.InspectionDraw{}, nil, fmt.Errorf("projects under construction: %w", err)
	}
	if len(pool) < size {
		return books.InspectionDraw{}, nil, models.Refuse(
			"inspection-pool-too-small", "need", fmt.Sprint(size), "pool", fmt.Sprint(len(pool)),
		)
	}
	no, err := models.NextCode(tx, "SJ", a.On().Year())
	if err != nil {
		return books.InspectionDraw{}, nil, err
	}
	d := books.InspectionDraw{
		DrawNo: no, Seed: newSeed(), Size: size, Pool: models.JSONOf(pool), Reason: strings.TrimSpace(reason), Actor: a.Person,
		At: a.At.UTC(),
	}
	if err := tx.Create(&d).Error; err != nil {
		return d, nil, fmt.Errorf("draw %s: %w", no, err)
	}
	var out []books.Inspection
	for i, project := range Shuffle(d.Seed, pool)[:size] {
		k, err := openInspection(tx, a, d, fmt.Sprintf("%s-%d", no, i+1), project)
		if err != nil {
			return d, nil, err
		}
		out = append(out, k)
	}
	return d, out, nil
}

func openInspection(tx *gorm.DB, a models.Acting, d books.InspectionDraw, no, project string) (books.Inspection, error) {
	k := books.Inspection{No: no, DrawNo: d.DrawNo, Project: project, Seed: newSeed(), OpenedOn: a.On()}
	p, err := books.FindProject(tx, project)
	if err != nil {
		return k, err
	}
	pool, err := inspectorPool(tx, a, p)
	if err != nil {
		return k, err
	}
	if len(pool) == 0 {
		return k, models.Refuse("no-inspector", "project", project)
	}
	drawn := Shuffle(k.Seed, pool)[:min(inspectors, len(pool))]
	k.Pool, k.Inspectors = models.JSONOf(pool), models.JSONOf(drawn)
	if err := tx.Create(&k).Error; err != nil {
		return k, fmt.Errorf("inspection %s: %w", no, err)
	}
	return k, process.SendStart(tx, a, InspectionProcess, no, project, map[string]any{
		"inspectionNo": no, "projectCode": p.Code, "projectName": p.Name, "deptId": p.DeptID, "inspectors": drawn,
	})
}

// inspectorPool is who may inspect a project: the bureau's inspectors, or its reviewers B where
// there are fewer than two; not who reviewed it, and nobody of the applying department.
func inspectorPool(tx *gorm.DB, a models.Acting, p books.Project) (pool []string, err error) {
	var barred []string
	err = tx.Raw("SELECT person_id FROM post WHERE dept_id = ? UNION SELECT actor FROM sheet WHERE project = ? AND kind = 'A'", p.DeptID,
		p.Code).
		Scan(&barred).
		Error
	if err != nil {
		return nil, fmt.Errorf("avoidance for %s: %w", p.Code, err)
	}
	for _, role := range []string{"BUREAU_INSPECTOR", "BUREAU_REVIEW_B"} {
		posts, err := office.PostsIn(tx, role, "bureau", a.At)
		if err != nil {
			return nil, err
		}
		people, err := office.Members(tx, posts...)
		if err != nil {
			return nil, err
		}
		for _, person := range people {
			if !slices.Contains(barred, person) && !slices.Contains(pool, person) {
				pool = append(pool, person)
			}
		}
		if len(pool) >= inspectors {
			break
		}
	}
	slices.Sort(pool)
	return pool, nil
}

// inspectionRecord is what one inspector found on the spot.
func inspectionRecord(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Date   string `json:"date"`
		Place  string `json:"place"`
		Result string `json:"result"`
		Issues []struct {
			Title string `json:"title"`
			Text  string `json:"text"`
		} `json:"issues"`
		Photos  documents `json:"photos"`
		Comment string    `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f, issues := check(), []books.InspectionIssue{}
	day := f.date("/date", in.Date)
	if day > models.DateOf(c.Acting.At) {
		f.Field("/date", "date-in-future")
	}
	f.oneOf("/result", in.Result, "pass", "issues")
	for i, it := range in.Issues {
		issues = append(issues, books.InspectionIssue{Title: f.text(at("issues", i, "title"), it.Title), Text: strings.TrimSpace(it.Text)})
	}
	if (in.Result == "issues") != (len(issues) > 0) {
		f.Field("/issues", "issues-and-result")
	}
	if err := f.proofs(tx, "/photos", c.text("projectCode"), in.Photos); err != nil {
		return nil, nil, err
	}
	row := books.InspectionVisit{
		No: c.text(
			"inspectionNo",
		), Person: c.Acting.Person, HeldOn: day, Place: f.text("/place", in.Place), Result: in.Result, Issues: models.JSONOf(issues),
		Documents: models.JSONOf(in.Photos), Comment: strings.TrimSpace(in.Comment), At: c.Acting.At.UTC(),
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"inspectionResult": in.Result}, func() error {
		if err := tx.Create(&row).Error; err != nil {
			return fmt.Errorf("visit of %s: %w", row.No, err)
		}
		return nil
	}, nil
}

// inspectionClose ends a spot check when its inspectors have been there; each thing that they found is a rectification.
func inspectionClose(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable(); err != nil {
		return nil, nil, err
	}
	no := c.text("inspectionNo")
	visits, err := books.Visits(tx, no)
	if err != nil {
		return nil, nil, err
	}
	p, err := books.FindProject(tx, c.text("projectCode"))
	if err != nil {
		return nil, nil, err
	}
	result, found := "pass", []books.InspectionIssue(nil)
	for _, v := range visits {
		var issues []books.InspectionIssue
		if err := v.Issues.Into(&issues); err != nil {
			return nil, nil, fmt.Errorf("findings of %s: %w", no, err)
		}
		for _, it := range issues { // two inspectors may see the same
			if !slices.ContainsFunc(found, func(f books.InspectionIssue) bool { return f.Title == it.Title }) {
				found = append(found, it)
			}
		}
	}
	if len(found) > 0 {
		result = "issues"
	}
	return Result{"inspectionResult": result}, func() error {
		set := map[string]any{"closed_on": c.Acting.On(), "result": result}
		if err := tx.Model(&books.Inspection{}).Where("no = ?", no).Updates(set).Error; err != nil {
			return fmt.Errorf("inspection %s: %w", no, err)
		}
		for _, it := range found {
			if err := c.raise(tx, p, p.Name+" 抽查问题："+it.Title, it.Text); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
