package books

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/quancheng/quancheng/similar"
)

// find compares texts with the submissions that the books have.
func (c *corpus) find(own texts, all []listed) Detected {
	c.RLock()
	defer c.RUnlock()
	there := map[string]string{}
	for _, s := range all {
		there[s.Digest] = s.Project
	}
	notes, _ := c.notes.Get().(*similar.Search)
	defer c.notes.Put(notes)
	d := Detected{Projects: []Alike{}, Lines: []AlikeLine{}, Prices: map[int][]string{}}
	found := c.projects.Like(own.project, leastScore, 2*mostSimilar, notes)
	found = ours(found, there, func(ref string) string { return ref })
	found = found[:min(len(found), mostSimilar)]
	c.projects.Explain(own.project, found)
	for _, h := range found {
		d.Projects = append(d.Projects, Alike{there[h.Ref], twoDecimals(h.Score), h.Words})
	}
	type lineHit struct {
		at int
		similar.Hit
	}
	var best []lineHit
	for i, hits := range c.linesLike(own.lines) {
		for k, h := range ours(hits, there, digestOfPlace) {
			if k >= likeLines {
				break
			}
			d.Prices[own.numbers[i]] = append(d.Prices[own.numbers[i]], placeIn(there, h.Ref))
			if k == 0 && builds(own.lines[i]) {
				best = append(best, lineHit{i, h})
			}
		}
	}
	slices.SortStableFunc(best, func(a, b lineHit) int { return cmp.Compare(b.Score, a.Score) })
	for _, h := range best[:min(len(best), mostSimilar)] {
		one := []similar.Hit{h.Hit}
		c.lines.Explain(own.lines[h.at], one)
		d.Lines = append(d.Lines, AlikeLine{own.numbers[h.at], Alike{placeIn(there, h.Ref), twoDecimals(h.Score), one[0].Words}})
	}
	return d
}

// linesLike looks for each line, on all processors.
func (c *corpus) linesLike(lines []similar.Line) [][]similar.Hit {
	out := make([][]similar.Hit, len(lines))
	var group sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), 1+len(lines)/50)
	for w := range workers {
		group.Go(func() {
			notes, _ := c.notes.Get().(*similar.Search)
			defer c.notes.Put(notes)
			for i := w; i < len(lines); i += workers {
				if similar.Shipped().Nothing(lines[i]) {
					continue
				}
				hits, known := c.asked.get(lines[i], c.lines.Len())
				if !known {
					hits = c.lines.Like(lines[i], similar.Alert, 2*likeLines, notes)
					c.asked.put(lines[i], c.lines.Len(), hits)
				}
				out[i] = slices.Clone(hits) // what the books do not have is taken out in place
			}
		})
	}
	group.Wait()
	return out
}

func digestOfPlace(ref string) string { return ref[:strings.LastIndexByte(ref, '/')] }

func placeIn(there map[string]string, ref string) string {
	at := strings.LastIndexByte(ref, '/')
	return there[ref[:at]] + ref[at:]
}

// ours leaves the hits that the books have.
func ours(hits []similar.Hit, there map[string]string, digest func(string) string) []similar.Hit {
	out := hits[:0]
	for _, h := range hits {
		if _, ok := there[digest(h.Ref)]; ok {
			out = append(out, h)
		}
	}
	return out
}

// twoDecimals cuts: rounding up could lift a score over a boundary that it is below.
func twoDecimals(f float64) float64 { return float64(int(f*100+1e-9)) / 100 }
