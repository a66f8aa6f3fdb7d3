package wire

import "time"

// ToldAgain is a part of our stream towards a bureau.
type ToldAgain struct {
	Stream  string `json:"stream"`
	Events  []any  `json:"events"`   // envelopes
	LastSeq int64  `json:"last_seq"` // ask on after it
}

// PartnerHealth says how it stands with the bureaus.
type PartnerHealth struct {
	Items []PartnerState `json:"items"`
}

// PartnerState says how it stands with one.
type PartnerState struct {
	Partner      string     `json:"partner"`
	PartnerName  string     `json:"partnerName"`
	Light        string     `json:"light"` // green, yellow, red, dark
	HeardAt      *time.Time `json:"heardAt,omitempty"`
	SilentDays   int        `json:"silentDays"`
	DataUntil    *time.Time `json:"dataUntil,omitempty"`
	DriftSeconds int        `json:"driftSeconds"`
	Stream       string     `json:"stream,omitempty"`
	Epoch        int        `json:"epoch,omitempty"`
	Seq          int64      `json:"seq,omitempty"`
	Refused      int        `json:"refused"`
	Waiting      int        `json:"waiting"`
	WaitsSince   *time.Time `json:"waitsSince,omitempty"`
}

// Refusals are messages that were not believed, newest first.
type Refusals struct {
	Items []RefusedMessage `json:"items"`
}

// RefusedMessage is one; its body is not shown.
type RefusedMessage struct {
	ID      string    `json:"id"`
	Partner string    `json:"partner"`
	EventID string    `json:"eventId"`
	Why     string    `json:"why"`
	Remote  string    `json:"remote"`
	Digest  string    `json:"digest"`
	Size    int       `json:"size"`
	At      time.Time `json:"at"`
}

// ExchangeFiles are files of events that were taken in, newest first.
type ExchangeFiles struct {
	Items []ExchangeFile `json:"items"`
}

// ExchangeFile is one; Again says that it was taken in before.
type ExchangeFile struct {
	ID      string    `json:"id"`
	Partner string    `json:"partner"`
	Name    string    `json:"name"`
	Digest  string    `json:"digest"`
	Events  int       `json:"events"`
	Fresh   int       `json:"fresh"`
	Amount  string    `json:"amount"`
	At      time.Time `json:"at"`
	Again   bool      `json:"again"`
}

// ReconciledMonths are months that were compared whole, newest first.
type ReconciledMonths struct {
	Items []ReconciledMonth `json:"items"`
}

// ReconciledMonth is one, closed where ClosedAt is there.
type ReconciledMonth struct {
	Partner     string     `json:"partner"`
	Month       string     `json:"month"`
	At          time.Time  `json:"at"`
	Matched     int        `json:"matched"`
	Differences int        `json:"differences"`
	Open        int        `json:"open"`
	Explained   int        `json:"explained"`
	ClosedBy    *PersonRef `json:"closedBy,omitempty"`
	ClosedAt    *time.Time `json:"closedAt,omitempty"`
	Reason      string     `json:"reason,omitempty"`
}

// MonthClose closes one.
type MonthClose struct {
	Partner string `json:"partner"`
	Month   string `json:"month"`
	Reason  string `json:"reason"`
}
