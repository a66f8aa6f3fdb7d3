package reconcile

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/process"
)

// Run is the newest comparison of some days with a partner.
type Run struct {
	Partner     string      `gorm:"primaryKey"`
	FromOn      models.Date `gorm:"primaryKey"`
	ToOn        models.Date `gorm:"primaryKey"`
	At          time.Time
	Matched     int
	Differences int
}

// TableName of the entity.
func (Run) TableName() string { return "reconciliation_run" }

// Margin is how many days around the compared ones a partner's records are asked
// for, so that a record of another date is found.
const Margin = 31

// Compare holds our books of some days against a partner's records of these days
// and the margin. Each difference becomes work once, with a rectification of its
// own; one that an earlier run found and that is gone is closed.
func Compare(tx *gorm.DB, a models.Acting, partner string, from, to models.Date, records []facts.Event) (Run, error) {
	run := Run{Partner: partner, FromOn: from, ToOn: to, At: models.Stamp(a.At)}
	theirs, err := theirsOf(tx, records)
	if err != nil {
		return run, err
	}
	ours, err := oursOf(tx, partner, from, to, theirs)
	if err != nil {
		return run, err
	}
	for _, p := range join(ours, theirs, from, to) {
		class := p.class()
		if err := gone(tx, a, partner, p.one(), class); err != nil {
			return run, err
		}
		if class == Match {
			run.Matched++
			continue
		}
		run.Differences++
		if err := found(tx, a, partner, class, p); err != nil {
			return run, err
		}
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&run).Error; err != nil {
		return run, fmt.Errorf("reconciliation of %s: %w", partner, err)
	}
	e := audit.AuditEntry{Action: "reconcile", Subject: "partner:" + partner, Detail: models.JSONOf(run)}
	return run, audit.Audit(tx, "r:reconciliation", a, e)
}

// First is the day of the oldest fact of a bureau; today where it has told none.
func First(tx *gorm.DB, partner string) (models.Date, error) {
	var days []models.Date
	err := tx.Model(&books.Fact{}).Where("source = ?", partner).Order("business_date").Limit(1).Pluck("business_date", &days).Error
	if err != nil || len(days) == 0 {
		return models.DateOf(time.Now()), err
	}
	return days[0], nil
}

// Done reports whether some days were compared already.
func Done(tx *gorm.DB, partner string, from, to models.Date) (bool, error) {
	var n int64
	err := tx.Model(&Run{}).Where("partner = ? AND from_on = ? AND to_on = ?", partner, from, to).Count(&n).Error
	return n > 0, err
}

// gone closes what was found before and is not so any more.
func gone(tx *gorm.DB, a models.Acting, partner string, r record, class string) error {
	err := tx.Model(&Item{}).
		Where("partner = ? AND event_type = ? AND natural_key = ? AND class <> ? AND state = ?", partner, r.event, r.key, class, Open).
		Updates(map[string]any{"state": Closed, "resolution": Gone, "closed_by": a.Person, "closed_at": models.Stamp(a.At)}).
		Error
	if err != nil {
		return fmt.Errorf("difference of %s: %w", r.id(), err)
	}
	return nil
}

// found makes a difference somebody's work, once. One that a run has closed and
// that is back is open again; what a person has closed stays closed.
func found(tx *gorm.DB, a models.Acting, partner, class string, p pair) error {
	one := p.one()
	var there []Item
	err := tx.Where("partner = ? AND event_type = ? AND natural_key = ? AND class = ?", partner, one.event, one.key, class).
		Find(&there).
		Error
	if err != nil {
		return fmt.Errorf("difference of %s: %w", one.id(), err)
	}
	if len(there) > 0 {
		i := there[0]
		if i.State == Closed && i.Resolution == Gone {
			i.State, i.Resolution, i.ClosedBy, i.ClosedAt = Open, "", "", nil
		}
		i.sides(p)
		return tx.Save(&i).Error
	}
	i := Item{
		Partner: partner, EventType: one.event, NaturalKey: one.key, Class: class, Project: one.project, FoundAt: models.Stamp(a.At),
		State: Open,
	}
	i.sides(p)
	var dept string
	if i.Owner, dept, err = owner(tx, partner); err != nil {
		return err
	}
	if i.Rectification, err = rectify(tx, a, i, dept); err != nil {
		return err
	}
	if err := tx.Create(&i).Error; err != nil {
		return fmt.Errorf("difference of %s: %w", one.id(), err)
	}
	return models.Notify(tx, models.Notice{Kind: "partner", Key: i.NaturalKey, Project: i.Project, Posts: []string{i.Owner}})
}

// owner is the liaison's post and department.
func owner(tx *gorm.DB, partner string) (post, dept string, err error) {
	role := map[string]string{"finance": "FINANCE_LIAISON", "procurement": "PROCUREMENT_LIAISON"}[partner]
	var posts []office.Post
	if err := tx.Table("post_now").Select("id", "dept_id").Where("role = ?", role).Order("id").Limit(1).Find(&posts).Error; err != nil ||
		len(posts) == 0 {
		return role, "", err
	}
	return posts[0].ID, posts[0].DeptID, nil
}

// rectify opens the rectification of a difference.
func rectify(tx *gorm.DB, a models.Acting, i Item, dept string) (string, error) {
	r := books.Rectification{
		Source: "audit", Title: i.Title(), Project: models.Optional(i.Project), OwnerDept: dept, Severity: "B",
		FoundOn:     models.DateOf(a.At),
		Description: i.Description(),
	}
	if i.Project != "" {
		p, err := books.FindProject(tx, i.Project)
		if err != nil {
			return "", err
		}
		dept = p.DeptID
		r.OwnerDept = dept
	}
	if err := books.NewRectification(tx, a, &r); err != nil {
		return "", err
	}
	return r.No, process.SendStart(tx, a, books.RectificationProcess, r.No, string(r.Project), r.StartVars(dept))
}
