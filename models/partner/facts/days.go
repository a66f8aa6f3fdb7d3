package facts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/texts"
)

// judgeDays records the steps of an award that came, or are, later than rules C08 and C09 allow, and tells of them
// once. They hold up nothing: forbidding the act that ends a lateness mends nothing. It gives what holds now.
func judgeDays(tx *gorm.DB, a models.Acting, p books.Project, k books.PackageView) (holds []string, err error) {
	late, err := lateDays(tx, a, p, k)
	if err != nil {
		return nil, err
	}
	return recordDays(tx, a, p, k, late)
}

func lateDays(tx *gorm.DB, a models.Acting, p books.Project, k books.PackageView) ([]books.AwardDay, error) {
	rep, _, err := books.Rules.Look(tx, a, books.PointAward, books.PackageSubject(p.Code, k.PackageNo))
	if err != nil {
		return nil, err
	}
	days, err := books.AwardDays(rep, k)
	if err != nil {
		return nil, err
	}
	today := models.DateOf(a.At)
	return slices.DeleteFunc(days, func(d books.AwardDay) bool { return !d.Late(today) }), nil
}

func recordDays(tx *gorm.DB, a models.Acting, p books.Project, k books.PackageView, late []books.AwardDay) (holds []string, err error) {
	for _, d := range late {
		b := books.Breach{Project: p.Code, Rule: d.Rule, Subject: k.PackageNo + "/" + d.Step, BusinessDate: d.Due}
		holds = append(holds, b.Rule+" "+b.Subject)
		text := lateText(k.PackageNo, d)
		if err := books.RecordBreach(tx, a, b, "zh", text.ZH, "en", text.EN); err != nil {
			return nil, err
		}
		if err := tellBreach(tx, a, p, b, text, "APPLY_CLERK", "PROCUREMENT_LIAISON"); err != nil {
			return nil, err
		}
	}
	return holds, nil
}

func lateText(pack string, d books.AwardDay) (out rules.Sentence) {
	say := func(lang texts.Lang) string {
		key := "award-late"
		if d.Done == "" {
			key = "award-open"
		}
		return texts.Text(lang, key, map[string]string{
			"package": pack, "step": texts.Text(lang, "award-step."+d.Rule+"."+d.Step, nil), "due": string(d.Due), "on": string(d.Done),
		})
	}
	return rules.Sentence{ZH: say(texts.Chinese), EN: say(texts.English)}
}

// Overdue judges again the purchases that stand still: a day that passes brings no fact. Each is judged in a
// transaction of its own, so that one that cannot be holds up no other.
func Overdue(ctx context.Context, db *models.DB, now time.Time) error {
	var open []books.Fact
	err := db.Read(ctx).Where(`event_type = 'procurement.suspended' AND project IN (SELECT code FROM project WHERE stage IN ?)`,
		[]books.Stage{books.Procuring, books.Awarded}).Order("id").Find(&open).Error
	if err != nil {
		return fmt.Errorf("suspended purchases: %w", err)
	}
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now)}
	var errs []error
	for _, f := range open {
		errs = append(errs, db.Tx(ctx, func(tx *gorm.DB) error { return overdue(tx, a, f) }))
	}
	return errors.Join(errs...)
}

func overdue(tx *gorm.DB, a models.Acting, f books.Fact) error {
	p, err := books.FindProject(tx, f.Project)
	if err != nil {
		return err
	}
	no, err := books.PackageOf(tx, p.Code, f.DataOf())
	if err != nil || no == "" {
		return err
	}
	v, err := books.Procurement(tx, p.Code)
	if err != nil {
		return err
	}
	k := v.Package(no)
	if k == nil || k.State != books.ProcSuspended {
		return nil
	}
	before, err := books.Breaches(tx, p.Code)
	if err != nil {
		return err
	}
	told := func(rule, subject string) bool {
		return slices.ContainsFunc(before, func(b books.Breach) bool { return b.Rule == rule && b.Subject == subject })
	}
	late, err := lateDays(tx, a, p, *k)
	if err != nil {
		return err
	}
	late = slices.DeleteFunc(late, func(d books.AwardDay) bool { return told(d.Rule, k.PackageNo+"/"+d.Step) })
	if len(late) == 0 {
		return nil
	}
	if _, err := recordDays(tx, a, p, *k, late); err != nil {
		return err
	}
	return audit.Audit(tx, "r:facts", a, audit.AuditEntry{
		Action: "award.late", Subject: "package:" + p.Code + "/" + k.PackageNo, Project: p.Code,
		Detail: models.JSONOf(map[string]any{"steps": len(late)}),
	})
}
