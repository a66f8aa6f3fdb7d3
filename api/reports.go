package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/figures"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/texts"
)

// report is what is asked for: a snapshot, or a period of the live books.
type report struct {
	figures.Period
	taken *figures.Taken
}

func (c *call) report() (report, error) {
	text := c.Query("snapshot")
	if text == "" {
		return report{Period: figures.Period{From: models.Date(c.Query("from")), To: models.Date(c.Query("to"))}}, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return report{}, invalid().field("query/snapshot", "field.format")
	}
	s, err := figures.FindTaken(c.db(), id)
	return report{s.Period(), &s}, err
}

// taken is the snapshot of the address.
func (c *call) taken(tx *gorm.DB) (figures.Taken, error) {
	id, err := c.key("snapshot")
	if err != nil {
		return figures.Taken{}, err
	}
	return figures.FindTaken(tx, id)
}

// halfYear is the half-year report: every figure with the address of its rows.
func halfYear(c *call) (any, error) {
	r, err := c.report()
	if err != nil {
		return nil, err
	}
	if r.taken != nil {
		return c.snapshotOf(c.db(), *r.taken)
	}
	all, checks, err := figures.HalfYear(c.db(), r.From, r.To)
	if err != nil {
		return nil, err
	}
	out := c.halfYearOf(r, all, checks, nil)
	out.AsOf = c.now.In(models.Zone)
	return out, nil
}

func (c *call) halfYearOf(r report, all []figures.Figure, checks []figures.Check, notes []figures.Note) wire.HalfYear {
	out := wire.HalfYear{From: string(r.From), To: string(r.To), Title: r.Title(), Figures: []wire.Figure{}, Checks: []wire.Check{}}
	for _, f := range all {
		out.Figures = append(out.Figures, c.figure(f, r))
	}
	by := map[string]figures.Note{}
	for _, n := range notes {
		by[n.Validator] = n
	}
	for _, k := range checks {
		w := wire.Check{ID: k.ID, Level: k.Level, Pass: k.Pass, State: stateOf(k), Message: k.Sentence(c.textOf)}
		if n, ok := by[k.ID]; ok {
			w.Note = &wire.CheckNote{Reason: n.Reason, Footnote: n.Footnote, Author: n.Actor, Approver: n.ApprovedBy}
			if d, err := c.directory(); err == nil && d.know(n.Actor, n.ApprovedBy) == nil {
				w.Note.AuthorName = d.ref(n.Actor, "").Name
				if n.ApprovedBy != "" {
					w.Note.ApproverName = d.ref(n.ApprovedBy, "").Name
				}
			}
		}
		out.Checks = append(out.Checks, w)
	}
	return out
}

// stateOf is what a check came to in one word.
func stateOf(k figures.Check) string {
	switch {
	case k.None:
		return "none"
	case k.Pass:
		return "pass"
	}
	return map[string]string{figures.Block: "fail", figures.Warn: "warn", figures.Info: "info"}[k.Level]
}

func (c *call) figure(f figures.Figure, r report) wire.Figure {
	q := url.Values{"from": {string(r.From)}, "to": {string(r.To)}}
	if r.taken != nil {
		q = url.Values{"snapshot": {keyText(r.taken.ID)}}
	}
	return wire.Figure{
		ID: f.ID, Label: c.text("figure." + f.ID), Value: f.Value, Unit: f.Unit, Numerator: f.Numerator, Denominator: f.Denominator,
		Wording: f.Wording,
		Version: f.Version, Definition: c.text("definition." + f.ID), Rows: "/api/v1/reports/half-year/" + f.ID + "/rows?" + q.Encode(),
	}
}

// halfYearRows are the rows behind one figure.
func halfYearRows(c *call) (any, error) {
	r, err := c.report()
	if err != nil {
		return nil, err
	}
	id := c.Param("figure")
	var f figures.Figure
	var d figures.Definition
	var rows []figures.Row
	if r.taken != nil {
		f, d, rows, err = figures.KeptRows(c.db(), *r.taken, id)
	} else {
		f, d.Columns, rows, err = figures.Rows(c.db(), id, r.From, r.To)
	}
	if err != nil {
		return nil, err
	}
	out := wire.FigureRows{Figure: c.figure(f, r), Columns: []wire.Column{}, Rows: []map[string]string{}}
	for _, k := range d.Columns {
		out.Columns = append(out.Columns, wire.Column{ID: k.ID, Label: c.text("column." + k.ID), Kind: k.Kind})
	}
	for _, row := range rows {
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// snapshotOf is a snapshot with its figures, checks, notes and sections.
func (c *call) snapshotOf(tx *gorm.DB, s figures.Taken) (wire.HalfYear, error) {
	all, checks, err := figures.Kept(tx, s)
	if err != nil {
		return wire.HalfYear{}, err
	}
	notes, err := figures.Notes(tx, s.ID)
	if err != nil {
		return wire.HalfYear{}, err
	}
	sections, err := figures.Sections(tx, s.ID)
	if err != nil {
		return wire.HalfYear{}, err
	}
	out := c.halfYearOf(report{s.Period(), &s}, all, checks, notes)
	out.AsOf, out.Snapshot, out.State, out.Version = s.AsOf.In(models.Zone), keyText(s.ID), s.State, s.Version
	out.Document, out.Sheet = s.Document, s.Sheet
	if err := c.signing(tx, &out, s, sections, all); err != nil {
		return out, err
	}
	for _, t := range figures.TypedNumbers(sections) {
		out.Typed = append(out.Typed, wire.TypedNumber{Section: t.Section, Text: t.Text})
	}
	return out, nil
}

func listReports(c *call) (any, error) {
	all, err := figures.Snapshots(c.db())
	out := wire.ReportList{Items: []wire.ReportRow{}}
	for _, s := range all {
		out.Items = append(out.Items, wire.ReportRow{
			ID: keyText(
				s.ID,
			), From: string(s.PeriodFrom), To: string(s.PeriodTo), Title: s.Period().Title(), AsOf: s.AsOf.In(models.Zone),
			At: s.At.In(models.Zone), By: s.Actor, State: s.State, Document: s.Document,
		})
	}
	return out, err
}

// takeReport keeps the figures of a period as they were recorded at a moment.
func takeReport(c *call) (any, error) {
	var in wire.ReportInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	var asOf time.Time
	if in.AsOf != nil {
		asOf = *in.AsOf
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		id, err := figures.Snapshot(tx, a, figures.Period{From: models.Date(in.From), To: models.Date(in.To)}, asOf)
		if err != nil {
			return reply{}, err
		}
		s, err := figures.FindTaken(tx, id)
		if err != nil {
			return reply{}, err
		}
		body, err := c.snapshotOf(tx, s)
		return reply{Status: http.StatusCreated, Header: map[string]string{"Location": "/api/v1/reports/" + keyText(id)}, Body: body}, err
	})
}

func getReport(c *call) (any, error) {
	s, err := c.taken(c.db())
	if err != nil {
		return nil, err
	}
	return c.snapshotOf(c.db(), s)
}

// onReport runs a change of a snapshot and answers with it.
func onReport[T any](change func(c *call, tx *gorm.DB, a models.Acting, s figures.Taken, in T) error) handler {
	return func(c *call) (any, error) {
		var in T
		if err := c.decode(&in); err != nil {
			return nil, err
		}
		s, err := c.taken(c.db())
		if err != nil {
			return nil, err
		}
		a, err := c.acting("", "", "")
		if err != nil {
			return nil, err
		}
		return c.once(func(tx *gorm.DB) (reply, error) {
			if err := change(c, tx, a, s, in); err != nil {
				return reply{}, err
			}
			now, err := figures.FindTaken(tx, s.ID)
			if err != nil {
				return reply{}, err
			}
			body, err := c.snapshotOf(tx, now)
			return reply{Status: http.StatusOK, Body: body}, err
		})
	}
}

var writeSection = onReport(func(c *call, tx *gorm.DB, a models.Acting, s figures.Taken, in wire.SectionInput) error {
	seq, err := c.key("section")
	if err != nil {
		return err
	}
	_, err = figures.Write(tx, a, s.ID, int(seq), in.Revision, in.Title, in.Body)
	return err
})

var annotateReport = onReport(func(c *call, tx *gorm.DB, a models.Acting, s figures.Taken, in wire.NoteInput) error {
	_, err := figures.Annotate(tx, a, s.ID, c.Param("check"), in.Reason, in.Footnote)
	return err
})

var approveNote = onReport(func(c *call, tx *gorm.DB, a models.Acting, s figures.Taken, _ wire.ReportAct) error {
	_, err := figures.Approve(tx, a, s.ID, c.Param("check"))
	return err
})

var lockReport = onReport(func(c *call, tx *gorm.DB, a models.Acting, s figures.Taken, _ wire.ReportAct) error {
	stage, err := figures.StageOf(tx, s)
	if err != nil {
		return err
	}
	if stage != figures.NotBegun {
		return refuse(http.StatusConflict, "report-in-process", "snapshot", keyText(s.ID)) // the director signs it there
	}
	_, err = figures.Lock(tx, a, s.ID, c.words)
	return err
})

// words are those of the language in which papers are written, whoever reads them.
func (c *call) words(key string, args map[string]string) string {
	return texts.Text(texts.Chinese, key, args)
}

// correctReport lists what a later snapshot, or the live books, say otherwise (X04).
func correctReport(c *call) (any, error) {
	s, err := c.taken(c.db())
	if err != nil {
		return nil, err
	}
	var later *figures.Taken
	if text := c.Query("to"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, invalid().field("query/to", "field.format")
		}
		t, err := figures.FindTaken(c.db(), id)
		if err != nil {
			return nil, err
		}
		if t.Period() != s.Period() {
			return nil, invalid().field("query/to", "report-other-period")
		}
		later = &t
	}
	all, err := figures.Corrections(c.db(), s, later)
	out := wire.Corrections{Snapshot: keyText(s.ID), Items: []wire.Correction{}}
	for _, k := range all {
		w := wire.Correction{
			Figure: k.Figure, Label: c.text("figure." + k.Figure), Unit: k.Unit, Was: k.Was, Is: k.Is, Redefined: k.Defined,
			Come: []map[string]string{}, Gone: []map[string]string{}, Changed: []wire.CorrectedRow{},
		}
		for _, row := range k.Come {
			w.Come = append(w.Come, row)
		}
		for _, row := range k.Gone {
			w.Gone = append(w.Gone, row)
		}
		for _, row := range k.Changed {
			w.Changed = append(w.Changed, wire.CorrectedRow(row))
		}
		out.Items = append(out.Items, w)
	}
	return out, err
}

// reportPaper is the report as a document: of a snapshot always the same bytes.
func reportPaper(c *call) (any, error) {
	r, err := c.report()
	if err != nil {
		return nil, err
	}
	a := c.reader()
	var facts map[string]any
	if r.taken != nil {
		if r.taken.Document != "" {
			return c.lockedPaper(r.taken.Document)
		}
		a.At, a.BusinessDate = r.taken.At, models.DateOf(r.taken.At)
		facts, err = figures.Facts(c.db(), *r.taken, c.words)
	} else {
		var all []figures.Figure
		if all, _, err = figures.HalfYear(c.db(), r.From, r.To); err == nil {
			facts, err = figures.LiveFacts(r.Period, all, c.words)
		}
	}
	if err != nil {
		return nil, err
	}
	doc, err := figures.Draw(c.db(), a, r.Period, facts)
	if err != nil {
		return nil, err
	}
	if r.taken == nil { // what was taken is always the same bytes
		doc.Mark = c.watermark()
	}
	return c.rendered(doc, r.Title()+"工作汇报")
}

// rendered sends a tree in the format that was asked for.
func (c *call) rendered(doc papers.Doc, title string) (any, error) {
	format := c.Query("format")
	raw, err := doc.Render(format)
	if err != nil {
		return nil, err
	}
	return c.show(title, format, raw)
}

func (c *call) lockedPaper(id string) (any, error) {
	var d papers.Document
	if err := c.db().Where("id = ?", id).Take(&d).Error; err != nil {
		return nil, fmt.Errorf("paper %s of a report: %w", id, err)
	}
	doc, ok, err := d.Paper()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, notFound()
	}
	return c.rendered(doc, d.Title)
}
