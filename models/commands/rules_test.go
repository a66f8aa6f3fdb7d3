package commands

import (
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
)

// Rule B11: at least four fifths of the lines cut by the same ratio, give or take half a point.
func TestFlatCut(t *testing.T) {
	for name, c := range map[string]struct {
		percents []string
		want     bool
	}{
		"all the same":             {[]string{"10", "10", "10"}, true},
		"four of five":             {[]string{"10", "10.5", "9.5", "10", "40"}, true},
		"three of five":            {[]string{"10", "10", "10", "30", "40"}, false},
		"just beyond half a point": {[]string{"10", "10.51", "20", "30", "40"}, false},
		"nothing cut":              {[]string{"0", "0", "0"}, false},
		"one line":                 {[]string{"10"}, false},
	} {
		var lines []books.SheetLine
		for _, p := range c.percents {
			lines = append(
				lines,
				books.SheetLine{
					Declared: models.Yuan(decimal.NewFromInt(10000)),
					Cut:      models.Yuan(decimal.RequireFromString(p).Mul(decimal.NewFromInt(100))),
				},
			)
		}
		if got := flatCut(lines); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDifferenceIsRelativeToTheGreater(t *testing.T) {
	for _, c := range [][3]string{{"100", "95", "0.05"}, {"95", "100", "0.05"}, {"0", "0", "0"}, {"0", "10", "1"},
		{"100", "94.99", "0.0501"}} {
		a, b := models.Yuan(decimal.RequireFromString(c[0])), models.Yuan(decimal.RequireFromString(c[1]))
		if got := difference(a, b); got.String() != c[2] {
			t.Errorf("difference of %s and %s = %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestMonthsAfter(t *testing.T) {
	for _, c := range []struct {
		from models.Date
		n    int
		want models.Date
	}{{"2022-12-22", 1, "2023-01-22"}, {"2022-01-31", 1, "2022-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2022-11-30", 3, "2023-02-28"},
		{"2022-10-31", 1, "2022-11-30"}} {
		if got := books.MonthsAfter(c.from, c.n); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestRates(t *testing.T) {
	for _, c := range []struct {
		n, d int64
		want string
	}{{310, 315, "98.41"}, {17, 26, "65.38"}, {320, 340, "94.12"}, {552, 1749, "31.56"}, {1, 0, "0.00"}, {1, 3, "33.33"}, {2, 3, "66.67"},
		{5, 100000, "0.01"}} {
		if got := books.RateOf(decimal.NewFromInt(c.n), decimal.NewFromInt(c.d)).Percent(); got != c.want {
			t.Errorf("%d/%d = %s %%, want %s", c.n, c.d, got, c.want)
		}
	}
}

// A draw can be repeated from its seed, each seed gives a permutation, and over
// many seeds nobody is favoured.
func TestShuffle(t *testing.T) {
	pool := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i"}
	first := map[string]int{}
	for i := range 9000 {
		seed := fmt.Sprintf("%064x", i)
		out := Shuffle(seed, pool)
		if !slices.Equal(out, Shuffle(seed, pool)) {
			t.Fatal("the same seed gave another order")
		}
		first[out[0]]++
		if sorted := slices.Sorted(slices.Values(out)); !slices.Equal(sorted, pool) {
			t.Fatalf("%v is no permutation", out)
		}
	}
	for p, n := range first {
		if n < 850 || n > 1150 {
			t.Errorf("%s was first %d times of 9000", p, n)
		}
	}
}

func TestContractKey(t *testing.T) {
	for in, want := range map[string]string{"yj－2022 HT—01": "YJ-2022HT-01", "ＹＪ-１": "YJ-1", " YJ–2　3\t": "YJ-23",
		"合同〔2022〕1号": "合同〔2022〕1号"} {
		if got := books.ContractKey(in); got != want {
			t.Errorf("ContractKey(%q) = %q, want %q", in, got, want)
		}
	}
}
