package commands_test

import (
	"context"
	"fmt"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/modelstest"
)

// refusals are what the catalogue refuses, by the point of a life at which it
// is tried: post, command, data, and everything that is wrong with them.
var refusals = map[string][][4]string{
	"draft": {
		{
			"APPLY_CLERK@DP18", "application.complete", `{}`,
			"application-incomplete; /lines: lines-missing; /mlpsLevel: required; /form/secrecy: secret-project; /form/total: header-differs; /form/funding: funding-differs",
		},
	},
	"submitted": {
		{"BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"maybe"}`, "invalid-data; /decision: not-an-option"},
		{"BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"supplement"}`, "invalid-data; /supplementItems: supplement-empty"},
		{
			"BUREAU_ACCEPT@DP34", "formal.check",
			`{"decision":"supplement","supplementItems":[{"item":"a","requirement":"x"},{"item":"a","requirement":""}]}`,
			"invalid-data; /supplementItems/1/requirement: required; /supplementItems/1/item: twice",
		},
		{"BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"refuse","reason":"不行"}`, "invalid-data; /reason: reason-too-short"},
		{
			"BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"accept","checklist":[{"code":"A","result":"fail"}]}`,
			"invalid-data; /checklist/0/result: failed-item-accepted; /checklist/0/comment: required",
		},
	},
	"accepted": { // a notice was sent and answered
		{
			"BUREAU_ACCEPT@DP34", "formal.check", `{"decision":"supplement","supplementItems":[{"item":"新要求","requirement":"x"}]}`,
			"invalid-data; /supplementItems/0/item: not-told-at-once",
		},
		{
			"APPLY_CLERK@DP18", "formal.supplement", `{"answers":[{"item":"别的","text":" ","documents":["99"]}]}`,
			"invalid-data; /answers/0/text: required; /answers/0/documents/0: document-unknown; /answers/0/item: not-asked; /answers: unanswered",
		},
		{
			"BUREAU_REVIEW_A@DP34", "review.pre", `{"comment":"","findings":[{"lineNo":9,"text":""}]}`,
			"invalid-data; /comment: required; /findings/0/text: required; /findings/0/lineNo: line-unknown",
		},
		{"EXPERT@EX00", "review.statement", `{"confidential":true}`, "not-your-seat"},
		{"DRAW_OPERATOR@DP34", "review.draw", `{}`, "pool-too-small"},
	},
	"reviewed": {
		{
			"BUREAU_REVIEW_A@DP34", "trimming.save", `{"lines":[]}`,
			"invalid-data; /lines: line-missing; /lines: line-missing; /lines: line-missing",
		},
		{
			"BUREAU_REVIEW_A@DP34", "trimming.save",
			`{"lines":[{"lineNo":1,"reviewed":"1000000.01","reason":"PRICE"},{"lineNo":2,"reviewed":"300000.00","reason":"PRICE"},{"lineNo":3,"reviewed":"19999.999"}]}`,
			"invalid-data; /lines/0/reviewed: reviewed-above-declared; /lines/1/reason: reason-without-cut; /lines/2/reviewed: money-format; /lines/2/reason: cut-without-reason",
		},
		{
			"BUREAU_REVIEW_A@DP34", "trimming.save",
			`{"lines":[{"lineNo":1,"reviewed":"0","reason":"REUSE"},{"lineNo":2,"reviewed":"-1.00","reason":"REUSE","capabilityId":"CAP-X"},{"lineNo":2,"reviewed":"0","reason":"MOOD"},{"lineNo":7,"reviewed":"0"}]}`,
			"invalid-data; /lines/0/capabilityId: reuse-without-capability; /lines/1/reviewed: money-negative; /lines/1/capabilityId: capability-unknown; /lines/2/lineNo: twice; /lines/2/reason: not-an-option; /lines/3/lineNo: line-unknown; /lines: line-missing",
		},
	},
	"trimmed": {
		{"BUREAU_REVIEW_A@DP34", "trimming.cross", `{"lines":[]}`, "same-reviewer"},
		{
			"BUREAU_REVIEW_B@DP34", "trimming.cross", `{"lines":[{"lineNo":2,"reviewed":"300000.01"},{"lineNo":2,"reviewed":"0"}]}`,
			"invalid-data; /lines/0/reviewed: reviewed-above-declared; /lines/1/lineNo: twice; /lines: line-missing",
		},
		{"APPLY_CLERK@DP18", "trimming.reply", `{"answer":"object"}`, "invalid-data; /objections: objections-missing"},
		{
			"APPLY_CLERK@DP18", "trimming.reply", `{"answer":"agree","objections":[{"lineNo":3,"text":""}]}`,
			"invalid-data; /objections: objections-with-agreement; /objections/0/text: required; /objections/0/lineNo: nothing-cut",
		},
		{
			"BUREAU_REVIEW_A@DP34", "trimming.answer", `{"replies":[{"lineNo":1,"outcome":"uphold","reviewed":"0","text":"x"}]}`,
			"invalid-data; /replies/0/lineNo: not-objected",
		},
	},
	"approved": {
		{
			"OFFICE@DP34", "approval.meeting", `{"meetingNo":"","meetingDate":"3月","decision":"x"}`,
			"invalid-data; /meetingNo: required; /meetingDate: date-format; /decision: not-an-option",
		},
		{
			"OFFICE@DP34", "approval.meeting", `{"meetingNo":"第9次","meetingDate":"2099-05-01","decision":"approve"}`,
			"invalid-data; /meetingDate: date-in-future",
		},
		{"BUREAU_CHIEF@DP34", "budget.fix", `{"decision":"x","comment":""}`, "invalid-data; /decision: not-an-option; /comment: required"},
		{"APPLY_CLERK@DP18", "procurement.plan", `{}`, "invalid-data; /packages: packages-missing"},
		{
			"APPLY_CLERK@DP18", "procurement.plan",
			`{"packages":[{"packageNo":"S1","name":"x","mode":"CONSULT","budget":"800000.01","limitPrice":"800000.02","lineNos":"1,2"},{"packageNo":"S1","name":"","mode":"CONSULT","budget":"0","limitPrice":"0","lineNos":"2,9"}]}`,
			"invalid-data; /packages/0/limitPrice: limit-above-budget; /packages/1/packageNo: twice; /packages/1/name: required; /packages/1/lineNos: line-in-two-packages; /packages/1/lineNos: line-unknown; /packages: plan-above-issued",
		},
	},
	"procured": {
		{
			"APPLY_LEADER@DP18", "procurement.failed", `{"decision":"x","reason":" "}`,
			"invalid-data; /decision: not-an-option; /reason: required",
		},
		{"APPLY_CLERK@DP18", "contract.sign", `{"signedOn":"2027-01-01"}`, "invalid-data; /signedOn: date-in-future"},
		{"APPLY_CLERK@DP18", "contract.sign", `{"signedOn":"2022-07-01"}`, "no-contract-draft"},
		{"APPLY_CLERK@DP18", "contract.milestones", `{}`, "no-signed-contract"},
		{"SUPPLIER_PM@SU01", "payment.request", `{}`, "no-signed-contract"},
		{
			"APPLY_CLERK@DP18", "contract.draft",
			`{"contractNo":"H","title":"t","supplier":{"name":"s","uscc":"u"},"amount":"1.00","start":"2022-02-02","end":"2022-02-01","paymentTerms":[{"name":"a","ratio":"60","amount":"1.00"},{"name":"a","ratio":"41","amount":"0"}]}`,
			"invalid-data; /end: end-before-start; /paymentTerms/1/name: twice; /paymentTerms: ratios-not-whole",
		},
	},
	"contracted": {
		{"APPLY_CLERK@DP18", "contract.sign", `{"signedOn":"2022-07-01"}`, "contract-signed-already"},
		{
			"APPLY_CLERK@DP18", "contract.draft",
			`{"contractNo":"yj-2022 ht-01","title":"t","supplier":{"name":"s","uscc":"u"},"amount":"0","paymentTerms":[]}`,
			"invalid-data; /paymentTerms: ratios-not-whole; /contractNo: contract-no-taken",
		},
		{
			"APPLY_CLERK@DP18", "contract.milestones",
			`{"milestones":[{"no":1,"name":"","planDate":"x"},{"no":1,"name":"b","planDate":"2022-08-01"}],"payments":[{"term":"a","ratio":50,"milestoneNo":3}]}`,
			"invalid-data; /milestones/0/name: required; /milestones/0/planDate: date-format; /milestones/1/no: twice; /payments/0/milestoneNo: milestone-unknown; /payments: ratios-not-whole",
		},
		{
			"SUPPLIER_PM@SU01", "construction.kickoff", `{"startedOn":"","team":[{"name":""}]}`,
			"invalid-data; /startedOn: date-format; /team/0/name: required",
		},
	},
	"built": {
		{
			"APPLY_CLERK@DP18", "acceptance.prepare", `{"materials":[{"code":"poem","document":["99"]}]}`,
			"invalid-data; /materials/0/code: not-an-option; /materials/0/document/0: document-unknown",
		},
		{
			"APPLY_CLERK@DP18", "acceptance.record",
			`{"group":[{"name":"a","org":""},{"name":"b","org":"B"},{"name":"c","org":"C"},{"name":"d","org":"D"}],"conclusion":"pass","date":"2022-12-22","trialEnds":"2022-12-01"}`,
			"invalid-data; /group: group-not-odd; /group/0/org: required; /trialEnds: end-before-start",
		},
		{
			"SUPPLIER_PM@SU01", "payment.request", `{"term":"终验合格","amount":"0","invoiceNo":"","payee":""}`,
			"invalid-data; /invoiceNo: required; /payee: required; /amount: amount-zero; /payee: payee-not-supplier; /term: term-not-due",
		},
		{
			"ARCHIVIST@DP34", "archive.collect", `{"items":[{"stage":"","category":"","title":"","date":""}]}`,
			"invalid-data; /items/0/stage: required; /items/0/category: required; /items/0/title: required; /items/0/date: date-format",
		},
		{"BUREAU_CHIEF@DP34", "rectification.dispatch", `{}`, "not-found"},
	},
}

// Every refusal comes with all that is wrong at once, and changes nothing.
func TestRefusals(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.draft()
		d.tx(func(tx *gorm.DB) error { // a draft that nobody could submit
			bad := d.project()
			bad.Code, bad.MlpsLevel, bad.Form = "XM-2022-900", 0, models.JSON(
				`{"secrecy":"秘密","total":"5.00","funding":[{"amount":"3.00"}]}`,
			)
			return tx.Create(&bad).Error
		})
		good := d.vars["projectCode"]
		d.vars["projectCode"] = "XM-2022-900"
		d.tried(t, "draft")
		d.vars["projectCode"] = good
		d.headers = map[string]string{"kind": "PRELIM"}
		for _, step := range []struct {
			name string
			play func()
		}{
			{"submitted", d.applied}, {"accepted", d.accepted}, {"reviewed", d.reviewed}, {"trimmed", d.trimmed},
			{"approved", d.approved}, {"procured", d.procured}, {"contracted", d.contracted}, {"built", d.built},
		} {
			step.play()
			d.headers = map[string]string{"kind": "PRELIM"}
			d.tried(t, step.name)
		}
	})
}

func (d *desk) tried(t *testing.T, point string) {
	t.Helper()
	if len(refusals[point]) == 0 {
		t.Fatalf("nothing is refused at %q", point)
	}
	before := d.totals()
	for _, c := range refusals[point] {
		if got := d.refused(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%s %s\n got %s\nwant %s", c[1], c[2], got, c[3])
		}
	}
	if after := d.totals(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the ledger changed: %+v, %+v", before, after)
	}
}

// What the code should never do, the database refuses.
func TestConstraints(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.draft()
		d.applied()
		code := d.project().Code
		sheet := func(reviewed, cut, reason string) []any {
			line := "INSERT INTO sheet_line (project, round, line_no, declared, reviewed, cut, reason, basis) VALUES ('" + code +
				"', 1, 1, 100, " + reviewed + ", " + cut + ", " + reason + ", '')"
			return []any{
				"INSERT INTO sheet (project, round, kind, issued, declared, reviewed, cut, actor, at, business_date) VALUES ('" + code +
					"', 1, 'A', FALSE, 100, 100, 0, 'x', '2022-01-01', '2022-01-01')",
				line,
			}
		}
		for name, statements := range map[string][]any{
			"a ledger entry is changed":      {"UPDATE ledger SET amount = 1"},
			"a ledger entry is deleted":      {"DELETE FROM ledger"},
			"the audit chain is changed":     {"UPDATE audit SET actor = 'x'"},
			"the audit chain is deleted":     {"DELETE FROM audit"},
			"reviewed above declared":        sheet("101", "-1", "NULL"),
			"a negative amount":              sheet("-1", "101", "'DUP'"),
			"money lost between the two":     sheet("40", "50", "'DUP'"),
			"a cut without reason":           sheet("40", "60", "NULL"),
			"a reason without cut":           sheet("100", "0", "'DUP'"),
			"a cut with its reason":          sheet("40", "60", "'DUP'"),
			"an empty reason":                sheet("40", "60", "''"),
			"a kind that the ledger has not": {"INSERT INTO ledger (kind, project, amount, natural_key, source, business_date, recorded_at, actor) VALUES ('gift', '" + code + "', 1, 'k', 's', '2022-01-01', '2022-01-01', 'x')"},
		} {
			err := db.Tx(context.Background(), func(tx *gorm.DB) error {
				for _, s := range statements {
					if err := tx.Exec(s.(string)).Error; err != nil {
						return err
					}
				}
				return nil
			})
			if allowed := name == "a cut with its reason"; (err == nil) != allowed {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
