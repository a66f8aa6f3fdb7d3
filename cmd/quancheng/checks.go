package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/models/calendar"
	"github.com/quancheng/quancheng/models/rulebook"
	"github.com/quancheng/quancheng/models/rules"
	"github.com/quancheng/quancheng/workflows/definitions"
)

// checksCommand runs examples of rules; the status is 1 when one does not pass.
func checksCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "checks FILE.json",
		Short: "Run examples of the rules: facts, parameters, wanted result",
		Long: `Run examples of the rules of the example pack. The file is a list of
{"rule", "name", "facts": {…, "params": {…}}, "want", "warn"}: with these facts the rule gives what is wanted;
"warn": true says that it is unknown. An example without "params" runs with those of the example pack.`,
		Args: cobra.ExactArgs(1),
	}
	asJSON := c.Flags().Bool("json", false, "print the result as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		raw, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		var examples []rules.Example
		if err := json.Unmarshal(raw, &examples); err != nil {
			return fmt.Errorf("%s is no list of examples: %w", args[0], err)
		}
		played, err := playExamples(examples)
		if err != nil {
			return err
		}
		return played.print(c.OutOrStdout(), *asJSON)
	}
	return c
}

// playedExamples is what became of all examples of a file.
type playedExamples struct {
	Total    int            `json:"total"`
	Passed   int            `json:"passed"`
	Examples []rules.Played `json:"examples"`
}

func playExamples(examples []rules.Example) (out playedExamples, err error) {
	checks, err := rulebook.ExampleChecks()
	if err != nil {
		return out, err
	}
	pack, err := definitions.ExamplePack()
	if err != nil {
		return out, err
	}
	params, err := json.Marshal(pack.Tree())
	if err != nil {
		return out, err
	}
	days, err := calendar.Default()
	if err != nil {
		return out, err
	}
	out.Examples = []rules.Played{}
	for _, x := range examples {
		if _, own := x.Facts["params"]; !own {
			if x.Facts == nil {
				x.Facts = map[string]json.RawMessage{}
			}
			x.Facts["params"] = params
		}
		p := checks.Play(x, calendar.Civil{Calendar: days})
		out.Total++
		if p.Passed {
			out.Passed++
		}
		out.Examples = append(out.Examples, p)
	}
	return out, nil
}

func (p playedExamples) print(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(p); err != nil {
			return err
		}
	} else {
		for _, x := range p.Examples {
			verdict := "pass"
			if !x.Passed {
				verdict = "FAIL"
			}
			fmt.Fprintf(w, "%s %s %s\n", verdict, x.Rule, x.Name)
			if !x.Passed {
				fmt.Fprintf(w, "     %s\n     got  %s\n     want %s\n", x.Why, x.Got, x.Want)
			}
		}
		fmt.Fprintf(w, "%d of %d pass\n", p.Passed, p.Total)
	}
	if p.Passed != p.Total {
		return errReported
	}
	return nil
}
