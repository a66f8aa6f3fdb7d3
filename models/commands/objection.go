package commands

import (
	"fmt"
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/service"
)

var _ = foretold(map[string]Plan{
	"trimming.reply":  trimmingReply,
	"trimming.deemed": trimmingDeemed,
	"trimming.answer": trimmingAnswer,
})

// trimmingReply is the department's answer to the draft: agreement, or objections line by line, once.
func trimmingReply(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Answer     string `json:"answer"`
		Objections []struct {
			LineNo    int      `json:"lineNo"`
			Text      string   `json:"text"`
			Documents []string `json:"documents"`
		} `json:"objections"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	s, current, err := currentLines(tx, project)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	f.oneOf("/answer", in.Answer, "agree", "object")
	if in.Answer == "object" && len(in.Objections) == 0 {
		f.Field("/objections", "objections-missing")
	}
	if in.Answer == "agree" && len(in.Objections) > 0 {
		f.Field("/objections", "objections-with-agreement")
	}
	rows, seen := []books.Objection{}, map[int]bool{}
	for i, o := range in.Objections {
		f.text(at("objections", i, "text"), o.Text)
		if l, ok := current[o.LineNo]; !ok {
			f.Field(at("objections", i, "lineNo"), "line-unknown", "line", fmt.Sprint(o.LineNo))
		} else if l.Cut.Sign() == 0 {
			f.Field(at("objections", i, "lineNo"), "nothing-cut", "line", fmt.Sprint(o.LineNo))
		}
		if seen[o.LineNo] {
			f.Field(at("objections", i, "lineNo"), "twice", "item", fmt.Sprint(o.LineNo))
		}
		seen[o.LineNo] = true
		if err := f.documents(tx, at("objections", i, "documents"), project, o.Documents); err != nil {
			return nil, nil, err
		}
		rows = append(rows, books.Objection{
			Project: project, Round: s.Round, LineNo: o.LineNo, Text: strings.TrimSpace(o.Text), Documents: models.JSONOf(o.Documents),
			Actor: c.Acting.Person, At: c.Acting.At.UTC(),
		})
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	return Result{"deptAnswer": in.Answer, "objectionCount": len(rows)}, func() error {
		if len(rows) > 0 {
			if err := tx.Create(&rows).Error; err != nil {
				if models.IsUnique(err) {
					return models.Refuse("objected-already")
				}
				return fmt.Errorf("objections of %s: %w", project, err)
			}
		}
		return c.record(tx, project)
	}, nil
}

// trimmingDeemed records that silence was consent (rule G06); nobody acted.
func trimmingDeemed(tx *gorm.DB, c Call) (Result, Write, error) {
	c.Acting.Person, c.Acting.Post = models.System, ""
	c.Data = []byte(`{"actor":"SYSTEM(超时)"}`)
	return Result{"deptAnswer": "silent", "objectionCount": 0}, func() error { return c.record(tx, c.text("projectCode")) }, nil
}

// trimmingAnswer is reviewer A's reply to every objection, and what it changes.
func trimmingAnswer(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Replies []reply `json:"replies"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	project := c.text("projectCode")
	s, current, err := currentLines(tx, project)
	if err != nil {
		return nil, nil, err
	}
	var open []books.Objection
	if err := tx.Where("project = ? AND round = ? AND outcome = ''", project, s.Round).Order("line_no").Find(&open).Error; err != nil {
		return nil, nil, fmt.Errorf("objections of %s: %w", project, err)
	}
	capabilities, err := capabilitiesByCode(tx)
	if err != nil {
		return nil, nil, err
	}
	f := check()
	replies := map[int]int{} // line → index
	changes := map[int]books.SheetLine{}
	for i, r := range in.Replies {
		l, ok := current[r.LineNo]
		if !ok || !objected(open, r.LineNo) {
			f.Field(at("replies", i, "lineNo"), "not-objected", "line", fmt.Sprint(r.LineNo))
			continue
		}
		if _, twice := replies[r.LineNo]; twice {
			f.Field(at("replies", i, "lineNo"), "twice", "item", fmt.Sprint(r.LineNo))
		}
		replies[r.LineNo] = i
		changes[r.LineNo] = f.reply(i, r, l, capabilities)
	}
	for _, o := range open {
		if _, ok := replies[o.LineNo]; !ok {
			f.Field("/replies", "objection-unanswered", "line", fmt.Sprint(o.LineNo))
		}
	}
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	r, save, err := planSheet(tx, c, project, books.SheetAnswer, replaced(current, changes))
	if err != nil {
		return nil, nil, err
	}
	return r, func() error {
		now := c.Acting.At.UTC()
		for _, o := range open {
			r := in.Replies[replies[o.LineNo]]
			o.Outcome, o.Reply, o.RepliedBy, o.RepliedAt = r.Outcome, strings.TrimSpace(r.Text), c.Acting.Person, &now
			if err := tx.Save(&o).Error; err != nil {
				return fmt.Errorf("objections of %s: %w", project, err)
			}
		}
		return save()
	}, nil
}

// reply to one objection.
type reply struct {
	LineNo   int    `json:"lineNo"`
	Outcome  string `json:"outcome"`
	Reviewed amount `json:"reviewed"`
	Reason   string `json:"reason"`
	Text     string `json:"text"`
}

// reply checks that outcome and figure say the same: a cut that is upheld stays,
// one that is withdrawn is gone, one that is partly upheld becomes smaller.
func (f faults) reply(i int, r reply, l books.SheetLine, capabilities map[string]service.Capability) books.SheetLine {
	f.text(at("replies", i, "text"), r.Text)
	f.oneOf(at("replies", i, "outcome"), r.Outcome, "uphold", "partly", "withdraw")
	row := sheetRow{LineNo: r.LineNo, Reviewed: r.Reviewed, Reason: r.Reason, CapabilityID: string(l.Capability), Basis: l.Basis}
	if row.Reason == "" && r.Outcome != "withdraw" {
		row.Reason = string(l.Reason)
	}
	if row.Reason == string(l.Reason) {
		row.SecondReason = l.SecondReason
	}
	out := f.sheetLine("replies", i, row, l.Declared, capabilities, false)
	ok := true
	switch r.Outcome {
	case "uphold":
		ok = out.Reviewed.Cmp(l.Reviewed) == 0
	case "partly":
		ok = out.Reviewed.Cmp(l.Reviewed) > 0 && out.Cut.Sign() > 0
	case "withdraw":
		ok = out.Cut.Sign() == 0
	}
	if !ok {
		f.Field(at("replies", i, "reviewed"), "outcome-differs", "outcome", r.Outcome)
	}
	return out
}

func objected(open []books.Objection, line int) bool {
	for _, o := range open {
		if o.LineNo == line {
			return true
		}
	}
	return false
}
