package figures

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// Process is the process in which a report is written and signed (X1).
const Process = "qc_x1_report"

// Where a report stands on its way to be signed.
const (
	NotBegun  = ""          // figures are there; whoever may write may write
	Writing   = "WRITING"   // the owners write their sections
	Compiling = "COMPILING" // the office makes one report of them
	Signing   = "SIGNING"   // what the director reads does not change any more
)

// Owners are the roles of the bureau that may own a section.
var Owners = []string{"OFFICE", "ORGANISER", "BUREAU_CHIEF"}

// The commands whose open tasks tell where a report stands.
const (
	commandSection = "report.section"
	commandCompile = "report.compile"
)

// StageOf is where a snapshot stands: the open tasks of its case tell.
func StageOf(tx *gorm.DB, s Taken) (string, error) {
	if s.Root == 0 || s.State == Locked {
		return NotBegun, nil
	}
	var open []string
	err := tx.Raw("SELECT command FROM task WHERE root = ? AND state <> ?", s.Root, process.TaskClosed).Scan(&open).Error
	if err != nil {
		return "", fmt.Errorf("stage of snapshot %d: %w", s.ID, err)
	}
	switch {
	case slices.Contains(open, commandSection):
		return Writing, nil
	case slices.Contains(open, commandCompile):
		return Compiling, nil
	case len(open) > 0:
		return Signing, nil
	}
	root, err := process.RootByKey(tx, s.Root)
	if err != nil || !root.Open {
		return NotBegun, err // it was ended by hand, and may begin again
	}
	return Writing, nil // between two steps
}

// mayWrite refuses a change of a section that is not the writer's at this stage.
func mayWrite(tx *gorm.DB, a models.Acting, s Taken, x Section) error {
	stage, err := StageOf(tx, s)
	if err != nil {
		return err
	}
	switch {
	case stage == Signing:
		return models.Refuse("report-in-signing")
	case stage == Writing && !a.HasRole(x.Owner) && !a.HasRole("OFFICE"), stage == Compiling && !a.HasRole("OFFICE"):
		return models.Refuse("report-section-not-yours", "section", x.Title)
	}
	return nil
}

// Begin begins the process of a snapshot; there is one of a period at a time.
func Begin(tx *gorm.DB, a models.Acting, id int64) (Taken, error) {
	s, err := forUpdate(tx, id)
	if err != nil {
		return s, err
	}
	if err := alone(tx, s.Period()); err != nil {
		return s, err
	}
	vars, err := variables(tx, s)
	if err != nil {
		return s, err
	}
	root, _, err := process.Begin(
		tx, a, process.Beginning{Process: Process, BusinessKey: fmt.Sprintf("BG-%d", s.ID), Variables: models.JSONOf(vars)},
	)
	if err != nil {
		return s, err
	}
	return s, begun(tx, a, &s, root)
}

// Freeze takes the snapshot of the half-year of a day for a process that has begun by its clock, and returns the
// process's variables; nil where the report of that half-year is being written or is locked already.
func Freeze(tx *gorm.DB, a models.Acting, root int64) (map[string]any, error) {
	p := halfYearOf(a.On())
	var locked int64
	if err := tx.Model(&Taken{}).Where("period_from = ? AND period_to = ? AND state = ?", string(p.From), string(p.To),
		Locked).Count(&locked).Error; err != nil {
		return nil, fmt.Errorf("reports of the period: %w", err)
	}
	var there *models.Refusal
	if err := alone(tx, p); errors.As(err, &there) || locked > 0 {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	id, err := Snapshot(tx, a, p, time.Time{})
	if err != nil {
		return nil, err
	}
	s, err := forUpdate(tx, id)
	if err != nil {
		return nil, err
	}
	vars, err := variables(tx, s)
	if err != nil {
		return nil, err
	}
	return vars, begun(tx, a, &s, root)
}

// halfYearOf is the half-year that a day lies in.
func halfYearOf(on models.Date) Period {
	year := on.Year()
	if on < models.Date(fmt.Sprintf("%04d-07-01", year)) {
		return Period{models.Date(fmt.Sprintf("%04d-01-01", year)), models.Date(fmt.Sprintf("%04d-06-30", year))}
	}
	return Period{models.Date(fmt.Sprintf("%04d-07-01", year)), models.Date(fmt.Sprintf("%04d-12-31", year))}
}

// alone refuses a period whose report is being written.
func alone(tx *gorm.DB, p Period) error {
	var same []Taken
	if err := tx.Where("period_from = ? AND period_to = ? AND root <> 0 AND state = ?", string(p.From), string(p.To),
		Draft).Find(&same).Error; err != nil {
		return fmt.Errorf("reports of the period: %w", err)
	}
	for _, other := range same {
		stage, err := StageOf(tx, other)
		if err != nil {
			return err
		}
		if stage != NotBegun {
			return models.Refuse("report-in-process", "snapshot", fmt.Sprint(other.ID))
		}
	}
	return nil
}

// variables of the process of a snapshot.
func variables(tx *gorm.DB, s Taken) (map[string]any, error) {
	sections, err := Sections(tx, s.ID)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, x := range sections {
		list = append(list, map[string]any{"seq": x.Seq, "title": x.Title, "owner": x.Owner})
	}
	return map[string]any{"snapshot": fmt.Sprint(s.ID), "reportTitle": s.Period().Title() + "工作汇报", "sections": list}, nil
}

// begun notes the process in which a snapshot is written.
func begun(tx *gorm.DB, a models.Acting, s *Taken, root int64) error {
	s.Root = root
	if err := tx.Model(&Taken{}).Where("id = ?", s.ID).Update("root", root).Error; err != nil {
		return fmt.Errorf("snapshot %d: %w", s.ID, err)
	}
	return note(tx, a, *s, "report.begin", map[string]any{"root": root})
}

// Own gives a section to a role of the bureau, before its process begins.
func Own(tx *gorm.DB, a models.Acting, id int64, seq int, owner string) error {
	s, err := forUpdate(tx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(Owners, owner) {
		return models.Refuse("invalid-data").Field("/owner", "not-an-option", "options", strings.Join(Owners, ", "))
	}
	stage, err := StageOf(tx, s)
	if err != nil {
		return err
	}
	if stage != NotBegun {
		return models.Refuse("report-in-process", "snapshot", fmt.Sprint(s.ID))
	}
	done := tx.Model(&Section{}).Where("snapshot = ? AND seq = ?", id, seq).Update("owner", owner)
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return note(tx, a, s, "report.owner", map[string]any{"section": seq, "owner": owner})
}

// Done says that the owner of a section is through with it as it stands.
func Done(tx *gorm.DB, a models.Acting, id int64, seq int) error {
	s, err := forUpdate(tx, id)
	if err != nil {
		return err
	}
	done := tx.Model(&Section{}).
		Where("snapshot = ? AND seq = ?", id, seq).
		Updates(map[string]any{"done_revision": gorm.Expr("revision"), "done_by": a.Person})
	if done.Error != nil {
		return fmt.Errorf("section %d of snapshot %d: %w", seq, id, done.Error)
	}
	if done.RowsAffected == 0 {
		return models.Refuse("not-found", "what", fmt.Sprint(seq))
	}
	return note(tx, a, s, "report.done", map[string]any{"section": seq})
}

// Signable refuses a snapshot with a check that blocks and was neither mended nor annotated.
func Signable(tx *gorm.DB, s Taken, words Words) error {
	open, err := Unanswered(tx, s)
	if err != nil {
		return err
	}
	f := models.Refuse("checks-block")
	for _, c := range open {
		f.Field("/checks/"+c.ID, "check-fails", "check", c.ID, "detail", words("check."+c.ID, c.Args))
	}
	return f.OrNil()
}
