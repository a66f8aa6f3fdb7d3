package api_test

import (
	"fmt"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/office"
)

// TestPersonalDataEnds goes the way of a list over HTTP: the officer asks, nobody else may, the archivist is told
// and confirms; then nothing of who left can be shown any more.
func TestPersonalDataEnds(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("oa", "OFFICE@U1")
	h.seat("ar", "ARCHIVIST@U1")
	h.seat("ck", "APPLY_CLERK@U2")
	err := h.db.Tx(ctx(), func(tx *gorm.DB) error {
		left := noon.AddDate(-3, 0, 0)
		p := office.Person{ID: "gone", Name: "老周", EmployerUnit: "U1", LeftAt: &left}
		if err := p.SetNumbers(h.cipher, "13900006120", ""); err != nil {
			return err
		}
		return tx.Create(&p).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	var due wire.PrivacyDue
	h.do("oa", "GET", "/api/v1/privacy/due?kind=left", nil).want(200, "").into(&due)
	if len(due.Items) != 1 || due.Items[0].Name != "老周" || due.Total != 1 {
		t.Fatalf("due: %+v", due)
	}
	erase := wire.EraseInput{Reason: "到期删除个人信息"}
	h.do("ck", "GET", "/api/v1/privacy", nil).want(403, "forbidden")
	h.do("ar", "POST", "/api/v1/privacy/lists", erase).want(403, "forbidden")
	h.seat("pi", "PI_OFFICER@U1")
	h.do("oa", "POST", "/api/v1/privacy/lists", erase).want(403, "privacy-officer-there")
	h.do("pi", "POST", "/api/v1/privacy/lists", map[string]any{"reason": "到期删除", "items": []string{"nobody"}}).want(422, "")
	var l wire.PrivacyList
	h.do("pi", "POST", "/api/v1/privacy/lists", erase).want(202, "").into(&l)
	h.do("pi", "POST", "/api/v1/privacy/lists/"+l.ID, wire.Decision{Accept: true}).want(403, "forbidden")
	h.do("pi", "POST", "/api/v1/people/gone/reveal", wire.RevealInput{Field: "mobile", Reason: "联系本人确认"}).want(200, "")

	var told wire.NotificationPage
	h.do("ar", "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	if len(told.Items) != 1 || told.Items[0].Text != "演示pi 送来个人信息清单（1 项），请确认" || told.Items[0].Subject.Kind != "privacy" {
		t.Errorf("the archivist was told %+v", told.Items)
	}
	var page wire.Privacy
	h.do("ar", "GET", "/api/v1/privacy", nil).want(200, "").into(&page)
	if len(page.Lists) != 1 || !page.Lists[0].MayDecide || page.MayErase || page.Years != 3 || page.Cutoff != "2023-11-24" {
		t.Errorf("the archivist's page: %+v", page)
	}
	h.do("ar", "POST", "/api/v1/privacy/lists/"+l.ID, wire.Decision{Accept: true}).want(200, "").into(&l)
	if l.State != "done" || l.Items[0].Outcome != "erased" {
		t.Errorf("confirmed: %+v", l)
	}
	h.do("ar", "POST", "/api/v1/privacy/lists/"+l.ID, wire.Decision{Accept: true}).want(409, "checked-already")
	h.do("pi", "POST", "/api/v1/people/gone/reveal", wire.RevealInput{Field: "mobile", Reason: "联系本人确认"}).want(422, "number-missing")
	h.do("pi", "POST", "/api/v1/privacy/lists", erase).want(422, "privacy-nothing-due")

	var held wire.LegalHold
	h.do("ar", "POST", "/api/v1/privacy/holds", wire.HoldInput{Kind: "person", Ref: "gone", Basis: "函〔2026〕1号", Reason: "纪检调查需要"}).
		want(201, "").into(&held)
	h.do("ar", "POST", "/api/v1/privacy/holds/"+held.ID+"/lift", wire.Because{Reason: "调查已经结束"}).want(403, "forbidden")
	h.do("pi", "POST", "/api/v1/privacy/holds/"+held.ID+"/lift", wire.Because{Reason: "调查已经结束"}).want(202, "").into(&l)
	h.pass(72 * time.Hour)
	h.do("ar", "POST", "/api/v1/privacy/lists/"+l.ID, wire.Decision{Accept: true}).want(409, "checked-already")
	h.do("pi", "POST", "/api/v1/privacy/holds/"+held.ID+"/lift", wire.Because{Reason: "调查已经结束"}).want(202, "")
}

// TestRevealsInBulk: the twenty-first person in a day needs more than a reason.
func TestRevealsInBulk(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	h.seat("pi", "PI_OFFICER@U1")
	err := h.db.Tx(ctx(), func(tx *gorm.DB) error {
		for n := range 22 {
			p := office.Person{ID: fmt.Sprintf("p%d", n), Name: "某人", EmployerUnit: "U1", Active: true}
			if err := p.SetNumbers(h.cipher, fmt.Sprintf("139000061%02d", n), ""); err != nil {
				return err
			}
			if err := tx.Create(&p).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	show := func(n int) answer {
		in := wire.RevealInput{Field: "mobile", Reason: "逐个电话通知"}
		return h.do("pi", "POST", fmt.Sprintf("/api/v1/people/p%d/reveal", n), in)
	}
	for n := range 20 {
		show(n).want(200, "")
	}
	show(0).want(200, "") // the same person is one
	show(20).want(422, "reveal-in-bulk")
	h.seat("ar", "ARCHIVIST@U1")
	h.seat("audit", "AUDIT_ADMIN@U9")
	ask := wire.BulkReveal{People: []string{"p20"}, Reason: "通知全体专家"}
	h.do("pi", "POST", "/api/v1/privacy/reveals", wire.BulkReveal{People: []string{"px"}, Reason: ask.Reason}).want(422, "invalid-data")
	h.do("ar", "POST", "/api/v1/privacy/reveals", ask).want(403, "forbidden")
	var l wire.PrivacyList
	h.do("pi", "POST", "/api/v1/privacy/reveals", ask).want(202, "").into(&l)
	show(20).want(422, "reveal-in-bulk") // it waits
	h.do("ar", "POST", "/api/v1/privacy/lists/"+l.ID, wire.Decision{Accept: true}).want(200, "")
	show(20).want(200, "")
	show(21).want(422, "reveal-in-bulk")
	var told wire.NotificationPage
	h.do("audit", "GET", "/api/v1/notifications", nil).want(200, "").into(&told)
	if len(told.Items) != 1 || told.Items[0].Kind != "privacy-revealed" {
		t.Errorf("the audit administrator was told %+v", told.Items)
	}
	h.pass(24*time.Hour + time.Minute)
	show(21).want(200, "")
}
