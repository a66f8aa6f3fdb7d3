package chaos

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/figures"
)

// expected are the figures of the seed dataset (domain/data-model.md §6).
var expected = map[string]string{
	"declared_count": "10", "declared_total": "57117600.00", "cut_total": "22177300.00", "cut_rate": "38.83",
	"reviewed_total": "34940300.00", "approved_doc_total": "29945100.00",
}

// forbidden are queries that find what must not be.
var forbidden = map[string]string{
	"one person decided a task twice in one event": `SELECT event AS what FROM task_act GROUP BY event, task, person HAVING count(*) > 1`,
	"a task of the script was completed twice": `SELECT element || ' ' || task AS what FROM task_act WHERE operation = 'complete'
		GROUP BY task, element, person HAVING count(*) > 1`,
	"a partner's fact was posted twice": `SELECT natural_key AS what FROM fact GROUP BY natural_key, event_type
		HAVING count(*) > 1`,
	"a numbered document was issued twice": `SELECT kind || ' ' || project AS what FROM document
		WHERE kind IN ('受理通知书', '审查意见书', '批复', '初验报告', '终验报告')
			GROUP BY kind, project HAVING count(*) > 1`,
	"a project has two running cases": `SELECT project AS what FROM root_state WHERE open AND process = 'qc_lifecycle' GROUP BY project
		HAVING count(*) > 1`,
	"a line's cut and review do not add up to declared": `SELECT project || '/' || line_no AS what FROM ledger WHERE line_no IS NOT NULL
		GROUP BY project, line_no
		HAVING sum(CASE WHEN kind IN ('reviewed', 'cut') THEN 1 ELSE 0 END) > 0
		AND sum(CASE kind WHEN 'declared' THEN amount WHEN 'reviewed' THEN -amount WHEN 'cut' THEN -amount ELSE 0 END) <> 0`,
	"an archived project's contract is not paid to the cent": `SELECT l.project AS what FROM ledger l JOIN project p ON p.code = l.project
		WHERE p.stage = 'ARCHIVED' GROUP BY l.project
		HAVING sum(CASE l.kind WHEN 'contracted' THEN l.amount WHEN 'paid' THEN -l.amount WHEN 'refunded' THEN l.amount ELSE 0 END) <> 0
		OR sum(CASE l.kind WHEN 'contracted' THEN 1 ELSE 0 END) <> 1`,
	"a case of an ended project still runs": `SELECT r.project AS what FROM root_state r JOIN project p ON p.code = r.project
		WHERE r.open AND p.stage IN ('ARCHIVED', 'REJECTED')`,
	"an incident waits": `SELECT element || ' ' || code || ' ' || message AS what FROM incident WHERE resolved_at IS NULL`,
	"something never left": `SELECT kind || ' ' || event_type || ' ' || last_error AS what FROM outbox
		WHERE state <> 'delivered' AND kind <> 'notice'`,
	"a partner's event is not in the books": `SELECT event_type || ' ' || state || ' ' || note AS what FROM partner_inbox
		WHERE state NOT IN ('applied', 'duplicate')`,
}

// settle waits a while for what is still on its way.
func settle(read *gorm.DB) {
	for range 300 {
		var n int64
		err := read.Raw(`SELECT (SELECT count(*) FROM outbox WHERE state = 'pending' AND kind <> 'notice') + (SELECT count(*)
			FROM partner_inbox WHERE state = 'received')`).
			Scan(&n).
			Error
		if err == nil && n == 0 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// check holds the books of a finished round against the promises.
func check(read *gorm.DB, acknowledged []string) []error {
	var errs []error
	errs = append(errs, missing(read, acknowledged))
	for promise, query := range forbidden {
		var found []string
		if err := read.Raw(query).Scan(&found).Error; err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", promise, err))
		} else if len(found) > 0 {
			errs = append(errs, fmt.Errorf("%s: %s", promise, strings.Join(found, ", ")))
		}
	}
	return append(errs, sums(read), links(read))
}

// missing finds acknowledged writes without an outcome.
func missing(read *gorm.DB, acknowledged []string) error {
	var lost []string
	for _, key := range acknowledged {
		var n int64
		err := read.Raw(`SELECT (SELECT count(*) FROM event_outcome WHERE event LIKE ? AND verdict = 'applied') + (SELECT count(*)
			FROM request_outcome WHERE id LIKE ?)`,
			"u:%:"+key, "u:%:"+key).
			Scan(&n).
			Error
		if err != nil {
			return err
		}
		if n == 0 {
			lost = append(lost, key)
		}
	}
	if len(lost) > 0 {
		return fmt.Errorf("acknowledged and lost: %s", strings.Join(lost, ", "))
	}
	return nil
}

func sums(read *gorm.DB) error {
	all, _, err := figures.HalfYear(read, "2022-01-01", "2022-06-30")
	if err != nil {
		return err
	}
	var wrong []string
	for _, f := range all {
		if want, ok := expected[f.ID]; ok && f.Value != want {
			wrong = append(wrong, fmt.Sprintf("%s is %s, not %s", f.ID, f.Value, want))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("figures: %s", strings.Join(wrong, "; "))
	}
	return nil
}

func links(read *gorm.DB) error {
	r, err := audit.VerifyAudit(read, "")
	if err != nil {
		return err
	}
	if r.Break != nil {
		return fmt.Errorf("the audit chain %s is broken at %d: %s", r.Break.Chain, r.Break.Seq, r.Break.Cause)
	}
	return nil
}

// Promises holds books in which nothing is under way any more against what must
// never be, whatever befell the platform: nothing done twice, exact sums, intact
// audit chains, no case that runs on after its project's end.
func Promises(read *gorm.DB) error {
	settle(read)
	return errors.Join(check(read, nil)...)
}
