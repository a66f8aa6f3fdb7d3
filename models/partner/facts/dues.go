package facts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// ruleDue is the rule on when a small or medium enterprise is to be paid.
const ruleDue = "E04"

// judgeDues records which requests of small firms were not paid in their time, tells of each once, and clears what does
// not hold any more. It holds up nothing: a payment is what mends it. It gives how many rows it wrote; one that stands
// as it stood is not written again.
func judgeDues(tx *gorm.DB, a models.Acting, p books.Project) (wrote int, err error) {
	dues, err := books.PaymentDues(tx, p.Code)
	if err != nil {
		return 0, err
	}
	standing, err := books.Breaches(tx, p.Code)
	if err != nil {
		return 0, err
	}
	standing = slices.DeleteFunc(standing, func(b books.Breach) bool { return b.Rule != ruleDue })
	if len(dues)+len(standing) == 0 {
		return 0, nil
	}
	s := rules.Subject{Kind: books.SubjectProject, ID: p.Code, Revision: p.RevisionNo, Project: p.Code}
	rep, _, err := books.Rules.Look(tx, a, "payment", s)
	if err != nil {
		return 0, err
	}
	res, _ := rep.Result(ruleDue)
	late := map[string]bool{}
	for _, f := range res.Findings {
		late[f.Ref] = true
		b := books.Breach{Project: p.Code, Rule: ruleDue, Subject: f.Ref, BusinessDate: a.On()}
		args := []string{"no", f.Ref, "zh", f.Detail.ZH, "en", f.Detail.EN}
		i := slices.IndexFunc(standing, func(o books.Breach) bool { return o.Subject == f.Ref })
		if i >= 0 && maps.Equal(standing[i].Said(), models.Pairs(args)) {
			continue
		}
		wrote++
		if err := books.RecordBreach(tx, a, b, args...); err != nil {
			return 0, err
		}
		if i >= 0 {
			continue
		}
		if err := tellBreach(tx, a, p, b, f.Detail, "APPLY_FINANCE", "FINANCE_LIAISON"); err != nil {
			return 0, err
		}
	}
	for _, b := range standing {
		if !late[b.Subject] {
			wrote++
			if err := clearBreach(tx, b.ID, a.At); err != nil {
				return 0, err
			}
		}
	}
	return wrote, nil
}

// OverduePayments judges the projects that owe a small firm something: a day that passes brings no fact. Each is judged in
// a transaction of its own.
func OverduePayments(ctx context.Context, db *models.DB, now time.Time) error {
	var codes []string
	err := db.Read(ctx).Raw(`SELECT DISTINCT r.project FROM payment_request r JOIN contract k ON k.contract_no = r.contract_no
		WHERE r.state = ? AND r.delivered_on < ? AND k.sme AND NOT EXISTS (SELECT 1 FROM breach b
			WHERE b.project = r.project AND b.rule = ? AND b.subject = r.request_no AND b.cleared_at IS NULL)
		ORDER BY r.project`, books.PaymentPending, models.DateOf(now), ruleDue).Scan(&codes).Error
	if err != nil {
		return fmt.Errorf("what small firms are owed: %w", err)
	}
	a := models.Acting{Person: models.System, At: now, BusinessDate: models.DateOf(now)}
	var errs []error
	for _, code := range codes {
		errs = append(errs, db.Tx(ctx, func(tx *gorm.DB) error { return overduePayments(tx, a, code) }))
	}
	return errors.Join(errs...)
}

func overduePayments(tx *gorm.DB, a models.Acting, code string) error {
	p, err := books.FindProject(tx, code)
	if err != nil {
		return err
	}
	wrote, err := judgeDues(tx, a, p)
	if err != nil || wrote == 0 {
		return err
	}
	return audit.Audit(tx, "r:facts", a, audit.AuditEntry{
		Action: "payment.late", Subject: "project:" + code, Project: code, Detail: models.JSONOf(map[string]any{"requests": wrote}),
	})
}
