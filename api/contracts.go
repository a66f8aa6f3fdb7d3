package api

import (
	"slices"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

// soon is how many calendar days before its end a statutory clock turns amber.
const soon = 5

// projectPackages is what a project buys. Who has a part in some contracts alone, the
// builders, reads those and what they are paid, not their neighbours'.
func projectPackages(c *call) (any, error) {
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	packages, others, err := books.PackageContracts(c.db(), row.Code)
	if err != nil {
		return nil, err
	}
	money, err := c.committed(row.Project)
	if err != nil {
		return nil, err
	}
	lines, err := books.LineViews(c.db(), row.Code, false)
	if err != nil {
		return nil, err
	}
	out := wire.Packages{Money: money, Items: []wire.PackageRow{}, Others: []wire.Contract{}}
	mine := c.partOf(row.Project)
	for _, p := range packages {
		if mine != nil && (p.Contract == nil || !mine(p.Contract.Contract)) {
			out.Hidden = true
			continue
		}
		w, err := c.packageRow(row.Project, p, lines)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	for _, k := range others {
		if mine != nil && !mine(k.Contract) {
			out.Hidden = true
			continue
		}
		w, err := c.contract(k)
		if err != nil {
			return nil, err
		}
		out.Others = append(out.Others, w)
	}
	if mine != nil { // what the whole project binds is not the builders' business
		out.Money = wire.Committed{
			Approved: "0.00", Issued: "0.00", Contracted: "0.00", Awarded: "0.00", Planned: "0.00", Left: "0.00", Paid: "0.00",
		}
	}
	return out, nil
}

// partOf tells whose contracts a builder may read; nil: the reader sees all.
func (c *call) partOf(p books.Project) func(books.Contract) bool {
	v := c.who.viewer()
	if v == nil || slices.Contains(v.Depts, p.DeptID) {
		return nil
	}
	return func(k books.Contract) bool {
		return k.SupplierOrg != "" && slices.Contains(v.Depts, k.SupplierOrg) ||
			k.SupervisorOrg != "" && slices.Contains(v.Depts, k.SupervisorOrg)
	}
}

func (c *call) committed(p books.Project) (wire.Committed, error) {
	m, err := books.CommitmentOf(c.db(), p.Code)
	if err != nil {
		return wire.Committed{}, err
	}
	totals, err := books.TotalsOf(c.db(), p.Code)
	if err != nil {
		return wire.Committed{}, err
	}
	return wire.Committed{
		Approved: m.Approved.String(), Issued: m.Issued.String(), Contracted: m.Contracted.String(), Awarded: m.Awarded.String(),
		Planned: m.Planned.String(), Left: m.Left().String(), Paid: totals[p.Code].NetPaid().String(),
	}, nil
}

func (c *call) packageRow(project books.Project, p books.PackageContract, lines []books.LineView) (wire.PackageRow, error) {
	w := wire.PackageRow{
		No: p.PackageNo, Name: p.Name, Category: p.Category, Mode: p.Mode, State: p.State, Round: p.Round, Budget: p.Budget.String(),
		LimitPrice: p.LimitPrice.String(),
		Lines:      []wire.PackageLine{}, Failure: p.Failure, FailedOn: string(p.FailedOn), Tasks: []wire.NextTask{},
	}
	for _, no := range p.LineList() {
		l := wire.PackageLine{No: no}
		if i := slices.IndexFunc(lines, func(v books.LineView) bool { return v.LineNo == no }); i >= 0 {
			if l.Name = lines[i].Name; lines[i].Reviewed != nil {
				l.Amount = lines[i].Reviewed.String()
			}
		}
		w.Lines = append(w.Lines, l)
	}
	if p.AwardOn != "" {
		w.Award = awardOf(p.PackageView)
	}
	var err error
	if p.Contract != nil {
		k, err := c.contract(*p.Contract)
		if err != nil {
			return w, err
		}
		w.Contract = &k
	}
	if p.State == books.ProcAwarded && (p.Contract == nil || p.Contract.State != books.ContractSigned) {
		if w.Clock, err = c.clockOf("C10", p.AwardOn, "", false); err != nil {
			return w, err
		}
	}
	if p.State != "" {
		if err := c.awardSteps(&w, project.Code, p.PackageView); err != nil {
			return w, err
		}
	}
	w.Tasks, err = c.tasksOf(project.Code, func(r process.RootState) bool {
		return r.Process == books.PackageProcess && r.BusinessKey == packageKey(project.Code, p.PackageView)
	})
	return w, err
}

func packageKey(project string, p books.PackageView) string {
	return project + "/" + p.PackageNo + "/R" + keyText(int64(p.Round))
}

// tasksOf are the open tasks of those cases of a project that are meant.
func (c *call) tasksOf(project string, meant func(process.RootState) bool) ([]wire.NextTask, error) {
	roots, err := process.OpenBeside(c.db(), project, books.BesideLife...)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := []wire.NextTask{}
	for _, r := range roots {
		if !meant(r) {
			continue
		}
		tasks, err := c.openTasks(d, r.Key)
		if err != nil {
			return nil, err
		}
		out = append(out, tasks...)
	}
	return out, nil
}

func awardOf(p books.PackageView) *wire.Award {
	a := &wire.Award{
		Amount: p.Award.String(), PriceForm: p.PriceForm, Kind: books.AwardSole, NoticeOn: string(p.AwardOn), Winners: []wire.Company{},
	}
	for _, w := range p.Winners {
		a.Winners = append(a.Winners, wire.Company{Name: w.Name, Uscc: w.Uscc})
		if len(w.Members) > 0 {
			a.Kind = books.AwardConsortium
		}
		for _, m := range w.Members {
			a.Winners = append(a.Winners, wire.Company{Name: m.Name, Uscc: m.Uscc})
		}
	}
	switch {
	case len(p.Winners) == 0:
		a.Winners = append(a.Winners, wire.Company{Name: p.Winner, Uscc: p.Uscc})
	case len(p.Winners) > 1 && a.Kind == books.AwardSole:
		a.Kind = books.AwardFramework
	}
	return a
}

func (c *call) contract(v books.ContractView) (wire.Contract, error) {
	k := v.Contract
	w := wire.Contract{
		No: k.ContractNo, Package: k.Package, Title: k.Title, State: k.State, Supplier: wire.Company{Name: k.Supplier, Uscc: k.Uscc},
		Amount: k.Amount.String(), Value: v.Payments.Contract.String(),
		Paid: v.Payments.Paid.String(), Pending: v.Payments.Pending.String(), Remaining: v.Payments.Remaining.String(),
		Starts: string(k.Starts), Ends: string(k.Ends), SignedOn: string(k.SignedOn),
		WarrantyMonths: k.WarrantyMonths, Bond: k.Bond.String(), BondForm: k.BondForm, Sme: k.Sme, PayDays: k.PayDays,
		Ipr: k.Ipr, DataSecurity: k.DataSecurity,
		Deliverables: []string{}, Terms: []wire.ContractTerm{}, Clocks: []wire.LegalClock{}, EndedOn: string(k.EndedOn),
		EndedWhy: k.EndedWhy,
	}
	if k.State == books.ContractDraft {
		w.Value = w.Amount
	}
	if len(k.Members) > 0 {
		if err := k.Members.Into(&w.Members); err != nil {
			return w, err
		}
	}
	if len(k.Deliverables) > 0 {
		if err := k.Deliverables.Into(&w.Deliverables); err != nil {
			return w, err
		}
	}
	for _, t := range v.Terms {
		w.Terms = append(
			w.Terms,
			wire.ContractTerm{
				Name: t.Name, Condition: t.Condition, Ratio: t.Ratio.String(), Amount: t.Amount.String(),
				Asked: v.Payments.Asked(k.ContractNo, t.Name).String(),
			},
		)
	}
	for _, r := range v.Payments.Requests {
		if r.State == books.PaymentDraft {
			continue
		}
		asked := wire.ContractPayment{
			No: r.RequestNo, Term: r.Term, Amount: r.Amount.String(), Applied: r.Applied.String(), Paid: r.Paid.String(), State: r.State,
			On: string(r.BusinessDate),
		}
		if k.Sme && r.Runs() {
			clock, err := c.paymentClock(r.Due(k))
			if err != nil {
				return w, err
			}
			asked.Clock = clock
		}
		w.Requests = append(w.Requests, asked)
	}
	if k.SupervisorOrg != "" {
		d, err := c.directory()
		if err != nil {
			return w, err
		}
		w.Supervisor = d.dept(k.SupervisorOrg)
	}
	return w, c.contractClocks(k, &w)
}

// contractClocks are publication and filing, that run from the signature.
func (c *call) contractClocks(k books.Contract, w *wire.Contract) error {
	if k.SignedOn == "" || k.EndedOn != "" {
		return nil
	}
	for rule, on := range map[string]models.Date{"C11": k.PublishedOn, "C12": k.FiledOn} {
		clock, err := c.clockOf(rule, k.SignedOn, on, true)
		if err != nil {
			return err
		}
		w.Clocks = append(w.Clocks, *clock)
	}
	slices.SortFunc(w.Clocks, func(a, b wire.LegalClock) int { return int(a.Rule[2]) - int(b.Rule[2]) })
	return nil
}

// clockOf is a statutory clock that runs from a day, by the rule pack in force on that day.
func (c *call) clockOf(rule string, from, on models.Date, workdays bool) (*wire.LegalClock, error) {
	days, err := rules.Parameter(c.db(), from, rule, "days")
	if err != nil {
		return nil, err
	}
	due := from.AddDays(int(days.IntPart()))
	if workdays {
		due = c.clocks().Calendar.After(from, int(days.IntPart()))
	}
	return c.clockUntil(rule, from, due, on), nil
}

// paymentClock is until when a small firm is to be paid (E04): the days of the rule, or those agreed up to its most.
func (c *call) paymentClock(d books.PaymentDue) (*wire.LegalClock, error) {
	if d.TermDays == 0 {
		return c.clockOf("E04", d.From, d.PaidOn, false)
	}
	most, err := rules.Parameter(c.db(), d.From, "E04", "most")
	if err != nil {
		return nil, err
	}
	return c.clockUntil("E04", d.From, d.From.AddDays(min(d.TermDays, int(most.IntPart()))), d.PaidOn), nil
}

func (c *call) clockUntil(rule string, from, due, on models.Date) *wire.LegalClock {
	today := models.DateOf(c.now)
	w := &wire.LegalClock{Rule: rule, From: string(from), Due: string(due), On: string(on), Light: green, Left: daysBetween(today, due)}
	switch {
	case on != "" && on <= due:
	case on > due || today > due:
		w.Light = red
	case w.Left <= soon:
		w.Light = amber
	}
	return w
}

// daysBetween counts calendar days; negative when the second day is before the first.
func daysBetween(from, to models.Date) int {
	return int(to.Start().Sub(from.Start()).Hours() / 24)
}
