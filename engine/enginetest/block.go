package enginetest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// blockKind is a kind of block.
type blockKind string

// The blocks. Choices read the variable "d<id>", a number that every completed task sets anew.
const (
	taskBlock   blockKind = "task"
	seqBlock    blockKind = "seq"
	xorBlock    blockKind = "xor"    // the branch d; the last one is the default
	andBlock    blockKind = "and"    // all branches
	orBlock     blockKind = "or"     // the branches whose bit is set in d; the last one when none is
	loopBlock   blockKind = "loop"   // the body again while d is odd
	subBlock    blockKind = "sub"    // embedded sub-process
	whileBlock  blockKind = "while"  // sub-process with a standard loop: again while d is odd, at most max times
	multiBlock  blockKind = "multi"  // sub-process, max instances
	guardBlock  blockKind = "guard"  // sub-process with an error boundary event: kids are body and handler
	throwBlock  blockKind = "throw"  // ends by the error that the nearest guard catches when d is odd
	callBlock   blockKind = "call"   // call activity: a process of its own, without choices
	signalBlock blockKind = "signal" // sub-process with a signal boundary event: kids are body and handler
)

// block is a part of a random model: it is entered once and left once.
type block struct {
	kind   blockKind
	id     int
	kids   []*block
	max    int    // while: loopMaximum; multi: instances
	serial bool   // multi: one after the other; while: test before
	stop   bool   // signal, timer, event: what occurs interrupts
	policy string // approval
	open   bool   // call: the called process sees the caller's variables
}

func (b *block) name() string { return fmt.Sprintf("%s%d", b.kind, b.id) }

// walk calls f for the block and all below it.
func (b *block) walk(f func(*block)) {
	f(b)
	for _, k := range b.kids {
		k.walk(f)
	}
}

// drawer draws a random block tree.
type drawer struct {
	t    *rapid.T
	next int
	wild bool // approvals, outside work, and what happens from outside: see block_wild.go
}

// draw draws a tree of at most depth levels.
func draw(t *rapid.T, depth int) *block {
	d := &drawer{t: t}
	root := d.block(depth, false, false)
	return d.make(seqBlock, d.make(taskBlock), root)
}

func (d *drawer) make(kind blockKind, kids ...*block) *block {
	d.next++
	return &block{kind: kind, id: d.next, kids: kids}
}

// block draws a block: guarded ones may throw, plain ones make no choices (their
// process would have to see the caller's decisions change).
func (d *drawer) block(depth int, guarded, plain bool) *block {
	kinds := []blockKind{taskBlock}
	switch {
	case d.wild:
		kinds = wildKinds(depth, guarded)
	case depth > 0 && plain:
		kinds = []blockKind{taskBlock, seqBlock, andBlock, subBlock, multiBlock, callBlock}
	case depth > 0:
		kinds = []blockKind{
			taskBlock, seqBlock, seqBlock, xorBlock, andBlock, orBlock, loopBlock, subBlock, whileBlock, multiBlock, callBlock, guardBlock,
			signalBlock,
		}
		if guarded {
			kinds = append(kinds, throwBlock, throwBlock)
		}
	}
	kind := rapid.SampledFrom(kinds).Draw(d.t, "kind")
	inner := func() *block { return d.block(depth-1, guarded, plain) }
	switch kind {
	case seqBlock, xorBlock, andBlock, orBlock:
		var kids []*block
		for range rapid.IntRange(2, 3).Draw(d.t, "branches") {
			kids = append(kids, inner())
		}
		return d.make(kind, kids...)
	case loopBlock: // a task in the body keeps it from running for ever in one step
		return d.make(kind, d.make(seqBlock, d.make(taskBlock), inner()))
	case subBlock:
		return d.make(kind, inner())
	case callBlock:
		b := d.make(kind, d.block(depth-1, false, !d.wild))
		b.open = d.wild
		return b
	case whileBlock:
		b := d.make(kind, d.make(seqBlock, d.make(taskBlock), inner()))
		b.max, b.serial = rapid.IntRange(1, 3).Draw(d.t, "maximum"), rapid.Bool().Draw(d.t, "test before")
		return b
	case multiBlock:
		b := d.make(kind, inner())
		b.max, b.serial = rapid.IntRange(0, 3).Draw(d.t, "instances"), rapid.Bool().Draw(d.t, "sequential")
		return b
	case guardBlock:
		return d.make(kind, d.block(depth-1, true, false), inner())
	case signalBlock:
		b := d.make(kind, d.make(seqBlock, d.make(taskBlock), inner()), inner())
		if b.stop = rapid.Bool().Draw(d.t, "interrupting"); !b.stop {
			// Several handlers may run at once: a scope of their own keeps their tokens apart.
			b.kids[1] = d.make(subBlock, b.kids[1])
		}
		return b
	}
	return d.wildBlock(kind, inner)
}

// writer writes a block tree as a BPMN process.
type writer struct {
	b     strings.Builder
	flows int
}

const prolog = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ` +
	`xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:qc="https://quancheng.dev/schema/bpmn/1.0" id="definitions" ` +
	`targetNamespace="blocks">
`

// xml is the model of a block tree, with the process id "p".
func (b *block) xml() []byte {
	w := &writer{}
	w.b.WriteString(prolog)
	w.b.WriteString(`<error id="err" name="err" errorCode="err"/>` + "\n")
	b.walk(func(k *block) {
		if k.kind == waitBlock {
			fmt.Fprintf(
				&w.b,
				`<message id="m%d" name="m%d"><extensionElements><zeebe:subscription correlationKey="=&quot;k&quot;"/></extensionElements>`+
					`</message>`+"\n",
				k.id, k.id,
			)
		}
		if k.kind == signalBlock || k.kind == eventBlock {
			fmt.Fprintf(&w.b, `<signal id="s%d" name="s%d"/>`+"\n", k.id, k.id)
		}
	})
	w.b.WriteString(`<process id="p" isExecutable="true">` + "\n")
	w.body("p", b)
	w.b.WriteString("</process>\n")
	b.walk(func(k *block) {
		if k.kind == callBlock {
			fmt.Fprintf(&w.b, `<process id="p_%s" isExecutable="true">`+"\n", k.name())
			w.body("p_"+k.name(), k.kids[0])
			w.b.WriteString("</process>\n")
		}
	})
	w.b.WriteString("</definitions>\n")
	return []byte(w.b.String())
}

// node writes an element.
func (w *writer) node(local, id, attrs, content string) {
	fmt.Fprintf(&w.b, `<%s id="%s"%s>%s</%s>`+"\n", local, id, attrs, content, local)
}

// flow connects two elements.
func (w *writer) flow(from, to, condition string) string {
	w.flows++
	id := fmt.Sprintf("f%d", w.flows)
	if condition != "" {
		condition = `<conditionExpression xsi:type="tFormalExpression">` + condition + `</conditionExpression>`
	}
	fmt.Fprintf(&w.b, `<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`+"\n", id, from, to, condition)
	return id
}

// body writes the content of a scope: start, block, end.
func (w *writer) body(scope string, b *block) {
	w.node("startEvent", scope+"_start", "", "")
	first, last := w.block(b)
	w.flow(scope+"_start", first, "")
	w.node("endEvent", scope+"_end", "", "")
	w.flow(last, scope+"_end", "")
}

// block writes a block and says its first and last element.
func (w *writer) block(b *block) (first, last string) {
	id := b.name()
	switch b.kind {
	case taskBlock:
		w.node("userTask", id, "", "<extensionElements><zeebe:userTask/></extensionElements>")
		return id, id
	case seqBlock:
		for i, k := range b.kids {
			in, out := w.block(k)
			if i == 0 {
				first = in
			} else {
				w.flow(last, in, "")
			}
			last = out
		}
		return first, last
	case xorBlock, andBlock, orBlock:
		return w.split(b)
	case loopBlock:
		return w.loop(b)
	case throwBlock:
		return w.throw(b)
	case callBlock:
		w.node(
			"callActivity", id, "",
			fmt.Sprintf(
				`<extensionElements><zeebe:calledElement processId="p_%s" propagateAllParentVariables="%t" propagateAllChildVariables="false"/>`+
					`</extensionElements>`,
				id, b.open,
			),
		)
		return id, id
	case approvalBlock, jobBlock, waitBlock:
		return w.wild(b)
	}
	return w.sub(b)
}

var gateways = map[blockKind]string{xorBlock: "exclusiveGateway", andBlock: "parallelGateway", orBlock: "inclusiveGateway"}

func (w *writer) split(b *block) (first, last string) {
	first, last = b.name()+"_split", b.name()+"_join"
	fallback := ""
	for i, k := range b.kids {
		in, out := w.block(k)
		condition := ""
		if i < len(b.kids)-1 {
			switch b.kind {
			case xorBlock:
				condition = fmt.Sprintf("=d%d = %d", b.id, i)
			case orBlock:
				condition = fmt.Sprintf("=odd(floor(d%d / %d))", b.id, 1<<i)
			}
		}
		f := w.flow(first, in, condition)
		if i == len(b.kids)-1 && b.kind != andBlock {
			fallback = fmt.Sprintf(` default="%s"`, f)
		}
		w.flow(out, last, "")
	}
	w.node(gateways[b.kind], first, fallback, "")
	w.node(gateways[b.kind], last, "", "")
	return first, last
}

func (w *writer) loop(b *block) (first, last string) {
	first, last = b.name()+"_merge", b.name()+"_again"
	in, out := w.block(b.kids[0])
	w.flow(first, in, "")
	w.flow(out, last, "")
	w.flow(last, first, fmt.Sprintf("=odd(d%d)", b.id))
	leave := w.flow(last, b.name()+"_done", "")
	w.node("exclusiveGateway", first, "", "")
	w.node("exclusiveGateway", last, fmt.Sprintf(` default="%s"`, leave), "")
	w.node("task", b.name()+"_done", "", "")
	return first, b.name() + "_done"
}

func (w *writer) throw(b *block) (first, last string) {
	first, last = b.name()+"_split", b.name()+"_on"
	w.flow(first, b.name()+"_end", fmt.Sprintf("=odd(d%d)", b.id))
	on := w.flow(first, last, "")
	w.node("exclusiveGateway", first, fmt.Sprintf(` default="%s"`, on), "")
	w.node("endEvent", b.name()+"_end", "", `<errorEventDefinition errorRef="err"/>`)
	w.node("task", last, "", "")
	return first, last
}

// sub writes a sub-process with its marker or boundary event.
func (w *writer) sub(b *block) (first, last string) {
	id := b.name()
	fmt.Fprintf(&w.b, `<subProcess id="%s">`+"\n", id)
	switch b.kind {
	case whileBlock:
		fmt.Fprintf(
			&w.b,
			`<standardLoopCharacteristics testBefore="%t" loopMaximum="%d"><loopCondition xsi:type="tFormalExpression">=odd(d%d)</loopCondition>`+
				`</standardLoopCharacteristics>`+"\n",
			b.serial, b.max, b.id,
		)
	case multiBlock:
		fmt.Fprintf(
			&w.b,
			`<multiInstanceLoopCharacteristics isSequential="%t"><loopCardinality xsi:type="tFormalExpression">=%d</loopCardinality>`+
				`</multiInstanceLoopCharacteristics>`+"\n",
			b.serial, b.max,
		)
	}
	w.body(id, b.kids[0])
	if b.kind == eventBlock {
		w.eventSub(b)
	}
	w.b.WriteString("</subProcess>\n")
	switch b.kind {
	case guardBlock:
		return id, w.boundary(b, true, `<errorEventDefinition errorRef="err"/>`)
	case signalBlock:
		return id, w.boundary(b, b.stop, fmt.Sprintf(`<signalEventDefinition signalRef="s%d"/>`, b.id))
	case timerBlock:
		return id, w.boundary(
			b, b.stop, `<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>`,
		)
	}
	return id, id
}

// boundary writes the boundary event of a sub-process and its handler. The paths
// of an interrupting one meet behind; a handler that does not interrupt ends by itself.
func (w *writer) boundary(b *block, interrupting bool, definition string) (last string) {
	id := b.name()
	w.node("boundaryEvent", id+"_event", fmt.Sprintf(` attachedToRef="%s" cancelActivity="%t"`, id, interrupting), definition)
	in, out := w.block(b.kids[1])
	w.flow(id+"_event", in, "")
	if !interrupting {
		w.node("endEvent", id+"_handled", "", "")
		w.flow(out, id+"_handled", "")
		return id
	}
	last = id + "_meet"
	w.flow(id, last, "")
	w.flow(out, last, "")
	w.node("exclusiveGateway", last, "", "")
	return last
}
