package similar

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/notrun"
)

type sample struct {
	ID, Kind, Why string
	A, B          struct {
		Name, Need, Spec, Unit string
		Functions              []string
	}
	Similar bool
}

func readSamples(t testing.TB, kind string) (out []sample) {
	t.Helper()
	f, err := os.Open(labelled)
	if os.IsNotExist(err) {
		notrun.Skip(t, "%s is not here", labelled)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var s sample
		if err := json.Unmarshal(sc.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		if s.Kind == kind {
			out = append(out, s)
		}
	}
	return out
}

// clusters numbers the pairs: those that share a name hang together.
func clusters(pairs []sample) []int {
	group := make([]int, len(pairs))
	for i := range group {
		group[i] = i
	}
	for again := true; again; {
		again = false
		for i, p := range pairs {
			for j, q := range pairs[:i] {
				if group[i] != group[j] && (p.A.Name == q.A.Name || p.A.Name == q.B.Name || p.B.Name == q.A.Name || p.B.Name == q.B.Name) {
					m := min(group[i], group[j])
					group[i], group[j], again = m, m, true
				}
			}
		}
	}
	return group
}

// fit finds weights by logistic regression, drawn towards a prior; a weight keeps the prior's sign.
func fit(x [][]float64, y []bool, prior []float64, pull float64) []float64 {
	w := append([]float64(nil), prior...)
	for range 4000 {
		g := make([]float64, len(w))
		for i, row := range x {
			z := w[len(w)-1]
			for k, v := range row {
				z += w[k] * v
			}
			e := 1 / (1 + math.Exp(-z))
			if y[i] {
				e--
			}
			for k, v := range row {
				g[k] += e * v
			}
			g[len(w)-1] += e
		}
		for k := range w {
			reg := pull * (w[k] - prior[k])
			if k == len(w)-1 {
				reg = 0
			}
			w[k] -= 0.05 * (g[k] + reg)
			if prior[k] > 0 && w[k] < 0 || prior[k] < 0 && w[k] > 0 {
				w[k] = 0
			}
		}
	}
	return w
}

func dot(w, x []float64) float64 {
	z := w[len(w)-1]
	for k, v := range x {
		z += w[k] * v
	}
	return z
}

type outcome struct {
	z    float64
	real bool
	s    sample
	x    []float64
}

func rates(list []outcome, cut float64) (p, r, f float64) {
	var tp, fp, fn float64
	for _, o := range list {
		switch {
		case o.z >= cut && o.real:
			tp++
		case o.z >= cut:
			fp++
		case o.real:
			fn++
		}
	}
	p, r = tp/max(tp+fp, 1), tp/max(tp+fn, 1)
	return p, r, 2 * p * r / max(p+r, 1e-9)
}

func report(t *testing.T, held []outcome, names string) {
	sort.Slice(held, func(i, j int) bool { return held[i].z > held[j].z })
	if os.Getenv("SIMILAR_SHOW") == "" {
		return
	}
	fmt.Println(names)
	for _, o := range held {
		mark := " "
		if o.real != (o.z >= 0) {
			mark = "!"
		}
		var b strings.Builder
		for _, v := range o.x {
			fmt.Fprintf(&b, " %5.2f", v)
		}
		fmt.Printf("%s %6.2f %-5v %s %s | %s — %s\n", mark, o.z, o.real, b.String(), o.s.ID, o.s.A.Name+" ~ "+o.s.B.Name, o.s.Why)
	}
	for _, cut := range []float64{-1.5, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 1} {
		p, r, f := rates(held, cut)
		fmt.Printf("cut %5.2f precision %.3f recall %.3f f1 %.3f\n", cut, p, r, f)
	}
}

// bare is the vocabulary without its synonyms: subjects that it does not know.
func bare(t testing.TB) *Vocabulary {
	t.Helper()
	from, to := strings.Index(shipped, "\n[synonyms]\n"), strings.Index(shipped, "\n[generic]\n")
	v, err := ParseVocabulary(shipped[:from] + shipped[to:])
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var (
	projectPrior = []float64{4, 1, 4, 2, 1.5, 4, -4, -7, -4, -3.5}
	linePrior    = []float64{3, 2, 3, 1.5, -2, -3, -2, -3, -3, -2}
)

func features(t testing.TB, kind string, v *Vocabulary) ([]sample, [][]float64) {
	pairs := readSamples(t, kind)
	c := corpusOf(pairs, v)
	feats := make([][]float64, len(pairs))
	for i, s := range pairs {
		if kind == "line" {
			feats[i] = c.lineFeatures(c.line(Line{s.A.Name, s.A.Spec, s.A.Unit}), c.line(Line{s.B.Name, s.B.Spec, s.B.Unit}))
			continue
		}
		feats[i] = c.projectFeatures(c.view(Project{s.A.Name, s.A.Need, s.A.Functions}), c.view(Project{s.B.Name, s.B.Need, s.B.Functions}))
	}
	return pairs, feats
}

func corpusOf(pairs []sample, v *Vocabulary) *Corpus {
	c, seen := NewCorpus(v), map[string]bool{}
	for _, s := range pairs {
		for _, x := range []struct {
			Name, Need, Spec, Unit string
			Functions              []string
		}{s.A, s.B} {
			if k := x.Name + x.Need + x.Spec + x.Unit; !seen[k] {
				seen[k] = true
				if s.Kind == "line" {
					c.AddLine(Line{x.Name, x.Spec, x.Unit})
				} else {
					c.AddProject(Project{x.Name, x.Need, x.Functions})
				}
			}
		}
	}
	return c
}

// crossValidated judges each cluster by weights fitted on the others, with the
// vocabulary and without: other subjects than these must be met half prepared.
func crossValidated(t *testing.T, kind string, prior []float64) (with, without []outcome) {
	pairs, known := features(t, kind, Shipped())
	_, unknown := features(t, kind, bare(t))
	var y []bool
	for _, s := range pairs {
		y = append(y, s.Similar)
	}
	group, done := clusters(pairs), map[int]bool{}
	for _, g := range group {
		if done[g] {
			continue
		}
		done[g] = true
		var x [][]float64
		var z []bool
		for i := range pairs {
			if group[i] != g {
				x, z = append(x, known[i], unknown[i]), append(z, y[i], y[i])
			}
		}
		w := fit(x, z, prior, 0.6)
		for i, s := range pairs {
			if group[i] == g {
				with = append(with, outcome{dot(w, known[i]), y[i], s, known[i]})
				without = append(without, outcome{dot(w, unknown[i]), y[i], s, unknown[i]})
			}
		}
	}
	t.Logf(
		"%s weights %.2f", kind, fit(append(append([][]float64{}, known...), unknown...), append(append([]bool{}, y...), y...), prior, 0.6),
	)
	report(t, with, "with words")
	report(t, without, "without words")
	return with, without
}

func TestCrossValidation(t *testing.T) {
	for kind, want := range map[string]struct {
		weights   weights
		prior     []float64
		precision float64
	}{"project": {projectWeights, projectPrior, 0.80}, "line": {lineWeights, linePrior, 0.75}} {
		with, without := crossValidated(t, kind, want.prior)
		for name, list := range map[string][]outcome{"with the field's words": with, "without them": without} {
			p, r, f := rates(list, -want.weights.lean)
			t.Logf("%s, %s: precision %.2f recall %.2f F1 %.2f", kind, name, p, r, f)
			if least := map[bool]float64{true: 0.90, false: 0.85}[name == "with the field's words"]; p < want.precision || r < least {
				t.Errorf("%s, %s: precision %.2f recall %.2f", kind, name, p, r)
			}
		}
	}
}
