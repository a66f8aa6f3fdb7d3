package engine

// Outlook is a copy of a state on which events are tried, one after the other:
// what somebody would do, and what the commands that follow would return. The
// state that it was taken from stays as it is. After a refusal it is of no use.
type Outlook struct {
	p  *Program
	s  *State
	in Input

	tasks   map[int64]Task   // that were open
	process map[int64]string // by instance key
	effects []Effect
}

// NewOutlook takes the copy.
func NewOutlook(p *Program, s *State, in Input) (*Outlook, error) {
	c, err := s.clone()
	if err != nil {
		return nil, err
	}
	o := &Outlook{p: p, s: c, in: in, tasks: map[int64]Task{}, process: map[int64]string{}}
	for _, n := range c.nodes {
		if n.Task != nil {
			o.tasks[n.Task.Key] = *n.Task
		}
		if n.Process != "" {
			o.process[n.Key] = n.Process
		}
	}
	return o, nil
}

// Step applies an event to the copy.
func (o *Outlook) Step(ev Event) ([]Effect, error) {
	effects, err := Step(o.p, o.s, ev, o.in)
	for _, e := range effects {
		if i, ok := e.(InstanceStarted); ok {
			o.process[i.Key] = i.Process
		}
	}
	o.effects = append(o.effects, effects...)
	return effects, err
}

// Consequences are what all events together would lead to.
func (o *Outlook) Consequences() Consequences {
	out := Consequences{Completes: o.s.ended}
	now := map[int64]Task{} // as they were told last
	var opened []int64
	for _, e := range o.effects {
		switch e := e.(type) {
		case TaskOpened:
			opened, now[e.Task.Key] = append(opened, e.Task.Key), e.Task
		case TaskChanged:
			now[e.Task.Key] = e.Task
		case TaskClosed:
			delete(now, e.Key)
			if t, was := o.tasks[e.Key]; was {
				out.Ends = append(out.Ends, t)
			}
		case VerdictsVoided:
			out.Voids = append(out.Voids, e)
		case ElementEntered:
			out.Enters = append(out.Enters, Place{Key: e.Key, Process: o.process[e.Instance], Element: e.Element, Kind: e.Kind,
				Name: e.Name, Root: e.Instance == o.s.key})
		}
	}
	for _, key := range opened {
		if t, open := now[key]; open {
			out.Opens = append(out.Opens, t)
		}
	}
	return out
}

// Preview tells what Step would do; the state is untouched.
func Preview(p *Program, s *State, ev Event, in Input) (Consequences, error) {
	o, err := NewOutlook(p, s, in)
	if err != nil {
		return Consequences{}, err
	}
	if _, err := o.Step(ev); err != nil {
		return Consequences{}, err
	}
	return o.Consequences(), nil
}
