package activities

import (
	"encoding/json"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/outbox"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// Inward are the kinds of outgoing things that lead back into a process.
var Inward = []string{outbox.OutStart, outbox.OutMessage, outbox.OutSignal, outbox.OutReseat, outbox.OutResume, outbox.OutRelease,
	outbox.OutTimeout,
}

// RequestOf makes the event that an outgoing thing asks for. Its id is the
// entry's, so that bringing it twice has one effect.
func RequestOf(tx *gorm.DB, o outbox.Outgoing) (contract.Request, error) {
	root, err := strconv.ParseInt(o.Target, 10, 64)
	if err != nil {
		return contract.Request{}, fmt.Errorf("outbox %s: target %q is no instance", o.ID, o.Target)
	}
	acting := models.Acting{Person: models.System}
	var ev engine.Event
	var name string
	switch o.Kind {
	case outbox.OutStart:
		name, ev, acting, err = startOf(o)
	case outbox.OutMessage:
		name, ev, acting.BusinessDate, err = messageFrom(tx, o)
	case outbox.OutSignal:
		name, ev = contract.UpdateSignal, engine.Event{Type: engine.BroadcastSignal, Name: o.EventType}
		err = models.JSON(o.Payload).Into(&ev.Variables)
	case outbox.OutRelease:
		var r process.Release
		err = o.Payload.Into(&r)
		name, ev = "unclaim", engine.Event{Type: engine.Operate, Operation: "unclaim", Key: r.Task, Actor: &engine.Actor{Person: r.Person}}
	case outbox.OutTimeout:
		var over process.Overdue
		err = o.Payload.Into(&over)
		name, ev = contract.UpdateOther, engine.Event{Type: engine.Operate, Operation: timedOut, Key: over.Task}
	case outbox.OutResume:
		name, ev = contract.UpdateResume, engine.Event{Type: engine.Resume, Key: root, Reason: "中止期满"}
	case outbox.OutReseat:
		name, ev = contract.UpdateOther, engine.Event{Type: engine.Reseat, Key: root}
	default:
		err = fmt.Errorf("kind %q leads into no process", o.Kind)
	}
	if err != nil {
		return contract.Request{}, fmt.Errorf("outbox %s: %w", o.ID, err)
	}
	ev.ID = o.ID
	raw, err := json.Marshal(ev)
	if err != nil {
		return contract.Request{}, fmt.Errorf("outbox %s: %w", o.ID, err)
	}
	return contract.Request{Root: root, ID: o.ID, Name: name, Event: raw, Acting: json.RawMessage(models.JSONOf(acting))}, nil
}

func startOf(o outbox.Outgoing) (string, engine.Event, models.Acting, error) {
	var b process.Beginning
	if err := o.Payload.Into(&b); err != nil {
		return "", engine.Event{}, b.Acting, err
	}
	ev := engine.Event{
		Type: engine.Start, Process: b.Process, BusinessKey: b.BusinessKey, Key: b.Root,
		Element: b.Element, Definition: b.Definition, CorrelationKey: b.CorrelationKey, Into: b.Into,
	}
	if len(b.Variables) > 0 {
		if err := json.Unmarshal(b.Variables, &ev.Variables); err != nil {
			return "", ev, b.Acting, err
		}
	}
	return contract.UpdateStart, ev, b.Acting, nil
}

func messageFrom(tx *gorm.DB, o outbox.Outgoing) (string, engine.Event, models.Date, error) {
	var d process.Delivery
	if err := o.Payload.Into(&d); err != nil {
		return "", engine.Event{}, "", err
	}
	m, err := process.MessageByID(tx, d.Message)
	if err != nil {
		return "", engine.Event{}, "", err
	}
	ev := engine.Event{Type: engine.CorrelateMessage, Key: d.Subscription, Name: m.Name, CorrelationKey: m.CorrelationKey}
	if len(m.Variables) > 0 {
		err = json.Unmarshal(m.Variables, &ev.Variables)
	}
	return contract.UpdateMessage, ev, m.BusinessDate, err
}
