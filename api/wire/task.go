package wire

import "time"

// Due is a deadline as it looks now.
type Due struct {
	At           *time.Time `json:"at,omitempty"`
	Light        string     `json:"light"` // red, amber, green, none
	WorkdaysLeft *int       `json:"workdaysLeft,omitempty"`
	Limit        int        `json:"limit,omitempty"`
	Suspended    bool       `json:"suspended,omitempty"` // the case is, so its clock stands still
}

// Why says why a task is with me.
type Why struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Post string `json:"post,omitempty"`
}

// TaskSummary is a row of the inbox.
type TaskSummary struct {
	Key                string     `json:"key"`
	Name               string     `json:"name"`
	Process            string     `json:"process"`
	ProcessName        string     `json:"processName,omitempty"`
	Element            string     `json:"element"`
	Version            int        `json:"version"`
	State              string     `json:"state"` // open, closed
	View               string     `json:"view,omitempty"`
	Batch              bool       `json:"batch,omitempty"`
	Project            string     `json:"project,omitempty"`
	ProjectName        string     `json:"projectName,omitempty"`
	Rectification      string     `json:"rectification,omitempty"`
	RectificationTitle string     `json:"rectificationTitle,omitempty"`
	Dept               string     `json:"dept,omitempty"`
	DeptName           string     `json:"deptName,omitempty"`
	Amount             string     `json:"amount,omitempty"`
	Assignee           *PersonRef `json:"assignee,omitempty"`
	CreatedAt          *time.Time `json:"createdAt,omitempty"`
	ClosedAt           *time.Time `json:"closedAt,omitempty"`
	Outcome            string     `json:"outcome,omitempty"`
	Due                Due        `json:"due"`
	Why                *Why       `json:"why,omitempty"`
	Round              int        `json:"round,omitempty"`
	Unread             bool       `json:"unread,omitempty"` // of a copy
}

// TaskPage is a page of the inbox.
type TaskPage struct {
	Items  []TaskSummary `json:"items"`
	Next   string        `json:"next,omitempty"`
	Counts Counts        `json:"counts"`
	Groups []LightCount  `json:"groups"`
	Days   []DayCount    `json:"days"`
	Worked []string      `json:"worked"` // weekend days of the coming weeks that are worked
	Free   []string      `json:"free"`   // weekdays of them that are not
}

// DayCount is how many open tasks that show a light are due on a day.
type DayCount struct {
	Date  string `json:"date"`
	Light string `json:"light"`
	Count int    `json:"count"`
}

// LightCount is how many open tasks show a light.
type LightCount struct {
	Light string `json:"light"`
	Count int    `json:"count"`
}

// AllowedOperation is something that the person may do with a task now.
type AllowedOperation struct {
	Operation string   `json:"operation"`
	Label     string   `json:"label"`
	Primary   bool     `json:"primary,omitempty"`
	Opinion   string   `json:"opinion"` // required, optional, none
	Reason    string   `json:"reason"`
	To        string   `json:"to"`
	People    int      `json:"people,omitempty"` // persons that it names at most
	Modes     []string `json:"modes,omitempty"`  // how added seats may run, the usual first
	Seats     []int    `json:"seats,omitempty"`  // numbers of the seats that it may be about
	Data      bool     `json:"data"`
	Targets   []Target `json:"targets,omitempty"`
	Codes     []Target `json:"codes,omitempty"`
	Second    bool     `json:"second,omitempty"`   // a second person confirms it
	Evidence  bool     `json:"evidence,omitempty"` // it names a file and the day of the decision
	Blocked   string   `json:"blocked,omitempty"`
}

// Target is an element to return or to jump to.
type Target struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Skips []string `json:"skips,omitempty"` // jump: names of what nobody will do then
}

// Opinion is an entry of the thread.
type Opinion struct {
	ID           string      `json:"id,omitempty"`
	At           time.Time   `json:"at"`
	BusinessDate string      `json:"businessDate,omitempty"`
	Actor        PersonRef   `json:"actor"`
	Principal    *PersonRef  `json:"principal,omitempty"`
	Operation    string      `json:"operation"`
	Label        string      `json:"label"`
	Text         string      `json:"text,omitempty"`
	To           []PersonRef `json:"to,omitempty"`
	Task         string      `json:"task"`
	Element      string      `json:"element,omitempty"`
	Round        int         `json:"round,omitempty"`
	Void         bool        `json:"void,omitempty"`
}

// Fact is a line of the matter's summary.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
	Kind  string `json:"kind,omitempty"` // text, money, date, link
	Href  string `json:"href,omitempty"`
}

// SeatView is an approver's seat as the person may see it.
type SeatView struct {
	No        int            `json:"no"`
	Actor     *PersonRef     `json:"actor,omitempty"`
	Principal *PersonRef     `json:"principal,omitempty"`
	Origin    string         `json:"origin,omitempty"`
	State     string         `json:"state"`
	Decision  string         `json:"decision,omitempty"`
	Opinion   string         `json:"opinion,omitempty"`
	SignedAt  *time.Time     `json:"signedAt,omitempty"`
	DecidedOn string         `json:"decidedOn,omitempty"` // of a late signature: when it was decided on paper
	Evidence  string         `json:"evidence,omitempty"`  // and the file that shows it
	Hidden    bool           `json:"hidden,omitempty"`
	ReadAt    *time.Time     `json:"readAt,omitempty"`
	Whys      []SeatWhy      `json:"whys,omitempty"`
	Answers   map[string]any `json:"answers,omitempty"` // to the form, with his verdict
}

// SeatWhy is the reason of a decision about people, in words.
type SeatWhy struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Receiver is somebody who may be given a task, or a colleague who may not.
type Receiver struct {
	PersonRef
	PostID   string `json:"postId,omitempty"`
	Eligible bool   `json:"eligible"`
	Why      string `json:"why,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// Receivers are who may be given a task, the eligible first.
type Receivers struct {
	Items []Receiver `json:"items"`
}

// Copy is a task that somebody was given to read.
type Copy struct {
	Person PersonRef  `json:"person"`
	Sender PersonRef  `json:"sender"`
	At     time.Time  `json:"at"`
	ReadAt *time.Time `json:"readAt,omitempty"`
}

// TaskDetail is all that the task page shows.
type TaskDetail struct {
	TaskSummary
	InstanceKey     string             `json:"instanceKey,omitempty"`
	CaseKey         string             `json:"caseKey"` // of the root instance: the page of acts on the whole
	Policy          string             `json:"policy,omitempty"`
	About           string             `json:"about,omitempty"` // kind of what is decided: application, sheet, contract, …
	Form            map[string]any     `json:"form,omitempty"`
	Data            map[string]any     `json:"data"`
	Draft           *Draft             `json:"draft,omitempty"`
	Operations      []AllowedOperation `json:"operations"`
	Posts           []string           `json:"posts,omitempty"`
	Facts           []Fact             `json:"facts"`
	Sheet           *Sheet             `json:"sheet,omitempty"`
	Opinions        []Opinion          `json:"opinions"`
	Seats           []SeatView         `json:"seats,omitempty"`
	Copies          []Copy             `json:"copies,omitempty"`
	Confirmations   []Confirmation     `json:"confirmations,omitempty"`
	Documents       []Document         `json:"documents,omitempty"`
	Guidance        string             `json:"guidance,omitempty"`
	CheckPoint      string             `json:"checkPoint,omitempty"` // whose rules the caller may look at here
	Whys            []SeatWhy          `json:"whys,omitempty"`
	MayBackRegister bool               `json:"mayBackRegister,omitempty"`
	Supervised      *SupervisedTask    `json:"supervised,omitempty"`
	Appended        bool               `json:"appended,omitempty"` // a step of this case alone
	Steps           []string           `json:"steps,omitempty"`    // steps that were put behind it
	Late            string             `json:"late,omitempty"`     // what happens when its time is over, in words
	Digest          string             `json:"digest"`             // of what is shown to be decided about
}

// Draft is what a person typed and has not sent. Revision is what the next save
// names in If-Match; it and SavedAt are the server's.
type Draft struct {
	Data     map[string]any `json:"data,omitzero"` // {}: everything was emptied; nil: nothing was typed
	Opinion  string         `json:"opinion,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Revision int            `json:"revision,omitempty"`
	SavedAt  *time.Time     `json:"savedAt,omitempty"`
}

// OperationRequest acts on a task. A preview takes the same, with Operation.
type OperationRequest struct {
	Operation    string         `json:"operation,omitempty"` // preview only
	Version      int            `json:"version,omitempty"`
	Opinion      string         `json:"opinion,omitempty"`
	Reason       string         `json:"reason,omitempty"`
	Data         map[string]any `json:"data,omitempty"`
	Digest       string         `json:"digest,omitempty"` // of the content that was shown; another one is not signed
	Post         string         `json:"post,omitempty"`
	BusinessDate string         `json:"businessDate,omitempty"`
	To           string         `json:"to,omitempty"`
	Persons      []string       `json:"persons,omitempty"`
	Mode         string         `json:"mode,omitempty"`
	Weight       int            `json:"weight,omitempty"`
	Seat         int            `json:"seat,omitempty"`
	Target       string         `json:"target,omitempty"`
	Code         string         `json:"code,omitempty"`
	Pause        string         `json:"pause,omitempty"`     // appendStep: what it holds up the clocks of the stage for
	Evidence     string         `json:"evidence,omitempty"`  // lateSign: id of the file
	DecidedOn    string         `json:"decidedOn,omitempty"` // lateSign: when it was decided on paper
}

// Consequences is what an operation would do.
type Consequences struct {
	Opens     []NextTask `json:"opens"`
	Ends      []NextTask `json:"ends"`
	Voids     []NextTask `json:"voids"`
	Completes bool       `json:"completes"`
	Does      []string   `json:"does,omitempty"`
	Possible  []NextTask `json:"possible,omitempty"`
	Waits     bool       `json:"waits,omitempty"`
	Notes     []string   `json:"notes,omitempty"`
}

// NextTask is a task that follows, and whose it is.
type NextTask struct {
	Key     string      `json:"key,omitempty"`
	Name    string      `json:"name"`
	Element string      `json:"element,omitempty"`
	Process string      `json:"process,omitempty"`
	Holders []PersonRef `json:"holders"`
	Mine    bool        `json:"mine"`
	Due     *Due        `json:"due,omitempty"`
}

// OperationResult is what an operation did.
type OperationResult struct {
	Event        string          `json:"event"`
	Task         *TaskSummary    `json:"task,omitempty"`
	NextTasks    []NextTask      `json:"nextTasks"`
	Project      *ProjectSummary `json:"project,omitempty"`
	Case         string          `json:"case,omitempty"`         // reopen: the case that goes on
	Confirmation string          `json:"confirmation,omitempty"` // nothing has happened yet: a second person must confirm
}

// Confirmation is an operation that waits for a second person.
type Confirmation struct {
	ID        string         `json:"id"`
	Operation string         `json:"operation"`
	Label     string         `json:"label"`
	Target    string         `json:"target,omitempty"`
	Reason    string         `json:"reason"`
	AskedBy   PersonRef      `json:"askedBy"`
	AskedAt   time.Time      `json:"askedAt"`
	Mine      bool           `json:"mine"`
	Case      string         `json:"case"`               // key of the root instance
	Evidence  *EvidencePaper `json:"evidence,omitempty"` // late signature: the file that shows the decision
	Matter    string         `json:"matter,omitempty"`   // code of the project, or business key
	From      string         `json:"from,omitempty"`     // jump: where the token stands
	Effects   []string       `json:"effects"`            // what follows, in words
	Stale     bool           `json:"stale,omitempty"`    // the case has moved on, or the time is over: it cannot be confirmed any more

	MayConfirm bool       `json:"mayConfirm,omitempty"` // the caller is somebody who confirms it
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`  // then nothing has happened
	Refusals   []Refusal  `json:"refusals,omitempty"`   // of the same act earlier, newest first
}

// Refusal is what a second person said when he refused the same act earlier.
type Refusal struct {
	By     PersonRef  `json:"by"`
	At     *time.Time `json:"at,omitempty"`
	Reason string     `json:"reason"`
}

// Decision is the second person's word.
type Decision struct {
	Accept bool   `json:"accept"`
	Reason string `json:"reason,omitempty"`
}

// Accepted says where to ask for the outcome of an operation that takes longer.
type Accepted struct {
	Event    string `json:"event"`
	Location string `json:"location"`
}

// BatchRequest does one operation on several tasks; version and data are each item's own, or none.
type BatchRequest struct {
	OperationRequest
	Items []BatchRef `json:"items"`
}

// BatchRef is a task as it was listed.
type BatchRef struct {
	Key     string `json:"key"`
	Version int    `json:"version"`
}

// BatchResult says what became of each task of a batch, in the order asked.
type BatchResult struct {
	Done    int         `json:"done"`
	Skipped int         `json:"skipped"`
	Items   []BatchItem `json:"items"`
}

// BatchItem is one task of a batch.
type BatchItem struct {
	Key     string   `json:"key"`
	State   string   `json:"state"` // done, skipped, accepted
	Problem *Problem `json:"problem,omitempty"`
}
