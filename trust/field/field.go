// Package field hides single values in the books (mobile and identity numbers)
// from whoever reads the database. Today it is AES-256-GCM under a key derived
// from the newest payload key; the name of the algorithm stands before the
// key's id, so that another one (SM4-GCM) can follow and old values are still read.
package field

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/quancheng/quancheng/trust"
)

const (
	algorithm    = "aesgcm:" // begins the name of a key
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
	aead, err := aeadOf(k)
	if err != nil {
		return nil, "", err
	}
	key = algorithm + k.ID
	return aead.Seal(nil, nil, plain, []byte(sealedDomain+key+" "+place)), key, nil
}

// Open decrypts what Seal made for the same place.
func (c *Cipher) Open(sealed []byte, key, place string) ([]byte, error) {
	id, known := strings.CutPrefix(key, algorithm)
	for _, k := range c.keys.Payload {
		if !known || k.ID != id {
			continue
		}
		aead, err := aeadOf(&k)
		if err != nil {
			return nil, err
		}
		plain, err := aead.Open(nil, nil, sealed, []byte(sealedDomain+key+" "+place))
		if err != nil {
			return nil, fmt.Errorf("field: %s was not encrypted with key %s: %w", place, key, err)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("field: it is encrypted with key %q, which this process does not have: give it the present keys and start it again", key)
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

func aeadOf(k *trust.PayloadKey) (cipher.AEAD, error) {
	block, err := aes.NewCipher(derived(k.Secret, sealedDomain))
	if err != nil {
		return nil, fmt.Errorf("field: key %s: %w", k.ID, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
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
