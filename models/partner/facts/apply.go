package facts

import (
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// post appends the ledger entry of a fact.
func (p posting) post(kind books.LedgerKind, amount models.Money, key, ref string) error {
	return books.PostEntry(p.tx, p.acting, books.LedgerEntry{
		Kind: kind, Project: p.p.Code, Amount: amount, NaturalKey: key, Source: p.acting.Event, Ref: ref, BusinessDate: p.fact.BusinessDate,
	})
}

func budgetIssued(p posting) error {
	i := books.Indicator{
		BgtID: p.data.Text(
			"bgt_id",
		), Project: p.p.Code, ProCode: p.data.Text("pro_code"), DocNo: p.data.Text("cor_bgt_doc_no"), DocDate: p.data.Date("doc_date"),
		FiscalYear: p.data.Text("fiscal_year"), FundType: p.data.Text("fund_type_code"), Amount: *p.amount,
	}
	if err := p.tx.Create(&i).Error; err != nil {
		return err
	}
	ref := i.DocNo
	if ref == "" {
		ref = i.BgtID
	}
	return p.post(books.LedgerIssued, *p.amount, i.BgtID, ref)
}

// budgetChanged is an adjustment or a reclaim: a row of its own, never an edit.
func budgetChanged(sign int) func(posting) error {
	return func(p posting) error {
		m := *p.amount
		if sign < 0 {
			m = m.Neg()
		}
		return p.post(books.LedgerIssued, m, p.fact.EventType+"/"+p.fact.NaturalKey, p.data.Text("bgt_id"))
	}
}

func settle(p posting) error { return books.SettlePayments(p.tx, p.p.Code) }

func paid(p posting) error {
	if err := p.late(); err != nil {
		return err
	}
	if err := p.post(books.LedgerPaid, *p.amount, p.fact.NaturalKey, p.data.Text("pay_cert_no")); err != nil {
		return err
	}
	return settle(p)
}

func refunded(p posting) error {
	if err := p.late(); err != nil {
		return err
	}
	if err := p.post(books.LedgerRefunded, *p.amount, p.fact.NaturalKey, p.data.Text("pay_cert_no")); err != nil {
		return err
	}
	return settle(p)
}

// late marks money that moved after the project was over (FT18): the stage
// stays, the books and the archive's appendix do not match any more.
func (p posting) late() error {
	if p.p.Stage != books.Archived && !p.p.Stage.Closed() {
		return nil
	}
	b := books.Breach{
		Project: p.p.Code, Rule: "money-after-end", Subject: p.fact.EventType + "/" + p.fact.NaturalKey, BusinessDate: p.fact.BusinessDate,
	}
	return books.RecordBreach(p.tx, p.acting, b, "no", p.fact.NaturalKey, "amount", p.amount.String())
}

// warn records what a fact itself means for the project.
func warn(rule, blocks, field string) func(posting) error {
	return func(p posting) error {
		b := books.Breach{Project: p.p.Code, Rule: rule, Subject: p.fact.NaturalKey, Blocks: blocks, BusinessDate: p.fact.BusinessDate}
		return books.RecordBreach(p.tx, p.acting, b, "no", p.data.Text(field))
	}
}

// contractSigned adopts the bureau's record: our draft of that number becomes
// signed, or a contract that we did not know begins.
func contractSigned(p posting) error {
	no := books.ContractKey(p.data.Text("contract_no"))
	var rows []books.Contract
	if err := p.tx.Where("contract_no = ?", no).Find(&rows).Error; err != nil {
		return err
	}
	c := books.Contract{ContractNo: no, Project: p.p.Code, Title: p.p.Name}
	if len(rows) > 0 {
		c = rows[0]
	}
	if c.State == books.ContractSigned {
		return p.sameContract(c)
	}
	if c.Package == "" {
		var err error
		if c.Package, err = p.packageNo(); err != nil {
			return err
		}
	}
	if name, uscc := p.data.Party("supplier"); name != "" {
		c.Supplier, c.Uscc = name, uscc
	}
	c.Amount, c.State, c.SignedOn = *p.amount, books.ContractSigned, p.fact.BusinessDate
	if err := p.tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&c).Error; err != nil {
		return err
	}
	if err := p.post(books.LedgerContracted, c.Amount, no, no); err != nil {
		return err
	}
	if c.Uscc != "" {
		if err := books.Correlate(p.tx, "uscc", c.Uscc, p.p.Code); err != nil {
			return err
		}
	}
	return contractDates(p)
}

// sameContract compares the bureau's record with the contract that we registered.
func (p posting) sameContract(c books.Contract) error {
	if c.Amount.Cmp(*p.amount) == 0 {
		return nil
	}
	b := books.Breach{Project: c.Project, Rule: "amount-differs", Subject: p.fact.EventType + "/ours/" + c.ContractNo}
	return books.RecordBreach(p.tx, p.acting, b, "no", c.ContractNo, "first", c.Amount.String(), "second", p.amount.String())
}

func contractDates(p posting) error { return books.ContractDates(p.tx, p.p.Code) }

// contractChanged is a change that the bureau has on record. One that we adopted
// and told it of comes back: it is noted, once. Any other counts, stands beside what we decided
// ourselves, so that C15 sees them all, and becomes work of the unit.
func contractChanged(p posting) error {
	no := books.ContractKey(p.data.Text("contract_no"))
	if own, err := books.ToldChange(p.tx, p.p.Code, no, *p.amount); err != nil || own != nil {
		if own != nil {
			err = books.ChangeTold(p.tx, own.No, p.fact.NaturalKey)
		}
		return err
	}
	if err := p.post(books.LedgerContracted, *p.amount, p.fact.EventType+"/"+p.fact.NaturalKey, no); err != nil {
		return err
	}
	k, ok, err := p.contract(no)
	if err != nil || !ok {
		return err
	}
	change := books.ContractChange{
		Kind: "supplement", Delta: *p.amount, SameSubject: true, ChangedOn: p.fact.BusinessDate, Source: p.acting.Event,
	}
	if change.Delta.Sign() < 0 {
		change.Kind = "reduction"
	}
	if _, err = books.AddContractChange(p.tx, k, change); err != nil {
		return err
	}
	work := books.ChangeRequest{
		Project: p.p.Code, ContractNo: no, Origin: books.ChangeOfBureau, Delta: *p.amount, Reason: p.data.Text("reason"), SameSubject: true,
		Fact: p.fact.NaturalKey,
	}
	return books.NewChange(p.tx, p.acting, &work)
}

// contractTerminated ends a contract that the bureau has on record as ended. What
// was paid stays; nothing more is paid until a person has settled it.
func contractTerminated(p posting) error {
	if err := warn("contract-terminated", books.BlockPayment, "contract_no")(p); err != nil {
		return err
	}
	k, ok, err := p.contract(books.ContractKey(p.data.Text("contract_no")))
	if err != nil || !ok || k.EndedOn != "" {
		return err
	}
	change := books.ContractChange{Kind: "termination", SameSubject: true, ChangedOn: p.fact.BusinessDate, Source: p.acting.Event}
	_, err = books.AddContractChange(p.tx, k, change)
	return err
}

// contract of a number in this project.
func (p posting) contract(no string) (k books.Contract, ok bool, err error) {
	var rows []books.Contract
	if err := p.tx.Where("contract_no = ? AND project = ?", no, p.p.Code).Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return k, false, err
	}
	return rows[0], true, nil
}

// awards keeps packages and awards beside the facts that they are folded from.
func awards(p posting) error { return books.KeepAwards(p.tx, p.p.Code) }

// packageNo is the package that a fact of the procurement bureau is about: the one
// that it names, or the only one that was awarded and has no contract; "" when that cannot be told.
func (p posting) packageNo() (string, error) { return books.PackageOf(p.tx, p.p.Code, p.data) }
