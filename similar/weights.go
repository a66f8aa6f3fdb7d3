package similar

import "math"

// Weights of the features, the last being the constant. They are those that
// TestCrossValidation prints: a logistic regression over the labelled pairs of
// testdata, each read with the field's words and without them (other subjects
// are met with half of their words known), drawn towards round numbers so that
// no single pair decides. The signs are fixed by meaning.
var (
	projectWeights = weights{fitted: []float64{4.73, 2.27, 4.83, 2.32, 0.87, 4.45, -4.86, -7.02, -4.14, -3.87}, lean: 0.6}
	lineWeights    = weights{fitted: []float64{2.63, 2.50, 3.91, 1.94, -3.23, -3.56, -2.37, -3.56, -3.25, -0.87}, lean: 0.4}
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
