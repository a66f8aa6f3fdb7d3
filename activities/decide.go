package activities

import (
	"fmt"

	"gorm.io/gorm"

	"github.com/quancheng/quancheng/engine"
	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/rules"
)

// keepDecision stores how a decision came about. The parameters and the
// organisation are not among its inputs: pack and version name them.
func (s *step) keepDecision(tx *gorm.DB, e engine.DecisionMade) error {
	inputs, hits := &feel.Context{}, []rules.TableHit{}
	for _, t := range e.Trace {
		if t.Kind == "input" && t.Name != "params" && t.Name != "org" {
			inputs.Set(t.Name, t.Value)
		}
		for _, h := range t.Tables {
			hit := rules.TableHit{Table: h.Table, HitPolicy: h.HitPolicy, Rules: []int{}}
			for _, r := range h.Rules {
				hit.Rules = append(hit.Rules, r.Number)
			}
			hits = append(hits, hit)
		}
	}
	in, err := feel.ToJSON(inputs)
	if err != nil {
		return fmt.Errorf("inputs of decision %s: %w", e.Decision, err)
	}
	out, err := feel.ToJSON(e.Output)
	if err != nil {
		return fmt.Errorf("output of decision %s: %w", e.Decision, err)
	}
	row := rules.RuleEval{
		Root: s.root.Key, Project: s.root.Project, ElementKey: e.Key, Element: e.Element, Decision: e.Decision,
		Pack: s.world.Pack, InForce: s.world.PackInForce, Inputs: in, Output: out, Hits: models.JSONOf(hits), Event: s.ev.ID, At: s.now,
	}
	if err := tx.Create(&row).Error; err != nil {
		return fmt.Errorf("evaluation of %s: %w", e.Decision, err)
	}
	return nil
}
