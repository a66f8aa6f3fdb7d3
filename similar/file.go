package similar

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// Judged is what was found in a file of labelled pairs.
type Judged struct {
	Pairs     int     `json:"pairs"`
	Threshold float64 `json:"threshold"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	Wrong     []Wrong `json:"wrong"`
}

// Wrong is a pair that was judged otherwise than its label.
type Wrong struct {
	ID      string   `json:"id"`
	Similar bool     `json:"similar"` // as labelled
	Score   float64  `json:"score"`
	Words   []string `json:"words"`
	Why     string   `json:"why"`
}

// side of a pair of either kind.
type side struct {
	Name, Need, Spec, Unit string
	Functions              []string
}

func (s side) project() Project { return Project{s.Name, s.Need, s.Functions} }

func (s side) line() Line { return Line{s.Name, s.Spec, s.Unit} }

type pair struct {
	ID, Kind, Why string
	A, B          *side
	Similar       *bool
}

// longestRow of a file of pairs, in bytes.
const longestRow = 16 << 20

// readPairs reads one pair a line; what is no pair is left out, with why and in which line.
func readPairs(in io.Reader) (out []pair, bad []error, err error) {
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 0, 64<<10), longestRow)
	for n := 1; sc.Scan(); n++ {
		text := strings.TrimSpace(strings.TrimPrefix(sc.Text(), "\ufeff"))
		if text == "" {
			continue
		}
		var p pair
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			bad = append(bad, fmt.Errorf("line %d is no pair: %w", n, err))
			continue
		}
		switch {
		case p.Kind != "project" && p.Kind != "line":
			bad = append(bad, fmt.Errorf("line %d: kind is %q, not project or line", n, p.Kind))
		case p.A == nil || p.B == nil:
			bad = append(bad, fmt.Errorf("line %d: a and b are needed", n))
		case p.Similar == nil:
			bad = append(bad, fmt.Errorf("line %d: similar (true or false) is needed", n))
		default:
			out = append(out, p)
		}
	}
	if err := sc.Err(); err != nil {
		return nil, nil, fmt.Errorf("pairs: %w", err)
	}
	return out, bad, nil
}

// Judge reads a file of labelled pairs and compares its own judgement with the
// labels. The texts of the file are the corpus; labels and reasons are read only
// for the comparison. Lines that are no pairs are left out and told; a file of nothing else is an error.
func Judge(in io.Reader, v *Vocabulary) (project, line Judged, bad []error, err error) {
	pairs, bad, err := readPairs(in)
	if err != nil {
		return project, line, nil, err
	}
	if len(pairs) == 0 && len(bad) > 0 {
		return project, line, bad, fmt.Errorf("no line is a pair: %w", bad[0])
	}
	projects, lines := corporaOf(pairs, v)
	counts := map[string]*[3]int{"project": {}, "line": {}} // found rightly, found, there
	out := map[string]*Judged{"project": &project, "line": &line}
	for _, p := range pairs {
		var r Result
		if p.Kind == "line" {
			r = lines.Lines(p.A.line(), p.B.line())
		} else {
			r = projects.Projects(p.A.project(), p.B.project())
		}
		n, j, found := counts[p.Kind], out[p.Kind], r.Score >= Alert
		j.Pairs++
		n[0] += one(found && *p.Similar)
		n[1] += one(found)
		n[2] += one(*p.Similar)
		if found != *p.Similar {
			j.Wrong = append(j.Wrong, Wrong{p.ID, *p.Similar, round(r.Score), r.Words, p.Why})
		}
	}
	for kind, j := range out {
		n := counts[kind]
		j.Threshold, j.Precision, j.Recall = Alert, ratio(n[0], n[1]), ratio(n[0], n[2])
		if j.Wrong == nil {
			j.Wrong = []Wrong{}
		}
	}
	return project, line, bad, nil
}

// corporaOf are the texts of all pairs, each once, apart by kind.
func corporaOf(pairs []pair, v *Vocabulary) (projects, lines *Corpus) {
	projects, lines = NewCorpus(v), NewCorpus(v)
	seen := map[string]bool{}
	for _, p := range pairs {
		for _, s := range []*side{p.A, p.B} {
			key := strings.Join(append([]string{p.Kind, s.Name, s.Need, s.Spec, s.Unit}, s.Functions...), "\x00")
			if seen[key] {
				continue
			}
			seen[key] = true
			if p.Kind == "line" {
				lines.AddLine(s.line())
			} else {
				projects.AddProject(s.project())
			}
		}
	}
	return projects, lines
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ratio of nothing is 1: nothing found wrongly, nothing missed.
func ratio(part, of int) float64 {
	if of == 0 {
		return 1
	}
	return round(float64(part) / float64(of))
}

func round(f float64) float64 { return math.Round(f*1e4) / 1e4 }
