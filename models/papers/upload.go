package papers

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

const (
	// UploadPiece is how many bytes one piece of an upload may have.
	UploadPiece = 1 << 20
	// UploadsOpen is how many uploads a person may have under way.
	UploadsOpen = 50
	uploadLife  = 48 * time.Hour
)

// Upload is a file that comes in pieces. It belongs to who opened it, until a document is made of it.
type Upload struct {
	ID        string `gorm:"primaryKey"`
	Person    string
	FileName  string
	Size      int64 // bytes that it will have
	Received  int64 // bytes from its beginning that are here
	CreatedAt time.Time
	ExpiresAt time.Time
}

// TableName of the entity.
func (Upload) TableName() string { return "upload" }

type uploadPiece struct {
	Upload string `gorm:"primaryKey"`
	At     int64  `gorm:"primaryKey"`
	Body   []byte
}

// TableName of the entity.
func (uploadPiece) TableName() string { return "upload_piece" }

// OpenUpload begins an upload, and throws away whose time is over.
func OpenUpload(tx *gorm.DB, a models.Acting, name string, size int64) (Upload, error) {
	if err := sweepUploads(tx, a.At); err != nil {
		return Upload{}, err
	}
	var open int64
	if err := tx.Model(&Upload{}).Where("person = ?", a.Person).Count(&open).Error; err != nil {
		return Upload{}, fmt.Errorf("uploads of %s: %w", a.Person, err)
	}
	if open >= UploadsOpen {
		return Upload{}, models.Refuse("too-many-uploads", "most", strconv.Itoa(UploadsOpen))
	}
	n, err := models.Next(tx, "business_counter", "upload", 0)
	if err != nil {
		return Upload{}, err
	}
	at := models.Stamp(a.At)
	u := Upload{ID: strconv.FormatInt(n, 10), Person: a.Person, FileName: name, Size: size, CreatedAt: at, ExpiresAt: at.Add(uploadLife)}
	if err := tx.Create(&u).Error; err != nil {
		return Upload{}, fmt.Errorf("upload %s: %w", name, err)
	}
	return u, nil
}

func sweepUploads(tx *gorm.DB, now time.Time) error {
	var old []string
	if err := tx.Model(&Upload{}).Where("expires_at <= ?", now.UTC()).Order("expires_at").Limit(100).Pluck("id", &old).Error; err != nil {
		return fmt.Errorf("uploads: %w", err)
	}
	for _, id := range old {
		if _, err := CloseUpload(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// FindUpload is an upload of a person; ok is false where he has none of this id, or its time is over.
func FindUpload(tx *gorm.DB, person, id string, now time.Time) (u Upload, ok bool, err error) {
	err = tx.Where("id = ? AND person = ? AND expires_at > ?", id, person, now.UTC()).Take(&u).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return u, false, nil
	}
	if err != nil {
		return u, false, fmt.Errorf("upload %s: %w", id, err)
	}
	return u, true, nil
}

// AddPiece takes the next piece of an upload. One that does not begin where the last one ended changes nothing; the
// refusal says where to go on, so that a piece whose answer was lost is not taken twice.
func AddPiece(tx *gorm.DB, u Upload, at int64, body []byte) (Upload, error) {
	n := int64(len(body))
	done := tx.Model(&Upload{}).
		Where("id = ? AND received = ? AND received + ? <= size", u.ID, at, n).
		Update("received", gorm.Expr("received + ?", n))
	if done.Error != nil {
		return u, fmt.Errorf("upload %s: %w", u.ID, done.Error)
	}
	if done.RowsAffected == 0 {
		if at == u.Received {
			return u, models.Refuse("upload-too-long", "size", strconv.FormatInt(u.Size, 10))
		}
		return u, models.Refuse("upload-offset", "received", strconv.FormatInt(u.Received, 10))
	}
	if err := tx.Create(&uploadPiece{Upload: u.ID, At: at, Body: body}).Error; err != nil {
		return u, fmt.Errorf("upload %s at %d: %w", u.ID, at, err)
	}
	u.Received = at + n
	return u, nil
}

// CloseUpload throws the pieces of an upload away; was says whether they were still there.
func CloseUpload(tx *gorm.DB, id string) (was bool, err error) {
	done := tx.Where("id = ?", id).Delete(&Upload{})
	if err := errors.Join(done.Error, tx.Where("upload = ?", id).Delete(&uploadPiece{}).Error); err != nil {
		return false, fmt.Errorf("upload %s: %w", id, err)
	}
	return done.RowsAffected > 0, nil
}

// Content reads what has come, a piece at a time.
func (u Upload) Content(tx *gorm.DB) io.Reader { return &pieces{tx: tx, of: u.ID} }

type pieces struct {
	tx   *gorm.DB
	of   string
	next int64
	left []byte
}

// Read is io.Reader's.
func (p *pieces) Read(to []byte) (int, error) {
	if len(p.left) == 0 {
		var piece uploadPiece
		err := p.tx.Where("upload = ? AND at = ?", p.of, p.next).Take(&piece).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, fmt.Errorf("upload %s at %d: %w", p.of, p.next, err)
		}
		p.left, p.next = piece.Body, p.next+int64(len(piece.Body))
	}
	n := copy(to, p.left)
	p.left = p.left[n:]
	return n, nil
}
