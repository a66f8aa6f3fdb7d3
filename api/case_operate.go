package api

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
	"github.com/quancheng/quancheng/workflows/contract"
)

// mostPassed are the elements that the page shows, mostSimilar bounds a count.
const mostPassed = 200

// operated reads the case of the path for who operates: he sees the matter, or
// he is an administrator, to whom it is a number with places in it.
func (c *call) operated() (root process.RootState, content bool, err error) {
	root, err = c.caseRoot()
	if err == nil {
		content, err = c.governsCase(root)
		return root, content || c.who.sees == seesAll, err
	}
	hidden, other := unhidden(err)
	if hidden || other != nil || c.who.sees != seesNothing {
		return root, false, err
	}
	key, err := c.key("key")
	if err != nil {
		return root, false, err
	}
	root, err = process.RootByKey(c.db(), key)
	if err != nil {
		return root, false, notFound()
	}
	return root, false, nil
}

// getCaseOperation is what who operates a case needs: what stands still and why,
// what it waits for, its variables with the personal ones masked, where it has been.
func getCaseOperation(c *call) (any, error) {
	root, content, err := c.operated()
	if err != nil {
		return nil, err
	}
	if governs, err := c.governsCase(root); err != nil || !governs && !c.who.may(incidentRead) {
		return nil, orElse(err, refuse(http.StatusForbidden, "forbidden"))
	}
	p, err := c.process(root.Key)
	if err != nil {
		return nil, err
	}
	found, _, err := process.Cases(c.db(), process.CaseFilter{Root: root.Key, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, orElse(err, notFound())
	}
	rows, err := c.caseRows(found)
	if err != nil {
		return nil, err
	}
	out := wire.CaseOperation{CaseRow: rows[0], Counts: map[string]int{"tokens": len(rows[0].At)}}
	if out.MayRepair, err = c.mayRepair(root); err != nil {
		return nil, err
	}
	for _, fill := range []func(*wire.CaseOperation, *matter, bool) error{c.fillIncidents, c.fillWaits, c.fillPassed} {
		if err := fill(&out, p, content); err != nil {
			return nil, err
		}
	}
	if content {
		out.Variables, err = c.maskedVariables(p)
	}
	return out, err
}

func (c *call) mayRepair(root process.RootState) (bool, error) {
	if !root.Open || root.Step == 0 {
		return false, nil
	}
	return c.governsCase(root)
}

func (c *call) fillIncidents(out *wire.CaseOperation, p *matter, content bool) error {
	var all []process.Incident
	if err := c.db().Where("root = ? AND resolved_at IS NULL", p.root.Key).Order("key").Find(&all).Error; err != nil {
		return err
	}
	out.Incidents = []wire.CaseIncident{}
	for _, i := range all {
		i18n := wire.CaseIncident{
			Key: keyText(
				i.Key,
			), Scope: keyText(p.root.Key), Element: i.Element, Name: c.elementAt(p, i.Instance, i.Element), Code: i.Code,
			Cause: c.causeOf(i.Code), RaisedAt: i.RaisedAt.In(models.Zone),
			MayRetry: content || c.who.may(incidentRetry),
		}
		if i.Instance != 0 {
			i18n.Scope = keyText(i.Instance)
		}
		if content {
			i18n.Message = i.Message
			i18n.Missing = missingIn(i.Message)
		}
		var err error
		if i18n.Similar, err = countUpTo(c.db().Table("incident").Where("element = ? AND code = ? AND resolved_at IS NULL AND key <> ?",
			i.Element, i.Code, i.Key)); err != nil {
			return err
		}
		out.Incidents = append(out.Incidents, i18n)
	}
	return nil
}

var quoted = regexp.MustCompile(`["“]([\pL_][\pL\pN_.]*)["”]`)

// missingIn are the names that a message of the engine puts in quotes.
func missingIn(message string) []string {
	var out []string
	for _, m := range quoted.FindAllStringSubmatch(message, 8) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// elementAt is the name of an element of an instance of the case.
func (c *call) elementAt(p *matter, instance int64, element string) string {
	i, err := process.InstanceByKey(c.db(), instance)
	if err != nil {
		return element
	}
	return c.nameOf(p, i.Process, element)
}

func (c *call) fillWaits(out *wire.CaseOperation, p *matter, content bool) error {
	out.Timers, out.Waits, out.Jobs = []wire.CaseTimer{}, []wire.CaseWait{}, []wire.CaseJob{}
	timers, err := process.TimersOf(c.db(), p.root.Key)
	if err != nil {
		return err
	}
	for _, t := range timers {
		out.Timers = append(
			out.Timers,
			wire.CaseTimer{Element: t.Element, Name: c.elementAt(p, t.Instance, t.Element), Due: t.Due.In(models.Zone), Refused: t.Refused},
		)
	}
	var waits []process.Subscription
	if err := c.db().Where("root = ?", p.root.Key).Order("key").Find(&waits).Error; err != nil {
		return err
	}
	for _, s := range waits {
		w := wire.CaseWait{
			Kind: s.Kind, Element: s.Element, Name: c.elementAt(p, s.Instance, s.Element), Message: c.messageName(s.Name),
			Since: s.OpenedAt.In(models.Zone),
		}
		if content {
			w.Key = s.CorrelationKey
		}
		out.Waits = append(out.Waits, w)
	}
	var jobs []process.Job
	if err := c.db().Where("root = ?", p.root.Key).Order("key").Find(&jobs).Error; err != nil {
		return err
	}
	for _, j := range jobs {
		out.Jobs = append(
			out.Jobs,
			wire.CaseJob{
				Key: keyText(j.Key), Element: j.Element, Name: c.elementAt(p, j.Instance, j.Element), Type: j.Type, Retries: j.Retries,
				Failed: j.Failed, Since: j.CreatedAt.In(models.Zone),
			},
		)
	}
	tasks, err := process.OpenTasks(c.db(), p.root.Key)
	out.Counts["timers"], out.Counts["waits"], out.Counts["jobs"], out.Counts["tasks"] = len(timers), len(waits), len(jobs), len(tasks)
	return err
}

func (c *call) fillPassed(out *wire.CaseOperation, p *matter, _ bool) error {
	var all []process.ElementInstance
	if err := c.db().Where("root = ?", p.root.Key).Order("key DESC").Limit(mostPassed).Find(&all).Error; err != nil {
		return err
	}
	n, err := countUpTo(c.db().Table("element_instance").Where("root = ?", p.root.Key))
	out.Counts["passed"], out.Passed = n, []wire.CaseStep{}
	for _, e := range all {
		out.Passed = append(
			out.Passed,
			wire.CaseStep{
				Element: e.Element, Name: c.nameOf(p, e.Process, e.Element), Kind: e.Kind, State: e.State,
				EnteredAt: e.EnteredAt.In(models.Zone), LeftAt: local(e.LeftAt),
			},
		)
	}
	return err
}

// maskedVariables are the variables of scopes that are still there, and of the case itself.
func (c *call) maskedVariables(p *matter) ([]wire.CaseVariable, error) {
	var all []process.Variable
	err := c.db().
		Raw(`SELECT v.* FROM variable v WHERE v.root = ? AND (v.scope = v.root
			OR v.scope IN (SELECT e.key FROM element_instance e WHERE e.root = ? AND e.state = 'active')
			OR v.scope IN (SELECT i.key FROM process_instance i WHERE i.root = ? AND i.ended_at IS NULL))
			ORDER BY v.scope, v.name LIMIT 1000`, p.root.Key, p.root.Key, p.root.Key).Scan(&all).Error
	if err != nil {
		return nil, err
	}
	sealed, err := c.sealedNames(p)
	if err != nil {
		return nil, err
	}
	out := []wire.CaseVariable{}
	for _, v := range all {
		w := wire.CaseVariable{Scope: keyText(v.Scope), ScopeName: c.scopeName(p, v), Name: v.Name}
		if err := v.Value.Into(&w.Value); err != nil {
			return nil, err
		}
		w.Value, w.Masked = mask(v.Name, w.Value)
		if shown, hid := sealNames(w.Value, sealed); hid {
			w.Value, w.Masked = shown, true
		}
		out = append(out, w)
	}
	return out, nil
}

// sealedNames are the experts whom a variable must not tell: while who looks may not know the names of a draw,
// whoever could have been drawn (domain/access.md, draw.names).
func (c *call) sealedNames(p *matter) (map[string]bool, error) {
	if p.root.Project == "" {
		return nil, nil
	}
	project, err := books.FindProject(c.db(), p.root.Project)
	if err != nil {
		return nil, err
	}
	s, err := c.sightOf(project)
	if err != nil || s.of("draw.names") == full {
		return nil, err
	}
	people, err := office.InRole(c.db(), expertRole)
	out := map[string]bool{}
	for _, id := range people {
		out[id] = true
	}
	return out, err
}

// sealNames takes names out of a value, wherever they stand.
func sealNames(value any, names map[string]bool) (shown any, hid bool) {
	switch v := value.(type) {
	case string:
		if names[v] {
			return "＊", true
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			one := false
			out[i], one = sealNames(v[i], names)
			hid = hid || one
		}
		return out, hid
	case map[string]any:
		out := map[string]any{}
		for k := range v {
			one := false
			out[k], one = sealNames(v[k], names)
			hid = hid || one
		}
		return out, hid
	}
	return value, false
}

func (c *call) scopeName(p *matter, v process.Variable) string {
	if v.Scope == p.root.Key {
		return c.text("case.scope.whole")
	}
	var e process.ElementInstance
	if err := c.db().Where("key = ?", v.Scope).Limit(1).Find(&e).Error; err == nil && e.Key != 0 {
		return c.nameOf(p, e.Process, e.Element)
	}
	if i, err := process.InstanceByKey(c.db(), v.Scope); err == nil {
		return c.nameOf(p, i.Process, "")
	}
	return keyText(v.Scope)
}

// personal are names under which personal data stand, and numberLike what looks like a number of a person.
var (
	personal = regexp.MustCompile(
		`(?i)mobile|phone|tel$|id_?no|id_?card|identity|e?mail$|address|bank|account|contact|birth|passport|手机|电话|身份证|住址|地址|账号|联系`,
	)
	numberLike = regexp.MustCompile(`\b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b|\b\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx]\b`)
)

// mask hides the middle of personal values, wherever they stand.
func mask(name string, value any) (any, bool) {
	switch v := value.(type) {
	case string:
		if personal.MatchString(name) || numberLike.MatchString(v) {
			return masked(v), true
		}
	case json.Number:
		if personal.MatchString(name) || numberLike.MatchString(v.String()) {
			return masked(v.String()), true
		}
	case []any:
		hidden := false
		out := make([]any, len(v))
		for i := range v {
			var h bool
			out[i], h = mask(name, v[i])
			hidden = hidden || h
		}
		return out, hidden
	case map[string]any:
		hidden := false
		out := map[string]any{}
		for k := range v {
			var h bool
			out[k], h = mask(k, v[k])
			if !h && personal.MatchString(name) {
				out[k], h = mask(name, v[k])
			}
			hidden = hidden || h
		}
		return out, hidden
	}
	return value, false
}

func masked(s string) string {
	r := []rune(s)
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 4:
		return string(r[:1]) + strings.Repeat("*", len(r)-1)
	case len(r) < 8:
		return string(r[:1]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1:])
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
}

// repairOf reads a repair: which case, its scope, what is set.
func (c *call) repairOf() (*matter, wire.Repair, engine.Event, error) {
	var in wire.Repair
	if err := c.decode(&in); err != nil {
		return nil, in, engine.Event{}, err
	}
	root, err := c.caseRoot()
	if err != nil {
		return nil, in, engine.Event{}, err
	}
	may, err := c.mayRepair(root)
	if err != nil {
		return nil, in, engine.Event{}, err
	}
	if !may {
		if governs, err := c.governsCase(root); err != nil || !governs {
			return nil, in, engine.Event{}, orElse(err, refuse(http.StatusForbidden, "forbidden"))
		}
		return nil, in, engine.Event{}, refuse(http.StatusConflict, "case-ended")
	}
	p, err := c.process(root.Key)
	if err != nil {
		return nil, in, engine.Event{}, err
	}
	scope, err := strconv.ParseInt(in.Scope, 10, 64)
	if err != nil {
		return nil, in, engine.Event{}, invalid().field("/scope", "field.format")
	}
	_, begun, err := process.BegunOf(c.db(), root.Key)
	if err != nil {
		return nil, in, engine.Event{}, err
	}
	if err := process.NamesOf(in.Variables, "/variables", !begun); err != nil {
		return nil, in, engine.Event{}, err
	}
	vars, err := bundles.Variables(in.Variables)
	if err != nil {
		return nil, in, engine.Event{}, err
	}
	return p, in, engine.Event{Type: engine.SetVariables, Key: scope, Variables: vars, Reason: strings.TrimSpace(in.Reason)}, nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// setCaseVariables repairs a case: variables of a scope are set as its history can show.
func setCaseVariables(c *call) (any, error) {
	p, in, ev, err := c.repairOf()
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(ev.Reason) < minReason {
		return nil, invalid().field("/reason", "reason-required", "limit", strconv.Itoa(minReason))
	}
	a, err := c.acting(in.Post, "", ev.Reason)
	if err != nil {
		return nil, err
	}
	actor := c.actor(a)
	actor.Admin = true // who governs this case was asked before
	ev.Actor = actor
	return c.move(move{Root: p.root.Key, Name: contract.UpdateVars, Event: ev, Acting: a})
}

// foretellRepair says what setting variables, and trying again, would do. Nothing is written: tokens move in a copy.
func foretellRepair(c *call) (any, error) {
	p, in, ev, err := c.repairOf()
	if err != nil {
		return nil, err
	}
	out := wire.Foretold{Steps: []string{}, Changes: []wire.CaseVariable{}}
	events := []engine.Event{}
	if len(in.Variables) > 0 {
		events = append(events, ev)
	}
	if in.Incident != "" {
		key, err := strconv.ParseInt(in.Incident, 10, 64)
		if err != nil {
			return nil, invalid().field("/incident", "field.format")
		}
		if key > 0 {
			events = append(events, engine.Event{Type: engine.ResolveIncident, Key: key})
		}
	}
	actor := &engine.Actor{Person: c.who.Person.ID, Admin: true}
	places := map[int64]string{} // that the case would enter
	for i, e := range events {
		e.ID, e.Actor = "foretold:"+strconv.Itoa(i), actor
		effects, err := engine.Step(p.bundle.Program, p.state, e, p.world.Input)
		if err != nil {
			return nil, refusalOfEngine(err)
		}
		for _, effect := range effects {
			c.foretell(p, &out, places, effect)
		}
	}
	if len(out.Steps) == 0 {
		out.Steps = append(out.Steps, c.text("case.foretold.nothing"))
	}
	return out, nil
}

// foretell says one effect in words, if people care for it.
func (c *call) foretell(p *matter, out *wire.Foretold, places map[int64]string, effect engine.Effect) {
	say := func(key string, args ...string) { out.Steps = append(out.Steps, c.text("case.foretold."+key, args...)) }
	switch e := effect.(type) {
	case engine.ElementEntered:
		places[e.Key] = cmp.Or(e.Name, c.elementAt(p, e.Instance, e.Element))
	case engine.TaskOpened:
		say("task", "task", c.nameOf(p, e.Task.Process, e.Task.Element))
	case engine.IncidentRaised:
		out.Stuck = true
		say("stuck", "element", c.elementAt(p, e.Instance, e.Element), "cause", c.causeOf(e.Code))
	case engine.IncidentResolved:
		say("resolved")
	case engine.TimerArmed:
		say("timer", "at", e.Due.In(models.Zone).Format("2006-01-02 15:04"))
	case engine.SubscriptionOpened:
		say("waits", "name", c.messageName(e.Name))
	case engine.JobOpened:
		say("job", "element", c.elementAt(p, e.Instance, e.Element))
	case engine.MessageThrown:
		say("message", "name", c.messageName(e.Name))
	case engine.InstanceEnded:
		if e.Key == p.root.Key {
			say("ended")
		}
	case engine.VariableSet:
		raw, err := json.Marshal(engine.Vars{"v": e.Value})
		var one map[string]any
		if err == nil && models.DecodeExact(raw, &one) == nil {
			w := wire.CaseVariable{Scope: keyText(e.Scope), Name: e.Name}
			w.ScopeName = cmp.Or(places[e.Scope], c.scopeName(p, process.Variable{Scope: e.Scope}))
			w.Value, w.Masked = mask(e.Name, one["v"])
			out.Changes = append(out.Changes, w)
		}
	}
}
