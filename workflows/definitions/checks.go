package definitions

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
)

//go:embed checks/*.dmn
var checks embed.FS

// ExampleChecks are the rule files of the example pack: decisions by letter, functions and words (lib),
// check points (points). Names are as in a county's pack, "checks/A.dmn".
func ExampleChecks() ([]File, error) {
	entries, err := fs.ReadDir(checks, "checks") // sorted by name
	if err != nil {
		return nil, fmt.Errorf("definitions: %w", err)
	}
	var out []File
	for _, e := range entries {
		name := path.Join("checks", e.Name())
		data, err := fs.ReadFile(checks, name)
		if err != nil {
			return nil, fmt.Errorf("definitions: %w", err)
		}
		out = append(out, File{Name: name, Data: data})
	}
	return out, nil
}
