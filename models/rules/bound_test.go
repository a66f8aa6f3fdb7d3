package rules

import "testing"

// An answer holds for what was answered: with the facts bound, the same words over other facts are another finding.
func TestAnswersHoldForTheirFacts(t *testing.T) {
	f := Finding{Field: "sheet", Values: map[string]any{"have": 2, "of": 2}}
	tenth, fifth := f, f
	tenth.bound, fifth.bound = "a tenth", "a fifth"
	answers := []Answer{{Rule: "B11", Place: f.place(), Finding: tenth.digest()}}
	if _, ok := AnswerTo(answers, "B11", tenth); !ok {
		t.Error("the answer is not found")
	}
	if _, ok := AnswerTo(answers, "B11", fifth); ok {
		t.Error("the answer outlives a cut by another ratio")
	}
}
