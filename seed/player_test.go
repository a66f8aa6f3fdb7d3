package seed

import (
	"strings"
	"testing"
)

// The script is addressed by the shipped models' names, whatever a server calls its elements.
func TestRenamedElements(t *testing.T) {
	p := &Player{Names: func(e string) string { return "x" + strings.ToUpper(e) }}
	if got := p.element("xP5_HEAD"); got != "p5_head" {
		t.Errorf("xP5_HEAD is %q", got)
	}
	if got := p.element("p5_head"); got != "" {
		t.Errorf("a name of the shipped models is %q on a server that has others", got)
	}
}

// Every way and every detour is about elements that the script knows, and can be chosen.
func TestWaysAndDetours(t *testing.T) {
	for name, w := range ways {
		for e := range w.acts {
			if _, ok := script[e]; !ok {
				t.Errorf("way %s: no element %s", name, e)
			}
		}
		if _, err := choose([]string{"ways=" + name}, nil); err != nil || w.text == "" {
			t.Errorf("way %s: %v", name, err)
		}
	}
	for mark := range detours {
		if _, err := choose(nil, []string{mark}); err != nil {
			t.Errorf("mark %s: %v", mark, err)
		}
	}
	for e := range papers {
		if _, ok := script[e]; !ok {
			t.Errorf("papers of %s: no such element", e)
		}
	}
}
