package books

import (
	"sync"

	"github.com/quancheng/quancheng/similar"
)

// askedLines are what lines were found like in an index, by their text: who edits
// an application asks for the lines that he has changed only. What was found is
// true of the index as it was then; one that has grown is asked again.
type askedLines struct {
	sync.Mutex
	size int // of the index
	hits map[similar.Line][]similar.Hit
}

// mostAsked lines are kept of an index.
const mostAsked = 20_000

func (a *askedLines) get(l similar.Line, size int) ([]similar.Hit, bool) {
	a.Lock()
	defer a.Unlock()
	if a.size != size {
		return nil, false
	}
	hits, ok := a.hits[l]
	return hits, ok
}

func (a *askedLines) put(l similar.Line, size int, hits []similar.Hit) {
	a.Lock()
	defer a.Unlock()
	if a.hits == nil || a.size != size || len(a.hits) >= mostAsked {
		a.size, a.hits = size, map[similar.Line][]similar.Hit{}
	}
	a.hits[l] = hits
}
