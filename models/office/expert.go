package office

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// Expert is a person of the pool: what he knows, and until when he is not drawn.
type Expert struct {
	Person         string      `gorm:"primaryKey"`
	Specialties    models.JSON // list of texts
	BlacklistUntil models.Date
	BlacklistWhy   string
	UpdatedAt      time.Time
}

// ExpertEmployer is an organisation with which an expert has or had a tie.
type ExpertEmployer struct {
	Person   string `gorm:"primaryKey"`
	OrgName  string `gorm:"primaryKey"`
	Uscc     string
	Tie      string `gorm:"primaryKey"` // employed, consultant, shareholder, director, relative
	FromYear int    `gorm:"primaryKey"`
	ToYear   *int   // nil: to this day
}

// TableName of the entity.
func (Expert) TableName() string { return "expert" }

// TableName of the entity.
func (ExpertEmployer) TableName() string { return "expert_employer" }

// Ties that an expert may have.
var Ties = []string{"employed", "consultant", "shareholder", "director", "relative"}

// ExpertOf is what is known of a person as an expert; ok is false where nothing is.
func ExpertOf(tx *gorm.DB, person string) (e Expert, ties []ExpertEmployer, ok bool, err error) {
	var found []Expert
	if err := tx.Where("person = ?", person).Limit(1).Find(&found).Error; err != nil {
		return e, nil, false, fmt.Errorf("expert %s: %w", person, err)
	}
	if err := tx.Where("person = ?", person).Order("from_year, org_name, tie").Find(&ties).Error; err != nil {
		return e, nil, false, fmt.Errorf("ties of %s: %w", person, err)
	}
	if len(found) == 0 {
		return e, ties, false, nil
	}
	return found[0], ties, true, nil
}

// PutExpert says what a person of the pool knows and whom he worked for; a whole
// history takes the place of the former one. Who has none filled in is not drawn.
func PutExpert(tx *gorm.DB, a models.Acting, e Expert, ties []ExpertEmployer) error {
	f := models.Refuse("invalid-data")
	if ok, err := holdsRole(tx, e.Person, "EXPERT"); err != nil {
		return err
	} else if !ok {
		return models.Refuse("not-an-expert", "person", e.Person)
	}
	current := 0
	for i := range ties {
		ties[i].Person, ties[i].OrgName = e.Person, strings.TrimSpace(ties[i].OrgName)
		at := fmt.Sprintf("/employers/%d", i)
		if ties[i].OrgName == "" {
			f.Field(at+"/orgName", "required")
		}
		if !contains(Ties, ties[i].Tie) {
			f.Field(at+"/tie", "not-an-option", "options", strings.Join(Ties, ", "))
		}
		if y := ties[i].FromYear; y < 1950 || y > 2100 || ties[i].ToYear != nil && *ties[i].ToYear < y {
			f.Field(at+"/fromYear", "number-range", "low", "1950", "high", "2100")
		}
		if ties[i].Tie == "employed" && ties[i].ToYear == nil {
			current++
		}
	}
	if current != 1 {
		f.Field("/employers", "one-present-employer")
	}
	if err := f.OrNil(); err != nil {
		return err
	}
	was, _, _, err := ExpertOf(tx, e.Person)
	if err != nil {
		return err
	}
	if e.BlacklistUntil != "" && e.BlacklistUntil != was.BlacklistUntil || e.BlacklistWhy != "" && e.BlacklistWhy != was.BlacklistWhy {
		return models.Refuse("expert-block-by-second") // two persons: access.md §5, row 16
	}
	e.BlacklistUntil, e.BlacklistWhy, e.UpdatedAt = was.BlacklistUntil, was.BlacklistWhy, models.Stamp(a.At)
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&e).Error; err != nil {
		return fmt.Errorf("expert %s: %w", e.Person, err)
	}
	if err := tx.Where("person = ?", e.Person).Delete(&ExpertEmployer{}).Error; err != nil {
		return fmt.Errorf("ties of %s: %w", e.Person, err)
	}
	if err := tx.Create(&ties).Error; err != nil {
		return fmt.Errorf("ties of %s: %w", e.Person, err)
	}
	return audit.Audit(
		tx, "r:experts", a,
		audit.AuditEntry{
			Action: "expert.put", Subject: "expert:" + e.Person,
			Detail: models.JSONOf(map[string]any{"specialties": e.Specialties, "ties": len(ties), "until": e.BlacklistUntil}),
		},
	)
}

func holdsRole(tx *gorm.DB, person, role string) (bool, error) {
	var n int64
	if err := tx.Raw("SELECT COUNT(*) FROM post_now WHERE person_id = ? AND role = ?", person, role).Scan(&n).Error; err != nil {
		return false, fmt.Errorf("posts of %s: %w", person, err)
	}
	return n > 0, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
