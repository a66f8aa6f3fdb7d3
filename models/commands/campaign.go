package commands

import (
	"strings"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/campaign"
	"github.com/quancheng/quancheng/models/process"
)

var _ = foretold(map[string]Plan{
	"campaign.submit":   campaignSubmit,
	"campaign.approve":  campaignApprove,
	"campaign.bulletin": campaignBulletin,
	"campaign.close":    campaignClose,
})

// campaignSubmit hands in the list that the unit has put together.
func campaignSubmit(tx *gorm.DB, c Call) (Result, Write, error) {
	res := Result{}
	return res, func() error {
		_, n, err := campaign.Submit(tx, c.Acting, c.text("campaign"), c.text("unit"))
		res["itemCount"] = n
		return err
	}, nil
}

// campaignApprove lets the unit walk its list.
func campaignApprove(tx *gorm.DB, c Call) (Result, Write, error) {
	res := Result{}
	return res, func() error {
		_, n, err := campaign.Approve(tx, c.Acting, c.text("campaign"), c.text("unit"))
		res["itemCount"] = n
		return err
	}, nil
}

// campaignBulletin keeps the bulletin of the week.
func campaignBulletin(tx *gorm.DB, c Call) (Result, Write, error) {
	k, err := campaign.Find(tx, c.text("campaign"))
	if err != nil {
		return nil, nil, err
	}
	days, err := calendar.Newest(tx)
	if err != nil {
		return nil, nil, err
	}
	inForce, err := RulesOn(tx, c.Acting.On())
	if err != nil {
		return nil, nil, err
	}
	return Result{}, func() error {
		_, err := campaign.Publish(tx, c.Acting, k, days, inForce)
		return err
	}, nil
}

// campaignClose ends the campaign with its summary, and the participations that are still under way.
func campaignClose(tx *gorm.DB, c Call) (Result, Write, error) {
	var in struct {
		Summary string `json:"summary"`
	}
	if err := c.into(&in); err != nil {
		return nil, nil, err
	}
	f := check()
	summary := f.text("/summary", in.Summary)
	if err := f.OrNil(); err != nil {
		return nil, nil, err
	}
	id := c.text("campaign")
	return Result{"campaignState": campaign.Closed}, func() error {
		if _, err := campaign.Close(tx, c.Acting, id, strings.TrimSpace(summary)); err != nil {
			return err
		}
		var units []campaign.Unit
		if err := tx.Where("campaign = ? AND completed_on = ''", id).Order("unit").Find(&units).Error; err != nil {
			return err
		}
		for _, u := range units {
			if err := endParticipation(tx, c.Acting, campaign.UnitKey(id, u.Unit)); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func endParticipation(tx *gorm.DB, a models.Acting, key string) error {
	return process.SendMessage(tx, a, "closed:"+key, campaign.MessageClosed, key, nil)
}
