package ops

import (
	"os/exec"
	"strings"
	"testing"
)

// The build tag external leaves Temporal's server out of the program, and what is left compiles and says so.
func TestTheProductionBinaryHasNoTemporalServer(t *testing.T) {
	for tag, want := range map[string]bool{"external": false, "": true} {
		out, err := exec.Command("go", "list", "-tags", tag, "-deps", "../cmd/quancheng").Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(out), "go.temporal.io/server/"); got != want {
			t.Errorf("with the tag %q the server is in it: %v", tag, got)
		}
	}
	if out, err := exec.Command("go", "test", "-tags", "external", "../worker/temporal").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
