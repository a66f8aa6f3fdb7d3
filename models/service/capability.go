package service

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
)

// The states of a capability.
const (
	CapabilityBuilt    = "已建"
	CapabilityBuilding = "建设中"
)

// Capability of the city brain that projects reuse instead of building it again.
type Capability struct {
	Code        string `gorm:"primaryKey"`
	Name        string
	NameEn      string
	Status      string
	CommittedOn models.Date // when it will be there; none of a built one
}

// TableName of the entity.
func (Capability) TableName() string { return "capability" }

// Capabilities is the catalogue, by code.
func Capabilities(tx *gorm.DB) ([]Capability, error) {
	var ks []Capability
	if err := tx.Order("code").Find(&ks).Error; err != nil {
		return nil, fmt.Errorf("capabilities: %w", err)
	}
	return ks, nil
}

// exampleCapabilities are those that the demonstration's sheets refer to
// (data-model.md §6.1). Planned ones are committed for the end of 2022.
var exampleCapabilities = []Capability{
	{"CAP-AI", "视频AI", "Video AI", CapabilityBuilding, "2022-12-31"},
	{"CAP-AUTH", "统一身份", "Unified identity", CapabilityBuilt, ""},
	{"CAP-BI", "分析", "Analytics", CapabilityBuilding, "2022-12-31"},
	{"CAP-DATA", "数据中台", "Data platform", CapabilityBuilding, "2022-12-31"},
	{"CAP-GIS", "地图", "Maps", CapabilityBuilt, ""},
	{"CAP-IOT", "物联接入", "Internet of things", CapabilityBuilding, "2022-12-31"},
	{"CAP-SMS", "短信", "Text messages", CapabilityBuilt, ""},
	{"CAP-VIDEO", "视频联网", "Video network", CapabilityBuilt, ""},
}

// InstallExamples puts the capabilities of the demonstration into the catalogue.
func InstallExamples(tx *gorm.DB) error {
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&exampleCapabilities).Error; err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	return nil
}
