package figures

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// The states of a snapshot.
const (
	Draft  = "DRAFT"
	Locked = "LOCKED"
)

// Chain is the audit chain of reports.
const Chain = "r:report"

// Taken is a snapshot: the figures of a period (business dates) as they were
// recorded up to AsOf.
type Taken struct {
	ID         int64 `gorm:"primaryKey"`
	PeriodFrom models.Date
	PeriodTo   models.Date
	AsOf       time.Time
	At         time.Time
	Actor      string
	Checks     models.JSON // []Check
	State      string
	Version    int
	Document   string // id of the locked report's paper
	Sheet      string // id of its cross-footing sheet
	LockedAt   *time.Time
	LockedBy   string
	Root       int64 // case in which it is written and signed; 0: none
}

// TableName of the entity.
func (Taken) TableName() string { return "report_snapshot" }

// Period of the snapshot.
func (s Taken) Period() Period { return Period{s.PeriodFrom, s.PeriodTo} }

type takenFigure struct {
	Snapshot   int64  `gorm:"primaryKey;autoIncrement:false"`
	ID         string `gorm:"primaryKey"`
	Seq        int
	Version    int
	Definition models.JSON // Definition
	Unit       string
	Value      string
	Wording    string
	N          string
	D          string
	RowsCount  int
	RowsDigest string
}

// TableName of the entity.
func (takenFigure) TableName() string { return "report_figure" }

type takenRow struct {
	Snapshot int64  `gorm:"primaryKey;autoIncrement:false"`
	Figure   string `gorm:"primaryKey"`
	Seq      int    `gorm:"primaryKey;autoIncrement:false"`
	Ref      string
	Body     models.JSON // Row
}

// TableName of the entity.
func (takenRow) TableName() string { return "report_row" }

// Snapshot keeps values, rows and definitions of all figures of a period as they
// were recorded at a moment (zero: now), and returns its id.
func Snapshot(tx *gorm.DB, a models.Acting, p Period, asOf time.Time) (int64, error) {
	if asOf.IsZero() {
		asOf = a.At
	}
	if asOf.After(a.At) {
		return 0, models.Refuse("invalid-data").Field("/asOf", "date-in-future")
	}
	if p.From > models.DateOf(a.At) {
		return 0, models.Refuse("invalid-period").Field("/from", "date-in-future")
	}
	s := Taken{
		PeriodFrom: p.From, PeriodTo: p.To, AsOf: models.Stamp(asOf), At: models.Stamp(a.At), Actor: a.Person, State: Draft, Version: 1,
	}
	r, err := read(tx, p, s.AsOf)
	if err != nil {
		return 0, err
	}
	var all []Figure
	kept := map[string][]Row{}
	for _, d := range Definitions {
		f, err := r.value(d)
		if err != nil {
			return 0, err
		}
		if kept[d.ID], err = r.rows(d); err != nil {
			return 0, err
		}
		all = append(all, f)
	}
	if err := r.guard(s.AsOf, kept); err != nil {
		return 0, err
	}
	checks, err := r.crossFoot(all)
	if err != nil {
		return 0, err
	}
	s.Checks = models.JSONOf(checks)
	if err := tx.Create(&s).Error; err != nil {
		return 0, fmt.Errorf("snapshot: %w", err)
	}
	for i, f := range all {
		if err := keep(tx, s.ID, i, f, kept[f.ID]); err != nil {
			return 0, err
		}
	}
	if err := begin(tx, a, s); err != nil {
		return 0, err
	}
	return s.ID, note(tx, a, s, "report.snapshot", map[string]any{"from": p.From, "to": p.To, "asOf": s.AsOf})
}

func note(tx *gorm.DB, a models.Acting, s Taken, action string, detail map[string]any) error {
	return audit.Audit(
		tx, Chain, a,
		audit.AuditEntry{Action: action, Subject: fmt.Sprintf("report:%d", s.ID), BusinessDate: s.PeriodTo, Detail: models.JSONOf(detail)},
	)
}

// keep writes a figure with its rows.
func keep(tx *gorm.DB, snapshot int64, seq int, f Figure, rows []Row) error {
	d, err := Find(f.ID)
	if err != nil {
		return err
	}
	digest := sha256.New()
	out := make([]takenRow, 0, len(rows))
	for i, r := range rows {
		body := models.JSONOf(r)
		_, _ = digest.Write(append([]byte(body), '\n')) // never fails
		out = append(out, takenRow{Snapshot: snapshot, Figure: f.ID, Seq: i + 1, Ref: r[d.Columns[0].ID], Body: body})
	}
	row := takenFigure{
		Snapshot: snapshot, ID: f.ID, Seq: seq, Version: f.Version, Definition: models.JSONOf(d), Unit: f.Unit, Value: f.Value,
		Wording: f.Wording,
		N:       f.Numerator, D: f.Denominator, RowsCount: len(rows), RowsDigest: hex.EncodeToString(digest.Sum(nil)),
	}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("figure %s of snapshot %d: %w", f.ID, snapshot, err)
	}
	if len(out) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(&out, 500).Error; err != nil {
		return fmt.Errorf("rows of %s of snapshot %d: %w", f.ID, snapshot, err)
	}
	return nil
}

// FindTaken reads a snapshot; a refusal "not-found" when there is none.
func FindTaken(tx *gorm.DB, id int64) (Taken, error) {
	var s Taken
	err := tx.Where("id = ?", id).Take(&s).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return s, models.Refuse("not-found", "what", fmt.Sprint(id))
	}
	if err != nil {
		return s, fmt.Errorf("snapshot %d: %w", id, err)
	}
	return s, nil
}

// forUpdate reads a snapshot that nobody else changes meanwhile, and that may still change.
func forUpdate(tx *gorm.DB, id int64) (Taken, error) {
	s, err := FindTaken(tx.Clauses(clause.Locking{Strength: "UPDATE"}), id)
	if err == nil && s.State == Locked {
		err = models.Refuse("report-locked")
	}
	return s, err
}

// Snapshots are all of them, the newest first.
func Snapshots(tx *gorm.DB) ([]Taken, error) {
	var all []Taken
	if err := tx.Order("id DESC").Limit(200).Find(&all).Error; err != nil {
		return nil, fmt.Errorf("snapshots: %w", err)
	}
	return all, nil
}

// Kept are figures and checks of a snapshot, as they were.
func Kept(tx *gorm.DB, s Taken) ([]Figure, []Check, error) {
	var rows []takenFigure
	if err := tx.Where("snapshot = ?", s.ID).Order("seq").Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("figures of snapshot %d: %w", s.ID, err)
	}
	all := make([]Figure, 0, len(rows))
	for _, r := range rows {
		all = append(
			all, Figure{ID: r.ID, Unit: r.Unit, Value: r.Value, Wording: r.Wording, Numerator: r.N, Denominator: r.D, Version: r.Version},
		)
	}
	var checks []Check
	if err := json.Unmarshal(s.Checks, &checks); err != nil {
		return nil, nil, fmt.Errorf("checks of snapshot %d: %w", s.ID, err)
	}
	return all, checks, nil
}

// KeptRows are the rows behind a figure of a snapshot, as they were, and its definition then.
func KeptRows(tx *gorm.DB, s Taken, id string) (Figure, Definition, []Row, error) {
	var k takenFigure
	err := tx.Where("snapshot = ? AND id = ?", s.ID, id).Take(&k).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Figure{}, Definition{}, nil, models.Refuse("not-found", "what", id)
	}
	if err != nil {
		return Figure{}, Definition{}, nil, fmt.Errorf("figure %s of snapshot %d: %w", id, s.ID, err)
	}
	var d Definition
	if err := k.Definition.Into(&d); err != nil {
		return Figure{}, d, nil, fmt.Errorf("figure %s of snapshot %d: %w", id, s.ID, err)
	}
	var kept []takenRow
	if err := tx.Where("snapshot = ? AND figure = ?", s.ID, id).Order("seq").Find(&kept).Error; err != nil {
		return Figure{}, d, nil, fmt.Errorf("rows of %s of snapshot %d: %w", id, s.ID, err)
	}
	rows := make([]Row, len(kept))
	for i, r := range kept {
		if err := r.Body.Into(&rows[i]); err != nil {
			return Figure{}, d, nil, fmt.Errorf("rows of %s of snapshot %d: %w", id, s.ID, err)
		}
	}
	return Figure{
		ID: k.ID, Unit: k.Unit, Value: k.Value, Wording: k.Wording, Numerator: k.N, Denominator: k.D, Version: k.Version,
	}, d, rows, nil
}
