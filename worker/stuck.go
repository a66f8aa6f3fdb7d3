package worker

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/office"
	"github.com/quancheng/quancheng/models/process"
)

const (
	stuckEvery = 3 * time.Minute // between two looks
	stuckAfter = 2 * time.Minute // a case may stand still while its next event is on its way
)

// watchers are the roles that are told of a case that nothing can move any more.
var watchers = []string{"BUREAU_CHIEF", "BUREAU_DEPUTY", "BUREAU_DIRECTOR", "SYS_ADMIN"}

// stuck gives the alarm for cases that stand still for good, each once.
func (s *Sweeper) stuck(ctx context.Context) error {
	now := s.Now()
	if now.Sub(s.looked) < stuckEvery {
		return nil
	}
	var fresh []process.StuckRoot
	err := s.DB.Tx(ctx, func(tx *gorm.DB) (err error) {
		if fresh, err = process.NoteStuck(tx, now.Add(-stuckAfter), now, sweepBatch); err != nil || len(fresh) == 0 {
			return err
		}
		var persons []string
		for _, role := range watchers {
			held, err := office.InRole(tx, role)
			if err != nil {
				return err
			}
			persons = append(persons, held...)
		}
		for _, f := range fresh {
			if err := tellStuck(tx, f, persons); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.looked = now
	for _, f := range fresh {
		s.Log.Error(
			"a case stands still and nothing can move it", "alarm", true, "root", f.Root, "process", f.Process, "project", f.Project,
			"step", f.Step, "since", f.Since,
		)
	}
	return nil
}

func tellStuck(tx *gorm.DB, f process.StuckRoot, persons []string) error {
	matter := f.BusinessKey
	if matter == "" {
		matter = fmt.Sprint(f.Root)
	}
	return office.Tell(tx, office.Notification{
		Cause: fmt.Sprintf("stuck:%d:%d", f.Root, f.Step), Kind: "case-stuck", Subject: fmt.Sprintf("case:%d", f.Root), CreatedAt: f.ToldAt,
		Args: models.JSONOf(map[string]string{"matter": matter}),
	}, persons...)
}
