package api

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// exportedLists are the addresses of the lists that can be taken out.
var exportedLists = map[string]string{
	"projects": "/api/v1/projects", "rectifications": "/api/v1/rectifications", "tasks": "/api/v1/tasks", "matters": "/api/v1/matters",
	"cases": "/api/v1/cases", "audit": "/api/v1/audit", "accounts": "/api/v1/accounts", "stuck": "/api/v1/stuck-cases",
	"walks": "/api/v1/campaigns/{id}/walks", "events-in": "/api/v1/partners/inbox", "events-out": "/api/v1/partners/outbox",
}

// onlyItsFilters refuses a filter that the list itself does not take: it would filter nothing, and who asked for a few rows
// would carry away all.
func (c *call) onlyItsFilters(list string) error {
	item := c.srv.spec.Paths.Value(exportedLists[list])
	if item == nil || item.Get == nil {
		return fmt.Errorf("api: the list %s has no address", list)
	}
	given := c.Request.URL.Query()
	given.Del("reason")
	given.Del("campaign") // which list of walks
	if s, ok := shownLists[list]; ok {
		for _, own := range s.filters() {
			given.Del(own)
		}
	}
	p := invalid()
	spec := &routers.Route{Spec: c.srv.spec, Path: exportedLists[list], PathItem: item, Method: c.Request.Method, Operation: item.Get}
	queries(p, spec, given)
	in := &openapi3filter.RequestValidationInput{
		Request: c.Request, Route: spec, QueryParams: given, Options: &openapi3filter.Options{MultiError: true, SkipSettingDefaults: true},
	}
	for _, param := range item.Get.Parameters {
		if param.Value.In != openapi3.ParameterInQuery {
			continue
		}
		if err := openapi3filter.ValidateParameter(c.Request.Context(), in, param.Value); err != nil {
			collect(p, err)
		}
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}
