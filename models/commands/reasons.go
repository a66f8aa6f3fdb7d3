package commands

import (
	"encoding/json"

	"github.com/shopspring/decimal"
)

// CutReasons are the codes of processes.md P4; DEFER is money of a later year, not savings.
var CutReasons = []string{"DUP", "REUSE", "OVER", "INVALID", "PRICE", "SCOPE", "CALC", "DEFER"}

// RootCauses are the codes of processes.md R1.
var RootCauses = []string{"RULE", "PROC", "MAT", "TIME", "SYS", "STAFF", "WIN", "INFO", "SUPER", "RES"}

func jsonNumber(d decimal.Decimal) json.Number { return json.Number(d.String()) }
