package wire

import "time"

// Figure of a report; Rows is the address of what is behind it.
type Figure struct {
	ID          string `json:"id"`
	Label       string `json:"label"`
	Value       string `json:"value"` // "": there is nothing to compute it from
	Unit        string `json:"unit"`
	Rows        string `json:"rows"`
	Numerator   string `json:"numerator,omitempty"`
	Denominator string `json:"denominator,omitempty"`
	Wording     string `json:"wording,omitempty"`    // as a report says it: 10余次
	Definition  string `json:"definition,omitempty"` // 口径
	Version     int    `json:"version,omitempty"`    // of the definition
}

// Check is a cross-foot check of a report.
type Check struct {
	ID      string     `json:"id"`
	Level   string     `json:"level"` // block, warn, info
	Pass    bool       `json:"pass"`
	State   string     `json:"state"` // pass, fail, warn, info, none
	Message string     `json:"message"`
	Note    *CheckNote `json:"note,omitempty"`
}

// CheckNote says why a failed check may stand; it counts with an approver.
type CheckNote struct {
	Reason   string `json:"reason"`
	Footnote string `json:"footnote,omitempty"`
	Author   string `json:"author"`
	Approver string `json:"approver,omitempty"`

	AuthorName   string `json:"authorName,omitempty"`
	ApproverName string `json:"approverName,omitempty"`
}

// HalfYear is the half-year report's figures, live or of a snapshot.
type HalfYear struct {
	From     string          `json:"from"`
	To       string          `json:"to"`
	Title    string          `json:"title"`
	AsOf     time.Time       `json:"asOf"`
	Snapshot string          `json:"snapshot,omitempty"`
	State    string          `json:"state,omitempty"` // DRAFT, LOCKED
	Version  int             `json:"version,omitempty"`
	Document string          `json:"document,omitempty"` // of a locked report
	Sheet    string          `json:"sheet,omitempty"`    // its cross-footing sheet
	Figures  []Figure        `json:"figures"`
	Checks   []Check         `json:"checks"`
	Sections []ReportSection `json:"sections,omitempty"`
	Typed    []TypedNumber   `json:"typed,omitempty"` // numbers of the narrative that are no figures

	Stage       string `json:"stage,omitempty"` // WRITING, COMPILING, SIGNING; none: nobody has begun to have it signed
	InstanceKey string `json:"instanceKey,omitempty"`
	Task        string `json:"task,omitempty"` // the open task that is mine
	MayBegin    bool   `json:"mayBegin,omitempty"`
	MayAnnotate bool   `json:"mayAnnotate,omitempty"`
	MayApprove  bool   `json:"mayApprove,omitempty"`
	Taker       string `json:"taker,omitempty"`
}

// ReportSection of the narrative: Body with chips, Text with the figures in their places.
type ReportSection struct {
	Seq      int    `json:"seq"`
	Title    string `json:"title"`
	Body     string `json:"body"`
	Text     string `json:"text"`
	Revision int    `json:"revision"`

	Owner     string `json:"owner"` // role of the bureau
	OwnerName string `json:"ownerName"`
	By        string `json:"by"`
	DoneBy    string `json:"doneBy,omitempty"` // who has said that it is done
	Changed   bool   `json:"changed"`          // since then
	MayWrite  bool   `json:"mayWrite"`
}

// OwnerInput gives a section to a role of the bureau.
type OwnerInput struct {
	Owner string `json:"owner"`
}

// Comparison of a snapshot with the period before.
type Comparison struct {
	From     string           `json:"from"`
	To       string           `json:"to"`
	Title    string           `json:"title"`
	Snapshot string           `json:"snapshot,omitempty"` // of the period before; none: its live books
	Items    []ComparedFigure `json:"items"`
}

// ComparedFigure is a figure beside that of the period before.
type ComparedFigure struct {
	Figure    string `json:"figure"`
	Label     string `json:"label"`
	Unit      string `json:"unit"`
	Was       string `json:"was"`
	Is        string `json:"is"`
	Change    string `json:"change,omitempty"`
	Redefined bool   `json:"redefined"`
}

// TypedNumber was written by hand.
type TypedNumber struct {
	Section int    `json:"section"`
	Text    string `json:"text"`
}

// ReportInput takes a snapshot.
type ReportInput struct {
	From string     `json:"from"`
	To   string     `json:"to"`
	AsOf *time.Time `json:"asOf,omitempty"`
}

// ReportAct approves or locks.
type ReportAct struct{}

// SectionInput is a section as somebody wants it to be.
type SectionInput struct {
	Title    string `json:"title"`
	Body     string `json:"body"`
	Revision int    `json:"revision"` // that was edited
}

// NoteInput annotates a failed check.
type NoteInput struct {
	Reason   string `json:"reason"`
	Footnote string `json:"footnote,omitempty"`
}

// ReportRow is a snapshot in the list.
type ReportRow struct {
	ID       string    `json:"id"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Title    string    `json:"title"`
	AsOf     time.Time `json:"asOf"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	State    string    `json:"state"`
	Document string    `json:"document,omitempty"`
}

// ReportList of snapshots, the newest first.
type ReportList struct {
	Items []ReportRow `json:"items"`
}

// Corrections are what a later look at the period says otherwise.
type Corrections struct {
	Snapshot string       `json:"snapshot"`
	Items    []Correction `json:"items"`
}

// Correction of a figure, with the rows that make it.
type Correction struct {
	Figure    string              `json:"figure"`
	Label     string              `json:"label"`
	Unit      string              `json:"unit"`
	Was       string              `json:"was"`
	Is        string              `json:"is"`
	Redefined bool                `json:"redefined"` // the definition has another version
	Come      []map[string]string `json:"come"`
	Gone      []map[string]string `json:"gone"`
	Changed   []CorrectedRow      `json:"changed"`
}

// CorrectedRow adds something else than it did.
type CorrectedRow struct {
	Ref string `json:"ref"`
	Was string `json:"was"`
	Is  string `json:"is"`
}

// Column of a drill-down.
type Column struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	Kind  string `json:"kind,omitempty"` // text, money, date, count
}

// FigureRows are the rows behind a figure.
type FigureRows struct {
	Figure  Figure              `json:"figure"`
	Columns []Column            `json:"columns"`
	Rows    []map[string]string `json:"rows"`
}
