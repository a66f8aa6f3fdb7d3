package verify_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/engine/verify"
)

// builder writes a random sound block-structured model, element by element, and
// can plant one defect in it.
type builder struct {
	*rand.Rand
	id       int
	left     int // elements that may still be written
	elements int
	plant    string   // the defect to plant, "" when none or done
	at       int      // blocks to pass before planting
	named    []string // elements of which one must be named
	throws   bool     // an error boundary event around catches
	scopes   []string // content of the scopes that are being written
}

func (b *builder) write(format string, args ...any) {
	b.scopes[len(b.scopes)-1] += fmt.Sprintf(format, args...) + "\n"
}

func (b *builder) node(local, prefix, attrs, content string) string {
	b.id++
	b.elements++
	b.left--
	id := prefix + strconv.Itoa(b.id)
	b.write(`<%s id="%s"%s>%s</%s>`, local, id, attrs, content, local)
	return id
}

func (b *builder) flow(from, to, condition string) {
	b.id++
	if condition != "" {
		condition = `<conditionExpression xsi:type="tFormalExpression">=` + condition + `</conditionExpression>`
	}
	b.write(`<sequenceFlow id="f%d" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, b.id, from, to, condition)
}

func (b *builder) task() string {
	return b.node("userTask", "t", "", "<extensionElements><zeebe:userTask/></extensionElements>")
}

// due reports, of blocks that can hold a defect, whether this one gets it.
func (b *builder) due(kinds ...string) bool {
	if !slices.Contains(kinds, b.plant) {
		return false
	}
	if b.at--; b.at >= 0 {
		return false
	}
	return true
}

// sequence writes blocks one behind another.
func (b *builder) sequence(depth, budget int) (first, last string) {
	for stop := b.left - budget; b.left > max(stop, 0) || first == ""; {
		in, out := b.block(depth, max(1, min(budget/2, b.left-max(stop, 0))))
		if first == "" {
			first = in
		} else {
			b.flow(last, in, "")
		}
		last = out
	}
	return first, last
}

var splits = map[string][2]string{"xor": {"exclusiveGateway", "exclusiveGateway"}, "and": {"parallelGateway", "parallelGateway"},
	"or": {"inclusiveGateway", "inclusiveGateway"}, "event": {"eventBasedGateway", "exclusiveGateway"}}

func (b *builder) block(depth, budget int) (first, last string) {
	if depth == 0 || budget < 5 {
		t := b.task()
		return t, t
	}
	switch kind := []string{"xor", "and", "and", "or", "event", "loop", "sub", "timer", "remind", "guard", "multi"}[b.IntN(11)]; kind {
	case "loop":
		return b.loop(depth, budget)
	case "sub", "timer", "remind", "guard", "multi":
		return b.sub(kind, depth, budget)
	default:
		return b.split(kind, depth, budget)
	}
}

func (b *builder) split(kind string, depth, budget int) (first, last string) {
	joins := splits[kind][1]
	swap := ""
	switch {
	case kind == "and" && b.due("twice"):
		swap = []string{"exclusiveGateway", "userTask"}[b.IntN(2)]
	case kind == "or" && b.due("twice"):
		swap = "exclusiveGateway"
	case kind != "and" && b.due("deadlock"):
		swap = "parallelGateway"
	}
	early := -1 // the branch that ends before the join of all
	if swap == "" && kind == "and" && b.due("extra end") {
		early, b.plant = 0, ""
	}
	first = b.node(splits[kind][0], kind, "", "")
	if swap != "" {
		joins, b.plant = swap, ""
	}
	last = b.node(joins, "join", "", "")
	if swap != "" {
		b.named = []string{last}
	}
	branches := 2 + b.IntN(3)
	for i := range branches {
		var in, out string
		if kind == "event" {
			in = b.node("intermediateCatchEvent", "catch", "", `<signalEventDefinition signalRef="s"/>`)
			if i == 0 {
				out = in
			} else {
				var next string
				next, out = b.sequence(depth-1, budget/branches)
				b.flow(in, next, "")
			}
		} else {
			in, out = b.sequence(depth-1, budget/branches)
		}
		condition := ""
		if (kind == "xor" || kind == "or") && i > 0 {
			condition = "x"
		}
		b.flow(first, in, condition)
		if i == early {
			b.flow(out, b.node("endEvent", "early", "", ""), "")
			b.flow(b.orphan(out), last, "")
			b.named = append(b.named, last)
			continue
		}
		if swap == "" && i == branches-1 && b.due("dead end") {
			b.plant = ""
			b.named = []string{out}
			continue
		}
		b.flow(out, last, "")
	}
	if swap == "" && b.due("unreachable") {
		b.plant = ""
		t := b.task()
		b.named = []string{t}
		b.flow(t, last, "")
	}
	return first, last
}

// orphan is a choice that replaces the join's branch: whoever takes the other way leaves the join waiting.
func (b *builder) orphan(out string) string {
	x := b.node("exclusiveGateway", "leaves", "", "")
	b.scopes[len(b.scopes)-1] = strings.Replace(b.scopes[len(b.scopes)-1], fmt.Sprintf(`sourceRef="%s" targetRef="early`, out),
		fmt.Sprintf(`sourceRef="%s" targetRef="early`, x), 1)
	b.flow(out, x, "")
	return x
}

func (b *builder) loop(depth, budget int) (first, last string) {
	enters, leaves := "exclusiveGateway", "exclusiveGateway"
	switch {
	case b.due("deadlock"):
		enters, b.plant = "parallelGateway", ""
	case b.due("twice"):
		leaves, b.plant = "parallelGateway", ""
	}
	first, last = b.node(enters, "merge", "", ""), b.node(leaves, "again", "", "")
	if enters != leaves {
		b.named = []string{first, last}
	}
	in, out := b.sequence(depth-1, budget-3)
	b.flow(first, in, "")
	b.flow(out, last, "")
	b.flow(last, first, "x")
	return first, last
}

func (b *builder) sub(kind string, depth, budget int) (first, last string) {
	marker := ""
	if kind == "multi" {
		marker = `<multiInstanceLoopCharacteristics><loopCardinality xsi:type="tFormalExpression">=3</loopCardinality></multiInstanceLoopCharacteristics>`
	}
	b.id++
	id := "sub" + strconv.Itoa(b.id)
	was := b.throws
	b.throws = kind == "guard"
	b.scopes = append(b.scopes, "")
	start, end := b.node("startEvent", "start", "", ""), ""
	in, out := b.sequence(depth-1, budget*2/3)
	b.flow(start, in, "")
	if kind == "guard" {
		x := b.node("exclusiveGateway", "fails", "", "")
		b.flow(out, x, "")
		fail := b.node("endEvent", "fail", "", `<errorEventDefinition errorRef="err"/>`)
		b.flow(x, fail, "x")
		out = x
	}
	end = b.node("endEvent", "end", "", "")
	b.flow(out, end, "")
	content := b.scopes[len(b.scopes)-1]
	b.scopes = b.scopes[:len(b.scopes)-1]
	b.throws = was
	b.elements++
	b.left--
	b.write(`<subProcess id="%s">%s%s</subProcess>`, id, marker, content)
	switch kind {
	case "sub", "multi":
		return id, id
	case "remind":
		e := b.node(
			"boundaryEvent", "remind", fmt.Sprintf(` attachedToRef="%s" cancelActivity="false"`, id),
			`<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>`,
		)
		in, out := b.sequence(depth-1, budget/6)
		b.flow(e, in, "")
		if b.due("beside into join") {
			b.plant = ""
			last = b.node("parallelGateway", "join", "", "")
			b.named = []string{last}
			b.flow(id, last, "")
			b.flow(out, last, "")
			return id, last
		}
		if b.due("twice") {
			b.plant = ""
			last = b.node("exclusiveGateway", "join", "", "")
			b.named = []string{last}
			b.flow(id, last, "")
			b.flow(out, last, "")
			return id, last
		}
		b.flow(out, b.node("endEvent", "reminded", "", ""), "")
		return id, id
	}
	definition := `<timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT1H</timeDuration></timerEventDefinition>`
	if kind == "guard" {
		definition = `<errorEventDefinition errorRef="err"/>`
	}
	e := b.node("boundaryEvent", "at", fmt.Sprintf(` attachedToRef="%s"`, id), definition)
	in, out = b.sequence(depth-1, budget/6)
	joins := "exclusiveGateway"
	planted := b.due("deadlock")
	if planted {
		joins, b.plant = "parallelGateway", ""
	}
	last = b.node(joins, "join", "", "")
	if planted {
		b.named = []string{last}
	}
	b.flow(e, in, "")
	b.flow(id, last, "")
	b.flow(out, last, "")
	return id, last
}

// blocks writes a model of about so many elements.
func blocks(seed uint64, size int, plant string) (*builder, []byte) {
	b := &builder{Rand: rand.New(rand.NewPCG(seed, 1)), left: size, plant: plant, scopes: []string{""}}
	b.at = b.IntN(max(1, size/40))
	start := b.node("startEvent", "start", "", "")
	in, out := b.sequence(2+b.IntN(5), size-2)
	b.flow(start, in, "")
	b.flow(out, b.node("endEvent", "end", "", ""), "")
	return b, []byte(
		`<definitions xmlns="` + bpmn.NamespaceBPMN + `" xmlns:xsi="` + bpmn.NamespaceXSI + `" xmlns:zeebe="` + bpmn.NamespaceZeebe +
			`" id="d" targetNamespace="t">` +
			`<signal id="s" name="s"/><error id="err" errorCode="E"/><process id="p" isExecutable="true">` + b.scopes[0] +
			`</process></definitions>`,
	)
}

var defects = []string{"", "deadlock", "twice", "dead end", "unreachable", "extra end", "beside into join"}

// TestBlockModels judges random block models, and such with one planted defect.
// With QC_MODELS=n so many of each kind, to 300 elements, are judged instead.
func TestBlockModels(t *testing.T) {
	n, sizes := 12, []int{20, 60, 150, 300}
	if text := os.Getenv("QC_MODELS"); text != "" {
		n, _ = strconv.Atoi(text)
	}
	decided, all := 0, 0
	for seed := range n {
		for _, size := range sizes {
			for _, defect := range defects {
				b, data := blocks(uint64(seed), size, defect)
				if b.plant != "" {
					continue // no block could hold it
				}
				m, diags := bpmn.Parse(data)
				if m == nil {
					t.Fatal(diags)
				}
				findings := verify.Soundness(m, verify.DefaultLimit)
				verdict := verify.VerdictOf(findings)
				all++
				if verdict != verify.Undecided {
					decided++
				}
				named := slices.ContainsFunc(findings, func(f verify.Finding) bool {
					return f.Severity == bpmn.Error && slices.Contains(b.named, f.Element)
				})
				switch {
				case defect == "" && verdict == verify.Unsound,
					defect != "" && verdict == verify.Sound,
					defect != "" && verdict == verify.Unsound && !named:
					t.Errorf("seed %d, %d elements, defect %q at %v: %s %v", seed, b.elements, defect, b.named, verdict, shorts(findings))
				}
			}
		}
	}
	if decided*100 < all*95 {
		t.Errorf("only %d of %d are decided", decided, all)
	}
	t.Logf("%d of %d decided", decided, all)
}

func shorts(fs []verify.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, short(f))
	}
	return out
}
