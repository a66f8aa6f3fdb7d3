package acts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
)

// Recheck keeps what the second look at a closed rectification has found. One
// that has come again is opened anew: of the same unit and severity, with a link.
func Recheck(tx *gorm.DB, a models.Acting, no, result, method, note string) (books.Recheck, error) {
	var k books.Recheck
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("no = ?", no).Take(&k).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return k, models.Refuse("not-found", "what", no)
	}
	if err != nil {
		return k, fmt.Errorf("recheck of %s: %w", no, err)
	}
	if k.Result != "" {
		return k, models.Refuse("recheck-done", "no", no)
	}
	r, err := books.FindRectification(tx, no)
	if err != nil {
		return k, err
	}
	f := models.Refuse("invalid-data")
	note = strings.TrimSpace(note)
	if len([]rune(note)) < 5 {
		f.Field("/note", "reason-too-short")
	}
	if !slices.Contains([]string{books.RecheckValid, books.RecheckRecurred}, result) {
		f.Field("/result", "not-an-option", "options", "valid, recurred")
	}
	if !slices.Contains([]string{"site", "phone", "system"}, method) {
		f.Field("/method", "not-an-option", "options", "site, phone, system")
	}
	if err := f.OrNil(); err != nil {
		return k, err
	}
	_, unit := models.SplitPost(a.Post)
	if a.Person == r.Owner || a.Person == r.Registrar || a.Person == r.Verifier || unit == r.OwnerDept {
		return k, models.Refuse("recheck-not-independent")
	}
	k.Result, k.Method, k.Note, k.Checker, k.CheckedOn = result, method, note, a.Person, a.On()
	if result == books.RecheckRecurred {
		x, err := Raise(
			tx, a,
			Finding{
				Title: r.Title, Description: "复发，原 " + r.No + "：" + note, Project: string(r.Project), OwnerDept: r.OwnerDept,
				Severity: r.Severity, Source: r.Source, Item: r.Item,
			},
		)
		if err != nil {
			return k, err
		}
		k.Again = x.No
		if err := tx.Model(&books.Rectification{}).Where("no = ?", x.No).Update("reopens", r.No).Error; err != nil {
			return k, fmt.Errorf("link of %s: %w", x.No, err)
		}
	}
	if err := tx.Save(&k).Error; err != nil {
		return k, fmt.Errorf("recheck of %s: %w", no, err)
	}
	return k, audit.Audit(
		tx, "r:rectification", a,
		audit.AuditEntry{
			Action: "rectification.recheck", Subject: "rectification:" + no, Project: string(r.Project),
			Detail: models.JSONOf(map[string]string{"result": result, "again": k.Again}),
		},
	)
}
