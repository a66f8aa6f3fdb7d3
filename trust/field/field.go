// Package field hides single values in the books (mobile and identity numbers)
// from whoever reads the database: with SM4-GCM (GB/T 32907, RFC 8998) under a key
// derived from the newest payload key. The name of the algorithm stands before the
// key's id: what former releases hid with AES-256-GCM is still read.
package field

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/emmansun/gmsm/sm4"

	"github.com/quancheng/quancheng/trust"
)

const (
	algorithm    = "sm4gcm:" // begins the name of a key
	former       = "aesgcm:"
	sealedDomain = "quancheng/field/1 "
	markDomain   = "quancheng/field-mark/1"
)

// Cipher seals and opens values with the keys of the process.
type Cipher struct{ keys *trust.Keys }

// New is the cipher of a process.
func New(k *trust.Keys) *Cipher { return &Cipher{k} }

// Seal encrypts a value for one place: elsewhere it does not open.
func (c *Cipher) Seal(plain []byte, place string) (sealed []byte, key string, err error) {
	k := c.keys.Encrypting()
	if k == nil {
		return nil, "", errors.New("field: no payload key is in use: give the process its keys")
	}
	key = algorithm + k.ID
	aead, err := aeadOf(k, algorithm)
	if err != nil {
		return nil, "", err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return aead.Seal(nonce, nonce, plain, []byte(sealedDomain+key+" "+place)), key, nil
}

// Present is the name under which Seal seals now; what has another one is of an older key or algorithm.
func (c *Cipher) Present() string {
	if k := c.keys.Encrypting(); k != nil {
		return algorithm + k.ID
	}
	return ""
}

// Open decrypts what Seal made for the same place.
func (c *Cipher) Open(sealed []byte, key, place string) ([]byte, error) {
	by := algorithm
	id, known := strings.CutPrefix(key, algorithm)
	if !known {
		by = former
		id, known = strings.CutPrefix(key, former)
	}
	for _, k := range c.keys.Payload {
		if !known || k.ID != id {
			continue
		}
		aead, err := aeadOf(&k, by)
		if err != nil {
			return nil, err
		}
		nonce := min(aead.NonceSize(), len(sealed))
		plain, err := open(aead, sealed[:nonce], sealed[nonce:], sealedDomain+key+" "+place)
		if err != nil {
			return nil, fmt.Errorf("field: %s was not encrypted with key %s: %w", place, key, err)
		}
		return plain, nil
	}
	return nil, fmt.Errorf(
		"field: it is encrypted with key %q, which this process does not have: give it the present keys and start it again", key,
	)
}

// Mark is the same for equal values, whatever key is in use by now, and tells nothing else about them.
func (c *Cipher) Mark(plain []byte) string {
	if len(c.keys.Payload) == 0 {
		return ""
	}
	mac := hmac.New(sha256.New, derived(c.keys.Payload[0].Secret, markDomain)) // the first key: those that follow change nothing
	_, _ = mac.Write(plain)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func open(aead cipher.AEAD, nonce, sealed []byte, bound string) ([]byte, error) {
	if len(nonce) != aead.NonceSize() {
		return nil, errors.New("too short")
	}
	return aead.Open(nil, nonce, sealed, []byte(bound))
}

func aeadOf(k *trust.PayloadKey, by string) (cipher.AEAD, error) {
	var block cipher.Block
	var err error
	if by == algorithm {
		block, err = sm4.NewCipher(derived(k.Secret, sealedDomain+by)[:16])
	} else {
		block, err = aes.NewCipher(derived(k.Secret, sealedDomain))
	}
	if err != nil {
		return nil, fmt.Errorf("field: key %s: %w", k.ID, err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("field: key %s: %w", k.ID, err)
	}
	return aead, nil
}

// derived is a key of its own for each use of a secret.
func derived(secret []byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, use, 32)
	if err != nil { // only for lengths that SHA-256 cannot give
		panic("field: " + err.Error())
	}
	return key
}
