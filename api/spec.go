package api

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

// specFiles is the contract, a file for each room: its paths, and the schemas
// and parameters that belong to it. References are written as within one document.
//
//go:embed openapi/*.yaml
var specFiles embed.FS

// Spec loads and checks the OpenAPI document.
func Spec() (*openapi3.T, error) {
	merged, err := mergeSpec(specFiles, "openapi/*.yaml")
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(merged)
	if err != nil {
		return nil, fmt.Errorf("read api/openapi: %w", err)
	}
	holdable(doc)
	if err := doc.Validate(openapi3.NewLoader().Context); err != nil {
		return nil, fmt.Errorf("check api/openapi: %w", err)
	}
	return doc, nil
}

// holdable says of what can be registered for a day that is over that it may wait
// for a second person (see holdBack).
func holdable(doc *openapi3.T) {
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.RequestBody == nil || op.Responses.Value("202") != nil {
				continue
			}
			body := op.RequestBody.Value.Content.Get("application/json")
			if body != nil && body.Schema.Value.Properties["businessDate"] != nil {
				op.Responses.Set("202", &openapi3.ResponseRef{
					Ref: "#/components/responses/HeldBack", Value: doc.Components.Responses["HeldBack"].Value,
				})
			}
		}
	}
}

// specPart is an OpenAPI document, or a room's part of one.
type specPart struct {
	Head       map[string]any `yaml:",inline"` // version, title, security: the house's
	Tags       []any
	Paths      map[string]any
	Components map[string]map[string]any
}

// mergeSpec makes one document, in JSON, of the files that match. Nothing may be
// said twice. web/scripts/contract.mjs does the same for the types of the
// browser client, whose build needs no Go.
func mergeSpec(files fs.FS, pattern string) ([]byte, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	all, owners := map[string]any{}, map[string]string{}
	paths, components, tags := map[string]any{}, map[string]any{}, []any{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var c specPart
		if err := yaml.Unmarshal(raw, &c); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		tags = append(tags, c.Tags...)
		twice := errors.Join(add(all, c.Head, "", name, owners), add(paths, c.Paths, "paths: ", name, owners))
		for kind, some := range c.Components {
			if components[kind] == nil {
				components[kind] = map[string]any{}
			}
			twice = errors.Join(twice, add(components[kind].(map[string]any), some, kind+": ", name, owners))
		}
		if twice != nil {
			return nil, twice
		}
	}
	all["tags"], all["paths"], all["components"] = tags, paths, components
	return json.Marshal(all)
}

// add takes what a file says into the document; owners says which file said it first.
func add(all, some map[string]any, what, file string, owners map[string]string) error {
	var twice []error
	for _, name := range slices.Sorted(maps.Keys(some)) {
		if first, known := owners[what+name]; known {
			twice = append(twice, fmt.Errorf("%s: %s%s stands in %s already", file, what, name, first))
			continue
		}
		all[name], owners[what+name] = some[name], file
	}
	return errors.Join(twice...)
}
