package bundles_test

import (
	"testing"

	"github.com/quancheng/quancheng/activities/bundles"
	"github.com/quancheng/quancheng/bpmn"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// What ships in the binary compiles without an error.
func TestShippedBundleCompiles(t *testing.T) {
	src, err := definitions.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	b, problems := bundles.Compile(src)
	for _, p := range problems {
		if p.Severity == bpmn.Error {
			t.Error(p)
		}
	}
	if b == nil {
		t.Fatal("no bundle")
	}
	if b.Process("qc_p1_application") == nil || b.Element("qc_p1_application", "p1_draft") == nil || b.Forms["application"] == nil {
		t.Error("the bundle lacks what it was made of")
	}
}
