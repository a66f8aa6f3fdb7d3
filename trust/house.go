package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm2"
)

// HouseKey is the SM2 key pair by which the house signs papers, or its public half
// where other processes sign. It has no end: papers are verified for ever.
type HouseKey struct {
	ID      string    `json:"id"`                // of the public key
	Public  []byte    `json:"public"`            // the point, uncompressed: 65 bytes
	Private []byte    `json:"private,omitempty"` // 32 bytes
	From    time.Time `json:"from"`              // signs from here on
}

func newHouse(from time.Time) HouseKey {
	k, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		panic("trust: " + err.Error()) // the random source never fails
	}
	public := elliptic.Marshal(sm2.P256(), k.X, k.Y)
	return HouseKey{ID: houseID(public), Public: public, Private: k.D.FillBytes(make([]byte, 32)), From: from.UTC()}
}

func houseID(public []byte) string {
	sum := sha256.Sum256(public)
	return "h-" + hex.EncodeToString(sum[:8])
}

func (h HouseKey) public() *ecdsa.PublicKey {
	x, y := elliptic.Unmarshal(sm2.P256(), h.Public)
	return &ecdsa.PublicKey{Curve: sm2.P256(), X: x, Y: y}
}

// check refuses a key that does not belong together.
func (h HouseKey) check() error {
	if len(h.Public) != 65 || h.ID != houseID(h.Public) || h.public().X == nil {
		return fmt.Errorf("house key %q: its id does not fit its public key", h.ID)
	}
	if len(h.Private) == 0 {
		return nil
	}
	x, y := sm2.P256().ScalarBaseMult(h.Private)
	if len(h.Private) != 32 || !slices.Equal(elliptic.Marshal(sm2.P256(), x, y), h.Public) {
		return fmt.Errorf("house key %s: its private half does not fit its public half", h.ID)
	}
	return nil
}

// signing is the house's key to sign with: the newest in use; nil where there is none.
func (k *Keys) houseKey() *HouseKey {
	var best *HouseKey
	for i, h := range k.House {
		if len(h.Private) > 0 && !h.From.After(k.now()) && (best == nil || h.From.After(best.From)) {
			best = &k.House[i]
		}
	}
	return best
}

// SignPaper signs the digest of a paper with SM2 (GB/T 32918) under the usual
// identity, and names the key. Without a key of the house nothing is signed.
func (k *Keys) SignPaper(digest string) (string, []byte, error) {
	h := k.houseKey()
	if h == nil {
		return "", nil, nil
	}
	private := &sm2.PrivateKey{PrivateKey: ecdsa.PrivateKey{PublicKey: *h.public(), D: new(big.Int).SetBytes(h.Private)}}
	signature, err := private.SignWithSM2(rand.Reader, nil, []byte(digest))
	if err != nil {
		return "", nil, fmt.Errorf("trust: sign with %s: %w", h.ID, err)
	}
	return h.ID, signature, nil
}

// VerifyPaper reports whether a key of the house has signed a digest; known is false where the key is not one of its.
func (k *Keys) VerifyPaper(key, digest string, signature []byte) (known, good bool) {
	i := slices.IndexFunc(k.House, func(h HouseKey) bool { return h.ID == key })
	if i < 0 {
		return false, false
	}
	return true, sm2.VerifyASN1WithSM2(k.House[i].public(), nil, []byte(digest), signature)
}

// PublicPaperKey is the uncompressed point of a key of the house, nil where it is not one of its.
func (k *Keys) PublicPaperKey(key string) []byte {
	for _, h := range k.House {
		if h.ID == key {
			return h.Public
		}
	}
	return nil
}
