// Command mutate changes the sources in small ways, one at a time, and says which changes no test
// notices. The tree is not touched: the compiler reads the changed file in the place of the real one.
//
//	go run ./cmd/mutate -budget 20m engine/seat engine models/commands
//
// Of each package it tries as many changes as its share of the time allows, chosen by the seed, so
// that a run can be repeated and another seed tries others. Survivors are judged in docs/mutation.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
)

// target is a package whose sources are changed, and the tests that should notice it.
type target struct {
	dir   string
	files string // glob of the sources
	tests string // -run
}

// targets are what a county's decisions, money and rights depend on.
var targets = []target{
	{"engine/seat", "*.go", "."},
	{"engine", "*.go", "."},
	{"models/commands", "*.go", "."},
	{"models/partner/facts", "*.go", "."},
	{"models/figures", "*.go", "."},
	{"models/audit", "*.go", "."},
	{"api", "permission.go", "TestRolesAndRoutes|TestAdministrators|TestTheThree|TestPermission|TestRoomsGrant"},
}

// The verdicts on a change.
const (
	killed   = "killed"   // a test failed
	survived = "survived" // none did
	stuck    = "stuck"    // the tests did not end in time: noticed
	broken   = "broken"   // it does not compile: no change at all
)

// result is what became of a change.
type result struct {
	mutant
	verdict string
}

func main() {
	budget := flag.Duration("budget", 20*time.Minute, "how long to try, shared by the packages")
	seed := flag.Uint64("seed", 1, "which changes are tried")
	patience := flag.Duration("patience", 2*time.Minute, "how long the tests of a package may take")
	flag.Parse()
	if err := run(flag.Args(), *budget, *patience, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
}

func run(dirs []string, budget, patience time.Duration, seed uint64) error {
	chosen := targets
	if len(dirs) > 0 {
		chosen = nil
		for _, dir := range dirs {
			t := target{filepath.Clean(dir), "*.go", "."}
			for _, known := range targets {
				if known.dir == t.dir {
					t = known
				}
			}
			chosen = append(chosen, t)
		}
	}
	share := budget / time.Duration(len(chosen))
	var all []result
	for _, t := range chosen {
		some, err := try(t, time.Now().Add(share), patience, seed)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	return report(chosen, all)
}

// try changes one package until its time is over.
func try(t target, until time.Time, patience time.Duration, seed uint64) ([]result, error) {
	mutants, err := mutantsOf(t.dir, t.files)
	if err != nil {
		return nil, err
	}
	rand.New(rand.NewPCG(seed, seed)).Shuffle(len(mutants), func(i, j int) { mutants[i], mutants[j] = mutants[j], mutants[i] })
	if v, said, err := judge(t, mutant{}, patience); err != nil || v != survived {
		return nil, errors.Join(err, fmt.Errorf("%s: its tests do not pass as it is: %s", t.dir, said))
	}
	var out []result
	for _, m := range mutants {
		if time.Now().After(until) {
			break
		}
		v, _, err := judge(t, m, patience)
		if err != nil {
			return nil, err
		}
		if v == survived {
			fmt.Printf("survived %s\n", m)
		}
		out = append(out, result{m, v})
	}
	return out, nil
}

// judge runs the tests of a package with a change; a zero one changes nothing.
func judge(t target, m mutant, patience time.Duration) (verdict, said string, err error) {
	work, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return "", "", err
	}
	defer func() { _ = os.RemoveAll(work) }()
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-run", t.tests}
	if m.file != "" {
		changed, overlay := filepath.Join(work, "changed.go"), filepath.Join(work, "overlay.json")
		whole, err := filepath.Abs(m.file)
		if err != nil {
			return "", "", err
		}
		raw, err := json.Marshal(map[string]any{"Replace": map[string]string{whole: changed}})
		if err == nil {
			err = errors.Join(os.WriteFile(changed, m.source, 0o600), os.WriteFile(overlay, raw, 0o600))
		}
		if err != nil {
			return "", "", err
		}
		args = append(args, "-overlay", overlay)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, "go", append(args, "./"+t.dir)...)
	out, err := c.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return stuck, "", nil
	case err == nil:
		return survived, "", nil
	case strings.Contains(string(out), "[build failed]"), strings.Contains(string(out), "[setup failed]"):
		return broken, string(out), nil
	}
	return killed, string(out), nil
}

func report(chosen []target, all []result) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "package\ttried\tnoticed\tsurvived\t")
	for _, t := range chosen {
		n := map[string]int{}
		for _, r := range all {
			if filepath.Dir(r.file) == t.dir {
				n[r.verdict]++
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t\n", t.dir, n[killed]+n[stuck]+n[survived], n[killed]+n[stuck], n[survived])
	}
	return w.Flush()
}
