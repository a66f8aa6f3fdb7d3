package figures

// latest leaves out a project whose place another has taken: declared again,
// and concluded by the end of the period (rule X03).
const latest = `NOT EXISTS (SELECT 1 FROM project q WHERE q.previous_project = p.code AND q.reviewed_on IS NOT NULL AND q.reviewed_on <= @to)`

// applications are K01: submitted in the period, and accepted or rejected. One
// that was withdrawn before it was accepted is none.
const applications = `p.submitted_on BETWEEN @from AND @to AND (p.accepted_on IS NOT NULL OR p.stage = @rejected) AND ` + latest

// booked is the sum of a kind of ledger entries of the period by project and document.
func booked(kind string) string {
	return `SELECT p.code, p.name, d.name, l.ref, MAX(l.business_date), SUM(l.amount)
		FROM ledger l JOIN project p ON p.code = l.project JOIN dept d ON d.id = p.dept_id
		WHERE l.kind = '` + kind + `' AND l.business_date BETWEEN @from AND @to AND ` + latest + `
		GROUP BY p.code, p.name, d.name, l.ref HAVING SUM(l.amount) <> 0 ORDER BY p.code, l.ref`
}

// concluded is the sum of cuts of the period by line and reason; deferred money is no saving (B12).
func concluded(deferred string) string {
	return `SELECT p.code, p.name, d.name, COALESCE(b.name, ''), l.reason, MAX(l.business_date), SUM(l.amount)
		FROM ledger l JOIN project p ON p.code = l.project JOIN dept d ON d.id = p.dept_id
		LEFT JOIN budget_line b ON b.project = l.project AND b.line_no = l.line_no
		WHERE l.kind = 'cut' AND (l.reason = 'DEFER') = ` + deferred + ` AND l.business_date BETWEEN @from AND @to AND ` + latest + `
		GROUP BY p.code, p.name, d.name, l.line_no, b.name, l.reason HAVING SUM(l.amount) <> 0 ORDER BY p.code, l.line_no, l.reason`
}

// found are the issues of the period: not invalid ones (K07).
const found = `FROM rectification r JOIN dept d ON d.id = r.owner_dept
	WHERE r.found_on BETWEEN @from AND @to AND r.state <> 'INVALID' `

// The state that an issue had at the end of the period.
const (
	closedThen   = `(r.closed_on IS NOT NULL AND r.closed_on <= @to)`
	referredThen = `(NOT ` + closedThen + ` AND r.referred_on IS NOT NULL AND r.referred_on <= @to AND (r.replied_on IS NULL OR r.replied_on > @to))`
)

func issues(condition string) string {
	return `SELECT r.no, r.title, d.name, COALESCE(r.project, ''), r.found_on,
		CASE WHEN ` + closedThen + ` THEN 'CLOSED' WHEN ` + referredThen + ` THEN 'REFERRED_UP' ELSE 'OPEN' END ` +
		found + `AND ` + condition + ` ORDER BY r.found_on, r.no`
}

// verified are reductions of issues closed in the period, which an independent person checked (K08).
func verified(column string) string {
	return `SELECT r.no, r.title, d.name, r.closed_on, r.` + column + ` FROM rectification r JOIN dept d ON d.id = r.owner_dept
		WHERE r.state = 'CLOSED' AND r.closed_on BETWEEN @from AND @to AND r.` + column + ` > 0 ORDER BY r.closed_on, r.no`
}

var (
	entryColumns = []Column{code, name, dept, ref, on, amount}
	cutColumns   = []Column{code, name, dept, line, reason, on, amount}
	issueColumns = []Column{no, title, dept, code, on, state}
	savedColumns = []Column{no, title, dept, on, counted}
)

// definitions are the figures of the half-year report, in its order.
var definitions = []definition{
	{id: "declared_count", unit: "个", columns: []Column{code, name, dept, on, stage}, query: `SELECT p.code, p.name, d.name, p.submitted_on, p.stage
		FROM project p JOIN dept d ON d.id = p.dept_id WHERE ` + applications + ` ORDER BY p.code`},
	{id: "declared_total", unit: "元", sum: "amount", scale: 2, columns: []Column{code, name, dept, on, amount}, query: `SELECT p.code, p.name, d.name, p.submitted_on, SUM(l.amount)
		FROM project p JOIN dept d ON d.id = p.dept_id JOIN ledger l ON l.project = p.code AND l.kind = 'declared' AND l.business_date <= @to
		WHERE ` + applications + ` GROUP BY p.code, p.name, d.name, p.submitted_on ORDER BY p.code`},
	{id: "cut_total", unit: "元", sum: "amount", scale: 2, columns: cutColumns, query: concluded("FALSE")},
	{id: "deferred_total", unit: "元", sum: "amount", scale: 2, columns: cutColumns, query: concluded("TRUE")},
	{id: "cut_rate", unit: "%", sum: "cut", over: "declared", columns: []Column{code, name, dept, decl, cut}, query: `SELECT p.code, p.name, d.name,
			CASE WHEN ` + applications + ` THEN (SELECT COALESCE(SUM(l.amount), 0) FROM ledger l WHERE l.project = p.code AND l.kind = 'declared' AND l.business_date <= @to) ELSE 0 END,
			(SELECT COALESCE(SUM(l.amount), 0) FROM ledger l WHERE l.project = p.code AND l.kind = 'cut' AND l.reason <> 'DEFER' AND l.business_date BETWEEN @from AND @to)
		FROM project p JOIN dept d ON d.id = p.dept_id
		WHERE (` + applications + `) OR (` + latest + ` AND EXISTS (SELECT 1 FROM ledger l WHERE l.project = p.code AND l.kind = 'cut' AND l.business_date BETWEEN @from AND @to)) ORDER BY p.code`},
	{id: "reviewed_total", unit: "元", sum: "amount", scale: 2, columns: entryColumns, query: booked("reviewed")},
	{id: "approved_doc_total", unit: "元", sum: "amount", scale: 2, columns: entryColumns, query: booked("approved")},
	{id: "issued_total", unit: "元", sum: "amount", scale: 2, columns: entryColumns, query: booked("issued")},
	{id: "contract_total", unit: "元", sum: "amount", scale: 2, columns: entryColumns, query: booked("contracted")},
	{id: "paid_total", unit: "元", sum: "amount", scale: 2, columns: []Column{code, name, dept, ref, on, refund, amount}, query: `SELECT p.code, p.name, d.name, l.ref, MAX(l.business_date),
			SUM(CASE WHEN l.kind = 'refunded' THEN l.amount ELSE 0 END), SUM(CASE WHEN l.kind = 'paid' THEN l.amount ELSE -l.amount END)
		FROM ledger l JOIN project p ON p.code = l.project JOIN dept d ON d.id = p.dept_id
		WHERE l.kind IN ('paid', 'refunded') AND l.business_date BETWEEN @from AND @to GROUP BY p.code, p.name, d.name, l.ref ORDER BY p.code, l.ref`},
	{id: "rectification_found", unit: "项", columns: issueColumns, query: issues("TRUE")},
	{id: "rectification_closed", unit: "项", columns: issueColumns, query: issues(closedThen)},
	{id: "rectification_referred", unit: "项", columns: issueColumns, query: issues(referredThen)},
	{id: "rectification_open", unit: "项", columns: issueColumns, query: issues("NOT " + closedThen + " AND NOT " + referredThen)},
	{id: "materials_cut", unit: "份", sum: "n", columns: savedColumns, query: verified("materials_cut")},
	{id: "steps_cut", unit: "个", sum: "n", columns: savedColumns, query: verified("steps_cut")},
	{id: "days_cut", unit: "天", sum: "n", scale: 1, columns: savedColumns, query: verified("days_cut")},
}
