package figures

// latest leaves out a project whose place another has taken: declared again,
// and concluded by the end of the period (rule X03).
const latest = `NOT EXISTS (SELECT 1 FROM project q WHERE q.previous_project = p.code AND q.reviewed_on IS NOT NULL
	AND q.reviewed_on <= @to)`

// applications are K01: submitted in the period, and accepted or rejected. One
// that was withdrawn before it was accepted is none.
const applications = `p.submitted_on BETWEEN @from AND @to AND p.created_at <= @as_of AND (p.accepted_on IS NOT NULL OR p.stage = ` +
	`@rejected) AND ` + latest

// booked is the sum of a kind of ledger entries of the period by project and document.
func booked(kind string) string {
	return `SELECT p.code, p.name, d.name, l.ref, MAX(l.business_date), SUM(l.amount)
		FROM ledger l JOIN project p ON p.code = l.project JOIN dept d ON d.id = p.dept_id
		WHERE l.kind = '` + kind + `' AND l.business_date BETWEEN @from AND @to AND l.recorded_at <= @as_of AND ` + latest + `
		GROUP BY p.code, p.name, d.name, l.ref HAVING SUM(l.amount) <> 0 ORDER BY p.code, l.ref`
}

// concluded is the sum of cuts of the period by line and reason; deferred money is no saving (B12).
func concluded(deferred string) string {
	return `SELECT p.code, p.name, d.name, COALESCE(b.name, ''), l.reason, MAX(l.business_date), SUM(l.amount)
		FROM ledger l JOIN project p ON p.code = l.project JOIN dept d ON d.id = p.dept_id
		LEFT JOIN budget_line b ON b.project = l.project AND b.line_no = l.line_no
		WHERE l.kind = 'cut' AND (l.reason = 'DEFER') =
		` + deferred + ` AND l.business_date BETWEEN @from AND @to AND l.recorded_at <= @as_of AND ` + latest + `
		GROUP BY p.code, p.name, d.name, l.line_no, b.name, l.reason HAVING SUM(l.amount) <> 0 ORDER BY p.code, l.line_no, l.reason`
}

// found are the issues of the period: not invalid ones (K07).
const found = `FROM rectification r JOIN dept d ON d.id = r.owner_dept
	WHERE r.found_on BETWEEN @from AND @to AND r.created_at <= @as_of AND r.state <> 'INVALID' `

// The state that an issue had at the end of the period.
const (
	closedThen   = `(r.closed_on IS NOT NULL AND r.closed_on <= @to AND ` + notLater + `'CLOSED' AND h.at > @as_of))`
	referredThen = `(NOT ` + closedThen +
		` AND r.referred_on IS NOT NULL AND r.referred_on <= @to AND (r.replied_on IS NULL OR r.replied_on > @to) AND ` + notLater +
		`'REFERRED_UP' AND h.at > @as_of))`

	// notLater begins: it was not recorded after the moment of the report that the state was reached.
	notLater = `NOT EXISTS (SELECT 1 FROM rectification_step h WHERE h.no = r.no AND h.state = `
)

func issues(condition string) string {
	return `SELECT r.no, r.title, d.name, COALESCE(r.project, ''), r.found_on,
		CASE WHEN ` + closedThen + ` THEN 'CLOSED' WHEN ` + referredThen + ` THEN 'REFERRED_UP' ELSE 'OPEN' END ` +
		found + `AND ` + condition + ` ORDER BY r.found_on, r.no`
}

// verified are reductions of issues closed in the period, which an independent person checked (K08).
func verified(column string) string {
	return `SELECT r.no, r.title, d.name, r.closed_on, r.` + column + ` FROM rectification r JOIN dept d ON d.id = r.owner_dept
		WHERE r.state = 'CLOSED' AND r.closed_on >= @from AND ` + closedThen + ` AND r.` + column + ` > 0 ORDER BY r.closed_on, r.no`
}

// atTheWindow are the figures of reports at the window (K13): consultations and cases apart, by the day
// on which they came, and what was resolved by the day on which it was closed.
var atTheWindow = map[string]string{
	"stuck_consulted": `s.kind = 'CONSULT' AND s.received_on BETWEEN @from AND @to`,
	"stuck_accepted":  `s.kind = 'CASE' AND s.received_on BETWEEN @from AND @to`,
	"stuck_resolved":  `s.kind = 'CASE' AND s.outcome = 'resolved' AND s.closed_on BETWEEN @from AND @to AND s.closed_at <= @as_of`,
}

// reported are the rows of a report: no name, no phone, the pseudonym of who came.
func reported(where string) string {
	return `SELECT s.no, COALESCE(d.name, ''), CASE WHEN s.pseudonym = '' THEN s.item ELSE s.item || ' · ' || s.pseudonym END, CASE WHEN
		s.closed_on IS NOT NULL AND s.outcome = 'resolved' THEN s.closed_on ELSE s.received_on END, 1
		FROM stuck_case s LEFT JOIN dept d ON d.id = s.unit WHERE s.created_at <= @as_of AND ` + where + ` ORDER BY s.no`
}

// projectFigures are the figures over projects, ledger and rectifications.
func projectFigures() []Definition {
	all := []Definition{
		{
			ID: "declared_count", Unit: "个", Columns: []Column{code, name, dept, on, stage},
			Rows: Query{SQL: `SELECT p.code, p.name, d.name, p.submitted_on, p.stage
		FROM project p JOIN dept d ON d.id = p.dept_id WHERE ` + applications + ` ORDER BY p.code`},
		},
		{
			ID: "declared_total", Unit: "元", Sum: "amount", Scale: 2, Columns: []Column{code, name, dept, on, amount},
			Rows: Query{SQL: `SELECT p.code, p.name, d.name, p.submitted_on, SUM(l.amount)
		FROM project p JOIN dept d ON d.id = p.dept_id JOIN ledger l ON l.project = p.code AND l.kind = 'declared' AND l.business_date <= @to
		AND l.recorded_at <= @as_of
		WHERE ` + applications + ` GROUP BY p.code, p.name, d.name, p.submitted_on ORDER BY p.code`},
		},
		{ID: "cut_total", Unit: "元", Sum: "amount", Scale: 2, Columns: cutColumns, Rows: Query{SQL: concluded("FALSE")}},
		{ID: "deferred_total", Unit: "元", Sum: "amount", Scale: 2, Columns: cutColumns, Rows: Query{SQL: concluded("TRUE")}},
		{
			ID: "cut_rate", Unit: "%", Sum: "cut", Over: "declared", Columns: []Column{code, name, dept, decl, cut},
			Rows: Query{SQL: `SELECT p.code, p.name, d.name,
			CASE WHEN ` + applications + ` THEN (SELECT COALESCE(SUM(l.amount), 0) FROM ledger l WHERE l.project = p.code AND l.kind = 'declared'
				AND l.business_date <= @to AND l.recorded_at <= @as_of) ELSE 0 END,
			(SELECT COALESCE(SUM(l.amount), 0) FROM ledger l WHERE l.project = p.code AND l.kind = 'cut' AND l.reason <> 'DEFER'
			AND l.business_date BETWEEN @from AND @to AND l.recorded_at <= @as_of)
		FROM project p JOIN dept d ON d.id = p.dept_id
		WHERE (` + applications + `) OR (` + latest + ` AND EXISTS (SELECT 1 FROM ledger l WHERE l.project = p.code AND l.kind = 'cut'
			AND l.business_date BETWEEN @from AND @to AND l.recorded_at <= @as_of)) ORDER BY p.code`},
		},
		{ID: "reviewed_total", Unit: "元", Sum: "amount", Scale: 2, Columns: entryColumns, Rows: Query{SQL: booked("reviewed")}},
		{ID: "approved_doc_total", Unit: "元", Sum: "amount", Scale: 2, Columns: entryColumns, Rows: Query{SQL: booked("approved")}},
		{ID: "issued_total", Unit: "元", Sum: "amount", Scale: 2, Columns: entryColumns, Rows: Query{SQL: booked("issued")}},
		{ID: "contract_total", Unit: "元", Sum: "amount", Scale: 2, Columns: entryColumns, Rows: Query{SQL: booked("contracted")}},
		{
			ID: "paid_total", Unit: "元", Sum: "amount", Scale: 2, Columns: []Column{code, name, dept, ref, on, refund, amount},
			Rows: Query{SQL: `SELECT p.code, p.name, d.name, l.ref, MAX(l.business_date),
			SUM(CASE WHEN l.kind = 'refunded' THEN l.amount ELSE 0 END), SUM(CASE WHEN l.kind = 'paid' THEN l.amount ELSE -l.amount END)
		FROM ledger l JOIN project p ON p.code = l.project JOIN dept d ON d.id = p.dept_id
		WHERE l.kind IN ('paid', 'refunded') AND l.business_date BETWEEN @from AND @to AND l.recorded_at <= @as_of
		GROUP BY p.code, p.name, d.name, l.ref ORDER BY p.code, l.ref`},
		},
		{ID: "rectification_found", Unit: "项", Columns: issueColumns, Rows: Query{SQL: issues("TRUE")}},
		{ID: "rectification_closed", Unit: "项", Columns: issueColumns, Rows: Query{SQL: issues(closedThen)}},
		{ID: "rectification_referred", Unit: "项", Columns: issueColumns, Rows: Query{SQL: issues(referredThen)}},
		{
			ID: "rectification_open", Unit: "项", Columns: issueColumns,
			Rows: Query{SQL: issues("NOT " + closedThen + " AND NOT " + referredThen)},
		},
		{ID: "materials_cut", Unit: "份", Sum: "n", Columns: savedColumns, Rows: Query{SQL: verified("materials_cut")}},
		{ID: "steps_cut", Unit: "个", Sum: "n", Columns: savedColumns, Rows: Query{SQL: verified("steps_cut")}},
		{ID: "days_cut", Unit: "天", Sum: "n", Scale: 1, Tenths: true, Columns: savedColumns, Rows: Query{SQL: verified("days_cut")}},
	}
	for i := range all {
		d := &all[i]
		d.Kind, d.Version, d.Group = KindBooks, 1, "project"
		if d.Columns[0] == no {
			d.Group = "walk"
		}
	}
	return all
}
