package office

import "errors"

// Cipher hides personal numbers where they are stored: package trust/field with
// the keys of the process. It is the edge to the keys, which the books do not know.
type Cipher interface {
	// Seal encrypts a text for one place (what it is of whom), and names the key.
	Seal(plain []byte, place string) (sealed []byte, key string, err error)
	// Open decrypts what Seal made for the same place.
	Open(sealed []byte, key, place string) ([]byte, error)
	// Mark is the same for equal texts and tells nothing else: so equal numbers are found.
	Mark(plain []byte) string
}

// ErrNoCipher says that the process has no keys for personal numbers.
var ErrNoCipher = errors.New("office: personal numbers need keys: give the process its keys")

// Mask shows so much of a number that its owner knows it again: 138****8812.
func Mask(number string) string {
	r := []rune(number)
	switch {
	case len(r) == 0:
		return ""
	case len(r) < 8:
		return "****"
	}
	return string(r[:3]) + "****" + string(r[len(r)-4:])
}
