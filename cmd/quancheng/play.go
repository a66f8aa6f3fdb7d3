package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/seed"
)

// playCommand prepares one project at a dev server as the demo people would, and
// leaves it at a mark: for demonstrations, and for checks that begin in the middle of a life.
func playCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "play [MARK]",
		Short: "Play one properly prepared project to a mark through the HTTP API of a dev server",
		Long:  playHelp(),
		Args:  cobra.MaximumNArgs(1),
	}
	server := serverFlag(c)
	until := c.Flags().String("until", "", "the mark, said as a flag: an element whose task is then open, or a stage that is then reached")
	set := c.Flags().StringArray("set", nil, "key=value, may be repeated; see above")
	asJSON := c.Flags().Bool("json", false, "print the project, its stage and its open tasks as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) == 1 && *until != "" && *until != args[0]:
			return fmt.Errorf("two marks, %s and %s: name one", args[0], *until)
		case len(args) == 1:
			*until = args[0]
		case *until == "":
			return errors.New("to what mark? `quancheng play MARK`; quancheng play --help lists them")
		}
		p, err := seed.NewPlayer(c.Context(), *server)
		if err != nil {
			return err
		}
		played, err := p.Play(c.Context(), *until, *set)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(c.OutOrStdout()).Encode(played)
		}
		return printPlayed(c.OutOrStdout(), played)
	}
	return c
}

func playHelp() string {
	var b strings.Builder
	b.WriteString("Play one properly prepared project, as the demo people, to a mark, and tell which tasks are open then.\n\nMarks: ")
	b.WriteString(strings.Join(seed.Marks(), " "))
	b.WriteString("\n\nKeys of --set, with their defaults:\n")
	for _, s := range seed.Settings {
		fmt.Fprintf(&b, "  %-10s %s", s.Key, s.Text)
		if s.Default != "" {
			fmt.Fprintf(&b, "（%s）", s.Default)
		}
		b.WriteString("\n")
	}
	b.WriteString("\nWays of --set ways=…:\n")
	ways := seed.Ways()
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		fmt.Fprintf(&b, "  %-16s %s\n", name, ways[name])
	}
	return b.String()
}

func printPlayed(out io.Writer, p seed.Played) error {
	if _, err := fmt.Fprintf(out, "%s · %s · %s\n", p.Code, p.Stage, p.InstanceKey); err != nil {
		return err
	}
	for _, t := range p.Tasks {
		if _, err := fmt.Fprintf(out, "  %s %s %s\n", t.Element, t.Key, strings.Join(t.Holders, ", ")); err != nil {
			return err
		}
	}
	return nil
}
