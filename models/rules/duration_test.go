package rules

import "testing"

func TestDurationsAreSaid(t *testing.T) {
	for text, want := range map[string]Text{
		"PT25S": {"25秒", "25 s"}, "PT59M59S": {"59分59秒", "59 min 59 s"}, "P1DT2H": {"1天2小时", "1 d 2 h"}, "PT0S": {"0秒", "0 s"},
		"P": {}, "XM-2022-001": {}, "P2Y": {}, "": {},
	} {
		if got, ok := saidDuration(text); got != want || ok != (want != Text{}) {
			t.Errorf("%q is said %q, %v", text, got, ok)
		}
	}
}
