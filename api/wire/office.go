package wire

import "time"

// RectificationInput raises a rectification by hand.
type RectificationInput struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Project     string `json:"project,omitempty"`
	OwnerDept   string `json:"ownerDept"`
	Severity    string `json:"severity"` // A, B, C
	Source      string `json:"source"`
	FoundOn     string `json:"foundOn,omitempty"`
	Post        string `json:"post,omitempty"`
}

// Rectification is one finding on its way to being closed.
type Rectification struct {
	No            string          `json:"no"`
	Title         string          `json:"title"`
	Description   string          `json:"description"`
	State         string          `json:"state"`
	StateName     string          `json:"stateName,omitempty"`
	Severity      string          `json:"severity"`
	Impact        string          `json:"impact,omitempty"` // stop, delay, inconvenience
	Scope         string          `json:"scope,omitempty"`  // many, one
	Source        string          `json:"source"`
	Project       string          `json:"project,omitempty"`
	ProjectName   string          `json:"projectName,omitempty"`
	OwnerDept     string          `json:"ownerDept"`
	OwnerDeptName string          `json:"ownerDeptName"`
	FoundOn       string          `json:"foundOn"`
	FoundBy       *PersonRef      `json:"foundBy,omitempty"`
	ClosedOn      string          `json:"closedOn,omitempty"`
	Due           *Due            `json:"due,omitempty"`
	Cause         string          `json:"cause,omitempty"`
	Analysis      string          `json:"analysis,omitempty"`
	Measures      string          `json:"measures,omitempty"`
	Evidence      string          `json:"evidence,omitempty"`
	Before        []Document      `json:"before,omitempty"`
	After         []Document      `json:"after,omitempty"`
	MaterialsCut  int             `json:"materialsCut,omitempty"`
	StepsCut      int             `json:"stepsCut,omitempty"`
	DaysCut       string          `json:"daysCut,omitempty"`
	Verification  string          `json:"verification,omitempty"`
	Method        string          `json:"method,omitempty"`
	Verifier      *PersonRef      `json:"verifier,omitempty"`
	ReferredTo    string          `json:"referredTo,omitempty"`
	Returns       int             `json:"returns"`
	Blocking      bool            `json:"blocking,omitempty"`
	InstanceKey   string          `json:"instanceKey,omitempty"`
	OpenTasks     []NextTask      `json:"openTasks,omitempty"`
	History       []TimelineEntry `json:"history,omitempty"`
}

// RectificationPage is a page of them, newest first.
type RectificationPage struct {
	Items  []Rectification `json:"items"`
	Next   string          `json:"next,omitempty"`
	Counts map[string]int  `json:"counts,omitempty"`
	Shows  map[string]int  `json:"shows,omitempty"`
}

// InboxItem is an event that a partner sent.
type InboxItem struct {
	ID           string          `json:"id"`
	Partner      string          `json:"partner"`
	EventID      string          `json:"eventId"`
	EventType    string          `json:"eventType"`
	State        string          `json:"state"` // received, applied, parked, duplicate, failed, dismissed
	Project      string          `json:"project,omitempty"`
	Amount       string          `json:"amount,omitempty"`
	ReceivedAt   time.Time       `json:"receivedAt"`
	OccurredAt   *time.Time      `json:"occurredAt,omitempty"`
	ProcessedAt  *time.Time      `json:"processedAt,omitempty"`
	Receipts     int             `json:"receipts,omitempty"`
	Offline      bool            `json:"offline,omitempty"`
	ParkedReason string          `json:"parkedReason,omitempty"`
	Note         string          `json:"note,omitempty"`
	Candidates   []Suggestion    `json:"candidates,omitempty"`
	Decision     *ParkedDecision `json:"decision,omitempty"`
	Proposal     *Proposal       `json:"proposal,omitempty"` // of an amount whose unit is in doubt
	Data         map[string]any  `json:"data,omitempty"`
}

// Suggestion is a project that a parked event might belong to.
type Suggestion struct {
	Project string   `json:"project"`
	Name    string   `json:"name,omitempty"`
	Reasons []string `json:"reasons,omitempty"` // in words
}

// ParkedDecision is what a person decided about a parked event.
type ParkedDecision struct {
	Kind        string     `json:"kind"` // link, dismiss, correct
	Amount      string     `json:"amount,omitempty"`
	Project     string     `json:"project,omitempty"`
	By          PersonRef  `json:"by"`
	At          time.Time  `json:"at"`
	Reason      string     `json:"reason"`
	ConfirmedBy *PersonRef `json:"confirmedBy,omitempty"`
	MayConfirm  bool       `json:"mayConfirm,omitempty"`
}

// InboxPage is a page of them, newest first.
type InboxPage struct {
	Items []InboxItem `json:"items"`
	Next  string      `json:"next,omitempty"`
}

// OutboxItem is an event that we send.
type OutboxItem struct {
	ID            string         `json:"id"`
	Partner       string         `json:"partner"`
	EventID       string         `json:"eventId"`
	EventType     string         `json:"eventType"`
	State         string         `json:"state"` // pending, delivered, dead
	Project       string         `json:"project,omitempty"`
	Attempts      int            `json:"attempts"`
	NextAttemptAt *time.Time     `json:"nextAttemptAt,omitempty"`
	DeliveredAt   *time.Time     `json:"deliveredAt,omitempty"`
	LastError     string         `json:"lastError,omitempty"`
	CreatedAt     time.Time      `json:"createdAt"`
	Data          map[string]any `json:"data,omitempty"`
}

// OutboxPage is a page of them, newest first.
type OutboxPage struct {
	Items []OutboxItem `json:"items"`
	Next  string       `json:"next,omitempty"`
}

// Link is a person's decision where a parked event belongs.
type Link struct {
	Project string `json:"project"`
	Reason  string `json:"reason"`
}

// ParkedCorrection says what the amount of a parked event should be.
type ParkedCorrection struct {
	Project string `json:"project"`
	Amount  string `json:"amount"`
	Reason  string `json:"reason"`
}

// Proposal is what an amount was probably meant to be, and what it is held against.
type Proposal struct {
	Amount   string `json:"amount"`
	Expected string `json:"expected"`
	Against  string `json:"against"` // in words
}

// Reason explains an operator's act.
type Reason struct {
	Reason string `json:"reason"`
}

// OfflineInput registers a partner's fact by hand.
type OfflineInput struct {
	Partner    string         `json:"partner"`
	EventType  string         `json:"eventType"`
	Project    string         `json:"project"`
	OccurredOn string         `json:"occurredOn"`
	Data       map[string]any `json:"data"`
	Evidence   string         `json:"evidence,omitempty"`
	Reason     string         `json:"reason"`
}

// Offline is an offline registration and its check.
type Offline struct {
	ID           string         `json:"id"`
	Partner      string         `json:"partner"`
	EventType    string         `json:"eventType"`
	Project      string         `json:"project"`
	OccurredOn   string         `json:"occurredOn"`
	State        string         `json:"state"` // waiting, accepted, refused
	Reason       string         `json:"reason"`
	Data         map[string]any `json:"data,omitempty"`
	Evidence     string         `json:"evidence,omitempty"`
	RegisteredBy PersonRef      `json:"registeredBy"`
	RegisteredAt time.Time      `json:"registeredAt"`
	VerifiedBy   *PersonRef     `json:"verifiedBy,omitempty"`
	VerifiedAt   *time.Time     `json:"verifiedAt,omitempty"`
	MayVerify    bool           `json:"mayVerify,omitempty"`
}

// OfflinePage is a page of them, newest first.
type OfflinePage struct {
	Items []Offline `json:"items"`
	Next  string    `json:"next,omitempty"`
}

// Verification is the second person's check.
type Verification struct {
	Accept bool   `json:"accept"`
	Reason string `json:"reason,omitempty"`
}

// Incident stops a token until somebody mends its cause.
type Incident struct {
	Key         string    `json:"key"`
	InstanceKey string    `json:"instanceKey,omitempty"`
	Process     string    `json:"process,omitempty"`
	ProcessName string    `json:"processName,omitempty"`
	Project     string    `json:"project,omitempty"`
	ProjectName string    `json:"projectName,omitempty"`
	Element     string    `json:"element"`
	ElementName string    `json:"elementName,omitempty"`
	Code        string    `json:"code"`
	Message     string    `json:"message"`
	RaisedAt    time.Time `json:"raisedAt"`
}

// IncidentPage is a page of them.
type IncidentPage struct {
	Items []Incident `json:"items"`
	Next  string     `json:"next,omitempty"`
}

// AuditEntry is an entry of the audit chain.
type AuditEntry struct {
	Chain        string         `json:"chain"`
	Seq          int64          `json:"seq"`
	At           time.Time      `json:"at"`
	Actor        *PersonRef     `json:"actor,omitempty"`
	Action       string         `json:"action"`
	Object       string         `json:"object,omitempty"`
	Project      string         `json:"project,omitempty"`
	Reason       string         `json:"reason,omitempty"`
	BusinessDate string         `json:"businessDate,omitempty"`
	Detail       map[string]any `json:"detail,omitempty"`
	Hash         string         `json:"hash,omitempty"`
}

// AuditPage is a page of them, newest first.
type AuditPage struct {
	Items []AuditEntry `json:"items"`
	Next  string       `json:"next,omitempty"`
}

// AuditVerdict is whether the chains hold.
type AuditVerdict struct {
	Intact  bool         `json:"intact"`
	Chains  int          `json:"chains"`
	Entries int64        `json:"entries"`
	Seals   int          `json:"seals"`
	Rows    int          `json:"rows"`             // of the books, held against what binds them
	Scope   string       `json:"scope"`            // all, new
	Since   *time.Time   `json:"since,omitempty"`  // of new: the look before
	Oldest  *time.Time   `json:"oldest,omitempty"` // of new: since when every chain was walked whole
	Medium  string       `json:"medium,omitempty"` // the second medium: same, gone; "": none, or not looked at
	Broken  *BrokenChain `json:"broken,omitempty"`
}

// BrokenChain is the first link that does not hold.
type BrokenChain struct {
	Chain   string `json:"chain"`
	Seq     int64  `json:"seq"`
	Row     string `json:"row,omitempty"` // of the books: ledger:12
	Message string `json:"message"`
}

// AuditProof is what stands behind one row of the books, or one entry.
type AuditProof struct {
	Row      string       `json:"row"`
	Version  int          `json:"version,omitempty"`
	Digest   string       `json:"digest,omitempty"`
	Chain    string       `json:"chain"`
	Seq      int64        `json:"seq"`
	Action   string       `json:"action"`
	Actor    string       `json:"actor"`
	At       time.Time    `json:"at"`
	Hash     string       `json:"hash"`
	Seal     int64        `json:"seal,omitempty"` // 0: no seal covers it yet
	SealedAt *time.Time   `json:"sealedAt,omitempty"`
	SignedBy string       `json:"signedBy,omitempty"`
	Anchored bool         `json:"anchored"` // the second medium has the seal too
	Intact   bool         `json:"intact"`
	Broken   *BrokenChain `json:"broken,omitempty"`
}

// Receipt answers a partner's event.
type Receipt struct {
	Receipt    string    `json:"receipt"`
	ReceivedAt time.Time `json:"receivedAt"`
	Duplicate  bool      `json:"duplicate"`
}

// Health of the process.
type Health struct {
	Status string            `json:"status"` // ok, unavailable
	Checks map[string]string `json:"checks,omitempty"`
}

// Problem is an RFC 9457 problem as it is read back.
type Problem struct {
	Type     string       `json:"type"`
	Title    string       `json:"title"`
	Status   int          `json:"status"`
	Detail   string       `json:"detail,omitempty"`
	Instance string       `json:"instance,omitempty"`
	Errors   []FieldError `json:"errors,omitempty"`
	Happened *Happened    `json:"happened,omitempty"`

	Person string `json:"person,omitempty"` // receiver-not-eligible, duty-separated: who
	Why    string `json:"why,omitempty"`    // receiver-not-eligible: slug of the reason
	Duty   string `json:"duty,omitempty"`   // duty-separated
	Other  string `json:"other,omitempty"`  // duty-separated: the duty that he has signed
}

// FieldError is one mistake in the input.
type FieldError struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
	*CheckFault
}

// CheckFault is what a rule adds to a mistake (checks-block).
type CheckFault struct {
	Rule    string         `json:"rule"`
	Name    string         `json:"name"`
	State   string         `json:"state"` // block, remind, unknown, error
	Place   string         `json:"place"` // names the finding in an answer
	Values  map[string]any `json:"values"`
	Basis   string         `json:"basis"`
	Satisfy string         `json:"satisfy"`
}

// Happened tells the loser of a race what happened in between.
type Happened struct {
	Operation string     `json:"operation,omitempty"`
	Actor     *PersonRef `json:"actor,omitempty"`
	At        *time.Time `json:"at,omitempty"`
	Version   int        `json:"version,omitempty"`
}
