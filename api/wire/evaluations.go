package wire

// Evaluations of a project, the newest first, and when its self-evaluation is due (F01).
type Evaluations struct {
	Items    []Evaluation `json:"items"`
	MayBegin bool         `json:"mayBegin"`
	Why      string       `json:"why,omitempty"` // not
	Clock    *LegalClock  `json:"clock,omitempty"`
}

// Evaluation of a year.
type Evaluation struct {
	No          string          `json:"no"`
	Year        int             `json:"year"`
	BegunBy     *PersonRef      `json:"begunBy,omitempty"`
	BegunOn     string          `json:"begunOn"`
	Indicators  []EvaluationRow `json:"indicators"`
	SelfScore   string          `json:"selfScore,omitempty"`
	ReviewScore string          `json:"reviewScore,omitempty"`
	Review      string          `json:"review,omitempty"`
	Third       string          `json:"third,omitempty"`
	ThirdScore  string          `json:"thirdScore,omitempty"`
	Score       string          `json:"score,omitempty"` // that counts
	Grade       string          `json:"grade,omitempty"`
	Use         string          `json:"use,omitempty"`     // none, stopFunds, mergeReview
	UseText     string          `json:"useText,omitempty"` // in words
	ClosedOn    string          `json:"closedOn,omitempty"`
	OpenTasks   []NextTask      `json:"openTasks"`
}

// EvaluationRow is a target, and what became of it.
type EvaluationRow struct {
	Name   string `json:"name"`
	Target string `json:"target"`
	Actual string `json:"actual"`
	Source string `json:"source"`
	Weight string `json:"weight"`
	Score  string `json:"score"`
}
