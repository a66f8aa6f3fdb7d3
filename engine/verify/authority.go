package verify

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine"
)

// fixedWords are the attributes of authority that have fixed values.
func fixedWords(e *bpmn.Element) map[string][2]string {
	out := map[string][2]string{}
	if t := e.Ext.Task; t != nil {
		out["jumped"] = [2]string{t.Jumped, "never second"}
		out["deputy"] = [2]string{t.Deputy, "yes capped no"}
		if !strings.HasPrefix(t.Recall, "=") {
			out["recall"] = [2]string{t.Recall, "true false open"}
		}
	}
	if a := e.Ext.Approval; a != nil {
		out["dedupe"] = [2]string{a.Dedupe, "none consecutive any_earlier"}
		out["applicant"] = [2]string{a.Applicant, "to_superior skip allow"}
		out["empty"] = [2]string{a.Empty, "to_admin block auto_skip"}
	}
	if s := e.Ext.SLA; s != nil {
		out["late"] = [2]string{s.Late, strings.Join(engine.LateActions, " ")}
		out["pause"] = [2]string{s.Pause, "experts visit publicity meeting supplement"}
	}
	return out
}

// authority checks what a task says of who may be given it, and of what may be
// done with its signature.
func (l *linter) authority(e *bpmn.Element) {
	said := fixedWords(e)
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if v := said[name]; v[0] != "" && !slices.Contains(strings.Fields(v[1]), v[0]) {
			l.report("bad-authority", bpmn.Error, e, name+`="`+v[0]+`"`)
		}
	}
	if a := e.Ext.Approval; a != nil && a.MinSeats != "" {
		if n, err := strconv.Atoi(a.MinSeats); err != nil || n < 1 {
			l.report("bad-authority", bpmn.Error, e, `minSeats="`+a.MinSeats+`"`)
		}
	}
	l.late(e)
	t := e.Ext.Task
	if t == nil {
		return
	}
	for _, duty := range t.Separate {
		if !slices.Contains(engine.Duties(), duty) {
			l.report("unknown-duty", bpmn.Error, e, duty)
		}
	}
	for _, target := range t.ReturnTo {
		if l.bundle.userTask(target) == nil {
			l.report("bad-return", bpmn.Error, e, target)
		}
	}
	for _, entry := range t.Second {
		_, _, err := engine.ParseSecond(entry)
		switch {
		case err != nil:
			l.report("bad-second", bpmn.Error, e, err.Error())
		case l.founded && len(l.roster.Seconds([]string{entry}, "")) == 0:
			l.report("no-second", bpmn.Warn, e, entry)
		}
	}
	if t.SecondWithin != "" {
		if _, _, err := engine.ParseWithin(t.SecondWithin); err != nil {
			l.report("bad-second", bpmn.Error, e, err.Error())
		}
	}
	r, err := engine.ParseReceivers(t.Receivers)
	switch {
	case err != nil:
		l.report("bad-receivers", bpmn.Error, e, err.Error())
	case l.founded:
		for _, role := range r.Strange(l.roster) {
			l.report("no-receiver", bpmn.Error, e, role)
		}
		unmet := r.Unmet(l.roster)
		for _, op := range slices.Sorted(maps.Keys(unmet)) {
			l.report("no-receiver", bpmn.Error, e, op+" "+unmet[op])
		}
	}
}

// late checks what is to happen when the time of a task is over: a return must
// lead somewhere, and silence is consent only where the rules say so (G06).
func (l *linter) late(e *bpmn.Element) {
	s, t := e.Ext.SLA, e.Ext.Task
	if s == nil || s.Late == "" || s.Late == "remind" {
		return
	}
	switch {
	case s.Workdays == "" && e.Ext.DueDate == "":
		l.report("bad-late", bpmn.Error, e, s.Late+": workdays?")
	case s.Late == "return" && (e.Ext.Approval == nil || e.Ext.Approval.ReturnTo == "") && (t == nil || len(t.ReturnTo) == 0):
		l.report("bad-late", bpmn.Error, e, "return: returnTo?")
	case s.Late == "agree" && (t == nil || t.Statutory || !slices.Contains(engine.SilentKinds, t.About)):
		l.report("bad-late", bpmn.Error, e, "agree: G06 "+strings.Join(engine.SilentKinds, ", "))
	}
}
