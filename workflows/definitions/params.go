package definitions

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed params.json
var paramsJSON []byte

// Param is one parameter of a rule pack (domain/rules.md §0).
type Param struct {
	Rule     string      `json:"rule"`
	Key      string      `json:"key"`
	Value    json.Number `json:"value"` // exact decimal
	Unit     string      `json:"unit"`
	Basis    string      `json:"basis"` // legal basis, "—" for local practice
	Verified bool        `json:"verified"`
}

// Pack is a rule pack.
type Pack struct {
	ID        string  `json:"pack"`
	Name      string  `json:"name"`
	ValidFrom string  `json:"validFrom"` // YYYY-MM-DD
	Params    []Param `json:"params"`
}

// ExamplePack is the rule pack that ships in the binary. No real county is described.
func ExamplePack() (Pack, error) {
	var p Pack
	if err := json.Unmarshal(paramsJSON, &p); err != nil {
		return Pack{}, fmt.Errorf("definitions: params.json: %w", err)
	}
	return p, nil
}

// Tree gives the parameters as models read them: params.<rule>.<key>.
func (p Pack) Tree() map[string]map[string]json.Number {
	tree := map[string]map[string]json.Number{}
	for _, q := range p.Params {
		if tree[q.Rule] == nil {
			tree[q.Rule] = map[string]json.Number{}
		}
		tree[q.Rule][q.Key] = q.Value
	}
	return tree
}
