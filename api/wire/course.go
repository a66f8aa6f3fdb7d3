package wire

// Course is how a project is built and accepted: what its books say beside the
// money, from the kick-off to the final acceptance.
type Course struct {
	KeyPersons   []KeyPerson         `json:"keyPersons"`
	Milestones   []CourseMilestone   `json:"milestones"`
	Months       []CourseMonth       `json:"months"`
	Supervision  []SupervisionReport `json:"supervision"`
	Inspections  []Inspection        `json:"inspections"`
	Deliverables []Deliverable       `json:"deliverables"`
	Certificates []Certificate       `json:"certificates"`
	Materials    []AcceptancePaper   `json:"materials"`
	Trial        *Trial              `json:"trial,omitempty"`
	Requests     []AcceptanceRequest `json:"requests"`
	Draw         *AcceptanceDraw     `json:"draw,omitempty"`
	Acceptances  []Acceptance        `json:"acceptances"`
	Extensions   []Extension         `json:"extensions"`
	Unmet        []Unmet             `json:"unmet"`
}

// FileRef names a file of a project.
type FileRef struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// KeyPerson is who holds a role, and whom the bid named.
type KeyPerson struct {
	Role    string `json:"role"`
	Name    string `json:"name"`
	BidName string `json:"bidName"`
}

// CourseMilestone with the reports on it, newest first.
type CourseMilestone struct {
	No       int              `json:"no"`
	Name     string           `json:"name"`
	PlanDate string           `json:"planDate"`
	Percent  int              `json:"percent"`
	PassedOn string           `json:"passedOn,omitempty"`
	Reports  []ProgressReport `json:"reports"`
}

// ProgressReport of a supplier.
type ProgressReport struct {
	Percent int       `json:"percent"`
	Period  string    `json:"period"`
	On      string    `json:"on"`
	By      PersonRef `json:"by"`
	Comment string    `json:"comment,omitempty"`
	Files   []FileRef `json:"files"`
}

// CourseMonth is what the rules say of a month (D02, D03), and what the bureau made of it.
type CourseMonth struct {
	Month    string `json:"month"`
	Card     string `json:"card"`
	Stagnant bool   `json:"stagnant"`
	Decision string `json:"decision,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

// SupervisionReport of a month.
type SupervisionReport struct {
	Month string    `json:"month"`
	By    PersonRef `json:"by"`
	Files []FileRef `json:"files"`
}

// Inspection is a spot check.
type Inspection struct {
	No          string      `json:"no"`
	DrawNo      string      `json:"drawNo"`
	Project     string      `json:"project"`
	ProjectName string      `json:"projectName"`
	OpenedOn    string      `json:"openedOn"`
	ClosedOn    string      `json:"closedOn,omitempty"`
	Result      string      `json:"result,omitempty"`
	Inspectors  []PersonRef `json:"inspectors"`
	Visits      []Visit     `json:"visits"`
}

// Visit is what one inspector found.
type Visit struct {
	By      PersonRef `json:"by"`
	On      string    `json:"on"`
	Place   string    `json:"place"`
	Result  string    `json:"result"`
	Issues  []string  `json:"issues"`
	Comment string    `json:"comment,omitempty"`
}

// InspectionList are the spot checks, newest first.
type InspectionList struct {
	Items   []Inspection `json:"items"`
	MayDraw bool         `json:"mayDraw"`
}

// InspectionInput draws projects for a spot check.
type InspectionInput struct {
	Size   int    `json:"size"`
	Reason string `json:"reason"`
}

// Deliverable that the contract promises; without files it is not there.
type Deliverable struct {
	Name  string    `json:"name"`
	Files []FileRef `json:"files"`
}

// Certificate of somebody independent.
type Certificate struct {
	Kind   string    `json:"kind"`
	CertNo string    `json:"certNo,omitempty"`
	Org    string    `json:"org"`
	Level  int       `json:"level,omitempty"`
	Dated  string    `json:"dated"`
	Result string    `json:"result"`
	Files  []FileRef `json:"files"`
}

// AcceptancePaper is a paper of the check list.
type AcceptancePaper struct {
	Code  string    `json:"code"`
	Name  string    `json:"name"`
	Files []FileRef `json:"files"`
}

// Trial is the trial run, as rule D07 sees it today.
type Trial struct {
	StartedOn    string          `json:"startedOn"`
	Months       int             `json:"months"`
	EndsOn       string          `json:"endsOn"`
	ClosedOn     string          `json:"closedOn,omitempty"`
	Availability string          `json:"availability,omitempty"`
	Incidents    []TrialIncident `json:"incidents"`
}

// TrialIncident of a trial run.
type TrialIncident struct {
	Severity   int    `json:"severity"`
	HappenedOn string `json:"happenedOn"`
	EndedOn    string `json:"endedOn"`
	Text       string `json:"text"`
}

// AcceptanceRequest asks for an acceptance.
type AcceptanceRequest struct {
	Kind  string    `json:"kind"`
	Round int       `json:"round"`
	On    string    `json:"on"`
	By    PersonRef `json:"by"`
}

// AcceptanceDraw are the drawn experts.
type AcceptanceDraw struct {
	No      string      `json:"no"`
	Experts []PersonRef `json:"experts"`
}

// Acceptance is a session of an acceptance group.
type Acceptance struct {
	Kind       string           `json:"kind"`
	Round      int              `json:"round"`
	On         string           `json:"on"`
	Conclusion string           `json:"conclusion"`
	DocNo      string           `json:"docNo,omitempty"`
	RectifyDue string           `json:"rectifyDue,omitempty"`
	Group      []GroupMember    `json:"group"`
	Items      []AcceptanceItem `json:"items"`
	Files      []FileRef        `json:"files"`
	By         PersonRef        `json:"by"`
}

// GroupMember of an acceptance.
type GroupMember struct {
	Name string `json:"name"`
	Org  string `json:"org"`
	Duty string `json:"duty,omitempty"`
}

// AcceptanceItem is a clause of the contract and what was found.
type AcceptanceItem struct {
	Clause string `json:"clause"`
	Result string `json:"result"`
	Note   string `json:"note,omitempty"`
}

// Extension of the time for the final acceptance.
type Extension struct {
	To        string `json:"to"`
	Reason    string `json:"reason"`
	GrantedOn string `json:"grantedOn,omitempty"`
}

// Unmet is what stands between a project and an acceptance.
type Unmet struct {
	Kind string `json:"kind"`
	Rule string `json:"rule"`
	Text string `json:"text"`
	Way  string `json:"way"`
}
