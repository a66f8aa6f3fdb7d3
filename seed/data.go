package seed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Data is a data set that is played through the front door: projects, service
// items, a campaign with its walks and issues, entries of registers, and what came
// to the window. What is left out of it is not played, and counts in no figure.
type Data struct {
	Projects []Project     `json:"projects,omitempty"`
	Items    []Item        `json:"items,omitempty"`
	Campaign *Campaign     `json:"campaign,omitempty"`
	Walks    []Walk        `json:"walks,omitempty"`
	Entries  []EntryOfBook `json:"entries,omitempty"`
	Stuck    []Brought     `json:"stuck,omitempty"`

	lines map[string]int // of a file: where each value stands
}

// Item is a service item (事项).
type Item struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Unit         string   `json:"unit"`
	Kind         string   `json:"kind"` // 行政许可 counts in the shares
	LegalDays    int      `json:"legalDays"`
	PromisedDays int      `json:"promisedDays"`
	Instant      bool     `json:"instant,omitempty"`
	Materials    []string `json:"materials,omitempty"`
	Steps        []string `json:"steps,omitempty"`
	ValidFrom    string   `json:"validFrom"`
}

// Campaign of walks with the lists of its units.
type Campaign struct {
	Name     string         `json:"name"`
	StartsOn string         `json:"startsOn"`
	EndsOn   string         `json:"endsOn"`
	Goal     string         `json:"goal,omitempty"`
	Units    []CampaignUnit `json:"units"`
}

// CampaignUnit takes part with the items of its list.
type CampaignUnit struct {
	Unit  string   `json:"unit"`
	Items []string `json:"items"` // codes
}

// Walk of an item of the campaign, by the director of its unit.
type Walk struct {
	Item    string  `json:"item"` // code
	On      string  `json:"on"`
	Role    string  `json:"role"`    // 群众, 企业
	Channel string  `json:"channel"` // window, online, app, selfService
	Issues  []Issue `json:"issues,omitempty"`
}

// Issue that a walk has found, and what became of it.
type Issue struct {
	Title     string `json:"title"`
	Kind      string `json:"kind"` // cause: RULE, PROC, MAT, …
	Becomes   string `json:"becomes"`
	ClosedOn  string `json:"closedOn,omitempty"` // or referred on
	Closing   string `json:"closing,omitempty"`  // what the evidence says
	Materials int    `json:"materialsCut,omitempty"`
	Steps     int    `json:"stepsCut,omitempty"`
	Days      string `json:"daysCut,omitempty"`
	Returns   int    `json:"returns,omitempty"` // how often the check sends it back
}

// What an issue becomes.
const (
	closedIssue   = "closed"
	referredIssue = "referred"
	openIssue     = "open"
)

// EntryOfBook is an entry of a register.
type EntryOfBook struct {
	Register string         `json:"register"`
	On       string         `json:"on"` // business date
	Fields   map[string]any `json:"fields"`
}

// ReadData reads a data set as Example writes one. Whatever is wrong with it is told with line and field, all at once.
func ReadData(r io.Reader) (Data, error) {
	var d Data
	raw, err := io.ReadAll(r)
	if err != nil {
		return d, fmt.Errorf("data set: %w", err)
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff")) // as some editors write it
	if f := unreadable(raw); f != nil {
		return d, f
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, misread(raw, dec.InputOffset(), err)
	}
	if rest := bytes.TrimSpace(raw[dec.InputOffset():]); len(rest) > 0 {
		return d, Faults{{Line: 1 + bytes.Count(raw[:len(raw)-len(rest)], []byte("\n")), Code: "rest"}}
	}
	var twice Faults
	d.lines, twice = linesOf(raw)
	return d, d.refuse(append(twice, d.sound()...), nil)
}

// check finds what no server could take, before anything is played.
func (d Data) check() error { return d.refuse(d.sound(), nil) }
