package wire

import "time"

// Draws are the record of a project's draws.
type Draws struct {
	Items []Draw `json:"items"`
}

// Draw of experts: how it went, without a name; seed and list once the review is concluded.
type Draw struct {
	No         string         `json:"no"`
	At         time.Time      `json:"at"`
	Operator   *PersonRef     `json:"operator,omitempty"`
	Supervisor *PersonRef     `json:"supervisor,omitempty"`
	ListDigest string         `json:"listDigest"` // SM3 of the list as JSON
	SeedDigest string         `json:"seedDigest"` // SM3 of the seed
	Listed     int            `json:"listed"`
	Avoided    map[string]int `json:"avoided"` // persons kept out, by reason
	Plan       []string       `json:"plan"`    // specialty of each seat, "" any
	Round      int            `json:"round"`
	Seats      []DrawSeat     `json:"seats"`
	Whole      bool           `json:"whole"` // computed again it gives the same seats

	Seed   string          `json:"seed,omitempty"`
	Number string          `json:"number,omitempty"`
	Nonce  string          `json:"nonce,omitempty"`
	List   []DrawCandidate `json:"list,omitempty"`
}

// DrawSeat is a seat by code.
type DrawSeat struct {
	Round     int    `json:"round"`
	Specialty string `json:"specialty"`
	Code      string `json:"code"`
	Order     string `json:"order"`  // SM3(seed + specialty-code)
	Answer    string `json:"answer"` // waiting, accepted, declined, lapsed, conflict
}

// DrawCandidate is a person of the list.
type DrawCandidate struct {
	Code        string   `json:"code"`
	Person      string   `json:"person"`
	Unit        string   `json:"unit"`
	Specialties []string `json:"specialties"`
}

// Experts are those of the pool.
type Experts struct {
	Items []Expert `json:"items"`
}

// Expert of the pool.
type Expert struct {
	Person       *PersonRef       `json:"person"`
	Specialties  []string         `json:"specialties"`
	Employers    []ExpertEmployer `json:"employers"`
	BlockedUntil string           `json:"blockedUntil,omitempty"`
	BlockedWhy   string           `json:"blockedWhy,omitempty"`
	Drawable     bool             `json:"drawable"` // his history is filled in
}

// ExpertInput is an expert on his way in.
type ExpertInput struct {
	Specialties  []string         `json:"specialties"`
	Employers    []ExpertEmployer `json:"employers"`
	BlockedUntil string           `json:"blockedUntil,omitempty"`
	BlockedWhy   string           `json:"blockedWhy,omitempty"`
}

// ExpertEmployer is an organisation with which an expert has a tie.
type ExpertEmployer struct {
	OrgName  string `json:"orgName"`
	Uscc     string `json:"uscc,omitempty"`
	Tie      string `json:"tie"` // employed, consultant, shareholder, director, relative
	FromYear int    `json:"fromYear"`
	ToYear   *int   `json:"toYear,omitempty"` // none: to this day
}
