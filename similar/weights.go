package similar

import "math"

// Weights of the features, the last being the constant. They are those that
// TestCrossValidation prints: a logistic regression over the labelled pairs of
// testdata, each read with the field's words and without them (other subjects
// are met with half of their words known), drawn towards round numbers so that
// no single pair decides. The signs are fixed by meaning.
var (
	projectWeights = weights{fitted: []float64{4.74, 2.27, 4.83, 2.33, 0.88, 4.45, -4.87, -7.02, -4.15, -3.86}, lean: 0.3}
	lineWeights    = weights{fitted: []float64{2.70, 2.32, 3.86, 1.59, -3.18, -3.56, -2.37, -3.54, -3.82, -0.86}, lean: 0.25}
)

// weights lean towards asking: a reviewer can pass over a doubt, but cannot answer what nobody asked.
type weights struct {
	fitted []float64
	lean   float64
}

// scale is the score of features: Alert where "similar" and "not" are even.
func scale(w weights, x []float64) float64 {
	z := w.fitted[len(x)] + w.lean
	for k, v := range x {
		z += w.fitted[k] * v
	}
	p := 1 / (1 + math.Exp(-0.7*z))
	if p < 0.5 {
		return 2 * Alert * p
	}
	return Alert + (1-Alert)*(2*p-1)
}
