package wire

import "time"

// Archive is what is kept of an archived project, with what came after the hand-over.
type Archive struct {
	Records     []ArchiveRecord     `json:"records"`
	Corrections []ArchiveCorrection `json:"corrections"`
	Holds       []ArchiveHold       `json:"holds"`
	MayCorrect  bool                `json:"mayCorrect"`
}

// ArchiveRecord is a record as it was handed over.
type ArchiveRecord struct {
	No       int    `json:"no"`
	Stage    string `json:"stage"`
	Category string `json:"category"`
	Title    string `json:"title"`
	DocNo    string `json:"docNo,omitempty"`
}

// ArchiveCorrection is a version after the hand-over.
type ArchiveCorrection struct {
	Version   int        `json:"version"`
	Item      int        `json:"item"`
	Title     string     `json:"title"`
	Note      string     `json:"note"`
	Documents []string   `json:"documents"`
	State     string     `json:"state"` // waiting, accepted, refused
	OldDigest string     `json:"oldDigest"`
	NewDigest string     `json:"newDigest"`
	AskedBy   PersonRef  `json:"askedBy"`
	AskedAt   time.Time  `json:"askedAt"`
	DecidedBy *PersonRef `json:"decidedBy,omitempty"`
	DecidedAt *time.Time `json:"decidedAt,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	MayDecide bool       `json:"mayDecide"`
}

// ArchiveCorrectionInput asks for one.
type ArchiveCorrectionInput struct {
	Item      int      `json:"item"`
	Title     string   `json:"title"`
	Note      string   `json:"note"`
	Documents []string `json:"documents"`
}

// ArchiveHold keeps an archive as it is.
type ArchiveHold struct {
	ID        string     `json:"id"`
	Basis     string     `json:"basis"`
	Reason    string     `json:"reason"`
	PlacedBy  PersonRef  `json:"placedBy"`
	PlacedAt  time.Time  `json:"placedAt"`
	LiftedBy  *PersonRef `json:"liftedBy,omitempty"`
	LiftedAt  *time.Time `json:"liftedAt,omitempty"`
	LiftedWhy string     `json:"liftedWhy,omitempty"`
	MayLift   bool       `json:"mayLift"`
}

// ArchiveHoldInput places one.
type ArchiveHoldInput struct {
	Basis  string `json:"basis"`
	Reason string `json:"reason"`
}
