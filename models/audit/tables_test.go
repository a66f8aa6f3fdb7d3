package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/modelstest"
)

// unboundTables are the tables that the audit does not bind, with the reason why it need not.
var unboundTables = []struct{ why, tables string }{
	{
		"the audit itself, under its own hashes and seals",
		"audit audit_check audit_head audit_row audit_seal audit_stamp access_tally distrust",
	},
	{
		"where tokens stand: what was decided is task_act, and each step has its entry",
		"root_state process_instance element_instance flow_taken variable task task_candidate task_done " +
			"task_draft task_pause timer job subscription message incident stuck_root duty_record suspension " +
			"reopened supervision " +
			"start_subscription",
	},
	{
		"what waits for a second person: each word on it has its entry, with the digest of what was asked; " +
			"who is carrying it out is a mark of a minute",
		"confirmation second_request",
	},
	{
		"who is told, looks on, or types; files on their way in",
		"upload upload_piece case_copy case_follow case_party task_copy task_read begun start_draft reseat_mark",
	},
	{
		"what callers were answered, kept so that they are answered the same, and not for ever",
		"event_outcome request_outcome",
	},
	{
		"traffic, and how it is told",
		"outbox notification notice_channel notice_choice notice_setting reminder stream_event stream_gap " +
			"stream_head correlation outbox_head partner_contact",
	},
	{
		"signed letters of the bureaus; what they did is fact and ledger, which are bound",
		"partner_inbox partner_conflict",
	},
	{
		"what was not believed, kept for a while; files of letters, each with its entry and digest",
		"partner_quarantine partner_file",
	},
	{
		"that a comparison was made; what it found is bound",
		"reconciliation_run",
	},
	{
		"drafts of the applicant; what was submitted is application_revision, its stages project_stage",
		"budget_line incomplete_line project",
	},
	{
		"lists of the project that nothing is decided by",
		"catalogue_entry key_person",
	},
	{
		"what machines found, with digests of its inputs; what a person answered is bound",
		"check_run check_facts rule_eval sim_result",
	},
	{
		"rules: each publication has its entry with the digest",
		"rule_pack rule_file policy work_calendar calendar_request",
	},
	{
		"models: named by their own digest",
		"bundle bundle_file definition",
	},
	{
		"where the files of a document lie, by the digest that document binds",
		"document_file",
	},
	{
		"reference and working data; what is issued of them is a bulletin, a figure or an entry of the plan",
		"service_item capability expert expert_employer supplier_block system_inventory walk walk_issue campaign " +
			"campaign_item campaign_unit plan_unit",
	},
	{
		"a report: its figures, which bind the digests of their rows, sections and notes are bound, and the locked one is a document",
		"report_snapshot report_row",
	},
	{
		"registers of the county's own: every revision is kept and has its entry, an import of many one",
		"register_def register_entry register_import register_revision register_begin",
	},
	{
		"the organisation: each change has its entry, requests by digest",
		"dept person post unit_function unit_name town permission_set grant_part grant_request " +
			"grant_review",
	},
	{
		"keys of people",
		"credential one_time_code setup_link session sign_in_attempt",
	},
	{
		"bookkeeping of the machine; SQLite has some of its own",
		"org_version business_counter doc_counter search_entry search_gram search_place saved_view " +
			"goose_db_version sqlite_sequence",
	},
}

// TestEveryTableIsBoundOrExcused: a table that a migration adds is bound, or there is a reason why not.
func TestEveryTableIsBoundOrExcused(t *testing.T) {
	excused := map[string]bool{}
	for _, u := range unboundTables {
		for _, name := range strings.Fields(u.tables) {
			excused[name] = true
		}
	}
	bound := map[string]bool{}
	for _, k := range models.Bound {
		if bound[k.Table] {
			t.Errorf("%s is bound twice", k.Table)
		}
		bound[k.Table] = true
		for _, p := range k.Parts {
			bound[p.Table] = true
		}
	}
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		tables, err := db.Read(context.Background()).Migrator().GetTables()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range tables {
			switch {
			case bound[name] && excused[name]:
				t.Errorf("%s is bound and excused", name)
			case !bound[name] && !excused[name]:
				t.Errorf("%s is neither bound (models/bound.go) nor excused here with a reason", name)
			}
		}
		for _, k := range models.Bound { // the statements that digests are taken of
			asked := map[string][]string{k.Table: slices.Concat(k.Key, k.Columns, k.Later)}
			for _, p := range k.Parts {
				asked[p.Table] = slices.Concat(k.Key, p.Columns, p.Later, p.Order)
			}
			for table, columns := range asked {
				q := "SELECT " + strings.Join(columns, ", ") + " FROM " + table + " WHERE 1 = 0"
				if err := db.Read(context.Background()).Exec(q).Error; err != nil {
					t.Errorf("%s: %v", k.Name, err)
				}
			}
		}
	})
}

// TestKindsThatJoinAreBound: a baseline of a former release was of fewer kinds. What the others
// hold is bound at the next start, and what comes behind the audit's back is found from then on.
func TestKindsThatJoinAreBound(t *testing.T) {
	const review = `INSERT INTO review (project, cycle, conclusion, summary) VALUES ('XM-1', %, 'pass', '')`
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		inTx(t, db, func(tx *gorm.DB) error { return exec(tx, rows...) })
		look := func() (r audit.AuditResult) {
			t.Helper()
			err := db.Snapshot(context.Background(), func(tx *gorm.DB) (err error) {
				r, err = audit.Verifier{}.All(tx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		first := len(models.BoundFirst())
		joined := slices.Clone(models.Bound)
		models.Bound = models.Bound[:first] // as a former release knew them
		inTx(t, db, func(tx *gorm.DB) error { return audit.Baseline(tx, acting("system")) })
		models.Bound = joined
		old := boundRows(t, db.Read(context.Background()), joined[:first])
		inTx(t, db, func(tx *gorm.DB) error { return exec(tx, strings.ReplaceAll(review, "%", "2")) })
		if r := look(); r.Break != nil || r.Rows != old {
			t.Errorf("before the kinds have joined: %d rows, broken %+v", r.Rows, r.Break)
		}
		for range 2 {
			inTx(t, db, func(tx *gorm.DB) error { return audit.Baseline(tx, acting("system")) })
		}
		if r := look(); r.Break != nil || r.Rows != boundRows(t, db.Read(context.Background()), models.Bound) || r.Rows < old+4 {
			t.Errorf("once they have: %d rows, broken %+v", r.Rows, r.Break)
		}
		inTx(t, db, func(tx *gorm.DB) error { return exec(tx, strings.ReplaceAll(review, "%", "3")) })
		if r := look(); r.Break == nil || r.Break.Cause != audit.RowUnbound || r.Break.Row != "review:XM-1#3" {
			t.Errorf("a row of nobody's: %+v", r.Break)
		}
	})
}
