package api

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
)

// sightJSON is the table of access.md §2.3: of each part of a matter, from when and
// how each class of people sees it. A class that a row does not name never does.
//
//go:embed sight.json
var sightJSON []byte

// shows says how much of a part somebody sees.
type shows string

// What a cell of the table comes to; other words of it are modes of its part.
const (
	hidden    shows = ""
	full      shows = "full"
	own       shows = "own"    // his own rows
	sums      shows = "sums"   // no rows
	addressed shows = "S15"    // his own, what was addressed to him, milestones
	phase     shows = "ph"     // the phase and its clock, no step
	stageOnly shows = "own st" // who builds: the phase too
)

// sightTable is part → class → cell.
var sightTable = func() map[string]map[string]string {
	var rows []map[string]string
	if err := json.Unmarshal(sightJSON, &rows); err != nil {
		panic("api: sight.json: " + err.Error()) // part of the program
	}
	out := map[string]map[string]string{}
	for _, row := range rows {
		part := row["part"]
		delete(row, "part")
		out[part] = row
	}
	return out
}()

// caseSight is what one person sees of one project now.
type caseSight struct {
	me      string
	as      map[string]bool // classes, with their blindings
	moments map[string]bool
	earlier map[string]bool  // moments that have come in any round
	since   int64            // what was done at tasks before this one is of an older round
	mates   []string         // people of the applying unit, for who is on its side
	parts   map[int64]string // of tasks whose words belong to a part of their own
	steps   map[int64]string // tasks that were for the person's units, and their steps

	unsealed map[string]bool // of an auditor: parts that a second one has let him read before their moment
}

// sightOf finds the person's classes in a project, and which moments have come.
func (c *call) sightOf(p books.Project) (*caseSight, error) {
	s, err := c.paperSight(p)
	if err != nil {
		return nil, err
	}
	return s.sight, nil
}

// caseSight goes on from what decides about papers.
func (c *call) caseSight(p books.Project, s *paperSight) (*caseSight, error) {
	out := &caseSight{me: s.me, as: classesOf(s.classes, s.blind)}
	var err error
	if out.as["AP"] {
		if err = c.db().Raw("SELECT DISTINCT person_id FROM post WHERE dept_id = ?", p.DeptID).Scan(&out.mates).Error; err != nil {
			return nil, err
		}
	}
	commands, err := process.CommandsIn(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	out.parts = map[int64]string{}
	for task, command := range commands {
		out.parts[task] = partOfCommand[command]
	}
	units := map[string]bool{}
	out.steps = map[int64]string{}
	for _, post := range c.who.Posts {
		if post.Role != expertRole { // an expert has his seat, and not the others'
			units[post.DeptID] = true
		}
	}
	for unit := range units {
		steps, err := process.StepsFor(c.db(), p.Code, unit)
		if err != nil {
			return nil, err
		}
		maps.Copy(out.steps, steps)
	}
	if out.moments, out.earlier, out.since, err = c.momentsOf(p, s); err != nil {
		return nil, err
	}
	return out, c.unseal(out, p.Code)
}

// classesOf puts blinding over the classes: it wins (access.md §2.1).
func classesOf(in map[string]bool, blind bool) map[string]bool {
	if in["AP"] {
		return map[string]bool{"AP": true}
	}
	if blind {
		return map[string]bool{"RB": true}
	}
	out := map[string]bool{}
	for class, is := range in {
		if is {
			out[class] = true
		}
	}
	if out["LEGAL"] || out["OFFICE"] {
		out["BU"] = true
	}
	return out
}

// round is how far the round of the trimming has come that runs now. A return
// closes its moments again; what was seen of an older round stays seen.
type round struct {
	a, b, answered bool
	sent           bool
	concluded      bool
	since          int64 // task of A's newest sheet: what was done before is of an older round
}

// roundsOf are the round of now, and all rounds taken together.
func (c *call) roundsOf(p books.Project, s *paperSight) (now, any round, err error) {
	var sheets []books.Sheet
	if err = c.db().Where("project = ?", p.Code).Order("round").Find(&sheets).Error; err != nil {
		return now, any, err
	}
	sent, opinion := s.last["trim_consultation"] > 0, s.last["group_opinion"] > 0
	for _, x := range sheets {
		switch x.Kind {
		case books.SheetA:
			now, any.a = round{a: true, sent: sent && !s.made["trim_consultation"].Before(x.At)}, true
		case books.SheetB:
			now.b, any.b = true, true
		case books.SheetAnswer:
			now.answered, any.answered = true, true
		}
	}
	any.sent, any.concluded, now.concluded = sent, opinion, opinion
	if !now.a {
		now.sent = sent
	}
	for _, d := range s.draws {
		now.concluded = now.concluded && !s.made["group_opinion"].Before(d.At)
	}
	err = c.db().Raw(`SELECT COALESCE(MAX(a.task), 0) FROM task_act a JOIN task t ON t.key = a.task
		WHERE t.project = ? AND t.command = ? AND a.operation = ?`, p.Code, "trimming.save", "complete").Scan(&now.since).Error
	return now, any, err
}

// momentsOf says which moments of access.md §2.2 have come: in the round of now, and
// in any.
func (c *call) momentsOf(p books.Project, s *paperSight) (now, any map[string]bool, since int64, err error) {
	at := p.Stage
	if at.Closed() {
		at = p.ClosedFrom
	}
	seat, err := process.HasTaskIn(c.db(), p.Code, c.who.Person.ID, c.who.postIDs())
	if err != nil {
		return nil, nil, 0, err
	}
	issued, err := books.HasPosted(c.db(), p.Code, books.LedgerIssued) // a bureau's fact may come before our own step
	if err != nil {
		return nil, nil, 0, err
	}
	current, all, err := c.roundsOf(p, s)
	of := func(r round) map[string]bool {
		reviewed := at.Reached(books.Reviewed)
		return map[string]bool{
			"SUBMIT": p.SubmittedOn != "", "ACCEPT": p.AcceptedOn != "", "DRAWN": len(s.draws) > 0, "STATED": s.stated,
			"MEET": met(s, papers.Document{CreatedAt: s.now}), "ALLIN": s.allIn,
			"CONCL": r.concluded || at.Reached(books.Trimming),
			"A":     r.a, "B": r.b, "ARB": r.sent || reviewed, "SENT": r.sent || reviewed, "ANSW": r.answered || reviewed,
			"ISSUED": s.last["review_opinion"] > 0 || reviewed, "SEAT": seat, "APPR": at.Reached(books.Approved),
			"BUDG": issued || at.Reached(books.Budgeted), "FILED": at.Reached(books.Procuring), "NOTICED": at.Reached(books.Procuring),
			"OPENED": at.Reached(books.Awarded), "AWARD": at.Reached(books.Awarded), "BOUND": s.classes["SU"],
			"SIGNED": at.Reached(books.Contracted), "PRELIM": at.Reached(books.PrelimPassed), "FINAL": at.Reached(books.FinalPassed),
			"ARCH": at.Reached(books.Archived), "END": p.Stage.Closed(),
			"filed": true, "begun": true, // the rows' own facts
		}
	}
	return of(current), of(all), current.since, err
}

// then is the sight of what was done at a task: of an older round as it was.
func (s *caseSight) then(task int64) *caseSight {
	if task >= s.since || s.earlier == nil {
		return s
	}
	old := *s
	old.moments = s.earlier
	return &old
}

// of is how much of a part the person sees: the most that one of his classes does.
func (s *caseSight) of(part string) shows {
	if s.unsealed[part] {
		return full
	}
	best := hidden
	for class := range s.as {
		switch got := s.cell(sightTable[part][class]); {
		case got == full:
			return full
		case got != hidden && best == hidden:
			best = got
		}
	}
	return best
}

// cell reads a cell: its moments must have come, its other words say how.
func (s *caseSight) cell(text string) shows {
	if text == "" {
		return hidden
	}
	mode := full
	for word := range strings.FieldsSeq(strings.TrimSuffix(strings.Split(text, ";")[0], ",")) {
		word = strings.Trim(word, ",")
		come, moment := s.moments[word]
		switch {
		case moment && !come:
			return hidden
		case moment, word == "+", word == "N", word == "m":
		case word == "Σ":
			mode = sums
		case word == "LEGAL" || word == "OFFICE" || word == "INSPECTOR":
			if either := strings.Contains(text, ","); !either && !s.as[word] || either && !s.as["LEGAL"] && !s.as["OFFICE"] {
				return hidden
			}
		case word == "own":
			mode = own
		case mode == full:
			mode = shows(word)
		}
	}
	return mode
}

// reviews reports whether the person sees the figures of the trimming under way: A's, the draft, or what came of it.
func (s *caseSight) reviews() bool {
	return s.of("sheet.a") != hidden || s.of("trim.draft") != hidden || s.of("sheet.final") != hidden
}

// whole reports whether the person sees all of a part.
func (s *caseSight) whole(part string) bool { return s.of(part) == full }

// later reports whether the person will see a part when its moment comes.
func (s *caseSight) later(part string) bool {
	for class := range s.as {
		if sightTable[part][class] != "" {
			return true
		}
	}
	return false
}

// totals are a project's sums as far as the person sees the parts that they come
// from; of the others nothing is said. That nothing is approved or issued yet is no secret from
// who will see it.
func (s *caseSight) totals(t books.Totals) wire.Totals {
	out := totals(t)
	for _, of := range []struct {
		part string
		sums []*string
		none bool // nothing is there yet
	}{
		{"lines.declared", []*string{&out.Declared}, false},
		{"sheet.final", []*string{&out.Reviewed, &out.Cut}, false},
		{"approval.doc", []*string{&out.Approved}, t.Approved.Sign() == 0},
		{"budget", []*string{&out.Issued}, t.Issued.Sign() == 0},
		{"contract", []*string{&out.Contracted}, false},
		{"payments", []*string{&out.Paid, &out.Refunded}, false},
	} {
		if s.of(of.part) != hidden || of.none && s.later(of.part) {
			continue
		}
		for _, sum := range of.sums {
			*sum = ""
		}
	}
	return out
}

// entryParts are the parts that entries of the ledger tell of; builders see those of contracts.
var entryParts = map[books.LedgerKind]string{
	books.LedgerContracted: "contract", books.LedgerPaid: "payments", books.LedgerRefunded: "payments",
}

// posts reports whether the person sees entries of a kind.
func (s *caseSight) posts(kind books.LedgerKind) bool {
	switch s.of("ledger") {
	case full:
		return true
	case own:
		part, of := entryParts[kind]
		return of && s.of(part) != hidden
	}
	return false
}

// tells reports whether an entry of the books in the timeline is for the person: of
// money only what he sees of the ledger.
func (s *caseSight) tells(e books.TimelineEntry) bool {
	return e.Action != "ledger" || s.posts(books.LedgerKind(strings.TrimPrefix(e.TitleKey, "ledger.")))
}

// seesSums reports whether the person sees the sums of a project whatever has come:
// who governs, or audits, and is not of the applying unit. Lists ask it of each row.
func (c *call) seesSums(p books.Project) bool {
	s := &paperSight{classes: map[string]bool{}}
	c.classesIn(p, s)
	return s.classes["BH"] || s.classes["AU"]
}

// form leaves of an application what the person sees.
func (s *caseSight) form(form map[string]any) map[string]any {
	out := map[string]any{}
	money := slices.Concat(books.Parts["budget"], books.Parts["funding"])
	for key, value := range form {
		part := "need"
		switch {
		case key == "priceEvidence":
			part = "price"
		case slices.Contains(money, key):
			part = "lines.declared"
		}
		if s.whole(part) {
			out[key] = value
		}
	}
	return out
}

// partOfCommand are the parts that the words of a task belong to: an opinion belongs to what its task edits (S15).
var partOfCommand = map[string]string{
	"trimming.save": "sheet.a", "trimming.cross": "sheet.b", "trimming.arbitrate": "arbitration",
	"review.pre": "prereview", "review.opinion": "expert.each", "review.conclude": "conclusion",
}

// partOf are the parts of a matter that files of a kind belong to (access.md §2.5, S13).
var partOf = map[string]string{
	"attachment": "need", "plan": "need", "letter": "need", "budget": "need", "crypto": "need", "running": "need", "service": "need",
	"quote": "price", "minutes": "internal",
	"evidence": "rectification", "contract": "contract", "report": "progress", "acceptance": "acceptance", "invoice": "payments",
}

// seesFile reports whether the person sees a file that somebody has brought: his own and his unit's always.
func (s *caseSight) seesFile(d papers.Document) bool {
	part, known := partOf[d.Kind]
	return !known || d.CreatedBy == s.me || slices.Contains(s.mates, d.CreatedBy) || s.of(part) != hidden
}

// waits reports whether the steps of now are nothing for the applicant: he learns the phase (access.md §2.3, 11).
func (s *caseSight) waits() bool {
	m := s.moments
	return m["ACCEPT"] && !m["SENT"] || m["ISSUED"] && !m["APPR"]
}

// follows reports whether the person sees the open steps that are not his own.
func (s *caseSight) follows() bool {
	return s.whole("diagram") || s.as["AP"] && !s.waits() || s.as["CL"]
}

// opens reports whether the person may open a task of the project that is not his:
// who sees the steps any, others those of their units.
func (s *caseSight) opens(element string) bool {
	return s.whole("diagram") || s.his(element) || s.as["CL"]
}

// his reports whether a step was for the person's units.
func (s *caseSight) his(element string) bool {
	for _, step := range s.steps {
		if step == element {
			return true
		}
	}
	return false
}

// milestones are acts on a whole case that everybody learns who follows it (S15).
var milestones = map[string]bool{string(engine.Suspend): true, string(engine.Resume): true}

// reads leaves of what people did what the person may read: all of it, or his own,
// his unit's, what was said to it about a task of its own, and to those to whom the
// matter came back.
func (s *caseSight) reads(acts []process.TaskAct) []process.TaskAct {
	var out []process.TaskAct
	for _, a := range acts {
		then := s.then(a.Task)
		whole, entries := then.whole("thread"), then.of("thread") == addressed
		part := s.parts[a.Task]
		fellow := part == "expert.each" && s.as["EX"] && s.moments["ALLIN"] // experts read each other's when all are in
		if part != "" && a.Person != s.me && then.of(part) != full && !fellow {
			continue
		}
		if whole || fellow {
			out = append(out, a)
			continue
		}
		if _, to := s.steps[a.Task]; entries && to && slices.Contains(process.Remarks, a.Operation) {
			out = append(out, a)
			continue
		}
		if entries && milestones[a.Operation] {
			a.Reason, a.Opinion = "", "" // why is a word of the bureau's
			out = append(out, a)
			continue
		}
		back := a.Operation == "return" && s.his(a.Target) || a.Operation == "reject" && s.moments["END"]
		if a.Person == s.me || slices.Contains(s.mates, a.Person) || s.as["AP"] && back {
			out = append(out, a)
		}
	}
	return out
}
