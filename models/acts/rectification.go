package acts

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

// Finding is a rectification raised by hand, about a project or anything else.
type Finding struct {
	Title       string
	Description string
	Project     string
	OwnerDept   string
	Severity    string
	Source      string
	FoundOn     models.Date
	Item        string // code of the service item that it is about
}

// Raise registers a finding and begins its process.
func Raise(tx *gorm.DB, a models.Acting, in Finding) (books.Rectification, error) {
	f := models.Refuse("invalid-data")
	if in.FoundOn == "" {
		in.FoundOn = a.On()
	}
	r := books.Rectification{
		Title: strings.TrimSpace(in.Title), Description: strings.TrimSpace(in.Description), Project: models.Optional(in.Project),
		OwnerDept: in.OwnerDept, Severity: in.Severity, Source: in.Source, FoundOn: in.FoundOn, Item: in.Item,
	}
	if r.Title == "" {
		f.Field("/title", "required")
	}
	if !slices.Contains([]string{"A", "B", "C"}, r.Severity) {
		f.Field("/severity", "not-an-option", "options", "A, B, C")
	}
	if !slices.Contains(models.RectSources, r.Source) {
		f.Field("/source", "not-an-option", "options", strings.Join(models.RectSources, ", "))
	}
	if r.FoundOn > models.DateOf(a.At) {
		f.Field("/foundOn", "date-in-future")
	}
	dept, err := about(tx, f, in)
	if err != nil {
		return r, err
	}
	if err := f.OrNil(); err != nil {
		return r, err
	}
	if err := books.NewRectification(tx, a, &r); err != nil {
		return r, err
	}
	e := audit.AuditEntry{Action: "rectification.raise", Subject: "rectification:" + r.No, Project: in.Project}
	if err := audit.Audit(tx, "r:rectification", a, e); err != nil {
		return r, err
	}
	return r, process.SendStart(tx, a, books.RectificationProcess, r.No, string(r.Project), r.StartVars(dept))
}

// about checks owner and project, and is the department that the matter belongs to.
func about(tx *gorm.DB, f *models.Refusal, in Finding) (string, error) {
	owners, err := office.Members(tx, office.PostID("RECT_OWNER", in.OwnerDept))
	if err != nil {
		return "", err
	}
	if len(owners) == 0 {
		f.Field("/ownerDept", "no-rectification-owner", "dept", in.OwnerDept)
	}
	if in.Project == "" {
		return in.OwnerDept, nil
	}
	var depts []string
	if err := tx.Model(&books.Project{}).Where("code = ?", in.Project).Pluck("dept_id", &depts).Error; err != nil {
		return "", fmt.Errorf("project %s: %w", in.Project, err)
	}
	if len(depts) == 0 {
		f.Field("/project", "project-unknown", "code", in.Project)
		return "", nil
	}
	return depts[0], nil
}
