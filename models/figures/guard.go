package figures

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/rules"
)

// guard asks the rules X03 and X04 about the rows that a snapshot is about to keep: no savings twice, nothing that was
// recorded after its moment. The figures' queries see to both; what they let through is refused, never printed.
func (r *reader) guard(asOf time.Time, kept map[string][]Row) error {
	saved, err := savedOnce(r.tx, kept["cut_total"])
	if err != nil {
		return err
	}
	rows, err := r.recorded(kept)
	if err != nil {
		return err
	}
	f := models.Refuse("checks-block", "point", "report")
	r.rules.Refuse(f, rules.JudgeRule("X03", rules.Facts{"counted": saved}, r.rules), nil)
	r.rules.Refuse(f, rules.JudgeRule("X04", rules.Facts{"rows": rows, "asOf": moment(asOf)}, r.rules), nil)
	return f.OrNil()
}

// savedOnce are the facts of X03: of each project that counts what it saves, and whose place it has taken.
func savedOnce(tx *gorm.DB, rows []Row) (feel.Value, error) {
	sums, codes := map[string]decimal.Decimal{}, []string{""}
	for _, r := range rows {
		d, err := decimal.NewFromString(r[amount.ID])
		if err != nil {
			return nil, fmt.Errorf("savings of %s: %w", r[code.ID], err)
		}
		if _, known := sums[r[code.ID]]; !known {
			codes = append(codes, r[code.ID])
		}
		sums[r[code.ID]] = sums[r[code.ID]].Add(d)
	}
	var projects []struct {
		Code            string
		PreviousProject models.Optional
	}
	err := tx.Model(&books.Project{}).Select("code, previous_project").Where("code IN ?", codes).Order("code").Scan(&projects).Error
	if err != nil {
		return nil, fmt.Errorf("projects of the savings: %w", err)
	}
	facts := []any{}
	for _, p := range projects {
		previous := string(p.PreviousProject)
		if previous == "" {
			previous = "none"
		}
		n, err := feel.ParseNumber(sums[p.Code].String())
		if err != nil {
			return nil, fmt.Errorf("savings of %s: %w", p.Code, err)
		}
		facts = append(facts, map[string]any{"project": p.Code, "previous": previous, "savings": n, "deducted": 0})
	}
	return feel.FromGo(facts)
}

// recordings say of what rows refer to when it was recorded first.
var recordings = map[string]string{
	"issue":   "SELECT no AS ref, created_at AS at FROM rectification WHERE no IN ?",
	"case":    "SELECT no AS ref, created_at AS at FROM stuck_case WHERE no IN ?",
	"walk":    "SELECT CAST(id AS TEXT) AS ref, recorded_at AS at FROM walk WHERE id IN ?",
	"entry":   "SELECT CAST(id AS TEXT) AS ref, created_at AS at FROM register_entry WHERE id IN ?",
	"project": "SELECT code AS ref, created_at AS at FROM project WHERE code IN ?",
}

// recordingOf is the kind of what a row of a figure refers to, and its key; "": it was not recorded by itself, such as
// a unit or a version, which other rows make.
func recordingOf(kind, ref string) (string, any) {
	if _, id, ok := strings.Cut(ref, ":"); ok && kind == KindCampaign {
		n, err := strconv.ParseInt(id, 10, 64)
		return when(err == nil, "walk"), n
	}
	if _, id, ok := strings.Cut(ref, "/"); ok && (kind == KindRegister || kind == KindWindow) {
		n, err := strconv.ParseInt(id, 10, 64)
		return when(err == nil, "entry"), n
	}
	switch {
	case books.IsIssueNo(ref):
		return "issue", ref
	case kind == KindWindow:
		return "case", ref
	}
	return when(kind == KindBooks, "project"), ref
}

func when(ok bool, kind string) string {
	if !ok {
		return ""
	}
	return kind
}

// recorded are the facts of X04: every row that was recorded by itself, with the moment.
func (r *reader) recorded(kept map[string][]Row) (feel.Value, error) {
	keys := map[string]map[any]bool{}
	for _, d := range Definitions {
		if def := r.totals[d.Rows.Total]; def != nil && def.Totals[d.Rows.Total].Fn == "distinct" {
			continue // its rows are values
		}
		for _, row := range kept[d.ID] {
			kind, key := recordingOf(d.Kind, row[d.Columns[0].ID])
			if keys[kind] == nil {
				keys[kind] = map[any]bool{}
			}
			keys[kind][key] = true
		}
	}
	facts := feel.List{}
	for kind, sql := range recordings {
		for some := range slices.Chunk(slices.Collect(maps.Keys(keys[kind])), 500) {
			var rows []struct {
				Ref string
				At  time.Time
			}
			if err := r.tx.Raw(sql, some).Scan(&rows).Error; err != nil {
				return nil, fmt.Errorf("when the rows of the report were recorded: %w", err)
			}
			for _, x := range rows {
				c := feel.NewContext(2)
				c.Set("ref", x.Ref)
				c.Set("recordedAt", moment(x.At))
				facts = append(facts, c)
			}
		}
	}
	return facts, nil
}

// moment is a recording time as rules read it: to the second.
func moment(at time.Time) feel.Value {
	return feel.DateTimeOf(at.In(models.Zone).Truncate(time.Second))
}
