// Package webhook is the Standard Webhooks envelope that partners and we use in
// both directions: three headers over the raw body.
//
// Signed content is "{webhook-id}.{webhook-timestamp}.{body}"; a signature is
// "v1,<base64 of HMAC-SHA256>". The header may hold several, separated by
// blanks, and several keys may be valid at once while they rotate. Unknown
// versions (v1sm2) are passed over.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The header names of the envelope.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// Tolerance is how far the sender's clock may be from ours.
const Tolerance = 300 * time.Second

// MinKey is the shortest key allowed, in bytes.
const MinKey = 32

const secretPrefix = "whsec_"

// The reasons why a message is not believed.
var (
	ErrHeaders   = errors.New("webhook: header missing or malformed")
	ErrTimestamp = errors.New("webhook: timestamp too far from now")
	ErrSignature = errors.New("webhook: no valid signature")
)

// Key is a shared secret of at least MinKey bytes.
type Key []byte

// NewKey makes a random key.
func NewKey() Key {
	k := make(Key, MinKey)
	_, _ = rand.Read(k) // never fails since Go 1.24
	return k
}

// ParseKey reads "whsec_<base64>", the form in which secrets are handed over.
func ParseKey(s string) (Key, error) {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSpace(s), secretPrefix))
	if err != nil {
		return nil, errors.New("webhook: a secret is whsec_ followed by base64")
	}
	if len(raw) < MinKey {
		return nil, fmt.Errorf("webhook: a secret has at least %d bytes, this one %d", MinKey, len(raw))
	}
	return raw, nil
}

// ParseKeys reads secrets separated by blanks, the newest first.
func ParseKeys(s string) ([]Key, error) {
	var keys []Key
	for _, part := range strings.Fields(s) {
		k, err := ParseKey(part)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errors.New("webhook: no secret given")
	}
	return keys, nil
}

// String is the form that ParseKey reads.
func (k Key) String() string { return secretPrefix + base64.StdEncoding.EncodeToString(k) }

// Sign makes one v1 signature.
func (k Key) Sign(id string, at time.Time, body []byte) string {
	return "v1," + base64.StdEncoding.EncodeToString(k.mac(id, strconv.FormatInt(at.Unix(), 10), body))
}

func (k Key) mac(id, timestamp string, body []byte) []byte {
	m := hmac.New(sha256.New, k)
	m.Write([]byte(id + "." + timestamp + "."))
	m.Write(body)
	return m.Sum(nil)
}

// SetHeaders signs the body and puts the envelope into h.
func SetHeaders(h http.Header, k Key, id string, at time.Time, body []byte) {
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(HeaderSignature, k.Sign(id, at, body))
}

// Verify checks the envelope of a message over the bytes received. It tries
// every v1 signature with every key, in constant time for each. ErrTimestamp
// says that the signature is good and only its time is not, which the receiver
// of a replay may overlook.
func Verify(h http.Header, keys []Key, now time.Time, body []byte) error {
	id, stamp := h.Get(HeaderID), h.Get(HeaderTimestamp)
	unix, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil || h.Get(HeaderSignature) == "" {
		return ErrHeaders
	}
	if !anySigned(h, keys, id, stamp, body) {
		return ErrSignature
	}
	if d := now.Sub(time.Unix(unix, 0)); d > Tolerance || d < -Tolerance {
		return ErrTimestamp
	}
	return nil
}

// ReplayTolerance is how long ago a replay may have been signed: as long as a partner keeps
// what it tells again without being asked. What is older is asked for anew, and signed anew.
const ReplayTolerance = 7 * 24 * time.Hour

// Replayable reports whether a message whose signature is good, and whose time is not, may still be told as a replay.
func Replayable(h http.Header, now time.Time) bool {
	unix, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64)
	d := now.Sub(time.Unix(unix, 0))
	return err == nil && d <= ReplayTolerance && d >= -Tolerance
}

func anySigned(h http.Header, keys []Key, id, stamp string, body []byte) bool {
	for _, s := range strings.Fields(h.Get(HeaderSignature)) {
		version, encoded, _ := strings.Cut(s, ",")
		if version != "v1" {
			continue
		}
		got, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			continue
		}
		for _, k := range keys {
			if len(k) >= MinKey && hmac.Equal(got, k.mac(id, stamp, body)) {
				return true
			}
		}
	}
	return false
}

// Drift is how far the sender's clock is from now, by the time of its message; positive: it is ahead.
func Drift(h http.Header, now time.Time) time.Duration {
	unix, err := strconv.ParseInt(h.Get(HeaderTimestamp), 10, 64)
	if err != nil {
		return 0
	}
	return time.Unix(unix, 0).Sub(now.Truncate(time.Second))
}
