package campaign

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/rules"
)

// Counts are what is counted of a unit; the sums over units are the campaign's (validator V15).
type Counts struct {
	Planned      int `json:"planned"`
	Walked       int `json:"walked"` // items that count
	Walks        int `json:"walks"`  // all, also those that do not count
	Late         int `json:"late"`
	Substitutes  int `json:"substitutes"`
	Found        int `json:"found"`
	Rectified    int `json:"rectified"`
	Referred     int `json:"referred"`
	Open         int `json:"open"`
	MaterialsCut int `json:"materialsCut"`
	StepsCut     int `json:"stepsCut"`
	DaysCut      int `json:"daysCut"` // tenths of a working day
}

// Add puts the counts of another unit to these.
func (c *Counts) Add(o Counts) {
	c.Planned += o.Planned
	c.Walked += o.Walked
	c.Walks += o.Walks
	c.Late += o.Late
	c.Substitutes += o.Substitutes
	c.Found += o.Found
	c.Rectified += o.Rectified
	c.Referred += o.Referred
	c.Open += o.Open
	c.MaterialsCut += o.MaterialsCut
	c.StepsCut += o.StepsCut
	c.DaysCut += o.DaysCut
}

// Sum of the counts of units.
func Sum(rows []Progress) Counts {
	var sum Counts
	for _, p := range rows {
		sum.Add(p.Counts)
	}
	return sum
}

// Progress of a unit.
type Progress struct {
	Counts
	Unit        string `json:"unit"`
	Name        string `json:"name"`
	ListState   string `json:"listState"`
	CompletedOn string `json:"completedOn,omitempty"`
	SecondLook  string `json:"secondLook,omitempty"`

	Complete       bool   `json:"complete"`             // W02
	TooManySubst   bool   `json:"tooManySubst"`         // W04
	NothingFound   bool   `json:"nothingFound"`         // R09
	WorkdaysBehind int    `json:"workdaysBehind"`       // at this pace, after the end of the campaign
	ExpectedOn     string `json:"expectedOn,omitempty"` // at this pace
}

// cut is what a report may see of a campaign: business dates up to To, as recorded at AsOf (zero: now).
type cut struct {
	To   models.Date
	AsOf time.Time
}

// horizon is far enough for everything.
var horizon = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

func (c cut) args() (string, time.Time) {
	to, at := string(c.To), c.AsOf.UTC()
	if to == "" {
		to = "9999"
	}
	if c.AsOf.IsZero() {
		at = horizon
	}
	return to, at
}

// walkedSQL are the walks of a campaign by unit; an item that is walked twice counts once.
const walkedSQL = `SELECT unit, COUNT(DISTINCT CASE WHEN counted THEN campaign_item END) AS walked, COUNT(*) AS walks,
	SUM(CASE WHEN late THEN 1 ELSE 0 END) AS late, SUM(CASE WHEN is_director THEN 0 ELSE 1 END) AS substitutes
	FROM walk WHERE campaign = ? AND on_date <= ? AND recorded_at <= ? GROUP BY unit`

// issuesSQL are the issues of a campaign, each with its state at a moment: the last line of its history.
const issuesSQL = `SELECT i.unit, i.walk, i.issue, i.kind, r.title, r.owner_dept, r.found_on, s.state, r.materials_cut,
	r.steps_cut, r.days_cut, r.cause, r.closed_on
	FROM walk_issue i JOIN walk w ON w.id = i.walk JOIN rectification r ON r.no = i.issue
	JOIN rectification_step s ON s.no = i.issue AND s.seq = (SELECT MAX(seq) FROM rectification_step h
	WHERE h.no = i.issue AND h.at <= ? AND h.business_date <= ?)
	WHERE i.campaign = ? AND w.on_date <= ? AND w.recorded_at <= ? AND s.state <> 'INVALID'`

// progress is a row for each unit, in the order of their ids.
func progress(tx *gorm.DB, id string, c cut) ([]Progress, error) {
	to, at := c.args()
	day := to
	if day == "9999" {
		day = "2199-12-31"
	}
	var rows []Progress
	err := tx.Raw(`SELECT u.unit, d.name, u.list_state, u.second_look,
			CASE WHEN u.completed_on <> '' AND u.completed_on <= ? AND u.completed_at <= ? THEN u.completed_on ELSE '' END AS completed_on,
			COALESCE(p.planned, 0) AS planned, COALESCE(w.walked, 0) AS walked, COALESCE(w.walks, 0) AS walks,
			COALESCE(w.late, 0) AS late, COALESCE(w.substitutes, 0) AS substitutes,
			COALESCE(f.found, 0) AS found, COALESCE(f.rectified, 0) AS rectified, COALESCE(f.referred, 0) AS referred,
			COALESCE(f.found - f.rectified - f.referred, 0) AS open,
			COALESCE(f.materials, 0) AS materials_cut, COALESCE(f.steps, 0) AS steps_cut, COALESCE(f.days, 0) AS days_cut
		FROM campaign_unit u JOIN dept d ON d.id = u.unit
		LEFT JOIN (SELECT unit, COUNT(*) AS planned FROM campaign_item WHERE campaign = ? AND dropped = '' GROUP BY unit) p ON p.unit = u.unit
		LEFT JOIN (`+walkedSQL+`) w ON w.unit = u.unit
		LEFT JOIN (SELECT unit, COUNT(*) AS found, SUM(CASE WHEN state = 'CLOSED' THEN 1 ELSE 0 END) AS rectified,
			SUM(CASE WHEN state = 'REFERRED_UP' THEN 1 ELSE 0 END) AS referred,
			SUM(CASE WHEN state = 'CLOSED' THEN materials_cut ELSE 0 END) AS materials,
			SUM(CASE WHEN state = 'CLOSED' THEN steps_cut ELSE 0 END) AS steps,
			SUM(CASE WHEN state = 'CLOSED' THEN days_cut ELSE 0 END) AS days FROM (`+issuesSQL+`) x GROUP BY unit) f ON f.unit = u.unit
		WHERE u.campaign = ? ORDER BY u.unit`,
		to, at, id, id, to, at, at, day, id, to, at, id).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("progress of campaign %s: %w", id, err)
	}
	return rows, nil
}

// Workdays counts working days.
type Workdays interface {
	Between(a, b models.Date) int
	After(d models.Date, n int) models.Date
}

// Live is the campaign as it is on a day: every unit with what is to be asked of it by the rules e.
func Live(tx *gorm.DB, c Campaign, on models.Date, days Workdays, e rules.Edition) ([]Progress, error) {
	rows, err := progress(tx, c.ID, cut{})
	if err != nil {
		return nil, err
	}
	own, err := c.over(e)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].ahead(c, on, days)
		rows[i].TooManySubst = tooManySubstitutes(own, rows[i].Walks, rows[i].Substitutes)
	}
	return rows, nothingFound(rows, e)
}

// nothingFound asks rule R09 which units find nothing wherever they walk. One that was looked at again is not
// named; where no rules are in force nobody is.
func nothingFound(rows []Progress, e rules.Edition) error {
	units := []any{}
	for _, p := range rows {
		units = append(units, map[string]any{"unit": p.Unit, "walked": p.Walks, "issues": p.Found})
	}
	facts, err := feel.FromJSON(models.JSONOf(units))
	if err != nil {
		return fmt.Errorf("facts of R09: %w", err)
	}
	named := map[string]bool{}
	for _, f := range rules.JudgeRule("R09", rules.Facts{"units": facts}, e).Findings {
		named[f.Ref] = true
	}
	for i := range rows {
		rows[i].NothingFound = named[rows[i].Unit] && rows[i].SecondLook == ""
	}
	return nil
}

// ahead looks at what the pace so far will come to.
func (p *Progress) ahead(c Campaign, on models.Date, days Workdays) {
	p.Complete = p.CompletedOn != ""
	on = max(min(on, c.EndsOn), c.StartsOn)
	gone := days.Between(c.StartsOn.AddDays(-1), on)
	if p.Complete || p.Walked == 0 || p.Walked >= p.Planned || gone == 0 {
		return
	}
	left := p.Planned - p.Walked
	need := (left*gone + p.Walked - 1) / p.Walked
	end := days.After(on, min(need, 2000))
	p.ExpectedOn, p.WorkdaysBehind = string(end), max(days.Between(c.EndsOn, end), 0)
}

// Behind reports a unit that is not complete and will not be in time at its pace.
func (p Progress) Behind() bool {
	return !p.Complete && (p.Walked == 0 || p.WorkdaysBehind > 0)
}

// Bulletin of a campaign at a moment.
type Bulletin struct {
	Campaign string `gorm:"primaryKey"`
	No       int    `gorm:"primaryKey"`
	OnDate   models.Date
	Body     models.JSON // []Progress
	At       time.Time
	Actor    string
}

// TableName of the entity.
func (Bulletin) TableName() string { return "campaign_bulletin" }

// Publish keeps the bulletin of a day: the units as they are, laggards included.
func Publish(tx *gorm.DB, a models.Acting, c Campaign, days Workdays, e rules.Edition) (Bulletin, error) {
	rows, err := Live(tx, c, a.On(), days, e)
	if err != nil {
		return Bulletin{}, err
	}
	b := Bulletin{Campaign: c.ID, OnDate: a.On(), Body: models.JSONOf(rows), At: models.Stamp(a.At), Actor: a.Person}
	if err := tx.Model(&Bulletin{}).Where("campaign = ?", c.ID).Select("COALESCE(MAX(no), 0) + 1").Scan(&b.No).Error; err != nil {
		return b, fmt.Errorf("bulletin of campaign %s: %w", c.ID, err)
	}
	if err := tx.Create(&b).Error; err != nil {
		return b, fmt.Errorf("bulletin of campaign %s: %w", c.ID, err)
	}
	return b, note(tx, a, c.ID, "campaign.bulletin", fmt.Sprintf("bulletin:%d", b.No), map[string]any{"on": b.OnDate})
}

// Bulletins of a campaign, the newest first.
func Bulletins(tx *gorm.DB, id string) ([]Bulletin, error) {
	var all []Bulletin
	if err := tx.Where("campaign = ?", id).Order("no DESC").Limit(60).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("bulletins of campaign %s: %w", id, err)
	}
	return all, nil
}

// Close ends a campaign with its summary.
func Close(tx *gorm.DB, a models.Acting, id, summary string) (Campaign, error) {
	c, err := Find(locked(tx), id)
	if err != nil {
		return c, err
	}
	if c.State == Closed {
		return c, models.Refuse("campaign-closed")
	}
	c.State, c.Summary, c.ClosedOn = Closed, summary, string(a.On())
	if err := tx.Save(&c).Error; err != nil {
		return c, fmt.Errorf("campaign %s: %w", id, err)
	}
	return c, note(tx, a, id, "campaign.close", id, map[string]any{"summary": summary})
}

// LookAgain notes what the organiser found where a unit finds nothing (R09).
func LookAgain(tx *gorm.DB, a models.Acting, id, unit, found string) error {
	u, err := FindUnit(locked(tx), id, unit)
	if err != nil {
		return err
	}
	u.SecondLook = found
	if err := tx.Save(&u).Error; err != nil {
		return fmt.Errorf("unit %s of campaign %s: %w", unit, id, err)
	}
	return audit.Audit(
		tx, Chain(id), a,
		audit.AuditEntry{Action: "campaign.look", Subject: UnitKey(id, unit), Detail: models.JSONOf(map[string]any{"found": found})},
	)
}
