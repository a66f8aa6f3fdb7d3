package api

import (
	"fmt"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/feel"
	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/models/books"
	"github.com/quancheng/quancheng/models/process"
)

const formApplication = "application"

// applicationForm is the form-js form of the application, nil while nothing is deployed.
func (c *call) applicationForm(root int64) (map[string]any, error) {
	b, err := c.bundleOf(root)
	if err != nil || b == nil {
		return nil, err
	}
	var form map[string]any
	return form, models.JSON(b.Schemas[formApplication]).Into(&form)
}

// bundleOf is the bundle that the project of a root lives by; before it has one,
// the newest. It is nil while nothing is deployed.
func (c *call) bundleOf(root int64) (*bundles.Bundle, error) {
	if c.srv.Bundles == nil {
		return nil, nil
	}
	digest := ""
	if root != 0 {
		state, err := process.RootByKey(c.db(), root)
		if err != nil {
			return nil, err
		}
		digest = state.Bundle
	} else {
		d, err := process.NewestDefinition(c.db(), lifecycle)
		if err != nil {
			return nil, nil //nolint:nilerr // nothing is deployed: the page goes without
		}
		digest = d.Bundle
	}
	return c.srv.Bundles.Load(c.Request.Context(), digest)
}

// checkApplication holds the answers of an application against its form: an
// autosaved draft may be half typed, a submitted one may not.
func (c *call) checkApplication(p books.Project, root int64) error {
	b, err := c.bundleOf(root)
	if err != nil || b == nil || b.Forms[formApplication] == nil {
		return err
	}
	var answers map[string]any
	if err := p.Form.Into(&answers); err != nil {
		return fmt.Errorf("api: form of %s: %w", p.Code, err)
	}
	_, problems := b.Forms[formApplication].Validate(answers, nil, feel.Env{Now: c.now, Zone: models.Zone})
	refusal := models.Refuse("application-incomplete")
	for _, x := range problems {
		refusal.Field("/form"+x.Pointer, formField, "zh", x.In("zh"), "en", x.In("en"))
	}
	return refusal.OrNil()
}
