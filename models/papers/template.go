package papers

import (
	"errors"

	"github.com/quancheng/quancheng/feel"
)

// ErrNotRendered says that this release cannot make or render papers from templates yet (DESIGN §14).
var ErrNotRendered = errors.New("papers: templates are not built yet")

// Diagnostic is an author's mistake in a template.
type Diagnostic struct {
	Line    int
	Message string
}

// Template is a parsed papers/<kind>.md: front matter and blocks.
type Template struct{ Kind string }

// Doc is the tree of one paper. Everything that is rendered comes from it.
type Doc struct{ Blocks []Block }

// Block is a letterhead, a title, a paragraph, a table …
type Block struct {
	Kind string     `json:"kind"`
	Text string     `json:"text,omitempty"`
	Rows [][]string `json:"rows,omitempty"`
}

// Parse reads a template. The room is empty: every template is refused.
func Parse([]byte) (*Template, []Diagnostic) {
	return nil, []Diagnostic{{Line: 1, Message: ErrNotRendered.Error()}}
}

// Build makes the tree from the facts of its moment; an unknown field is an error.
func (t *Template) Build(feel.Vars) (Doc, error) { return Doc{}, ErrNotRendered }

// HTML renders the tree for the browser.
func (d Doc) HTML() ([]byte, error) { return nil, ErrNotRendered }

// Docx renders the tree after GB/T 9704.
func (d Doc) Docx() ([]byte, error) { return nil, ErrNotRendered }

// PDF renders the tree with an embedded font.
func (d Doc) PDF() ([]byte, error) { return nil, ErrNotRendered }
