// Package web holds the browser client: its build is embedded in the binary,
// and Handler serves it. The sources are in src; `make web` builds them.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist is the built client, index.html at its root. Before the first build it
// holds nothing but a placeholder.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is named in the line above
	}
	return sub
}
