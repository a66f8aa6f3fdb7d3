package commands

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/papers"
)

// proofs are documents that must be there, be of the project, and not be another
// project's handed in again.
func (f faults) proofs(tx *gorm.DB, pointer, project string, ids []string) error {
	if len(ids) == 0 {
		f.Field(pointer, "file-missing")
		return nil
	}
	return f.files(tx, pointer, project, ids)
}

// files are documents like proofs, that may be missing.
func (f faults) files(tx *gorm.DB, pointer, project string, ids []string) error {
	if err := f.documents(tx, pointer, project, ids); err != nil {
		return err
	}
	for i, id := range ids {
		elsewhere, err := reused(tx, project, id)
		if err != nil {
			return err
		}
		if elsewhere != "" {
			f.Field(fmt.Sprintf("%s/%d", pointer, i), "evidence-reused", "project", elsewhere)
		}
	}
	return nil
}

// reused is the other project in which a file of the same content was handed in before, "" for none.
func reused(tx *gorm.DB, project, id string) (string, error) {
	var d papers.Document
	if err := tx.Where("id = ?", id).Limit(1).Find(&d).Error; err != nil {
		return "", fmt.Errorf("document %s: %w", id, err)
	}
	if d.Digest == "" {
		return "", nil
	}
	var other []string
	err := tx.Model(&papers.Document{}).
		Where("digest = ? AND digest <> '' AND project NOT IN ? AND id <> ?", d.Digest, []string{project, ""}, id).
		Order("id").
		Limit(1).
		Pluck("project", &other).
		Error
	if err != nil {
		return "", fmt.Errorf("files like %s: %w", id, err)
	}
	if len(other) == 0 {
		return "", nil
	}
	return other[0], nil
}
