package wire

import (
	"encoding/json"
	"time"
)

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
	Person string `json:"person"`
	Name   string `json:"name"`
	Role   string `json:"role,omitempty"`
	Code   string `json:"code"`
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

// Setup is what the setup page begins with.
type Setup struct {
	EndsAt    time.Time      `json:"endsAt"`    // of the link
	Functions []string       `json:"functions"` // each needs a unit
	Optional  []string       `json:"optional"`
	Example   map[string]any `json:"example"` // a complete setup
}

// SetupRequest founds the town.
type SetupRequest struct {
	Token  string          `json:"token"`
	Setup  json.RawMessage `json:"setup"`
	DryRun bool            `json:"dryRun,omitempty"` // only say what is wrong
}

// SetupDone holds the one-time codes of the three administrators, which are shown this once.
type SetupDone struct {
	Town           string        `json:"town"`
	Administrators []OneTimeCode `json:"administrators"`
}

// ImportPreview is what a list would change; with the request, if one was made.
type ImportPreview struct {
	File    string         `json:"file"`
	Rows    int            `json:"rows"`
	Same    int            `json:"same"`
	Units   []ImportChange `json:"units"`
	New     []ImportChange `json:"new"`
	Changed []ImportChange `json:"changed"`
	Leaving []ImportChange `json:"leaving"`
	Refused []RefusedRow   `json:"refused"`
	Request *Request       `json:"request,omitempty"`
}

// ImportChange is what becomes of a unit or a person.
type ImportChange struct {
	Line   int           `json:"line,omitempty"`
	ID     string        `json:"id"`
	Name   string        `json:"name"`
	Unit   string        `json:"unit,omitempty"`
	Fields []FieldChange `json:"fields,omitempty"`
	Posts  []string      `json:"posts,omitempty"`
	Ends   []string      `json:"ends,omitempty"`
}

// FieldChange is a value before and after; personal numbers are masked.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// RefusedRow is a row that is left out, and why.
type RefusedRow struct {
	Line   int    `json:"line"`
	Column string `json:"column"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Unit is a department, a section, or an outside organisation.
type Unit struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	NameEn      string     `json:"nameEn,omitempty"`
	Kind        string     `json:"kind"`
	Parent      string     `json:"parent,omitempty"`
	AgencyCode  string     `json:"agencyCode,omitempty"`
	USCC        string     `json:"uscc,omitempty"`
	Successor   string     `json:"successor,omitempty"`
	EndsAt      *time.Time `json:"endsAt,omitempty"`
	Functions   []string   `json:"functions,omitempty"`
	FormerNames []string   `json:"formerNames,omitempty"`
}

// Units are all of them.
type Units struct {
	Units []Unit `json:"units"`
}

// UnitInput makes or changes a unit.
type UnitInput struct {
	ID         string `json:"id,omitempty"`
	Name       string `json:"name"`
	NameEn     string `json:"nameEn,omitempty"`
	Kind       string `json:"kind"`
	Parent     string `json:"parent,omitempty"`
	AgencyCode string `json:"agencyCode,omitempty"`
	USCC       string `json:"uscc,omitempty"`
	Reason     string `json:"reason"`
}

// UnitEnd ends a unit.
type UnitEnd struct {
	Successor string `json:"successor,omitempty"`
	On        string `json:"on,omitempty"` // from the beginning of that day; "": now
	Reason    string `json:"reason"`
}

// FunctionInput says which units serve as a function from now on.
type FunctionInput struct {
	Units  []string `json:"units"`
	Reason string   `json:"reason"`
}

// Staffing is what the processes ask of the organisation and it does not have.
type Staffing struct {
	NoUnit []string     `json:"noUnit"`
	Vacant []VacantPost `json:"vacant"`
}

// VacantPost is a post that nobody holds.
type VacantPost struct {
	Post string `json:"post"`
	Name string `json:"name"`
}

// RevealInput asks for a personal number in clear.
type RevealInput struct {
	Field  string `json:"field"` // mobile, idno
	Reason string `json:"reason"`
}

// Revealed is a personal number in clear.
type Revealed struct {
	Field string `json:"field"`
	Value string `json:"value"`
}
