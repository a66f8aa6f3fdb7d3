package facts

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// kind is how events of one type are read and posted.
type kind struct {
	needs  []string // fields without which a person must look
	amount string   // field of the amount, "" for none
	key    []string // fields of the natural key; none: the moment, and the fields that tell it from others
	alike  []string // those fields, of a type without a key of its own
	date   string   // field of the business date, else the day it occurred
	round  bool     // belongs to a procurement round
	wakes  bool     // a process may wait for it
	apply  func(posting) error
}

// posting is a fact on its way into the books.
type posting struct {
	tx     *gorm.DB
	acting models.Acting
	fact   books.Fact
	data   books.FactData
	p      books.Project
	amount *models.Money
}

// kinds are the inbound events of integration.md §4.
var kinds = map[string]kind{
	"budget.received": {needs: []string{"pro_code"}, key: []string{"pro_code"}},
	"budget.issued": {
		needs: []string{"bgt_id"}, amount: "amount", key: []string{"bgt_id"}, date: "doc_date", wakes: true, apply: budgetIssued,
	},
	"budget.adjusted":     {needs: []string{"bgt_id"}, amount: "delta", key: []string{"bgt_id", "doc_no"}, apply: budgetChanged(1)},
	"budget.carried_over": {needs: []string{"bgt_id"}, amount: "amount", key: []string{"bgt_id", "from_year"}},
	"budget.reclaimed":    {needs: []string{"bgt_id"}, amount: "amount", key: []string{"bgt_id", "from_year"}, apply: budgetChanged(-1)},
	"budget.rejected":     {alike: []string{"reason_code", "reason"}, wakes: true},

	"payment.applied": {
		needs: []string{"pay_app_no"}, amount: "pay_app_amt", key: []string{"pay_app_no"}, date: "create_date", wakes: true, apply: settle,
	},
	"payment.paid": {
		needs: []string{"pay_cert_no"}, amount: "xpay_amt", key: []string{"pay_cert_no"}, date: "xpay_date", wakes: true, apply: paid,
	},
	"payment.rejected": {needs: []string{"pay_app_no"}, key: []string{"pay_app_no"}, wakes: true, apply: settle},
	"payment.refunded": {
		needs: []string{"pay_cert_no"}, amount: "amount", key: []string{"refund_no"}, date: "date", wakes: true, apply: refunded,
	},

	"procurement.plan_filed":       {key: []string{"plan_no"}, date: "filed_at", round: true, wakes: true, apply: awards},
	"procurement.plan_rejected":    {alike: []string{"plan_no", "reason"}, round: true, wakes: true},
	"procurement.notice_published": {key: []string{"section_code"}, date: "published_at", round: true, wakes: true, apply: awards},
	"procurement.corrected":        {alike: []string{"section_code", "unified_deal_code", "field", "new"}, round: true},
	"procurement.opened":           {key: []string{"section_code"}, round: true, wakes: true, apply: awards},
	"procurement.awarded": {
		amount: "win_bid_price", key: []string{"section_code"}, date: "notice_at", round: true, wakes: true, apply: awards,
	},
	"procurement.failed": {key: []string{"section_code"}, date: "at", round: true, wakes: true, apply: awards},
	"procurement.suspended": {
		alike: []string{"section_code", "package_no", "kind"}, date: "from", round: true, wakes: true, apply: awards,
	},
	"procurement.resumed": {
		alike: []string{"section_code", "package_no", "kind"}, date: "from", round: true, wakes: true, apply: awards,
	},
	"procurement.contract_signed": {
		needs: []string{"contract_no"}, amount: "amount", key: []string{"contract_no"}, date: "signed_on", wakes: true,
		apply: contractSigned,
	},
	"procurement.contract_published": {
		needs: []string{"contract_no"}, key: []string{"contract_no"}, date: "at", wakes: true, apply: contractDates,
	},
	"procurement.contract_filed": {
		needs: []string{"contract_no"}, key: []string{"contract_no"}, date: "at", wakes: true, apply: contractDates,
	},
	"procurement.contract_changed": {
		needs: []string{"contract_no"}, amount: "delta", alike: []string{"contract_no", "change_no", "reason"}, apply: contractChanged,
	},
	"procurement.contract_terminated": {needs: []string{"contract_no"}, key: []string{"contract_no"}, apply: contractTerminated},
	"supplier.blacklisted": {
		needs: []string{"uscc"}, key: []string{"uscc", "from"}, date: "from", apply: warn("supplier-blacklisted", "", "uscc"),
	},
}

// Types are the inbound event types that we know.
func Types() []string {
	return slices.Sorted(maps.Keys(kinds))
}

// Sender is the partner that sends events of a type.
func Sender(event string) string {
	if family, _, _ := strings.Cut(event, "."); family == "budget" || family == "payment" {
		return "finance"
	}
	return "procurement"
}

// Mistake is what is wrong with a field of an event's data.
type Mistake struct{ Field, Code string }

// Mistakes are all that is wrong with the data of an event registered by hand.
func Mistakes(event string, data json.RawMessage) (out []Mistake) {
	k := kinds[event]
	d, err := decode(data)
	if err != nil {
		return []Mistake{{"", "not-readable"}}
	}
	for _, name := range k.needs {
		if d.Text(name) == "" {
			out = append(out, Mistake{name, "required"})
		}
	}
	if k.amount != "" {
		if m, err := d.Money(k.amount); err != nil {
			out = append(out, Mistake{k.amount, "money-format"})
		} else if m.Sign() < 0 && k.amount != "delta" {
			out = append(out, Mistake{k.amount, "money-negative"})
		}
	}
	if k.date != "" && d.Text(k.date) != "" && d.Date(k.date) == "" {
		out = append(out, Mistake{k.date, "date-format"})
	}
	return out
}

// decode reads data; numbers of fields that we do not know stay exact.
func decode(data json.RawMessage) (books.FactData, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	d := books.FactData{}
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	return d, nil
}

// read decodes the data and its amount.
func (k kind) read(e Event) (books.FactData, *models.Money, error) {
	if wrong := Mistakes(e.Type, e.Data); len(wrong) > 0 {
		return nil, nil, fmt.Errorf("%s: %s", wrong[0].Field, wrong[0].Code)
	}
	d, err := decode(e.Data)
	if err != nil || k.amount == "" {
		return d, nil, err
	}
	m, err := d.Money(k.amount)
	return d, &m, err
}

// businessDate is when it happened in the books, never when it arrived.
func (k kind) businessDate(e Event, d books.FactData) models.Date {
	if k.date != "" {
		if on := d.Date(k.date); on != "" {
			return on
		}
	}
	return models.DateOf(e.OccurredAt)
}

// naturalKey tells the same fact under another event id. A type without a key of
// its own is told apart by the moment and by what it says; an event that lacks its key by
// event id; a tender without section code by project, round and package.
func (k kind) naturalKey(e Event, d books.FactData, f books.Fact) string {
	var parts []string
	for _, name := range k.key {
		v := d.Text(name)
		if name == "contract_no" {
			v = books.ContractKey(v)
		}
		if v != "" {
			parts = append(parts, v)
		}
	}
	if len(parts) == len(k.key) && len(parts) > 0 {
		return strings.Join(parts, "/")
	}
	if k.round && len(k.key) > 0 {
		return f.Project + "/R" + strconv.Itoa(f.Round) + "/" + d.Text("package_no")
	}
	if len(k.alike) > 0 {
		return k.momentKey(e, d, f)
	}
	return strings.Join(append(parts, "event "+e.ID), "/")
}

// momentKey is the key of a fact that has none: what happened to a project at one moment, in the same words.
func (k kind) momentKey(e Event, d books.FactData, f books.Fact) string {
	said := []string{f.Project}
	for _, name := range k.alike {
		v := d.Text(name)
		if name == "contract_no" {
			v = books.ContractKey(v)
		}
		said = append(said, v)
	}
	sum := sm3.Sum([]byte(strings.Join(said, "\x00")))
	return e.OccurredAt.UTC().Format(time.RFC3339) + "/" + hex.EncodeToString(sum[:8])
}
