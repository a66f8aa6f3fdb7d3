package api

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a password: RFC 9106's second recommendation.
const (
	argonMemory  = 64 << 10 // KiB
	argonTime    = 3
	argonThreads = 4
	argonSalt    = 16
	argonSum     = 32
)

// HashPassword makes the PHC string that is stored for a password.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonSum)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// checkPassword compares with a stored PHC string, in constant time. An empty
// or foreign string matches nothing, after the same work.
func checkPassword(stored, password string) bool {
	var version, memory, time uint32
	var threads uint8
	parts := strings.Split(stored, "$")
	salt, want := make([]byte, argonSalt), []byte(nil)
	known := len(parts) == 6 && parts[1] == "argon2id"
	if known {
		_, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads)
		s, err1 := base64.RawStdEncoding.DecodeString(parts[4])
		w, err2 := base64.RawStdEncoding.DecodeString(parts[5])
		known = err == nil && err1 == nil && err2 == nil && version == argon2.Version && memory <= 1<<20 && time > 0 && time < 100 && threads > 0 && len(w) >= 16
		salt, want = s, w
	}
	if !known {
		argon2.IDKey([]byte(password), make([]byte, argonSalt), argonTime, argonMemory, argonThreads, argonSum)
		return false
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}
