package bundles

import (
	"cmp"
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// scene is everything around a step that one statement can tell: which editions
// of rules, calendar and organisation it goes by, about how much its case is,
// and who has a part in it.
type scene struct {
	Pack     string // of rules: pinned by the project at its acceptance, else as InForce; "": none is published
	InForce  string // pack in force on the day, for what floats; "": none is published
	Calendar int    // newest version of the calendar
	Org      int64  // version of the organisation
	Amount   models.Money
	parties  []process.CaseParty
}

// sceneSQL has a row for each party, or one row. Where it is held, the version of the
// organisation is locked: others may hold it too, and who changes the organisation waits.
const sceneSQL = `WITH org AS (SELECT version FROM org_version %s)
SELECT COALESCE((SELECT rule_pack FROM project WHERE code = @project), '') AS pack,
	COALESCE((SELECT id FROM rule_pack WHERE state = 'published' AND valid_from <= @on ORDER BY valid_from DESC, id DESC LIMIT 1),
		(SELECT id FROM rule_pack WHERE state = 'published' ORDER BY valid_from, id LIMIT 1), '') AS in_force,
	(SELECT COALESCE(MAX(version), 1) FROM work_calendar) AS calendar, org.version AS org,
	COALESCE((SELECT NULLIF(SUM(amount), 0) FROM ledger WHERE project = @project AND kind = 'contracted'),
		(SELECT NULLIF(SUM(amount), 0) FROM ledger WHERE project = @project AND kind = 'approved'),
		(SELECT NULLIF(SUM(amount), 0) FROM ledger WHERE project = @project AND kind = 'reviewed'),
		(SELECT SUM(amount) FROM ledger WHERE project = @project AND kind = 'declared')) AS amount,
	p.root, p.role, p.unit, p.person, p.valid_from, p.valid_to
FROM org LEFT JOIN case_party p ON p.root = @root ORDER BY p.valid_from, p.role, p.unit, p.person`

// look reads the scene. On SQLite BEGIN IMMEDIATE has excluded other writers already.
func look(tx *gorm.DB, about About) (scene, error) {
	lock := ""
	if about.Hold && tx.Name() == "postgres" {
		lock = "FOR SHARE"
	}
	var rows []struct {
		Scene scene             `gorm:"embedded"`
		Party process.CaseParty `gorm:"embedded"`
	}
	args := map[string]any{"project": about.Project, "on": about.On, "root": about.Root}
	if err := tx.Raw(fmt.Sprintf(sceneSQL, lock), args).Scan(&rows).Error; err != nil {
		return scene{}, fmt.Errorf("rules, calendar and parties of case %d, project %q: %w", about.Root, about.Project, err)
	}
	if len(rows) == 0 {
		return scene{}, fmt.Errorf("the organisation has no version: run the migrations")
	}
	s := rows[0].Scene
	for _, r := range rows {
		if r.Party.Root != 0 {
			s.parties = append(s.parties, r.Party)
		}
	}
	s.Pack = cmp.Or(s.Pack, s.InForce)
	return s, nil
}

// matter is the case as the engine sees it. Who began it is its first applicant.
func (s scene) matter() (engine.Case, error) {
	var c engine.Case
	for _, p := range s.parties {
		c.Parties = append(c.Parties, engine.Party{Role: p.Role, Unit: p.Unit, Person: p.Person, Span: span(p.ValidFrom, p.ValidTo)})
		if p.Role == process.PartyApplicant && c.Unit == "" {
			c.Initiator, c.Unit = p.Person, p.Unit
		}
	}
	if s.Amount.Sign() != 0 {
		n, err := feel.ParseNumber(s.Amount.String())
		if err != nil {
			return c, fmt.Errorf("amount of a case: %w", err)
		}
		c.Amount = &n
	}
	return c, nil
}
