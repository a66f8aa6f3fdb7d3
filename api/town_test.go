package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/activities"
	"github.com/quancheng/quancheng/activities/activitiestest"
	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/demo"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/webhook"
	"github.com/quancheng/quancheng/workflows/contract"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// direct is the shell without Temporal: it seals as the client does, and calls
// Commit straight, as the workflow's local activity does.
type direct struct{ c *activities.Committer }

func (d direct) Send(ctx context.Context, r contract.Request) (contract.Outcome, error) {
	return activitiestest.Sealed(d.c)(ctx, r)
}

// town is a house with the demonstration's organisation, the shipped models, and Commit behind it.
type town struct {
	*house
	cast
	key   webhook.Key
	shell direct
	cache *bundles.Cache
}

// cast are those who play a project: the clerk of the applying unit, the chief
// of the bureau's section, who sees everything, and who answers the sheet's reminders.
type cast struct{ clerk, chief, head string }

// demonstration is played by its own people.
var demonstration = cast{"zhou-min", "zhao-kezhang", "li-xin"}

func newTown(t testing.TB, db *models.DB) *town {
	t.Helper()
	return openTown(t, db, &api.Dev{}, demonstration, demo.Install)
}

// openTown is a house with the shipped models, and what install brings.
func openTown(t testing.TB, db *models.DB, dev *api.Dev, people cast, install func(*gorm.DB, models.Acting) error) *town {
	t.Helper()
	cache := bundles.NewCache(db)
	c := activities.New(db, cache, activitiestest.Keys())
	key := webhook.NewKey()
	h := newHouse(t, db, func(d *api.Deps) {
		d.Bundles, d.Sender, d.Dev = cache, direct{c}, dev
		d.Keys = map[string][]webhook.Key{"finance": {webhook.NewKey(), key}, "procurement": {key}}
	})
	c.Now = h.clock
	shipped, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	err = db.Tx(ctx(), func(tx *gorm.DB) error {
		a := models.Acting{Person: models.System, At: h.now.UTC()}
		if err := install(tx, a); err != nil {
			return err
		}
		_, problems, err := bundles.Deploy(tx, a, shipped)
		for _, p := range problems {
			t.Log(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return &town{house: h, cast: people, key: key, shell: direct{c}, cache: cache}
}

var application = wire.ProjectDraft{
	Name: "智慧停车管理系统", Type: "新建", Dept: "DP18", MlpsLevel: 2,
	Lines: []wire.LineInput{
		{Category: "软件开发", Name: "停车诱导平台", Unit: "套", Qty: "1", UnitPrice: "1200000.00"},
		{Category: "硬件", Name: "地磁车检器", Unit: "个", Qty: "300", UnitPrice: "820.50"},
	},
}

// draft makes a project as the clerk of DP18.
func (w *town) draft() wire.Project {
	w.t.Helper()
	var p wire.Project
	w.do(w.clerk, "POST", "/api/v1/projects", application).want(201, "").into(&p)
	return p
}

// proper is a draft that is ready to be submitted.
func (w *town) proper() wire.Project {
	w.t.Helper()
	p := w.draft()
	w.ready(p.Code)
	return p
}

// submitted is a draft that the clerk has submitted.
func (w *town) submitted() wire.Project {
	w.t.Helper()
	p := w.proper()
	w.do(w.clerk, "POST", "/api/v1/projects/"+p.Code+"/submit", wire.ProjectAct{}).want(200, "")
	return p
}

// taskOf is the open task of an element, as a person's inbox shows it.
func (w *town) taskOf(person, element string) wire.TaskSummary {
	w.t.Helper()
	for _, scope := range []string{"mine", "claimable"} {
		var page wire.TaskPage
		w.do(person, "GET", "/api/v1/tasks?scope="+scope, nil).want(200, "").into(&page)
		for _, t := range page.Items {
			if t.Element == element {
				return t
			}
		}
	}
	w.t.Fatalf("%s has no task %s", person, element)
	return wire.TaskSummary{}
}

func (w *town) operate(person string, t wire.TaskSummary, op string, in wire.OperationRequest, headers ...string) answer {
	w.t.Helper()
	if in.Version == 0 {
		in.Version = t.Version
	}
	return w.do(person, http.MethodPost, "/api/v1/tasks/"+t.Key+"/"+op, in, headers...)
}

// pump brings messages to whoever waits for them, as the shell's outbox does,
// until none is left.
func (w *town) pump() {
	w.t.Helper()
	for {
		var rows []outbox.Outgoing
		if err := w.db.Read(ctx()).Where("kind IN ? AND state = ?", []string{outbox.OutMessage, outbox.OutStart},
			outbox.OutPending).Order("created_at, id").Find(&rows).Error; err != nil {
			w.t.Fatal(err)
		}
		if len(rows) == 0 {
			return
		}
		for _, row := range rows {
			w.bring(row)
		}
	}
}

func (w *town) bring(row outbox.Outgoing) {
	w.t.Helper()
	r := contract.Request{ID: row.ID, Digest: row.ID}
	var ev engine.Event
	switch row.Kind {
	case outbox.OutStart:
		var b process.Beginning
		w.must(row.Payload.Into(&b))
		r.Root, r.ID, r.Digest, r.Name = b.Root, b.Acting.Event, b.Acting.Event, contract.UpdateStart
		ev = engine.Event{
			Type: engine.Start, Key: b.Root, Process: b.Process, BusinessKey: b.BusinessKey, Element: b.Element, Definition: b.Definition,
		}
		if len(b.Variables) > 0 {
			w.must(json.Unmarshal(b.Variables, &ev.Variables))
		}
		r.Acting = json.RawMessage(models.JSONOf(b.Acting))
	default:
		var d process.Delivery
		w.must(row.Payload.Into(&d))
		m, err := process.MessageByID(w.db.Read(ctx()), d.Message)
		w.must(err)
		r.Root, r.Name = d.Root, contract.UpdateMessage
		ev = engine.Event{Type: engine.CorrelateMessage, Key: d.Subscription, Name: m.Name, CorrelationKey: m.CorrelationKey}
		if len(m.Variables) > 0 {
			w.must(json.Unmarshal(m.Variables, &ev.Variables))
		}
		r.Acting = json.RawMessage(models.JSONOf(models.Acting{Person: models.System, BusinessDate: m.BusinessDate}))
	}
	raw, err := json.Marshal(ev)
	w.must(err)
	r.Event = raw
	_, err = w.shell.Send(ctx(), r)
	w.must(err)
	w.must(w.db.Tx(ctx(), func(tx *gorm.DB) error {
		return tx.Model(&outbox.Outgoing{}).
			Where("id = ?", row.ID).
			Updates(map[string]any{"state": outbox.OutDelivered, "delivered_at": w.clock().UTC()}).
			Error
	}))
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}
