package process

import "slices"

// Overdue is a task whose time is over, and of which the model says what happens then.
type Overdue struct {
	Task int64 `json:"task"`
}

// usualLate are the words of a model by which nothing happens when a task is late
// but what always does.
var usualLate = []string{"", "remind"}

// ActsLate reports whether something happens to the task itself when its time is over.
func (d TaskDetail) ActsLate() bool { return !slices.Contains(usualLate, d.Late) }
