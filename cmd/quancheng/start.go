package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/api/client"
	"github.com/quancheng/quancheng/api/wire"
)

// startCommand begins a case of a deployed process, as a person would in the browser.
func startCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "start PROCESS --data FILE",
		Short: "Begin a case of a deployed process with the answers to its start form",
		Long: `Begin a case of a deployed process through the HTTP API of a running server.

FILE holds the answers to the start form as a JSON object; - is the standard input. Without --data nothing is filled in.
The person is --person, else QUANCHENG_USER with QUANCHENG_PASSWORD, else at a dev server the first demo person who may begin the process.`,
		Args: cobra.ExactArgs(1),
	}
	server := serverFlag(c)
	file := c.Flags().String("data", "", "file with the answers to the start form, a JSON object; - is the standard input")
	person := c.Flags().String("person", "", "who begins it")
	post := c.Flags().String("post", "", "post ROLE@UNIT in which; default: the first that may")
	key := c.Flags().String("key", "", "idempotency key: the same key begins one case, however often")
	asJSON := c.Flags().Bool("json", false, "print the case and its open tasks as JSON")
	c.RunE = func(c *cobra.Command, args []string) error {
		data, err := answers(c.InOrStdin(), *file)
		if err != nil {
			return err
		}
		who, err := beginnerOf(c.Context(), *server, args[0], *person)
		if err != nil {
			return err
		}
		var begun wire.Beginning
		if err := who.Post(c.Context(), "/api/v1/processes/"+args[0]+"/instances", *key, wire.BeginRequest{Data: data, Post: *post},
			&begun); err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(c.OutOrStdout()).Encode(begun)
		}
		return printBegun(c.OutOrStdout(), begun)
	}
	return c
}

// answers reads a JSON object; numbers stay as they are written.
func answers(in io.Reader, file string) (map[string]any, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := io.ReadAll(in)
	if file != "-" {
		raw, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var data map[string]any
	if err := dec.Decode(&data); err != nil || dec.More() {
		return nil, fmt.Errorf("%s: not one JSON object: %w", file, errors.Join(err, errors.New("expected {…}")))
	}
	return data, nil
}

// beginnerOf signs in as who is to begin a process.
func beginnerOf(ctx context.Context, server, process, person string) (*client.Client, error) {
	if person != "" {
		return client.SignIn(ctx, server, person, os.Getenv("QUANCHENG_PASSWORD"), patience)
	}
	if user := os.Getenv("QUANCHENG_USER"); user != "" {
		return client.SignIn(ctx, server, user, os.Getenv("QUANCHENG_PASSWORD"), patience)
	}
	var people wire.People
	if err := client.Anonymous(server, patience).Get(ctx, "/api/v1/people", &people); err != nil {
		return nil, fmt.Errorf("who may begin it: %w (name one with --person, or set QUANCHENG_USER and QUANCHENG_PASSWORD)", err)
	}
	for _, p := range people.People {
		who, err := client.SignIn(ctx, server, p.ID, "", patience)
		if err != nil {
			return nil, err
		}
		err = who.Get(ctx, "/api/v1/processes/"+process, &wire.ProcessStart{})
		var e *client.Error
		switch {
		case err == nil:
			return who, nil
		case errors.As(err, &e) && e.Status == http.StatusForbidden:
			continue // he may not
		}
		return nil, err
	}
	return nil, fmt.Errorf("no demo person at %s may begin %s", server, process)
}

func printBegun(out io.Writer, b wire.Beginning) error {
	if _, err := fmt.Fprintf(out, "%s · %s · %s · %s\n", b.Matter, b.Title, b.Key, b.State); err != nil {
		return err
	}
	for _, t := range b.NextTasks {
		var who []string
		for _, h := range t.Holders {
			who = append(who, h.Name)
		}
		if _, err := fmt.Fprintf(out, "  %s %s %s\n", t.Element, t.Key, strings.Join(who, ", ")); err != nil {
			return err
		}
	}
	return nil
}
