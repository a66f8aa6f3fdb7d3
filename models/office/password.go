package office

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/crypto/argon2"

	"github.com/quancheng/quancheng/models"
)

// The cost of a password: OWASP's recommendation for argon2id with one lane. It
// keeps two processors busy for some 20 ms; the 64 MiB and three passes of before
// took ten times as long, and sixty guesses at once then kept everybody waiting.
const (
	argonMemory  = 19 << 10 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16
	argonSum     = 32
)

// HashPassword makes the PHC string that is stored for a password.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonSum)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf(
		"$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt),
		b64.EncodeToString(sum),
	)
}

// PasswordMatches compares with a stored PHC string, in constant time. An empty
// or foreign string matches nothing, after the same work.
func PasswordMatches(stored, password string) bool {
	var version, memory, time uint32
	var threads uint8
	parts := strings.Split(stored, "$")
	salt, want := make([]byte, argonSalt), []byte(nil)
	known := len(parts) == 6 && parts[1] == "argon2id"
	if known {
		_, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads)
		s, err1 := base64.RawStdEncoding.DecodeString(parts[4])
		w, err2 := base64.RawStdEncoding.DecodeString(parts[5])
		known = err == nil && err1 == nil && err2 == nil && version == argon2.Version && memory <= 1<<20 && time > 0 && time < 100 &&
			threads > 0 && len(w) >= 16
		salt, want = s, w
	}
	if !known {
		argon2.IDKey([]byte(password), make([]byte, argonSalt), argonTime, argonMemory, argonThreads, argonSum)
		return false
	}
	got := argon2.IDKey([]byte(password), salt, time, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// CheckPassword refuses a new password that the policy does not allow, saying
// all that is wrong with it. Known is what others know of the person: names, the
// account, numbers. Whether it was used before is not asked here.
func CheckPassword(p Policy, password string, known ...string) *models.Refusal {
	r := models.Refuse("password-weak")
	if n := p.Int(PasswordLength); len([]rune(password)) < n {
		r.Field("/password", "password-short", "n", strconv.Itoa(n))
	}
	if n := p.Int(PasswordClasses); classes(password) < n {
		r.Field("/password", "password-classes", "n", strconv.Itoa(n))
	}
	lower := strings.ToLower(password)
	for _, k := range known {
		for _, part := range append(strings.FieldsFunc(strings.ToLower(k), func(r rune) bool { return r == '-' || r == ' ' }),
			strings.ToLower(k)) {
			if (len(part) >= 4 || len([]rune(part)) >= 2 && len(part) > len([]rune(part))) && strings.Contains(lower, part) {
				r.Field("/password", "password-name", "part", part)
				return r
			}
		}
	}
	return r
}

// classes counts the kinds of characters: lower, upper, digits, all others.
// Chinese characters are others, of which there are more than of the rest together.
func classes(password string) int {
	var has [4]int
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			has[0] = 1
		case unicode.IsUpper(r):
			has[1] = 1
		case unicode.IsDigit(r):
			has[2] = 1
		case unicode.Is(unicode.Han, r):
			has[0], has[3] = 1, 1
		default:
			has[3] = 1
		}
	}
	return has[0] + has[1] + has[2] + has[3]
}
