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
