package wire

import "time"

// LineInput is a budget line as the applicant enters it.
type LineInput struct {
	Category  string `json:"category"`
	Name      string `json:"name"`
	Spec      string `json:"spec,omitempty"`
	Unit      string `json:"unit,omitempty"`
	Qty       string `json:"qty"`
	UnitPrice string `json:"unitPrice"`
	Remark    string `json:"remark,omitempty"`
}

// IncompleteLine is a row of a draft that is no budget line yet. No is its place
// among all rows; Missing is the server's.
type IncompleteLine struct {
	No        int      `json:"no"`
	Category  string   `json:"category,omitempty"`
	Name      string   `json:"name,omitempty"`
	Spec      string   `json:"spec,omitempty"`
	Unit      string   `json:"unit,omitempty"`
	Qty       string   `json:"qty,omitempty"`
	UnitPrice string   `json:"unitPrice,omitempty"`
	Remark    string   `json:"remark,omitempty"`
	Missing   []string `json:"missing,omitempty"`
}

// Lines replaces all lines of a draft. They take the places that the incomplete
// rows leave.
type Lines struct {
	Lines      []LineInput      `json:"lines"`
	Incomplete []IncompleteLine `json:"incomplete,omitempty"`
}

// Line is a budget line with what the review made of it.
type Line struct {
	No           int        `json:"no"`
	Category     string     `json:"category"`
	Name         string     `json:"name"`
	Spec         string     `json:"spec,omitempty"`
	Unit         string     `json:"unit,omitempty"`
	Qty          string     `json:"qty"`
	UnitPrice    string     `json:"unitPrice"`
	Declared     string     `json:"declared"`
	Reviewed     string     `json:"reviewed,omitempty"`
	Cut          string     `json:"cut,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	SecondReason string     `json:"secondReason,omitempty"`
	ReasonRef    string     `json:"reasonRef,omitempty"`
	Comment      string     `json:"comment,omitempty"`
	Remark       string     `json:"remark,omitempty"`
	Previous     string     `json:"previous,omitempty"`
	Suggested    string     `json:"suggested,omitempty"`
	Objection    *Objection `json:"objection,omitempty"`
}

// Objection of the applicant against one line, and the answer.
type Objection struct {
	Text    string     `json:"text"`
	By      *PersonRef `json:"by,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Reply   string     `json:"reply,omitempty"`
	Outcome string     `json:"outcome,omitempty"`
}

// Sheet is a trimming sheet.
type Sheet struct {
	ID       string      `json:"id,omitempty"`
	Round    int         `json:"round"`
	State    string      `json:"state,omitempty"`
	Declared string      `json:"declared"`
	Reviewed string      `json:"reviewed"`
	Cut      string      `json:"cut"`
	Rate     string      `json:"rate"`
	Lines    []Line      `json:"lines"`
	ByReason []ReasonSum `json:"byReason"`
	Blind    bool        `json:"blind,omitempty"`
}

// ReasonSum is what was cut for one reason.
type ReasonSum struct {
	Reason string `json:"reason"`
	Amount string `json:"amount"`
	Lines  int    `json:"lines"`
}

// ProjectDraft begins a project.
type ProjectDraft struct {
	Name         string         `json:"name"`
	Type         string         `json:"type"`
	Dept         string         `json:"dept"`
	BusinessDate string         `json:"businessDate,omitempty"`
	Code         string         `json:"code,omitempty"`
	MlpsLevel    int            `json:"mlpsLevel,omitempty"`
	Form         map[string]any `json:"form,omitempty"`
	Lines        []LineInput    `json:"lines,omitempty"`
}

// ProjectPatch edits a draft; what is absent stays.
type ProjectPatch struct {
	Name      *string        `json:"name,omitempty"`
	Type      *string        `json:"type,omitempty"`
	MlpsLevel *int           `json:"mlpsLevel,omitempty"`
	Form      map[string]any `json:"form,omitempty"`
}

// ProjectAct submits or withdraws.
type ProjectAct struct {
	Opinion      string `json:"opinion,omitempty"`
	Reason       string `json:"reason,omitempty"`
	Post         string `json:"post,omitempty"`
	BusinessDate string `json:"businessDate,omitempty"`
}

// Totals are the sums of a project's ledger, in 元.
type Totals struct {
	Declared   string `json:"declared,omitempty"`
	Reviewed   string `json:"reviewed,omitempty"`
	Cut        string `json:"cut,omitempty"`
	Approved   string `json:"approved,omitempty"`
	Issued     string `json:"issued,omitempty"`
	Contracted string `json:"contracted,omitempty"`
	Paid       string `json:"paid,omitempty"`
	Refunded   string `json:"refunded,omitempty"`
}

// ProjectSummary is a row of the project list.
type ProjectSummary struct {
	Code        string     `json:"code"`
	Name        string     `json:"name"`
	Type        string     `json:"type"`
	Dept        string     `json:"dept"`
	DeptName    string     `json:"deptName"`
	Stage       string     `json:"stage"`
	StageName   string     `json:"stageName,omitempty"`
	Status      string     `json:"status,omitempty"`
	MlpsLevel   int        `json:"mlpsLevel,omitempty"`
	SubmittedOn string     `json:"submittedOn,omitempty"`
	AcceptedOn  string     `json:"acceptedOn,omitempty"`
	UpdatedAt   *time.Time `json:"updatedAt,omitempty"`
	Totals      Totals     `json:"totals"`
	Light       string     `json:"light,omitempty"`
	With        []string   `json:"with,omitempty"`       // who has it now, in a list: people and posts, or units
	Backfilled  bool       `json:"backfilled,omitempty"` // 补录: it ran already when it was taken in
}

// ProjectPage is a page of projects.
type ProjectPage struct {
	Items []ProjectSummary `json:"items"`
	Next  string           `json:"next,omitempty"`
}

// Project is all of a project's page that is not asked for separately.
type Project struct {
	ProjectSummary
	Version     int            `json:"version"`
	Revision    int            `json:"revision,omitempty"`
	InstanceKey string         `json:"instanceKey,omitempty"`
	RulePack    string         `json:"rulePack,omitempty"`
	Form        map[string]any `json:"form"`
	FormSchema  map[string]any `json:"formSchema,omitempty"`
	Lines       []Line         `json:"lines"`
	Stages      []StageStep    `json:"stages"`
	OpenTasks   []NextTask     `json:"openTasks"`
	Breaches    []Breach       `json:"breaches,omitempty"`
	Clocks      []MatterClock  `json:"clocks,omitempty"` // of the stages, as they stand
	Allowed     []string       `json:"allowed"`

	IncompleteLines []IncompleteLine `json:"incompleteLines,omitempty"` // for who may edit them
	Supplement      *Supplement      `json:"supplement,omitempty"`      // what the notice of missing papers asks for, while it is answered
}

// Supplement is what a notice of missing papers asks for.
type Supplement struct {
	Round      int              `json:"round"`
	Items      []SupplementItem `json:"items"`
	Changeable []string         `json:"changeable,omitzero"` // keys of header and form, "lines"; nil: all
}

// SupplementItem is one thing that is asked for.
type SupplementItem struct {
	Item        string   `json:"item"`
	Requirement string   `json:"requirement"`
	Parts       []string `json:"parts"` // of the application that may be changed for it
}

// StageStep is one step of the stage bar.
type StageStep struct {
	Stage string `json:"stage"`
	Name  string `json:"name"`
	State string `json:"state"` // done, now, todo
	On    string `json:"on,omitempty"`
}

// Breach is a rule that facts have broken; it is shown and blocks our next act.
type Breach struct {
	Code    string     `json:"code"`
	Message string     `json:"message"`
	At      *time.Time `json:"at,omitempty"`
}

// TimelineEntry is one thing that happened.
type TimelineEntry struct {
	ID           string     `json:"id"`
	At           time.Time  `json:"at"`
	BusinessDate string     `json:"businessDate,omitempty"`
	Action       string     `json:"action"`
	Title        string     `json:"title"`
	Actor        *PersonRef `json:"actor,omitempty"`
	Text         string     `json:"text,omitempty"`
	Amount       string     `json:"amount,omitempty"`
	Task         string     `json:"task,omitempty"`
}

// TimelinePage is a page of them, newest first.
type TimelinePage struct {
	Items []TimelineEntry `json:"items"`
	Next  string          `json:"next,omitempty"`
}

// LedgerEntry is one entry of the books.
type LedgerEntry struct {
	ID           string    `json:"id"`
	Kind         string    `json:"kind"`
	Amount       string    `json:"amount"`
	BusinessDate string    `json:"businessDate"`
	RecordedAt   time.Time `json:"recordedAt"`
	Source       string    `json:"source"`
	Ref          string    `json:"ref,omitempty"`
	Note         string    `json:"note,omitempty"`
}

// Ledger of a project.
type Ledger struct {
	Totals   Totals        `json:"totals"`
	Entries  []LedgerEntry `json:"entries"`
	Breaches []Breach      `json:"breaches"`
}

// Diagram of all process instances of a root, root first.
type Diagram struct {
	Processes []DiagramProcess `json:"processes"`
}

// DiagramProcess is one process instance on its diagram.
type DiagramProcess struct {
	InstanceKey string            `json:"instanceKey"`
	ParentKey   string            `json:"parentKey,omitempty"`
	CalledFrom  string            `json:"calledFrom,omitempty"`
	ProcessID   string            `json:"processId"`
	Name        string            `json:"name"`
	State       string            `json:"state"`
	XML         string            `json:"xml"`
	Elements    map[string]string `json:"elements"`
	Tokens      []Token           `json:"tokens"`
	Flows       []string          `json:"flows"`
	Steps       []Step            `json:"steps"`
	Appended    []AppendedStep    `json:"appended,omitempty"`
}

// AppendedStep is a step of this case alone (追加节点): the model does not draw it.
type AppendedStep struct {
	After string `json:"after"` // element whose task it stands behind
	Name  string `json:"name"`
	State string `json:"state"` // waiting, active, completed
}

// Token says where the process stands.
type Token struct {
	ElementID string `json:"elementId"`
	Count     int    `json:"count,omitempty"`
}

// Step is a line of the diagram's text twin.
type Step struct {
	ElementID string      `json:"elementId"`
	Name      string      `json:"name"`
	Kind      string      `json:"kind"`
	State     string      `json:"state"`
	EnteredAt *time.Time  `json:"enteredAt,omitempty"`
	LeftAt    *time.Time  `json:"leftAt,omitempty"`
	Who       []PersonRef `json:"who,omitempty"`
}

// Document of a project.
type Document struct {
	ID           string     `json:"id"`
	Kind         string     `json:"kind"`
	Title        string     `json:"title"`
	DocNo        string     `json:"docNo,omitempty"`
	FileName     string     `json:"fileName"`
	ContentType  string     `json:"contentType"`
	Size         int64      `json:"size"`
	Digest       string     `json:"digest"`
	By           *PersonRef `json:"by,omitempty"`
	At           time.Time  `json:"at"`
	BusinessDate string     `json:"businessDate,omitempty"`
	Href         string     `json:"href,omitempty"`
	Paper        bool       `json:"paper,omitempty"` // a numbered paper with a page of its own
	Void         bool       `json:"void,omitempty"`
	Version      int        `json:"version,omitempty"`    // of a file: 1, 2 …
	Replaces     string     `json:"replaces,omitempty"`   // id of the version before it
	ReplacedBy   string     `json:"replacedBy,omitempty"` // id of the version after it
	Own          bool       `json:"own,omitempty"`        // mine or my unit's, the newest version: I may replace it
	Twins        []string   `json:"twins,omitempty"`      // titles of files that hold the same; told when it is filed
}

// Documents is a list of them.
type Documents struct {
	Items []Document `json:"items"`
}

// Portfolio is what the projects of a list amount to.
type Portfolio struct {
	Count     int          `json:"count"`
	Uncounted int          `json:"uncounted"` // drafts, which are in no sum
	Totals    Totals       `json:"totals"`
	Stages    []StageShare `json:"stages"`
}

// StageShare is how many of them stand in a stage.
type StageShare struct {
	Stage string `json:"stage"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}
