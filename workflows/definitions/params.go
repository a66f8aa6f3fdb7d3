package definitions

import (
	_ "embed"

	"github.com/quancheng/quancheng/dmn/rulepack"
)

//go:embed params.json
var paramsJSON []byte

// Pack is a rule pack.
type Pack = rulepack.Pack

// ExamplePack is the rule pack that ships in the binary. No real county is described.
func ExamplePack() (Pack, error) { return rulepack.Parse(paramsJSON) }
