package dmn_test

import (
	"fmt"

	"github.com/quancheng/quancheng/dmn"
	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
)

var _ engine.Decisions = (*dmn.Decisions)(nil)

func Example() {
	model, _ := dmn.Parse([]byte(`<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="levels" namespace="urn:levels">
<inputData id="total" name="total"><variable name="total" typeRef="number"/></inputData>
<decision id="level" name="level"><variable name="level" typeRef="number"/>
  <informationRequirement><requiredInput href="#total"/></informationRequirement>
  <decisionTable><input label="Total"><inputExpression typeRef="number"><text>total</text></inputExpression></input><output name="level"/>
    <rule><inputEntry><text>&lt; 500000</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
    <rule><inputEntry><text>&gt; 500000</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
  </decisionTable></decision></definitions>`))
	program, _ := dmn.Compile(model, dmn.Options{})
	result, _ := program.Explain("level", feel.Env{}, feel.MapVars{"total": feel.Int(600000)})
	fmt.Println("level", feel.Text(result.Value), "by rule", result.Trace.Steps[1].Tables[0].Rules[0].Number)
	for _, f := range program.Analyse() {
		fmt.Println(f)
	}
	// Output:
	// level 2 by rule 2
	// 5:3: warning table-gap (level): no rule holds, for Total 500000
}
