// Package demo holds the organisation of the demonstration: departments as a
// county has them, and made-up persons on every post that the models need.
package demo

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/registers"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/service"
)

//go:embed organisation.json hall.json
var files embed.FS

type organisation struct {
	Depts []struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		NameEn string `json:"nameEn"`
		Kind   string `json:"kind"`
		USCC   string `json:"uscc"`
	} `json:"depts"`
	Functions []struct {
		Function string `json:"function"`
		Unit     string `json:"unit"`
	} `json:"functions"`
	People []struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		NameEn string `json:"nameEn"`
		Posts  []struct {
			Role  string `json:"role"`
			Dept  string `json:"dept"`
			Title string `json:"title"`
		} `json:"posts"`
	} `json:"people"`
	Windows []struct {
		Window string `json:"window"`
		Unit   string `json:"unit"`
	} `json:"windows"`
}

// since is when the units of the demonstration got their functions: before everything that is played in it.
var since = time.Date(2000, 1, 1, 0, 0, 0, 0, models.Zone).UTC()

func read(name string) (organisation, error) {
	var o organisation
	raw, err := files.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(raw, &o)
	}
	if err != nil {
		return o, fmt.Errorf("demo: %s: %w", name, err)
	}
	return o, nil
}

// Install puts the organisation, the example rule pack and the capabilities of
// the city brain into the books. What is there already stays as
// it is, so that it may run at every start.
func Install(tx *gorm.DB, a models.Acting) error {
	o, err := read("organisation.json")
	if err != nil {
		return err
	}
	hall, err := read("hall.json")
	if err != nil {
		return err
	}
	o.People = append(o.People, hall.People...)
	var rows int64
	add := func(row any) error {
		res := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(row)
		rows += res.RowsAffected
		return res.Error
	}
	for _, d := range o.Depts {
		if err := add(&office.Dept{ID: d.ID, Name: d.Name, NameEn: d.NameEn, Kind: d.Kind, USCC: d.USCC}); err != nil {
			return fmt.Errorf("demo: department %s: %w", d.ID, err)
		}
		if d.USCC == "" {
			continue
		}
		// An example company of a former release has no code yet, and nobody can be bound by contract without.
		res := tx.Model(&office.Dept{}).Where("id = ? AND uscc = ''", d.ID).Update("uscc", d.USCC)
		if res.Error != nil {
			return fmt.Errorf("demo: code of %s: %w", d.ID, res.Error)
		}
		rows += res.RowsAffected
	}
	for i, f := range o.Functions {
		if err := add(&office.UnitFunction{Function: f.Function, Unit: f.Unit, Ord: i, ValidFrom: since}); err != nil {
			return fmt.Errorf("demo: function %s of %s: %w", f.Function, f.Unit, err)
		}
	}
	for _, p := range o.People {
		if err := add(&office.Person{ID: p.ID, Name: p.Name, NameEn: p.NameEn, Active: true, Demo: true}); err != nil {
			return fmt.Errorf("demo: person %s: %w", p.ID, err)
		}
		for i, q := range p.Posts {
			post := office.Post{
				ID: office.PostID(q.Role, q.Dept), PersonID: p.ID, Role: q.Role, DeptID: q.Dept, Title: q.Title, IsPrimary: i == 0,
			}
			if err := add(&post); err != nil {
				return fmt.Errorf("demo: post %s of %s: %w", post.ID, p.ID, err)
			}
		}
	}
	if err := installExperts(o, add); err != nil {
		return err
	}
	if err := rulebook.Install(tx, a.At); err != nil {
		return err
	}
	if err := service.InstallExamples(tx); err != nil {
		return err
	}
	if rows == 0 {
		return nil
	}
	if err := installWindows(tx, hall); err != nil {
		return err
	}
	return audit.Audit(tx, "r:organisation", a, audit.AuditEntry{Action: "demo.install", Subject: "organisation", Reason: "演示组织机构"})
}

// installWindows registers the duty windows, where the house keeps a register of windows.
func installWindows(tx *gorm.DB, hall organisation) error {
	d, err := registers.Newest(tx, "windows")
	var none *models.Refusal
	if errors.As(err, &none) {
		return nil
	}
	if err != nil {
		return err
	}
	a := models.Acting{
		Person: models.System, Posts: []string{office.PostID("WINDOW_HEAD", "hall")}, At: since, BusinessDate: models.DateOf(since),
		Reason: "演示窗口",
	}
	for _, w := range hall.Windows {
		var there int64
		if err := tx.Model(&registers.Entry{}).Where("register = ? AND key_live = ?", d.ID, w.Window).Count(&there).Error; err != nil {
			return fmt.Errorf("demo: window %s: %w", w.Window, err)
		}
		if there > 0 {
			continue
		}
		fields := map[string]any{"window": w.Window, "unit": w.Unit, "items": "12", "seats": "3", "staff": "3"}
		if _, err := registers.Add(tx, a, d, fields); err != nil {
			return fmt.Errorf("demo: window %s: %w", w.Window, err)
		}
	}
	return nil
}

// Hall is who holds which post of the walks and of the windows.
func Hall() (map[string]string, error) {
	hall, err := read("hall.json")
	if err != nil {
		return nil, err
	}
	posts := map[string]string{}
	for _, p := range hall.People {
		for _, q := range p.Posts {
			posts[office.PostID(q.Role, q.Dept)] = p.ID
		}
	}
	return posts, nil
}

// expertKnows are the specialties of the example experts by their titles.
var expertKnows = map[string][]string{
	"软件专家": {
		"software", "data",
	}, "网络专家": {"network", "security"}, "安全专家": {"security", "network"}, "数据专家": {"data", "finance"}, "财务专家": {"finance"},
}

// expertEmployers are where they work, each elsewhere: one unit has one seat of a review.
var expertEmployers = []string{
	"示例大学计算机学院", "示例网络研究所", "省信息安全测评中心", "示例数据研究院", "示例会计师事务所", "示例职业技术学院", "市电子政务中心",
	"示例网络安全协会", "市统计科学研究所", "示例审计学院", "示例软件行业协会", "省通信设计院",
}

// installExperts says what the example experts know and whom they work for: without, nobody is drawn.
func installExperts(o organisation, add func(any) error) error {
	n := 0
	for _, p := range o.People {
		if len(p.Posts) == 0 || p.Posts[0].Role != "EXPERT" {
			continue
		}
		if err := add(&office.Expert{Person: p.ID, Specialties: models.JSONOf(expertKnows[p.Posts[0].Title]),
			UpdatedAt: since}); err != nil {
			return fmt.Errorf("demo: expert %s: %w", p.ID, err)
		}
		tie := office.ExpertEmployer{Person: p.ID, OrgName: expertEmployers[n%len(expertEmployers)], Tie: "employed", FromYear: 2015}
		if err := add(&tie); err != nil {
			return fmt.Errorf("demo: employer of %s: %w", p.ID, err)
		}
		n++
	}
	return nil
}
