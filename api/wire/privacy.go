package wire

import "time"

// Privacy is the inventory of personal data, what of it is due, and the lists and holds.
type Privacy struct {
	Years     int           `json:"years"`  // after closing, until it is erased
	Cutoff    string        `json:"cutoff"` // closed on this day or before: due
	Kinds     []PrivacyKind `json:"kinds"`
	Holds     []LegalHold   `json:"holds"`
	Lists     []PrivacyList `json:"lists"`
	MayErase  bool          `json:"mayErase,omitempty"`
	MayHold   bool          `json:"mayHold,omitempty"`
	MayDecide bool          `json:"mayDecide,omitempty"`
}

// PrivacyKind is a kind of personal data that is kept.
type PrivacyKind struct {
	ID     string `json:"id"`
	Whose  string `json:"whose"`
	What   string `json:"what"`
	Why    string `json:"why"`
	Guard  string `json:"guard"`
	Keep   string `json:"keep"`
	Count  int    `json:"count"`            // people
	Erased string `json:"erased,omitempty"` // kind of items that erases it
	Due    int    `json:"due,omitempty"`
	Held   int    `json:"held,omitempty"`
}

// PrivacyItem is one person's data that is due, or was on a list.
type PrivacyItem struct {
	Kind     string `json:"kind"`
	Ref      string `json:"ref"`
	Name     string `json:"name"`
	Unit     string `json:"unit,omitempty"`
	ClosedOn string `json:"closedOn"`
	Held     bool   `json:"held,omitempty"`
	Outcome  string `json:"outcome,omitempty"`
}

// PrivacyDue is what is due, the oldest first, with what a hold keeps.
type PrivacyDue struct {
	Items []PrivacyItem `json:"items"`
	Total int           `json:"total"` // also beyond those shown
}

// PrivacyList is what somebody asked to erase, or a hold that he asked to lift.
type PrivacyList struct {
	ID        string        `json:"id"`
	Act       string        `json:"act"` // erase, lift, reveal
	Hold      *LegalHold    `json:"hold,omitempty"`
	Cutoff    string        `json:"cutoff,omitempty"`
	Reason    string        `json:"reason"`
	State     string        `json:"state"` // waiting, done, refused, expired
	AskedBy   PersonRef     `json:"askedBy"`
	AskedAt   time.Time     `json:"askedAt"`
	ExpiresAt time.Time     `json:"expiresAt"`
	DecidedBy *PersonRef    `json:"decidedBy,omitempty"`
	DecidedAt *time.Time    `json:"decidedAt,omitempty"`
	Note      string        `json:"note,omitempty"`
	Items     []PrivacyItem `json:"items"`
	MayDecide bool          `json:"mayDecide,omitempty"`
}

// LegalHold keeps personal data that would be erased.
type LegalHold struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"` // stuck, person, unit
	Ref      string     `json:"ref"`
	Name     string     `json:"name"`
	Basis    string     `json:"basis"`
	Reason   string     `json:"reason"`
	SetBy    PersonRef  `json:"setBy"`
	SetAt    time.Time  `json:"setAt"`
	LiftedAt *time.Time `json:"liftedAt,omitempty"`
}

// EraseInput asks to erase what is due: of one kind or all, or the chosen references alone.
type EraseInput struct {
	Kind   string   `json:"kind,omitempty"`
	Items  []string `json:"items,omitempty"`
	Reason string   `json:"reason"`
}

// BulkReveal asks to see the numbers of many people.
type BulkReveal struct {
	People []string `json:"people"`
	Reason string   `json:"reason"`
}

// HoldInput sets a legal hold.
type HoldInput struct {
	Kind   string `json:"kind"`
	Ref    string `json:"ref"`
	Basis  string `json:"basis"`
	Reason string `json:"reason"`
}
