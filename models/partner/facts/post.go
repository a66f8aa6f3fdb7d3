package facts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
)

// Workdays counts working days; *calendar.Calendar does.
type Workdays interface {
	After(d models.Date, n int) models.Date
}

// Event is one inbound event, verified and stored raw by the transport.
type Event struct {
	Source     string // finance, procurement
	ID         string // unique per source for ever
	Type       string // budget.issued, …
	Project    string // correlation.project_code, or what a person linked it to
	Told       string // of a linked one: the project code that the partner gave
	ProCode    string // correlation.pro_code
	OccurredAt time.Time
	Prev       string
	Seq        int64 // in its stream: breaks ties of OccurredAt
	Data       json.RawMessage
	Offline    bool // registered by hand and checked by a second person
	Linked     bool // a person has said to which project it belongs: no doubt is raised again
}

// The reasons for parking (integration.md §6).
const (
	NoProject   = "NO_PROJECT"
	NoContract  = "NO_CONTRACT"
	NoIndicator = "NO_BGT"
	Ambiguous   = "AMBIGUOUS"
	Unit        = "UNIT"
	UnknownType = "UNKNOWN_TYPE"
	BadData     = "BAD_DATA"
	Refund      = "REFUND_ABOVE_PAID"
	RefundEarly = "REFUND_BEFORE_PAYMENT" // its payment may still come
	AmountDiff  = "AMOUNT_DIFF"
)

// Outcome of posting an event.
type Outcome struct {
	Project    string        // that it was posted to, "" when parked
	NaturalKey string        // of the fact, "" when it was not got that far
	Duplicate  bool          // the fact was in the books already: no second effect
	Note       string        // key of a text: amount-corrected, offline-confirmed
	Parked     string        // reason; "" when posted
	Candidates []Suggestion  // projects that it might belong to, of a parked one
	Amount     *models.Money // that it is about
	Message    string        // to publish after the commit; "": nobody waits for it
	Key        string        // correlation key of the message
	Also       string        // a second one: of the package or contract that it is about, "" when that cannot be told
	Over       []books.Fact  // of an award: the failures of earlier attempts, which are none of its own
}

// Post posts an event. An error is technical or a defect; the event is never refused.
func Post(tx *gorm.DB, a models.Acting, days Workdays, e Event) (Outcome, error) {
	k, ok := kinds[e.Type]
	if !ok {
		return Outcome{Parked: UnknownType}, nil
	}
	d, amount, err := k.read(e)
	if err != nil {
		return Outcome{Parked: BadData}, nil //nolint:nilerr // bad data is a person's case, not an error
	}
	out := Outcome{Amount: amount}
	p, reason, err := match(tx, e, d)
	if err != nil {
		return out, err
	}
	if reason == "" && !e.Linked {
		reason, err = doubt(tx, p, e.Type, d, amount)
		if err != nil {
			return out, err
		}
	}
	if reason != "" {
		out.Parked = reason
		out.Candidates, err = suggest(tx, p, e, d, amount)
		return out, err
	}
	a.Event = "p:" + e.Source + ":" + e.ID
	return k.post(tx, a, days, e, d, p, out)
}

// fact is an event as it stands in the books.
func (k kind) fact(tx *gorm.DB, a models.Acting, e Event, d books.FactData, project string) (f books.Fact, err error) {
	f = books.Fact{
		Source: e.Source, EventType: e.Type, EventID: e.ID, Project: project, Data: models.JSONOf(d),
		OccurredAt:   models.Stamp(e.OccurredAt),
		BusinessDate: k.businessDate(e, d), Seq: e.Seq, Offline: e.Offline, PostedAt: models.Stamp(a.At),
	}
	again := false
	if k.round {
		t := books.Telling{Type: e.Type, Data: d, On: f.BusinessDate, OccurredAt: e.OccurredAt, Offline: e.Offline}
		if f.Round, again, err = books.RoundOf(tx, project, t); err != nil {
			return f, err
		}
	}
	f.NaturalKey = k.naturalKey(e, d, f)
	if again { // the code of a section, used once more after a failure
		f.NaturalKey += "/R" + strconv.Itoa(f.Round)
	}
	return f, nil
}

// post writes the fact and what follows from it, or finds it there already.
func (k kind) post(tx *gorm.DB, a models.Acting, days Workdays, e Event, d books.FactData, p books.Project, out Outcome) (Outcome, error) {
	odd := settleEnums(e.Type, d)
	f, err := k.fact(tx, a, e, d, p.Code)
	if err != nil {
		return out, err
	}
	a.BusinessDate = f.BusinessDate
	out.Project, out.NaturalKey = p.Code, f.NaturalKey
	first, err := told(tx, f)
	if err != nil {
		return out, err
	}
	if d.Deleted() || first != nil && first.DataOf().Deleted() {
		if e.Linked && !removable(e.Type) {
			e.Linked = false // it waits until the bureau has said that the contract is over
		}
		return k.remove(tx, a, days, e, f, first, out)
	}
	if first != nil {
		return k.again(tx, a, days, e, f, *first, out)
	}
	if err := tx.Create(&f).Error; err != nil {
		return out, fmt.Errorf("fact %s %s: %w", f.EventType, f.NaturalKey, err)
	}
	if err := remember(tx, p.Code, e, d); err != nil {
		return out, err
	}
	if err := tellStrange(tx, a, f, odd); err != nil {
		return out, err
	}
	if len(odd) > 0 {
		out.Note = EnumUnknown
	}
	if k.apply != nil {
		if err := k.apply(posting{tx, a, f, d, p, out.Amount}); err != nil {
			return out, fmt.Errorf("post %s %s: %w", f.EventType, f.NaturalKey, err)
		}
	}
	if err := Examine(tx, a, days, p.Code); err != nil {
		return out, err
	}
	if k.round {
		if err := judgeAward(tx, a, p, d); err != nil {
			return out, err
		}
	}
	if Sender(f.EventType) == "finance" {
		if _, err := judgeDues(tx, a, p); err != nil {
			return out, err
		}
	}
	if k.wakes {
		out.Message, out.Key = e.Type, p.Code
		if out.Also, err = narrower(tx, p.Code, e.Type, d); err != nil {
			return out, err
		}
		if out.Over, err = failures(tx, p.Code, f); err != nil {
			return out, err
		}
	}
	return out, note(tx, a, e, f, e.Type)
}

// failures are those of the attempts before the one that an award belongs to.
func failures(tx *gorm.DB, project string, award books.Fact) (before []books.Fact, err error) {
	if award.EventType != "procurement.awarded" {
		return nil, nil
	}
	all, err := books.FactsOf(tx, project, "procurement.failed")
	return slices.DeleteFunc(all, func(f books.Fact) bool { return f.Round >= award.Round }), err
}

// narrower is the correlation key of the package or contract that an event is about.
func narrower(tx *gorm.DB, project, event string, d books.FactData) (key string, err error) {
	switch family, _, _ := strings.Cut(event, "."); family {
	case "procurement":
		key, err = books.PackageOf(tx, project, d)
	case "payment":
		key, err = books.ContractOfPayment(tx, project, d)
	}
	if err != nil || key == "" {
		return "", err
	}
	return project + "/" + key, nil
}

// note enters what an event did to a fact; it comes after the rows that it binds.
func note(tx *gorm.DB, a models.Acting, e Event, f books.Fact, action string) error {
	return audit.Audit(tx, "r:facts", a, audit.AuditEntry{
		Action: action, Subject: "fact:" + e.Source + ":" + f.NaturalKey, Project: f.Project,
		Detail: models.JSONOf(map[string]any{"event": e.ID, "offline": e.Offline}),
	})
}
