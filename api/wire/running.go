package wire

import "time"

// RunningPlan says what a workbook of projects that already run would do, or has done.
type RunningPlan struct {
	ID        string           `json:"id,omitempty"` // of the batch; none when nothing was asked for
	File      string           `json:"file"`
	State     string           `json:"state"` // dry-run, nothing, waiting, accepted, refused, withdrawn
	Rows      int              `json:"rows"`
	OK        int              `json:"ok"`
	Heed      int              `json:"heed"`
	Same      int              `json:"same"`
	Refused   int              `json:"refused"`
	Totals    RunningAmounts   `json:"totals"` // of what can be taken in
	Projects  []RunningProject `json:"projects"`
	Stray     []RunningWrong   `json:"stray"`
	Reason    string           `json:"reason,omitempty"`
	AskedBy   *PersonRef       `json:"askedBy,omitempty"`
	AskedAt   *time.Time       `json:"askedAt,omitempty"`
	DecidedBy *PersonRef       `json:"decidedBy,omitempty"`
	DecidedAt *time.Time       `json:"decidedAt,omitempty"`
	Note      string           `json:"note,omitempty"`
	MayDecide bool             `json:"mayDecide,omitempty"`

	MayWithdraw bool `json:"mayWithdraw,omitempty"`

	Taken     []RunningTaken `json:"taken,omitempty"` // what it brought
	StateText string         `json:"stateText"`
}

// RunningAmounts are sums in 元.
type RunningAmounts struct {
	Declared   string `json:"declared"`
	Approved   string `json:"approved"`
	Issued     string `json:"issued"`
	Contracted string `json:"contracted"`
	Paid       string `json:"paid"`
}

// RunningProject is one project of the workbook.
type RunningProject struct {
	Line      int            `json:"line"`
	Ref       string         `json:"ref"`
	Name      string         `json:"name"`
	Unit      string         `json:"unit"`
	UnitName  string         `json:"unitName,omitempty"`
	Entry     string         `json:"entry,omitempty"`
	EntryName string         `json:"entryName,omitempty"`
	State     string         `json:"state"` // ok, heed, same, refused
	Project   string         `json:"project,omitempty"`
	Amounts   RunningAmounts `json:"amounts"`
	Notes     []RunningNote  `json:"notes"`
	Wrong     []RunningWrong `json:"wrong"`
}

// RunningNote is something to know; Heed: to look at.
type RunningNote struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Heed   bool   `json:"heed,omitempty"`
}

// RunningWrong is a cell, or a row, that stands against a project.
type RunningWrong struct {
	Sheet  string `json:"sheet"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// RunningTaken is a project that was taken in.
type RunningTaken struct {
	Project string `json:"project"`
	Ref     string `json:"ref"`
	Entry   string `json:"entry"`
}

// RunningImports are the batches, the newest first.
type RunningImports struct {
	Items []RunningImport `json:"items"`
}

// RunningImport is one of them.
type RunningImport struct {
	ID        string     `json:"id"`
	File      string     `json:"file"`
	State     string     `json:"state"`
	Projects  int        `json:"projects"`
	Refused   int        `json:"refused"`
	AskedBy   PersonRef  `json:"askedBy"`
	AskedAt   time.Time  `json:"askedAt"`
	DecidedBy *PersonRef `json:"decidedBy,omitempty"`
	DecidedAt *time.Time `json:"decidedAt,omitempty"`
	MayDecide bool       `json:"mayDecide,omitempty"`
}
