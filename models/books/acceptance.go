package books

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Deliverable is something that a contract promises and that is there, with its files.
type Deliverable struct {
	Project   string `gorm:"primaryKey"`
	Name      string `gorm:"primaryKey"`
	Documents models.JSON
	Actor     string
	At        time.Time
}

// TableName of the entity.
func (Deliverable) TableName() string { return "deliverable" }

// The kinds of certificates.
const (
	CertFiling     = "filing"     // 等保备案证明
	CertAssessment = "assessment" // 等保测评报告
	CertCrypto     = "crypto"     // 密评报告
	CertTest       = "test"       // 第三方测试报告
)

// Certificate is a proof that somebody else issued for the system of a project.
type Certificate struct {
	Project   string `gorm:"primaryKey"`
	No        int    `gorm:"primaryKey"`
	Kind      string
	CertNo    string
	Level     int // of protection that it is for; 0: not about one
	Dated     models.Date
	Org       string
	Result    string // pass, fail
	Documents models.JSON
	Actor     string
	At        time.Time
}

// TableName of the entity.
func (Certificate) TableName() string { return "certificate" }

// TrialPeriod is the run between the preliminary and the final acceptance.
type TrialPeriod struct {
	Project      string `gorm:"primaryKey"`
	StartedOn    models.Date
	Months       int // that the contract agrees on; 0: it is silent
	ClosedOn     models.Date
	Availability *decimal.Decimal
	Documents    models.JSON
	Actor        string
	At           time.Time
}

// TableName of the entity.
func (TrialPeriod) TableName() string { return "trial_run" }

// TrialIncident is a failure during the trial run; one of a severity that rule D07
// names lets the run begin again when it has ended.
type TrialIncident struct {
	Project    string `gorm:"primaryKey"`
	No         int    `gorm:"primaryKey"`
	Severity   int    // 1 is the worst
	HappenedOn models.Date
	EndedOn    models.Date
	Text       string
	Documents  models.JSON
	Actor      string
	At         time.Time
}

// TableName of the entity.
func (TrialIncident) TableName() string { return "trial_incident" }

// CatalogueEntry is a data resource of a project that is in the catalogue.
type CatalogueEntry struct {
	Project  string `gorm:"primaryKey"`
	Resource string `gorm:"primaryKey"`
	Code     string
	Shared   bool
	Actor    string
	At       time.Time
}

// TableName of the entity.
func (CatalogueEntry) TableName() string { return "catalogue_entry" }

// AcceptanceRequest asks for an acceptance.
type AcceptanceRequest struct {
	Project   string `gorm:"primaryKey"`
	Kind      string `gorm:"primaryKey"`
	Round     int    `gorm:"primaryKey"`
	AppliedOn models.Date
	Comment   string
	Documents models.JSON
	Actor     string
	At        time.Time
}

// TableName of the entity.
func (AcceptanceRequest) TableName() string { return "acceptance_request" }

// AcceptanceExtension asks for a later final acceptance than rule D09 allows.
type AcceptanceExtension struct {
	Project    string `gorm:"primaryKey"`
	No         int    `gorm:"primaryKey"`
	ExtendedTo models.Date
	Reason     string
	Documents  models.JSON
	AskedBy    string
	AskedAt    time.Time
	GrantedOn  models.Date // "": not granted
}

// TableName of the entity.
func (AcceptanceExtension) TableName() string { return "acceptance_extension" }

// AcceptanceDraw is a draw of experts for a final acceptance.
type AcceptanceDraw struct {
	DrawNo  string `gorm:"primaryKey"`
	Project string
	Seed    string
	Size    int
	Pool    models.JSON // []PoolMember
	Drawn   models.JSON // person ids
	Reason  string
	Actor   string
	At      time.Time
}

// PoolMember is who may be drawn.
type PoolMember struct {
	Person   string `json:"person"`
	Reviewed bool   `json:"reviewed"` // sat in the review of this project
}

// TableName of the entity.
func (AcceptanceDraw) TableName() string { return "acceptance_draw" }

// ofProject reads the rows of a project, in an order.
func ofProject[T any](tx *gorm.DB, project, order string) (rows []T, err error) {
	if err := tx.Where("project = ?", project).Order(order).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("rows of %s: %w", project, err)
	}
	return rows, nil
}

// Deliverables of a project that are there.
func Deliverables(tx *gorm.DB, project string) ([]Deliverable, error) {
	return ofProject[Deliverable](tx, project, "name")
}

// Certificates of a project, oldest first.
func Certificates(tx *gorm.DB, project string) ([]Certificate, error) {
	return ofProject[Certificate](tx, project, "no")
}

// Incidents of a project's trial run.
func Incidents(tx *gorm.DB, project string) ([]TrialIncident, error) {
	return ofProject[TrialIncident](tx, project, "no")
}

// Catalogued are the data resources of a project in the catalogue.
func Catalogued(tx *gorm.DB, project string) ([]CatalogueEntry, error) {
	return ofProject[CatalogueEntry](tx, project, "resource")
}

// Extensions of a project's final acceptance.
func Extensions(tx *gorm.DB, project string) ([]AcceptanceExtension, error) {
	return ofProject[AcceptanceExtension](tx, project, "no")
}

// Acceptances of a project, in the order in which they were recorded.
func Acceptances(tx *gorm.DB, project string) ([]Acceptance, error) {
	return ofProject[Acceptance](tx, project, "at, round")
}

// AcceptanceRequests of a project.
func AcceptanceRequests(tx *gorm.DB, project string) ([]AcceptanceRequest, error) {
	return ofProject[AcceptanceRequest](tx, project, "at, round")
}

// Materials of a project's final acceptance.
func Materials(tx *gorm.DB, project string) ([]Material, error) {
	return ofProject[Material](tx, project, "code")
}

// ArchiveItems are the records of a project, in their order.
func ArchiveItems(tx *gorm.DB, project string) ([]ArchiveItem, error) {
	return ofProject[ArchiveItem](tx, project, "no")
}

// Trial is the trial run of a project; ok is false without one.
func Trial(tx *gorm.DB, project string) (t TrialPeriod, ok bool, err error) {
	rows, err := ofProject[TrialPeriod](tx, project, "project")
	if err != nil || len(rows) == 0 {
		return t, false, err
	}
	return rows[0], true, nil
}

// AgeTrial lets a year of a project's trial run have passed; only a demo does.
func AgeTrial(tx *gorm.DB, project string) error {
	t, ok, err := Trial(tx, project)
	if err != nil || !ok {
		return err
	}
	if err := tx.Model(&TrialPeriod{}).Where("project = ?", project).Update("started_on", MonthsAfter(t.StartedOn, -12)).Error; err != nil {
		return fmt.Errorf("trial run of %s: %w", project, err)
	}
	rows, err := Incidents(tx, project)
	for _, i := range rows {
		i.HappenedOn, i.EndedOn = MonthsAfter(i.HappenedOn, -12), MonthsAfter(i.EndedOn, -12)
		if err := tx.Save(&i).Error; err != nil {
			return fmt.Errorf("incident of %s: %w", project, err)
		}
	}
	return err
}

// LastAcceptanceDraw is the newest draw of experts for a project's final acceptance; ok is false without one.
func LastAcceptanceDraw(tx *gorm.DB, project string) (d AcceptanceDraw, persons []string, ok bool, err error) {
	rows, err := ofProject[AcceptanceDraw](tx, project, "at DESC, draw_no DESC")
	if err != nil || len(rows) == 0 {
		return d, nil, false, err
	}
	if err := rows[0].Drawn.Into(&persons); err != nil {
		return d, nil, false, fmt.Errorf("draw %s: %w", rows[0].DrawNo, err)
	}
	return rows[0], persons, true, nil
}

// Promised are what the contracts of a project promise to deliver, those of who
// supervises left out: his part ends with the project.
func Promised(tx *gorm.DB, project string) ([]string, error) {
	contracts, err := Contracts(tx, project)
	if err != nil {
		return nil, err
	}
	supervisors := map[string]bool{}
	for _, k := range contracts {
		supervisors[k.SupervisorOrg] = k.SupervisorOrg != ""
	}
	var out []string
	seen := map[string]bool{}
	for _, k := range contracts {
		if k.State != ContractSigned || k.EndedOn != "" || len(k.Deliverables) == 0 || supervisors[k.SupplierOrg] {
			continue
		}
		var names []string
		if err := k.Deliverables.Into(&names); err != nil {
			return nil, fmt.Errorf("deliverables of %s: %w", k.ContractNo, err)
		}
		for _, n := range names {
			if !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	return out, nil
}
