package commands

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/service"
)

// The steps of rectification that hold somebody to something. Those of the same
// meaning without it keep their names for the cases of former releases.
var _ = foretold(map[string]Plan{
	"rectification.measures": onIssue(rectificationMeasures),
	"rectification.remedy":   onIssue(rectificationRemedy),
	"rectification.check":    onIssue(rectificationCheck),
})

// stepNames are the lines of history of commands that are not called after them.
var stepNames = map[string]string{
	"rectification.measures": "plan", "rectification.remedy": "evidence", "rectification.check": "verify",
	"rectification.prove": "evidence", "rectification.settle": "verify",
}

// notBefore refuses a date earlier than the business date of the act.
func (f faults) notBefore(pointer string, day models.Date, c Call) {
	if day != "" && day < c.Acting.On() {
		f.Field(pointer, "due-in-past", "day", string(day), "today", string(c.Acting.On()))
	}
}

// systemicCauses are the causes that come again by themselves unless something is done against it.
var systemicCauses = []string{"RULE", "SYS"}

type preventing struct {
	Measures []struct {
		Kind string `json:"kind"`
	} `json:"measures"`
}

// rectificationMeasures is the plan: due dates from today on, and a preventive
// measure where the cause is the rule or the system itself.
func rectificationMeasures(tx *gorm.DB, c Call, in planned, r *books.Rectification, f faults) (string, Result, error) {
	var kinds preventing
	if err := c.into(&kinds); err != nil {
		return "", nil, err
	}
	told, more, err := rectificationPlan(tx, c, in, r, f)
	if err != nil {
		return "", nil, err
	}
	var measures []books.Measure
	if err := r.Measures.Into(&measures); err != nil {
		return "", nil, fmt.Errorf("measures of %s: %w", r.No, err)
	}
	prevents := false
	for i := range measures {
		f.notBefore(at("measures", i, "due"), measures[i].Due, c)
		measures[i].Preventive = kinds.Measures[i].Kind == "preventive"
		prevents = prevents || measures[i].Preventive
	}
	if !prevents && slices.Contains(systemicCauses, r.Cause) {
		f.Field("/measures", "preventive-measure-missing")
	}
	r.Measures = models.JSONOf(measures)
	return told, more, nil
}

// rectificationRemedy hands in what was done: with a file that shows it, and savings that the item's guide allows.
// Instead he may ask for more time, once.
func rectificationRemedy(tx *gorm.DB, c Call, in remedied, r *books.Rectification, f faults) (string, Result, error) {
	if in.Act == "extend" {
		return c.askForTime(in.asked, r, f)
	}
	told, _, err := rectificationEvidence(tx, c, in.evidenced, r, f)
	if err != nil {
		return "", nil, err
	}
	if err := c.evidence(tx, in.evidenced, r, f); err != nil {
		return "", nil, err
	}
	return told, Result{"remedyState": "done"}, plausible(tx, r, f)
}

type remedied struct {
	evidenced
	asked
}

// evidence reads the files by their content. What is registered after the event
// (补录) may lack a file, which check R05 then shows.
func (c Call) evidence(tx *gorm.DB, in evidenced, r *books.Rectification, f faults) error {
	if len(in.After) == 0 && !c.Acting.BackRegistered() {
		f.Field("/after", "evidence-missing")
	}
	dispatch, dispatched, err := books.Dispatched(tx, r.No)
	if err != nil {
		return err
	}
	seen := map[string]string{} // content → title
	for _, side := range []struct {
		name string
		docs documents
	}{{books.SideBefore, in.Before}, {books.SideAfter, in.After}} {
		for i, id := range side.docs {
			pointer := fmt.Sprintf("/%s/%d", side.name, i)
			var d papers.Document
			err := tx.Select("id", "title", "digest", "created_at").Where("id = ?", id).Take(&d).Error
			if errors.Is(err, gorm.ErrRecordNotFound) {
				continue // said already
			}
			if err != nil {
				return fmt.Errorf("evidence of %s: %w", r.No, err)
			}
			others, err := books.UsedElsewhere(tx, r.No, d.Digest)
			if err != nil {
				return err
			}
			title, twice := seen[d.Digest]
			switch {
			case d.Digest == "":
				f.Field(pointer, "evidence-without-file", "title", d.Title)
			case twice:
				f.Field(pointer, "evidence-twice", "title", d.Title, "other", title)
			case side.name == books.SideAfter && len(others) > 0:
				f.Field(pointer, "evidence-used-elsewhere", "title", d.Title, "other", strings.Join(others, "、"))
			case side.name == books.SideAfter && dispatched && !c.Acting.BackRegistered() && d.CreatedAt.Before(dispatch.At):
				f.Field(pointer, "evidence-before-dispatch", "title", d.Title, "day", string(models.DateOf(dispatch.At)))
			}
			seen[d.Digest] = d.Title
		}
	}
	return nil
}

// keepEvidence stores what a remedy was proved with, by content.
func (c Call) keepEvidence(tx *gorm.DB, r *books.Rectification) error {
	if c.Name != "rectification.remedy" && c.Name != "rectification.prove" {
		return nil
	}
	var files []books.RectificationFile
	for _, side := range []struct {
		name string
		docs models.JSON
	}{{books.SideBefore, r.BeforeDocs}, {books.SideAfter, r.AfterDocs}} {
		var ids []string
		if err := side.docs.Into(&ids); err != nil {
			return fmt.Errorf("evidence of %s: %w", r.No, err)
		}
		var docs []papers.Document
		if err := tx.Select("id", "digest").Where("id IN ?", append(ids, "")).Order("id").Find(&docs).Error; err != nil {
			return fmt.Errorf("evidence of %s: %w", r.No, err)
		}
		for _, d := range docs {
			files = append(files, books.RectificationFile{No: r.No, Document: d.ID, Side: side.name, Digest: d.Digest})
		}
	}
	return books.KeepFiles(tx, r.No, files)
}

// Savings that no guide bounds, because the finding is about no service item or
// its guide is silent: more than any item asks for.
const (
	mostMaterials = 50
	mostSteps     = 50
	mostDays      = 250 // a year of working days
)

// plausible holds savings against the item: nobody saves more papers, steps or
// days than the guide, in any of its versions, and the walk have seen.
func plausible(tx *gorm.DB, r *books.Rectification, f faults) error {
	materials, steps, days := mostMaterials, mostSteps, mostDays
	if r.Item != "" {
		versions, err := service.History(tx, r.Item)
		if err != nil {
			return err
		}
		w, _, err := campaign.WalkOfIssue(tx, r.No)
		if err != nil {
			return err
		}
		m, s, d := 0, 0, 0
		for _, v := range versions {
			m, s, d = max(m, len(service.List(v.Materials))), max(s, len(service.List(v.Steps))), max(d, v.LegalDays, v.PromisedDays)
		}
		var walked []campaign.Step
		if len(w.Steps) > 0 {
			if err := w.Steps.Into(&walked); err != nil {
				return fmt.Errorf("steps of walk %d: %w", w.ID, err)
			}
		}
		m, s = m+len(service.List(w.Extra)), max(s, len(walked))
		materials, steps, days = orElse(m, materials), orElse(s, steps), orElse(d, days)
	}
	for _, of := range []struct {
		pointer    string
		cut, bound int
		unit       int // of the cut
	}{{"/materialsCut", r.MaterialsCut, materials, 1}, {"/stepsCut", r.StepsCut, steps, 1}, {"/daysCut", r.DaysCut, days, 10}} {
		if of.cut > of.bound*of.unit {
			f.Field(of.pointer, "savings-implausible", "limit", strconv.Itoa(of.bound))
		}
	}
	return nil
}

func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

type verifiedOnSite struct {
	verified
	SiteNote string `json:"siteNote"`
}

// rectificationCheck is the independent check (R03): by nobody of the owner's
// unit, with a note from the spot where one is due (R08).
func rectificationCheck(tx *gorm.DB, c Call, in verifiedOnSite, r *books.Rectification, f faults) (string, Result, error) {
	_, unit := models.SplitPost(c.Acting.Post)
	theirs := func(post string) bool { _, u := models.SplitPost(post); return u == r.OwnerDept }
	if unit == r.OwnerDept || slices.ContainsFunc(c.Acting.Posts, theirs) || c.Acting.Person == r.Owner || c.Acting.Person == r.Registrar {
		return "", nil, models.Refuse("verifier-not-independent").Field("/verifier", "verifier-not-independent")
	}
	told, more, err := rectificationVerify(tx, c, in.verified, r, f)
	if err != nil {
		return "", nil, err
	}
	r.VerifierUnit, r.SiteNote = unit, strings.TrimSpace(in.SiteNote)
	more["escalation"], err = c.escalation(tx, r)
	return told, more, err
}
