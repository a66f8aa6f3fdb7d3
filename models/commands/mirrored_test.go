package commands_test

import (
	"context"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
)

// The bureau registers another contract than the one we drafted: it counts, and
// takes over the terms of the draft.
func TestMirroredContract(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.draft()
		d.applied()
		d.accepted()
		d.reviewed()
		d.trimmed()
		d.approved()
		d.procured()
		d.on = "2022-07-01"
		d.run(
			"APPLY_CLERK@DP18", "contract.draft",
			`{"contractNo":"A-1","title":"t","supplier":{"name":"甲","uscc":"U"},"amount":"10.00","paymentTerms":[{"name":"全款","condition":"final","ratio":100,"amount":"10.00"}]}`,
		)
		d.fact(
			"procurement", "procurement.contract_signed", "2022-07-02",
			`{"contract_no":"b—2","amount":"12.00","signed_on":"2022-07-02","supplier":{"name":"乙","uscc":"V"}}`,
		)
		d.want(d.system("contract.mirror"), "contractNo", `"B-2"`)
		d.stage(books.Contracted)
		terms, err := books.Terms(db.Read(context.Background()), d.project().Code)
		if err != nil || len(terms) != 1 || terms[0].ContractNo != "B-2" || terms[0].Condition != "final" {
			t.Errorf("terms %+v, %v", terms, err)
		}
		all, err := books.Contracts(db.Read(context.Background()), d.project().Code)
		if err != nil || len(all) != 1 || d.totals().Contracted.String() != "12.00" {
			t.Errorf("contracts %+v, %v", all, err)
		}
	})
}

// An application names the one that it declares again; only an ended one of the
// same department will do.
func TestDeclaredAgain(t *testing.T) {
	modelstest.Each(t, func(t *testing.T, db *models.DB) {
		d := open(t, db)
		d.draft()
		first := d.project()
		d.draft()
		again := func(code string) {
			d.tx(func(tx *gorm.DB) error {
				return tx.Exec(
					"UPDATE project SET form = ? WHERE code = ?", models.JSONOf(map[string]string{"previousProject": code}),
					d.project().Code,
				).Error
			})
		}
		for _, code := range []string{"XM-2022-999", first.Code, d.project().Code} {
			again(code)
			if got := d.refused("APPLY_CLERK@DP18", "application.complete",
				"{}"); got != "application-incomplete; /form/previousProject: not-declared-before" {
				t.Error(got)
			}
		}
		d.tx(func(tx *gorm.DB) error {
			return books.SetStage(tx, d.who("BUREAU_CHIEF@DP34", 0), &first, books.Rejected)
		})
		again(first.Code)
		d.run("APPLY_CLERK@DP18", "application.complete", "{}")
		if p := d.project(); string(p.PreviousProject) != first.Code {
			t.Errorf("previous project = %q", p.PreviousProject)
		}
	})
}
