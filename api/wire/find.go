package wire

import "time"

// SearchResult is what was found, by kind.
type SearchResult struct {
	Query  string        `json:"query"`
	Words  []string      `json:"words"` // as they were looked for; to be marked in titles
	Groups []SearchGroup `json:"groups"`
	Exact  *SearchHit    `json:"exact,omitempty"` // bears exactly this number
	Meant  []SearchHit   `json:"meant,omitempty"` // nothing found: perhaps these were meant
	Hint   string        `json:"hint,omitempty"`  // why nothing was looked for
}

// SearchGroup is a page of the hits of one kind.
type SearchGroup struct {
	Kind  string      `json:"kind"`
	Name  string      `json:"name"`
	Count int         `json:"count"`          // up to 99
	More  bool        `json:"more,omitempty"` // there are more than Count
	Next  string      `json:"next,omitempty"`
	Items []SearchHit `json:"items"`
}

// SearchHit is one thing.
type SearchHit struct {
	Kind     string `json:"kind"` // project, task, matter, document, rectification, item, person
	Key      string `json:"key"`
	No       string `json:"no,omitempty"`
	Title    string `json:"title"`
	Note     string `json:"note,omitempty"` // stage, state, or what else tells it from others
	Dept     string `json:"dept,omitempty"`
	DeptName string `json:"deptName,omitempty"`
	Project  string `json:"project,omitempty"`
	Due      *Due   `json:"due,omitempty"`
}

// SavedView is a group of filters of a list that the person keeps.
type SavedView struct {
	ID      string    `json:"id"`
	Page    string    `json:"page"`
	Name    string    `json:"name"`
	Query   string    `json:"query"`
	SavedAt time.Time `json:"savedAt"`
}

// SavedViews are those of one list, by name.
type SavedViews struct {
	Items []SavedView `json:"items"`
}

// SavedViewInput keeps one; of the same name it replaces the former.
type SavedViewInput struct {
	Page  string `json:"page"`
	Name  string `json:"name"`
	Query string `json:"query"`
}
