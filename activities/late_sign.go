package activities

import (
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/process"
)

// lateSigned is the operation by which what was decided on paper is signed (补签).
const lateSigned = "lateSign"

// signedLate puts the act under the name of who has decided, on the day on which
// he did; who has confirmed it is in the audit, and in the request for his word.
func (s *step) signedLate(act *process.TaskAct) error {
	d, err := s.task.Details()
	if err != nil {
		return err
	}
	act.Person, act.Post, act.Principal, act.Target = s.ev.To, "", "", s.ev.Mode
	if no := s.ev.Seat; no > 0 && no <= len(d.Seats) {
		seat := d.Seats[no-1]
		act.Post = seat.Group
		if seat.Actor == s.ev.To && seat.Principal != "" && seat.Principal != seat.Actor {
			act.Principal = seat.Principal
		}
	}
	act.BusinessDate = models.DateOf(s.ev.DecidedAt)
	return nil
}
