package wire

import "time"

// FactorCode is a code of a second factor, or a recovery code.
type FactorCode struct {
	Code string `json:"code"`
}

// NewPassword replaces one's own password.
type NewPassword struct {
	Current  string `json:"current,omitempty"`
	Password string `json:"password"`
}

// Factor is one's own second factor and password, without their secrets.
type Factor struct {
	Set             bool       `json:"set"`
	Recovery        int        `json:"recovery"` // recovery codes left
	PasswordExpires *time.Time `json:"passwordExpires,omitempty"`
	Rules           Rules      `json:"rules"`
}

// Rules of a new password.
type Rules struct {
	Length  int `json:"length"`
	Classes int `json:"classes"`
	History int `json:"history"`
	Days    int `json:"days"`
}

// FactorOffer is a key for an authenticator; it counts once its first code was shown.
type FactorOffer struct {
	Key string `json:"key"`
	URI string `json:"uri"`
	QR  string `json:"qr"` // PNG as a data: address
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Codes []string `json:"codes"`
	Me    Me       `json:"me"`
}

// OwnSessions lists where a person is signed in.
type OwnSessions struct {
	Sessions []OwnSession `json:"sessions"`
}

// OwnSession is one place where a person is signed in.
type OwnSession struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"createdAt"`
	SeenAt    time.Time `json:"seenAt"`
	Remote    string    `json:"remote"`
	Agent     string    `json:"agent"`
	This      bool      `json:"this"`
}

// Because says why something is done.
type Because struct {
	Reason string `json:"reason"`
}

// NewAccount is an account to be made.
type NewAccount struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEn string `json:"nameEn,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Kind   string `json:"kind,omitempty"` // internal, external
	Mobile string `json:"mobile,omitempty"`
	IDNo   string `json:"idno,omitempty"`
	Reason string `json:"reason"`
}

// Account is a person as administrators see him, with masked numbers.
type Account struct {
	Person
	State    string     `json:"state"` // inactive, active, left
	Kind     string     `json:"kind"`  // internal, external
	Unit     string     `json:"unit,omitempty"`
	UnitName string     `json:"unitName,omitempty"`
	Mobile   string     `json:"mobile,omitempty"`
	IDNo     string     `json:"idno,omitempty"`
	Locked   int        `json:"locked"` // addresses that are locked
	Factor   bool       `json:"factor"` // a second factor is set up
	May      []Held     `json:"may"`    // by post
	Code     string     `json:"code,omitempty"`
	CodeEnds *time.Time `json:"codeEnds,omitempty"`
}

// Held is what a post gives, and the request that it was granted by.
type Held struct {
	Post        string   `json:"post"`
	Request     string   `json:"request,omitempty"`
	Permissions []string `json:"permissions"`
}

// AccountPage is a page of accounts.
type AccountPage struct {
	Items []Account `json:"items"`
	Next  string    `json:"next,omitempty"`
}

// Policies are the parameters of signing in.
type Policies struct {
	Parameters []Parameter `json:"parameters"`
}

// Parameter of signing in.
type Parameter struct {
	Name      string     `json:"name"`
	Title     string     `json:"title"`
	Kind      string     `json:"kind"` // number, roles, networks
	Value     string     `json:"value"`
	Default   string     `json:"default"`
	Min       int        `json:"min,omitempty"`
	Max       int        `json:"max,omitempty"`
	ChangedBy string     `json:"changedBy,omitempty"`
	ChangedAt *time.Time `json:"changedAt,omitempty"`
}

// PolicyChange sets parameters, all or none.
type PolicyChange struct {
	Values map[string]string `json:"values"`
	Reason string            `json:"reason"`
}

// PermissionSets are what the roles may.
type PermissionSets struct {
	Sets []PermissionSet `json:"sets"`
}

// PermissionSet is what a role may: a shipped one, or a county's own over shipped ones.
type PermissionSet struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	NameEn      string   `json:"nameEn,omitempty"`
	Shipped     bool     `json:"shipped"`
	Bases       []string `json:"bases"`
	Permissions []string `json:"permissions"`
	ChangedBy   string   `json:"changedBy,omitempty"`
}

// PermissionSetChange makes or changes a county's own role.
type PermissionSetChange struct {
	Name   string   `json:"name"`
	NameEn string   `json:"nameEn,omitempty"`
	Bases  []string `json:"bases"`
	Reason string   `json:"reason"`
}

// GrantReview is the list of a week's changes of accounts, posts and policies.
type GrantReview struct {
	Week     string        `json:"week"`
	Entries  []ReviewEntry `json:"entries"`
	Digest   string        `json:"digest"`
	SignedBy string        `json:"signedBy,omitempty"`
	SignedAt *time.Time    `json:"signedAt,omitempty"`
	Remark   string        `json:"remark,omitempty"`
	Changed  bool          `json:"changed,omitempty"` // the list is not the one that was signed
}

// ReviewEntry is one change.
type ReviewEntry struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Object string    `json:"object"`
	Hash   string    `json:"hash"`
}

// ReviewSigned signs the list that was shown.
type ReviewSigned struct {
	Digest string `json:"digest"`
	Remark string `json:"remark"`
}

// Providers are the houses that vouch for people.
type Providers struct {
	Providers []ProviderButton `json:"providers"`
}

// ProviderButton leads to a provider.
type ProviderButton struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// OwnLinks are the providers, and which of them know the person.
type OwnLinks struct {
	Links []OwnLink `json:"links"`
}

// OwnLink is one of them.
type OwnLink struct {
	ID    string     `json:"id"`
	Name  string     `json:"name"`
	Since *time.Time `json:"since,omitempty"` // absent: not linked
}

// LinkOffer says where to go to be linked.
type LinkOffer struct {
	Location string `json:"location"`
}
