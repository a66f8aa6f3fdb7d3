package commands

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/texts"
)

// paper issues a numbered paper about a project: facts that the cause knows, and
// what the books say about the project (domain terms in models/papers/vocabulary.yaml).
func (c Call) paper(
	tx *gorm.DB, a models.Acting, kind string, p books.Project, title string, facts map[string]any,
) (papers.Document, error) {
	all := map[string]any{}
	gather := []func(*gorm.DB, books.Project, map[string]any) error{c.houseFacts, projectFacts, sheetFacts, reviewFacts}
	for _, g := range gather {
		if err := g(tx, p, all); err != nil {
			return papers.Document{}, err
		}
	}
	for name, v := range facts {
		all[name] = v
	}
	return papers.Issue(tx, a, kind, p.Code, title, all)
}

// houseFacts name the unit that serves as the bureau.
func (c Call) houseFacts(tx *gorm.DB, _ books.Project, all map[string]any) error {
	house, err := office.ServingName(tx, "bureau", c.Acting.At)
	all["house"] = map[string]any{"name": house}
	return err
}

func projectFacts(tx *gorm.DB, p books.Project, all map[string]any) error {
	unit, err := office.DeptName(tx, p.DeptID)
	if err != nil {
		return err
	}
	var form struct {
		Leader   string `json:"leader"`
		Start    string `json:"plannedStart"`
		End      string `json:"plannedEnd"`
		LetterNo string `json:"letterNo"`
		Funding  []struct {
			Type   string       `json:"type"`
			Year   any          `json:"year"`
			Amount models.Money `json:"amount"`
		} `json:"funding"`
	}
	if err := p.Form.Into(&form); err != nil {
		return fmt.Errorf("form of %s: %w", p.Code, err)
	}
	mlps := ""
	if p.MlpsLevel > 0 {
		mlps = []string{"", "一级", "二级", "三级", "四级", "五级"}[min(p.MlpsLevel, 5)]
	}
	all["project"] = map[string]any{
		"code": p.Code, "name": p.Name, "unit": unit, "unitId": p.DeptID, "type": p.Type, "mlps": mlps, "leader": form.Leader,
		"start": form.Start, "end": form.End, "previous": string(p.PreviousProject),
	}
	all["app"] = map[string]any{
		"revision": p.RevisionNo, "submittedOn": p.SubmittedOn, "receivedOn": p.SubmittedOn, "acceptedOn": p.AcceptedOn,
		"letterNo": form.LetterNo,
	}
	funding := []any{}
	for _, f := range form.Funding {
		funding = append(funding, map[string]any{"type": f.Type, "amount": f.Amount})
	}
	if len(funding) == 0 {
		funding = append(funding, map[string]any{"type": "县级财政"})
	}
	all["funding"] = funding
	return nil
}

// reasonText is a reason of a cut in the words of papers.
func reasonText(code, capability string) string {
	if code == "" {
		return ""
	}
	s := texts.Text(texts.Chinese, "cutReason."+code, nil)
	if capability != "" {
		s += "（" + capability + "）"
	}
	return s
}

// reasonsText are the reasons of a cut line, the capability beside the one that reuses it.
func reasonsText(l books.LineView) string {
	all := []string{}
	for _, code := range []string{l.Reason, l.SecondReason} {
		switch {
		case code == "REUSE":
			all = append(all, reasonText(code, l.Capability))
		case code != "":
			all = append(all, reasonText(code, ""))
		}
	}
	return strings.Join(all, "、")
}

// sheetFacts are the lines as the sheet has them, and their sums.
func sheetFacts(tx *gorm.DB, p books.Project, all map[string]any) error {
	s, err := books.CurrentSheet(tx, p.Code)
	if err != nil {
		return err
	}
	lines, kept := []any{}, 0
	replies := []any{}
	for _, l := range s.Lines {
		reviewed, cut := l.Declared, models.Money{}
		if l.Reviewed != nil {
			reviewed, cut = *l.Reviewed, *l.Cut
		}
		if reviewed.Sign() > 0 {
			kept++
		}
		lines = append(lines, map[string]any{
			"no": l.LineNo, "category": l.Category, "name": l.Name, "spec": l.Spec, "unit": l.Unit, "qty": l.Qty, "price": l.UnitPrice,
			"declared": l.Declared,
			"reviewed": reviewed, "cut": cut, "reason": reasonsText(l), "capability": l.Capability,
			"basis":  l.Basis,
			"remark": l.Remark,
		})
		if o := l.Objection; o != nil {
			replies = append(
				replies,
				map[string]any{
					"lineNo": l.LineNo, "verdict": "异议", "text": o.Text, "answer": o.Reply, "outcome": objectionOutcome[o.Outcome],
				},
			)
		}
	}
	byReason := []any{}
	for _, r := range s.ByReason {
		if r.Amount.Sign() > 0 {
			byReason = append(byReason, map[string]any{"reason": reasonText(r.Reason, ""), "n": r.Lines, "cut": r.Amount})
		}
	}
	reviewed := s.Reviewed
	if s.Round == 0 {
		reviewed = s.Declared
	}
	all["lines"], all["consult"] = lines, map[string]any{"replies": replies}
	all["totals"] = map[string]any{
		"declared": s.Declared, "reviewed": reviewed, "cut": s.Cut, "rows": len(lines), "kept": kept, "byReason": byReason,
	}
	return nil
}

var objectionOutcome = map[string]string{"uphold": "维持", "partly": "部分采纳", "withdraw": "采纳"}

// reviewFacts are what the experts concluded, and the opinion that was issued.
func reviewFacts(tx *gorm.DB, p books.Project, all map[string]any) error {
	var opinions []books.ExpertOpinion
	err := tx.Where("project = ? AND cycle = (SELECT MAX(cycle) FROM expert_opinion WHERE project = ?)", p.Code, p.Code).
		Find(&opinions).
		Error
	if err != nil {
		return fmt.Errorf("opinions on %s: %w", p.Code, err)
	}
	yes := 0
	for _, o := range opinions {
		if o.Overall != "fail" {
			yes++
		}
	}
	all["group"] = map[string]any{"experts": len(opinions), "yes": yes, "no": len(opinions) - yes}
	d, err := lastDocument(tx, p.Code, "审查意见书")
	all["review"] = map[string]any{"no": string(d.DocNo), "date": d.Dated}
	return err
}

// chains are how papers say who examined an approval of a level (rule B06).
var chains = map[int]string{1: "经局长办公会议研究", 2: "经联合审查", 3: "经联合审查并报县政府分管领导审定", 4: "经联合审查并报县政府常务会议研究同意"}

// approvalFacts say how an approval came about.
func (c Call) approvalFacts(tx *gorm.DB, p books.Project) (map[string]any, error) {
	level := c.number("approvalLevel")
	chain, ok := chains[level]
	if !ok {
		chain = "经审查"
	}
	out := map[string]any{"chain": chain}
	if level > 0 {
		out["level"] = "L" + strconv.Itoa(level)
	}
	var rows []books.Record
	err := tx.Where("project = ? AND kind = ?", p.Code, "approval.meeting").Order("id DESC").Limit(1).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return out, err
	}
	var meeting struct {
		No   string `json:"meetingNo"`
		Date string `json:"meetingDate"`
	}
	if err := rows[0].Data.Into(&meeting); err != nil {
		return nil, fmt.Errorf("meeting on %s: %w", p.Code, err)
	}
	out["meetingNo"], out["meetingDate"] = meeting.No, meeting.Date
	return out, nil
}

// conditions are those under which the approval holds, as the process has them
// in its variable conditions: texts, or {text, gate, dueOn}. Blank ones are none.
func (c Call) conditions() []any {
	list, _ := c.Vars["conditions"].([]any)
	out := []any{}
	for _, x := range list {
		row := map[string]any{}
		switch x := x.(type) {
		case string:
			row["text"] = x
		case map[string]any:
			row["text"], row["gate"], row["dueOn"] = x["text"], x["gate"], x["dueOn"]
		}
		text, _ := row["text"].(string)
		if text = strings.TrimRight(strings.TrimSpace(text), "。；"); text == "" {
			continue
		}
		row["no"], row["text"] = len(out)+1, text
		out = append(out, row)
	}
	return out
}

// verdicts are operations that sign, in the words of papers.
var verdicts = map[string]string{"agree": "同意", "disagree": "不同意", "abstain": "弃权", "complete": "办理", "reject": "不同意"}

// signatures are the opinions by which the approval was signed, oldest first.
func (c Call) signatures(tx *gorm.DB) ([]any, error) {
	acts, err := process.ActsOf(tx, c.Root)
	if err != nil {
		return nil, err
	}
	var about []int64
	if err := tx.Model(&process.Task{}).Where("root = ? AND about = ?", c.Root, "approval").Pluck("key", &about).Error; err != nil {
		return nil, fmt.Errorf("tasks of the approval: %w", err)
	}
	out := []any{}
	for _, a := range acts {
		if a.Void || verdicts[a.Operation] == "" || !slices.Contains(about, a.Task) {
			continue
		}
		name, err := office.PersonName(tx, a.Person)
		if err != nil {
			return nil, err
		}
		if a.Principal != "" && a.Principal != a.Person { // a deputy signs with both names (domain/papers.md §1)
			principal, err := office.PersonName(tx, a.Principal)
			if err != nil {
				return nil, err
			}
			name += "（代" + principal + "）"
		}
		on := a.BusinessDate
		if on == "" {
			on = models.DateOf(a.At)
		}
		out = append(
			out, map[string]any{"step": a.TaskName, "signer": name, "verdict": verdicts[a.Operation], "opinion": a.Opinion, "on": on},
		)
	}
	return out, nil
}
