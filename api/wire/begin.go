package wire

import "time"

// ProcessItem is a process that the person may begin.
type ProcessItem struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Category    string   `json:"category"`
	Description string   `json:"description"`
	Version     int      `json:"version"`
	StartForm   string   `json:"startForm"`           // id of the form that is filled in; "" for none
	Posts       []string `json:"posts"`               // of the person, in which he may
	LastBy      []string `json:"lastBy"`              // who decides last
	UsualDays   *int     `json:"usualDays,omitempty"` // working days that it usually takes; none while too few have ended
}

// ProcessPage is the catalogue, by category and name.
type ProcessPage struct {
	Items  []ProcessItem `json:"items"`
	Others []OtherItem   `json:"others"` // what others may begin
}

// OtherItem is a process that the person may not begin.
type OtherItem struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Category string `json:"category"`
}

// ProcessStart is all that is needed to begin a process.
type ProcessStart struct {
	ProcessItem
	Form  map[string]any `json:"form,omitempty"`
	Steps []string       `json:"steps"` // names of what people do in it, as the model lists them
}

// BeginRequest begins a process.
type BeginRequest struct {
	Data    map[string]any `json:"data,omitempty"`
	Version int            `json:"version,omitempty"` // of the process whose form was filled in; 0: the newest
	Post    string         `json:"post,omitempty"`
	Draft   string         `json:"draft,omitempty"` // that this was, and is over with it
}

// Beginning is a case that was begun.
type Beginning struct {
	Key       string     `json:"key"`
	Process   string     `json:"process"`
	Version   int        `json:"version"`
	Matter    string     `json:"matter"` // its number
	Title     string     `json:"title"`
	State     string     `json:"state"` // starting, running, suspended, ended
	NextTasks []NextTask `json:"nextTasks"`
}

// StartDraft is a start form that the person has begun to fill in.
type StartDraft struct {
	ID          string         `json:"id"`
	Process     string         `json:"process"`
	ProcessName string         `json:"processName"`
	Version     int            `json:"version"` // of the process that it is filled in for
	Newest      int            `json:"newest"`  // 0: nobody begins the process any more
	Title       string         `json:"title"`
	Data        map[string]any `json:"data"`
	Revision    int            `json:"revision"`
	SavedAt     time.Time      `json:"savedAt"`
	Moved       []FieldMoved   `json:"moved,omitempty"` // answers whose field has another name in the newest form
	Left        []FieldLeft    `json:"left,omitempty"`  // answers for which the newest form has no field
}

// FieldMoved is an answer that went to a renamed field.
type FieldMoved struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Label string `json:"label"`
}

// FieldLeft is an answer without a field.
type FieldLeft struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	Value any    `json:"value"`
}

// StartDraftInput saves a draft.
type StartDraftInput struct {
	Version int            `json:"version,omitempty"`
	Data    map[string]any `json:"data"`
}

// StartDraftPage lists them, the newest first.
type StartDraftPage struct {
	Items []StartDraft `json:"items"`
}

// MatterSummary is a case in a list: what it is, where it stands, who has it.
type MatterSummary struct {
	Key         string     `json:"key"`
	Process     string     `json:"process"`
	ProcessName string     `json:"processName"`
	Category    string     `json:"category,omitempty"`
	Matter      string     `json:"matter"`
	Title       string     `json:"title"`
	Project     string     `json:"project,omitempty"`
	State       string     `json:"state"` // starting, running, suspended, ended
	BegunBy     *PersonRef `json:"begunBy,omitempty"`
	BegunAt     time.Time  `json:"begunAt"`
	MovedAt     time.Time  `json:"movedAt"` // when it last moved; of an ended one the end
	OpenTasks   []NextTask `json:"openTasks"`
	Returned    bool       `json:"returned,omitempty"` // it is back with who began it
}

// MatterPage is a page of cases.
type MatterPage struct {
	Items []MatterSummary `json:"items"`
	Next  string          `json:"next,omitempty"`
}

// MatterDetail is the page of a case.
type MatterDetail struct {
	MatterSummary
	Version   int             `json:"version,omitempty"`
	DeptName  string          `json:"deptName,omitempty"`
	Form      map[string]any  `json:"form,omitempty"`
	Data      map[string]any  `json:"data"`            // answers to the form, as they are now
	Begun     map[string]any  `json:"begun,omitempty"` // as they were when it was begun
	Opinions  []Opinion       `json:"opinions"`
	Timeline  []TimelineEntry `json:"timeline"`
	Documents []Document      `json:"documents"`
	Followed  bool            `json:"followed"`
	Copies    []CaseCopy      `json:"copies"`
	Acts      []CaseAct       `json:"acts"`
	Mine      bool            `json:"mine"` // I began it
}

// CaseCopy says who was given a case to read.
type CaseCopy struct {
	Person PersonRef `json:"person"`
	Sender PersonRef `json:"sender"`
	At     time.Time `json:"at"`
}

// MessageRequest publishes a message.
type MessageRequest struct {
	Name           string         `json:"name"`
	CorrelationKey string         `json:"correlationKey,omitempty"`
	Variables      map[string]any `json:"variables,omitempty"`
	TimeToLive     any            `json:"timeToLive,omitempty"` // milliseconds, or an ISO 8601 duration
}

// MessagePublished says what became of a message.
type MessagePublished struct {
	ID    string `json:"id"`
	State string `json:"state"` // buffered, delivering, correlated, expired
	Case  string `json:"case,omitempty"`
}

// UploadStart begins a file that comes in pieces.
type UploadStart struct {
	FileName string `json:"fileName"`
	Size     int64  `json:"size"` // bytes
}

// Upload is how much of a file that comes in pieces is here.
type Upload struct {
	ID        string    `json:"id"`
	FileName  string    `json:"fileName"`
	Size      int64     `json:"size"`
	Received  int64     `json:"received"` // bytes; the next piece begins there
	Piece     int64     `json:"piece"`    // bytes that one piece may have
	ExpiresAt time.Time `json:"expiresAt"`
}
