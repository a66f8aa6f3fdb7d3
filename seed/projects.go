// Package seed plays the ten demo projects of the half-year report through the
// public HTTP API, as the demo people: to the stages where they stood on
// 2022-06-30, with the business dates of 2022 (back-registration), and on to the
// ends of their lives. It can run again at any time: what is done is not done twice.
//
// Only the totals are given; names, splits and people are made up.
package seed

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

//go:embed projects.json
var projectsJSON []byte

// Project is one demo project and how far it goes.
type Project struct {
	Code      string            `json:"code"`
	Name      string            `json:"name"`
	Dept      string            `json:"dept"`
	Type      string            `json:"type"`
	MlpsLevel int               `json:"mlpsLevel"`
	Stage     string            `json:"stage"`
	Dates     map[string]string `json:"dates"` // of the moments of its life: applied, accepted, expert, reviewed, …
	Lines     []Line            `json:"lines"`
	Packages  int               `json:"-"` // how many the plan has; 0: one, or those that are given
}

// Line is a budget line as declared and as reviewed.
type Line struct {
	Category   string          `json:"category"`
	Name       string          `json:"name"`
	Unit       string          `json:"unit"`
	Qty        decimal.Decimal `json:"qty"`
	UnitPrice  decimal.Decimal `json:"unitPrice"`
	Reviewed   decimal.Decimal `json:"reviewed"`
	Reason     string          `json:"reason"`
	Basis      string          `json:"basis"`
	Capability string          `json:"capability"`
}

// Declared is quantity times price.
func (l Line) Declared() decimal.Decimal { return l.Qty.Mul(l.UnitPrice).Round(2) }

// Declared is the sum of the lines.
func (p Project) Declared() (sum decimal.Decimal) {
	for _, l := range p.Lines {
		sum = sum.Add(l.Declared())
	}
	return sum
}

// Reviewed is the sum of what the review left.
func (p Project) Reviewed() (sum decimal.Decimal) {
	for _, l := range p.Lines {
		sum = sum.Add(l.Reviewed)
	}
	return sum
}

// Projects are the ten.
func Projects() ([]Project, error) {
	var ps []Project
	if err := json.Unmarshal(projectsJSON, &ps); err != nil {
		return nil, fmt.Errorf("seed: projects.json: %w", err)
	}
	return ps, nil
}
