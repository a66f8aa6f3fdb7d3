package api_test

import (
	"testing"

	"github.com/quancheng/quancheng/api"
)

// TestContractAndRoutes: what api/openapi promises is served, and nothing else is.
func TestContractAndRoutes(t *testing.T) {
	spec, err := api.Spec()
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, r := range api.RouteTable() {
		served[r[0]+" "+r[1]] = true
	}
	for path, item := range spec.Paths.Map() {
		for method := range item.Operations() {
			if !served[method+" "+path] {
				t.Errorf("api/openapi has %s %s, which is not served", method, path)
			}
		}
	}
}
