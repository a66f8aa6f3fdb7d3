package wire

import "time"

// ServiceItem is a service item (事项) at one of its versions.
type ServiceItem struct {
	Code         string        `json:"code"`
	Version      int           `json:"version"`
	Name         string        `json:"name"`
	Unit         string        `json:"unit"`
	UnitName     string        `json:"unitName"`
	Kind         string        `json:"kind"`
	LegalDays    int           `json:"legalDays"`
	PromisedDays int           `json:"promisedDays"`
	Instant      bool          `json:"instant"`
	Materials    []string      `json:"materials"`
	Steps        []string      `json:"steps"`
	Visits       int           `json:"visits"`
	GuideVersion string        `json:"guideVersion,omitempty"`
	GuideURL     string        `json:"guideUrl,omitempty"`
	ValidFrom    string        `json:"validFrom"`
	ValidTo      string        `json:"validTo,omitempty"`
	RecordedAt   time.Time     `json:"recordedAt"`
	By           *PersonRef    `json:"by,omitempty"`
	Reason       string        `json:"reason,omitempty"`
	History      []ServiceItem `json:"history,omitempty"`
}

// ServiceItemInput is the next version of an item; Version is the one that was seen, 0 of a new item.
type ServiceItemInput struct {
	Version      int      `json:"version"`
	Name         string   `json:"name"`
	Unit         string   `json:"unit"`
	Kind         string   `json:"kind"`
	LegalDays    int      `json:"legalDays"`
	PromisedDays int      `json:"promisedDays"`
	Instant      bool     `json:"instant,omitempty"`
	Materials    []string `json:"materials,omitempty"`
	Steps        []string `json:"steps,omitempty"`
	Visits       int      `json:"visits,omitempty"`
	GuideVersion string   `json:"guideVersion,omitempty"`
	GuideURL     string   `json:"guideUrl,omitempty"`
	ValidFrom    string   `json:"validFrom"`
	ValidTo      string   `json:"validTo,omitempty"`
	Reason       string   `json:"reason,omitempty"`
}

// ServiceItemPage is a page of items, by code.
type ServiceItemPage struct {
	Items []ServiceItem `json:"items"`
	Next  string        `json:"next,omitempty"`
}

// Shares of the licence items on a day.
type Shares struct {
	On      string  `json:"on"`
	Figures []Share `json:"figures"`
}

// Share is a percentage with what it is made of.
type Share struct {
	ID          string `json:"id"`
	Value       string `json:"value,omitempty"`
	Numerator   int64  `json:"numerator"`
	Denominator int64  `json:"denominator"`
	Rows        string `json:"rows"`
}

// Campaign of walks.
type Campaign struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	StartsOn    string            `json:"startsOn"`
	EndsOn      string            `json:"endsOn"`
	Goal        string            `json:"goal,omitempty"`
	State       string            `json:"state"` // RUNNING, CLOSED
	LateDays    int               `json:"lateDays"`
	Substitutes int               `json:"substitutes"` // percent that others may walk
	UrgeAfter   int               `json:"urgeAfter"`
	Summary     string            `json:"summary,omitempty"`
	InstanceKey string            `json:"instanceKey,omitempty"`
	Total       *CampaignProgress `json:"total,omitempty"`
	Units       []CampaignUnit    `json:"units,omitempty"`
	MayOrganise bool              `json:"mayOrganise"`
}

// CampaignCounts are what is counted of a unit, and summed over units.
type CampaignCounts struct {
	Planned      int    `json:"planned"`
	Walked       int    `json:"walked"`
	Walks        int    `json:"walks"`
	Late         int    `json:"late"`
	Substitutes  int    `json:"substitutes"`
	Found        int    `json:"found"`
	Rectified    int    `json:"rectified"`
	Referred     int    `json:"referred"`
	Open         int    `json:"open"`
	MaterialsCut int    `json:"materialsCut"`
	StepsCut     int    `json:"stepsCut"`
	DaysCut      string `json:"daysCut"`
}

// CampaignProgress are the sums of units.
type CampaignProgress struct {
	CampaignCounts
	Units       int `json:"units"`
	UnitsWalked int `json:"unitsWalked"`
	Complete    int `json:"complete"`
}

// CampaignUnit is how far a unit is, and what is to be asked of it.
type CampaignUnit struct {
	CampaignCounts
	Unit           string `json:"unit"`
	Name           string `json:"name"`
	ListState      string `json:"listState"` // OPEN, SUBMITTED, APPROVED
	Complete       bool   `json:"complete"`
	CompletedOn    string `json:"completedOn,omitempty"`
	Behind         bool   `json:"behind"`       // not in time at this pace
	TooManySubst   bool   `json:"tooManySubst"` // W04
	NothingFound   bool   `json:"nothingFound"` // R09
	ExpectedOn     string `json:"expectedOn,omitempty"`
	WorkdaysBehind int    `json:"workdaysBehind"`
	SecondLook     string `json:"secondLook,omitempty"`
}

// CampaignList of campaigns, the newest first.
type CampaignList struct {
	Items []Campaign `json:"items"`
}

// CampaignInput begins a campaign.
type CampaignInput struct {
	Name         string   `json:"name"`
	StartsOn     string   `json:"startsOn"`
	EndsOn       string   `json:"endsOn"`
	Goal         string   `json:"goal,omitempty"`
	LateDays     *int     `json:"lateDays,omitempty"`
	Substitutes  *int     `json:"substitutes,omitempty"`
	UrgeAfter    *int     `json:"urgeAfter,omitempty"`
	Units        []string `json:"units"`
	BusinessDate string   `json:"businessDate,omitempty"`
}

// CampaignItem that a unit has planned, with the public guide.
type CampaignItem struct {
	ID           string   `json:"id"`
	Unit         string   `json:"unit"`
	Item         string   `json:"item"`
	Name         string   `json:"name"`
	Version      int      `json:"version"`
	Materials    []string `json:"materials"`
	Steps        []string `json:"steps"`
	Visits       int      `json:"visits"`
	LegalDays    int      `json:"legalDays"`
	PromisedDays int      `json:"promisedDays"`
	GuideVersion string   `json:"guideVersion,omitempty"`
	BookedOn     string   `json:"bookedOn,omitempty"`
	BookedFor    string   `json:"bookedFor,omitempty"`
	Walked       bool     `json:"walked"`
	Dropped      string   `json:"dropped,omitempty"`
	Ended        string   `json:"ended,omitempty"` // day on which the service ended
}

// CampaignItemPage is a page of a unit's list.
type CampaignItemPage struct {
	Items []CampaignItem `json:"items"`
	Next  string         `json:"next,omitempty"`
}

// CampaignItemsInput makes a unit's list.
type CampaignItemsInput struct {
	Items  []string `json:"items"` // codes
	Reason string   `json:"reason,omitempty"`
}

// CampaignItemAct books or drops an item, or notes a second look.
type CampaignItemAct struct {
	On     string `json:"on,omitempty"`
	Person string `json:"person,omitempty"`
	Reason string `json:"reason,omitempty"`
	Found  string `json:"found,omitempty"`
}

// WalkInput is a walk as it is handed in.
type WalkInput struct {
	Campaign     string      `json:"campaign"`
	Item         string      `json:"item"` // code
	Role         string      `json:"role"`
	Channel      string      `json:"channel"`
	On           string      `json:"on"`
	Steps        []WalkStep  `json:"steps"`
	GuideVersion string      `json:"guideVersion,omitempty"`
	Result       string      `json:"result"`
	TicketNo     string      `json:"ticketNo,omitempty"`
	Proof        []string    `json:"proof,omitempty"`
	NoIssue      string      `json:"noIssue,omitempty"`
	Issues       []WalkIssue `json:"issues,omitempty"`
	WhyNot       string      `json:"whyNot,omitempty"`
	Post         string      `json:"post,omitempty"`
	BusinessDate string      `json:"businessDate,omitempty"`
}

// WalkStep as it went.
type WalkStep struct {
	Name        string   `json:"name"`
	WaitMinutes int      `json:"waitMinutes"`
	Materials   []string `json:"materials,omitempty"`
	Visits      int      `json:"visits,omitempty"`
}

// WalkIssue that a walk has found.
type WalkIssue struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	Kind        string `json:"kind"` // code of rootCauses
	Severity    string `json:"severity"`
	OwnerUnit   string `json:"ownerUnit"`
}

// Walk that was recorded.
type Walk struct {
	ID           string     `json:"id"`
	Campaign     string     `json:"campaign"`
	Unit         string     `json:"unit"`
	UnitName     string     `json:"unitName"`
	Item         string     `json:"item"`
	ItemName     string     `json:"itemName"`
	Walker       PersonRef  `json:"walker"`
	IsDirector   bool       `json:"isDirector"`
	WhyNot       string     `json:"whyNot,omitempty"`
	Role         string     `json:"role"`
	Channel      string     `json:"channel"`
	On           string     `json:"on"`
	Steps        []WalkStep `json:"steps"`
	Minutes      int        `json:"minutes"`
	Visits       int        `json:"visits"`
	GuideVersion string     `json:"guideVersion,omitempty"`
	Extra        []string   `json:"extra"`
	ExtraSteps   int        `json:"extraSteps"`
	ExtraVisits  int        `json:"extraVisits"`
	Result       string     `json:"result"`
	TicketNo     string     `json:"ticketNo,omitempty"`
	Proof        []string   `json:"proof"`
	NoIssue      string     `json:"noIssue,omitempty"`
	Issues       []string   `json:"issues"` // numbers of rectifications
	Counted      bool       `json:"counted"`
	DueOn        string     `json:"dueOn"`
	Late         bool       `json:"late"`
	RecordedOn   string     `json:"recordedOn"`
	RecordedAt   time.Time  `json:"recordedAt"`
	Backfilled   bool       `json:"backfilled"`
	Paper        string     `json:"paper,omitempty"` // the record as a numbered paper
}

// WalkPage is a page of walks, the newest first.
type WalkPage struct {
	Items []Walk `json:"items"`
	Next  string `json:"next,omitempty"`
}

// CampaignIssue is an issue that a walk has found.
type CampaignIssue struct {
	No           string `json:"no"`
	Unit         string `json:"unit"`
	UnitName     string `json:"unitName"`
	Walk         string `json:"walk"`
	Kind         string `json:"kind"`
	Title        string `json:"title"`
	OwnerUnit    string `json:"ownerUnit"`
	State        string `json:"state"`
	FoundOn      string `json:"foundOn"`
	ClosedOn     string `json:"closedOn,omitempty"`
	MaterialsCut int    `json:"materialsCut"`
	StepsCut     int    `json:"stepsCut"`
	DaysCut      string `json:"daysCut"`
}

// CampaignIssues of a campaign or a unit.
type CampaignIssues struct {
	Items []CampaignIssue `json:"items"`
}

// Bulletin of a campaign.
type Bulletin struct {
	No    int            `json:"no"`
	On    string         `json:"on"`
	At    time.Time      `json:"at"`
	Units []CampaignUnit `json:"units"`
}

// Bulletins of a campaign, the newest first.
type Bulletins struct {
	Items []Bulletin `json:"items"`
}

// CapabilityRow is a capability of the city brain, as the catalogue shows it.
type CapabilityRow struct {
	Code        string `json:"code"`
	Name        string `json:"name"`
	NameEn      string `json:"nameEn,omitempty"`
	Status      string `json:"status"`
	CommittedOn string `json:"committedOn,omitempty"`
	Owner       string `json:"owner,omitempty"`
	OwnerName   string `json:"ownerName,omitempty"`
	Interface   string `json:"interface,omitempty"`
	ReuseCount  int    `json:"reuseCount"`
}

// CapabilityInput is a capability as it should be.
type CapabilityInput struct {
	Name        string `json:"name"`
	NameEn      string `json:"nameEn,omitempty"`
	Status      string `json:"status"`
	CommittedOn string `json:"committedOn,omitempty"`
	Owner       string `json:"owner,omitempty"`
	Interface   string `json:"interface,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

// CapabilityList is the catalogue, by code.
type CapabilityList struct {
	Items []CapabilityRow `json:"items"`
}
