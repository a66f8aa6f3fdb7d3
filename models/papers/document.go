package papers

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Document is a file of a project, or a numbered paper that we issue.
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
	Data      models.JSON // facts that a numbered paper is made of

	Rectification string // number of the finding that the file was handed in for
	Matter        int64  // root instance of a matter outside projects
	Loose         bool   // brought for a matter that has not begun: its bringer's alone
	PlanYear      int    // of the annual plan that it belongs to; 0: none
	Replaces      string // id of the file whose newer version it is

	Template       string // kind of the template; empty: a file, or a number of a former release
	Series         string
	Year           int
	Seq            int64
	Tree           string // what it says: the JSON of a Doc, letter by letter as it was signed
	TemplateDigest string
	DocDigest      string
	SignedBy       string // key of the house
	Signature      []byte // SM2 over DocDigest
	VerifyToken    string
	VoidedOn       models.Date
	VoidReason     string
	VoidedBy       string // who confirmed it
	VoidAskedBy    string
	VoidAskedAt    *time.Time
	ReplacedBy     string
}

// TableName of the entity.
func (Document) TableName() string { return "document" }

// Paper is the tree of a document, with its mark where it is void; ok says whether there is one.
func (d Document) Paper() (doc Doc, ok bool, err error) {
	if d.Tree == "" {
		return doc, false, nil
	}
	if err := json.Unmarshal([]byte(d.Tree), &doc); err != nil {
		return doc, false, fmt.Errorf("document %s: %w", d.ID, err)
	}
	if d.VoidedOn != "" {
		doc.Void = "作废"
	}
	return doc, true, nil
}

// Whole reports whether the tree is still the one that was numbered and signed.
func (d Document) Whole() bool {
	sum := sm3.Sum([]byte(d.Tree))
	return hex.EncodeToString(sum[:]) == d.DocDigest
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

// Documents of a project, newest first, without their trees.
func Documents(tx *gorm.DB, project string) ([]Document, error) {
	var ds []Document
	if err := tx.Omit("tree", "data").Where("project = ?", project).Order("created_at DESC, id DESC").Find(&ds).Error; err != nil {
		return nil, fmt.Errorf("documents of %s: %w", project, err)
	}
	return ds, nil
}

// The conditions name the bounds of the partial indexes: without them all documents are read.

// OfRectification are the files that were handed in for a finding, newest first, without their trees.
func OfRectification(tx *gorm.DB, no string) ([]Document, error) {
	var ds []Document
	q := tx.Omit("tree", "data").Where("rectification = ? AND rectification <> ''", no)
	if err := q.Order("created_at DESC, id DESC").Find(&ds).Error; err != nil {
		return nil, fmt.Errorf("documents of %s: %w", no, err)
	}
	return ds, nil
}

// OfMatter are the files of a matter outside projects, newest first.
func OfMatter(tx *gorm.DB, root int64) ([]Document, error) {
	var ds []Document
	if err := tx.Omit("tree", "data").Where("matter = ? AND matter <> 0", root).Order("created_at DESC, id DESC").Find(&ds).Error; err != nil {
		return nil, fmt.Errorf("documents of case %d: %w", root, err)
	}
	return ds, nil
}

// LooseOf are the files that a person has brought for matters that have not begun, the newest two hundred.
func LooseOf(tx *gorm.DB, person string) ([]Document, error) {
	var ds []Document
	err := tx.Omit("tree", "data").Where("loose AND created_by = ?", person).Order("created_at DESC, id DESC").Limit(200).Find(&ds).Error
	if err != nil {
		return nil, fmt.Errorf("documents of %s: %w", person, err)
	}
	return ds, nil
}

// Fasten puts files that a person brought before a matter began with it, and the versions before them; others' files
// stay where they are.
func Fasten(tx *gorm.DB, person string, root int64, ids []string) error {
	for len(ids) > 0 {
		var own []Document
		err := tx.Select("id", "replaces").Where("loose AND created_by = ? AND id IN ?", person, ids).Find(&own).Error
		if err != nil {
			return fmt.Errorf("documents of case %d: %w", root, err)
		}
		err = tx.Model(&Document{}).
			Where("loose AND created_by = ? AND id IN ?", person, ids).
			Updates(map[string]any{"matter": root, "loose": false}).
			Error
		if err != nil {
			return fmt.Errorf("documents of case %d: %w", root, err)
		}
		ids = nil
		for _, d := range own {
			if d.Replaces != "" {
				ids = append(ids, d.Replaces)
			}
		}
	}
	return nil
}

// beside are the files of the same project, finding, plan or matter, or the loose ones of the same person.
func beside(tx *gorm.DB, d Document) *gorm.DB {
	return tx.Omit("tree", "data").
		Where("digest <> '' AND project = ? AND rectification = ? AND plan_year = ?", d.Project, d.Rectification, d.PlanYear).
		Where("matter = ? AND loose = ? AND (NOT loose OR created_by = ?)", d.Matter, d.Loose, d.CreatedBy)
}

// Former is the file that d is to be a newer version of. One that is not kept where d is, is a numbered paper, says
// the same already, or has a newer version is refused.
func Former(tx *gorm.DB, d Document) (Document, error) {
	var former []Document
	if err := beside(tx, d).Where("id = ? AND template = ''", d.Replaces).Find(&former).Error; err != nil {
		return Document{}, fmt.Errorf("document %s: %w", d.Replaces, err)
	}
	if len(former) == 0 {
		return Document{}, models.Refuse("file-not-here").Field("/replaces", "file-not-here")
	}
	if former[0].Digest == d.Digest {
		return Document{}, models.Refuse("file-unchanged", "title", former[0].Title).Field("/file", "file-unchanged", "title", former[0].Title)
	}
	var newer int64
	if err := tx.Model(&Document{}).Where("replaces = ? AND replaces <> ''", d.Replaces).Count(&newer).Error; err != nil {
		return Document{}, fmt.Errorf("document %s: %w", d.Replaces, err)
	}
	if newer > 0 {
		return Document{}, models.Refuse("file-replaced", "title", former[0].Title)
	}
	return former[0], nil
}

// VersionOf counts a file's versions up to it: 1 for one that replaces none.
func VersionOf(tx *gorm.DB, d Document) (int, error) {
	n := 1
	for at := d.Replaces; at != ""; n++ {
		var former Document
		if err := tx.Select("id", "replaces").Where("id = ?", at).Take(&former).Error; err != nil {
			return 0, fmt.Errorf("document %s: %w", at, err)
		}
		at = former.Replaces
	}
	return n, nil
}

// Twins are files of the same content with the same project, finding or matter, or loose ones of the same person.
func Twins(tx *gorm.DB, d Document) ([]Document, error) {
	var ds []Document
	err := beside(tx, d).
		Where("digest = ? AND digest <> '' AND id <> ?", d.Digest, d.ID).
		Order("created_at, id").
		Limit(5).
		Find(&ds).
		Error
	if err != nil {
		return nil, fmt.Errorf("documents like %s: %w", d.ID, err)
	}
	return ds, nil
}

// ByToken finds the paper that a QR code names; ok is false where nothing was issued under it.
func ByToken(tx *gorm.DB, token string) (d Document, ok bool, err error) {
	var ds []Document
	if err := tx.Where("verify_token = ? AND verify_token <> ''", token).Limit(1).Find(&ds).Error; err != nil {
		return d, false, fmt.Errorf("verify: %w", err)
	}
	if len(ds) == 0 {
		return d, false, nil
	}
	return ds[0], true, nil
}

// File is a twin of a paper: what was rendered of it in a format, by the digest of the content.
type File struct {
	Document string `gorm:"primaryKey"`
	Format   string `gorm:"primaryKey"`
	Sha      string
	Size     int64
}

// TableName of the entity.
func (File) TableName() string { return "document_file" }
