package models

import "time"

// System is the actor of what no person did.
const System = "system"

// Acting says who does something, when, and why. Every change of the books takes one.
type Acting struct {
	Person       string    // person id, or System
	Post         string    // acting post ROLE@DEPT
	Posts        []string  // every post the person may act in
	Remote       string    // address of the caller
	Reason       string    // in the actor's words
	Event        string    // id of the event, "" for a register command without one
	At           time.Time // recording time
	BusinessDate Date      // when it happened in the books; the day of At unless back-registered
}

// Holds reports whether the actor holds a post ROLE@DEPT.
func (a Acting) Holds(post string) bool {
	for _, p := range a.Posts {
		if p == post {
			return true
		}
	}
	return false
}

// HasRole reports whether the actor holds a role in any department.
func (a Acting) HasRole(role string) bool {
	for _, p := range a.Posts {
		if r, _ := SplitPost(p); r == role {
			return true
		}
	}
	return false
}

// On is the business date: when it happened in the books.
func (a Acting) On() Date {
	if a.BusinessDate != "" {
		return a.BusinessDate
	}
	return DateOf(a.At)
}

// BackRegistered reports whether the business date is earlier than the day of recording.
func (a Acting) BackRegistered() bool { return a.On() < DateOf(a.At) }
