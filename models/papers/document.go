package papers

import (
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Document is a file of a project, or a numbered document that we issue.
type Document struct {
	ID        string `gorm:"primaryKey"` // decimal
	Project   string
	Kind      string // attachment, evidence, …; of a numbered one its name, such as 受理通知书
	Title     string
	DocNo     models.Optional
	FileName  string
	MediaType string
	Size      int64
	Digest    string // of the content: its name in the store
	Dated     models.Date
	CreatedBy string
	CreatedAt time.Time
	Data      models.JSON // fields a numbered document is made of
}

// TableName of the entity.
func (Document) TableName() string { return "document" }

// numbering is the prefix of each kind of numbered document, gap-free per year.
var numbering = map[string]string{
	"补正通知书":   "县数资补",
	"受理通知书":   "县数资受",
	"不予受理通知书": "县数资不受",
	"不予支持通知书": "县数资不支",
	"不予批复通知书": "县数资不批",
	"审查意见书":   "县数资意",
	"批复":      "县数资审",
	"初验报告":    "县数资初验",
	"终验报告":    "县数资终验",
}

// Issue makes a numbered document, such as 县数资审〔2022〕7号. The number is
// taken in the transaction of its cause, so that none is ever missing.
func Issue(tx *gorm.DB, a models.Acting, kind, project, subject string, facts map[string]any) (Document, error) {
	prefix, ok := numbering[kind]
	if !ok {
		return Document{}, fmt.Errorf("models: documents %q are not numbered", kind)
	}
	year := a.On().Year()
	n, err := models.Next(tx, "doc_counter", kind, year)
	if err != nil {
		return Document{}, err
	}
	d := Document{
		Project: project, Kind: kind, Title: subject, DocNo: models.Optional(fmt.Sprintf("%s〔%d〕%d号", prefix, year, n)),
		Dated: a.On(), Data: models.JSONOf(facts),
	}
	return d, AddDocument(tx, a, &d)
}

// AddDocument stores the row of a document and gives it an id.
func AddDocument(tx *gorm.DB, a models.Acting, d *Document) error {
	n, err := models.Next(tx, "business_counter", "document", 0)
	if err != nil {
		return err
	}
	d.ID, d.CreatedBy, d.CreatedAt = strconv.FormatInt(n, 10), a.Person, models.Stamp(a.At)
	if d.Dated == "" {
		d.Dated = a.On()
	}
	if err := tx.Create(d).Error; err != nil {
		return fmt.Errorf("document %s: %w", d.Title, err)
	}
	return nil
}

// Documents of a project, newest first.
func Documents(tx *gorm.DB, project string) ([]Document, error) {
	var ds []Document
	if err := tx.Where("project = ?", project).Order("created_at DESC, id DESC").Find(&ds).Error; err != nil {
		return nil, fmt.Errorf("documents of %s: %w", project, err)
	}
	return ds, nil
}
