package api

import (
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/stuck"
)

// aboutStuck marks tasks that are about a report at the window.
const aboutStuck = "stuck"

// stuckFacts are what a task about a report shows of it: its words, for who acts
// in a case has a part in it, and who came as far as he may know.
func (c *call) stuckFacts(d *directory, no string) ([]wire.Fact, error) {
	r, err := stuck.Find(c.db(), no)
	if err != nil {
		return nil, err
	}
	reason, err := r.Open(c.srv.Cipher, stuck.PartReason)
	if err != nil {
		return nil, err
	}
	citizen := r.Pseudonym
	if c.knowsCitizen(r) {
		citizen = strings.TrimSpace(r.PersonMask + " " + r.PhoneMask)
	}
	unit, level := "", ""
	if r.Unit != "" {
		unit = d.dept(r.Unit)
	}
	if r.Difficulty != "" {
		level = c.text("stuck.difficulty." + r.Difficulty)
	}
	facts := []wire.Fact{{Label: c.text("fact.stuckCase"), Value: r.No + " " + r.Item, Kind: "link", Href: "/stuck/" + r.No}}
	for _, f := range []wire.Fact{
		{Label: "stuckCitizen", Value: citizen, Kind: "text"}, {Label: "stuckReason", Value: reason, Kind: "text"},
		{Label: "stuckVisits", Value: fmt.Sprint(r.Visits), Kind: "text"},
		{Label: "stuckUnit", Value: unit, Kind: "text"}, {Label: "stuckLevel", Value: level, Kind: "text"},
		{Label: "stuckDue", Value: string(r.DueOn), Kind: "date"},
		{Label: "stuckReply", Value: r.Reply, Kind: "text"},
	} {
		if f.Value != "" {
			f.Label = c.text("fact." + f.Label)
			facts = append(facts, f)
		}
	}
	return facts, nil
}
