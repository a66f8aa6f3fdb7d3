package office

import (
	"regexp"
	"strings"
)

// What ids and numbers look like.
var (
	UnitID   = regexp.MustCompile(`^[A-Za-z0-9]{1,20}$`)
	PersonID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	mobile   = regexp.MustCompile(`^1[3-9][0-9]{9}$`)
)

// Mobile reports whether a text is a mobile number of the mainland.
func Mobile(s string) bool { return mobile.MatchString(s) }

// usccLetters are the digits of a 统一社会信用代码: no I, O, S, V, Z.
const usccLetters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// USCCCheck is the last digit that the first seventeen of a 统一社会信用代码 ask for
// (GB 32100-2015); false when they are no such code at all.
func USCCCheck(code string) (byte, bool) {
	if len(code) < 17 {
		return 0, false
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(usccLetters, code[i])
		if v < 0 {
			return 0, false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return usccLetters[(31-sum%31)%31], true
}

// USCC reports whether a text is a 统一社会信用代码 with the right last digit.
func USCC(code string) bool {
	check, ok := USCCCheck(code)
	return ok && len(code) == 18 && code[17] == check
}

// IDNo reports whether a text is an identity number with the right last digit (GB 11643-1999).
func IDNo(s string) bool {
	if len(s) != 18 {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11] == s[17]
}
