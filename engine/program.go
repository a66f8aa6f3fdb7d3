package engine

import (
	"github.com/quancheng/quancheng/bpmn"
)

// Program is a compiled bundle, safe for concurrent use.
type Program struct {
	callables map[string]*process // processes and global tasks by id
	order     []*process          // in document order
	decisions Decisions
}

// process is a compiled process or global task: what an instance is an instance of.
type process struct {
	id       string
	name     string
	root     *element // the process as a scope; of a global task a scope that holds the task alone
	elements map[string]*element
	nodes    []*element // flow nodes, by element.index
	places   int
	next     [][]int // for each place those to which a token there can go
	beside   []bits  // for each place those that can hold a token at the same time; nil: none
}

// element is a compiled process, flow node or global task.
type element struct {
	id, name string
	kind     bpmn.Kind
	src      *bpmn.Element
	proc     *process
	scope    *element // holds the element; nil for a process
	index    int      // place among the process's flow nodes
	slots    int      // joins: the place of the first incoming flow
	behave   behaviour

	in, out     []*flow
	defaultFlow *flow
	conditional bool // an outgoing flow has a condition

	inputs, outputs []mapping
	dataIn, dataOut []transfer
	inputSets       []inputSet // activities: one of them must be available before it begins; none: nothing is waited for
	produced        []string   // data outputs, kept local until their associations copy them
	starts          []*element // scopes: what begins when the scope begins
	eventStarts     []*element // processes: what an outside event can begin at
	eventSubs       []*element // scopes: the start events of their event sub-processes
	boundary        []*element // activities: boundary events that catch
	handlers        []*element // activities: compensation handlers
	recorded        bool       // completed instances must be remembered for compensation
	eventSub        bool       // an event sub-process
	interrupting    bool       // start and boundary events
	parallelCatch   bool       // needs all of its definitions
	events          []*event   // event definitions; of a receive task its message
	linkTo          *element   // link throw event: its catch event

	startQuantity, completionQuantity int
	loop                              *loop
	multi                             *multiInstance
	adHoc                             *adHoc
	activation                        *expr  // complex gateway
	upstream                          []bits // inclusive and complex gateways: for each incoming flow, the elements it can be reached from

	job      *jobPlan
	user     *userPlan
	call     *callPlan
	decision *expr
	script   *expr
	result   string // variable for the result of a script or decision
	message  *event // send task without a job
}

// flow is a compiled sequence flow.
type flow struct {
	id        string
	src       *bpmn.Flow
	target    *element
	source    *element
	condition *expr
	slot      int // place among the incoming flows of the target
}

// mapping copies a value; target is a path of names.
type mapping struct {
	source *expr
	target []string
}

// event is a compiled event definition.
type event struct {
	kind        bpmn.EventKind
	name        *expr  // message or signal
	correlation *expr  // message
	code        *expr  // thrown error or escalation; of a catch a literal, nil: every code
	timer       *timer // timer
	condition   *expr  // conditional
	activity    *element
	wait        bool // compensation: wait for completion
}

// loop is a standard loop (BPMN 2.0.2 §10.3.8).
type loop struct {
	testBefore bool
	maximum    *expr
	condition  *expr
}

// multiInstance is a multi-instance marker (BPMN 2.0.2 §10.3.8).
type multiInstance struct {
	sequential  bool
	cardinality *expr
	collection  *expr
	item        string
	output      *expr
	outputTo    string
	own         string // variable that each instance has for its result
	completion  *expr
	behaviour   string // All, None, One, Complex
	none, one   *event
	complex     []complexBehaviour
}

type complexBehaviour struct {
	condition *expr
	events    []*event
}

// adHoc is what only ad-hoc sub-processes have (BPMN 2.0.2 §10.3.5).
type adHoc struct {
	sequential      bool
	cancelRemaining bool
	completion      *expr
	active          *expr // zeebe: which activities begin
}

type jobPlan struct {
	typ     *expr
	retries *expr
	headers map[string]string
}

type callPlan struct {
	process                         *expr
	propagateParent, propagateChild bool
}

// bits is a set of element indexes.
type bits []uint64

func newBits(n int) bits      { return make(bits, (n+63)/64) }
func (b bits) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bits) unset(i int)    { b[i/64] &^= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (p *Program) find(id string) *process {
	if p == nil {
		return nil
	}
	return p.callables[id]
}
