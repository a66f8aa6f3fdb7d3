package office

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/audit"
)

// RequestChain is the audit chain of requests and of what they change in the organisation.
const RequestChain = "r:organisation"

// GrantRequest is what somebody asks for and others release, part by part: nothing
// of a part is written before (domain/compliance.md §2).
type GrantRequest struct {
	ID      int64 `gorm:"primaryKey"`
	Kind    string
	Body    models.JSON // what is asked for, without personal numbers
	Sealed  []byte      // rows of an import, encrypted; nil once it is decided
	KeyID   string      // of the key that sealed them
	Digest  string      // SHA-256 of what is asked for
	Reason  string
	AskedBy string
	AskedAt time.Time
	State   string
	Parts   []GrantPart `gorm:"foreignKey:Request;references:ID"`
}

// GrantPart is a part of a request that holders of one role decide.
type GrantPart struct {
	Request   int64  `gorm:"primaryKey"`
	Part      string `gorm:"primaryKey"`
	Ord       int    // parts are released in this order
	Needs     string // role that decides it
	State     string
	DecidedBy string
	DecidedAt *time.Time
	Reason    string
}

// TableName of the entity.
func (GrantRequest) TableName() string { return "grant_request" }

// TableName of the entity.
func (GrantPart) TableName() string { return "grant_part" }

// States of a request and of its parts.
const (
	RequestOpen    = "open"
	RequestGranted = "granted"
	RequestRefused = "refused"
)

// The parts of requests.
const (
	PartAccounts = "accounts" // units and accounts, inactive: released by the system administrator
	PartPosts    = "posts"    // posts: granted by the security administrator
)

// Release writes a part of a request that has been granted.
type Release func(tx *gorm.DB, a models.Acting, r *GrantRequest, c Cipher) (any, error)

// RequestKind says of what parts a request consists, and whom it benefits.
type RequestKind struct {
	Parts    []PartKind
	Benefits func(r GrantRequest) []string // persons who may not decide it; nil: nobody in particular
}

// PartKind is a part in a kind of requests.
type PartKind struct {
	Name    string
	Needs   string // role
	Release Release
}

var requestKinds = map[string]RequestKind{}

// RegisterRequests takes a kind of requests in when the program starts.
func RegisterRequests(kind string, k RequestKind) bool {
	if _, twice := requestKinds[kind]; twice {
		panic("office: requests " + kind + " are there twice")
	}
	requestKinds[kind] = k
	return true
}

// Ask stores a request and its parts; what it asks for changes nothing yet.
func Ask(tx *gorm.DB, a models.Acting, kind string, body any, sealed []byte, key string) (GrantRequest, error) {
	k, known := requestKinds[kind]
	if !known {
		return GrantRequest{}, fmt.Errorf("office: no requests of kind %q", kind)
	}
	raw := models.JSONOf(body)
	r := GrantRequest{
		Kind: kind, Body: raw, Sealed: sealed, KeyID: key, Digest: digestOf(raw, sealed), Reason: a.Reason, AskedBy: a.Person,
		AskedAt: models.Stamp(a.At), State: RequestOpen,
	}
	if err := tx.Omit("Parts").Create(&r).Error; err != nil {
		return r, fmt.Errorf("request %s: %w", kind, err)
	}
	for i, p := range k.Parts {
		r.Parts = append(r.Parts, GrantPart{Request: r.ID, Part: p.Name, Ord: i, Needs: p.Needs, State: RequestOpen})
	}
	if err := tx.Create(&r.Parts).Error; err != nil {
		return r, fmt.Errorf("parts of request %d: %w", r.ID, err)
	}
	return r, audit.Audit(
		tx, RequestChain, a,
		audit.AuditEntry{
			Action: "request.ask", Subject: r.subject(), Digest: r.Digest, Detail: models.JSONOf(map[string]string{"kind": kind}),
		},
	)
}

func (r GrantRequest) subject() string { return "request:" + strconv.FormatInt(r.ID, 10) }

func digestOf(body, sealed []byte) string {
	h := sha256.New()
	_, _ = h.Write(body)
	_, _ = h.Write([]byte{0})
	_, _ = h.Write(sealed)
	return hex.EncodeToString(h.Sum(nil))
}

// FindRequest is a request with its parts; gorm.ErrRecordNotFound when there is none.
func FindRequest(tx *gorm.DB, id int64) (GrantRequest, error) {
	var r GrantRequest
	err := tx.Preload("Parts", func(q *gorm.DB) *gorm.DB { return q.Order("ord") }).Where("id = ?", id).Take(&r).Error
	return r, err
}

// Next is the part that waits for a decision; nil when all are decided.
func (r GrantRequest) Next() *GrantPart {
	if r.State != RequestOpen {
		return nil
	}
	i := slices.IndexFunc(r.Parts, func(p GrantPart) bool { return p.State == RequestOpen })
	if i < 0 {
		return nil
	}
	return &r.Parts[i]
}

// Decide grants or refuses the part that waits. What is granted is written at once;
// a refusal ends the request, and what was released before stays. The result is
// what the release has to tell, such as one-time codes, once.
func Decide(tx *gorm.DB, a models.Acting, id int64, grant bool, c Cipher) (GrantRequest, any, error) {
	r, err := lockRequest(tx, id)
	if err != nil {
		return r, nil, err
	}
	part := r.Next()
	switch {
	case part == nil && slices.ContainsFunc(r.Parts, func(p GrantPart) bool { return a.HasRole(p.Needs) }):
		return r, nil, models.Refuse("request-decided")
	case part == nil: // whoever decides none of it learns nothing of it
		return r, nil, models.Refuse("not-the-decider", "role", r.Parts[len(r.Parts)-1].Needs)
	case !a.HasRole(part.Needs):
		return r, nil, models.Refuse("not-the-decider", "role", part.Needs)
	case r.benefits(a.Person):
		return r, nil, models.Refuse("own-grant")
	}
	at := models.Stamp(a.At)
	part.DecidedBy, part.DecidedAt, part.Reason, part.State = a.Person, &at, a.Reason, RequestRefused
	var told any
	if grant {
		part.State = RequestGranted
		if told, err = r.release(tx, a, part.Part, c); err != nil {
			return r, nil, err
		}
	}
	if err := tx.Save(part).Error; err != nil {
		return r, nil, fmt.Errorf("part %s of request %d: %w", part.Part, id, err)
	}
	if !grant {
		r.State = RequestRefused
	} else if r.Next() == nil {
		r.State = RequestGranted
	}
	if r.State != RequestOpen {
		r.Sealed, r.KeyID = nil, ""
	}
	if err := tx.Omit("Parts").Save(&r).Error; err != nil {
		return r, nil, fmt.Errorf("request %d: %w", id, err)
	}
	action := map[bool]string{true: "request.grant", false: "request.refuse"}[grant]
	return r, told, audit.Audit(
		tx, RequestChain, a,
		audit.AuditEntry{
			Action: action, Subject: r.subject(), Digest: r.Digest,
			Detail: models.JSONOf(map[string]string{"kind": r.Kind, "part": part.Part}),
		},
	)
}

func lockRequest(tx *gorm.DB, id int64) (GrantRequest, error) {
	var r GrantRequest
	err := tx.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return r, models.Refuse("not-found")
	}
	if err != nil {
		return r, fmt.Errorf("request %d: %w", id, err)
	}
	if err := tx.Where("request = ?", id).Order("ord").Find(&r.Parts).Error; err != nil {
		return r, fmt.Errorf("parts of request %d: %w", id, err)
	}
	return r, nil
}

func (r GrantRequest) benefits(person string) bool {
	k := requestKinds[r.Kind]
	return k.Benefits != nil && slices.Contains(k.Benefits(r), person)
}

func (r *GrantRequest) release(tx *gorm.DB, a models.Acting, part string, c Cipher) (any, error) {
	for _, p := range requestKinds[r.Kind].Parts {
		if p.Name == part {
			return p.Release(tx, a, r, c)
		}
	}
	return nil, fmt.Errorf("office: requests %s have no part %q", r.Kind, part)
}
