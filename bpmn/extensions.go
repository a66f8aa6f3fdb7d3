package bpmn

// Extensions are the extension elements that the engine and its shell understand.
// What is absent is nil or empty. Texts that begin with "=" are FEEL expressions.
type Extensions struct {
	TaskDefinition *TaskDefinition
	Inputs         []Mapping // zeebe:ioMapping, in order
	Outputs        []Mapping
	Headers        map[string]string // zeebe:taskHeaders
	Properties     map[string]string // zeebe:properties
	Assignment     *AssignmentDefinition
	Form           *FormDefinition
	CalledElement  *CalledElement
	CalledDecision *CalledDecision
	Script         *Script
	Priority       string // zeebe:priorityDefinition
	DueDate        string // zeebe:taskSchedule
	FollowUpDate   string
	UserTask       bool   // zeebe:userTask
	ActiveElements string // zeebe:adHoc activeElementsCollection
	CorrelationKey string // zeebe:subscription directly on the element
	VersionTag     string

	Approval *Approval // qc:approval
	SLA      *SLA      // qc:sla
	Command  string    // qc:command name
	Task     *TaskView // qc:task
	Process  *Matter   // qc:process, of a process
	NameEn   string    // English name: qc:task nameEn of a user task, qc:name en of anything else
}

// TaskDefinition is zeebe:taskDefinition: the job of an element.
type TaskDefinition struct {
	Type    string
	Retries string // "3" when absent
	Pos     Pos
}

// Mapping is zeebe:input or zeebe:output.
type Mapping struct {
	Source, Target string
	Pos            Pos
}

// AssignmentDefinition is zeebe:assignmentDefinition. Lists are comma-separated, or FEEL.
type AssignmentDefinition struct {
	Assignee, Users, Groups string
	Pos                     Pos
}

// FormDefinition is zeebe:formDefinition.
type FormDefinition struct {
	ID, Key, External string
	Pos               Pos
}

// CalledElement is zeebe:calledElement.
type CalledElement struct {
	Process         string
	PropagateParent bool // true by default: all variables of the caller go in
	PropagateChild  bool // false by default: all variables of the called go out
	Pos             Pos
}

// CalledDecision is zeebe:calledDecision.
type CalledDecision struct {
	Decision, Result string
	Pos              Pos
}

// Script is zeebe:script.
type Script struct {
	Expression, Result string
	Pos                Pos
}

// ZeebeLoop is zeebe:loopCharacteristics.
type ZeebeLoop struct {
	InputCollection, InputElement   string
	OutputCollection, OutputElement string
	Pos                             Pos
}

// Approval is qc:approval on a user task.
type Approval struct {
	Policy     string            // any, all, sequential, percent, weight, primary
	Threshold  string            // "2/3", "0.5", or FEEL
	EarlyStop  *bool             // nil: the policy's default
	MinQuorum  string            // number, or FEEL
	Abstain    string            // "excluded" (default) or "no"
	Veto       []string          // principals with a veto: persons, or groups "ROLE@DEPT"
	Primary    []string          // principals who decide under policy primary
	Weights    map[string]string // weights="principal:weight,…" of policy weight; absent: 1
	Operations []string
	ReturnTo   string
	KeyFields  string // FEEL: what must not have changed for a return that comes straight back
	// whether it stands, when a return from beside it leads the token here again, as long as KeyFields are as they were when it was signed
	Keep      bool
	Blind     bool   // while it is open nobody sees how, and with which words, others have decided
	Dedupe    string // "none", "consecutive" (default) or "any_earlier": whether who has approved before is skipped
	Applicant string // "to_superior" (default), "skip" or "allow": when the approver is the applicant himself
	Empty     string // "to_admin" (default), "block" or "auto_skip": when nobody is left to decide
	MinSeats  string // number: with fewer seats nobody decides; empty: 1
	Pos       Pos
}

// SLA is qc:sla: the time a task may take.
type SLA struct {
	Workdays string // number or FEEL
	Pause    string // while the task is open the clocks of its matter's stages stand still: why, see verify
	Late     string // what happens when it is over: "remind" (default), "superior", "deputy", "return", "agree"
	Pos      Pos
}

// TaskView is qc:task: how the web client shows a task, and what the task is to
// the shell, so that nobody needs to know it by its id.
type TaskView struct {
	View      string
	Batch     bool
	Statutory bool     // its signature can never be missing: no jump undoes or passes it, no seat of it is removed
	Edits     []string // parts of the dossier that its form changes, such as "sheet.a"
	About     string   // kind of what is decided: "application", "sheet", "contract", "payment", …
	Amount    string   // 元 that the decision is about: a number, or FEEL
	// who may be given the task: sets "[operation:]=|^|u|-" in place of the usual ones, roles "[operation:]ROLE@function" beside them
	Receivers []string
	// its duty, or one for each candidate in their order: who has signed for one that is separate from it may not take this one
	Separate []string
	Jumped   string // "never" or "second": whether a jump may pass it while it is not done in this round; empty: an approval never
	// whether who did it may take it back: "true", "false", "open" (while the approval is not decided), or FEEL; empty: as the operations
	// of the approval say
	Recall       string
	ReturnTo     []string // tasks of processes called before it to which it can be returned as well; a plain task only there
	Second       []string // who confirms what is submitted before it counts: roles "ROLE@function"; empty: nobody
	SecondWithin string   // how long they have: "2wd" working days, "4h" hours; empty: one working day
	Deputy       string   // "yes" (default), "capped" (only under a deputyship with a cap), "no": whether a deputy may do it
	Pos          Pos
}

// Matter is qc:process: how people find and govern a process. Lists are comma-separated, or FEEL.
type Matter struct {
	Start       string // posts "ROLE@UNIT", or roles of any unit, whose holders may begin it; empty: no person begins it by himself
	Category    string // heading under which it is offered
	Description string // what it is for, for people
	Owner       string // posts whose holders govern its cases; empty: the head of the initiator's unit
	Sight       string // units that see its cases beside those with a part in them
	Pos         Pos
}
