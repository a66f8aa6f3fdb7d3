package models

import "slices"

// BoundKind is a kind of rows that the audit binds: an entry holds the digest of
// each such row that was written beside it. A row is bound with its parts.
type BoundKind struct {
	Name    string   // of the row in the audit, with the key behind it: ledger:12
	Table   string   // where the rows are
	Key     []string // columns of the primary key
	Serial  bool     // the key is a number that is never given again
	Columns []string // what is bound: every column of the table, but
	Later   []string // those that came when rows were bound already: they count where they say something
	JSON    []string // of Columns, those whose text the databases write in their own way
	Parts   []BoundPart
}

// BoundPart are rows that belong to a row: they have its key, and one of their own.
type BoundPart struct {
	Table   string
	Order   []string // columns that order them, unique beside the key
	Columns []string
	Later   []string // as of the kind
	JSON    []string
}

// Bound are the kinds: what was decided, what amounts were booked, and what left the house under a number.
var Bound = slices.Concat(boundFirst, boundLater)

// boundFirst are the kinds that binding began with.
var boundFirst = []BoundKind{
	{Name: "act", Table: "task_act", Key: []string{"id"}, Serial: true, JSON: []string{"answers"}, Columns: []string{
		"id", "task", "root", "element", "task_name", "round", "person", "post", "principal", "operation", "opinion", "reason", "target",
		"digest", "event", "void", "at", "business_date", "answers"}},
	{Name: "ledger", Table: "ledger", Key: []string{"id"}, Serial: true, Columns: []string{
		"id", "kind", "project", "line_no", "amount", "reason", "natural_key", "source", "ref", "business_date", "recorded_at", "actor"}},
	{Name: "sheet", Table: "sheet", Key: []string{"project", "round"}, Columns: []string{
		"project", "round", "kind", "issued", "declared", "reviewed", "cut", "actor", "at", "business_date"},
		Parts: []BoundPart{
			{
				Table: "sheet_line", Order: []string{"line_no"},
				Columns: []string{"line_no", "declared", "reviewed", "cut", "reason", "capability", "basis"},
				Later:   []string{"second_reason"},
			},
			{Table: "cross_line", Order: []string{"line_no"}, Columns: []string{"line_no", "reviewed", "comment"}},
		}},
	{Name: "document", Table: "document", Key: []string{"id"}, Serial: true, JSON: []string{"data"}, Columns: []string{
		"id", "project", "kind", "title", "doc_no", "file_name", "media_type", "size", "digest", "dated", "created_by", "created_at",
		"data", "rectification",
		"template", "series", "year", "seq", "tree", "template_digest", "doc_digest", "signed_by", "signature", "verify_token",
		"voided_on", "void_reason", "voided_by", "void_asked_by", "void_asked_at", "replaced_by", "plan_year"},
		Later: []string{"matter", "loose", "replaces"}},
	{
		Name: "opinion", Table: "expert_opinion", Key: []string{"project", "cycle", "person_id"}, JSON: []string{"scores", "lines"},
		Columns: []string{
			"project", "cycle", "person_id", "scores", "score", "lines", "overall", "comment", "dissent", "at", "business_date"},
	},
	{
		Name: "seat-void", Table: "seat_void", Key: []string{"id"}, Serial: true, JSON: []string{"evidence"}, Columns: []string{
			"id", "project", "cycle", "person_id", "conclusion", "reason", "evidence", "score_before", "score_after", "holds", "asked_by",
			"asked_at", "state", "decision", "decided_by", "decided_at", "note", "doc_no"},
	},
	{
		Name: "acceptance", Table: "acceptance", Key: []string{"project", "kind", "round"}, JSON: []string{"members", "items", "documents"},
		Columns: []string{
			"project", "kind", "round", "conclusion", "held_on", "members", "items", "trial_ends", "availability", "rectify_due", "doc_no",
			"comment", "actor", "at", "documents"},
	},
	{
		Name: "contract", Table: "contract", Key: []string{"contract_no"}, JSON: []string{"documents", "members", "deliverables"},
		Columns: []string{
			"contract_no", "project", "title", "supplier", "uscc", "supplier_org", "supervisor_org", "amount", "starts", "ends",
			"warranty_months", "state", "signed_on", "published_on", "filed_on",
			"documents", "package", "members", "bond", "bond_form", "sme", "ipr", "data_security", "deliverables", "ended_on", "ended_why"},
		Later: []string{"pay_days"},
		Parts: []BoundPart{
			{
				Table: "contract_term", Order: []string{"no"},
				Columns: []string{"no", "name", "condition", "ratio", "amount", "milestone_no"},
			},
		},
	},
	{Name: "change", Table: "contract_change", Key: []string{"contract_no", "no"}, Columns: []string{
		"contract_no", "no", "kind", "delta", "same_subject", "ratio", "changed_on", "source"}},
	{Name: "payment", Table: "payment_request", Key: []string{"request_no"}, Columns: []string{
		"request_no", "project", "contract_no", "term", "amount", "invoice_no", "payee", "comment", "state", "actor", "at", "business_date",
		"tax_code", "guarantee", "delivered_on"}},
	{Name: "record", Table: "record", Key: []string{"id"}, Serial: true, JSON: []string{"data"}, Columns: []string{
		"id", "project", "kind", "data", "business_date", "at", "actor"}},
	{Name: "running", Table: "running_import", Key: []string{"id"}, Serial: true, JSON: []string{"body"}, Columns: []string{
		"id", "file_name", "digest", "body", "projects", "refused", "state", "reason", "asked_by", "asked_at", "decided_by", "decided_at",
		"note"}, Later: []string{"withdrawn_at"}},
	{Name: "answer", Table: "check_answer", Key: []string{"id"}, Serial: true, Columns: []string{
		"id", "subject_kind", "subject_id", "project", "point", "rule", "place", "finding", "kind", "reason", "person", "post", "second_by",
		"run", "at"}},
}

// BoundFirst are the names of the kinds that binding began with: what baselines of the releases
// before the others were of.
func BoundFirst() (names []string) {
	for _, k := range boundFirst {
		names = append(names, k.Name)
	}
	return names
}

// BoundRow names a row that the transaction under way wrote.
type BoundRow struct {
	Kind  *BoundKind
	Key   string
	Fresh bool // certainly a new row
}
