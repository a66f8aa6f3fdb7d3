package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/quancheng/quancheng/api/files"
	"github.com/quancheng/quancheng/worker/temporal"
)

// The settings of where files lie, and of an embedded Temporal's connections.
const (
	documentsVariable    = "QUANCHENG_DOCUMENTS"
	temporalPoolVariable = "QUANCHENG_TEMPORAL_POOL"
)

// documentsFlag says where uploaded files and papers lie.
func documentsFlag(c *cobra.Command) *string {
	return c.Flags().
		String("documents", "",
			"where files lie: a directory, or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION with AWS_ACCESS_KEY_ID and "+
				"AWS_SECRET_ACCESS_KEY; "+
				"default: the environment's "+documentsVariable+", else documents below --data")
}

// fileStore is the store that the flag, the environment or the data directory names.
func fileStore(flag, data string) (files.Store, error) {
	setting := cmp.Or(flag, os.Getenv(documentsVariable), filepath.Join(data, "documents"))
	return files.ParseStore(setting, filepath.Join(data, "uploads"), os.Getenv)
}

// scannerVariable is the setting of the scanner of uploads: tcp://HOST:PORT or unix:/PATH of a clamd.
const scannerVariable = "QUANCHENG_SCANNER"

// temporalPool is temporal.Options.Pool as the environment sets it.
func temporalPool() (int, error) {
	text := os.Getenv(temporalPoolVariable)
	if text == "" {
		return temporal.DefaultPool, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 2 || n > 200 {
		return 0, fmt.Errorf("%s=%q: give a number of connections from 2 to 200", temporalPoolVariable, text)
	}
	return n, nil
}
