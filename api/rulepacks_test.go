package api_test

import (
	"net/http"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models/modelstest"
	"github.com/quancheng/quancheng/models/rulebook"
)

// TestRulePackOverHTTP: one drafts and rehearses, another publishes what he has looked at.
func TestRulePackOverHTTP(t *testing.T) {
	h := newHouse(t, modelstest.Open(t, modelstest.SQLite(t)), nil)
	for person, post := range map[string]string{"ann": "RULE_DRAFTER@U0", "bob": "RULE_PUBLISHER@U0", "clerk": "APPLY_CLERK@U1"} {
		h.seat(person, post)
	}
	modelstest.Tx(t, h.db, func(tx *gorm.DB) error { return rulebook.Install(tx, noon) })
	const path = "/api/v1/rulepacks"
	type fields = map[string]any
	draft := func(value any) fields {
		return fields{
			"pack": "COUNTY-1", "validFrom": "2022-07-01", "reason": "县领导少批一些",
			"params": []fields{{"rule": "B06", "key": "L3", "value": value, "basis": "县府办〔2022〕17号"}},
		}
	}
	var p wire.RulePackDetail
	h.do("ann", http.MethodPost, path, draft(3000000)).want(201, "").into(&p)
	if p.State != "draft" || p.Example || len(p.Problems) != 0 || !p.MayEdit || p.MayPublish || p.Rehearsal != nil {
		t.Errorf("%+v", p)
	}
	h.do("clerk", http.MethodGet, path+"/COUNTY-1", nil).want(404, "not-found")
	h.do("bob", http.MethodPost, path, draft(4000000)).want(403, "forbidden")
	h.do("ann", http.MethodPost, path, fields{"pack": "a b", "validFrom": "2022-07-01"}).want(422, "pack-file-wrong")
	h.do("bob", http.MethodPost, path+"/COUNTY-1/publish", wire.PublishPack{Digest: p.Digest}).want(409, "pack-not-rehearsed")
	h.do("ann", http.MethodPost, path+"/COUNTY-1/rehearse", nil).want(200, "").into(&p)
	if p.Rehearsal == nil || p.MayPublish {
		t.Errorf("%+v", p)
	}
	h.do("bob", http.MethodGet, path+"/COUNTY-1", nil).want(200, "").into(&p)
	if !p.MayPublish {
		t.Errorf("%+v", p)
	}
	h.do("ann", http.MethodPost, path+"/COUNTY-1/publish", wire.PublishPack{Digest: p.Digest}).want(403, "forbidden")
	// What he looked at is not what is there any more.
	h.do("ann", http.MethodPost, path, draft(3500000)).want(201, "")
	h.do("bob", http.MethodPost, path+"/COUNTY-1/publish", wire.PublishPack{Digest: p.Digest}).want(409, "pack-moved-on")
	h.do("ann", http.MethodPost, path+"/COUNTY-1/rehearse", nil).want(200, "").into(&p)
	h.do("bob", http.MethodPost, path+"/COUNTY-1/publish", wire.PublishPack{Digest: p.Digest}).want(200, "").into(&p)
	if p.State != "published" || p.Published == nil || !p.InForce {
		t.Errorf("%+v", p)
	}
	h.do("bob", http.MethodPost, path+"/COUNTY-1/publish", wire.PublishPack{Digest: p.Digest}).want(409, "pack-published")
	h.do("ann", http.MethodDelete, path+"/COUNTY-1", nil).want(409, "pack-published")
	var list wire.RulePackPage
	h.do("clerk", http.MethodGet, path, nil).want(200, "").into(&list)
	if len(list.Items) != 2 || list.Items[0].ID != "COUNTY-1" || list.Items[1].InForce || !list.Items[1].Example {
		t.Errorf("%+v", list)
	}
	var look wire.RulePackDetail
	h.do("bob", http.MethodPost, path+"/rehearse", fields{"pack": "X", "validFrom": "2022-08-01",
		"params": []fields{{"rule": "B6", "key": "L3", "value": 1}}}).
		want(200, "").
		into(&look)
	if len(look.Remarks) != 1 || look.Remarks[0].Code != "pack-param-unread" || look.Base != "COUNTY-1" || look.Rehearsal == nil {
		t.Errorf("%+v", look)
	}
	h.do("bob", http.MethodGet, path+"/X", nil).want(404, "not-found")
}
