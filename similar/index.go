package similar

import (
	"cmp"
	"slices"
)

// Hit is a document of an index that is like what was asked for.
type Hit struct {
	Ref string
	Result
	n int
}

// Index finds what is like a text among very many, by the rare tokens that they
// share; those found are compared exactly. It may be read by many at once, and
// is not changed while it is read.
type Index[T, V any] struct {
	refs    []string
	docs    []T
	views   []V
	totals  []float64
	posting map[uint64][]int32
	read    func(T) (V, bag)
	score   func(a, b V) float64
	words   func(T) map[uint64]token
}

// Bounds of a search. What shares only very common words with the question is
// not looked for: it would not be like it.
const (
	looked   = 6_000 // entries of lists that are read, rarest tokens first
	compared = 32    // documents that are compared exactly
)

// Projects and Lines are indexes of the two kinds.
type (
	Projects = Index[Project, *projectView]
	Lines    = Index[Line, *lineView]
)

// ReadProjects makes the index of projects, weighed by a corpus of themselves.
func ReadProjects(v *Vocabulary, refs []string, all []Project) *Projects {
	c := NewCorpus(v)
	for _, p := range all {
		c.AddProject(p)
	}
	x := &Projects{words: v.project, score: c.projects, read: func(p Project) (*projectView, bag) {
		view := c.view(p)
		return view, view.all
	}}
	return x.fill(refs, all)
}

// ReadLines makes the index of lines. Equal lines should be given once.
func ReadLines(v *Vocabulary, refs []string, all []Line) *Lines {
	c := NewCorpus(v)
	for _, l := range all {
		c.AddLine(l)
	}
	x := &Lines{words: v.line, score: c.lines, read: func(l Line) (*lineView, bag) {
		view := c.line(l)
		return view, view.all
	}}
	return x.fill(refs, all)
}

func (x *Index[T, V]) fill(refs []string, all []T) *Index[T, V] {
	x.posting = map[uint64][]int32{}
	for i, d := range all {
		x.Add(refs[i], d)
	}
	return x
}

// Add puts one more document in. What is rare stays as the documents had it that
// the index was made of, so that the scores of those do not move.
func (x *Index[T, V]) Add(ref string, d T) {
	view, b := x.read(d)
	n := int32(len(x.views))
	x.refs, x.docs, x.views, x.totals = append(x.refs, ref), append(x.docs, d), append(x.views, view), append(x.totals, b.total)
	for _, it := range b.items {
		x.posting[it.key] = append(x.posting[it.key], n)
	}
}

// Len is the number of documents.
func (x *Index[T, V]) Len() int { return len(x.views) }

// Like finds documents of at least a score, best first. A search keeps its
// notes in s, which is for one search after the other.
func (x *Index[T, V]) Like(d T, floor float64, most int, s *Search) (out []Hit) {
	view, b := x.read(d)
	for _, n := range x.candidates(b, s) {
		if score := x.score(view, x.views[n]); score >= floor {
			out = append(out, Hit{x.refs[n], Result{Score: score}, int(n)})
		}
	}
	slices.SortFunc(out, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Ref, b.Ref))
	})
	return out[:min(len(out), most)]
}

// Explain gives hits of a document the words that matched.
func (x *Index[T, V]) Explain(d T, hits []Hit) {
	if len(hits) == 0 {
		return
	}
	_, b := x.read(d)
	written := x.words(d)
	for i, h := range hits {
		_, other := x.read(x.docs[h.n])
		hits[i].Words = wordsOf(b, other, written, x.words(x.docs[h.n]))
	}
}

// Search is the notes of searches: how much each document shares with the question.
type Search struct {
	shared  []float64
	touched []int32
}

// candidates are the documents that share most of the rare tokens of a question.
func (x *Index[T, V]) candidates(b bag, s *Search) []int32 {
	if len(s.shared) < len(x.views) {
		s.shared = make([]float64, len(x.views))
	}
	keys := slices.Clone(b.items)
	slices.SortFunc(keys, func(p, q item) int {
		return cmp.Or(cmp.Compare(len(x.posting[p.key]), len(x.posting[q.key])), cmp.Compare(p.key, q.key))
	})
	budget := looked
	for _, k := range keys {
		list := x.posting[k.key]
		if len(list) > budget && len(s.touched) > 0 {
			break
		}
		budget -= len(list)
		for _, n := range list[:min(len(list), looked)] {
			if s.shared[n] == 0 {
				s.touched = append(s.touched, n)
			}
			s.shared[n] += k.weight
		}
	}
	best := s.best(func(n int32) float64 { return s.shared[n] / (2 + b.total + x.totals[n] - s.shared[n]) })
	for _, n := range s.touched {
		s.shared[n] = 0
	}
	s.touched = s.touched[:0]
	return best
}

// best are the touched documents of the highest worth, by one pass that keeps a
// short list in order.
func (s *Search) best(worth func(int32) float64) []int32 {
	list := make([]int32, 0, compared+1)
	rank := make([]float64, 0, compared+1)
	for _, n := range s.touched {
		w := worth(n)
		if len(list) == compared && w <= rank[compared-1] {
			continue
		}
		at, _ := slices.BinarySearchFunc(rank, w, func(a, b float64) int { return cmp.Compare(b, a) })
		for at < len(list) && rank[at] == w && list[at] < n {
			at++
		}
		list, rank = slices.Insert(list, at, n), slices.Insert(rank, at, w)
		if len(list) > compared {
			list, rank = list[:compared], rank[:compared]
		}
	}
	return list
}
