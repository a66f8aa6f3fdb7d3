package books

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"
)

// Module is a row of function points: counts of the kinds of GB/T 36964.
type Module struct {
	LineNo json.Number `json:"lineNo"` // the line that it is counted for; empty: none
	Module string      `json:"module"`
	ILF    json.Number `json:"ilf"`
	EIF    json.Number `json:"eif"`
	EI     json.Number `json:"ei"`
	EO     json.Number `json:"eo"`
	EQ     json.Number `json:"eq"`
}

// Costing is how the function points of a line become money: the factors that
// somebody chose, and why. Nothing is taken from the stage of the project.
type Costing struct {
	LineNo      json.Number `json:"lineNo"`
	SCF         json.Number `json:"scf"`         // scale change, 1.39 … 1.00
	Application json.Number `json:"application"` // factors of adjustment; empty: 1
	Quality     json.Number `json:"quality"`
	Other       json.Number `json:"other"`
	Basis       string      `json:"basis"`
}

// FunctionPoints are the modules and factors that an application's form states.
func FunctionPoints(p Project) ([]Module, []Costing, error) {
	f, err := readForm(p)
	return f.FunctionPoints, f.Costing, err
}

// Points are the unadjusted function points of a module, by the weights of the
// estimated count; nil when a count is no number or below zero.
func (m Module) Points() *decimal.Decimal {
	var sum decimal.Decimal
	for _, k := range []struct {
		count  json.Number
		weight int64
	}{{m.ILF, 10}, {m.EIF, 7}, {m.EI, 4}, {m.EO, 5}, {m.EQ, 4}} {
		if k.count == "" {
			continue
		}
		n, err := decimal.NewFromString(k.count.String())
		if err != nil || n.IsNegative() {
			return nil
		}
		sum = sum.Add(n.Mul(decimal.NewFromInt(k.weight)))
	}
	return &sum
}

// measured are the facts of rule B07 of a line: its modules and factors. A line
// without modules is not measured; one with modules and no factor is not known.
func measured(f applicationForm, line int) map[string]any {
	functions, adjust := []any{}, []any{}
	for _, m := range f.FunctionPoints {
		if m.LineNo.String() != fmt.Sprint(line) {
			continue
		}
		row := map[string]any{"ufp": nil}
		if points := m.Points(); points != nil {
			row["ufp"] = json.Number(points.String())
		}
		functions = append(functions, row)
	}
	out := map[string]any{"functions": functions, "scf": nil, "adjust": adjust}
	if len(functions) == 0 {
		out["scf"] = 1
		return out
	}
	for _, k := range f.Costing {
		if k.LineNo.String() != fmt.Sprint(line) {
			continue
		}
		for _, factor := range []json.Number{k.Application, k.Quality, k.Other} {
			if factor != "" {
				adjust = append(adjust, factor)
			}
		}
		out["scf"], out["adjust"] = number(k.SCF), adjust
	}
	return out
}
