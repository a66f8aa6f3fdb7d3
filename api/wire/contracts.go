package wire

// Packages are what a project buys: each package with its award, its contract and what was paid of it.
type Packages struct {
	Money Committed    `json:"money"`
	Items []PackageRow `json:"items"`
	// Others are contracts that name no package: of former releases, or told so by the bureau.
	Others []Contract `json:"others"`
	// Hidden says that there are packages of others that the reader has no part in.
	Hidden bool `json:"hidden,omitempty"`
}

// Committed is what a project's money is bound to.
type Committed struct {
	Approved   string `json:"approved"`
	Issued     string `json:"issued"`
	Contracted string `json:"contracted"`
	Awarded    string `json:"awarded"` // by awards without a contract
	Planned    string `json:"planned"` // by packages that are still to be awarded
	Left       string `json:"left"`    // issued, and bound to nothing
	Paid       string `json:"paid"`
}

// PackageRow is one package.
type PackageRow struct {
	No         string        `json:"no"`
	Name       string        `json:"name"`
	Category   string        `json:"category"`
	Mode       string        `json:"mode"`
	State      string        `json:"state"` // "", RUNNING, SUSPENDED, AWARDED, FAILED
	Round      int           `json:"round"`
	Budget     string        `json:"budget"`
	LimitPrice string        `json:"limitPrice"`
	Lines      []PackageLine `json:"lines"`
	Award      *Award        `json:"award,omitempty"`
	Contract   *Contract     `json:"contract,omitempty"`
	Clock      *LegalClock   `json:"clock,omitempty"` // of an award without a contract (C10)
	Failure    string        `json:"failure,omitempty"`
	FailedOn   string        `json:"failedOn,omitempty"`
	Next       string        `json:"next,omitempty"`  // after a failure (C06): retender, negotiate, stop
	Steps      []AwardStep   `json:"steps,omitempty"` // legal days of award and challenges (C08, C09)
	Tasks      []NextTask    `json:"tasks"`           // of its own life, or the project's where that follows it
}

// AwardStep is until when a step of an award is due by law, and when it came.
type AwardStep struct {
	Rule  string `json:"rule"`
	Step  string `json:"step"`
	Name  string `json:"name"`
	Due   string `json:"due"`
	On    string `json:"on,omitempty"`
	Light string `json:"light"` // red: too late; amber: the last days, or said out of time
}

// PackageLine is an approved line that a package buys.
type PackageLine struct {
	No     int    `json:"no"`
	Name   string `json:"name"`
	Amount string `json:"amount,omitempty"`
}

// Award says who won a package.
type Award struct {
	Amount    string    `json:"amount"`
	PriceForm string    `json:"priceForm"` // total, unit, rate
	Kind      string    `json:"kind"`      // sole, consortium, framework
	NoticeOn  string    `json:"noticeOn"`
	Winners   []Company `json:"winners"`
}

// Company is one that won or signed.
type Company struct {
	Name string `json:"name"`
	Uscc string `json:"uscc,omitempty"`
}

// LegalClock is a statutory clock: days by the calendar, or working days.
type LegalClock struct {
	Rule  string `json:"rule"`
	From  string `json:"from"`
	Due   string `json:"due"`
	On    string `json:"on,omitempty"` // when it was done
	Light string `json:"light"`
	Left  int    `json:"left"` // calendar days; negative: over
}

// Contract as it stands.
type Contract struct {
	No             string         `json:"no"`
	Package        string         `json:"package,omitempty"`
	Title          string         `json:"title"`
	State          string         `json:"state"` // draft, signed
	Supplier       Company        `json:"supplier"`
	Members        []Company      `json:"members,omitempty"`
	Supervisor     string         `json:"supervisor,omitempty"` // name of the organisation
	Amount         string         `json:"amount"`               // as signed
	Value          string         `json:"value"`                // with its changes
	Paid           string         `json:"paid"`
	Pending        string         `json:"pending"`
	Remaining      string         `json:"remaining"`
	Starts         string         `json:"starts,omitempty"`
	Ends           string         `json:"ends,omitempty"`
	SignedOn       string         `json:"signedOn,omitempty"`
	WarrantyMonths int            `json:"warrantyMonths"`
	Bond           string         `json:"bond"`
	BondForm       string         `json:"bondForm,omitempty"`
	Sme            bool           `json:"sme"`
	PayDays        int            `json:"payDays,omitempty"` // agreed to pay within after delivery
	Ipr            string         `json:"ipr,omitempty"`
	DataSecurity   string         `json:"dataSecurity,omitempty"`
	Deliverables   []string       `json:"deliverables"`
	Terms          []ContractTerm `json:"terms"`
	Clocks         []LegalClock   `json:"clocks"`

	Requests []ContractPayment `json:"requests,omitempty"` // what was asked for, and what finance did about it

	EndedOn  string `json:"endedOn,omitempty"`
	EndedWhy string `json:"endedWhy,omitempty"`
}

// ContractPayment is a payment that was asked for.
type ContractPayment struct {
	No      string `json:"no"`
	Term    string `json:"term"`
	Amount  string `json:"amount"`
	Applied string `json:"applied"` // by finance; 0.00: not yet
	Paid    string `json:"paid"`    // less refunds
	State   string `json:"state"`   // pending, partial, paid, overpaid, rejected
	On      string `json:"on"`

	Clock *LegalClock `json:"clock,omitempty"` // until when a small firm is to be paid
}

// ContractTerm is a payment term.
type ContractTerm struct {
	Name      string `json:"name"`
	Condition string `json:"condition"`
	Ratio     string `json:"ratio"` // percent of the amount as signed
	Amount    string `json:"amount"`
	Asked     string `json:"asked"`
}

// Changes are the changes of a project's contracts, and the baselines that they made.
type Changes struct {
	Items     []Change   `json:"items"`
	Baselines []Baseline `json:"baselines"`
	Money     Committed  `json:"money"`
	// Cumulative are all adopted changes together, without signs; Ratio of the approved total, in percent.
	Cumulative string `json:"cumulative"`
	Ratio      string `json:"ratio"`
	// Minor and Filing are the limits of rule D10, Supplements that of C15, in percent.
	Minor       string `json:"minor"`
	Filing      string `json:"filing"`
	Supplements string `json:"supplements"`
	// MayBegin says that the reader may begin one now; else Why is a sentence.
	MayBegin bool   `json:"mayBegin"`
	Why      string `json:"why,omitempty"`
}

// Change is one request to change a contract.
type Change struct {
	No          string         `json:"no"`
	Seq         int            `json:"seq"`
	ContractNo  string         `json:"contractNo"`
	Origin      string         `json:"origin"` // unit, bureau
	State       string         `json:"state"`
	Kind        string         `json:"kind,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Lines       []ChangeLine   `json:"lines"`
	Persons     []ChangePerson `json:"persons"`
	Supplier    *Company       `json:"supplier,omitempty"`
	Delta       string         `json:"delta"`
	Days        int            `json:"days"`
	GoalChanged bool           `json:"goalChanged"`
	BegunOn     string         `json:"begunOn,omitempty"`
	BegunWhy    string         `json:"begunWhy,omitempty"`
	Class       string         `json:"class,omitempty"`
	Cumulative  string         `json:"cumulative"`
	Ratio       string         `json:"ratio"`
	Opinion     string         `json:"opinion,omitempty"` // supervisor's
	DocNo       string         `json:"docNo,omitempty"`
	Version     int            `json:"version,omitempty"`
	AskedBy     *PersonRef     `json:"askedBy,omitempty"`
	AskedOn     string         `json:"askedOn,omitempty"`
	DecidedOn   string         `json:"decidedOn,omitempty"`
	FiledOn     string         `json:"filedOn,omitempty"`
	Note        string         `json:"note,omitempty"`
	Told        bool           `json:"told,omitempty"` // the procurement bureau has it on record
	InstanceKey string         `json:"instanceKey,omitempty"`
	OpenTasks   []NextTask     `json:"openTasks"`
}

// ChangeLine is a line that a change touches.
type ChangeLine struct {
	LineNo   int    `json:"lineNo"`
	Name     string `json:"name"`
	Note     string `json:"note,omitempty"`
	Old      string `json:"old"`
	New      string `json:"new"`
	Approved string `json:"approved,omitempty"`
	Reason   string `json:"reason,omitempty"`
}

// ChangePerson is a key person who is replaced.
type ChangePerson struct {
	Role string `json:"role"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Baseline is what holds since a change; the first is what was contracted.
type Baseline struct {
	Version    int         `json:"version"`
	ChangeNo   string      `json:"changeNo,omitempty"`
	ContractNo string      `json:"contractNo"`
	Amount     string      `json:"amount"`
	Approved   string      `json:"approved"`
	Ends       string      `json:"ends,omitempty"`
	Supplier   string      `json:"supplier"`
	Milestones []PlanPoint `json:"milestones"`
	On         string      `json:"on"`
}

// PlanPoint is a milestone of a baseline.
type PlanPoint struct {
	No       int    `json:"no"`
	Name     string `json:"name"`
	PlanDate string `json:"planDate"`
}

// ChangeBegin begins a change.
type ChangeBegin struct {
	ContractNo string `json:"contractNo,omitempty"`
	Post       string `json:"post,omitempty"`
}
