package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/rulepacks"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/models/seconds"
)

// secondKinds are the acts of the house that a second person confirms, by the names of engine/seconds.json.
var secondKinds map[string]secondKind

func init() { // they look by functions that ask the table
	secondKinds = map[string]secondKind{
		backRegisterAct:   {look: lookBack, apart: doBack, held: true},
		"repin":           {look: lookRepin, do: doRepin},
		"blockExpert":     {look: lookExpert, do: doExpert},
		"unblockExpert":   {look: lookExpert, do: doExpert},
		"blockSupplier":   {look: lookSupplier, do: doSupplier},
		"unblockSupplier": {look: lookSupplier, do: doSupplier},
		sealedAct:         {look: lookSealed, do: doSealed},
		seconds.HeldApart: {look: lookApart, do: doApart},
	}
}

// secondTerms are what is asked for beside the subject.
type secondTerms struct {
	Pack  string      `json:"pack,omitempty"`  // repin: the pack that holds from now on
	Until models.Date `json:"until,omitempty"` // blocks: the last day
	Name  string      `json:"name,omitempty"`  // of a supplier
	Part  string      `json:"part,omitempty"`  // sealed read
	Other string      `json:"other,omitempty"` // held apart: code of the other project
	Shown string      `json:"shown,omitempty"` // held apart: by what it is shown
}

func termsOf(r seconds.Request) (t secondTerms, err error) {
	err = r.Data.Into(&t)
	return t, err
}

// most lines of changed decisions that the second person is shown one by one.
const repinLines = 12

// lookRepin says which decisions of a project would change under another pack.
func lookRepin(c *call, r *seconds.Request) ([]seconds.Line, error) {
	t, err := termsOf(*r)
	if err != nil {
		return nil, err
	}
	p, err := c.project(r.Subject)
	if err != nil {
		return nil, err
	}
	r.Project = p.Code
	switch {
	case p.Stage.Closed() || p.Stage == books.Archived:
		return nil, models.Refuse("instance-ended")
	case p.RulePack == "":
		return nil, models.Refuse("pack-not-pinned")
	case t.Pack == p.RulePack:
		return nil, models.Refuse("pack-pinned-already", "pack", t.Pack)
	}
	from, to, err := packPair(c.db(), p.RulePack, t.Pack)
	if err != nil {
		return nil, err
	}
	d, err := rulepacks.Between(c.db(), commands.Checks, from, to)
	if err != nil {
		return nil, err
	}
	diff, rehearsal, err := commands.Rehearse(c.db(), d, p.Code)
	if err != nil {
		return nil, err
	}
	out := []seconds.Line{
		{Key: "repin.packs", Args: map[string]string{"project": p.Name, "from": from.ID, "to": to.ID}},
		{Key: "repin.sums", Args: map[string]string{
			"params": strconv.Itoa(len(diff.Params)), "changed": strconv.Itoa(rehearsal.Changed), "stops": strconv.Itoa(rehearsal.Stops),
		}},
	}
	for _, row := range rehearsal.Rows {
		if row.Changed && len(out) < repinLines {
			out = append(out, seconds.Line{Key: "repin.decision", Args: map[string]string{
				"rule": row.Rule, "before": string(models.JSONOf(row.Before)), "after": string(models.JSONOf(row.After)),
			}})
		}
	}
	return out, nil
}

// packPair are the pack that holds and a published one that is to hold.
func packPair(tx *gorm.DB, was, to string) (from, next rules.RulePack, err error) {
	if from, err = rules.PackByID(tx, was); err != nil {
		return from, next, err
	}
	if next, err = rulepacks.ByID(tx, to); err != nil || next.State != rules.PackPublished {
		return from, next, orElse(err, models.Refuse("not-found"))
	}
	return from, next, nil
}

func doRepin(tx *gorm.DB, a models.Acting, r seconds.Request) error {
	t, err := termsOf(r)
	if err != nil {
		return err
	}
	return books.Repin(tx, a, r.Project, t.Pack)
}

// longest a block lasts, in years.
const blockYears = 10

// lookBlock checks the day of a block, and what it takes away.
func (c *call) lookBlock(act string, t secondTerms, was models.Date, name string) ([]seconds.Line, error) {
	today := models.DateOf(c.now)
	blocked := was >= today && was != ""
	out := []seconds.Line{}
	if blocked {
		out = append(out, seconds.Line{Key: "block.now", Args: map[string]string{"name": name, "until": string(was)}})
	}
	if strings.HasPrefix(act, "unblock") {
		if !blocked {
			return nil, models.Refuse("not-blocked", "name", name)
		}
		return append(out, seconds.Line{Key: "block.end", Args: map[string]string{"name": name}}), nil
	}
	last := models.DateOf(c.now.AddDate(blockYears, 0, 0))
	if _, err := models.ParseDate(string(t.Until)); err != nil || t.Until <= today || t.Until > last {
		return nil, invalid().field("/terms/until", "block-until", "from", string(today), "to", string(last))
	}
	if was == t.Until {
		return nil, models.Refuse("block-unchanged", "name", name)
	}
	return append(out, seconds.Line{Key: "block.until", Args: map[string]string{"name": name, "until": string(t.Until)}}), nil
}

func lookExpert(c *call, r *seconds.Request) ([]seconds.Line, error) {
	t, err := termsOf(*r)
	if err != nil {
		return nil, err
	}
	pool, err := office.InRole(c.db(), expertRole)
	if err != nil {
		return nil, err
	}
	if !contains(pool, r.Subject) {
		return nil, models.Refuse("not-an-expert", "person", r.Subject)
	}
	e, _, _, err := office.ExpertOf(c.db(), r.Subject)
	if err != nil {
		return nil, err
	}
	d, err := c.directory()
	if err != nil {
		return nil, err
	}
	if err := d.know(r.Subject); err != nil {
		return nil, err
	}
	r.Benefits = r.Subject
	out, err := c.lookBlock(r.Act, t, e.BlacklistUntil, d.ref(r.Subject, "").Name)
	if err != nil {
		return nil, err
	}
	var open int64
	err = c.db().Model(&books.ExpertSeat{}).Where("person_id = ? AND state IN ?", r.Subject,
		[]string{books.SeatDrawn, books.SeatAccepted}).Count(&open).Error
	if open > 0 {
		out = append(out, seconds.Line{Key: "block.seats", Args: map[string]string{"n": strconv.FormatInt(open, 10)}})
	}
	return out, err
}

func doExpert(tx *gorm.DB, a models.Acting, r seconds.Request) error {
	t, err := termsOf(r)
	if err != nil {
		return err
	}
	return office.BlockExpert(tx, a, r.Subject, t.Until, whyBlocked(t, r))
}

// whyBlocked keeps the reason while the block stands.
func whyBlocked(t secondTerms, r seconds.Request) string {
	if t.Until == "" {
		return ""
	}
	return r.Reason
}

func lookSupplier(c *call, r *seconds.Request) ([]seconds.Line, error) {
	t, err := termsOf(*r)
	if err != nil {
		return nil, err
	}
	if r.Subject = strings.ToUpper(r.Subject); !office.USCC(r.Subject) {
		return nil, invalid().field("/subject", "uscc-invalid")
	}
	was, err := office.BlockedOn(c.db(), r.Subject, models.DateOf(c.now))
	if err != nil {
		return nil, err
	}
	if t.Name = strings.TrimSpace(t.Name); t.Name == "" {
		t.Name = was.Name
	}
	if t.Name == "" {
		return nil, invalid().field("/terms/name", "field.required")
	}
	r.Data = models.JSONOf(t)
	out, err := c.lookBlock(r.Act, t, was.Until, t.Name)
	if err != nil {
		return nil, err
	}
	var running int64
	err = c.db().Model(&books.Contract{}).Where("uscc = ? AND state = ?", r.Subject, books.ContractSigned).Count(&running).Error
	if running > 0 {
		out = append(out, seconds.Line{Key: "block.contracts", Args: map[string]string{"n": strconv.FormatInt(running, 10)}})
	}
	return out, err
}

func doSupplier(tx *gorm.DB, a models.Acting, r seconds.Request) error {
	t, err := termsOf(r)
	if err != nil {
		return err
	}
	return office.SupplierBlock{Uscc: r.Subject, Name: t.Name, Until: t.Until, Why: whyBlocked(t, r)}.Block(tx, a)
}

// sealedAct is the reading of a part before its moment (access.md §2.5, S19).
const sealedAct = "sealedRead"

// sealedLife is how long it lasts.
const sealedLife = 4 * time.Hour

// neverSealed are parts that nobody reads before a moment, whoever confirms it: an
// open vote, and who was drawn.
var neverSealed = map[string]string{"draw.names": "MEET", "draw.seed": "MEET", "expert.each": "ALLIN", "expert.median": "ALLIN"}

// lookSealed refuses the reading of what is open to the auditor, is no part of his, or is never opened.
func lookSealed(c *call, r *seconds.Request) ([]seconds.Line, error) {
	t, err := termsOf(*r)
	if err != nil {
		return nil, err
	}
	if r.Project == "" {
		r.Project, r.Subject = r.Subject, r.Subject+" "+t.Part
	}
	p, err := c.project(r.Project)
	if err != nil {
		return nil, err
	}
	s, err := c.sightOf(p.Project)
	if err != nil {
		return nil, err
	}
	if !s.as["AU"] || sightTable[t.Part]["AU"] == "" {
		return nil, invalid().field("/terms/part", "not-an-option", "options", strings.Join(sealedParts(s), ", "))
	}
	if until := neverSealed[t.Part]; until != "" && !s.moments[until] {
		return nil, models.Refuse("sealed-never", "part", c.text("sight."+t.Part))
	}
	if s.cell(sightTable[t.Part]["AU"]) != hidden || r.AskedBy == "" && s.unsealed[t.Part] {
		return nil, models.Refuse("sealed-open", "part", c.text("sight."+t.Part))
	}
	return []seconds.Line{{Key: "sealed.opens", Args: map[string]string{
		"project": p.Name, "part": t.Part, "hours": strconv.Itoa(int(sealedLife.Hours())),
	}}}, nil
}

// sealedParts are those that an auditor would see later, and may ask to see now.
func sealedParts(s *caseSight) (out []string) {
	for part, row := range sightTable {
		never := neverSealed[part]
		if row["AU"] != "" && s.cell(row["AU"]) == hidden && (never == "" || s.moments[never]) {
			out = append(out, part)
		}
	}
	slices.Sort(out)
	return out
}

// doSealed opens nothing by itself: the confirmed request is what sight asks for.
// The audit administrator is told at once.
func doSealed(tx *gorm.DB, a models.Acting, r seconds.Request) error {
	return office.TellRoles(tx, a, office.Notification{
		Cause: "sealed-read:" + keyText(r.ID), Kind: "sealed-read", Subject: "second:" + keyText(r.ID), CreatedAt: a.At,
	}, office.AuditAdmin)
}

// unseal adds what the person may read for some hours before its moment.
func (c *call) unseal(s *caseSight, project string) error {
	if !s.as["AU"] {
		return nil
	}
	open, err := seconds.ConfirmedSince(c.db(), c.who.Person.ID, sealedAct, project, c.now.Add(-sealedLife))
	if err != nil {
		return err
	}
	s.unsealed = map[string]bool{}
	for _, r := range open {
		t, err := termsOf(r)
		if err != nil {
			return err
		}
		s.unsealed[t.Part] = true
		if c.tx != nil { // a question of the same transaction, and no reading
			continue
		}
		if err := c.note(audit.AccessTally{Action: audit.AccessRead, Subject: "sealed:" + project + ":" + t.Part}); err != nil {
			return err // what is read early is in the audit (S16)
		}
	}
	return nil
}
