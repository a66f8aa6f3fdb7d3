package enginetest

import (
	"strconv"
	"strings"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/engine/play"
	"github.com/quancheng/quancheng/engine/seat"
	"github.com/quancheng/quancheng/feel"
)

// approval is what a person does to a task, or to the case; nil for other commands.
func approval(p *play.Player, command string) func() error {
	words := strings.Fields(command)
	switch {
	case words[0] == "act" && len(words) >= 4:
		ev := engine.Event{Operation: words[2], Actor: &engine.Actor{Person: words[1]}, Reason: "because of the reason"}
		said(&ev, words[4:])
		return func() error { return p.Act(play.Act{Element: words[3], Event: ev}) }
	case words[0] == "govern" && len(words) >= 3:
		ev := engine.Event{Type: engine.EventType(words[2]), Actor: &engine.Actor{Person: words[1]}, Reason: "because of the reason"}
		said(&ev, words[3:])
		return func() error { return p.Govern("it", ev) }
	}
	return nil
}

// said fills in what follows the verb; what is no word of an operation is a variable.
func said(ev *engine.Event, words []string) {
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		switch name {
		case "to":
			ev.Element = value
		case "with":
			if ev.Persons = strings.Split(value, ","); len(ev.Persons) == 1 {
				ev.To, ev.Persons = value, nil
			}
		case "weight":
			ev.Weight, _ = strconv.Atoi(value)
		case "asked":
			ev.Asked = value
		case "mode":
			ev.Mode = value
		case "code":
			ev.Code = value
		case "post":
			ev.Actor.Post = value
		case "seat":
			ev.Seat, _ = strconv.Atoi(value) // 0, which is none, where it is no number
		case "admin":
			ev.Actor.Admin = value == "yes"
		default:
			v, err := feel.FromJSON([]byte(value))
			if err != nil {
				v = feel.Text(value)
			}
			if ev.Variables == nil {
				ev.Variables = engine.Vars{}
			}
			ev.Variables[name] = v
		}
	}
}

// signs are how a line shows a seat.
var signs = map[seat.State]string{seat.Waiting: "…", seat.Active: "?", seat.Suspended: "!", seat.Skipped: " skipped", seat.Void: " void"}

// seats shows who sits at a task and what he said; "" at one without seats.
func seats(head string, all []engine.Seat) string {
	if len(all) == 0 {
		return ""
	}
	for _, s := range all {
		sign := signs[s.State]
		if s.State == seat.Done {
			sign = " " + string(s.Decision)
		}
		who := s.Actor
		if who == "" {
			who = s.Group
		}
		if s.Principal != "" && s.Principal != s.Actor {
			who += " for " + s.Principal
		}
		head += " " + who + sign
	}
	return head
}
