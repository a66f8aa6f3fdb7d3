package engine

import "github.com/quancheng/quancheng/bpmn"

// behaviour is what one kind of BPMN element does with a token.
type behaviour interface {
	// activate runs when a token has entered, after input mappings and boundary
	// events. It completes the node at once, or leaves it waiting.
	activate(x *exec, n *node) error
	// complete runs after output mappings and picks the flows that get a token.
	complete(x *exec, n *node) ([]*flow, error)
}

// passThrough is the common part of behaviours: a token goes through at once.
type passThrough struct{}

func (passThrough) activate(x *exec, n *node) error            { x.complete(n); return nil }
func (passThrough) complete(x *exec, n *node) ([]*flow, error) { return x.outgoing(n) }

// behaviours is every kind of element that can hold a token.
var behaviours = map[bpmn.Kind]behaviour{
	bpmn.KindProcess:          processScope{},
	bpmn.KindSubProcess:       subProcess{},
	bpmn.KindTransaction:      transaction{},
	bpmn.KindAdHocSubProcess:  adHocSubProcess{},
	bpmn.KindCallActivity:     callActivity{},
	bpmn.KindTask:             passThrough{},
	bpmn.KindManualTask:       passThrough{},
	bpmn.KindServiceTask:      serviceTask{},
	bpmn.KindSendTask:         sendTask{},
	bpmn.KindReceiveTask:      receiveTask{},
	bpmn.KindUserTask:         userTask{},
	bpmn.KindScriptTask:       scriptTask{},
	bpmn.KindBusinessRuleTask: businessRuleTask{},

	bpmn.KindExclusiveGateway:  exclusiveGateway{},
	bpmn.KindParallelGateway:   parallelGateway{},
	bpmn.KindInclusiveGateway:  inclusiveGateway{},
	bpmn.KindComplexGateway:    complexGateway{},
	bpmn.KindEventBasedGateway: eventBasedGateway{},

	bpmn.KindStartEvent:             startEvent{},
	bpmn.KindBoundaryEvent:          boundaryEvent{},
	bpmn.KindIntermediateCatchEvent: catchEvent{},
	bpmn.KindIntermediateThrowEvent: throwEvent{},
	bpmn.KindEndEvent:               endEvent{},

	bpmn.KindGlobalTask:             passThrough{},
	bpmn.KindGlobalManualTask:       passThrough{},
	bpmn.KindGlobalUserTask:         userTask{},
	bpmn.KindGlobalScriptTask:       scriptTask{},
	bpmn.KindGlobalBusinessRuleTask: businessRuleTask{},
}
