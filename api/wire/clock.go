package wire

import "time"

// MatterClock is a clock of a project's stages as it stands.
type MatterClock struct {
	ID           string       `json:"id"`
	Name         string       `json:"name"`
	Limit        int          `json:"limit"`
	CalendarDays bool         `json:"calendarDays,omitempty"`
	Statutory    bool         `json:"statutory,omitempty"`
	Received     string       `json:"received"` // day 0, as YYYY-MM-DD
	Due          Due          `json:"due"`
	Day          string       `json:"day"` // on which it runs out
	Used         int          `json:"used"`
	EndedAt      *time.Time   `json:"endedAt,omitempty"`
	Late         bool         `json:"late,omitempty"`
	Pauses       []ClockPause `json:"pauses,omitempty"`
	Provisional  []int        `json:"provisional,omitempty"` // years whose calendar is not published yet
}

// ClockPause is a time in which it stood still.
type ClockPause struct {
	Cause string     `json:"cause"`
	Name  string     `json:"name"`
	From  time.Time  `json:"from"`
	To    *time.Time `json:"to,omitempty"`
}
