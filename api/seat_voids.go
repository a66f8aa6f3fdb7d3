package api

import (
	"net/http"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
)

// listStrikes are the requests of a project that the seat of an expert be void.
func listStrikes(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	all, err := books.SeatStrikes(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	out := wire.SeatVoids{Items: []wire.SeatVoid{}}
	for _, s := range all {
		w, err := c.strikeOf(s)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func (c *call) strikeOf(s books.SeatStrike) (wire.SeatVoid, error) {
	d, err := c.directory()
	if err != nil {
		return wire.SeatVoid{}, err
	}
	if err := d.know(s.PersonID, s.AskedBy, s.DecidedBy); err != nil {
		return wire.SeatVoid{}, err
	}
	w := wire.SeatVoid{
		ID: keyText(s.ID), Person: d.maybe(s.PersonID, ""), Reason: s.Reason, Evidence: []string{}, Conclusion: s.Conclusion, Holds: s.Holds,
		AskedBy: d.maybe(s.AskedBy, ""), AskedAt: s.AskedAt.In(models.Zone), State: s.State, Decision: s.Decision,
		DecidedBy: d.maybe(s.DecidedBy, ""), Note: s.Note, DocNo: s.DocNo,
		Mine: s.State == books.VoidWaiting && c.who.may(strikeDecide) && s.AskedBy != c.who.Person.ID,
	}
	if s.Conclusion != "" { // nobody reads scores before it
		w.ScoreBefore, w.ScoreAfter = s.ScoreBefore, s.ScoreAfter
	}
	return w, s.Evidence.Into(&w.Evidence)
}

// askStrike asks that the seat of an expert be void.
func askStrike(c *call) (any, error) {
	var in wire.SeatVoidRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	var draws []books.ExpertDraw
	if err := c.db().Where("project = ?", p.Code).Order("at DESC, draw_no DESC").Limit(1).Find(&draws).Error; err != nil {
		return nil, err
	}
	if len(draws) > 0 && c.now.Before(meetingAt(draws[0])) { // who is on the list is not to be found out by asking
		return nil, models.Refuse("list-sealed")
	}
	a, err := c.acting("", "", in.Reason)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		s, err := commands.AskStrike(tx, a, commands.Strike{Project: p.Code, Person: in.Person, Reason: in.Reason, Evidence: in.Evidence})
		if err != nil {
			return reply{}, err
		}
		w, err := c.strikeOf(s)
		return reply{Status: http.StatusCreated, Body: w}, err
	})
}

// decideStrike is the second person's word on it.
func decideStrike(c *call) (any, error) {
	var in wire.SeatVoidDecision
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, err := c.key("id")
	if err != nil {
		return nil, err
	}
	a, err := c.acting("", "", in.Note)
	if err != nil {
		return nil, err
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		s, err := commands.DecideStrike(tx, a, id, commands.Verdict{Accept: in.Accept, Decision: in.Decision, Note: in.Note})
		if err != nil {
			return reply{}, err
		}
		if err := models.Notify(tx, models.Notice{Kind: "project", Key: s.Project, Project: s.Project}); err != nil {
			return reply{}, err
		}
		w, err := c.strikeOf(s)
		return reply{Status: http.StatusOK, Body: w}, err
	})
}
