package register

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Attach adds the row of a document whose content the caller has checked and
// stored under its digest.
func Attach(tx *gorm.DB, a models.Acting, d models.Document) (models.Document, error) {
	p, err := models.FindProject(tx, d.Project)
	if err != nil {
		return d, err
	}
	d.Title = strings.TrimSpace(d.Title)
	if d.Title == "" {
		d.Title = d.FileName
	}
	if no := string(d.DocNo); no != "" { // of somebody else's document: no number of ours
		d.Data, d.DocNo = models.JSONOf(map[string]string{"docNo": no}), ""
	}
	if err := models.AddDocument(tx, a, &d); err != nil {
		return d, err
	}
	return d, models.Audit(tx, "r:document", a, models.AuditEntry{Action: "document.add", Subject: "document:" + d.ID, Project: p.Code, Digest: d.Digest, Detail: models.JSONOf(map[string]string{"title": d.Title, "kind": d.Kind})})
}
