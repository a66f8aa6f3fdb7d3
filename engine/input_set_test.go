package engine

import "testing"

// TestInputSetsOfOldStates: an instance of the semantics before input sets
// begins its activities at once, one of today waits.
func TestInputSetsOfOldStates(t *testing.T) {
	p := program(
		t,
		`<process id="p" isExecutable="true"><startEvent id="s"/><dataObject id="a" name="a"/><scriptTask id="w"><extensionElements><zeebe:script expression="=1" resultVariable="a"/></extensionElements></scriptTask><userTask id="u"><ioSpecification id="io"><dataInput id="i" name="x"/><inputSet id="is"><dataInputRefs>i</dataInputRefs></inputSet><outputSet id="os"/></ioSpecification><dataInputAssociation id="d"><sourceRef>a</sourceRef><targetRef>i</targetRef></dataInputAssociation></userTask><sequenceFlow id="f" sourceRef="s" targetRef="u"/></process>`,
	)
	for version, tasks := range map[int]int{semanticsInputSets - 1: 1, semanticsInputSets: 0} {
		g := &game{t: t, p: p, s: NewState(3), in: benchInput, tasks: map[int64]Task{}}
		g.s.version = version
		if err := g.step(Event{Type: Start, Process: "p"}); err != nil {
			t.Fatal(err)
		}
		if len(g.open()) != tasks {
			t.Errorf("semantics %d: open are %v, want %d", version, g.open(), tasks)
		}
	}
}
