package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/models"
	"github.com/quancheng/quancheng/texts"
)

// The statuses of commands that say them in their help.
const (
	exitRefused = 1 // what was asked is refused, and nothing was written
	exitFailed  = 2 // it could not be tried: usage, a file, the database, keys
)

// exits ends the program with a status of its own.
type exits struct {
	status int
	error
}

// Unwrap gives the cause.
func (e *exits) Unwrap() error { return e.error }

// statusOf is how the program ends after an error.
func statusOf(err error) int {
	var e *exits
	if errors.As(err, &e) {
		return e.status
	}
	return exitRefused
}

// refusedAt is one thing that is wrong, as --json prints it.
type refusedAt struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// tell prints what a refusal says, for people or as JSON, and makes of any error the status it ends with.
func tell(c *cobra.Command, err error, asJSON bool) error {
	var r *models.Refusal
	if !errors.As(err, &r) {
		if asJSON {
			_ = printJSON(c.OutOrStdout(), map[string]any{"code": "failed", "detail": err.Error()})
		}
		return &exits{exitFailed, err}
	}
	wrong := []refusedAt{}
	for _, f := range r.Fields {
		wrong = append(wrong, refusedAt{f.Pointer, f.Code, texts.Text(texts.Chinese, f.Code, f.Args)})
	}
	if asJSON {
		err = printJSON(
			c.OutOrStdout(), map[string]any{"code": r.Code, "detail": texts.Text(texts.Chinese, r.Code, r.Args), "errors": wrong},
		)
		return errors.Join(&exits{exitRefused, errReported}, err)
	}
	c.PrintErrln(inWords(r.Code, r.Args))
	for i, f := range r.Fields {
		c.PrintErrf("  %s  %s · %s\n", f.Pointer, wrong[i].Detail, texts.Text(texts.English, f.Code, f.Args))
	}
	return &exits{exitRefused, errReported}
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}
