package engine

import (
	"slices"

	"github.com/quancheng/quancheng/engine/seat"
)

// OperationKind says what an operation acts on.
type OperationKind string

// The kinds of operations.
const (
	OnSeat  OperationKind = "seat"   // who holds, or decides in, a task or one of its seats
	OnToken OperationKind = "token"  // where the token of the task goes
	OnCase  OperationKind = "case"   // the whole root instance
	Remark  OperationKind = "remark" // said beside the task: no event of the process
)

// Ask says whether an operation asks for something.
type Ask string

// What is asked for; nothing is the zero value.
const (
	Optional Ask = "optional"
	Required Ask = "required"
)

// OperationSpec is what an operation on tasks is, and what it asks for beside
// the task's version. What a row does not say is not asked.
type OperationSpec struct {
	Name string
	Kind OperationKind

	Opinion, Reason Ask
	People          int    // persons that it names at most; 0: it names nobody
	Seat            bool   // it names a seat
	Mode            bool   // it says how added seats run: all, any, sequential
	Data            bool   // it sends the form's data
	Target          string // "return" or "jump": it says where to
	Code            bool   // it names a kind of reason
	Evidence        bool   // it names a paper, and the day on which something was decided on it

	Plain   bool // of plain tasks alone: who decides an approval agrees or disagrees
	Second  bool // a second person confirms it
	Closed  bool // it can be done with a closed task
	Primary bool // it is what the task is for
	Always  bool // it is not for the model to allow
	System  bool // the system's; people are not offered it

	Event EventType // of a case operation: the event that it is
}

// MaxCopies is how many persons one copy goes to at most.
const MaxCopies = 20

// Operations is the one table of operations, in the order in which people are
// offered them. Shell, API and client read it. Names are added, never removed:
// they are Updates of workflows, and models name them.
var Operations = []OperationSpec{
	{Name: "complete", Kind: OnToken, Opinion: Optional, Data: true, Primary: true, Plain: true},
	{Name: "agree", Kind: OnSeat, Opinion: Optional, Data: true, Primary: true},
	{Name: "disagree", Kind: OnSeat, Opinion: Required, Data: true},
	{Name: "abstain", Kind: OnSeat, Opinion: Optional},
	{Name: "answer", Kind: OnSeat, Opinion: Required, Primary: true, Always: true},
	{Name: "return", Kind: OnSeat, Opinion: Optional, Reason: Required, Target: "return"},
	{Name: "reject", Kind: OnSeat, Opinion: Optional, Reason: Required, Code: true, Data: true},
	{Name: "transfer", Kind: OnSeat, Reason: Required, People: 1},
	{Name: "delegate", Kind: OnSeat, Reason: Optional, People: 1},
	{Name: "addBefore", Kind: OnSeat, Reason: Optional, People: seat.MaxAdded, Mode: true},
	{Name: "addAfter", Kind: OnSeat, Opinion: Optional, Reason: Optional, People: seat.MaxAdded, Mode: true},
	{Name: "addParallel", Kind: OnSeat, Reason: Optional, People: seat.MaxAdded},
	{Name: "removeSign", Kind: OnSeat, Reason: Required, Seat: true},
	{Name: "recall", Kind: OnToken, Reason: Required, Closed: true},
	{Name: "withdraw", Kind: OnToken, Reason: Required},
	{Name: "claim", Kind: OnSeat, Always: true},
	{Name: "unclaim", Kind: OnSeat, Always: true},
	{Name: "editOpinion", Kind: OnSeat, Opinion: Required, Always: true},
	{Name: "supplement", Kind: Remark, Opinion: Required, Closed: true},
	{Name: "urge", Kind: Remark, Opinion: Optional},
	{Name: "cc", Kind: Remark, Opinion: Optional, People: MaxCopies, Closed: true},
	{Name: "comment", Kind: Remark, Opinion: Required, Closed: true},
	{Name: "lateSign", Kind: OnSeat, Opinion: Required, Reason: Required, Seat: true, Evidence: true, Always: true},
	{Name: "appendStep", Kind: OnSeat, Opinion: Required, Reason: Required, People: seat.MaxAdded, Mode: true, Always: true},
	{Name: "timeout", Kind: OnToken, Always: true, System: true},
	{Name: "assign", Kind: OnSeat, People: 1, Always: true, System: true},
	{Name: "reassign", Kind: OnSeat, Reason: Required, People: 1, Seat: true, Always: true},
	{Name: "suspend", Kind: OnCase, Reason: Required, Always: true, Event: Suspend},
	{Name: "resume", Kind: OnCase, Reason: Required, Always: true, Event: Resume},
	{Name: "jump", Kind: OnToken, Reason: Required, Target: "jump", Always: true, Second: true},
	{Name: "terminate", Kind: OnCase, Reason: Required, Always: true, Second: true, Event: Cancel},
}

// OperationNamed finds an operation in the table.
func OperationNamed(name string) (OperationSpec, bool) {
	i := slices.IndexFunc(Operations, func(o OperationSpec) bool { return o.Name == name })
	if i < 0 {
		return OperationSpec{}, false
	}
	return Operations[i], true
}
