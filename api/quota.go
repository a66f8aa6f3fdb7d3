package api

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
)

// roomFor refuses a file with which a matter would hold, or a person would have filed in a day, more than the
// security administrator allows. Two uploads at once may go over by one file.
func (c *call) roomFor(tx *gorm.DB, about papers.Document, size int64) error {
	policy, err := c.policy()
	if err != nil {
		return err
	}
	today, err := time.ParseInLocation(time.DateOnly, string(models.DateOf(c.now)), models.Zone)
	if err != nil {
		return err
	}
	for _, q := range []struct {
		code, parameter string
		of              *gorm.DB
	}{
		{"quota-project", office.ProjectFiles,
			tx.Where("project = ? AND rectification = ? AND plan_year = ? AND matter = ? AND (NOT loose OR created_by = ?)", about.Project,
				about.Rectification, about.PlanYear, about.Matter, c.who.Person.ID)},
		{"quota-person", office.PersonFiles, tx.Where("created_by = ? AND created_at >= ?", c.who.Person.ID, today.UTC())},
	} {
		var used int64
		if err := q.of.Model(&papers.Document{}).Select("coalesce(sum(size), 0)").Scan(&used).Error; err != nil {
			return fmt.Errorf("files of %s: %w", about.Project, err)
		}
		if limit := int64(policy.Int(q.parameter)); used+size > limit<<20 {
			return refuse(
				http.StatusUnprocessableEntity, q.code, "used", strconv.FormatInt(used>>20, 10), "limit", strconv.FormatInt(limit, 10),
			).field("/file", q.code, "used", strconv.FormatInt(used>>20, 10), "limit", strconv.FormatInt(limit, 10))
		}
	}
	return nil
}
