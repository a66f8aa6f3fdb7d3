package books

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/papers"
)

// TimelineEntry is one thing that the books know to have happened. Title is a
// text key with Args; tasks and opinions come from the process tables.
type TimelineEntry struct {
	ID           string
	At           time.Time
	BusinessDate models.Date
	Action       string // stage, document, ledger, fact, breach, reminder
	TitleKey     string
	Args         map[string]string
	Actor        string
	Text         string
	Amount       *models.Money
}

// Timeline of a project from the books, newest first.
func Timeline(tx *gorm.DB, project string) ([]TimelineEntry, error) {
	var out []TimelineEntry
	for _, part := range []func(*gorm.DB, string) ([]TimelineEntry, error){stageEntries, documentEntries, ledgerEntries, factEntries,
		breachEntries} {
		entries, err := part(tx, project)
		if err != nil {
			return nil, fmt.Errorf("timeline of %s: %w", project, err)
		}
		out = append(out, entries...)
	}
	slices.SortStableFunc(out, func(a, b TimelineEntry) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return out, nil
}

func stageEntries(tx *gorm.DB, project string) (out []TimelineEntry, err error) {
	var rows []StageChange
	if err := tx.Where("project = ?", project).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		out = append(out, TimelineEntry{
			ID: fmt.Sprintf("stage-%04d", r.Seq), At: r.At, BusinessDate: r.BusinessDate, Action: "stage",
			TitleKey: "stage." + string(r.Stage), Actor: r.Actor, Text: r.Reason,
		})
	}
	return out, nil
}

func documentEntries(tx *gorm.DB, project string) (out []TimelineEntry, err error) {
	rows, err := papers.Documents(tx, project)
	for _, r := range rows {
		e := TimelineEntry{
			ID: "document-" + r.ID, At: r.CreatedAt, BusinessDate: r.Dated, Action: "document",
			TitleKey: "timeline.document", Args: map[string]string{"title": r.Title}, Actor: r.CreatedBy, Text: string(r.DocNo),
		}
		out = append(out, e)
	}
	return out, err
}

func ledgerEntries(tx *gorm.DB, project string) (out []TimelineEntry, err error) {
	entries, err := Ledger(tx, project)
	if err != nil {
		return nil, err
	}
	index := map[string]int{} // the lines of one act are one entry
	for _, e := range entries {
		key := string(e.Kind) + " " + e.Source + " " + e.Ref + " " + e.RecordedAt.Format(time.RFC3339Nano)
		i, ok := index[key]
		if !ok {
			i = len(out)
			index[key] = i
			out = append(out, TimelineEntry{
				ID: fmt.Sprintf("ledger-%08d", e.ID), At: e.RecordedAt, BusinessDate: e.BusinessDate, Action: "ledger",
				TitleKey: "ledger." + string(e.Kind), Actor: e.Actor, Text: e.Ref, Amount: new(models.Money),
			})
		}
		*out[i].Amount = out[i].Amount.Add(e.Amount)
	}
	return out, nil
}

func factEntries(tx *gorm.DB, project string) (out []TimelineEntry, err error) {
	var rows []Fact
	if err := tx.Where("project = ?", project).Find(&rows).Error; err != nil {
		return nil, err
	}
	for _, r := range rows {
		out = append(out, TimelineEntry{
			ID: fmt.Sprintf("fact-%08d", r.ID), At: r.PostedAt, BusinessDate: r.BusinessDate, Action: "fact",
			TitleKey: "event." + r.EventType, Actor: "partner:" + r.Source, Text: r.NaturalKey,
		})
	}
	return out, nil
}

func breachEntries(tx *gorm.DB, project string) (out []TimelineEntry, err error) {
	rows, err := Breaches(tx, project)
	for _, r := range rows {
		e := TimelineEntry{
			ID: fmt.Sprintf("breach-%08d", r.ID), At: r.At, BusinessDate: r.BusinessDate, Action: "breach",
			TitleKey: "breach." + r.Rule, Actor: models.System,
		}
		if err := r.Args.Into(&e.Args); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, err
}
