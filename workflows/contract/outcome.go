package contract

import (
	"encoding/json"
	"fmt"
)

// UnmarshalJSON reads an outcome, also one that a release up to 6b780a7 stored:
// in place of keys it has the answer of that day, of which the keys are taken.
// Outcomes are kept as long as their cases.
func (o *Outcome) UnmarshalJSON(raw []byte) error {
	type stored Outcome // without this method
	var s struct {
		stored
		Answer *struct {
			Task  *former  `json:"task"`
			Tasks []former `json:"nextTasks"`
		} `json:"answer"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("read an outcome: %w", err)
	}
	*o = Outcome(s.stored)
	if s.Answer == nil {
		return nil
	}
	if s.Answer.Task != nil {
		o.Task = s.Answer.Task.Key
	}
	for _, t := range s.Answer.Tasks {
		o.Opened = append(o.Opened, t.Key)
	}
	return nil
}

// former is a task in a former answer.
type former struct {
	Key int64 `json:"key,string"`
}
