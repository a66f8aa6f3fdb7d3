package service

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// The states of a capability.
const (
	CapabilityBuilt    = "已建"
	CapabilityBuilding = "建设中"
	CapabilityPlanned  = "规划"
	CapabilityStopped  = "停用"
)

// CapabilityStates are all of them.
var CapabilityStates = []string{CapabilityPlanned, CapabilityBuilding, CapabilityBuilt, CapabilityStopped}

// Capability of the city brain that projects reuse instead of building it again.
type Capability struct {
	Code        string `gorm:"primaryKey"`
	Name        string
	NameEn      string
	Status      string
	CommittedOn models.Date // when it will be there; none of a built one
	OwnerUnit   string
	Interface   string
	ReuseCount  int `gorm:"->"` // counted: the lines of issued sheets that reuse it
}

// TableName of the entity.
func (Capability) TableName() string { return "capability" }

// Capabilities is the catalogue, by code, with how many lines reuse each.
func Capabilities(tx *gorm.DB) ([]Capability, error) {
	var ks []Capability
	err := tx.Table("capability k").Select(`k.code, k.name, k.name_en, k.status, k.committed_on, k.owner_unit, k.interface,
		(SELECT COUNT(*) FROM sheet_line l JOIN sheet s ON s.project = l.project AND s.round = l.round WHERE l.capability = k.code
		AND s.issued) AS reuse_count`).
		Order("k.code").Scan(&ks).Error
	if err != nil {
		return nil, fmt.Errorf("capabilities: %w", err)
	}
	return ks, nil
}

// exampleCapabilities are those that the demonstration's sheets refer to
// (data-model.md §6.1). Planned ones are committed for the end of 2022.
var exampleCapabilities = []Capability{
	{Code: "CAP-AI", Name: "视频AI", NameEn: "Video AI", Status: CapabilityBuilding, CommittedOn: "2022-12-31"},
	{Code: "CAP-AUTH", Name: "统一身份", NameEn: "Unified identity", Status: CapabilityBuilt},
	{Code: "CAP-BI", Name: "分析", NameEn: "Analytics", Status: CapabilityBuilding, CommittedOn: "2022-12-31"},
	{Code: "CAP-DATA", Name: "数据中台", NameEn: "Data platform", Status: CapabilityBuilding, CommittedOn: "2022-12-31"},
	{Code: "CAP-GIS", Name: "地图", NameEn: "Maps", Status: CapabilityBuilt},
	{Code: "CAP-IOT", Name: "物联接入", NameEn: "Internet of things", Status: CapabilityBuilding, CommittedOn: "2022-12-31"},
	{Code: "CAP-SMS", Name: "短信", NameEn: "Text messages", Status: CapabilityBuilt},
	{Code: "CAP-VIDEO", Name: "视频联网", NameEn: "Video network", Status: CapabilityBuilt},
}

// InstallExamples puts the capabilities of the demonstration into the catalogue.
func InstallExamples(tx *gorm.DB) error {
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&exampleCapabilities).Error; err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	return nil
}

// SaveCapability writes an entry of the catalogue.
func SaveCapability(tx *gorm.DB, a models.Acting, k Capability) error {
	f := models.Refuse("invalid-data")
	if k.Name = strings.TrimSpace(k.Name); k.Name == "" {
		f.Field("/name", "required")
	}
	if !slices.Contains(CapabilityStates, k.Status) {
		f.Field("/status", "not-an-option", "options", strings.Join(CapabilityStates, "、"))
	}
	if k.CommittedOn != "" {
		if _, err := models.ParseDate(string(k.CommittedOn)); err != nil {
			f.Field("/committedOn", "not-a-date")
		}
	} else if k.Status == CapabilityBuilding { // a line may be trimmed for it only when it will be there in time
		f.Field("/committedOn", "required")
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&k).Error; err != nil {
		return fmt.Errorf("capability %s: %w", k.Code, err)
	}
	return audit.Audit(
		tx, "r:capability", a, audit.AuditEntry{Action: "capability.save", Subject: "capability:" + k.Code, Detail: models.JSONOf(k)},
	)
}
