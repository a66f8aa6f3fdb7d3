package wire

import "time"

// RegisterImports are the sheets that a register took in, the newest first.
type RegisterImports struct {
	Items     []RegisterImportRow `json:"items"`
	Withdrawn *ImportWithdrawn    `json:"withdrawn,omitempty"` // what has become of the rows that were just taken back
}

// RegisterImportRow is one of them.
type RegisterImportRow struct {
	ID          string     `json:"id"`
	FileName    string     `json:"fileName"`
	Added       int        `json:"added"`
	Changed     int        `json:"changed"`
	Same        int        `json:"same"`
	Refused     int        `json:"refused"`
	At          time.Time  `json:"at"`
	By          PersonRef  `json:"by"`
	WithdrawnAt *time.Time `json:"withdrawnAt,omitempty"`
	WithdrawnBy *PersonRef `json:"withdrawnBy,omitempty"`
	MayWithdraw bool       `json:"mayWithdraw"`
}

// ImportWithdrawn counts rows: struck, as they were before, and left because somebody has worked on them.
type ImportWithdrawn struct {
	Voided   int `json:"voided"`
	Restored int `json:"restored"`
	Kept     int `json:"kept"`
}

// WithdrawImport says why.
type WithdrawImport struct {
	Reason string `json:"reason"`
}
