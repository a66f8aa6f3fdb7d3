package running

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
)

// world is what the books and the directory know already.
type world struct {
	units     map[string]office.Dept // by id, by name, and outside organisations by their code
	contracts map[string]string      // number → project
	invoices  map[string]string      // → project
	certs     map[string]string      // voucher → project
	bgt       map[string]string      // indicator → project
	docs      map[string]string      // number of a paper → project
	taken     map[string]string      // digest of rows → project
	roles     map[string]bool        // ROLE@UNIT that somebody holds
}

func readWorld(tx *gorm.DB) (w world, err error) {
	w = world{units: map[string]office.Dept{}, roles: map[string]bool{}}
	var units []office.Dept
	if err := tx.Where("valid_to IS NULL").Order("id").Find(&units).Error; err != nil {
		return w, fmt.Errorf("units: %w", err)
	}
	for _, u := range units {
		for _, key := range []string{u.ID, u.Name, u.USCC} {
			if _, known := w.units[key]; key != "" && !known {
				w.units[key] = u
			}
		}
	}
	for _, q := range []struct {
		into *map[string]string
		sql  string
	}{
		{&w.contracts, "SELECT contract_no AS k, project AS v FROM contract"},
		{&w.invoices, "SELECT invoice_no AS k, project AS v FROM payment_request WHERE state <> 'rejected'"},
		{&w.certs, "SELECT natural_key AS k, project AS v FROM fact WHERE event_type = 'payment.paid'"},
		{&w.bgt, "SELECT bgt_id AS k, project AS v FROM budget_indicator"},
		{&w.docs, "SELECT doc_no AS k, project AS v FROM document WHERE doc_no IS NOT NULL"},
		{&w.taken, "SELECT digest AS k, project AS v FROM running_project"},
	} {
		if *q.into, err = pairs(tx, q.sql); err != nil {
			return w, err
		}
	}
	held, err := pairs(tx, "SELECT DISTINCT p.role AS k, p.dept_id AS v FROM post_now p JOIN person q ON q.id = p.person_id WHERE q.active"+
		" AND p.role IN ('APPLY_CLERK', 'SUPPLIER_PM', 'SUPERVISOR_PM')", func(role, unit string) string { return role + "@" + unit })
	for post := range held {
		w.roles[post] = true
	}
	return w, err
}

func pairs(tx *gorm.DB, sql string, key ...func(k, v string) string) (map[string]string, error) {
	var rows []struct{ K, V string }
	if err := tx.Raw(sql).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("running: %w", err)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		k := r.K
		if len(key) > 0 {
			k = key[0](r.K, r.V)
		}
		out[k] = r.V
	}
	return out, nil
}

// organisation is an outside one of a kind, by its code.
func (w world) organisation(kind, uscc string) (office.Dept, bool) {
	u, known := w.units[uscc]
	return u, known && u.Kind == kind && u.USCC == uscc
}

// seen are the numbers that the workbook itself has used so far.
type seen map[string]map[string]Row

func newSeen() seen { return seen{} }

// twice reports whether a number of a kind stands in the workbook already, and where.
func (s seen) twice(kind, no string, r Row) (Row, bool) {
	if s[kind] == nil {
		s[kind] = map[string]Row{}
	}
	first, there := s[kind][no]
	if !there {
		s[kind][no] = r
	}
	return first, there
}

// contractNo of a row, as the books keep it.
func contractNo(r Row, column string) string { return books.ContractKey(r.text(column)) }
