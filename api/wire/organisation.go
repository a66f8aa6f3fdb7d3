package wire

import "time"

// Request is what somebody asks for and others grant, part by part.
type Request struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind"`
	KindName  string         `json:"kindName"`
	Body      map[string]any `json:"body"`
	Digest    string         `json:"digest"`
	Reason    string         `json:"reason"`
	AskedBy   PersonRef      `json:"askedBy"`
	AskedAt   time.Time      `json:"askedAt"`
	State     string         `json:"state"` // open, granted, refused
	Parts     []RequestPart  `json:"parts"`
	MayDecide bool           `json:"mayDecide,omitempty"`
}

// RequestPart is what one role decides of a request.
type RequestPart struct {
	Part      string     `json:"part"`
	PartName  string     `json:"partName"`
	Needs     string     `json:"needs"` // role
	NeedsName string     `json:"needsName"`
	State     string     `json:"state"`
	DecidedBy *PersonRef `json:"decidedBy,omitempty"`
	DecidedAt *time.Time `json:"decidedAt,omitempty"`
	Reason    string     `json:"reason,omitempty"`
}

// RequestPage is a page of them, newest first.
type RequestPage struct {
	Items []Request `json:"items"`
	Next  string    `json:"next,omitempty"`
}

// RequestDecided is a request after a decision, with the one-time codes of new
// accounts, which are shown this once.
type RequestDecided struct {
	Request
	Codes []OneTimeCode `json:"codes,omitempty"`
}

// OneTimeCode is what a person sets his own password with.
type OneTimeCode struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	Role   string    `json:"role,omitempty"`
	Code   string    `json:"code"`
	EndsAt time.Time `json:"endsAt"`
}

// PostRequest asks for a post, or for its end.
type PostRequest struct {
	Kind    string     `json:"kind"` // post.grant, post.end
	Person  string     `json:"person"`
	Role    string     `json:"role"`
	Unit    string     `json:"unit"`
	Title   string     `json:"title,omitempty"`
	Rank    *int       `json:"rank,omitempty"`
	Primary bool       `json:"primary,omitempty"`
	From    *time.Time `json:"from,omitempty"`
	To      *time.Time `json:"to,omitempty"`
	Reason  string     `json:"reason"`
}
