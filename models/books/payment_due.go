package books

import (
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
)

// PaymentDue is a request of a small or medium enterprise, whose time runs from the day of delivery (rule E04).
type PaymentDue struct {
	Request  string
	From     models.Date
	TermDays int         // agreed; 0: none
	PaidOn   models.Date // in full; "": not yet
}

// PaymentDues are those of a project; a request that nobody has sent yet, or that was rejected, has none.
func PaymentDues(tx *gorm.DB, project string) ([]PaymentDue, error) {
	contracts, err := Contracts(tx, project)
	if err != nil {
		return nil, err
	}
	small := map[string]Contract{}
	for _, k := range contracts {
		if k.Sme {
			small[k.ContractNo] = k
		}
	}
	if len(small) == 0 {
		return nil, nil
	}
	all, err := requests(tx, project)
	if err != nil {
		return nil, err
	}
	var out []PaymentDue
	for _, r := range all {
		if k, ok := small[r.ContractNo]; ok && r.Runs() {
			out = append(out, r.Due(k))
		}
	}
	return out, nil
}

// Runs reports whether the clock of rule E04 began with a request.
func (r RequestView) Runs() bool {
	return r.DeliveredOn != "" && r.State != PaymentDraft && r.State != PaymentRejected
}

// Due is the clock of a request of a contract with a small firm.
func (r RequestView) Due(k Contract) PaymentDue {
	d := PaymentDue{Request: r.RequestNo, From: r.DeliveredOn, TermDays: k.PayDays}
	if r.Paid.Cmp(r.Amount) >= 0 {
		d.PaidOn = r.PaidOn
	}
	return d
}

// dueRows are what the rules read of them.
func dueRows(tx *gorm.DB, project string) ([]any, error) {
	dues, err := PaymentDues(tx, project)
	rows := []any{}
	for _, d := range dues {
		rows = append(rows, map[string]any{
			"no": d.Request, "sme": true, "deliveredOn": string(d.From), "termDays": d.TermDays, "paidOn": some(d.PaidOn),
		})
	}
	return rows, err
}
