package activities

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/commands"
	"github.com/quancheng/quancheng/models/process"
)

// terminate ends the instance; where a person has ended it, the books say so in the same transaction.
func (s *step) terminate(tx *gorm.DB) error {
	if err := s.move(tx, s.ev); err != nil || s.acting.Person == models.System || s.root.BusinessKey == "" {
		return err
	}
	if s.acting.Reason == "" {
		s.acting.Reason = s.ev.Reason
	}
	call := commands.Call{Name: "terminate", Acting: s.acting, Root: s.root.Key, Params: s.world.Params, Workday: s.world.Workday}
	return commands.Terminate(tx, call, s.root.BusinessKey)
}

// actOnInstance puts into the thread what a person did with the whole instance.
func (s *step) actOnInstance(tx *gorm.DB) error {
	if !slices.Contains([]engine.EventType{engine.Suspend, engine.Resume, engine.Cancel, engine.Operate}, s.ev.Type) {
		return nil
	}
	whole, err := process.InstanceByKey(tx, s.root.Key)
	if err != nil {
		return fmt.Errorf("instance %d: %w", s.root.Key, err)
	}
	return process.Remark(tx, process.TaskAct{
		Root: s.root.Key, TaskName: whole.Name, Round: 1, Person: s.acting.Person, Post: s.acting.Post, Operation: s.req.Name,
		Reason: s.ev.Reason, Target: s.ev.Element, Event: s.req.ID, At: s.now, BusinessDate: s.acting.BusinessDate,
	})
}
