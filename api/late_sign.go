package api

import (
	"cmp"
	"net/http"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/papers"
	"github.com/quancheng/quancheng/models/process"
)

// lateSign is the operation by which what was decided on paper is signed (补签).
const lateSign = "lateSign"

// decidesSeat are the operations by which a seat is signed.
var decidesSeat = []string{"agree", "disagree", "abstain"}

// notBackdated refuses a signature of a past day: the day alone is no signature
// of that day. It takes the paper, and a second person. A case that was registered
// as a past one as a whole (补录) is signed on its own days.
func (c *call) notBackdated(t process.Task, op operation, a models.Acting) error {
	if t.Policy == "" || !slices.Contains(decidesSeat, op.Name) || a.BusinessDate == models.DateOf(c.now) {
		return nil
	}
	root, err := process.RootByKey(c.db(), t.Root)
	if err != nil || root.BusinessDate != "" && root.BusinessDate < models.DateOf(root.CreatedAt) {
		return err
	}
	return invalid().field("/businessDate", "late-signature")
}

// signLate asks a second person for a late signature: of who has decided himself,
// or of the office, which has the paper.
func (c *call) signLate(t process.Task, op operation, in wire.OperationRequest, a models.Acting) (any, error) {
	to, err := c.lateSigner(t, in)
	if err != nil {
		return nil, err
	}
	p, err := c.process(t.Root)
	if err != nil {
		return nil, err
	}
	row, _ := engine.SecondActOf(lateSign)
	if p.world.Input.Org == nil || to != c.who.Person.ID && !p.world.Input.Org.At(c.now).Firsts(row.Pairs[0].First, c.who.Person.ID) {
		return nil, refuse(http.StatusForbidden, "not-your-seat")
	}
	if err := c.paperOf(p.root, in.Evidence); err != nil {
		return nil, err
	}
	m := c.operation(t, op, in, a)
	m.Event.To, m.Event.Evidence, m.Event.DecidedAt = to, in.Evidence, models.Date(in.DecidedOn).Start().UTC()
	return c.once(func(tx *gorm.DB) (reply, error) {
		probe := m.Event
		probe.Actor = &engine.Actor{Person: "second"} // whoever it will be
		if err := p.check(probe); err != nil {
			return reply{}, c.withHappened(t.Key, err)
		}
		return c.ask(tx, p, m, t)
	})
}

// lateSigner is who has decided: who holds the seat, or of a post's the person named.
func (c *call) lateSigner(t process.Task, in wire.OperationRequest) (string, error) {
	wrong := invalid()
	if !slices.Contains(decidesSeat, in.Mode) {
		wrong.field("/mode", "field.required")
	}
	if in.Evidence == "" {
		wrong.field("/evidence", "evidence-required")
	}
	if in.DecidedOn == "" || models.Date(in.DecidedOn) > models.DateOf(c.now) {
		wrong.field("/decidedOn", "decided-at-required")
	}
	detail, err := t.Details()
	if err != nil {
		return "", err
	}
	if in.Seat < 1 || in.Seat > len(detail.Seats) {
		wrong.field("/seat", "field.required")
	}
	if len(wrong.Fields) > 0 {
		return "", wrong
	}
	s := detail.Seats[in.Seat-1]
	to := cmp.Or(in.To, s.Principal, s.Actor)
	if to == "" && contains(c.who.postIDs(), s.Group) {
		to = c.who.Person.ID // of a seat that is free for his post
	}
	if to == "" {
		return "", invalid().field("/to", "person-required")
	}
	return to, nil
}

// paperOf refuses evidence that is no file of the case.
func (c *call) paperOf(root process.RootState, id string) error {
	var n int64
	err := c.db().Model(&papers.Document{}).
		Where("id = ? AND digest <> '' AND (project <> '' AND project = ? OR matter <> 0 AND matter = ?)", id, root.Project, root.Key).
		Count(&n).
		Error
	if err == nil && n == 0 {
		return invalid().field("/evidence", "document-unknown", "id", id)
	}
	return err
}

// lateConfirmation says what a second person confirms: whose decision, of which day, on which paper.
func (c *call) lateConfirmation(w wire.Confirmation, d *directory, t process.Task, ev engine.Event) (wire.Confirmation, error) {
	if err := d.know(ev.To); err != nil {
		return w, err
	}
	var doc papers.Document
	if err := c.db().Select("id", "project", "title", "file_name").Where("id = ?", ev.Evidence).Limit(1).Find(&doc).Error; err != nil {
		return w, err
	}
	href := "/api/v1/files/" + ev.Evidence
	if doc.Project != "" {
		href = "/api/v1/projects/" + doc.Project + "/documents/" + ev.Evidence
	}
	w.Evidence = &wire.EvidencePaper{ID: ev.Evidence, Name: cmp.Or(doc.Title, doc.FileName, ev.Evidence), Href: href}
	w.Effects = []string{c.text(
		"case.effect.late-sign", "who", d.ref(ev.To, "").Name, "decision", c.text("operation."+ev.Mode), "task", t.Name,
		"day", string(models.DateOf(ev.DecidedAt)), "opinion", ev.Opinion,
	)}
	return w, nil
}

// maySignLate reports whether a person would be asked for a late signature here:
// a seat is open, and it is his, or he is of the office.
func (c *call) maySignLate(p *matter, t process.Task) error {
	detail, err := t.Details()
	if err != nil {
		return err
	}
	row, _ := engine.SecondActOf(lateSign)
	office := p.world.Input.Org != nil && p.world.Input.Org.At(c.now).Firsts(row.Pairs[0].First, c.who.Person.ID)
	for _, s := range detail.Seats {
		mine := s.Principal == c.who.Person.ID || s.Actor == c.who.Person.ID || s.Actor == "" && contains(c.who.postIDs(), s.Group)
		if s.State == "active" && s.For == 0 && (mine || office) && len(decisionsOf(detail)) > 0 {
			return nil
		}
	}
	return models.Refuse("not-your-seat")
}

// decisionsOf are the decisions that an approval takes.
func decisionsOf(detail process.TaskDetail) (out []string) {
	for _, op := range decidesSeat {
		if slices.Contains(detail.Operations, op) {
			out = append(out, op)
		}
	}
	return out
}

// confirmsPaper reports whether a file shows a late signature that the person is
// asked to confirm: he sees that file, whether or not he sees the case.
func (c *call) confirmsPaper(doc papers.Document) (bool, error) {
	waiting, err := process.Confirmations(c.db(), doc.Matter, most)
	if err != nil {
		return false, err
	}
	for _, k := range waiting {
		var ev engine.Event
		if err := k.Event.Into(&ev); err != nil {
			return false, err
		}
		if k.Operation != lateSign || ev.Evidence != doc.ID {
			continue
		}
		err := c.mayConfirm(k)
		if err == nil || problemOf(err).Status >= http.StatusInternalServerError {
			return err == nil, err
		}
	}
	return false, nil
}
