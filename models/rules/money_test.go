package rules

import (
	"testing"

	"github.com/quancheng/quancheng/feel"
)

func TestAmountsInSentences(t *testing.T) {
	for in, want := range map[string][2]string{
		"1593000.0000":  {"159.30 万元", "1,593,000.00 yuan"},
		"600000.003":    {"60.00 万元", "600,000.00 yuan"},
		"1000000.01":    {"1,000,000.01 元", "1,000,000.01 yuan"},
		"9999.99":       {"9,999.99 元", "9,999.99 yuan"},
		"10000":         {"1.00 万元", "10,000.00 yuan"},
		"0":             {"0.00 元", "0.00 yuan"},
		"-250000":       {"-25.00 万元", "-250,000.00 yuan"},
		"1234567890100": {"123,456,789.01 万元", "1,234,567,890,100.00 yuan"},
	} {
		n, err := feel.ParseNumber(in)
		if err != nil {
			t.Fatal(err)
		}
		if zh, en := yuanZH(n), yuanEN(n); zh != want[0] || en != want[1] {
			t.Errorf("%s: %s, %s; want %v", in, zh, en, want)
		}
	}
	if got := yuanZH(nil); got != "—" {
		t.Errorf("what is not known: %s", got)
	}
}
