package wire

import "time"

// SignIn asks for a session; a demo person needs no password on a dev server.
type SignIn struct {
	Person   string `json:"person"`
	Password string `json:"password,omitempty"`
}

// Session is a signed-in person's.
type Session struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expiresAt"`
	Me        Me        `json:"me"`
}

// Me is the signed-in person and what he may do.
type Me struct {
	Person      Person    `json:"person"`
	Permissions []string  `json:"permissions"`
	Counts      Counts    `json:"counts"`
	Dev         bool      `json:"dev"`
	Pending     []string  `json:"pending,omitempty"` // steps of the sign-in that are still open
	Now         time.Time `json:"now"`
}

// Counts are exact up to 99; 100 means more.
type Counts struct {
	Mine      int `json:"mine"`
	Claimable int `json:"claimable"`
	Overdue   int `json:"overdue"`
	Unread    int `json:"unread"` // notifications
	// of them those that ask the person to do something
	UnreadAsks int  `json:"unreadAsks"`
	Incidents  *int `json:"incidents,omitempty"`
	Parked     *int `json:"parked,omitempty"`
	Held       *int `json:"held,omitempty"`          // events of partners that wait for an earlier one
	Gaps       *int `json:"gaps,omitempty"`          // gaps in partners' streams that were given up
	Stuck      *int `json:"stuck,omitempty"`         // cases that nothing can move any more
	Confirm    *int `json:"confirmations,omitempty"` // what waits for the person's word as the second one
}

// Person of the directory.
type Person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Demo  bool   `json:"demo,omitempty"`
	Posts []Post `json:"posts"`
}

// Post is a role in a department.
type Post struct {
	ID       string `json:"id"` // ROLE@DEPT
	Role     string `json:"role"`
	RoleName string `json:"roleName"`
	Dept     string `json:"dept"`
	DeptName string `json:"deptName"`
	Title    string `json:"title,omitempty"`
	Primary  bool   `json:"primary,omitempty"`
}

// People is a list of them.
type People struct {
	People []Person `json:"people"`
}

// PersonRef names a person (or a post, when nobody holds the thing yet).
type PersonRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Post string `json:"post,omitempty"`
}

// Code is an entry of a code list.
type Code struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	NameEn string `json:"nameEn,omitempty"`
}

// Department of the reference lists.
type Department struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Short string `json:"short,omitempty"`
}

// Capability of the city brain that a project can reuse.
type Capability struct {
	Code          string `json:"code"`
	Name          string `json:"name"`
	Status        string `json:"status"`
	CommittedDate string `json:"committedDate,omitempty"`
}

// Reference is what forms choose from.
type Reference struct {
	Departments    []Department `json:"departments"`
	ProjectTypes   []Code       `json:"projectTypes"`
	LineCategories []Code       `json:"lineCategories"`
	CutReasons     []Code       `json:"cutReasons"`
	Capabilities   []Capability `json:"capabilities"`
	DocumentKinds  []Code       `json:"documentKinds"`
	RootCauses     []Code       `json:"rootCauses"`
	Stages         []Code       `json:"stages"`
	FundSources    []Code       `json:"fundSources"`
	EventTypes     []Code       `json:"eventTypes"`
}
