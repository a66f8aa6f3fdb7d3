package running

import (
	"fmt"
	"strconv"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// parties are the organisations that a contract binds.
func (w *writing) parties(r Row) (supplier, supervisor string) {
	for _, kind := range []string{"supplier", "supervisor"} {
		if u, known := w.organisation(kind, r.text("uscc")); known && supplier == "" {
			supplier = u.ID
		}
	}
	if u, known := w.organisation("supervisor", r.text("supervisor")); known {
		return supplier, u.ID
	}
	for _, other := range w.item.rows.contracts { // bound by a contract of its own
		if u, known := w.organisation("supervisor", other.text("uscc")); known && u.ID != supplier {
			return supplier, u.ID
		}
	}
	return supplier, ""
}

// contracts are signed, with their terms.
func (w *writing) contracts() error {
	for i, r := range w.item.rows.contracts {
		no := contractNo(r, "no")
		k := books.Contract{
			ContractNo: no, Project: w.p.Code, Title: r.text("title"), Supplier: r.text("supplier"), Uscc: r.text("uscc"),
			Amount: r.money("amount"), Starts: r.date("starts"), Ends: r.date("ends"), WarrantyMonths: r.int("warranty"),
			State: books.ContractSigned, SignedOn: r.date("signedOn"), PublishedOn: r.date("publishedOn"), FiledOn: r.date("filedOn"),
			Package: strconv.Itoa(i + 1), Bond: r.money("bond"), Sme: r.text("sme") == "yes", Documents: models.JSON("[]"),
			Deliverables: models.JSONOf(append([]string{}, r.list("deliverables")...)),
		}
		if k.Bond.Sign() > 0 {
			k.BondForm = "transfer"
		}
		k.SupplierOrg, k.SupervisorOrg = w.parties(r)
		if err := w.tx.Create(&k).Error; err != nil {
			return fmt.Errorf("contract %s: %w", no, err)
		}
		if err := w.terms(no); err != nil {
			return err
		}
		e := books.LedgerEntry{Kind: books.LedgerContracted, Amount: k.Amount, NaturalKey: no, Ref: no}
		if err := w.post(k.SignedOn, e); err != nil {
			return err
		}
		for kind, key := range map[string]string{"contract_no": no, "uscc": k.Uscc} {
			if err := books.Correlate(w.tx, kind, key, w.p.Code); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writing) terms(contract string) error {
	var terms []books.ContractTerm
	for _, r := range w.item.rows.terms {
		if contractNo(r, "contract") == contract {
			terms = append(terms, books.ContractTerm{
				ContractNo: contract, No: len(terms) + 1, Name: r.text("name"), Condition: r.text("condition"), Ratio: r.decimal("ratio"),
				Amount: r.money("amount"),
			})
		}
	}
	if err := w.tx.Create(&terms).Error; err != nil {
		return fmt.Errorf("terms of %s: %w", contract, err)
	}
	return nil
}

func (w *writing) milestones() error {
	for _, r := range w.item.rows.milestones {
		m := books.Milestone{
			Project: w.p.Code, No: r.int("no"), Name: r.text("name"), PlanDate: r.date("plan"), Percent: r.int("percent"),
			PassedOn: r.date("passedOn"), Package: strconv.Itoa(w.main + 1),
		}
		if m.PassedOn != "" {
			m.Percent = 100
		}
		if err := w.tx.Create(&m).Error; err != nil {
			return fmt.Errorf("milestone %d: %w", m.No, err)
		}
	}
	return nil
}

// acceptances were held, and the trial run runs or is over.
func (w *writing) acceptances() error {
	row, at := w.item.rows.project, models.Stamp(w.a.At)
	numbers := map[string]string{}
	for _, r := range w.item.rows.papers {
		numbers[r.text("kind")] = r.text("no")
	}
	for _, held := range []struct{ kind, column, paper string }{{books.Prelim, "prelimOn", "初验报告"}, {books.Final, "finalOn", "终验报告"}} {
		if row.text(held.column) == "" {
			continue
		}
		s := books.Acceptance{
			Project: w.p.Code, Kind: held.kind, Round: 1, Conclusion: "pass", HeldOn: row.date(held.column), Members: models.JSON("[]"),
			Items: models.JSON("[]"), DocNo: numbers[held.paper], Comment: "补录", Documents: models.JSON("[]"), Actor: w.a.Person, At: at,
		}
		if err := w.tx.Create(&s).Error; err != nil {
			return fmt.Errorf("acceptance: %w", err)
		}
	}
	if row.text("trialFrom") == "" {
		return nil
	}
	t := books.TrialPeriod{
		Project: w.p.Code, StartedOn: row.date("trialFrom"), Months: row.int("trialMonths"), ClosedOn: row.date("trialTo"),
		Documents: models.JSON("[]"), Actor: w.a.Person, At: at,
	}
	if row.text("availability") != "" {
		share := row.decimal("availability")
		t.Availability = &share
	}
	if err := w.tx.Create(&t).Error; err != nil {
		return fmt.Errorf("trial run: %w", err)
	}
	return nil
}

// payments were made: each a request that is settled, and what finance did.
func (w *writing) payments() error {
	for i, r := range w.item.rows.payments {
		no := contractNo(r, "contract")
		request := books.PaymentRequest{
			RequestNo: fmt.Sprintf("FK-%s-%d", w.p.Code, i+1), Project: w.p.Code, ContractNo: no, Term: r.text("term"),
			Amount:    r.money("amount"),
			InvoiceNo: r.text("invoice"), Payee: w.payee(no), Comment: "补录", State: books.PaymentPaid, Actor: w.a.Person,
			At: models.Stamp(w.a.At), BusinessDate: r.date("paidOn"),
		}
		if err := w.tx.Create(&request).Error; err != nil {
			return fmt.Errorf("payment %s: %w", request.RequestNo, err)
		}
		err := w.fact("payment.paid", r.date("paidOn"), map[string]any{
			"pay_cert_no": r.text("cert"), "request_no": request.RequestNo, "contract_no": no, "xpay_amt": r.money("amount").String(),
			"xpay_date": string(r.date("paidOn")),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) payee(contract string) string {
	for _, r := range w.item.rows.contracts {
		if contractNo(r, "no") == contract {
			return r.text("supplier")
		}
	}
	return ""
}

// stages lie behind the project, each on its day; the last one is where it stands.
func (w *writing) stages() error {
	row, main := w.item.rows.project, w.item.rows.contracts[w.main]
	for _, s := range []struct {
		stage books.Stage
		on    models.Date
	}{
		{books.Submitted, row.date("declaredOn")}, {books.Accepted, row.date("acceptedOn")}, {books.Approved, row.date("approvedOn")},
		{books.Budgeted, row.date("issuedOn")}, {books.Awarded, main.date("awardOn")}, {books.Contracted, main.date("signedOn")},
		{books.Building, row.date("startedOn")}, {books.PrelimPassed, row.date("prelimOn")}, {books.TrialRun, row.date("trialFrom")},
		{books.FinalPassed, row.date("finalOn")},
	} {
		if s.on == "" {
			continue
		}
		if err := books.SetStage(w.tx, w.on(s.on), &w.p, s.stage); err != nil {
			return err
		}
	}
	if w.item.Entry == EntryOperating {
		return books.SetStage(w.tx, w.a, &w.p, books.Operating)
	}
	return nil
}

// inventory lists the system that the project built.
func (w *writing) inventory(row Row) error {
	return books.SaveInventory(w.tx, w.a, []books.System{{
		Unit: w.item.UnitName, Name: w.p.Name, BuiltYear: row.date("finalOn").Year(), Cost: w.item.Amounts.Contracted, Source: "存量项目移交",
		Project: w.p.Code,
	}})
}

// begin begins the life of the project at its stage, and that of each further
// contract at its payments. Clocks run from today.
func (w *writing) begin() error {
	if w.item.Entry == EntryOperating {
		return nil
	}
	row := w.item.rows.project
	vars := w.variables(w.main)
	vars["projectName"], vars["entry"], vars["initiator"] = w.p.Name, w.item.Entry, w.a.Person
	vars["mlpsLevel"], vars["startedOn"] = w.p.MlpsLevel, row.text("startedOn")
	vars["trialOver"] = w.item.Entry == EntryAcceptance
	open := []any{}
	for _, r := range w.item.rows.milestones {
		if r.date("passedOn") == "" {
			open = append(open, map[string]any{"no": r.int("no"), "name": r.text("name"), "planDate": string(r.date("plan"))})
		}
	}
	vars["milestones"] = open
	if err := w.start("qc_lifecycle", w.p.Code, vars); err != nil {
		return err
	}
	for i, r := range w.item.rows.contracts {
		if i == w.main {
			continue
		}
		more := w.variables(i)
		more["packageName"], more["packageBeside"], more["entry"] = r.text("title"), "yes", "payment"
		if err := w.start(books.PackageProcess, fmt.Sprintf("%s/%d/R1", w.p.Code, i+1), more); err != nil {
			return err
		}
	}
	return nil
}

// variables of a case about a contract.
func (w *writing) variables(contract int) map[string]any {
	r := w.item.rows.contracts[contract]
	supplier, supervisor := w.parties(r)
	return map[string]any{
		"projectCode": w.p.Code, "deptId": w.p.DeptID, "packageNo": strconv.Itoa(contract + 1), "contractNo": contractNo(r, "no"),
		"contractTotal": r.money("amount").Decimal(), "awardTotal": r.money("award").Decimal(), "signedOn": r.text("signedOn"),
		"supplierOrg": supplier, "supervisorOrg": supervisor,
	}
}

// start begins a case; the unit is its applicant, the organisations its parties.
func (w *writing) start(model, key string, vars map[string]any) error {
	a := models.Acting{Person: models.System, At: w.a.At, BusinessDate: models.DateOf(w.a.At), Reason: w.a.Reason, Event: w.a.Event}
	root, entry, err := process.Begin(w.tx, a, process.Beginning{
		Process: model, BusinessKey: key, Project: w.p.Code, Dept: w.p.DeptID, Variables: models.JSONOf(vars),
	})
	if err != nil {
		return err
	}
	for role, unit := range map[string]any{process.PartySupplier: vars["supplierOrg"], process.PartySupervisor: vars["supervisorOrg"]} {
		if unit == "" {
			continue
		}
		p := process.CaseParty{Root: root, Role: role, Unit: unit.(string), Source: entry, ValidFrom: w.a.At}
		if err := process.KeepParty(w.tx, p); err != nil {
			return err
		}
	}
	return nil
}
