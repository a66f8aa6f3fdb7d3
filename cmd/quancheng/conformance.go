package main

import (
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/conformance"
)

// conformanceCommand runs suites of cases; the status is 1 when one fails.
func conformanceCommand() *cobra.Command {
	var asJSON, stored bool
	var only string
	c := &cobra.Command{
		Use:   "conformance DIR",
		Short: "Run a directory of BPMN, DMN and interchange cases on the engine in memory",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			o := conformance.Options{Driver: func() (conformance.Driver, error) { return conformance.NewMemory(stored), nil }}
			if only != "" {
				pattern, err := regexp.Compile(only)
				if err != nil {
					return fmt.Errorf("--only: %w", err)
				}
				o.Only = pattern
			}
			r, err := conformance.Run(args[0], o)
			if err != nil {
				return err
			}
			write := r.WriteText
			if asJSON {
				write = r.WriteJSON
			}
			if err := write(c.OutOrStdout()); err != nil {
				return err
			}
			if r.Passed != r.Total {
				return errReported
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	c.Flags().StringVar(&only, "only", "", "run only the cases whose id matches this regular expression")
	c.Flags().BoolVar(&stored, "stored", false, "store and load the state between any two steps")
	return c
}
