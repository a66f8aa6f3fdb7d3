package feel

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFromGo(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		in   any
		want string
	}{
		{nil, "null"}, {true, "true"}, {"x", `"x"`}, {7, "7"}, {int64(1) << 62, "4611686018427387904"}, {0.1, "0.1"},
		{1e300, "1" + zeros(300)},
		{json.Number("1.50"), "1.50"}, {[]string{"a"}, `["a"]`}, {[]any{1, map[string]any{"b": nil, "a": 2}}, "[1, {a: 2, b: null}]"},
		{90 * time.Minute, "PT1H30M"}, {time.Date(2024, 3, 1, 8, 0, 0, 0, shanghai), "2024-03-01T08:00:00@Asia/Shanghai"},
		{time.Date(2024, 3, 1, 8, 0, 0, 0, time.FixedZone("", 3600)), "2024-03-01T08:00:00+01:00"},
	} {
		v, err := FromGo(c.in)
		if got := literalText(v); err != nil || got != c.want {
			t.Errorf("%v is %s, want %s (%v)", c.in, got, c.want, err)
		}
	}
	if _, err := FromGo(struct{}{}); err == nil {
		t.Error("a struct has a value")
	}
}

func zeros(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0'
	}
	return string(b)
}

// drawValue gives values that JSON has.
func drawValue(t *rapid.T, depth int) Value {
	kinds := 6
	if depth == 0 {
		kinds = 4
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return drawNumber(t, "number")
	case 3:
		return rapid.String().Draw(t, "string")
	case 4:
		l := make(List, rapid.IntRange(0, 3).Draw(t, "length"))
		for i := range l {
			l[i] = drawValue(t, depth-1)
		}
		return l
	}
	c := NewContext(2)
	for range rapid.IntRange(0, 20).Draw(t, "entries") {
		c.Set(rapid.String().Draw(t, "key"), drawValue(t, depth-1))
	}
	return c
}

func TestJSONKeepsValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawValue(t, 3)
		data, err := ToJSON(v)
		if err != nil || !json.Valid(data) {
			t.Fatalf("%s: %s %v", Text(v), data, err)
		}
		w, err := FromJSON(data)
		if err != nil || Equal(v, w) != true || Text(v) != Text(w) {
			t.Fatalf("%s reads back as %s: %v", Text(v), Text(w), err)
		}
	})
	for _, bad := range []string{"", "{", "[1,]", "1 2", `{"a":}`, "NaN", string(make([]byte, 3))} {
		if v, err := FromJSON([]byte(bad)); err == nil {
			t.Errorf("%q reads as %s", bad, Text(v))
		}
	}
}
