package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/quancheng/quancheng/webhook"
)

// bureaus are the partners by name.
var bureaus = []string{"finance", "procurement"}

// devSecrets reads the webhook keys of a dev server, or makes them at its first start.
func devSecrets(file string) (map[string]webhook.Key, error) {
	raw, err := os.ReadFile(file)
	texts := map[string]string{}
	switch {
	case errors.Is(err, os.ErrNotExist):
		for _, b := range bureaus {
			texts[b] = webhook.NewKey().String()
		}
		if raw, err = json.MarshalIndent(texts, "", " "); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			return nil, fmt.Errorf("secrets: %w", err)
		}
	case err != nil:
		return nil, fmt.Errorf("secrets: %w", err)
	default:
		if err := json.Unmarshal(raw, &texts); err != nil {
			return nil, fmt.Errorf("secrets: %s: %w", file, err)
		}
	}
	keys := map[string]webhook.Key{}
	for _, b := range bureaus {
		if keys[b], err = webhook.ParseKey(texts[b]); err != nil {
			return nil, fmt.Errorf("secrets: %s: key of %s: %w", file, b, err)
		}
	}
	return keys, nil
}
