package commands

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

// drawNext gives seats that were given up to the next in the order of the same
// seed. After the last round, or when the list has nobody left, it draws nobody.
func drawNext(tx *gorm.DB, c Call) (Result, error) {
	p, cycle, err := c.review(tx)
	if err != nil {
		return nil, err
	}
	d, err := lastDraw(tx, p.Code, cycle)
	if err != nil {
		return nil, err
	}
	if d == nil || d.Round >= mostRounds {
		return Result{"experts": []string{}, "expertsDrawn": 0}, nil
	}
	d.Round++
	if err := tx.Model(&books.ExpertDraw{}).Where("draw_no = ?", d.DrawNo).Update("round", d.Round).Error; err != nil {
		return nil, fmt.Errorf("draw %s: %w", d.DrawNo, err)
	}
	drawn, err := c.seatRound(tx, *d)
	if err != nil {
		return nil, err
	}
	return c.drawnResult(tx, *d, drawn)
}

// drawReply is an expert's answer to the draw: he takes the seat with his
// statement, declines it for a reason, or stands aside.
func drawReply(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Decline bool   `json:"decline"`
		Reason  string `json:"reason"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	if !in.Decline {
		r, write, err := reviewStatement(tx, c)
		if err != nil {
			return nil, nil, err
		}
		return r, func() error {
			if err := write(); err != nil || r["conflict"] != true {
				return err
			}
			return c.giveUp(tx, c.Acting.Person, "conflict", "")
		}, nil
	}
	f := check()
	reason := f.text("/reason", in.Reason)
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	s, err := seat(tx, c, c.text("projectCode"))
	if err != nil {
		return nil, nil, err
	}
	return Result{"conflict": true}, func() error { return c.giveUp(tx, s.PersonID, "declined", reason) }, nil
}

// giveUp voids the seat of a person in the present review.
func (c Call) giveUp(tx *gorm.DB, person, outcome, reason string) error {
	project := c.text("projectCode")
	cycle, err := currentCycle(tx, project)
	if err != nil {
		return err
	}
	change := map[string]any{"state": books.SeatVoid, "outcome": outcome, "leader": false}
	if reason != "" {
		change["reason"] = reason
	}
	if err := tx.Model(&books.ExpertSeat{}).Where("project = ? AND cycle = ? AND person_id = ?", project, cycle,
		person).Updates(change).Error; err != nil {
		return fmt.Errorf("seat of %s: %w", person, err)
	}
	return process.EndParty(tx, c.Root, process.PartyExpert, "", person, c.Acting.At)
}

// drawLapse gives up the seat of an expert who has not answered in time.
func drawLapse(tx *gorm.DB, c Call) (Result, error) {
	return Result{"conflict": true}, c.giveUp(tx, c.text("expert"), "lapsed", "未在期限内答复")
}
