package books

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/papers"
)

// The states of a correction of an archive.
const (
	CorrectionWaiting  = "waiting"
	CorrectionAccepted = "accepted"
	CorrectionRefused  = "refused"
)

// ArchiveCorrection is a version of an archive after the hand-over: a record put right, or one that was missing.
type ArchiveCorrection struct {
	Project    string `gorm:"primaryKey"`
	Version    int    `gorm:"primaryKey"` // from 2 on
	Item       int    // 0: it was missing
	Title      string
	Note       string
	Documents  models.JSON // their ids
	OldDigest  string
	NewDigest  string
	State      string
	AskedBy    string
	AskedAt    time.Time
	DecidedBy  models.Optional
	DecidedAt  *time.Time
	DecidedWhy string
}

// TableName of the entity.
func (ArchiveCorrection) TableName() string { return "archive_correction" }

// ArchiveHold keeps an archive as it is, for a case that asks for it (保全).
type ArchiveHold struct {
	ID        int64 `gorm:"primaryKey"`
	Project   string
	Basis     string
	Reason    string
	PlacedBy  string
	PlacedAt  time.Time
	LiftedBy  models.Optional
	LiftedAt  *time.Time
	LiftedWhy string
}

// TableName of the entity.
func (ArchiveHold) TableName() string { return "archive_hold" }

// firstVersion is the archive as it was handed over.
const firstVersion = 1

// Corrections of an archive, the oldest first.
func Corrections(tx *gorm.DB, project string) ([]ArchiveCorrection, error) {
	var rows []ArchiveCorrection
	if err := tx.Where("project = ?", project).Order("version").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("corrections of the archive of %s: %w", project, err)
	}
	return rows, nil
}

// Holds of an archive, the oldest first.
func Holds(tx *gorm.DB, project string) ([]ArchiveHold, error) {
	var rows []ArchiveHold
	if err := tx.Where("project = ?", project).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("holds of the archive of %s: %w", project, err)
	}
	return rows, nil
}

// unheld refuses while a hold stands.
func unheld(tx *gorm.DB, project string) error {
	holds, err := Holds(tx, project)
	for _, h := range holds {
		if h.LiftedAt == nil {
			return models.Refuse("archive-held", "basis", h.Basis)
		}
	}
	return err
}

// AskCorrection asks to put an archive right. It counts when another person has accepted it.
func AskCorrection(tx *gorm.DB, a models.Acting, in ArchiveCorrection, documents []string) (ArchiveCorrection, error) {
	p, err := FindProject(tx, in.Project)
	if err != nil {
		return in, err
	}
	if p.Stage != Archived {
		return in, models.Refuse("not-archived", "project", p.Code)
	}
	if err := unheld(tx, p.Code); err != nil {
		return in, err
	}
	before, err := Corrections(tx, p.Code)
	if err != nil {
		return in, err
	}
	in.Version = firstVersion + 1
	for _, c := range before {
		if c.State == CorrectionWaiting {
			return in, models.Refuse("correction-waits", "version", fmt.Sprint(c.Version))
		}
		in.Version = c.Version + 1
	}
	items, err := ArchiveItems(tx, p.Code)
	if err != nil {
		return in, err
	}
	f := models.Refuse("invalid-data")
	in.Title, in.Note = strings.TrimSpace(in.Title), strings.TrimSpace(in.Note)
	if in.Item != 0 && !hasItem(items, in.Item) {
		f.Field("/item", "record-unknown", "no", fmt.Sprint(in.Item))
	}
	if in.Title == "" {
		f.Field("/title", "required")
	}
	if len([]rune(in.Note)) < 5 {
		f.Field("/note", "reason-too-short")
	}
	if err := ownFiles(tx, f, p.Code, documents); err != nil {
		return in, err
	}
	if err := f.OrNil(); err != nil {
		return in, err
	}
	in.Documents, in.State, in.AskedBy, in.AskedAt = models.JSONOf(documents), CorrectionWaiting, a.Person, models.Stamp(a.At)
	in.OldDigest = archiveDigest(items, accepted(before))
	in.NewDigest = archiveDigest(items, append(accepted(before), in))
	if err := tx.Create(&in).Error; err != nil {
		return in, fmt.Errorf("correction of the archive of %s: %w", p.Code, err)
	}
	return in, audit.Audit(tx, "p:"+p.Code, a, audit.AuditEntry{
		Action: "archive.correction.asked", Subject: fmt.Sprintf("archive:%s/%d", p.Code, in.Version), Project: p.Code,
		Detail: models.JSONOf(map[string]any{"old": in.OldDigest, "new": in.NewDigest, "item": in.Item}),
	})
}

func hasItem(items []ArchiveItem, no int) bool {
	for _, it := range items {
		if it.No == no {
			return true
		}
	}
	return false
}

// ownFiles must be files of the project, one at least.
func ownFiles(tx *gorm.DB, f *models.Refusal, project string, ids []string) error {
	if len(ids) == 0 {
		f.Field("/documents", "file-missing")
	}
	for i, id := range ids {
		var n int64
		err := tx.Model(&papers.Document{}).Where("id = ? AND project = ? AND digest <> ''", id, project).Count(&n).Error
		if err != nil {
			return fmt.Errorf("document %s: %w", id, err)
		}
		if n == 0 {
			f.Field(fmt.Sprintf("/documents/%d", i), "document-unknown", "id", id)
		}
	}
	return nil
}

func accepted(all []ArchiveCorrection) (out []ArchiveCorrection) {
	for _, c := range all {
		if c.State == CorrectionAccepted {
			out = append(out, c)
		}
	}
	return out
}

// archiveDigest is SM3 over the records and the versions after them.
func archiveDigest(items []ArchiveItem, versions []ArchiveCorrection) string {
	var b strings.Builder
	for _, it := range items {
		fmt.Fprintf(&b, "%d\x00%s\x00%s\x00%s\n", it.No, it.Stage, it.Title, string(it.Documents))
	}
	for _, v := range versions {
		fmt.Fprintf(&b, "v%d\x00%d\x00%s\x00%s\x00%s\n", v.Version, v.Item, v.Title, v.Note, string(v.Documents))
	}
	sum := sm3.Sum([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// DecideCorrection is the second person's word on a correction.
func DecideCorrection(tx *gorm.DB, a models.Acting, project string, version int, accept bool) (ArchiveCorrection, error) {
	var c ArchiveCorrection
	err := tx.Where("project = ? AND version = ?", project, version).Take(&c).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return c, models.Refuse("not-found", "what", fmt.Sprint(version))
	case err != nil:
		return c, fmt.Errorf("correction %d of %s: %w", version, project, err)
	case c.State != CorrectionWaiting:
		return c, models.Refuse("request-decided")
	case c.AskedBy == a.Person:
		return c, models.Refuse("second-person-needed")
	case !accept && len([]rune(strings.TrimSpace(a.Reason))) < 5:
		return c, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	action := "archive.correction.refused"
	c.State = CorrectionRefused
	if accept {
		if err := unheld(tx, project); err != nil {
			return c, err
		}
		action, c.State = "archive.correction.accepted", CorrectionAccepted
	}
	at := models.Stamp(a.At)
	c.DecidedBy, c.DecidedAt, c.DecidedWhy = models.Optional(a.Person), &at, strings.TrimSpace(a.Reason)
	if err := tx.Save(&c).Error; err != nil {
		return c, fmt.Errorf("correction %d of %s: %w", version, project, err)
	}
	return c, audit.Audit(tx, "p:"+project, a, audit.AuditEntry{
		Action: action, Subject: fmt.Sprintf("archive:%s/%d", project, version), Project: project,
		Detail: models.JSONOf(map[string]any{"old": c.OldDigest, "new": c.NewDigest}),
	})
}

// PlaceHold keeps an archive as it is.
func PlaceHold(tx *gorm.DB, a models.Acting, project, basis string) (ArchiveHold, error) {
	p, err := FindProject(tx, project)
	if err != nil {
		return ArchiveHold{}, err
	}
	h := ArchiveHold{
		Project: project, Basis: strings.TrimSpace(basis), Reason: strings.TrimSpace(a.Reason), PlacedBy: a.Person, PlacedAt: models.Stamp(a.At),
	}
	f := models.Refuse("invalid-data")
	if h.Basis == "" {
		f.Field("/basis", "required")
	}
	if len([]rune(h.Reason)) < 5 {
		f.Field("/reason", "reason-too-short")
	}
	if err := f.OrNil(); err != nil {
		return h, err
	}
	if p.Stage != Archived {
		return h, models.Refuse("not-archived", "project", p.Code)
	}
	if err := unheld(tx, project); err != nil {
		return h, err
	}
	if err := tx.Create(&h).Error; err != nil {
		return h, fmt.Errorf("hold of the archive of %s: %w", project, err)
	}
	return h, noteHold(tx, a, h, "archive.held")
}

// LiftHold ends a hold, by another person than who placed it.
func LiftHold(tx *gorm.DB, a models.Acting, project string, id int64) (ArchiveHold, error) {
	var h ArchiveHold
	err := tx.Where("id = ? AND project = ?", id, project).Take(&h).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return h, models.Refuse("not-found", "what", fmt.Sprint(id))
	case err != nil:
		return h, fmt.Errorf("hold %d: %w", id, err)
	case h.LiftedAt != nil:
		return h, models.Refuse("request-decided")
	case h.PlacedBy == a.Person:
		return h, models.Refuse("second-person-needed")
	case len([]rune(strings.TrimSpace(a.Reason))) < 5:
		return h, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	at := models.Stamp(a.At)
	h.LiftedBy, h.LiftedAt, h.LiftedWhy = models.Optional(a.Person), &at, strings.TrimSpace(a.Reason)
	if err := tx.Save(&h).Error; err != nil {
		return h, fmt.Errorf("hold %d: %w", id, err)
	}
	return h, noteHold(tx, a, h, "archive.released")
}

func noteHold(tx *gorm.DB, a models.Acting, h ArchiveHold, action string) error {
	return audit.Audit(tx, "p:"+h.Project, a, audit.AuditEntry{
		Action: action, Subject: fmt.Sprintf("archive:%s/hold/%d", h.Project, h.ID), Project: h.Project,
		Detail: models.JSONOf(map[string]any{"basis": h.Basis}),
	})
}
