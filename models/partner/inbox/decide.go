package inbox

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/partner"
	"github.com/quancheng/quancheng/models/partner/facts"
	"github.com/quancheng/quancheng/models/rules"
)

// What a person decides about a parked event.
const (
	DecideLink    = "link"    // it belongs to a project
	DecideDismiss = "dismiss" // it has no effect
)

// minReason is how long a reason is at least.
const minReason = 5

// Link says to which project a parked event belongs; it is then applied as if it
// had just arrived. A great amount (parameter PARTNER.secondPerson) waits until a
// second person confirms (integration.md §6).
func Link(tx *gorm.DB, a models.Acting, id int64, project string) (partner.PartnerEvent, error) {
	return decide(tx, a, id, DecideLink, project, nil)
}

// Correct says which project a parked event belongs to and what its amount should be:
// the one that is proposed, and no other. It always waits for a second person
// (access.md §5, 8); the event stays as it was sent.
func Correct(tx *gorm.DB, a models.Acting, id int64, project string, amount models.Money) (partner.PartnerEvent, error) {
	return decide(tx, a, id, DecideLink, project, &amount)
}

// ProposalFor is what the amount of a parked event was probably meant to be.
func ProposalFor(tx *gorm.DB, row partner.PartnerEvent) (facts.Proposal, bool, error) {
	if row.State != partner.InboxParked || row.ParkedReason != facts.Unit {
		return facts.Proposal{}, false, nil
	}
	ev, err := Event(row)
	if err != nil {
		return facts.Proposal{}, false, err
	}
	return facts.Propose(tx, ev)
}

// Dismiss says that a parked event has no effect; what was in the books before it
// stays. A great amount waits for a second person, like a link.
func Dismiss(tx *gorm.DB, a models.Acting, id int64) (partner.PartnerEvent, error) {
	return decide(tx, a, id, DecideDismiss, "", nil)
}

func decide(
	tx *gorm.DB, a models.Acting, id int64, decision, project string, amount *models.Money,
) (partner.PartnerEvent, error) {
	row, err := parked(tx, id)
	if err != nil {
		return row, err
	}
	if row.Decision != "" {
		return row, models.Refuse("decision-waits")
	}
	f := models.Refuse("invalid-data")
	if amount != nil {
		p, ok, err := ProposalFor(tx, row)
		if err != nil {
			return row, err
		}
		if !ok {
			return row, models.Refuse("nothing-to-correct")
		}
		if p.Meant.Cmp(*amount) != 0 {
			f.Field("/amount", "not-proposed", "meant", p.Meant.String())
		}
	}
	if decision != DecideDismiss {
		if _, err := books.FindProject(tx, project); err != nil {
			f.Field("/project", "project-unknown", "code", project)
		}
	}
	if short(a.Reason) {
		f.Field("/reason", "reason-too-short")
	}
	if err := f.OrNil(); err != nil {
		return row, err
	}
	at := models.Stamp(a.At)
	row.Decision, row.LinkedProject, row.LinkedBy, row.LinkedReason, row.LinkedAt = decision, project, a.Person, a.Reason, &at
	row.Corrected = amount
	action := "event." + decision
	if amount != nil {
		action = "event.correct"
	}
	if err := note(tx, a, row, action); err != nil {
		return row, err
	}
	second, err := needsSecond(tx, a, row)
	if err != nil || second {
		if err == nil {
			err = partner.SaveEvent(tx, row)
		}
		if err == nil {
			err = tellSecond(tx, a, row)
		}
		return row, err
	}
	return carryOut(tx, a, row)
}

// Confirm is the second person's word on a decision about a great amount. One
// that is not accepted leaves the event parked, as before.
func Confirm(tx *gorm.DB, a models.Acting, id int64, accept bool) (partner.PartnerEvent, error) {
	row, err := parked(tx, id)
	if err != nil {
		return row, err
	}
	switch {
	case row.Decision == "":
		return row, models.Refuse("nothing-to-confirm")
	case row.LinkedBy == a.Person:
		return row, models.Refuse("second-person-needed")
	case !accept && short(a.Reason):
		return row, models.Refuse("invalid-data").Field("/reason", "reason-too-short")
	}
	if !accept {
		if err := note(tx, a, row, "event."+row.Decision+".refused"); err != nil {
			return row, err
		}
		row.Decision, row.LinkedProject, row.LinkedBy, row.LinkedReason, row.LinkedAt = "", "", "", "", nil
		row.Corrected = nil
		return row, partner.SaveEvent(tx, row)
	}
	row.ConfirmedBy = models.Optional(a.Person)
	if err := note(tx, a, row, "event."+row.Decision+".confirmed"); err != nil {
		return row, err
	}
	return carryOut(tx, a, row)
}

// carryOut does what was decided.
func carryOut(tx *gorm.DB, a models.Acting, row partner.PartnerEvent) (partner.PartnerEvent, error) {
	if row.Decision == DecideDismiss {
		at := models.Stamp(a.At)
		row.State, row.ProcessedAt = partner.InboxDismissed, &at
		if err := facts.KeepFirst(tx, a, row.EventType, row.NaturalKey); err != nil {
			return row, err
		}
		return row, partner.SaveEvent(tx, row)
	}
	ev, err := Event(row)
	if err != nil {
		return row, err
	}
	ev.Told, ev.Project, ev.Linked = ev.Project, row.LinkedProject, true
	if row.Corrected != nil {
		if ev, err = facts.Corrected(ev, *row.Corrected); err != nil {
			return row, err
		}
	}
	return Apply(tx, a, row, ev)
}

func parked(tx *gorm.DB, id int64) (partner.PartnerEvent, error) {
	row, err := partner.LockEvent(tx, id)
	if err == nil && row.State != partner.InboxParked {
		err = models.Refuse("not-parked", "state", row.State)
	}
	return row, err
}

func needsSecond(tx *gorm.DB, a models.Acting, row partner.PartnerEvent) (bool, error) {
	if row.ParkedReason == facts.Unit && row.Decision != DecideDismiss {
		return true, nil // an amount wrong by ten thousand is never one person's to book
	}
	if row.Amount == nil {
		return false, nil
	}
	limit, err := rules.Parameter(tx, models.DateOf(a.At), "PARTNER", "secondPerson")
	return err == nil && row.Amount.Decimal().Abs().GreaterThanOrEqual(limit), err
}

func short(reason string) bool { return len([]rune(strings.TrimSpace(reason))) < minReason }

func note(tx *gorm.DB, a models.Acting, row partner.PartnerEvent, action string) error {
	return audit.Audit(
		tx, "r:facts", a, audit.AuditEntry{Action: action, Subject: "event:" + row.Source + ":" + row.EventID, Project: row.LinkedProject},
	)
}
