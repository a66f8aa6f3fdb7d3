package wire

import "time"

// Calendar is the calendar of working days with the drafts of its years.
type Calendar struct {
	Version     int               `json:"version"`
	Years       []CalendarYear    `json:"years"`
	Provisional []int             `json:"provisional,omitempty"` // years that clocks run into and nobody has published
	Requests    []CalendarRequest `json:"requests"`
}

// CalendarYear is what was published about a year.
type CalendarYear struct {
	Year     int      `json:"year"`
	Workdays int      `json:"workdays"` // in the whole year
	Holidays []string `json:"holidays"`
	Makeup   []string `json:"makeup"` // weekend days that are worked
}

// CalendarRequest is a year that somebody has drafted.
type CalendarRequest struct {
	ID         string         `json:"id"`
	Year       int            `json:"year"`
	Holidays   []string       `json:"holidays"`
	Makeup     []string       `json:"makeup"`
	Source     string         `json:"source"`
	Reason     string         `json:"reason"`
	State      string         `json:"state"`
	AskedBy    PersonRef      `json:"askedBy"`
	AskedAt    time.Time      `json:"askedAt"`
	ExpiresAt  time.Time      `json:"expiresAt"`
	DecidedBy  *PersonRef     `json:"decidedBy,omitempty"`
	DecidedAt  *time.Time     `json:"decidedAt,omitempty"`
	Note       string         `json:"note,omitempty"`
	MayDecide  bool           `json:"mayDecide,omitempty"`
	Moved      int            `json:"moved"`           // due times that it would move, while it waits
	Moves      []CalendarMove `json:"moves,omitempty"` // the soonest of them
	Superseded bool           `json:"superseded,omitempty"`
}

// CalendarMove is a due time that a draft would move.
type CalendarMove struct {
	Task    string    `json:"task"`
	Name    string    `json:"name"`
	Project string    `json:"project,omitempty"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
}

// CalendarDraft asks for a year of the calendar, or its correction.
type CalendarDraft struct {
	Year     int      `json:"year"`
	Holidays []string `json:"holidays"`
	Makeup   []string `json:"makeup"`
	Source   string   `json:"source"`
	Reason   string   `json:"reason"`
}

// CalendarDecision is what became of a draft.
type CalendarDecision struct {
	State string `json:"state"`
	Moved int    `json:"moved"`
}
