package api

import "testing"

func TestSpecIsValid(t *testing.T) {
	doc, err := Spec()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == "" || len(op.Tags) == 0 {
				t.Errorf("%s %s: needs an operationId and a tag", method, path)
			}
			if op.Responses.Default() == nil && op.Tags[0] != "system" {
				t.Errorf("%s %s: needs a problem as its default response", method, path)
			}
		}
	}
}
