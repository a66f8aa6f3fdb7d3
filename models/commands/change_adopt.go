package commands

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"change.trim":    changeTrim,
	"change.approve": changeApprove,
	"change.money":   changeMoney,
	"change.adopt":   changeAdopt,
	"change.file":    changeFile,
})

// changeTrim is what reviewer A leaves of the lines of a change that is approved
// anew: at most what was asked for, and each cut with its reason (P4).
func changeTrim(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Lines []struct {
			No       amount `json:"no"` // place in the request, from 1
			Approved amount `json:"approved"`
			Reason   string `json:"reason"`
		} `json:"lines"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	lines, err := r.LineRows()
	if err != nil {
		return nil, nil, err
	}
	f := check()
	seen := map[int]bool{}
	for i, row := range in.Lines {
		no := int(f.number(at("lines", i, "no"), row.No, 1, 10000).IntPart())
		if no < 1 || no > len(lines) {
			f.Field(at("lines", i, "no"), "line-unknown", "line", string(row.No))
			continue
		}
		if seen[no] {
			f.Field(at("lines", i, "no"), "twice", "item", string(row.No))
		}
		seen[no] = true
		l := &lines[no-1]
		m := f.money(at("lines", i, "approved"), row.Approved)
		l.Approved, l.Reason = &m, row.Reason
		cut := l.New.Sub(m).Sign()
		switch {
		case cut < 0:
			f.Field(at("lines", i, "approved"), "approved-above-asked", "asked", l.New.String())
		case cut > 0:
			f.oneOf(at("lines", i, "reason"), row.Reason, models.CutReasons...)
		case row.Reason != "":
			f.Field(at("lines", i, "reason"), "reason-without-cut")
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	if len(lines) > 0 && r.Origin == books.ChangeOfUnit { // the bureau's record is what it is
		r.Delta = models.Money{}
		for _, l := range lines {
			r.Delta = r.Delta.Add(l.Settled().Sub(l.Old))
		}
	}
	r.Lines = models.JSONOf(lines)
	now, err := books.CommitmentOf(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	bound := now.Bound()
	if r.Origin == books.ChangeOfUnit {
		bound = bound.Add(r.Delta)
	}
	if r.Grown = (models.Money{}); r.Delta.Sign() > 0 &&
		bound.Cmp(now.Approved) > 0 { // what is within the approved total needs no more of it
		r.Grown = r.Delta
	}
	total := now.Approved.Add(r.Grown)
	return Result{
		"changeDelta": Number(r.Delta), "reviewedTotal": Number(total),
	}, func() error { return books.SaveChange(tx, c.Acting, &r) }, nil
}

// changeApprove brings what was approved anew into the books, and tells finance (P5).
func changeApprove(tx *gorm.DB, c Call) (Result, Write, error) {
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	now, err := books.CommitmentOf(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	return Result{"approvedTotal": Number(now.Approved.Add(r.Grown))}, func() error {
		r.State, r.DecidedOn = books.ChangeApproved, c.Acting.On()
		if r.DocNo, err = changeNumber(tx, c, r); err != nil {
			return err
		}
		if r.Grown.Sign() > 0 {
			if err := c.post(tx, books.LedgerEntry{Kind: books.LedgerApproved, Project: p.Code, Amount: r.Grown, NaturalKey: r.No,
				Ref: r.DocNo}); err != nil {
				return err
			}
		}
		if err := books.SaveChange(tx, c.Acting, &r); err != nil {
			return err
		}
		return sendOut(tx, c, p, "project.changed")
	}, nil
}

// changeMoney looks into the books whether finance has issued what the change needs, or refused to.
func changeMoney(tx *gorm.DB, c Call) (Result, Write, error) {
	if err := c.decidable("partner.remind"); err != nil {
		return nil, nil, err
	}
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	now, err := books.CommitmentOf(tx, p.Code)
	if err != nil {
		return nil, nil, err
	}
	bound := now.Bound()
	if r.Origin == books.ChangeOfUnit {
		bound = bound.Add(r.Delta)
	}
	state := "WAITING"
	if bound.Cmp(now.Issued) <= 0 {
		state = "ENOUGH"
	} else if refused, err := refusedSince(tx, p.Code, r); err != nil {
		return nil, nil, err
	} else if refused {
		state = "REJECTED"
	}
	return Result{"changeMoney": state, "issuedTotal": Number(now.Issued)}, nil, nil
}

// refusedSince reports whether finance refused after the change was approved.
func refusedSince(tx *gorm.DB, project string, r books.ChangeRequest) (bool, error) {
	facts, err := books.FactsOf(tx, project, "budget.rejected")
	for _, f := range facts {
		if f.PostedAt.After(r.At) {
			return true, err
		}
	}
	return false, err
}

// changeAdopt puts a change in force: the contract binds it, the plan has its
// days, and a new baseline says so. Both bureaus are told.
func changeAdopt(tx *gorm.DB, c Call) (Result, Write, error) {
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	k, err := changedContract(tx, r) // decided before the final acceptance, it holds though money came later
	if err != nil {
		return nil, nil, err
	}
	if r.Supplier != "" {
		if k.SupplierOrg, err = organisation(tx, "supplier", "uscc = ?", r.Uscc); err != nil {
			return nil, nil, err
		}
		if k.SupplierOrg == "" {
			return nil, nil, models.Refuse("supplier-not-in-directory", "supplier", r.Supplier, "uscc", r.Uscc)
		}
	}
	before, err := books.LineAmounts(tx, p.Code, k.ContractNo)
	if err != nil {
		return nil, nil, err
	}
	return Result{"changeState": books.ChangeAdopted}, func() error {
		if err := firstBaseline(tx, c, k, r, before); err != nil {
			return err
		}
		if err := adoptMoney(tx, c, k, r); err != nil {
			return err
		}
		if err := adoptPlan(tx, c, &k, r); err != nil {
			return err
		}
		return adopted(tx, c, p, k, r, before)
	}, nil
}

// firstBaseline keeps what was contracted, before the first change of the project.
func firstBaseline(tx *gorm.DB, c Call, k books.Contract, r books.ChangeRequest, lines map[int]models.Money) error {
	all, err := books.Baselines(tx, k.Project)
	if err != nil || slices.ContainsFunc(all, func(b books.Baseline) bool { return b.ContractNo == k.ContractNo }) {
		return err
	}
	rows, err := r.LineRows()
	if err != nil {
		return err
	}
	for _, l := range rows {
		if l.LineNo > 0 {
			lines[l.LineNo] = l.Old
		}
	}
	_, err = books.AddBaseline(tx, c.Acting, k, "", lines)
	return err
}

// adoptMoney lets the contract bind the change. What the bureau told stands in the ledger already.
func adoptMoney(tx *gorm.DB, c Call, k books.Contract, r books.ChangeRequest) error {
	if r.Delta.Sign() == 0 {
		return nil
	}
	if r.Origin == books.ChangeOfUnit {
		change := books.ContractChange{
			Kind: "supplement", Delta: r.Delta, SameSubject: r.SameSubject, ChangedOn: c.Acting.On(), Source: r.No,
		}
		if r.Delta.Sign() < 0 {
			change.Kind = "reduction"
		}
		if _, err := books.AddContractChange(tx, k, change); err != nil {
			return err
		}
		e := books.LedgerEntry{
			Kind: books.LedgerContracted, Project: k.Project, Amount: r.Delta, NaturalKey: k.ContractNo + "/" + r.No, Ref: k.ContractNo,
		}
		if err := c.post(tx, e); err != nil {
			return err
		}
	}
	return changeTerms(tx, k, r)
}

// changeTerms keeps the payment terms the sum of what the contract binds: a
// supplement is a term of its own, due with the final acceptance; a reduction
// comes off what has not been asked for, the last term first.
func changeTerms(tx *gorm.DB, k books.Contract, r books.ChangeRequest) error {
	terms, err := books.TermsOf(tx, k.ContractNo)
	if err != nil || len(terms) == 0 {
		return err
	}
	if r.Delta.Sign() > 0 {
		t := books.ContractTerm{
			ContractNo: k.ContractNo, No: terms[len(terms)-1].No + 1, Name: "变更 " + r.No, Condition: "final", Amount: r.Delta,
		}
		if err := tx.Create(&t).Error; err != nil {
			return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
		}
		return nil
	}
	v, err := books.PaymentsOf(tx, k.Project, k.ContractNo)
	if err != nil {
		return err
	}
	left := r.Delta.Neg()
	for _, t := range slices.Backward(terms) {
		free := t.Amount.Sub(v.Asked(k.ContractNo, t.Name))
		if free.Cmp(left) > 0 {
			free = left
		}
		if free.Sign() <= 0 {
			continue
		}
		left = left.Sub(free)
		if err := tx.Model(&books.ContractTerm{}).Where("contract_no = ? AND no = ?", k.ContractNo, t.No).Update("amount",
			t.Amount.Sub(free)).Error; err != nil {
			return fmt.Errorf("payment terms of %s: %w", k.ContractNo, err)
		}
	}
	if left.Sign() > 0 && r.Origin == books.ChangeOfUnit {
		return models.Refuse("change-below-paid", "paid", v.Paid.Add(v.Pending).String())
	}
	return nil
}

// adoptPlan moves the end and what is not finished, and hands the contract over.
func adoptPlan(tx *gorm.DB, c Call, k *books.Contract, r books.ChangeRequest) error {
	if r.Supplier != "" {
		k.Supplier, k.Uscc = r.Supplier, r.Uscc
		if err := c.keepParty(tx, process.PartySupplier, k.SupplierOrg, ""); err != nil {
			return err
		}
	}
	if r.Days != 0 {
		if k.Ends != "" {
			k.Ends = k.Ends.AddDays(r.Days)
		}
		var open []books.Milestone
		if err := tx.Where("project = ? AND package IN ? AND passed_on IS NULL", k.Project,
			[]string{k.Package, ""}).Find(&open).Error; err != nil {
			return fmt.Errorf("milestones of %s: %w", k.Project, err)
		}
		for _, m := range open {
			if err := tx.Model(&books.Milestone{}).Where("project = ? AND no = ?", m.Project, m.No).Update("plan_date",
				m.PlanDate.AddDays(r.Days)).Error; err != nil {
				return fmt.Errorf("milestones of %s: %w", k.Project, err)
			}
		}
	}
	if err := tx.Save(k).Error; err != nil {
		return fmt.Errorf("contract %s: %w", k.ContractNo, err)
	}
	return nil
}

// adopted writes the new baseline and tells of it. Work that was begun before is a finding.
func adopted(tx *gorm.DB, c Call, p books.Project, k books.Contract, r books.ChangeRequest, lines map[int]models.Money) error {
	rows, err := r.LineRows()
	if err != nil {
		return err
	}
	for _, l := range rows {
		if l.LineNo > 0 {
			lines[l.LineNo] = l.Settled()
		}
	}
	if r.DocNo == "" {
		if r.DocNo, err = changeNumber(tx, c, r); err != nil {
			return err
		}
	}
	if r.Version, err = books.AddBaseline(tx, c.Acting, k, r.No, lines); err != nil {
		return err
	}
	told := r.State == books.ChangeApproved // finance was told when it was approved
	if r.State = books.ChangeAdopted; r.DecidedOn == "" {
		r.DecidedOn = c.Acting.On()
	}
	if err := books.SaveChange(tx, c.Acting, &r); err != nil {
		return err
	}
	if !told {
		if err := sendOut(tx, c, p, "project.changed"); err != nil {
			return err
		}
	}
	if err := sendTo(tx, c, p, "procurement", "project.changed"); err != nil {
		return err
	}
	if err := begunEarly(tx, c, p, r); err != nil {
		return err
	}
	return examine(tx, c, p.Code)
}

// begunEarly raises a finding about work that was begun before its approval.
func begunEarly(tx *gorm.DB, c Call, p books.Project, r books.ChangeRequest) error {
	if r.BegunOn == "" || r.BegunOn >= r.DecidedOn {
		return nil
	}
	one := books.Rectification{
		Title: "先实施后批准：" + r.No, Description: fmt.Sprintf("变更 %s 于 %s 批准，%s 已先行实施。说明：%s", r.No, r.DecidedOn, r.BegunOn, r.BegunWhy),
		Project: models.Optional(p.Code), OwnerDept: p.DeptID, Severity: "C", Source: "inspection", FoundOn: c.Acting.On(),
	}
	if err := books.NewRectification(tx, c.Acting, &one); err != nil {
		return err
	}
	return process.SendStart(tx, c.Acting, books.RectificationProcess, one.No, p.Code, one.StartVars(p.DeptID))
}

// changeNumber numbers the decision on a change: an approval, or a filing.
func changeNumber(tx *gorm.DB, c Call, r books.ChangeRequest) (string, error) {
	series := "变备"
	if r.Class == books.ClassReapprove {
		series = "变"
	}
	n, err := models.Next(tx, "business_counter", series, c.Acting.On().Year())
	return fmt.Sprintf("县数资%s〔%d〕%d 号", series, c.Acting.On().Year(), n), err
}

// changeFile takes note of what a unit has decided by itself (备案).
func changeFile(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Result  string `json:"result"` // noted, questioned
		Comment string `json:"comment"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	p, r, err := c.change(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/result", in.Result, "noted", "questioned")
	if in.Result == "questioned" {
		f.reason("/comment", in.Comment)
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"changeFiled": in.Result}, func() error {
		r.FiledOn, r.Note = c.Acting.On(), in.Comment
		if err := books.SaveChange(tx, c.Acting, &r); err != nil || in.Result == "noted" {
			return err
		}
		one := books.Rectification{
			Title: "变更备案有疑问：" + r.No, Description: in.Comment, Project: models.Optional(p.Code), OwnerDept: p.DeptID, Severity: "B",
			Source: "inspection", FoundOn: c.Acting.On(),
		}
		if err := books.NewRectification(tx, c.Acting, &one); err != nil {
			return err
		}
		return process.SendStart(tx, c.Acting, books.RectificationProcess, one.No, p.Code, one.StartVars(p.DeptID))
	}, nil
}

// changedData tells what a change does (integration.md §4): once it is approved, and once it is taken back.
func changedData(tx *gorm.DB, c Call, p books.Project) (map[string]any, error) {
	r, err := books.FindChange(tx, c.text("changeNo"))
	if err != nil {
		return nil, err
	}
	totals, err := books.TotalsOf(tx, p.Code)
	if err != nil {
		return nil, err
	}
	delta := r.Delta
	if r.State == books.ChangeRefused || r.State == books.ChangeWithdrawn {
		delta = models.Money{}
	}
	return map[string]any{
		"change_no": r.No, "class": r.Class, "delta": delta.String(), "approved_total": totals[p.Code].Approved.String(),
		"agency_code":   p.DeptID,
		"approved_more": r.Grown.String(), "contract_no": r.ContractNo, "days": r.Days, "doc_no": r.DocNo, "state": r.State,
	}, nil
}
