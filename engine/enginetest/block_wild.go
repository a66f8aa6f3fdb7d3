package enginetest

import (
	"fmt"

	"pgregory.net/rapid"
)

// The blocks of wild models, which no interpretation follows: their walks are held by invariants.
const (
	approvalBlock blockKind = "approval" // user task with seats; max instances, if any
	jobBlock      blockKind = "job"      // outside work
	waitBlock     blockKind = "wait"     // catches a message
	timerBlock    blockKind = "timer"    // sub-process with a timer boundary event: kids are body and handler
	eventBlock    blockKind = "event"    // sub-process with an event sub-process by a signal: kids are body and handler
)

// drawWild draws a tree of at most depth levels with approvals in it.
func drawWild(t *rapid.T, depth int) *block {
	d := &drawer{t: t, wild: true}
	return d.make(seqBlock, d.make(taskBlock), d.block(depth, false, false), d.wildBlock(approvalBlock, nil))
}

func wildKinds(depth int, guarded bool) []blockKind {
	kinds := []blockKind{taskBlock, approvalBlock, approvalBlock, approvalBlock, jobBlock, waitBlock}
	if depth > 0 {
		kinds = []blockKind{
			approvalBlock, seqBlock, seqBlock, seqBlock, xorBlock, andBlock, andBlock, andBlock, orBlock, orBlock, loopBlock, loopBlock,
			subBlock, whileBlock, multiBlock, callBlock, guardBlock, signalBlock, timerBlock, eventBlock,
		}
		if guarded {
			kinds = append(kinds, throwBlock)
		}
	}
	return kinds
}

// wildBlock draws a block that wild models have beside the others.
func (d *drawer) wildBlock(kind blockKind, inner func() *block) *block {
	switch kind {
	case approvalBlock:
		b := d.make(kind)
		b.policy = rapid.SampledFrom([]string{"any", "all", "sequential", "percent", "primary"}).Draw(d.t, "policy")
		b.max, b.serial = max(0, rapid.IntRange(-2, 2).Draw(d.t, "instances")), rapid.Bool().Draw(d.t, "sequential")
		return b
	case timerBlock, eventBlock:
		b := d.make(kind, inner(), d.make(subBlock, inner()))
		b.stop = rapid.Bool().Draw(d.t, "interrupting")
		return b
	}
	return d.make(kind)
}

// wild writes an element of wild models.
func (w *writer) wild(b *block) (first, last string) {
	id := b.name()
	switch b.kind {
	case approvalBlock:
		marker := ""
		if b.max > 0 {
			marker = fmt.Sprintf(
				`<multiInstanceLoopCharacteristics isSequential="%t"><loopCardinality xsi:type="tFormalExpression">=%d</loopCardinality>`+
					`</multiInstanceLoopCharacteristics>`,
				b.serial, b.max,
			)
		}
		w.node(
			"userTask", id, "",
			fmt.Sprintf(`<extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateUsers="ann, bob"/>`+
				`<qc:approval policy="%s" `+
				`operations="agree,disagree,abstain,reject,return,transfer,delegate,addBefore,`+
				`addAfter,addParallel,removeSign,withdraw,recall,claim" keyFields="=[amount]"/></extensionElements>`, b.policy)+marker,
		)
	case jobBlock:
		w.node("serviceTask", id, "", `<extensionElements><zeebe:taskDefinition type="work"/></extensionElements>`)
	case waitBlock:
		w.node("intermediateCatchEvent", id, "", fmt.Sprintf(`<messageEventDefinition messageRef="m%d"/>`, b.id))
	}
	return id, id
}

// eventSub writes the event sub-process of a scope.
func (w *writer) eventSub(b *block) {
	id := b.name() + "_beside"
	fmt.Fprintf(&w.b, `<subProcess id="%s" triggeredByEvent="true">`+"\n", id)
	w.node(
		"startEvent", id+"_start", fmt.Sprintf(` isInterrupting="%t"`, b.stop),
		fmt.Sprintf(`<signalEventDefinition signalRef="s%d"/>`, b.id),
	)
	first, last := w.block(b.kids[1])
	w.flow(id+"_start", first, "")
	w.node("endEvent", id+"_end", "", "")
	w.flow(last, id+"_end", "")
	w.b.WriteString("</subProcess>\n")
}
