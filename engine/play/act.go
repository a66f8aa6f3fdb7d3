package play

import (
	"fmt"

	"github.com/quancheng/quancheng/engine"
)

// Act is what a person does to a task: of an element the open one, else the one that was open last, as a recall needs.
type Act struct {
	Element string
	engine.Event
}

// Act plays what a person does to a task.
func (p *Player) Act(a Act) error {
	t, known := p.opened[a.Element]
	for _, open := range p.tasks {
		if open.Element == a.Element {
			t, known = open, true
			break
		}
	}
	if !known {
		return fmt.Errorf("no task of element %q was ever open", a.Element)
	}
	if err := p.operate(t, a.Event); err != nil {
		return err
	}
	return p.settle()
}

// Govern suspends, resumes or ends the instance that was started under an alias.
func (p *Player) Govern(alias string, ev engine.Event) error {
	ev.Key = p.aliases[alias]
	if err := p.send(p.rootOf(ev.Key), ev); err != nil {
		return err
	}
	return p.settle()
}
