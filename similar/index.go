package similar

import (
	"cmp"
	"slices"
)

// Hit is a document of an index that is like what was asked for.
type Hit struct {
	Ref string
	Result
}

// Index finds what is like a text among very many, by the rare tokens that they
// share; those found are compared exactly. It may be read by many at once, and
// is not changed while it is read.
type Index[V any] struct {
	corpus  *Corpus
	refs    []string
	views   []V
	bags    []bag
	posting map[string][]int32
	compare func(a, b V, words bool) Result
}

// tokens of a question by which candidates are looked up, and how many of them are compared exactly.
const (
	lookedUp = 6
	compared = 24
)

// Projects and Lines are indexes of the two kinds.
type (
	Projects = Index[*projectView]
	Lines    = Index[*lineView]
)

// ReadProjects makes the index of projects, weighed by a corpus of themselves and of nothing else.
func ReadProjects(v *Vocabulary, refs []string, all []Project) *Projects {
	c := NewCorpus(v)
	for _, p := range all {
		c.AddProject(p)
	}
	x := &Projects{corpus: c, compare: c.projects, posting: map[string][]int32{}}
	for i, p := range all {
		view := c.view(p)
		x.add(refs[i], view, view.all)
	}
	return x
}

// ReadLines makes the index of lines. Equal lines should be given once.
func ReadLines(v *Vocabulary, refs []string, all []Line) *Lines {
	c := NewCorpus(v)
	for _, l := range all {
		c.AddLine(l)
	}
	x := &Lines{corpus: c, compare: c.lines, posting: map[string][]int32{}}
	for i, l := range all {
		view := c.line(l)
		x.add(refs[i], view, view.all)
	}
	return x
}

func (x *Index[V]) add(ref string, view V, b bag) {
	n := int32(len(x.views))
	x.refs, x.views, x.bags = append(x.refs, ref), append(x.views, view), append(x.bags, b)
	for _, it := range b.items {
		x.posting[it.key] = append(x.posting[it.key], n)
	}
}

// Len is the number of documents.
func (x *Index[V]) Len() int { return len(x.views) }

// LikeProject finds projects of at least a score, best first.
func LikeProject(x *Projects, p Project, floor float64, most int) []Hit {
	v := x.corpus.view(p)
	return x.like(v, v.all, floor, most)
}

// LikeLine finds lines of at least a score, best first.
func LikeLine(x *Lines, l Line, floor float64, most int) []Hit {
	v := x.corpus.line(l)
	return x.like(v, v.all, floor, most)
}

func (x *Index[V]) like(view V, b bag, floor float64, most int) (out []Hit) {
	for _, n := range x.candidates(b) {
		if r := x.compare(view, x.views[n], false); r.Score >= floor {
			out = append(out, Hit{x.refs[n], Result{Score: r.Score, Words: x.compare(view, x.views[n], true).Words}})
		}
	}
	slices.SortFunc(out, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Ref, b.Ref))
	})
	return out[:min(len(out), most)]
}

// candidates are the documents that share most of the rare tokens of a question.
func (x *Index[V]) candidates(b bag) []int32 {
	keys := slices.Clone(b.items)
	slices.SortFunc(keys, func(p, q item) int {
		return cmp.Or(cmp.Compare(len(x.posting[p.key]), len(x.posting[q.key])), cmp.Compare(p.key, q.key))
	})
	score, looked := map[int32]float64{}, 0
	for _, k := range keys {
		list := x.posting[k.key]
		if len(list) == 0 {
			continue
		}
		if looked >= lookedUp && (len(list) > 200 || looked >= 8*lookedUp) {
			break
		}
		looked++
		for _, n := range list[:min(len(list), 2000)] {
			score[n] += k.weight
		}
	}
	type candidate struct {
		n int32
		w float64
	}
	all := make([]candidate, 0, len(score))
	for n, w := range score {
		all = append(all, candidate{n, w / (1 + 0.1*x.bags[n].total)})
	}
	slices.SortFunc(all, func(p, q candidate) int { return cmp.Or(cmp.Compare(q.w, p.w), cmp.Compare(p.n, q.n)) })
	out := make([]int32, 0, compared)
	for _, k := range all[:min(len(all), compared)] {
		out = append(out, k.n)
	}
	return out
}
