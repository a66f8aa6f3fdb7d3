package play

import (
	"fmt"
	"time"

	"github.com/sosodev/duration"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
)

// answerAt is when an automatic worker answers a job, or false when none serves its type.
func (p *Player) answerAt(j *job) (time.Time, bool) {
	w, ok := p.workers[j.Type]
	if !ok {
		return time.Time{}, false
	}
	due := j.created
	if d, err := duration.Parse(w.After); w.After != "" && err == nil {
		due = due.Add(d.ToTimeDuration())
	}
	if j.NotBefore.After(due) {
		due = j.NotBefore
	}
	return due, true
}

// answer does what the worker of a job's type does.
func (p *Player) answer(j *job) error {
	w, root := p.workers[j.Type], p.rootOf(j.Instance)
	switch w.Action {
	case "complete":
		if w.Record == "token" {
			p.record(j)
		}
	case "throw_error":
		return p.send(root, engine.Event{Type: engine.ThrowError, Key: j.Key, Name: j.Headers[w.ErrorCodeHeader]})
	case "publish_then_complete":
		p.thrown = append(p.thrown, thrown{root: root, message: &engine.MessageThrown{Instance: j.Instance, Element: j.Element,
			Name: j.Headers[w.NameHeader], CorrelationKey: j.Headers[w.KeyHeader]}})
	default:
		return fmt.Errorf("the worker of %q has no action %q", j.Type, w.Action)
	}
	return p.send(root, engine.Event{Type: engine.CompleteJob, Key: j.Key})
}

// record notes a job's token: its header, else its variable, if there is one.
func (p *Player) record(j *job) {
	token := j.Headers["token"]
	if token == "" {
		token = text(j.Variables["token"])
	}
	if token != "" {
		p.tokens = append(p.tokens, token)
	}
}

// text is a value as a token: a string as it is, anything else as JSON.
func text(v feel.Value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	data, err := feel.ToJSON(v)
	if err != nil {
		return ""
	}
	return string(data)
}
