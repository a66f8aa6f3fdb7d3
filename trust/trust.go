// Package trust keeps the keys by which the processes of the platform believe
// each other: Ed25519 keys that seal requests on their way through Temporal, and
// AES-256 keys that hide the payloads from whoever reads Temporal's store
// (package trust/payload), and SM2 keys by which the house signs its papers. A key has an id, begins to be used at a moment, and a
// signing key may have an end; so keys change while requests wait.
//
// It refuses to guess: without keys nothing is sealed and nothing believed.
package trust

import (
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quancheng/quancheng/workflows/contract"
)

// SigningKey is a key pair, or only its public half where other processes seal with it.
type SigningKey struct {
	ID      string     `json:"id"` // of the public key, see signingID
	Public  []byte     `json:"public"`
	Private []byte     `json:"private,omitempty"` // the seed
	From    time.Time  `json:"from"`              // seals from here on
	Until   *time.Time `json:"until,omitempty"`   // believed until then; nil: no end yet
}

// PayloadKey is a secret that payloads are encrypted with. It has no end: what
// it has encrypted stays in Temporal's histories.
type PayloadKey struct {
	ID     string    `json:"id"`
	Secret []byte    `json:"secret"`
	From   time.Time `json:"from"` // encrypts from here on
}

// Keys are what a process knows. They do not change while it runs.
type Keys struct {
	Signing []SigningKey `json:"signing"`
	Payload []PayloadKey `json:"payload"`
	House   []HouseKey   `json:"house,omitempty"` // sign papers; a file of a former release has none

	now func() time.Time
}

// New makes the first key of each kind, for use from a moment on.
func New(from time.Time) *Keys {
	return &Keys{
		Signing: []SigningKey{newSigning(from)}, Payload: []PayloadKey{newPayload(from)}, House: []HouseKey{newHouse(from)}, now: time.Now,
	}
}

// At are the same keys with another clock than the machine's.
func (k *Keys) At(now func() time.Time) *Keys {
	other := *k
	other.now = now
	return &other
}

func newSigning(from time.Time) SigningKey {
	private := ed25519.NewKeyFromSeed(random(ed25519.SeedSize))
	public := private.Public().(ed25519.PublicKey)
	return SigningKey{ID: signingID(public), Public: public, Private: private.Seed(), From: from.UTC()}
}

func newPayload(from time.Time) PayloadKey {
	return PayloadKey{ID: "p-" + hex.EncodeToString(random(8)), Secret: random(32), From: from.UTC()}
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// signingID is bound to the key: an id never means another one.
func signingID(public []byte) string {
	sum := sha256.Sum256(public)
	return "s-" + hex.EncodeToString(sum[:8])
}

// margin is how much longer than its last seals an old key is believed.
const margin = 24 * time.Hour

// Rotated adds a new key of each kind that is used from a moment on. Until then
// every process must have been restarted with the new keys. The old signing
// keys are believed until the last request that they sealed has expired.
func (k *Keys) Rotated(from time.Time) *Keys {
	next := &Keys{Signing: slices.Clone(k.Signing), Payload: slices.Clone(k.Payload), House: slices.Clone(k.House), now: k.now}
	until := from.UTC().Add(contract.Validity + margin)
	for i := range next.Signing {
		if next.Signing[i].Until == nil {
			next.Signing[i].Until = &until
		}
	}
	next.Signing = append(next.Signing, newSigning(from))
	next.Payload = append(next.Payload, newPayload(from))
	next.House = append(next.House, newHouse(from))
	return next
}

// Public are the signing keys without their private halves and without payload
// keys: what another process needs in order to believe this one.
func (k *Keys) Public() *Keys {
	out := &Keys{Signing: slices.Clone(k.Signing), Payload: []PayloadKey{}, House: slices.Clone(k.House), now: k.now}
	for i := range out.Signing {
		out.Signing[i].Private = nil
	}
	for i := range out.House {
		out.House[i].Private = nil
	}
	return out
}

// Check refuses keys that a process cannot work with.
func (k *Keys) Check() error {
	seen := map[string]bool{}
	for _, s := range k.Signing {
		switch {
		case len(s.Public) != ed25519.PublicKeySize || s.ID != signingID(s.Public):
			return fmt.Errorf("signing key %q: its id does not fit its public key", s.ID)
		case len(s.Private) > 0 && (len(s.Private) != ed25519.SeedSize ||
			!slices.Equal(ed25519.NewKeyFromSeed(s.Private).Public().(ed25519.PublicKey), ed25519.PublicKey(s.Public))):
			return fmt.Errorf("signing key %s: its private half does not fit its public half", s.ID)
		case seen[s.ID]:
			return fmt.Errorf("signing key %s is there twice", s.ID)
		}
		seen[s.ID] = true
	}
	for _, p := range k.Payload {
		switch {
		case p.ID == "" || len(p.Secret) != 32:
			return fmt.Errorf("payload key %q: an id and a secret of 32 bytes are needed", p.ID)
		case seen[p.ID]:
			return fmt.Errorf("payload key %s is there twice", p.ID)
		}
		seen[p.ID] = true
	}
	for _, h := range k.House {
		if err := h.check(); err != nil {
			return err
		}
		if seen[h.ID] {
			return fmt.Errorf("house key %s is there twice", h.ID)
		}
		seen[h.ID] = true
	}
	now := k.now()
	if k.sealing(now) == nil {
		return errors.New("there is no signing key with a private half that is in use now")
	}
	if k.Encrypting() == nil {
		return errors.New("there is no payload key that is in use now")
	}
	return nil
}

// sealing is the key to seal with: the newest in use; nil where there is none.
func (k *Keys) sealing(now time.Time) *SigningKey {
	var best *SigningKey
	for i, s := range k.Signing {
		if len(s.Private) == 0 || s.From.After(now) || s.ended(now) {
			continue
		}
		if best == nil || s.From.After(best.From) {
			best = &k.Signing[i]
		}
	}
	return best
}

// Encrypting is the payload key to encrypt with: the newest in use; nil where there is none.
func (k *Keys) Encrypting() *PayloadKey {
	used := slices.DeleteFunc(slices.Clone(k.Payload), func(p PayloadKey) bool { return p.From.After(k.now()) })
	if len(used) == 0 {
		return nil
	}
	newest := slices.MaxFunc(used, func(a, b PayloadKey) int { return cmp.Compare(a.From.UnixNano(), b.From.UnixNano()) })
	return &newest
}

func (s SigningKey) ended(now time.Time) bool { return s.Until != nil && !now.Before(*s.Until) }
