package models

import "strings"

// usccDigits are the characters of a unified social credit code: no I, O, S, V, Z (GB 32100-2015).
const usccDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ValidUSCC reports whether a text is a unified social credit code (统一社会信用代码)
// of 18 characters whose last one is the check digit of GB 32100-2015.
func ValidUSCC(code string) bool {
	if len(code) != 18 {
		return false
	}
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(usccDigits, code[i])
		if v < 0 {
			return false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return usccDigits[(31-sum%31)%31] == code[17]
}
