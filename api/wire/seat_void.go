package wire

import "time"

// SeatVoids are the requests of a project that the seat of an expert be void.
type SeatVoids struct {
	Items []SeatVoid `json:"items"`
}

// SeatVoid is a request that the seat of an expert be void, with what it changes and what was decided.
type SeatVoid struct {
	ID          string     `json:"id"`
	Person      *PersonRef `json:"person"`
	Reason      string     `json:"reason"`
	Evidence    []string   `json:"evidence"`
	Conclusion  string     `json:"conclusion"`            // of the group when it was asked; "": none yet
	ScoreBefore string     `json:"scoreBefore,omitempty"` // mean in points; none before the conclusion
	ScoreAfter  string     `json:"scoreAfter,omitempty"`
	Holds       bool       `json:"holds"` // the conclusion stands without him (B04)
	AskedBy     *PersonRef `json:"askedBy"`
	AskedAt     time.Time  `json:"askedAt"`
	State       string     `json:"state"` // waiting, confirmed, refused
	Decision    string     `json:"decision,omitempty"`
	DecidedBy   *PersonRef `json:"decidedBy,omitempty"`
	Note        string     `json:"note,omitempty"`
	DocNo       string     `json:"docNo,omitempty"`
	Mine        bool       `json:"mine"` // the caller may decide it
}

// SeatVoidRequest asks that the seat of an expert be void.
type SeatVoidRequest struct {
	Person   string   `json:"person"`
	Reason   string   `json:"reason"`
	Evidence []string `json:"evidence,omitempty"`
}

// SeatVoidDecision is the second person's word.
type SeatVoidDecision struct {
	Accept   bool   `json:"accept"`
	Decision string `json:"decision,omitempty"` // keep, again; "" before the conclusion
	Note     string `json:"note,omitempty"`
}
