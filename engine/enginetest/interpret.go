package enginetest

import (
	"slices"
	"sort"
)

// machine interprets a block tree directly, without tokens: a run is a block that
// was entered and not left.
type machine struct {
	data  map[int]int // decisions by block id
	tasks []*run      // open tasks
	over  bool
	seq   int
}

type run struct {
	b      *block
	parent *run
	dead   bool
	kids   []*run // living parts
	seq    int    // place in the order of entering
	next   int    // seq: the next kid; while: rounds begun; multi: instances begun
	left   int    // parts that must end
}

// interpret begins a tree with the decisions of the start.
func interpret(b *block, data map[int]int) *machine {
	m := &machine{data: data}
	top := &run{b: &block{kind: subBlock, kids: []*block{b}}, left: 1}
	m.enter(b, top)
	return m
}

// open lists the ids of the open tasks, sorted.
func (m *machine) open() []string {
	var out []string
	for _, r := range m.tasks {
		out = append(out, r.b.name())
	}
	sort.Strings(out)
	return out
}

// signals lists the ids of the signal blocks that listen, sorted, each once.
func (m *machine) signals() []int {
	var out []int
	for _, r := range m.tasks {
		for p := r.parent; p != nil; p = p.parent {
			if p.b.kind == signalBlock && !slices.Contains(out, p.b.id) {
				out = append(out, p.b.id)
			}
		}
	}
	slices.Sort(out)
	return out
}

// complete ends an open task; data are the decisions from now on. A called
// process keeps what its tasks set.
func (m *machine) complete(i int, data map[int]int) {
	r := m.tasks[i]
	if !r.called() {
		m.data = data
	}
	m.tasks = slices.Delete(m.tasks, i, i+1)
	m.leave(r)
}

// signal triggers every listening block with an id, in the order in which they were entered.
func (m *machine) signal(id int) {
	var hit []*run
	for _, task := range m.tasks {
		for p := task.parent; p != nil; p = p.parent {
			if p.b.kind == signalBlock && p.b.id == id && !slices.Contains(hit, p) {
				hit = append(hit, p)
			}
		}
	}
	for _, r := range hit {
		if r.dead {
			continue
		}
		if r.b.stop {
			m.handle(r)
			continue
		}
		scope := r.parent
		for !scope.scope() {
			scope = scope.parent
		}
		scope.left++
		m.enter(r.b.kids[1], scope)
	}
}

// scope reports whether handlers that run beside end in the block: it is a sub-process or one instance of one.
func (r *run) scope() bool {
	switch r.b.kind {
	case subBlock, callBlock, guardBlock, signalBlock:
		return true
	}
	return false
}

// called reports whether a run is inside a called process.
func (r *run) called() bool {
	for ; r != nil; r = r.parent {
		if r.b.kind == callBlock {
			return true
		}
	}
	return false
}

// enter begins a block inside a run.
func (m *machine) enter(b *block, parent *run) {
	if parent.dead {
		return
	}
	r := m.begin(b, parent)
	switch b.kind {
	case taskBlock:
		m.tasks = append(m.tasks, r)
	case seqBlock:
		m.enter(b.kids[0], r)
	case xorBlock:
		m.enter(b.kids[min(m.data[b.id]%4, len(b.kids)-1)], r)
	case andBlock:
		m.all(r, b.kids)
	case orBlock:
		m.all(r, m.chosen(b))
	case loopBlock, subBlock, callBlock, guardBlock, signalBlock:
		m.enter(b.kids[0], r)
	case whileBlock:
		if b.serial && !m.odd(b) {
			m.leave(r)
			return
		}
		m.round(r)
	case multiBlock:
		m.instances(r)
	case throwBlock:
		m.throw(r)
	}
}

func (m *machine) begin(b *block, parent *run) *run {
	m.seq++
	r := &run{b: b, parent: parent, left: 1, seq: m.seq}
	parent.kids = append(parent.kids, r)
	return r
}

// place is the order of a run among others of the same block: by when the blocks around it were entered.
func (r *run) place() []int64 {
	var out []int64
	for ; r != nil; r = r.parent {
		out = append(out, int64(r.seq))
	}
	slices.Reverse(out)
	return out
}

func (m *machine) odd(b *block) bool { return m.data[b.id]%2 == 1 }

func (m *machine) chosen(b *block) []*block {
	var out []*block
	for i, k := range b.kids[:len(b.kids)-1] {
		if m.data[b.id]>>i&1 == 1 {
			out = append(out, k)
		}
	}
	if out == nil {
		out = b.kids[len(b.kids)-1:]
	}
	return out
}

func (m *machine) all(r *run, kids []*block) {
	r.left = len(kids)
	for _, k := range kids {
		m.enter(k, r)
	}
}

// round begins one round of a standard loop; each is a scope of its own.
func (m *machine) round(r *run) {
	r.next++
	r.left = 1
	m.enter(&block{kind: subBlock, kids: r.b.kids}, r)
}

func (m *machine) instances(r *run) {
	if r.b.max == 0 {
		m.leave(r)
		return
	}
	r.left = 1
	begin := r.b.max
	if r.b.serial {
		begin = 1
	} else {
		r.left = r.b.max
	}
	for range begin {
		r.next++
		m.enter(&block{kind: subBlock, kids: r.b.kids}, r)
	}
}

// throw ends a run by an error, or goes on.
func (m *machine) throw(r *run) {
	if !m.odd(r.b) {
		m.leave(r)
		return
	}
	p := r.parent
	for p.b.kind != guardBlock { // what runs inside a guard is in its sub-process: its handler runs outside
		p = p.parent
	}
	m.handle(p)
}

// handle ends the body of a guarded block and runs its handler; the block is left behind it.
func (m *machine) handle(r *run) {
	parent := r.parent
	m.kill(r)
	parent.kids = slices.DeleteFunc(parent.kids, func(k *run) bool { return k == r })
	m.enterFor(r.b.kids[1], parent, r.b)
}

// enterFor runs a handler in the place of a block.
func (m *machine) enterFor(handler *block, parent *run, of *block) {
	m.enter(handler, m.begin(&block{kind: seqBlock, id: of.id, kids: []*block{handler}}, parent))
}

func (m *machine) kill(r *run) {
	r.dead = true
	m.tasks = slices.DeleteFunc(m.tasks, func(t *run) bool { return t == r })
	for _, k := range r.kids {
		m.kill(k)
	}
}

// leave ends a run and tells its parent.
func (m *machine) leave(r *run) {
	if r.dead {
		return
	}
	r.dead = true
	p := r.parent
	if p == nil {
		m.over = true
		return
	}
	p.kids = slices.DeleteFunc(p.kids, func(k *run) bool { return k == r })
	if p.b.kind == seqBlock && p.next+1 < len(p.b.kids) {
		p.next++
		m.enter(p.b.kids[p.next], p)
		return
	}
	if p.b.kind == loopBlock && m.odd(p.b) {
		m.enter(p.b.kids[0], p)
		return
	}
	if p.left--; p.left > 0 {
		return
	}
	switch {
	case p.b.kind == whileBlock && m.odd(p.b) && p.next < p.b.max:
		m.round(p)
	case p.b.kind == multiBlock && p.next < p.b.max:
		p.next++
		p.left = 1
		m.enter(&block{kind: subBlock, kids: p.b.kids}, p)
	default:
		m.leave(p)
	}
}
