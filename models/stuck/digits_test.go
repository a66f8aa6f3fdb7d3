package stuck

import "testing"

// TestNumbersAreTheSameHoweverWritten holds what a caller is known again by: all ten digits, and nothing else.
func TestNumbersAreTheSameHoweverWritten(t *testing.T) {
	for in, want := range map[string]string{"139-0000 6120": "13900006120", "（0539）1234567/8": "053912345678", "./:;": ""} {
		if got := digits(in); got != want {
			t.Errorf("%q is known as %q, want %q", in, got, want)
		}
	}
}
