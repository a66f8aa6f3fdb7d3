package api

import (
	"errors"
	"net/http"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/acts"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/models/rules"
)

// projectChanges are the changes of a project with the limits that they are held
// against, and the baselines that they made.
func projectChanges(c *call) (any, error) {
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	all, err := books.Changes(c.db(), row.Code)
	if err != nil {
		return nil, err
	}
	out := wire.Changes{Items: []wire.Change{}, Baselines: []wire.Baseline{}}
	if out.Money, err = c.committed(row.Project); err != nil {
		return nil, err
	}
	var sum models.Money
	mine := c.partOf(row.Project)
	for _, r := range all {
		if r.State == books.ChangeAdopted {
			if sum = sum.Add(r.Delta); r.Delta.Sign() < 0 { // rule D10 adds them up without signs
				sum = sum.Sub(r.Delta).Sub(r.Delta)
			}
		}
		if seen, err := c.seesContract(mine, r); err != nil || !seen {
			if err != nil {
				return nil, err
			}
			continue
		}
		w, err := c.change(r)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	if err := c.baselines(row.Code, mine, &out); err != nil {
		return nil, err
	}
	out.Cumulative, out.Ratio = sum.String(), share(sum, out.Money.Approved)
	if err := c.limits(&out); err != nil {
		return nil, err
	}
	return out, c.mayBeginChange(row.Project, all, &out)
}

// seesContract reports whether the reader may know of a change: of a builder's, the contract must be his.
func (c *call) seesContract(mine func(books.Contract) bool, r books.ChangeRequest) (bool, error) {
	if mine == nil {
		return true, nil
	}
	var rows []books.Contract
	if err := c.db().Where("contract_no = ?", r.ContractNo).Limit(1).Find(&rows).Error; err != nil {
		return false, err
	}
	return len(rows) == 1 && mine(rows[0]), nil
}

// share of a total in percent, with two decimals.
func share(part models.Money, total string) string {
	whole, err := decimal.NewFromString(total)
	if err != nil || whole.Sign() <= 0 {
		return "0"
	}
	return part.Decimal().Mul(decimal.NewFromInt(100)).DivRound(whole, 2).String()
}

// limits are those of today's rule pack, in percent.
func (c *call) limits(out *wire.Changes) error {
	for _, p := range []struct {
		rule, key string
		to        *string
	}{{"D10", "minor", &out.Minor}, {"D10", "filing", &out.Filing}, {"C15", "share", &out.Supplements}} {
		v, err := rules.Parameter(c.db(), models.DateOf(c.now), p.rule, p.key)
		if err != nil {
			return err
		}
		*p.to = v.Mul(decimal.NewFromInt(100)).String()
	}
	return nil
}

// mayBeginChange says whether the reader may begin a change now, and what is in the way.
func (c *call) mayBeginChange(p books.Project, all []books.ChangeRequest, out *wire.Changes) error {
	why := ""
	for _, r := range all {
		if r.Open() && r.Origin == books.ChangeOfUnit {
			why = c.textOf("change-open", map[string]string{"no": r.No})
		}
	}
	_, signed, err := books.SignedContract(c.db(), p.Code)
	switch {
	case err != nil:
		return err
	case !signed:
		why = c.textOf("no-signed-contract", nil)
	case !p.Stage.Changeable():
		why = c.textOf("not-changeable", nil)
	}
	clerk := false
	for _, id := range c.who.postIDs() {
		clerk = clerk || id == office.PostID("APPLY_CLERK", p.DeptID)
	}
	out.MayBegin, out.Why = clerk && why == "", why
	return nil
}

func (c *call) change(r books.ChangeRequest) (wire.Change, error) {
	w := wire.Change{
		No: r.No, Seq: r.Seq, ContractNo: r.ContractNo, Origin: r.Origin, State: r.State, Kind: r.Kind, Reason: r.Reason,
		Lines: []wire.ChangeLine{}, Persons: []wire.ChangePerson{},
		Delta: r.Delta.String(), Days: r.Days, GoalChanged: r.GoalChanged, BegunOn: string(r.BegunOn), BegunWhy: r.BegunWhy, Class: r.Class,
		Cumulative: r.Cumulative.String(), Ratio: r.Ratio.String(),
		Opinion: r.Opinion, DocNo: r.DocNo, Version: r.Version, AskedOn: string(r.AskedOn), DecidedOn: string(r.DecidedOn),
		FiledOn: string(r.FiledOn), Note: r.Note, Told: r.Fact != "", OpenTasks: []wire.NextTask{},
	}
	lines, err := r.LineRows()
	if err != nil {
		return w, err
	}
	for _, l := range lines {
		x := wire.ChangeLine{LineNo: l.LineNo, Name: l.Name, Note: l.Note, Old: l.Old.String(), New: l.New.String(), Reason: l.Reason}
		if l.Approved != nil {
			x.Approved = l.Approved.String()
		}
		w.Lines = append(w.Lines, x)
	}
	if len(r.Persons) > 0 {
		if err := r.Persons.Into(&w.Persons); err != nil {
			return w, err
		}
	}
	if r.Supplier != "" {
		w.Supplier = &wire.Company{Name: r.Supplier, Uscc: r.Uscc}
	}
	if r.Root == 0 {
		return w, nil
	}
	d, err := c.directory()
	if err != nil {
		return w, err
	}
	if err := d.know(r.AskedBy); err != nil {
		return w, err
	}
	w.AskedBy, w.InstanceKey = d.maybe(r.AskedBy, ""), keyText(r.Root)
	w.OpenTasks, err = c.openTasks(d, r.Root)
	return w, err
}

func (c *call) baselines(project string, mine func(books.Contract) bool, out *wire.Changes) error {
	all, err := books.Baselines(c.db(), project)
	if err != nil || mine != nil { // of the whole project
		return err
	}
	for _, b := range all {
		w := wire.Baseline{
			Version: b.Version, ChangeNo: b.ChangeNo, ContractNo: b.ContractNo, Amount: b.Amount.String(), Approved: b.Approved.String(),
			Ends: string(b.Ends), Supplier: b.Supplier,
			Milestones: []wire.PlanPoint{}, On: string(b.BusinessDate),
		}
		if len(b.Milestones) > 0 {
			if err := b.Milestones.Into(&w.Milestones); err != nil {
				return err
			}
		}
		out.Baselines = append(out.Baselines, w)
	}
	return nil
}

// beginChange begins a change; what it is about is the clerk's first task.
func beginChange(c *call) (any, error) {
	var in wire.ChangeBegin
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	row, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	a, err := c.acting(in.Post, "", "")
	if err != nil {
		return nil, err
	}
	if _, err := process.NewestDefinition(c.db(), books.ChangeProcess); errors.Is(err, process.ErrNotFound) {
		return nil, refuse(http.StatusConflict, "no-change-process")
	}
	answer, err := c.once(func(tx *gorm.DB) (reply, error) {
		p, err := books.FindProject(tx, row.Code)
		if err != nil {
			return reply{}, err
		}
		r, err := acts.BeginChange(tx, a, p, in.ContractNo)
		if err != nil {
			return reply{}, err
		}
		w, err := c.change(r)
		return reply{Status: http.StatusCreated, Body: w}, err
	})
	if err != nil {
		return nil, err
	}
	return c.hurried(answer.(reply), row.Code)
}

// hurried starts the newest change's case, so that its task is there when the page asks.
func (c *call) hurried(r reply, project string) (any, error) {
	all, err := books.Changes(c.db(), project)
	if err != nil || len(all) == 0 {
		return r, err
	}
	last := all[len(all)-1]
	c.hurry(process.StartEntry(books.ChangeProcess, last.No))
	r.Body, err = c.change(last)
	return r, err
}
