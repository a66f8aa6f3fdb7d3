package play

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Scenario is one independent case of format scenario/v1.
type Scenario struct {
	Format    string            `json:"format"`
	ID        string            `json:"id"`
	Models    []string          `json:"models"`   // names that Read knows
	Elements  []string          `json:"elements"` // kinds of the elements in the models
	Workers   map[string]Worker `json:"workers"`
	Needs     []string          `json:"needs"`
	Contested bool              `json:"contested"`
	Feature   string            `json:"feature"`
	Steps     []Step            `json:"steps"`

	Read Reader `json:"-"` // where the models are
}

// Reader reads the model of a name.
type Reader func(name string) ([]byte, error)

// Worker answers all jobs of one type.
type Worker struct {
	Action          string `json:"action"`            // complete, throw_error, publish_then_complete
	Record          string `json:"record"`            // "token": record the job's token
	After           string `json:"after"`             // answer this long after the job was created
	ErrorCodeHeader string `json:"error_code_header"` // throw_error: header that holds the code
	NameHeader      string `json:"name_header"`       // publish_then_complete
	KeyHeader       string `json:"key_header"`
}

// Step does something, or expects something.
type Step struct {
	Do     string        `json:"do"`
	Expect []Expectation `json:"expect"`

	Models   []string        `json:"models"`
	Result   string          `json:"result"`
	Instance string          `json:"instance"`
	Process  string          `json:"process"`
	Vars     json.RawMessage `json:"vars"`
	MustFail bool            `json:"must_fail"`
	Task     *Filter         `json:"task"`
	Where    *Filter         `json:"where"`
	Assignee string          `json:"assignee"`
	Type     string          `json:"type"`
	Element  string          `json:"element"`
	Retries  int             `json:"retries"`
	Message  string          `json:"message"`
	Code     string          `json:"code"`
	Name     string          `json:"name"`
	Key      string          `json:"key"`
	Starts   string          `json:"starts"`
	By       string          `json:"by"`
	To       string          `json:"to"`
}

// Filter chooses user tasks; all that is set must hold.
type Filter struct {
	ID             *string `json:"id"`
	Name           *string `json:"name"`
	Instance       *string `json:"instance"`
	Assignee       *string `json:"assignee"`
	CandidateUser  *string `json:"candidate_user"`
	CandidateGroup *string `json:"candidate_group"`
	Only           bool    `json:"only"`
}

// Expectation is one thing that must hold; exactly one of the first group is set.
type Expectation struct {
	Tasks            *[]string `json:"tasks"`
	TaskNames        *[]string `json:"task_names"`
	TaskCount        *int      `json:"task_count"`
	TaskOpen         *Filter   `json:"task_open"`
	Jobs             *[]string `json:"jobs"`
	State            *string   `json:"state"`
	InstanceCount    *int      `json:"instance_count"`
	Var              *string   `json:"var"`
	Active           *string   `json:"active"`
	Inactive         *string   `json:"inactive"`
	ActiveCount      *int      `json:"active_count"`
	Timers           *int      `json:"timers"`
	Subscriptions    *int      `json:"subscriptions"`
	Tokens           *[]string `json:"tokens"`
	Executed         *[]string `json:"executed"`
	NoIncident       *string   `json:"no_incident"`
	IncidentOrFailed *string   `json:"incident_or_failed"`

	Filter
	Of      []string        `json:"of"`
	Element *string         `json:"element"`
	Type    *string         `json:"type"`
	Process *string         `json:"process"`
	Equals  json.RawMessage `json:"equals"`
	Exists  *bool           `json:"exists"`
}

// abilities that scenarios may need; the player has all of them.
var abilities = map[string]bool{"clock": true, "timers": true, "subscriptions": true, "restart": true}

// ParseScenario reads a scenario, strictly; its models have yet to be found. With an error beside it, the scenario tells no more than what
// it is.
func ParseScenario(data []byte) (*Scenario, error) {
	s := &Scenario{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, err
	}
	if s.Format != "scenario/v1" {
		return nil, fmt.Errorf("format %q is not scenario/v1", s.Format)
	}
	for _, need := range s.Needs {
		if !abilities[need] {
			return s, fmt.Errorf("the scenario needs %q, which this runner does not have", need)
		}
	}
	var strict struct {
		Steps []Step `json:"steps"`
	}
	var steps struct {
		Steps json.RawMessage `json:"steps"`
	}
	if err := json.Unmarshal(data, &steps); err != nil {
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(append(append([]byte(`{"steps":`), steps.Steps...), '}')))
	d.DisallowUnknownFields()
	if err := d.Decode(&strict); err != nil {
		return s, fmt.Errorf("read steps: %w", err)
	}
	for i, step := range s.Steps {
		if (step.Do == "") == (step.Expect == nil) {
			return s, fmt.Errorf("step %d has not exactly one of do and expect", i+1)
		}
	}
	return s, nil
}
