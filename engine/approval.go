package engine

import "github.com/quancheng/quancheng/bpmn"

type approvalPlan struct{}

type signed struct{}

func (c *compiler) approval(el *element, u *userPlan, a *bpmn.Approval) {}

func (x *exec) seatApprovers(n *node, t *Task) error { return nil }
func (x *exec) decide(n *node) error                 { return nil }
func (x *exec) reassignSeat(n *node) error           { return nil }
