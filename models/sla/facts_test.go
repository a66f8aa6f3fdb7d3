package sla_test

import (
	"fmt"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/sla"
)

// TestPausesMoveTheDayOfTheReview holds rule A14 at the acceptance: the working days on which the clock of the
// review stood still, each once, move the day by which it is due; without any it stays.
func TestPausesMoveTheDayOfTheReview(t *testing.T) {
	db := modelstest.Open(t, modelstest.SQLite(t))
	bureau(t, db)
	open(t, db, 1, "2022-05-16 09:00:00", 20, "officer")
	open(t, db, 2, "2022-05-16 09:00:00", 20, "officer")
	tx(t, db, func(tx *gorm.DB) error {
		p := books.Project{
			Code: "P1", Name: "一", DeptID: "DP18", Type: "NEW_BUILD", Form: models.JSON(`{}`), Stage: books.Accepted, RevisionNo: 1,
			DraftedOn: "2022-05-10", SubmittedOn: "2022-05-16", AcceptedOn: "2022-05-16",
			CreatedBy: "clerk",
		}
		if err := tx.Create(&p).Error; err != nil {
			return err
		}
		return tx.Create(&books.StageChange{
			Project: "P1", Seq: 1, Stage: books.Accepted, BusinessDate: "2022-05-16", At: at(t, "2022-05-16 10:00:00").UTC(), Actor: "officer",
		}).Error
	})
	look := func(when, paused, day string) {
		t.Helper()
		want := paused + " pass [] &{[decideBy reviewBy] [{2022 5 19} [{2022 6 " + day + "}]] map[]}"
		tx(t, db, func(tx *gorm.DB) error {
			rep, facts, err := books.Rules.Look(tx, models.Acting{Person: "officer", At: at(t, when)}, "intake",
				rules.Subject{Kind: books.SubjectProject, ID: "P1", Revision: 1, Root: 9, Project: "P1"})
			if err != nil {
				return err
			}
			res, _ := rep.Result("A14")
			if got := fmt.Sprint(facts["paused"], " ", res.State, " ", res.Unwired, " ", res.Value); got != want {
				t.Errorf("%s: %s, want %s", when, got, want)
			}
			return nil
		})
	}
	act := func(f func(*gorm.DB, models.Acting, int64) error, when string) {
		t.Helper()
		tx(t, db, func(tx *gorm.DB) error { return f(tx, models.Acting{Person: "chief", At: at(t, when)}, 9) })
	}
	look("2022-05-20 09:00:00", "0", "14")
	act(sla.Pause, "2022-05-19 10:00:00")
	act(sla.Resume, "2022-05-19 16:00:00")
	look("2022-05-20 09:00:00", "0", "14") // within a day
	act(sla.Pause, "2022-05-20 10:00:00")
	act(sla.Resume, "2022-05-24 10:00:00") // over a weekend
	look("2022-05-25 09:00:00", "2", "16")
}
