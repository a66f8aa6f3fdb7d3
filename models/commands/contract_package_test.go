package commands_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

// awarded plays a project to its award.
func (d *desk) awarded() {
	d.draft()
	d.applied()
	d.accepted()
	d.reviewed()
	d.trimmed()
	d.approved()
	d.procured()
}

// A bureau uses the code of a section again after a failure: the second failure counts.
func TestSecondFailureOfASection(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.awarded()
		d.fact(
			"procurement", "procurement.failed", "2022-06-20",
			`{"package_no":"S1","section_code":"X-S1-R2","reason_code":"违规","at":"2022-06-20"}`,
		)
		d.want(d.system("procurement.state"), "procurementState", `"FAILED"`)
		d.on = "2022-06-21"
		d.run(
			"APPLY_CLERK@DP18", "procurement.plan",
			`{"packages":[{"packageNo":"S1","name":"平台","category":"service","mode":"CONSULT","budget":"780000","limitPrice":"770000","lineNos":"1"}]}`,
		)
		d.system("procurement.send")
		d.want(d.system("procurement.state"), "procurementState", `"PENDING"`)
		d.fact(
			"procurement", "procurement.failed", "2022-07-01",
			`{"package_no":"S1","section_code":"X-S1-R2","reason_code":"违规","at":"2022-07-01"}`,
		)
		d.want(d.system("procurement.state"), "procurementState", `"FAILED"`)
	})
}

// A contract is its winner's, says what it must, and is signed with its file.
func TestContractOfAPackage(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.awarded()
		d.on = "2022-07-01"
		d.headers = map[string]string{"checks": "contract"}
		draft := `{"contractNo":"A-1","title":"t","supplier":{"name":"示例软件有限公司","uscc":"CODE"},"amount":"750000.00","sme":"yes","ipr":"归采购人","dataSecurity":"不出政务云","deliverables":[{"name":"系统"}],
			"warrantyMonths":24,"paymentTerms":[{"name":"首付","condition":"advance","ratio":95,"amount":"712500.00"},{"name":"质保","condition":"retention","ratio":5,"amount":"37500.00"}]}`
		with := func(code string) string { return strings.Replace(draft, "CODE", code, 1) }
		if got := d.refused("APPLY_CLERK@DP18", "contract.draft",
			with("91341700MA00DEM0XX")); got != "invalid-data; /supplier/uscc: uscc-invalid; /supplier/uscc: supplier-not-winner" {
			t.Error(got)
		}
		if got := d.refused("APPLY_CLERK@DP18", "contract.draft",
			with("91350100M000100Y43")); got != "invalid-data; /supplier/uscc: supplier-not-winner" {
			t.Error(got)
		}
		block := func(until models.Date) {
			t.Helper()
			err := db.Tx(t.Context(), func(tx *gorm.DB) error {
				b := office.SupplierBlock{Uscc: "91341700MA00DEM00W", Name: "示例软件有限公司", Until: until, Why: "围标串标"}
				return b.Block(tx, models.Acting{Person: models.System, At: time.Date(2022, 6, 1, 9, 0, 0, 0, models.Zone)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		block("2022-07-05") // the last day on which nothing is signed with it
		if got := d.refused("APPLY_CLERK@DP18", "contract.draft",
			with("91341700MA00DEM00W")); got != "invalid-data; /supplier/uscc: supplier-blocked" {
			t.Error(got)
		}
		block("")
		d.run("APPLY_CLERK@DP18", "contract.draft", with("91341700MA00DEM00W"))
		if got := d.refused("APPLY_CLERK@DP18", "contract.sign",
			`{"signedOn":"2022-07-05"}`); got != "invalid-data; /documents: signed-file-missing" {
			t.Error(got)
		}
		d.headers = nil
		block("2022-07-05") // since the draft
		if got := d.refused("APPLY_CLERK@DP18", "contract.sign",
			`{"signedOn":"2022-07-05"}`); got != "invalid-data; /signedOn: supplier-blocked" {
			t.Error(got)
		}
		block("2022-07-04")
		d.run("APPLY_CLERK@DP18", "contract.sign", `{"signedOn":"2022-07-05"}`)
		d.headers = map[string]string{"checks": "payment", "of": "contract"}
		ask := func(term, amount, invoice string) string {
			return `{"term":"` + term + `","amount":"` + amount + `","invoiceNo":"` + invoice + `","payee":"示例软件有限公司"}`
		}
		if got := d.refused("APPLY_CLERK@DP18", "payment.request", ask("首付", "712500.01",
			"F1")); got != "invalid-data; /amount: term-spent" {
			t.Error(got)
		}
		d.run("APPLY_CLERK@DP18", "payment.request", ask("首付", "712500.00", "F1"))
		d.fact("finance", "payment.paid", "2022-07-10", `{"pay_cert_no":"C0","xpay_amt":"712500.00","xpay_date":"2022-07-10"}`)
		var r books.PaymentRequest
		if err := db.Read(t.Context()).Where("invoice_no = 'F1'").Take(&r).Error; err != nil || r.State != books.PaymentDraft {
			t.Errorf("a draft became %s, %v", r.State, err)
		}
		d.system("payment.send")
		if got := d.refused("APPLY_CLERK@DP18", "payment.request", ask("首付", "0.01", "F2")); got != "invalid-data; /amount: term-spent" {
			t.Error(got)
		}
		if got := d.refused("APPLY_CLERK@DP18", "payment.request", ask("质保", "37500.00",
			"F3")); got != "invalid-data; /term: term-not-due" {
			t.Error(got)
		}
		early := strings.Replace(ask("质保", "37500.00", "F3"), "}", `,"guarantee":"BH-1"}`, 1)
		if got := d.refused("APPLY_CLERK@DP18", "payment.request", early); got != "invalid-data; /term: term-not-due" {
			t.Errorf("a guarantee before the acceptance: %s", got)
		}
		final := books.Acceptance{
			Project: d.vars["projectCode"].(string), Kind: books.Final, Round: 1, HeldOn: "2022-07-20", Conclusion: "pass",
			Members: models.JSON("[]"), Items: models.JSON("[]"), Actor: "x",
		}
		if err := db.Tx(t.Context(), func(tx *gorm.DB) error { return tx.Create(&final).Error }); err != nil {
			t.Fatal(err)
		}
		if got := d.refused("APPLY_CLERK@DP18", "payment.request", ask("质保", "37500.00",
			"F3")); got != "invalid-data; /term: term-not-due; /term: warranty-runs" {
			t.Error(got)
		}
		d.run("APPLY_CLERK@DP18", "payment.request", early)
		d.headers = map[string]string{"kind": "FINAL", "checks": "acceptance.final"}
		one := `{"name":"某","org":"示例软件有限公司"}`
		got := d.refused(
			"APPLY_CLERK@DP18", "acceptance.record",
			`{"date":"2099-01-01","conclusion":"pass","items":[{"clause":"x","result":"pass"}],"group":[`+one+`,`+one+`,`+one+`],"availability":10}`,
		)
		for _, want := range []string{"/date: date-in-future", "/group/1/name: twice", "/group/0/org: group-of-supplier",
			"/availability: availability-low"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s is missing in %s", want, got)
			}
		}
	})
}
