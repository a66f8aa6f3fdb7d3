package contract

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// TestOutcomeOfAFormerRelease: what release 6b780a7 stored is read, with the
// keys of its answer, and written as today.
func TestOutcomeOfAFormerRelease(t *testing.T) {
	for name, c := range map[string]struct{ stored, today string }{
		"an operation": {
			`{"event":"u:he-guangming:a1","verdict":"applied","answer":{"event":"u:he-guangming:a1",
			"task":{"key":"3145731","name":"部门领导审批","process":"qc_p1_application","element":"p1_leader","state":"","version":0,"round":0},
			"nextTasks":[{"key":"3145740","name":"形式审查","process":"qc_p2_acceptance","element":"p2_check","mine":false,"holders":[{"id":"qian-shouli","name":""}]}]},
			"step":4,"at":"2026-03-02T01:00:00Z","nextDue":"2026-03-05T16:00:00Z","timers":[{"key":3145735,"due":"2026-03-05T16:00:00Z","element":"p2_late"}],
			"summary":{"project":"XM-2026-001","dept":"DP18","stage":"SUBMITTED","tasks":["形式审查"]}}`,
			`{"event":"u:he-guangming:a1","verdict":"applied","task":3145731,"opened":[3145740],"step":4,"at":"2026-03-02T01:00:00Z","nextDue":"2026-03-05T16:00:00Z",
			"timers":[{"key":3145735,"due":"2026-03-05T16:00:00Z","element":"p2_late"}],"summary":{"project":"XM-2026-001","dept":"DP18","stage":"SUBMITTED","tasks":["形式审查"]}}`,
		},
		"an event that opened nothing": {
			`{"event":"t:5:1","verdict":"applied","answer":{"event":"t:5:1","nextTasks":[]},"step":9,"at":"2026-03-02T01:00:00Z","ended":true,"summary":{}}`,
			`{"event":"t:5:1","verdict":"applied","step":9,"at":"2026-03-02T01:00:00Z","ended":true,"summary":{}}`,
		},
		"a refusal": {
			`{"event":"e","verdict":"refused","code":"suspended","refusal":{"code":"suspended"},"step":0,"at":"2026-03-02T01:00:00Z","summary":{}}`,
			`{"event":"e","verdict":"refused","code":"suspended","refusal":{"code":"suspended"},"step":0,"at":"2026-03-02T01:00:00Z","summary":{}}`,
		},
	} {
		var o Outcome
		if err := json.Unmarshal([]byte(c.stored), &o); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		written, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var got, want any
		if err := json.Unmarshal(written, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.today), &want); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is written as %s", name, written)
		}
	}
}

func TestOutcomeIsReadAsItWasWritten(t *testing.T) {
	due := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	in := Outcome{
		Event: "e", Verdict: Applied, Task: 7, Opened: []int64{8, 9}, Step: 3, At: due, NextDue: &due,
		Summary: Summary{Tasks: []string{"a"}},
	}
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out Outcome
	if err := json.Unmarshal(raw, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Errorf("%+v became %+v, %v", in, out, err)
	}
	for _, bad := range []string{`[]`, `{"step":"x"}`, `{"answer":{"task":{"key":"x"}}}`} {
		if err := json.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
