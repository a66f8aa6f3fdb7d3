package running

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/rules"
)

// Project is one that was taken in (补录).
type Project struct {
	Project  string `gorm:"primaryKey"`
	ImportID int64
	Ref      string // its number in the workbook
	Digest   string // of its rows
	Entry    string // where its life goes on
	At       time.Time
}

// TableName of the entity.
func (Project) TableName() string { return "running_project" }

// TakenAmong are those of some projects that were taken in.
func TakenAmong(tx *gorm.DB, codes ...string) (map[string]bool, error) {
	var found []string
	if err := tx.Model(&Project{}).Where("project IN ?", codes).Pluck("project", &found).Error; err != nil {
		return nil, fmt.Errorf("running projects: %w", err)
	}
	out := map[string]bool{}
	for _, code := range found {
		out[code] = true
	}
	return out, nil
}

// writing is one project on its way into the books. Nothing of it is ours to
// decide any more: papers, money and dates are facts of their day.
type writing struct {
	world
	tx   *gorm.DB
	a    models.Acting // who asked; his entries are of the day on which things were
	days facts.Workdays
	item Item
	p    books.Project
	main int // of the contracts
}

// on is the acting of a day.
func (w *writing) on(d models.Date) models.Acting {
	a := w.a
	if d != "" {
		a.BusinessDate = d
	}
	return a
}

// write brings a project into the books and begins its life at its stage.
func (w *writing) write(importID int64) error {
	row := w.item.rows.project
	if err := w.header(row); err != nil {
		return err
	}
	steps := []func() error{
		w.lines, w.sheet, w.papers, w.budget, w.packages, w.contracts, w.milestones, w.acceptances, w.payments, w.stages,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("%s %s: %w", w.item.Ref, w.item.Name, err)
		}
	}
	if w.item.Entry == EntryOperating || w.item.Entry == EntryFinal {
		if err := w.inventory(row); err != nil {
			return err
		}
	}
	taken := Project{
		Project: w.p.Code, ImportID: importID, Ref: w.item.Ref, Digest: w.item.digest, Entry: w.item.Entry, At: models.Stamp(w.a.At),
	}
	if err := w.tx.Create(&taken).Error; err != nil {
		return fmt.Errorf("running project %s: %w", w.p.Code, err)
	}
	if err := facts.Examine(w.tx, w.a, w.days, w.p.Code); err != nil {
		return err
	}
	return w.begin()
}

// header writes the project. The rule pack is that of the day on which it was
// accepted; before the oldest one, that of today.
func (w *writing) header(row Row) error {
	declaredOn, acceptedOn := row.date("declaredOn"), row.date("acceptedOn")
	code := row.text("code")
	var err error
	if code != "" {
		err = models.KeepCode(w.tx, code)
	} else {
		code, err = models.NextCode(w.tx, "XM", declaredOn.Year())
	}
	if err != nil {
		return err
	}
	pack, err := rules.PackOn(w.tx, acceptedOn)
	if err != nil {
		if pack, err = rules.PackOn(w.tx, models.DateOf(w.a.At)); err != nil {
			return err
		}
	}
	at := models.Stamp(w.a.At)
	w.p = books.Project{
		Code: code, Name: w.item.Name, DeptID: w.item.Unit, Type: row.text("type"), MlpsLevel: row.int("mlps"), Form: models.JSON("{}"),
		RevisionNo: 1, RulePack: pack.ID, DraftedOn: declaredOn, SubmittedOn: declaredOn, AcceptedOn: acceptedOn,
		ReviewedOn: row.date("approvedOn"), ApprovedOn: row.date("approvedOn"), Version: 1, CreatedAt: at,
		CreatedBy: w.a.Person, UpdatedAt: at,
	}
	for _, r := range w.item.rows.papers {
		if r.text("kind") == "受理通知书" {
			w.p.AcceptNo = r.text("no")
		}
	}
	if err := w.tx.Create(&w.p).Error; err != nil {
		return fmt.Errorf("project %s: %w", code, err)
	}
	return nil
}

// post appends a ledger entry of a day, whose source is the import.
func (w *writing) post(on models.Date, e books.LedgerEntry) error {
	e.Project, e.Source = w.p.Code, "r:"+w.a.Event
	return books.PostEntry(w.tx, w.on(on), e)
}

// lines are those of the application, frozen as its one revision.
func (w *writing) lines() error {
	var rows []books.BudgetLine
	for i, r := range w.item.rows.lines {
		rows = append(rows, books.BudgetLine{
			Project: w.p.Code, LineNo: i + 1, Category: r.text("category"), Name: r.text("name"), Spec: r.text("spec"),
			Unit: r.text("measure"), Qty: r.decimal("qty"), UnitPrice: r.money("price"), Declared: declared(r),
		})
	}
	if err := w.tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	content := models.JSONOf(map[string]any{
		"code": w.p.Code, "name": w.p.Name, "type": w.p.Type, "dept": w.p.DeptID, "mlpsLevel": w.p.MlpsLevel,
		"form": w.p.Form, "lines": rows,
	})
	revision := books.Revision{
		Project: w.p.Code, RevisionNo: 1, Digest: digestOf(content), Content: content, Declared: w.item.Amounts.Declared,
		SubmittedBy: w.a.Person, SubmittedAt: models.Stamp(w.a.At), BusinessDate: w.p.SubmittedOn,
	}
	if err := w.tx.Create(&revision).Error; err != nil {
		return fmt.Errorf("revision: %w", err)
	}
	for _, l := range rows {
		e := books.LedgerEntry{
			Kind: books.LedgerDeclared, LineNo: &l.LineNo, Amount: l.Declared,
			NaturalKey: w.lineKey(l.LineNo, fmt.Sprintf("r%d", revision.RevisionNo), ""), Ref: "第1版",
		}
		if err := w.post(w.p.SubmittedOn, e); err != nil {
			return err
		}
	}
	return nil
}

// digestOf a revision, as every revision has it.
func digestOf(content models.JSON) string {
	h := sm3.Sum(content)
	return hex.EncodeToString(h[:])
}

func (w *writing) lineKey(no int, round, reason string) string {
	return fmt.Sprintf("%s/%d/%s/%s", w.p.Code, no, round, reason)
}

// sheet is what the review made of the lines, as it was issued.
func (w *writing) sheet() error {
	on, a := w.p.ReviewedOn, w.item.Amounts
	s := books.Sheet{
		Project: w.p.Code, Round: 1, Kind: books.SheetA, Issued: true, Declared: a.Declared, Reviewed: a.Approved,
		Cut: a.Declared.Sub(a.Approved), Actor: w.a.Person, At: models.Stamp(w.a.At), BusinessDate: on,
	}
	if err := w.tx.Create(&s).Error; err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	ref := w.item.rows.project.text("approvalNo")
	for i, r := range w.item.rows.lines {
		no, asked, left := i+1, declared(r), r.money("reviewed")
		line := books.SheetLine{
			Project: w.p.Code, Round: 1, LineNo: no, Declared: asked, Reviewed: left, Cut: asked.Sub(left),
			Reason: models.Optional(r.text("reason")),
		}
		if err := w.tx.Create(&line).Error; err != nil {
			return fmt.Errorf("sheet: %w", err)
		}
		e := books.LedgerEntry{Kind: books.LedgerReviewed, LineNo: &no, Amount: left, NaturalKey: w.lineKey(no, "s1", ""), Ref: ref}
		if err := w.post(on, e); err != nil {
			return err
		}
		if line.Cut.Sign() == 0 {
			continue
		}
		e = books.LedgerEntry{
			Kind: books.LedgerCut, LineNo: &no, Amount: line.Cut, Reason: line.Reason,
			NaturalKey: w.lineKey(no, "s1", r.text("reason")), Ref: ref,
		}
		if err := w.post(on, e); err != nil {
			return err
		}
	}
	return nil
}

// papers keep the numbers that they had; their text is where it was written.
func (w *writing) papers() error {
	row := w.item.rows.project
	if err := w.paper("批复", row.text("approvalNo"), "关于"+w.p.Name+"的批复", row.date("approvedOn")); err != nil {
		return err
	}
	for _, r := range w.item.rows.papers {
		if r.text("no") == row.text("approvalNo") {
			continue
		}
		title := r.text("title")
		if title == "" {
			title = w.p.Name + " " + r.text("kind")
		}
		if err := w.paper(r.text("kind"), r.text("no"), title, r.date("dated")); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) paper(kind, no, title string, on models.Date) error {
	d := papers.Document{
		Project: w.p.Code, Kind: kind, Title: title, DocNo: models.Optional(no), Dated: on, Data: models.JSON(`{"backfilled":true}`),
	}
	return papers.AddDocument(w.tx, w.on(on), &d)
}

// budget is the approval, and what finance has issued.
func (w *writing) budget() error {
	row := w.item.rows.project
	no := row.text("approvalNo")
	e := books.LedgerEntry{Kind: books.LedgerApproved, Amount: w.item.Amounts.Approved, NaturalKey: w.p.Code + "/" + no, Ref: no}
	if err := w.post(w.p.ApprovedOn, e); err != nil {
		return err
	}
	if w.item.Amounts.Issued.Sign() == 0 {
		return nil
	}
	return w.fact("budget.issued", row.date("issuedOn"), map[string]any{
		"bgt_id": row.text("indicator"), "cor_bgt_doc_no": row.text("issuedNo"), "doc_date": string(row.date("issuedOn")),
		"fiscal_year": strconv.Itoa(row.date("issuedOn").Year()), "amount": w.item.Amounts.Issued.String(),
	})
}

// fact posts what a partner did, as somebody registers it by hand: told once more by
// the partner itself, it is the same fact.
func (w *writing) fact(event string, on models.Date, data map[string]any) error {
	data["project_code"] = w.p.Code
	e := facts.Event{
		Source: facts.Sender(event), ID: fmt.Sprintf("RUN-%s-%s-%s", w.p.Code, event, sum(data)[:12]), Type: event, Project: w.p.Code,
		OccurredAt: on.Start(), Data: json.RawMessage(models.JSONOf(data)), Offline: true, Linked: true,
	}
	out, err := facts.Post(w.tx, w.on(on), w.days, e)
	if err != nil {
		return err
	}
	if out.Parked != "" || out.Duplicate {
		return models.Refuse("running-fact", "event", event, "value", out.NaturalKey, "why", out.Parked)
	}
	return nil
}

// packages are what was bought: one for each contract, with its award.
func (w *writing) packages() error {
	w.main = -1
	var total models.Money
	sent := models.Date("")
	for i, r := range w.item.rows.contracts {
		total = total.Add(r.money("award"))
		if w.main < 0 || r.money("award").Cmp(w.item.rows.contracts[w.main].money("award")) > 0 {
			w.main = i
		}
		if sent == "" || r.date("awardOn") < sent {
			sent = r.date("awardOn")
		}
	}
	round := books.ProcRound{Project: w.p.Code, Round: 1, PlanNo: "CG-" + w.p.Code, Total: total, SentOn: sent}
	if err := w.tx.Create(&round).Error; err != nil {
		return fmt.Errorf("packages: %w", err)
	}
	for i, r := range w.item.rows.contracts {
		pack := books.ProcPackage{
			Project: w.p.Code, Round: 1, PackageNo: strconv.Itoa(i + 1), Name: r.text("title"), Category: "service", Mode: r.text("mode"),
			Budget: r.money("award"), LimitPrice: r.money("award"), LineNos: models.JSON("[]"),
		}
		if err := w.tx.Create(&pack).Error; err != nil {
			return fmt.Errorf("packages: %w", err)
		}
	}
	for i, r := range w.item.rows.contracts {
		err := w.fact("procurement.awarded", r.date("awardOn"), map[string]any{
			"package_no": strconv.Itoa(i + 1), "section_code": w.p.Code + "/" + strconv.Itoa(i+1),
			"win_bid_price": r.money("award").String(),
			"notice_at":     string(r.date("awardOn")), "winner": map[string]any{"name": r.text("supplier"), "uscc": r.text("uscc")},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
