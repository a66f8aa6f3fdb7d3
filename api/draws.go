package api

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/emmansun/gmsm/sm3"
	"gorm.io/gorm"

	"github.com/quancheng/quancheng/api/wire"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/office"
)

// listDraws is the record of a project's draws: who was asked by code and order,
// never by name; the seed and the list once the review is concluded, so that
// anybody who may see them can compute the draw again.
func listDraws(c *call) (any, error) {
	p, err := c.project(c.Param("code"))
	if err != nil {
		return nil, err
	}
	var draws []books.ExpertDraw
	if err := c.db().Where("project = ? AND list_digest <> ''", p.Code).Order("draw_no").Find(&draws).Error; err != nil {
		return nil, err
	}
	concluded, err := books.ReviewConcluded(c.db(), p.Code)
	if err != nil {
		return nil, err
	}
	dir, err := c.directory()
	if err != nil {
		return nil, err
	}
	out := wire.Draws{Items: []wire.Draw{}}
	for _, d := range draws {
		if err := dir.know(d.Actor, d.Supervisor); err != nil {
			return nil, err
		}
		w, err := c.drawOf(dir, d, concluded && c.who.sees == seesAll)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func (c *call) drawOf(dir *directory, d books.ExpertDraw, open bool) (wire.Draw, error) {
	seed := sm3.Sum([]byte(d.Seed))
	w := wire.Draw{
		No: d.DrawNo, At: d.At.In(models.Zone), ListDigest: d.ListDigest, SeedDigest: hex.EncodeToString(seed[:]), Round: d.Round,
		Operator: dir.maybe(
			d.Actor, "",
		), Supervisor: dir.maybe(d.Supervisor, ""), Avoided: map[string]int{}, Plan: []string{}, Seats: []wire.DrawSeat{},
	}
	list, err := commands.Candidates(d)
	if err != nil {
		return w, err
	}
	w.Listed = len(list)
	for _, part := range []struct {
		raw models.JSON
		to  any
	}{{d.Avoided, &w.Avoided}, {d.Plan, &w.Plan}} {
		if err := part.raw.Into(part.to); err != nil {
			return w, err
		}
	}
	var seats []books.ExpertSeat
	if err := c.db().Where("draw_no = ?", d.DrawNo).Order("round, hash").Find(&seats).Error; err != nil {
		return w, err
	}
	for _, s := range seats {
		answer := s.Outcome
		if answer == "" {
			answer = map[string]string{books.SeatDrawn: "waiting", books.SeatVoid: "conflict"}[s.State]
		}
		if answer == "" {
			answer = "accepted"
		}
		w.Seats = append(w.Seats, wire.DrawSeat{Round: s.Round, Specialty: s.Specialty, Code: s.Serial, Order: s.Hash, Answer: answer})
	}
	again, err := commands.Recompute(d)
	if err == nil {
		w.Whole = slices.Equal(again, firstRound(seats, again))
	}
	if !open {
		return w, nil
	}
	w.Seed, w.Number, w.Nonce = d.Seed, d.Number, d.Nonce
	for _, k := range list {
		w.List = append(w.List, wire.DrawCandidate{Code: k.Code, Person: k.Person, Unit: k.Unit, Specialties: k.Specialties})
	}
	return w, nil
}

// firstRound are the codes of the first round in the order of what was computed again.
func firstRound(seats []books.ExpertSeat, order []string) (codes []string) {
	held := map[string]bool{}
	for _, s := range seats {
		held[s.Serial] = s.Round == 1
	}
	for _, code := range order {
		if held[code] {
			codes = append(codes, code)
		}
	}
	return codes
}

func listExperts(c *call) (any, error) {
	people, err := office.InRole(c.db(), expertRole)
	if err != nil {
		return nil, err
	}
	dir, err := c.directory()
	if err != nil {
		return nil, err
	}
	if err := dir.know(people...); err != nil {
		return nil, err
	}
	out := wire.Experts{Items: []wire.Expert{}}
	for _, id := range people {
		w, err := c.expertOf(c.db(), dir, id)
		if err != nil {
			return nil, err
		}
		out.Items = append(out.Items, w)
	}
	return out, nil
}

func (c *call) expertOf(tx *gorm.DB, dir *directory, id string) (wire.Expert, error) {
	e, ties, known, err := office.ExpertOf(tx, id)
	if err != nil {
		return wire.Expert{}, err
	}
	w := wire.Expert{
		Person: dir.maybe(id, ""), Specialties: []string{}, Employers: []wire.ExpertEmployer{}, BlockedUntil: string(e.BlacklistUntil),
		BlockedWhy: e.BlacklistWhy, Drawable: known && len(ties) > 0,
	}
	if err := e.Specialties.Into(&w.Specialties); err != nil {
		return w, err
	}
	for _, t := range ties {
		w.Employers = append(
			w.Employers, wire.ExpertEmployer{OrgName: t.OrgName, Uscc: t.Uscc, Tie: t.Tie, FromYear: t.FromYear, ToYear: t.ToYear},
		)
	}
	return w, nil
}

// putExpert says what an expert knows and whom he worked for. Without it nobody is drawn.
func putExpert(c *call) (any, error) {
	var in wire.ExpertInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	a, err := c.acting("", "", "")
	if err != nil {
		return nil, err
	}
	specialties, err := json.Marshal(in.Specialties)
	if err != nil {
		return nil, err
	}
	e := office.Expert{
		Person: c.Param("id"), Specialties: specialties, BlacklistUntil: models.Date(in.BlockedUntil), BlacklistWhy: in.BlockedWhy,
	}
	ties := make([]office.ExpertEmployer, len(in.Employers))
	for i, t := range in.Employers {
		ties[i] = office.ExpertEmployer{OrgName: t.OrgName, Uscc: t.Uscc, Tie: t.Tie, FromYear: t.FromYear, ToYear: t.ToYear}
	}
	return c.once(func(tx *gorm.DB) (reply, error) {
		if err := office.PutExpert(tx, a, e, ties); err != nil {
			return reply{}, err
		}
		dir, err := c.directory()
		if err != nil {
			return reply{}, err
		}
		if err := dir.know(e.Person); err != nil {
			return reply{}, err
		}
		w, err := c.expertOf(tx, dir, e.Person)
		return reply{Status: http.StatusOK, Body: w}, err
	})
}
