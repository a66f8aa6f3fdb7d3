package process

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// BundleFile is one resource of a deployed bundle.
type BundleFile struct {
	Bundle string `gorm:"primaryKey"`
	Name   string `gorm:"primaryKey"`
	Data   []byte
}

// TableName of the entity.
func (BundleFile) TableName() string { return "bundle_file" }

// Definition is a version of a process; the newest one starts new instances.
type Definition struct {
	Process    string `gorm:"primaryKey"`
	Version    int    `gorm:"primaryKey"`
	Bundle     string
	Name       string
	NameEn     string
	DeployedAt time.Time

	Starts []StartSubscription `gorm:"-"` // StoreBundle: the start events that wait for something
}

// TableName of the entity.
func (Definition) TableName() string { return "definition" }

// StoreBundle deploys an immutable bundle; false when it is there already.
// Its processes become the newest versions, and their start events wait instead
// of those of the versions before. Running instances go on as they are.
func StoreBundle(tx *gorm.DB, a models.Acting, digest string, files []BundleFile, processes []Definition) (bool, error) {
	fresh := tx.Exec(
		`INSERT INTO bundle (digest, deployed_at, deployed_by, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`, digest, a.At.UTC(),
		a.Person, a.Reason,
	)
	if fresh.Error != nil {
		return false, fmt.Errorf("bundle %s: %w", digest, fresh.Error)
	}
	if fresh.RowsAffected == 0 {
		return false, nil
	}
	for i := range files {
		files[i].Bundle = digest
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&files).Error; err != nil {
		return false, fmt.Errorf("bundle %s: %w", digest, err)
	}
	at := a.At.UTC()
	for i := range processes {
		d := &processes[i]
		if err := tx.Raw(`SELECT coalesce(max(version), 0) + 1 FROM definition WHERE process = ?`,
			d.Process).Scan(&d.Version).Error; err != nil {
			return false, fmt.Errorf("process %s: %w", d.Process, err)
		}
		d.Bundle, d.DeployedAt = digest, at
		if err := tx.Create(d).Error; err != nil {
			return false, fmt.Errorf("process %s: %w", d.Process, err)
		}
	}
	entry := audit.AuditEntry{Action: "bundle.deploy", Subject: "bundle:" + digest, Digest: digest}
	before, now, err := replaceStarts(tx, at, processes)
	if err != nil {
		return false, err
	}
	if len(before)+len(now) > 0 {
		entry.Detail = models.JSONOf(map[string]any{"startsBefore": before, "starts": now})
	}
	return true, audit.Audit(tx, "r:bundle", a, entry)
}

// Deployed reports whether a bundle is stored.
func Deployed(tx *gorm.DB, digest string) (bool, error) {
	var n int64
	if err := tx.Raw("SELECT count(*) FROM bundle WHERE digest = ?", digest).Scan(&n).Error; err != nil {
		return false, fmt.Errorf("bundle %s: %w", digest, err)
	}
	return n > 0, nil
}

// BundleFiles loads the files of a bundle, sorted by name.
func BundleFiles(tx *gorm.DB, digest string) ([]BundleFile, error) {
	var files []BundleFile
	if err := tx.Where("bundle = ?", digest).Order("name").Find(&files).Error; err != nil {
		return nil, fmt.Errorf("bundle %s: %w", digest, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("bundle %s: %w", digest, ErrNotFound)
	}
	return files, nil
}

// NewestReason is why the newest version of a process was deployed, or ErrNotFound.
func NewestReason(tx *gorm.DB, process string) (string, error) {
	var reasons []string
	err := tx.Raw("SELECT b.reason FROM definition d JOIN bundle b ON b.digest = d.bundle WHERE d.process = ? ORDER BY d.version DESC "+
		"LIMIT 1", process).
		Scan(&reasons).
		Error
	if err != nil {
		return "", fmt.Errorf("process %s: %w", process, err)
	}
	if len(reasons) == 0 {
		return "", fmt.Errorf("process %s: %w", process, ErrNotFound)
	}
	return reasons[0], nil
}

// NewestDefinition is the version of a process that starts new instances, or ErrNotFound.
func NewestDefinition(tx *gorm.DB, process string) (Definition, error) {
	var d Definition
	err := tx.Where("process = ?", process).Order("version DESC").Take(&d).Error
	return d, err
}

// NewestBundles are the bundles that have the newest version of some process, in order.
func NewestBundles(tx *gorm.DB) ([]string, error) {
	var digests []string
	err := tx.Raw(`SELECT DISTINCT bundle FROM definition d WHERE version = (SELECT max(version) FROM definition n
		WHERE n.process = d.process) ORDER BY bundle`).
		Scan(&digests).
		Error
	if err != nil {
		return nil, fmt.Errorf("newest bundles: %w", err)
	}
	return digests, nil
}
