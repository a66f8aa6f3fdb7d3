package commands

import (
	"errors"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"contract.draft":      contractDraft,
	"contract.sign":       contractSign,
	"contract.milestones": contractMilestones,
})

// These follow from a partner's fact or from a clock, never from what somebody previews.
var _ = register(map[string]Func{
	"contract.mirror": contractMirror,
	"clock.breach":    clockBreach,
})

// termRow is a submitted payment term.
type termRow struct {
	Name      string `json:"name"`
	Condition string `json:"condition"`
	Ratio     amount `json:"ratio"`
	Amount    amount `json:"amount"`
}

// contractDraft drafts the contract: at most what was awarded (C14), with terms that make a whole.
func contractDraft(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		ContractNo string `json:"contractNo"`
		Title      string `json:"title"`
		Supplier   struct {
			Name string `json:"name"`
			Uscc string `json:"uscc"`
		} `json:"supplier"`
		Amount         amount    `json:"amount"`
		Start          string    `json:"start"`
		End            string    `json:"end"`
		PaymentTerms   []termRow `json:"paymentTerms"`
		WarrantyMonths amount    `json:"warrantyMonths"`
		clauses
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	if err := books.Unblocked(tx, p.Code, books.BlockContract); err != nil {
		return nil, nil, err
	}
	award, err := books.Procurement(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	k := books.Contract{
		ContractNo: books.ContractKey(f.text("/contractNo", in.ContractNo)), Project: p.Code, State: books.ContractDraft,
		Title: f.text(
			"/title", in.Title,
		), Supplier: f.text("/supplier/name", in.Supplier.Name), Uscc: f.text("/supplier/uscc", in.Supplier.Uscc),
		Amount: f.money("/amount", in.Amount), Starts: f.optionalDate("/start", in.Start), Ends: f.optionalDate("/end", in.End),
	}
	if in.WarrantyMonths != "" {
		k.WarrantyMonths = int(f.number("/warrantyMonths", in.WarrantyMonths, 0, 120).IntPart())
	}
	if k.Starts != "" && k.Ends != "" && k.Ends < k.Starts {
		f.Field("/end", "end-before-start")
	}
	switch {
	case Point(c.Headers) != "": // C13 and C14 are the point's
		if err := f.forPackage(tx, c, &k, in.clauses); err != nil {
			return nil, nil, err
		}
	case k.Amount.Cmp(award.AwardTotal) > 0:
		f.Field("/amount", "contract-above-award", "award", award.AwardTotal.String())
	}
	terms := f.terms(k, in.PaymentTerms)
	if err := errors.Join(f.taken(tx, k), f.blocked(tx, "/supplier/uscc", k.Uscc, c.Acting.On())); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"contractNo": k.ContractNo, "contractTotal": Number(k.Amount)}, func() error { return saveContract(tx, k, terms) }, nil
}

var whole = decimal.NewFromInt(100)

// terms must make 100 % and the contract's amount.
func (f faults) terms(k books.Contract, rows []termRow) []books.ContractTerm {
	var out []books.ContractTerm
	var ratio decimal.Decimal
	var sum models.Money
	names := map[string]bool{}
	for i, r := range rows {
		t := books.ContractTerm{
			ContractNo: k.ContractNo, No: i + 1, Name: f.text(at("paymentTerms", i, "name"), r.Name), Condition: r.Condition,
			Ratio: f.number(at("paymentTerms", i, "ratio"), r.Ratio, 0, 100), Amount: f.money(at("paymentTerms", i, "amount"), r.Amount),
		}
		if names[t.Name] {
			f.Field(at("paymentTerms", i, "name"), "twice", "item", t.Name)
		}
		names[t.Name] = true
		ratio, sum = ratio.Add(t.Ratio), sum.Add(t.Amount)
		out = append(out, t)
	}
	if !ratio.Equal(whole) {
		f.Field("/paymentTerms", "ratios-not-whole", "sum", ratio.String())
	}
	if len(rows) > 0 && sum.Cmp(k.Amount) != 0 {
		f.Field("/paymentTerms", "terms-differ", "sum", sum.String(), "amount", k.Amount.String())
	}
	return out
}

// blocked refuses a supplier that the county does not contract with for a while.
func (f faults) blocked(tx *gorm.DB, pointer, uscc string, on models.Date) error {
	b, err := office.BlockedOn(tx, uscc, on)
	if err == nil && b.Uscc != "" {
		f.Field(pointer, "supplier-blocked", "name", b.Name, "until", string(b.Until))
	}
	return err
}

// taken refuses a number that another project's contract has, or a signed one.
func (f faults) taken(tx *gorm.DB, k books.Contract) error {
	var n int64
	err := tx.Model(&books.Contract{}).
		Where("contract_no = ? AND (project <> ? OR state = ?)", k.ContractNo, k.Project, books.ContractSigned).
		Count(&n).
		Error
	if err != nil {
		return fmt.Errorf("contract %s: %w", k.ContractNo, err)
	}
	if n == 0 { // the draft of another package
		err = tx.Model(&books.Contract{}).
			Where("contract_no = ? AND project = ? AND package <> ?", k.ContractNo, k.Project, k.Package).
			Count(&n).
			Error
		if err != nil {
			return fmt.Errorf("contract %s: %w", k.ContractNo, err)
		}
	}
	if n > 0 {
		f.Field("/contractNo", "contract-no-taken")
	}
	return nil
}

// saveContract replaces the package's draft.
func saveContract(tx *gorm.DB, k books.Contract, terms []books.ContractTerm) error {
	if err := dropDraft(tx, k.Project, k.Package); err != nil {
		return err
	}
	if err := tx.Create(&k).Error; err != nil {
		return fmt.Errorf("contract %s: %w", k.ContractNo, err)
	}
	if err := tx.Create(&terms).Error; err != nil {
		return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
	}
	return nil
}

// dropDraft deletes what was drafted for a package.
func dropDraft(tx *gorm.DB, project, pack string) error {
	mine := []string{pack, ""} // a draft of a former release names no package
	drafts := tx.Model(&books.Contract{}).
		Select("contract_no").
		Where("project = ? AND package IN ? AND state = ?", project, mine, books.ContractDraft)
	if err := tx.Where("contract_no IN (?)", drafts).Delete(&books.ContractTerm{}).Error; err != nil {
		return fmt.Errorf("draft of %s: %w", project, err)
	}
	if err := tx.Where("project = ? AND package IN ? AND state = ?", project, mine,
		books.ContractDraft).Delete(&books.Contract{}).Error; err != nil {
		return fmt.Errorf("draft of %s: %w", project, err)
	}
	return nil
}

// contractSign registers the signature of the draft.
func contractSign(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		SignedOn  string   `json:"signedOn"`
		Documents []string `json:"documents"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, err := c.project(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	on := f.date("/signedOn", in.SignedOn)
	if on > models.DateOf(c.Acting.At) {
		f.Field("/signedOn", "date-in-future")
	}
	if err := f.documents(tx, "/documents", p.Code, in.Documents); err != nil {
		return nil, nil, err
	}
	if Point(c.Headers) != "" && len(in.Documents) == 0 {
		f.Field("/documents", "signed-file-missing")
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	if _, ok, err := books.ContractOfPackage(tx, p.Code, c.text("packageNo")); err != nil || ok {
		if err == nil {
			err = models.Refuse("contract-signed-already")
		}
		return nil, nil, err
	}
	var k books.Contract
	drafts := tx.Where("project = ? AND package IN ? AND state = ?", p.Code, []string{c.text("packageNo"), ""}, books.ContractDraft).
		Order("package DESC")
	if err := drafts.Limit(1).Take(&k).Error; err != nil {
		return nil, nil, models.Refuse("no-contract-draft")
	}
	if err := f.blocked(tx, "/signedOn", k.Uscc, on); err != nil { // since it was drafted
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	k.State, k.SignedOn, k.Documents = books.ContractSigned, on, models.JSONOf(in.Documents)
	return signed(k), func() error { return signContract(tx, c, p, k) }, nil
}

// signContract brings the signature into the books and tells the procurement bureau.
func signContract(tx *gorm.DB, c Call, p books.Project, k books.Contract) error {
	if err := tx.Save(&k).Error; err != nil {
		return fmt.Errorf("contract %s: %w", k.ContractNo, err)
	}
	e := books.LedgerEntry{
		Kind: books.LedgerContracted, Project: p.Code, Amount: k.Amount, NaturalKey: k.ContractNo, Ref: k.ContractNo,
		BusinessDate: k.SignedOn,
	}
	if err := c.post(tx, e); err != nil {
		return err
	}
	for kind, key := range map[string]string{"contract_no": k.ContractNo, "uscc": k.Uscc} {
		if err := books.Correlate(tx, kind, key, p.Code); err != nil {
			return err
		}
	}
	if err := contracted(tx, c, p, k); err != nil {
		return err
	}
	return sendOut(tx, c, p, "procurement.contract_signed")
}

// contractMirror adopts the contract that the procurement bureau has on record.
func contractMirror(tx *gorm.DB, c Call) (Result, error) {
	p, err := c.project(tx)
	if err != nil {
		return nil, err
	}
	k, ok, err := books.ContractOfPackage(tx, p.Code, c.text("packageNo"))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, models.Refuse("no-signed-contract")
	}
	if err := adoptDraft(tx, k); err != nil {
		return nil, err
	}
	return signed(k), contracted(tx, c, p, k)
}

// adoptDraft gives the terms that we drafted under another number to the
// contract that was signed, and drops the draft.
func adoptDraft(tx *gorm.DB, k books.Contract) error {
	drafts := tx.Model(&books.Contract{}).
		Select("contract_no").
		Where("project = ? AND package IN ? AND state = ?", k.Project, []string{k.Package, ""}, books.ContractDraft)
	var n int64
	if err := tx.Model(&books.ContractTerm{}).Where("contract_no = ?", k.ContractNo).Count(&n).Error; err != nil {
		return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
	}
	if n == 0 {
		if err := tx.Model(&books.ContractTerm{}).Where("contract_no IN (?)", drafts).Update("contract_no",
			k.ContractNo).Error; err != nil {
			return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
		}
	}
	return dropDraft(tx, k.Project, k.Package)
}

// contracted is what follows from a signed contract, whoever told of it.
func contracted(tx *gorm.DB, c Call, p books.Project, k books.Contract) error {
	if err := books.ContractDates(tx, p.Code); err != nil {
		return err
	}
	if !beside(c) {
		if err := books.SetStage(tx, onDayOf(c.Acting, k.SignedOn), &p, books.Contracted); err != nil {
			return err
		}
	}
	return examine(tx, c, p.Code)
}

// signed is what the process learns of a signed contract.
func signed(k books.Contract) Result {
	return Result{"contractNo": k.ContractNo, "contractTotal": Number(k.Amount), "signedOn": string(k.SignedOn)}
}

// contractMilestones fixes milestones and payment plan, and who builds and supervises.
func contractMilestones(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Milestones []struct {
			No       int    `json:"no"`
			Name     string `json:"name"`
			PlanDate string `json:"planDate"`
		} `json:"milestones"`
		Payments []struct {
			Term        string `json:"term"`
			Ratio       amount `json:"ratio"`
			MilestoneNo *int   `json:"milestoneNo"`
		} `json:"payments"`
		SupervisorOrg string `json:"supervisorOrg"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	k, ok, err := books.ContractOfPackage(tx, project, c.text("packageNo"))
	if err != nil || !ok {
		if err == nil {
			err = models.Refuse("no-signed-contract")
		}
		return nil, nil, err
	}
	f := check()
	if len(in.Milestones) == 0 && !beside(c) {
		f.Field("/milestones", "milestones-missing")
	}
	numbers, rows, list := map[int]bool{}, []books.Milestone{}, []any{}
	for i, m := range in.Milestones {
		row := books.Milestone{
			Project: project, No: m.No, Name: f.text(at("milestones", i, "name"), m.Name),
			PlanDate: f.date(at("milestones", i, "planDate"), m.PlanDate), Package: k.Package,
		}
		if numbers[m.No] || m.No < 1 {
			f.Field(at("milestones", i, "no"), "twice", "item", fmt.Sprint(m.No))
		}
		numbers[m.No] = true
		rows = append(rows, row)
		list = append(list, map[string]any{"no": m.No, "name": row.Name, "planDate": string(row.PlanDate)})
	}
	var ratio decimal.Decimal
	var terms []books.ContractTerm
	for i, t := range in.Payments {
		term := books.ContractTerm{
			ContractNo: k.ContractNo, No: i + 1, Name: f.text(at("payments", i, "term"), t.Term),
			Ratio: f.number(at("payments", i, "ratio"), t.Ratio, 0, 100), MilestoneNo: t.MilestoneNo,
		}
		if t.MilestoneNo != nil && !numbers[*t.MilestoneNo] {
			f.Field(at("payments", i, "milestoneNo"), "milestone-unknown", "no", fmt.Sprint(*t.MilestoneNo))
		}
		ratio, terms = ratio.Add(term.Ratio), append(terms, term)
	}
	if !ratio.Equal(whole) {
		f.Field("/payments", "ratios-not-whole", "sum", ratio.String())
	}
	if c.Headers["parties"] == "bound" {
		err = f.bound(tx, c, &k, in.SupervisorOrg)
	} else {
		k.SupplierOrg, k.SupervisorOrg, err = organisations(tx, k)
	}
	if err != nil {
		return nil, nil, err
	}
	if err := f.milestonesFree(tx, project, k.Package, rows); err != nil {
		return nil, nil, err
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"milestones": list, "supplierOrg": k.SupplierOrg, "supervisorOrg": k.SupervisorOrg}, func() error {
		if len(rows) > 0 {
			if err := tx.Create(&rows).Error; err != nil {
				return fmt.Errorf("milestones of %s: %w", project, err)
			}
		}
		if err := planPayments(tx, k, terms); err != nil {
			return err
		}
		if err := tx.Save(&k).Error; err != nil {
			return fmt.Errorf("contract %s: %w", k.ContractNo, err)
		}
		if err := c.keepParty(tx, process.PartySupplier, k.SupplierOrg, ""); err != nil {
			return err
		}
		return c.keepParty(tx, process.PartySupervisor, k.SupervisorOrg, "")
	}, nil
}

// planPayments makes the payment plan the contract's terms. What the draft said
// about a term of the same name stays; amounts of new ones follow from their
// ratio, and the last one takes the rest.
func planPayments(tx *gorm.DB, k books.Contract, terms []books.ContractTerm) error {
	before, err := books.TermsOf(tx, k.ContractNo)
	if err != nil {
		return err
	}
	left := k.Amount
	for i := range terms {
		t := &terms[i]
		t.Amount = models.Yuan(k.Amount.Decimal().Mul(t.Ratio).Div(whole))
		for _, b := range before {
			if b.Name == t.Name {
				t.Condition = b.Condition
				if b.Ratio.Equal(t.Ratio) {
					t.Amount = b.Amount
				}
			}
		}
		if i == len(terms)-1 {
			t.Amount = left
		}
		left = left.Sub(t.Amount)
	}
	if err := tx.Where("contract_no = ?", k.ContractNo).Delete(&books.ContractTerm{}).Error; err != nil {
		return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
	}
	if err := tx.Create(&terms).Error; err != nil {
		return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
	}
	return nil
}

// organisations are the organisations whose people build and supervise: the one
// of the supplier's name, else the first of its kind in the directory.
func organisations(tx *gorm.DB, k books.Contract) (supplier, supervisor string, err error) {
	var depts []office.Dept
	if err := tx.Where("kind IN ?", []string{"supplier", "supervisor"}).Order("id").Find(&depts).Error; err != nil {
		return "", "", fmt.Errorf("organisations: %w", err)
	}
	for _, d := range depts {
		switch {
		case d.Kind == "supplier" && (supplier == "" || strings.EqualFold(d.Name, k.Supplier)):
			supplier = d.ID
		case d.Kind == "supervisor" && supervisor == "":
			supervisor = d.ID
		}
	}
	if supplier == "" || supervisor == "" {
		return "", "", models.Refuse("no-builders")
	}
	return supplier, supervisor, nil
}

// clockBreach records that a statutory clock ran out while nothing had come.
func clockBreach(tx *gorm.DB, c Call) (Result, error) {
	k, ok, err := books.ContractOfPackage(tx, c.text("projectCode"), c.text("packageNo"))
	if err != nil {
		return Result{}, err
	}
	if !ok {
		return Result{}, unsigned(tx, c)
	}
	rule := c.Headers["rule"]
	if rule == "C10" {
		return Result{}, nil // signed: the facts judge it by their own dates
	}
	days, err := c.intParam(rule, "days")
	if err != nil {
		return nil, err
	}
	if done := map[string]models.Date{"C11": k.PublishedOn, "C12": k.FiledOn}[rule]; done != "" {
		return Result{}, nil // the facts judge it by their own dates
	}
	due := c.Workday.After(k.SignedOn, days)
	b := books.Breach{Project: k.Project, Rule: rule, Subject: k.ContractNo, BusinessDate: due}
	return Result{}, books.RecordBreach(tx, c.Acting, b, "no", k.ContractNo, "due", string(due), "on", "")
}

// unsigned records that a package was awarded and has no contract after its time (C10).
func unsigned(tx *gorm.DB, c Call) error {
	if c.Headers["rule"] != "C10" {
		return nil
	}
	v, err := books.Procurement(tx, c.text("projectCode"))
	if err != nil {
		return err
	}
	p := v.Package(c.text("packageNo"))
	if p == nil || p.State != books.ProcAwarded {
		return nil
	}
	days, err := c.intParam("C10", "days")
	if err != nil {
		return err
	}
	due := p.AwardOn.AddDays(days)
	b := books.Breach{Project: v.Project, Rule: "package-unsigned", Subject: p.PackageNo, BusinessDate: due}
	return books.RecordBreach(tx, c.Acting, b, "package", p.PackageNo, "name", p.Name, "due", string(due))
}
