package wire

import "time"

// Paper is a numbered paper of the house.
type Paper struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind"` // of the template
	Name        string     `json:"name"`
	NameEn      string     `json:"nameEn"`
	Number      string     `json:"number"`
	Title       string     `json:"title"`
	Date        string     `json:"date"`
	Issuer      string     `json:"issuer"`
	To          string     `json:"to,omitempty"`
	Cc          []string   `json:"cc"`
	Project     string     `json:"project,omitempty"`
	ProjectName string     `json:"projectName,omitempty"`
	By          *PersonRef `json:"by,omitempty"`
	At          time.Time  `json:"at"`
	Digest      string     `json:"digest"`
	Template    string     `json:"templateDigest"`
	SignedBy    string     `json:"signedBy,omitempty"` // key of the house
	Signature   string     `json:"signature"`          // valid, invalid, unknown-key, none
	Verify      string     `json:"verify"`             // path of the public page
	Retention   string     `json:"retention,omitempty"`
	Formats     []string   `json:"formats"`
	Void        *PaperVoid `json:"void,omitempty"`
	Asked       *PaperVoid `json:"voidAsked,omitempty"`
	MayVoid     bool       `json:"mayVoid"`
}

// PaperVoid says why a paper is void, or ought to be.
type PaperVoid struct {
	On         string     `json:"on,omitempty"`
	Reason     string     `json:"reason"`
	By         *PersonRef `json:"by,omitempty"`
	AskedBy    *PersonRef `json:"askedBy,omitempty"`
	ReplacedBy string     `json:"replacedBy,omitempty"`
	Number     string     `json:"number,omitempty"` // of what holds instead
}

// VoidRequest asks that a paper be void, or confirms it.
type VoidRequest struct {
	Reason     string `json:"reason"`
	ReplacedBy string `json:"replacedBy"`
	Confirm    bool   `json:"confirm"`
}

// PaperVerification is all that the public learns of a paper.
type PaperVerification struct {
	Kind   string `json:"kind"`
	Number string `json:"number"`
	Date   string `json:"date"`
	Issuer string `json:"issuer"`
	State  string `json:"state"` // 有效, 作废, 存疑
	Valid  bool   `json:"valid"`
}
