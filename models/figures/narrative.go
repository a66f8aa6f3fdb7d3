package figures

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// Section of the narrative. {figure} in its body stands for the figure of the
// snapshot, as people write it: money in 万元, 12 as 10余次.
type Section struct {
	Snapshot int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq      int   `gorm:"primaryKey;autoIncrement:false"`
	Title    string
	Body     string
	Revision int
	Actor    string
	At       time.Time

	Owner        string // role of the bureau that writes it
	DoneRevision int    // that its owner has said to be done; 0: none
	DoneBy       string
}

// TableName of the entity.
func (Section) TableName() string { return "report_section" }

//go:embed sections.json
var sectionsJSON []byte

// begin gives a snapshot the narrative of the one before it, or the shipped one.
func begin(tx *gorm.DB, a models.Acting, s Taken) error {
	former, err := former(tx, s)
	if err != nil {
		return err
	}
	sections, err := Sections(tx, former.ID)
	if err != nil {
		return err
	}
	if len(sections) == 0 {
		if sections, err = shipped(); err != nil {
			return err
		}
	}
	for i := range sections {
		x := &sections[i]
		x.Snapshot, x.Revision, x.Actor, x.At, x.DoneRevision, x.DoneBy = s.ID, 1, a.Person, s.At, 0, ""
	}
	if err := tx.Create(&sections).Error; err != nil {
		return fmt.Errorf("sections of snapshot %d: %w", s.ID, err)
	}
	return nil
}

// shipped is the narrative that a county begins with.
func shipped() ([]Section, error) {
	var all []Section
	if err := json.Unmarshal(sectionsJSON, &all); err != nil {
		return nil, fmt.Errorf("sections.json: %w", err)
	}
	for i := range all {
		all[i].Seq = i + 1
	}
	return all, nil
}

// former is the snapshot of the same period before this one; its id is 0 when there is none.
func former(tx *gorm.DB, s Taken) (Taken, error) {
	var rows []Taken
	err := tx.Where("period_from = ? AND period_to = ? AND id < ?", string(s.PeriodFrom), string(s.PeriodTo), s.ID).
		Order("id DESC").
		Limit(1).
		Find(&rows).
		Error
	if err != nil || len(rows) == 0 {
		return Taken{}, err
	}
	return rows[0], nil
}

// Sections of a snapshot, in their order.
func Sections(tx *gorm.DB, snapshot int64) ([]Section, error) {
	var all []Section
	if err := tx.Where("snapshot = ?", snapshot).Order("seq").Find(&all).Error; err != nil {
		return nil, fmt.Errorf("sections of snapshot %d: %w", snapshot, err)
	}
	return all, nil
}

const longest = 20_000 // characters of a section

// Write changes a section that was at a revision; a chip of no figure is refused.
func Write(tx *gorm.DB, a models.Acting, snapshot int64, seq, revision int, heading, body string) (Section, error) {
	s, err := forUpdate(tx, snapshot)
	if err != nil {
		return Section{}, err
	}
	var all []Section
	if err := tx.Where("snapshot = ? AND seq = ?", snapshot, seq).Find(&all).Error; err != nil {
		return Section{}, fmt.Errorf("section %d of snapshot %d: %w", seq, snapshot, err)
	}
	if len(all) == 0 {
		return Section{}, models.Refuse("not-found", "what", fmt.Sprint(seq))
	}
	x := all[0]
	if err := mayWrite(tx, a, s, x); err != nil {
		return x, err
	}
	if x.Revision != revision {
		return x, models.Refuse("stale-version", "version", fmt.Sprint(x.Revision))
	}
	f := models.Refuse("invalid-data")
	heading = strings.TrimSpace(heading)
	if heading == "" {
		f.Field("/title", "required")
	}
	if utf8.RuneCountInString(body) > longest {
		f.Field("/body", "text-too-long", "limit", fmt.Sprint(longest))
	}
	for _, m := range chip.FindAllStringSubmatch(body, -1) {
		if _, err := Find(m[1]); err != nil {
			f.Field("/body", "figure-unknown", "figure", m[1])
		}
	}
	if err := f.OrNil(); err != nil {
		return x, err
	}
	x.Title, x.Body, x.Revision, x.Actor, x.At = heading, body, x.Revision+1, a.Person, models.Stamp(a.At)
	if err := tx.Save(&x).Error; err != nil {
		return x, fmt.Errorf("section %d of snapshot %d: %w", seq, snapshot, err)
	}
	if err := moved(tx, &s); err != nil {
		return x, err
	}
	return x, note(tx, a, s, "report.section", map[string]any{"section": seq, "revision": x.Revision, "title": heading, "body": body})
}

// moved counts a change of a snapshot.
func moved(tx *gorm.DB, s *Taken) error {
	s.Version++
	if err := tx.Model(&Taken{}).Where("id = ?", s.ID).Update("version", s.Version).Error; err != nil {
		return fmt.Errorf("snapshot %d: %w", s.ID, err)
	}
	return nil
}

var (
	chip   = regexp.MustCompile(`\{([a-z][a-z0-9_]*)\}`)
	number = regexp.MustCompile(`[0-9０-９][0-9０-９.,．，]*(余|多)?`)
	civil  = regexp.MustCompile(`^[年月日时]`)
)

// Typed is a number in a section that is no figure: somebody wrote it by hand.
type Typed struct {
	Section int
	Text    string // with a little of what is around it
}

// TypedNumbers are those of a narrative; parts of dates are none.
func TypedNumbers(sections []Section) []Typed {
	var out []Typed
	for _, s := range sections {
		plain := chip.ReplaceAllStringFunc(s.Body, func(c string) string { return strings.Repeat("\x00", len(c)) })
		for _, at := range number.FindAllStringIndex(plain, -1) {
			if civil.MatchString(plain[at[1]:]) {
				continue
			}
			out = append(out, Typed{Section: s.Seq, Text: around(plain, at[0], at[1])})
		}
	}
	return out
}

func around(s string, from, to int) string {
	before, after := []rune(s[:from]), []rune(s[to:])
	before, after = before[max(0, len(before)-6):], after[:min(len(after), 6)]
	return strings.Trim(string(before)+s[from:to]+string(after), "\x00\n ")
}

// Told is a body with the figures in the places of their chips.
func Told(body string, all []Figure) string {
	by := map[string]Figure{}
	for _, f := range all {
		by[f.ID] = f
	}
	return chip.ReplaceAllStringFunc(body, func(c string) string { return by[c[1:len(c)-1]].Told() })
}

// Told is the figure as a report writes it, without its unit unless that is part of the wording.
func (f Figure) Told() string {
	switch {
	case f.Wording != "":
		return f.Wording
	case f.Value == "":
		return "（暂无数据）"
	case f.Unit == "元":
		if d, err := decimal.NewFromString(f.Value); err == nil {
			return d.Shift(-4).Round(2).StringFixed(2)
		}
	case f.Unit == "":
		if d, err := models.ParseDate(f.Value); err == nil {
			return fmt.Sprintf("%d月%d日", int(d.Start().Month()), d.Start().Day())
		}
	}
	return f.Value
}
